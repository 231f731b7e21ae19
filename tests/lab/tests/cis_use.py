# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CIS in a lab as its users meet it: F5's chart, the login Secret, custom resources, and what the Pod shows
of itself."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import requests
import yaml

from running_lab import RunningLab, eventually
from vkslab.processes import HANG

CHARTS = Path(__file__).resolve().parent.parent / "charts"
CHART, FIC_CHART = CHARTS / "f5-bigip-ctlr", CHARTS / "f5-ipam-controller"


class Site:
    """A lab with a namespace for CIS, its login Secret and BIG-IP's CA."""

    def __init__(self, lab: RunningLab, namespace: str = "cis") -> None:
        self.lab, self.namespace = lab, namespace
        self.url = f"https://{lab.env['F5_SERVER'].split(',')[0]}:{lab.env['F5_SERVER_PORT']}"
        lab.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
        self.login()
        self.trust(Path(lab.env["F5_CA_CERT"]).read_text())

    def login(self, **data: str) -> None:
        content = {"username": self.lab.env["F5_USER"], "password": self.lab.env["F5_PASSWORD"], **data}
        self._put("Secret", "f5-bigip-ctlr-login", stringData=content)

    def trust(self, pem: str) -> None:
        self._put("ConfigMap", "bigip-ca", data={"ca.crt": pem})

    def _put(self, kind: str, name: str, **content: Any) -> None:
        self.lab.kubectl("delete", kind, name, "-n", self.namespace, "--ignore-not-found")
        self.lab.apply(
            {
                "apiVersion": "v1",
                "kind": kind,
                "metadata": {"name": name, "namespace": self.namespace},
                **content,
            }
        )

    # -- Helm

    def values(self, args: dict[str, Any], **more: Any) -> dict[str, Any]:
        common = {
            "bigip_url": self.url,
            "bigip_partition": "kubernetes",
            "trusted_certs_cfgmap": f"{self.namespace}/bigip-ca",
            "custom_resource_mode": True,
            "log_level": "DEBUG",
        }
        return {
            "namespace": self.namespace,
            "version": "2.20.3",
            "ingressClass": {"create": False},
            **more,
            "args": {**common, **args},
        }

    def helm(self, *words: str | Path, values: dict[str, Any] | None = None, fails: bool = False) -> str:
        command = [
            self.lab.env["LAB_HELM"],
            "-n",
            self.namespace,
            *map(str, words),
            *(["-f", "-"] if values is not None else []),
        ]
        done = subprocess.run(
            command,
            env={**os.environ, **self.lab.env},
            input=yaml.safe_dump(values),
            capture_output=True,
            text=True,
        )
        assert (done.returncode != 0) == fails, done.stderr
        return done.stderr if fails else done.stdout

    def install(self, *words: str | Path, release: str = "cis", chart: Path = CHART, **values: Any) -> None:
        self.helm(
            "upgrade",
            "--install",
            release,
            chart,
            *words,
            values=self.values(values.pop("args", {}), **values),
        )

    def remove(self, *releases: str) -> None:
        self.helm("uninstall", "--ignore-not-found", "--wait", *(releases or ("cis",)))

    def run(self, command: list[str]) -> None:
        subprocess.run(command, env={**os.environ, **self.lab.env}, check=True, capture_output=True)

    # -- its Pods

    def pods(self, release: str = "cis") -> list[dict[str, Any]]:
        found = self.lab.get("pods", "-n", self.namespace, "-l", f"release={release}")["items"]
        return [pod for pod in found if not pod["metadata"].get("deletionTimestamp")]

    def container(self, release: str = "cis") -> dict[str, Any]:
        """The status of the only Pod's container. Empty until it exists."""
        pods = self.pods(release)
        statuses = pods[0]["status"].get("containerStatuses") if len(pods) == 1 else None
        return dict(statuses[0]) if statuses else {}

    def wait_for(self, reason: str, release: str = "cis") -> dict[str, Any]:
        """Until the container waits for a reason."""
        waits = eventually(
            lambda: (
                (one := self.container(release)).get("state", {}).get("waiting", {}).get("reason") == reason
                and one
            )
        )
        return dict(waits)

    def wait_until_ready(self, release: str = "cis") -> str:
        eventually(lambda: self.container(release).get("ready"))
        return str(self.pods(release)[0]["metadata"]["name"])

    def log(self, *words: str, release: str = "cis") -> str:
        """Of the newest Pod, because a rollout has two. Empty if the Pod was deleted meanwhile."""
        pods = sorted(self.pods(release), key=lambda pod: str(pod["metadata"]["creationTimestamp"]))
        if not pods:
            return ""
        done = self.lab.tried("logs", "-n", self.namespace, pods[-1]["metadata"]["name"], *words)
        assert done.returncode == 0 or "(NotFound)" in done.stderr, done.stderr
        return done.stdout

    def wait_for_log(self, text: str, release: str = "cis") -> None:
        eventually(lambda: text in self.log(release=release))

    def probe(self, pod: str, path: str) -> str:
        """Through the API server's Pod proxy, as the role does it."""
        command = [
            self.lab.env["LAB_KUBECTL"],
            "get",
            "--raw",
            f"/api/v1/namespaces/{self.namespace}/pods/{pod}:8080/proxy/{path}",
        ]
        done = subprocess.run(command, env={**os.environ, **self.lab.env}, capture_output=True, text=True)
        return (done.stdout + done.stderr).strip()

    # -- BIG-IP

    def _answer(self, method: str, path: str, body: Any = None) -> requests.Response:
        auth = self.lab.env["F5_USER"], self.lab.env["F5_PASSWORD"]
        return requests.request(method, self.url + path, json=body, auth=auth, verify=False, timeout=HANG)

    def bigip(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._answer(method, path, body)
        assert answer.ok or answer.status_code == 404, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content and answer.ok else {}

    def emptied(self) -> bool:
        """No Tenant and no partition of CIS is left; false while BIG-IP still works on a post."""
        gone = [self._answer("DELETE", "/mgmt/shared/appsvcs/declare").status_code]
        gone += [
            self._answer("DELETE", f"/mgmt/tm/auth/partition/{name}").status_code
            for name in ("kubernetes", "missing")
        ]
        return set(gone) <= {200, 204, 404}

    def tenant(self, name: str = "kubernetes") -> dict[str, Any]:
        found = self.bigip("GET", f"/mgmt/shared/appsvcs/declare/{name}")
        return dict(found.get(name) or {})

    def posts(self) -> int:
        return sum(
            entry["path"].endswith("/declare/") for entry in self.bigip("GET", "/_lab/requests")["items"]
        )

    # -- applications

    def ask(self, address: str, host: str = "", path: str = "/") -> str:
        """The Pod that answers at a virtual address. Empty if none does."""
        proxies = {"http": self.lab.env["LAB_PROXY"]}
        try:
            answer = requests.get(
                f"http://{address}{path}", proxies=proxies, headers={"Host": host} if host else {}, timeout=60
            )
        except requests.RequestException:
            return ""
        return answer.text.strip() if answer.status_code == 200 else ""

    def status(self, kind: str, name: str) -> dict[str, Any]:
        return dict(self.lab.get(kind, name).get("status") or {})

    def wait_for_status(self, kind: str, name: str, **wanted: str) -> None:
        eventually(lambda: wanted.items() <= self.status(kind, name).items())

    def delete(self, *words: str) -> None:
        self.lab.kubectl("delete", "--ignore-not-found", *words)


def virtual_server(
    name: str, address: str = "", service: str = "hello", port: Any = 80, **spec: Any
) -> dict[str, Any]:
    place = {"virtualServerAddress": address} if address else {}
    pools = [
        {
            "service": service,
            "servicePort": port,
            "monitor": {"type": "http", "send": "GET /\\r\\n", "interval": 5, "timeout": 16},
        }
    ]
    meta = {"name": name, "labels": {"f5cr": "true"}}
    return {
        "apiVersion": "cis.f5.com/v1",
        "kind": "VirtualServer",
        "metadata": meta,
        "spec": {**place, "pools": pools, **spec},
    }


def text(value: Any) -> str:
    return json.dumps(value)
