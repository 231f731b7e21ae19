# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tools of the demo: a lab, kubectl, the playbook, requests to the virtual server, BIG-IP's own log."""

from __future__ import annotations

import base64
import json
import os
import re
import ssl
import subprocess
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from runner import environments
from runner.places import LAB, ROOT
from support import labs, tree

HERE = Path(__file__).resolve().parent
VIRTUAL = "http://192.0.2.10/"


class DemoError(Exception):
    """A step failed."""


class Lab:
    """A cluster and a BIG-IP, from `up` to `down`."""

    def __init__(self, cni: str) -> None:
        self.cni = cni
        self.name = f"demo-{cni}-{os.getpid()}"
        self._environ = environments.variables("main") | {"ANSIBLE_COLLECTIONS_PATH": str(tree.link())}
        self._environ.pop("PYTHONPATH", None)

    def up(self) -> None:
        self._lab("up", "--cni", self.cni)
        self._environ |= labs.variables(self._lab("env"))
        proxy = self._environ["LAB_PROXY"]
        self._client = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy}))

    def down(self) -> None:
        self._lab("down")

    def pod_routes(self, *words: str) -> list[str]:
        """Run vks.bigip.pod_routes. Return the networks of the routes that it added or removed."""
        command = ["ansible", "localhost", "-m", "vks.bigip.pod_routes", *words]
        print(f"      $ {' '.join(command)}", flush=True)
        result = json.loads(self._run(command).partition("=>")[2])
        return [f"{route['network']} by {route['node']}" for route in result["routes"] if route["action"] in ("added", "removed")]

    def kubectl(self, *words: str) -> str:
        return self._run([self._environ["LAB_KUBECTL"], *words])

    def apply(self) -> None:
        self.kubectl("apply", "-f", str(HERE / "hello-world.yml"))
        self.wait_for_pods()

    def wait_for_pods(self) -> None:
        """Wait until they are ready and in the EndpointSlice, because a rollout ends before the EndpointSlice is written."""
        self.kubectl("rollout", "status", "deployment/f5-hello-world", "--timeout=60s")
        end = time.monotonic() + 30
        while self._endpoints() != self.pods():
            if time.monotonic() > end:
                raise DemoError(f"the EndpointSlice has {sorted(self._endpoints())}, while the Pods are {sorted(self.pods())}")
            time.sleep(0.2)

    def _endpoints(self) -> set[str]:
        slices = json.loads(self.kubectl("get", "endpointslices", "-l", "kubernetes.io/service-name=f5-hello-world", "-o", "json"))["items"]
        return {one["targetRef"]["name"] for item in slices for one in item["endpoints"] or [] if one["conditions"]["ready"]}

    def pods(self) -> set[str]:
        """The names of the Pods that are meant to answer."""
        items = json.loads(self.kubectl("get", "pods", "-l", "app=f5-hello-world", "-o", "json"))["items"]
        return {item["metadata"]["name"] for item in items if not item["metadata"].get("deletionTimestamp")}

    def playbook(self, *words: str) -> Run:
        """Run vks.bigip.publish with the connection in the environment, as a user would."""
        command = ["ansible-playbook", "vks.bigip.publish", "-e", "@tests/demo/applications.yml", *words]
        print(f"      $ {' '.join(command)}", flush=True)
        return Run(self._run(command))

    def requests_of(self, method: str, path: str) -> int:
        """The number of requests of this kind in BIG-IP's own log."""
        return sum(1 for entry in self._bigip("/_lab/requests")["items"] if entry["method"] == method and entry["path"].partition("?")[0].endswith(path))

    def tenants(self) -> list[str]:
        stored = self._bigip("/mgmt/shared/appsvcs/declare") or {}
        return [name for name, value in stored.items() if isinstance(value, dict) and value.get("class") == "Tenant"]

    def virtual_servers(self) -> list[str]:
        return [item["fullPath"] for item in self._bigip("/mgmt/tm/ltm/virtual").get("items", [])]

    def members(self) -> list[str]:
        """The members that BIG-IP has, as ADDRESS:PORT, over all pools."""
        pools = self._bigip("/mgmt/tm/ltm/pool?expandSubcollections=true").get("items", [])
        return sorted(member["name"].rpartition("/")[2] for pool in pools for member in pool["membersReference"].get("items", []))

    def answers(self, expected: set[str], requests: int = 24, seconds: float = 30) -> Counter[str]:
        """Send requests to the virtual server until each of these Pods has answered.

        No request may fail after the first answer. Before it, BIG-IP's monitors have not marked the new members up yet.
        """
        counts: Counter[str] = Counter()
        end = time.monotonic() + seconds
        while counts.total() < requests or not expected <= set(counts):
            if counts and time.monotonic() > end:
                raise DemoError(f"{VIRTUAL} was answered by {dict(counts)}, in {seconds:.0f} s never by {sorted(expected - set(counts))}")
            try:
                with self._client.open(VIRTUAL, timeout=10) as answer:
                    counts[answer.read().decode().strip()] += 1
            except OSError as error:  # URLError is one
                if counts:
                    raise DemoError(f"a request to {VIRTUAL} failed after {counts.total()} that were answered: {error}") from error
                if time.monotonic() > end:
                    raise DemoError(f"no answer from {VIRTUAL} in {seconds:.0f} s; the last one said: {error}") from error
                time.sleep(0.3)
        return counts

    def is_silent(self) -> bool:
        """Check that the virtual address does not answer."""
        try:
            with self._client.open(VIRTUAL, timeout=5) as answer:
                return bool(answer.status >= 500)
        except OSError:
            return True

    def _bigip(self, path: str) -> Any:
        env = self._environ
        request = urllib.request.Request(f"https://{env['F5_SERVER'].partition(',')[0]}:{env['F5_SERVER_PORT']}{path}")
        login = base64.b64encode(f"{env['F5_USER']}:{env['F5_PASSWORD']}".encode()).decode()
        request.add_header("Authorization", f"Basic {login}")
        with urllib.request.urlopen(request, timeout=20, context=ssl.create_default_context(cafile=env["F5_CA_CERT"])) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def _lab(self, command: str, *words: str) -> str:
        return self._run([str(LAB), command, "--name", self.name, *words])

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(command, cwd=ROOT, env=self._environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            raise DemoError(f"{' '.join(command)}\nended with status {done.returncode}:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
        return done.stdout


class Run:
    """The output of a playbook run."""

    def __init__(self, output: str) -> None:
        self.output = re.sub(r"\x1b\[[0-9;]*m", "", output)

    @property
    def changed(self) -> int:
        return sum(int(number) for number in re.findall(r"\bchanged=(\d+)", self.output))

    @property
    def diff(self) -> list[str]:
        """The lines of --diff with the added and removed members."""
        return [line for line in self.output.splitlines() if re.match(r"[+-](?![+-]{2} )", line)]
