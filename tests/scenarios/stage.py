# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage of the table of faults: the state of BIG-IP before each, the job that meets it, and the conditions afterwards.

Shop contains only our applications (posted as a whole, under its lock). Mixed also contains an application of
another team (posted application by application). Theirs is a tenant of another team. The job moves both our
pools from the Pods of one node to those of another. So members are added, removed and kept.
"""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import trustme
import urllib3

from .faulty_api import TOKEN, FaultyApi, closed_port
from .site import Site
from .waiting import HANGS, eventually

# A declaration of whole tenants: the others have no options in their path.
WHOLE = ("POST", r"/declare\?.")
POOLS = ("/Shop/web/pool", "/Mixed/secure/pool")
FOREIGN = (("Mixed", "theirs"), ("Theirs", "app"))
# A token of BIG-IP in any output.
_F5_TOKEN = re.compile(r"\b[A-Z2-7]{26}\b")
_MODULE = "from ansible_collections.vks.bigip.plugins.modules.publish import main; main()"


@dataclass
class Ran:
    """One run of the module: its result, all it printed, and how long it took on the counted clock."""

    result: dict[str, Any]
    output: str
    seconds: float

    @property
    def codes(self) -> list[str]:
        """ok, or the code of each failure."""
        failure = self.result.get("failure")
        if failure is None:
            return ["ok"] if not self.result.get("failed") else ["without a structure"]
        return [str(entry["code"]) for entry in failure.get("tenants") or [failure]]


def is_at(entry: dict[str, Any], where: tuple[str, str]) -> bool:
    """True if a request in BIG-IP's log has this method, and a path and query that match this pattern."""
    method, path = where
    return bool(re.fullmatch(method, entry["method"]) and re.search(path, f"{entry['path']}?{entry['query']}"))


