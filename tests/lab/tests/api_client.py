# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Some of kubectl's commands in this process, for tests that poll: each start of kubectl takes 0.2 s of a
core."""

from __future__ import annotations

import argparse
import json
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

_DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_WORDS = argparse.ArgumentParser(prog="get", exit_on_error=False)
_WORDS.add_argument("kind")
_WORDS.add_argument("name", nargs="?")
_WORDS.add_argument("-n", "--namespace")
_WORDS.add_argument("-l", "--selector", default="")
_WORDS.add_argument("-A", "--all-namespaces", action="store_true")


class Api:
    """One API server of a lab, as its administrator.

    `plane` is `cluster` or `supervisor`, in the lab's folder.
    """

    def __init__(self, folder: Path, plane: str, namespace: str) -> None:
        self._pki, self._namespace = folder / plane / "pki", namespace
        self._server = json.loads((folder / f"{plane}.json").read_text())["api"]
        self._resources: dict[str, tuple[str, str, bool]] = {}

    def get(self, *words: str) -> Any:
        """As `kubectl get WORDS -o json`."""
        given = _WORDS.parse_intermixed_args(list(words))
        kind, _slash, name = given.kind.partition("/")
        path = self._path(
            kind, "" if given.all_namespaces else given.namespace or self._namespace, name or given.name
        )
        return self._send(
            "GET", path, params={"labelSelector": given.selector} if given.selector else {}
        ).json()

    def create(self, *manifests: dict[str, Any]) -> None:
        for each in manifests:
            group = each["apiVersion"].rpartition("/")[0]
            self._send(
                "POST",
                self._path(
                    f"{each['kind'].lower()}.{group}", each["metadata"].get("namespace") or self._namespace
                ),
                json=each,
            )

    def delete(self, kind: str, name: str) -> None:
        """Without waiting for dependent objects. A missing object is not an error."""
        self._send("DELETE", self._path(kind, self._namespace, name), fine=404)

    def _path(self, kind: str, namespace: str, name: str | None = None) -> str:
        place, plural, namespaced = self._resource(kind)
        return "/".join(
            filter(None, (place, f"namespaces/{namespace}" if namespaced and namespace else "", plural, name))
        )

    def _send(self, method: str, path: str, fine: int = 200, **content: Any) -> requests.Response:
        answer = self._session.request(method, f"{self._server}{path}", **content)
        assert answer.ok or answer.status_code == fine, f"{method} {path}: {answer.text}"
        return answer

    @cached_property
    def _session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env, session.verify = False, str(self._pki / "ca.crt")
        session.cert = str(self._pki / "admin.crt"), str(self._pki / "admin.key")
        session.headers["User-Agent"] = "kubectl/tests"
        # A kind whose CRD has just come is answered 429: again later.
        later = Retry(total=None, status=10_000, status_forcelist=[429], allowed_methods=None)
        session.mount("https://", HTTPAdapter(max_retries=later))
        return session

    def _resource(self, kind: str) -> tuple[str, str, bool]:
        """Where it is, its plural, and whether it has a namespace.

        A kind that is not known may have come since the last look.
        """
        if kind not in self._resources:
            for root in ("/apis", "/api"):
                for group in self._session.get(
                    f"{self._server}{root}", headers={"Accept": _DISCOVERY}
                ).json()["items"]:
                    self._learn(root, group)
        assert kind in self._resources, f"the API server has no {kind}"
        return self._resources[kind]

    def _learn(self, root: str, group: dict[str, Any]) -> None:
        name = group["metadata"].get("name", "")
        for version in reversed(group["versions"]):  # the preferred one comes first, and is learned last
            for each in version["resources"]:
                place = "/".join(filter(None, (root, name, version["version"])))
                resource = place, each["resource"], each["scope"] == "Namespaced"
                for word in (each["resource"], each.get("singularResource"), *each.get("shortNames", ())):
                    self._resources |= {word: resource, f"{word}.{name}": resource}
