# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The start of CIS: login, certificates, sign-in, AS3's version.

A failed step ends it, with CIS's own messages.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import NoReturn

from ..kube import Kube, KubeError
from . import configmaps
from .flags import Settings
from .logs import Log
from .program import Exit, Host
from .rest import Answer, BigIp, Unreachable

SIGN_IN = 1.0


@dataclass(frozen=True)
class Release:
    """AS3 as it reports itself."""

    version: str
    release: str
    schema: str


class Startup:
    def __init__(self, host: Host, kube: Kube, settings: Settings, log: Log, tag: str) -> None:
        self._host, self._kube, self._settings, self._log, self._tag = host, kube, settings, log, tag

    def login(self) -> tuple[str, str, str]:
        """URL, user and password. The files of the login Secret override the arguments, also for the URL."""
        if self._settings.credentials and not (self._settings.username and self._settings.password):
            self._log.warning("BIG-IP credentials are not set. Checking back to Creds Directory.")
        files = self._host.files(self._settings.credentials)
        found = {
            name: files.get(name, "").strip() or given
            for name, given in vars(self._settings).items()
            if name in ("url", "username", "password")
        }
        for name, title in (
            ("username", "BIG-IP username"),
            ("password", "BIG-IP password"),
            ("url", "BIG-IP url"),
        ):
            if not found[name]:
                self._log.usage(f"{title} not specified")
                raise Exit(f"{title} not specified", usage=True)
        return found["url"], found["username"], found["password"]

    async def certificates(self) -> str:
        """The CA certificates of the trusted ConfigMaps, as PEM."""
        texts: list[str] = []
        for place in filter(None, self._settings.trusted.split(",")):
            namespace, _slash, name = place.partition("/")
            if not name:
                self._log.debug("[INIT] Invalid trusted-certs-cfgmap option provided.")
                continue
            try:
                texts += (
                    (await self._kube.get(f"/api/v1/namespaces/{namespace}/configmaps/{name}")).get("data")
                    or {}
                ).values()
            except KubeError as error:
                fail(
                    self._log,
                    f"[INIT] ConfigMap with name {name} not found in namespace: {namespace}, error: "
                    f"{error.message}",
                    "ERROR",
                )
        if not texts:
            self._log.debug(f"{self._tag} No certs appended, using only system certs")
        return "\n".join(texts)

    async def sign_in(self, bigip: BigIp) -> None:
        """The lab's CIS has a token in both modes.

        F5's has one with custom resources only, so only then its manager of tokens logs.
        """
        logs = self._settings.custom_resources
        failed = "[Token Manager] Failed to refresh Token from BIGIP:"
        while True:
            try:
                answer = await bigip.sign_in()
            except Unreachable as error:
                if logs:
                    self._log.error(f"{failed} unable to establish connection with BIGIP: {error}")
                    self._log.warning(f"{self._tag} Failed to get auth token, falling back to basic auth")
                # A lasting fault ends CIS a moment later, when it reads AS3's version.
                return
            if answer.status == 200:
                return
            if answer.status in (401, 404, 301):
                if logs:
                    self._not_let_in(failed, answer)
                return
            if logs:
                self._log.debug("[Token Manager] Retrying to fetch Token in 10 seconds")
            await asyncio.sleep(SIGN_IN)

    def _not_let_in(self, failed: str, answer: Answer) -> None:
        """401 ends it: Basic authentication, which it tries then, has the same password."""
        body = answer.text.strip()
        why = (
            "unauthorized to fetch Token from BIGIP. Please check the credentials"
            if answer.status == 401
            else "requested page/api not found"
        )
        said = f"{why}, status code: {answer.status}, response: {body}"
        self._log.error(f"{failed} {said}")
        self._log.warning(f"{self._tag} Failed to get auth token, falling back to basic auth")
        if answer.status == 401:
            self._log.error(
                f"{self._tag} Unauthorized access to BIG-IP, please check the credentials, message: {body}"
            )
            self._log.error(f"{self._tag} Failed to refresh token after unauthorized response, error: {said}")
            self._ends()

    def _ends(self, text: str = "Internal Error") -> NoReturn:
        """How CIS with custom resources exits if it does not get AS3's version."""
        self._log.error(f"{self._tag} {text} ")
        last = "AS3 RPM is not installed on BIGIP" if "RPM is not installed" in text else text
        fail(self._log, last, "ERROR")

    async def version(self, bigip: BigIp) -> Release:
        """AS3's version, or the end of CIS."""
        self._log.debug(
            f"{self._tag} posting GET BIGIP AS3 Version request on {bigip.url}/mgmt/shared/appsvcs/info"
        )
        try:
            answer = await bigip.info()
        except Unreachable as error:
            self._log.error(f"{self._tag} REST call error: {error} ")
            if self._settings.custom_resources:
                self._ends()
            self._log.error("[AS3] Internal Error ")
            fail(self._log, "[INIT] Failed to initialize as3 agent, Internal Error")
        found = answer.body
        if answer.status == 200 and found.get("version"):
            self._log.debug(f"{self._tag} BIGIP is serving with AS3 version: {found['version']}")
            return Release(found["version"], str(found.get("release", "")), str(found.get("schemaCurrent")))
        text = f"Error response from BIGIP with status code {answer.status}"
        if answer.status == 404:
            text = f"RPM is not installed on BIGIP, {text}"
        elif answer.status == 401:
            text = f"authentication failed, {text} Message: {found.get('message', '')}"
        if self._settings.custom_resources:
            self._ends(text if answer.status in (401, 404) else f"{text[0].lower()}{text[1:]}")
        text = f"AS3 {text}" if answer.status == 404 else text
        self._log.error(f"[AS3] {text} ")
        fail(self._log, f"[INIT] Failed to initialize as3 agent, {text}")

    async def extended(self) -> None:
        """Multi-cluster: the extended ConfigMap and the kubeconfig Secrets that it names must exist."""
        if not self._settings.multi_cluster:
            return
        namespace, _slash, name = self._settings.extended.partition("/")
        try:
            data = (await self._kube.get(f"/api/v1/namespaces/{namespace}/configmaps/{name}")).get(
                "data"
            ) or {}
        except KubeError as error:
            fail(
                self._log,
                f"[INIT] [MultiCluster] error reading extended configmap {self._settings.extended}: "
                f"{error.message}",
            )
        for secret in configmaps.cluster_secrets(data.get("extendedSpec", "")):
            try:
                await self._kube.get("/api/v1/namespaces/{}/secrets/{}".format(*secret.split("/", 1)))
            except KubeError as error:
                self._log.error(
                    f"[MultiCluster] error occurred while fetching Secret: {secret} for the cluster, Error: "
                    f"{error.message}"
                )


def fail(log: Log, text: str, level: str = "CRITICAL") -> NoReturn:
    (log.critical if level == "CRITICAL" else log.error)(text)
    raise Exit(text)