class Stage:
    def __init__(self, site: Site, api: FaultyApi) -> None:
        self.site = site
        self.api = api
        self._watch = threading.Event()
        self.closed_port = closed_port()
        self.plain_port = site.proxy_port()
        self.calm()
        site.forget("F5_")  # the environment replaces the options that a fault removes from the provider
        site.control("POST", "/_lab/reset", {})
        site.deploy(6)
        nodes: dict[str, int] = {}
        for pod in site.pods():
            nodes[pod["spec"]["nodeName"]] = nodes.get(pod["spec"]["nodeName"], 0) + 1
        self.old, self.new = sorted(nodes, key=lambda name: (-nodes[name], name))[:2]
        authority = trustme.CA()
        ours, theirs = authority.issue_cert("shop.example"), authority.issue_cert("other.example")
        self._certificate, self._key = ours.cert_chain_pems[0].bytes().decode(), ours.private_key_pem.bytes().decode()
        self._their_key = theirs.private_key_pem.bytes().decode()
        secret = {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "metadata": {"name": "shop-tls"}}
        site.kubectl("apply", "-f", "-", stdin=json.dumps({**secret, "stringData": {"tls.crt": self._certificate, "tls.key": self._key}}))
        self._foreign(theirs.cert_chain_pems[0].bytes().decode())
        first = self.run(self.job(exclude=self.new, mappings=HANGS))
        assert first.codes == ["ok"] and first.result["changed"], first.output
        self._stored = site.control("GET", "/mgmt/shared/appsvcs/declare")
        self.before = self.members()
        site.control("DELETE", "/_lab/requests")
        last = self.run(self.job(mappings=HANGS))
        assert last.codes == ["ok"], last.output
        self.requests_before_post = [is_at(entry, WHOLE) for entry in self._requests()].index(True)
        self.after = self.members()
        for pool in POOLS:
            assert self.before[pool] - self.after[pool] and self.after[pool] - self.before[pool] and self.before[pool] & self.after[pool]
        self._standing = self._of_others()

    def _foreign(self, certificate: str) -> None:
        """Applications of other teams: one in our tenant, one in its own tenant."""
        pool = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["198.18.250.1"], "shareNodes": True}]}
        crt = {"class": "Certificate", "certificate": certificate, "privateKey": self._their_key}
        for tenant, name in FOREIGN:
            self.deploy({tenant: {"class": "Tenant", name: {"class": "Application", "pool": pool, "crt": crt}}})

    # -- the world

    def reset(self) -> None:
        """As it was before the first job of the table."""
        control = self.site.control
        self.calm()
        control("POST", "/_lab/reset", {})
        self.deploy({name: value for name, value in self._stored.items() if isinstance(value, dict) and value.get("class") == "Tenant"})
        control("DELETE", "/_lab/tokens")
        control("DELETE", "/_lab/requests")

    def calm(self) -> None:
        """Remove all faults, and wait until restarting services are up again."""
        self._watch.set()
        self.api.faults.clear()
        self.site.network("DELETE", "faults")
        assert eventually(self._is_up), "the BIG-IP does not come back"
        self.site.control("POST", "/_lab/certificate", {"kind": "good"})
        self.site.control("POST", "/_lab/delay", {"ms": 0})
        assert eventually(self._no_task), "AS3 does not come to an end"
        self.site.control("POST", "/_lab/lock", {"ageSeconds": 1000})
        self.site.control("POST", "/_lab/engine", {"script": [], "crash": [], "store": 0, "lost_tasks": 0})

    def at_request(self, where: tuple[str, str], then: Callable[[], None], number: int = 1) -> None:
        """Call `then` as soon as BIG-IP gets the request number N of this method and path."""
        self._watch = over = threading.Event()

        def watch() -> None:
            while not over.wait(0.01):
                if sum(is_at(entry, where) for entry in self._requests()) >= number:
                    over.set()
                    then()

        threading.Thread(target=watch, daemon=True).start()

    def quiet(self) -> None:
        """Wait until BIG-IP has answered all pending requests."""
        assert eventually(lambda: all(entry["status"] is not None or entry["fault"] for entry in self._requests()))

    def _requests(self) -> list[dict[str, Any]]:
        return list(self.site.control("GET", "/_lab/requests")["items"])

    def _no_task(self) -> bool:
        items = self.site.control("GET", "/mgmt/shared/appsvcs/task")["items"]
        return not any(result.get("message") == "in progress" for item in items for result in item.get("results") or [])

    def silence_new(self) -> None:
        """The node with the new Pods blocks all connections."""
        self.site.network("PUT", f"faults/node/{self.new}", "silent")

    def _is_up(self) -> bool:
        try:
            self.site.control("DELETE", "/_lab/faults")
            self.site.control("POST", "/_lab/system", {"as3": True})
            self.site.control("GET", "/mgmt/shared/appsvcs/info")
            return True
        except (AssertionError, urllib3.exceptions.HTTPError):
            return False

    def deploy(self, tenants: dict[str, Any]) -> None:
        """A change by another user, with AS3 itself."""
        answer = self.site.control("POST", "/mgmt/shared/appsvcs/declare", {"class": "ADC", "schemaVersion": "3.50.0", "updateMode": "selective", **tenants})
        assert all(result["code"] == 200 for result in answer["results"]), answer

    def add_application(self, tenant: str, name: str = "late") -> None:
        """A change by another job, through the per-application route."""
        body = {"schemaVersion": "3.50.0", name: {"class": "Application", "pool": {"class": "Pool"}}}
        self.site.control("POST", f"/mgmt/shared/appsvcs/declare/{tenant}/applications", body)

    def members(self) -> dict[str, set[str]]:
        """Of our pools, on the device."""
        pools = self.site.control("GET", "/_lab/pools")
        return {pool: set(pools.get(pool, ())) for pool in POOLS}

    def stored(self, tenant: str) -> dict[str, Any]:
        return dict(self.site.control("GET", f"/mgmt/shared/appsvcs/declare/{tenant}")[tenant])

    def _of_others(self) -> list[Any]:
        devices = self.site.control("GET", "/_lab/pools")
        pools = sorted((path, sorted(members)) for path, members in devices.items() if any(path.startswith(f"/{tenant}/{name}/") for tenant, name in FOREIGN))
        return [*(self.stored(tenant)[name] for tenant, name in FOREIGN), pools]

    # -- the job

    def job(self, exclude: str | None = None, mappings: int = 0, **options: Any) -> dict[str, Any]:
        source = {"exclude_nodes": [exclude or self.old], "wait_for_mappings": mappings}
        virtual_server = {"class": "Service_HTTPS", "virtualAddresses": ["192.0.2.81"], "virtualPort": 443, "serverTLS": "tls"}
        crt = {"class": "Certificate"}
        for name, key in (("certificate", "tls.crt"), ("privateKey", "tls.key")):
            crt[name] = {"from_secret": {"namespace": "default", "name": "shop-tls", "key": key}}  # type: ignore[assignment]
        objects = {"tls": {"class": "TLS_Server", "certificates": [{"certificate": "crt"}]}, "crt": crt}
        secure = {"tenant": "Mixed", "application": "secure", "virtual_server": virtual_server, "objects": objects}
        provider = {**self.site.provider(), **options.pop("provider", {})}
        return {
            "applications": [self.site.application(**source), self.site.application(**secure, **source)],
            "kubeconfig": self.api.kubeconfig,
            "provider": provider,
            "timeout": HANGS,
            "wait_up": HANGS,
            **options,
        }

    def start(self, arguments: dict[str, Any]) -> subprocess.Popen[str]:
        """The module as Ansible starts it: a process that reads its arguments and prints its result."""
        process = self.site.spawn("python", "-c", _MODULE)
        assert process.stdin is not None
        process.stdin.write(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}))
        process.stdin.close()
        process.stdin = None
        return process

    def run(self, arguments: dict[str, Any]) -> Ran:
        output, seconds = self.site.run(arguments, counted=True)
        lines = [line for line in output.splitlines() if line.startswith("{")]
        assert lines, f"no result: {output}"
        return Ran(json.loads(lines[-1]), output, seconds)

    def play(self, arguments: dict[str, Any], *flags: str) -> Ran:
        """The same by ansible-playbook, on the real clock."""
        result, output = self.site.play(arguments, *flags)
        return Ran(result, output, 0.0)

    def both(self, first: dict[str, Any], second: dict[str, Any]) -> list[Ran]:
        """Two jobs at once."""
        done: list[Ran] = []
        threads = [threading.Thread(target=lambda job=job: done.append(self.run(job))) for job in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return done

    # -- the conditions

    def secrets_in(self, output: str) -> list[str]:
        """The secrets in an output, found by their values."""
        known = {"password": self.site.provider()["password"], "bearer token": TOKEN}
        for name, pem in (("our privateKey", self._key), ("their privateKey", self._their_key), ("kubeconfig client key", self.api.client_key)):
            known.update({f"{name}, line {number}": line for number, line in enumerate(pem.splitlines()) if line and not line.startswith("-----")})
        found = [name for name, text in known.items() if len(text) > 6 and text in output]
        return found + [f"a token of BIG-IP ({text[:4]}...)" for text in set(_F5_TOKEN.findall(output))]

    def nothing_lost(self) -> None:
        """No pool lost a member that it should have kept: those of now and of then, and all former ones until the new ones are in."""
        for pool, there in self.members().items():
            before, after = self.before[pool], self.after[pool]
            assert before & after <= there, f"{pool} lost {before & after - there}"
            assert before <= there or after <= there, f"{pool} has {there}: neither all of {before} nor all of {after}"

    def nothing_overwritten(self) -> None:
        assert self._of_others() == self._standing, "what belongs to others was changed"

    def tokens(self) -> int:
        answer = self.site.control("GET", "/_lab/tokens")
        return len(answer["items"])
