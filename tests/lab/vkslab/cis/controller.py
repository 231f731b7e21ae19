# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CIS itself: what it does when it starts, what it posts, what it says of it in its log and on its resources.

Waits between two posts are a tenth of CIS's: 3 s after a failure, 6, 12, 24 s while BIG-IP is busy.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import datetime, timezone
from typing import NoReturn

import aiohttp

from ..kube import Kube, KubeError
from . import configmaps, ingresses
from .declare import Declared, Outcome, Resources, declare, tenant
from .flags import Settings, parse
from .ipam import Ipam
from .logs import Log
from .members import View
from .pods import tag_of
from .program import Exit, Host, Json
from .rest import Answer, BigIp, Unreachable
from .routes import AFFINITIES, Routes, wanted
from .world import World

FAILED, BUSY, BUSY_MOST, POLL, SIGN_IN, PARTITION = 3.0, 6.0, 24.0, 3.0, 1.0, 3.0
#: Changes come in bunches.
SETTLE = 0.2
_RESOURCES = {
    "VirtualServer": "cis.f5.com/v1/{}/virtualservers",
    "TransportServer": "cis.f5.com/v1/{}/transportservers",
}


class Cis:
    """The program of the image k8s-bigip-ctlr."""

    image = "k8s-bigip-ctlr"

    async def run(self, host: Host) -> None:
        log = Log(host.log)
        try:
            settings = parse(host.arguments)
        except Exit as error:
            log.usage(str(error))
            raise
        log.at(settings.level)
        async with await host.client() as kube:
            await _Run(host, kube, settings, log).go()


class _Run:
    """From one start of the container to its end."""

    def __init__(self, host: Host, kube: Kube, settings: Settings, log: Log) -> None:
        self._host, self._kube, self._settings, self._log = host, kube, settings, log
        self._world = World(kube, settings, log)
        self._ipam = Ipam(kube, settings, host.pod["metadata"]["name"], log)
        self._posted: dict[str, Json] = {}
        self._said: set[str] = set()
        self._statuses: dict[tuple[str, str, str], Json] = {}
        self._requests = 0
        self._release = ""
        self._schema = ""
        self._tag = "[AS3][BigIP]" if settings.custom_resources else "[AS3]"

    async def go(self) -> None:
        version = tag_of(
            next(each["image"] for each in self._host.pod["spec"]["containers"] if Cis.image in each["image"])
        )
        login = self._login()
        self._log.info(f"[INIT] Starting: Container Ingress Services - Version: {version}, BuildInfo: lab")
        self._agent = f"CIS/v{version} K8S"
        self._bigip = BigIp(*login, insecure=self._settings.insecure, certificates=await self._certificates())
        self._routes = Routes(self._bigip, self._settings, self._log)
        try:
            await self._sign_in()
            await self._check_version()
            await self._extended()
            await self._serve()
            tasks = [self._work(), self._watch_partition()]
            running = [asyncio.ensure_future(each) for each in tasks]
            try:
                await asyncio.gather(*running)
            finally:
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
        finally:
            await self._bigip.close()

    # -- the start

    def _login(self) -> tuple[str, str, str]:
        """The files of the login Secret count more than arguments, its url too."""
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

    async def _certificates(self) -> str:
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
                self._fail(
                    f"[INIT] ConfigMap with name {name} not found in namespace: {namespace}, error: "
                    f"{error.message}",
                    "ERROR",
                )
        if not texts:
            self._log.debug(f"{self._tag} No certs appended, using only system certs")
        return "\n".join(texts)

    async def _sign_in(self) -> None:
        """The lab's CIS has a token in both modes.

        F5's has one with custom resources only, so only then its manager of tokens logs.
        """
        told = self._settings.custom_resources
        failed = "[Token Manager] Failed to refresh Token from BIGIP:"
        while True:
            try:
                answer = await self._bigip.sign_in()
            except Unreachable as error:
                if told:
                    self._log.error(f"{failed} unable to establish connection with BIGIP: {error}")
                    self._log.warning(f"{self._tag} Failed to get auth token, falling back to basic auth")
                # What no waiting mends ends CIS a moment later, when it asks for AS3's version.
                return
            if answer.status == 200:
                return
            if answer.status in (401, 404, 301):
                if told:
                    self._not_let_in(failed, answer)
                return
            if told:
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
        """As CIS ends that looks after custom resources, when it does not get AS3's version."""
        self._log.error(f"{self._tag} {text} ")
        last = "AS3 RPM is not installed on BIGIP" if "RPM is not installed" in text else text
        self._fail(last, "ERROR")

    async def _check_version(self) -> None:
        self._log.debug(
            f"{self._tag} posting GET BIGIP AS3 Version request on {self._bigip.url}/mgmt/shared/appsvcs/info"
        )
        try:
            answer = await self._bigip.info()
        except Unreachable as error:
            self._log.error(f"{self._tag} REST call error: {error} ")
            if self._settings.custom_resources:
                self._ends()
            self._log.error("[AS3] Internal Error ")
            self._fail("[INIT] Failed to initialize as3 agent, Internal Error")
        found = answer.body
        if answer.status == 200 and found.get("version"):
            self._release, self._schema = (
                f"{found['version']}-{found.get('release', '')}",
                str(found.get("schemaCurrent")),
            )
            self._log.debug(f"{self._tag} BIGIP is serving with AS3 version: {found['version']}")
            return
        text = f"Error response from BIGIP with status code {answer.status}"
        if answer.status == 404:
            text = f"RPM is not installed on BIGIP, {text}"
        elif answer.status == 401:
            text = f"authentication failed, {text} Message: {found.get('message', '')}"
        if self._settings.custom_resources:
            self._ends(text if answer.status in (401, 404) else f"{text[0].lower()}{text[1:]}")
        text = f"AS3 {text}" if answer.status == 404 else text
        self._log.error(f"[AS3] {text} ")
        self._fail(f"[INIT] Failed to initialize as3 agent, {text}")

    async def _extended(self) -> None:
        """Multi-cluster: the extended ConfigMap and the kubeconfig Secrets that it names have to be there."""
        if not self._settings.multi_cluster:
            return
        namespace, _slash, name = self._settings.extended.partition("/")
        try:
            data = (await self._kube.get(f"/api/v1/namespaces/{namespace}/configmaps/{name}")).get(
                "data"
            ) or {}
        except KubeError as error:
            self._fail(
                f"[INIT] [MultiCluster] error reading extended configmap {self._settings.extended}: "
                f"{error.message}"
            )
        for secret in configmaps.cluster_secrets(data.get("extendedSpec", "")):
            try:
                await self._kube.get("/api/v1/namespaces/{}/secrets/{}".format(*secret.split("/", 1)))
            except KubeError as error:
                self._log.error(
                    f"[MultiCluster] error occurred while fetching Secret: {secret} for the cluster, Error: "
                    f"{error.message}"
                )

    async def _serve(self) -> None:
        address, _colon, port = self._settings.address.rpartition(":")
        loopback = address in ("127.0.0.1", "localhost", "[::1]")
        self._log.info(f"Starting health server on :{self._settings.address}")
        await self._host.serve(
            int(port), loopback, {"/health": self._health, "/ready": self._ready, "/metrics": self._health}
        )

    async def _health(self) -> tuple[int, str]:
        return 200, "Ok"

    async def _ready(self) -> tuple[int, str]:
        complaints = ""
        try:
            async with self._kube.session.get(
                f"{self._kube.server}/readyz", timeout=aiohttp.ClientTimeout(total=5)
            ) as answer:
                if answer.status != 200:
                    complaints += "kube-api server is not reachable."
        except (aiohttp.ClientError, asyncio.TimeoutError):
            complaints += "kube-api server is not reachable."
        try:
            if (await self._bigip.info()).status != 200:
                complaints += "big-ip server is not reachable."
        except Unreachable:
            complaints += "big-ip server is not reachable."
        return (500, complaints) if complaints else (200, "Ok")

    def _fail(self, text: str, level: str = "CRITICAL") -> NoReturn:
        (self._log.critical if level == "CRITICAL" else self._log.error)(text)
        raise Exit(text)

    # -- its work

    async def _watch_partition(self) -> None:
        """The agent for routes and ARP works in the partition, and does not make it."""
        while True:
            for name in self._settings.partitions:
                with contextlib.suppress(Unreachable):
                    if (await self._bigip.partition(name)).status == 404:
                        self._log.agent(f"CCCL Error: The requested partition {name} was not found.")
            await asyncio.sleep(PARTITION)

    async def _work(self) -> None:
        started = asyncio.Event()
        if self._settings.custom_resources:
            self._log.info("Starting Controller")
        if self._settings.ipam:
            await self._ipam.prepare()
        world = asyncio.ensure_future(self._world.run(started.set))
        try:
            await started.wait()
            self._log.info("[CORE] Controller started")
            pause, due = 0.0, True
            while True:
                if not due:
                    with contextlib.suppress(asyncio.TimeoutError):
                        await asyncio.wait_for(self._world.changed.wait(), pause or None)
                due = False
                self._world.changed.clear()
                await asyncio.sleep(SETTLE)
                pause = await self._round(pause)
        finally:
            world.cancel()
            await asyncio.gather(world, return_exceptions=True)

    async def _round(self, last: float) -> float:
        """Post what differs from the last post; the seconds until the next try, 0 if none is needed."""
        declared = self._declared()
        for text in declared.complaints:
            if text not in self._said:
                self._log.error(text)
        self._said = set(declared.complaints)
        if self._settings.ipam:
            await self._ipam.ask(declared.hosts)
        routed = not self._settings.static_routes or await self._routes.keep(
            wanted(self._settings, self._world.all("nodes"), self._world.all(AFFINITIES))
        )
        changed = {name: body for name, body in declared.tenants.items() if self._posted.get(name) != body}
        changed |= {
            name: self._gone(name)
            for name in self._posted
            if name not in declared.tenants and self._posted[name] != self._gone(name)
        }
        if not changed:
            await self._tell(declared.outcomes, {})
            return 0.0 if routed else FAILED
        codes = await self._post(changed)
        for name, body in changed.items():
            if codes.get(name, (0, ""))[0] == 200:
                self._posted[name] = body
                if body == {"class": "Tenant"}:
                    del self._posted[name]
        failed = {
            name: text or "Big-IP Responded with error -- verify the logs for detailed error"
            for name, (code, text) in codes.items()
            if code != 200
        }
        await self._tell(declared.outcomes, failed)
        if not failed:
            return 0.0 if routed else FAILED
        busy = any(codes[name][0] in (401, 422, 503) for name in failed)
        return min(max(last * 2, BUSY), BUSY_MOST) if busy else FAILED

    def _declared(self) -> Declared:
        world = self._world
        view = View(
            self._settings,
            world.all("services"),
            world.all("endpoints"),
            world.all("pods"),
            world.all("nodes"),
        )
        if self._settings.custom_resources:
            resources = Resources(
                virtual_servers=world.all("virtualservers"),
                transport_servers=world.all("transportservers"),
                tls_profiles=world.all("tlsprofiles"),
                secrets=world.all("secrets"),
                given=self._ipam.given(world.all("ipams")),
            )
            return declare(view, resources)
        declared = ingresses.declare(view, world.all("ingresses"), world.all("ingressclasses"))
        configmaps.declare(declared, view, world.all("configmaps"))
        return declared

    def _gone(self, name: str) -> Json:
        """CIS empties its own partition and removes others."""
        return (
            tenant(self._settings, {})
            if name == self._settings.partition and self._settings.custom_resources
            else {"class": "Tenant"}
        )

    async def _post(self, tenants: dict[str, Json]) -> dict[str, tuple[int, str]]:
        """Code and text for each tenant."""
        self._requests += 1
        start = f"[Request: {self._requests}]{self._tag}"
        if self._settings.custom_resources:
            self._log.info(f"[Request: {self._requests}][AS3] Processing request")
            self._log.info(f"[Request: {self._requests}][AS3] creating a new AS3 manifest")
            self._log.info(f"{start} posting request to {self._bigip.url} for  tenants")
        try:
            answer = await self._bigip.declare(self._declaration(tenants))
            while answer.status in (201, 202) and answer.body.get("id"):
                self._log.debug(
                    f"{self._tag} Response from BIG-IP: code 201/202 id {answer.body['id']}, waiting 30 "
                    "seconds to poll response"
                )
                await asyncio.sleep(POLL)
                name = answer.body["id"]
                answer = await self._bigip.task(name)
                if any(row.get("message") == "in progress" for row in answer.body.get("results") or ()):
                    answer = Answer(202, json.dumps({"id": name}))
        except Unreachable as error:
            self._log.error(f"{self._tag} REST call error: {error} ")
            return dict.fromkeys(tenants, (0, ""))
        codes = self._codes(start, tenants, answer)
        if not self._settings.custom_resources:
            # Of 2.20.4; it counts 404 and 401 as posted.
            words = "succeeded" if answer.status in (200, 401, 404) else "failed"
            self._log.info(
                f"[AS3][POST] AS3 declaration POST {words}. URL: "
                f"{self._bigip.url}/mgmt/shared/appsvcs/declare/"
            )
        return codes

    def _codes(self, start: str, tenants: dict[str, Json], answer: Answer) -> dict[str, tuple[int, str]]:
        body, code, custom = answer.body, answer.status, self._settings.custom_resources
        words = {200: "SUCCESS", 207: "MULTI-STATUS", 401: "UNAUTHORIZED FAILURE", 503: "RETRY"}
        if custom:
            self._log.info(f"{start} post resulted in {words.get(code, 'FAILURE')}")
        else:
            start = self._tag
        if self._settings.log_response:
            self._log.debug(f"{self._tag} Raw response from Big-IP: {answer.text}")
        rows = [row for row in body.get("results") or () if row.get("tenant") in tenants]
        if not body:
            self._log.error(
                f"{self._tag} Response body unmarshal failed: invalid character {answer.text[:1]!r} looking "
                "for beginning of value"
            )
        if rows:
            for row in rows:
                line = f"code: {row['code']} --- tenant:{row['tenant']} --- message: {row.get('message')}"
                if not custom:
                    self._log.info(f"[AS3] Response from BIG-IP: {line}")
                elif row["code"] == 200:
                    self._log.info(f"[AS3][POST] SUCCESS: {line}")
                else:
                    self._log.error(
                        f"{start} {'Error response' if code == 207 else 'Response'} from BIG-IP: {line}"
                    )
            return {row["tenant"]: (row["code"], _told(row["code"])) for row in rows}
        if code == 401:
            self._log.error(
                f"{start} authentication failed, Error response from BIGIP with status code: 401 Message: "
                f"{body.get('message')}"
            )
        elif code == 503:
            self._log.error(f"{start} Big-IP Responded with error code: {code}")
            self._log.debug(
                f"{self._tag} Response from BIG-IP: BIG-IP is busy, waiting 30 seconds and re-posting the "
                "declaration"
            )
        elif code != 200:
            inner = (
                (body.get("error") or {}).get("code")
                if isinstance(body.get("error"), dict)
                else body.get("code")
            )
            self._log.error(f"{start} Big-IP Responded with error code: {inner or code}")
        return dict.fromkeys(tenants, (code, "" if code == 200 else _told(code)))

    def _declaration(self, tenants: dict[str, Json]) -> Json:
        version = self._release.rpartition("-")[0]
        schema = f"https://raw.githubusercontent.com/F5Networks/f5-appsvcs-extension/master/schema/{version}/as3-schema-{self._release}.json"
        inner: Json = {
            "class": "ADC",
            "schemaVersion": self._schema,
            "id": "urn:uuid:85626792-9ee7-46bb-8fc8-4ba708cfdc1d",
            "label": "CIS Declaration",
            "remark": "Auto-generated by CIS",
            "controls": {"class": "Controls", "userAgent": self._agent},
            **tenants,
        }
        return {"$schema": schema, "class": "AS3", "declaration": inner}

    # -- what its resources show

    async def _tell(self, outcomes: list[Outcome], failed: dict[str, str]) -> None:
        there = {(outcome.kind, *outcome.key) for outcome in outcomes}
        self._statuses = {known: status for known, status in self._statuses.items() if known in there}
        for outcome in outcomes:
            namespace, name = outcome.key
            error = outcome.error or failed.get(outcome.partition, "")
            if outcome.kind in _RESOURCES:
                status: Json = {"vsAddress": outcome.address, "status": "Ok", "error": None}
                if error:
                    status = {"vsAddress": None, "status": "ERROR", "error": error}
                path = f"/apis/{_RESOURCES[outcome.kind].format(f'namespaces/{namespace}')}/{name}/status"
            elif error:
                continue
            else:
                status = {"loadBalancer": {"ingress": [{"ip": outcome.address}]}}
                path = f"/api/v1/namespaces/{namespace}/services/{name}/status"
                if outcome.kind == "Ingress":
                    path = f"/apis/networking.k8s.io/v1/namespaces/{namespace}/ingresses/{name}/status"
            known = (outcome.kind, namespace, name)
            if self._statuses.get(known) == status:
                continue
            stamped = (
                {**status, "lastUpdated": f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"}
                if outcome.kind in _RESOURCES
                else status
            )
            try:
                await self._kube.merge_patch(path, {"status": stamped})
                self._statuses[known] = status
            except (KubeError, aiohttp.ClientError, asyncio.TimeoutError) as refused:
                where = f"{outcome.kind}:{namespace}/{name} in Cluster {self._settings.local_cluster}"
                self._log.warning(
                    f"Failed to update the status of {where}. Error: {refused}. Retry will be attempted."
                )


def _told(code: int) -> str:
    if code == 401:
        return (
            "authentication failed, Error response from BIGIP with status code: 401 -- verify the logs "
            "for detailed error"
        )
    return (
        ""
        if code == 200
        else f"Big-IP Responded with error code: {code} -- verify the logs for detailed error"
    )
