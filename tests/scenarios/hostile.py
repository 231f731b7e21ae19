# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage of the suite `hostile`: honest teams and their tenants, a namespace whose editor attacks, and what each run of the collection printed.

`shop` publishes applications, with a key pair from its own Secret. `bank` publishes a declaration, one pool
of which its labelled Service
fills. `victim` has a Secret. `evil` has a ServiceAccount with the stock role `edit`, and rights for F5's custom resources that are aggregated to it.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
import urllib3
import yaml

from ansible_collections.vks.bigip.tests.unit.support.hostile_texts import SECRET, texts
from runner.places import LAB

from .hostile_fields import KINDS, NAMESPACE, at
from .site import Site
from .waiting import HANGS, eventually

TIMEOUT = 60  # the timeout of each task, in seconds
MARGIN = 120  # more seconds until a run counts as hung: for the slowest machine, not for the fastest
MEMORY = 2 * 1024**3  # bytes of addresses that a module may have; it needs a quarter of that
LONGEST = 16 * 1024  # characters of a line, and of a message
FIXED = ["198.51.100.1:8443", "198.51.100.2:8443"]
OURS = ("Shop", "Bank")
TEAMS = ("shop", "bank", "idle", "victim", NAMESPACE)
MOMENTARY = ("connections", "since", "last_change")
# The words of a fault in the collection, not in a planted text.
BROKEN = ("Traceback (most recent call last)", "RecursionError", "MemoryError", "MODULE FAILURE", "Unhandled exception", "unhandled exception")


@dataclass
class Ran:
    """One run of a module or a playbook. result: of a module."""

    output: str
    good: bool
    result: dict[str, Any] = field(default_factory=dict)
    hung: bool = False

    def messages(self) -> Iterator[str]:
        """The text for a person: the whole output of a playbook, or the messages of a module. The rest of a result is data."""
        if not self.result:
            yield self.output
            return
        for name in ("msg", "warnings", "summary", "problems", "blocking", "report", "failure", "left_out", "skipped"):
            yield from _strings(self.result.get(name))
        for pool in self.result.get("pools") or []:
            yield from _strings([pool.get("warnings"), pool.get("left_out"), pool.get("chosen_because")])

    def faults(self, secrets: Iterable[str]) -> list[str]:
        """The reason why this output must not be printed."""
        found = [f"it prints {word!r}" for word in BROKEN if word in self.output]
        found += [f"it prints a secret as {text!r}" for text in secrets if text in self.output]
        for text in self.messages():
            strange = sorted({char for char in text if char not in "\n\t" and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")})
            if strange:
                found.append(f"characters that a terminal obeys: {strange!r} near {_near(text, strange[0])!r}")
            longest = max(text.splitlines(), key=len, default="")
            if len(longest) > LONGEST:
                found.append(f"a line of {len(longest)} characters: {longest[:300]}")
        return found


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(part)


def _lasting(part: str, value: Any) -> Any:
    """The result without values that change with time. For a check, only a failure counts: a planted object may cause a warning."""
    if part == "checks":
        return {check["id"]: check["status"] == "fail" for check in value}
    if isinstance(value, dict):
        return {name: _lasting(name, inner) for name, inner in value.items() if name not in MOMENTARY}
    return [_lasting("", inner) for inner in value] if isinstance(value, list) else value


def _near(text: str, char: str) -> str:
    place = text.index(char)
    return text[max(place - 120, 0) : place + 60]


class Editor:
    """The API server as the ServiceAccount of namespace evil has it."""

    def __init__(self, site: Site) -> None:
        cluster = yaml.safe_load(site.kubeconfig().read_text())["clusters"][0]["cluster"]
        token = site.kubectl("create", "token", "editor", "-n", NAMESPACE).strip()
        self._server = cluster["server"]
        self._headers = {"Authorization": f"Bearer {token}"}
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self._http = urllib3.PoolManager(ca_cert_data=authority, maxsize=4, retries=False, timeout=HANGS)
        self._number = 0

    def create(self, kind: str, body: dict[str, Any], name: str = "", manager: str = "kubectl") -> int:
        """The API server's status for one object; a status of its own is written after the object."""
        where = KINDS[kind]
        self._number += 1
        meta = {"namespace": NAMESPACE, "name": name or f"x{self._number}", **where.spec.get("metadata", {}), **body.get("metadata", {})}
        version = where.prefix.removeprefix("/apis/").removeprefix("/api/")
        whole = {**where.spec, **body, "metadata": meta, "kind": kind.split()[0], "apiVersion": version}
        status = whole.pop("status", None)
        path = f"{where.prefix}/namespaces/{NAMESPACE}/{where.resource}"
        answer = self._send("POST", f"{path}?fieldManager={manager}", whole)
        if status is None or answer != 201:
            return answer
        return 201 if self._send("PATCH", f"{path}/{meta['name']}/status", {"status": status}) == 200 else 0

    def _send(self, method: str, path: str, body: Any) -> int:
        kind = "application/json" if method == "POST" else "application/merge-patch+json"
        text = json.dumps(body)
        answer = self._http.request(method, f"{self._server}{path}", body=text, headers={**self._headers, "Content-Type": kind})
        return int(answer.status)

    def writes(self, kind: str, path: str, text: str) -> bool:
        """True if the API server accepts a text in a field of a new object."""
        return self.create(kind, at(path, text, KINDS[kind].spec)) == 201


class Stage:
    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.canary = folder / "canary"
        self.texts = texts(str(self.canary))
        self.password = f"pass-{uuid.uuid4().hex}"
        self.ran: dict[str, Ran] = {}
        self.taken: dict[tuple[str, str], list[str]] = {}  # the texts that the API server accepted, for each field
        self.refused: dict[str, list[str]] = {}  # the objects that it refused, for each attack
        self.shown_before: dict[str, dict[str, Any]] = {}
        self._shown: dict[str, dict[str, Any]] = {}
        self.files = folder / "files"  # where playbooks run, and write
        self.files.mkdir()
        authority = trustme.CA()
        pair = authority.issue_cert("shop.example")
        self._pair = {"tls.crt": pair.cert_chain_pems[0].bytes().decode(), "tls.key": pair.private_key_pem.bytes().decode()}
        site.kubectl("apply", "--server-side", "-f", str(LAB.parent / "charts" / "f5-bigip-ctlr" / "crds"))
        site.kubectl("wait", "crd", "--all", "--for=condition=Established", f"--timeout={HANGS}s")
        site.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": [*self._honest()]}))
        for team, name in (("shop", "web"), ("bank", "pay")):
            site.kubectl("-n", team, "rollout", "status", f"deployment/{name}", f"--timeout={HANGS}s")
        assert eventually(lambda: "cis.f5.com" in site.kubectl("get", "clusterrole", "edit", "-o", "yaml")), "the rights are not aggregated"
        self.editor = Editor(site)

    # -- the honest teams

    def _honest(self) -> Iterator[dict[str, Any]]:
        for team in TEAMS:
            yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": team}}
        where = {"namespace": SECRET["namespace"], "name": SECRET["name"]}
        yield {"apiVersion": "v1", "kind": "Secret", "metadata": where, "stringData": {SECRET["key"]: self.password}}
        yield {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "shop", "name": "web-tls"}, "stringData": self._pair}
        yield from workload("shop", "web", 2)
        labels = {"cis.f5.com/as3-tenant": "Bank", "cis.f5.com/as3-app": "pay", "cis.f5.com/as3-pool": "labelled"}
        yield from workload("bank", "pay", 2, labels)
        yield from workload("idle", "idle", 0)
        pool = {"service": "web", "servicePort": 80, "monitor": {"reference": "bigip", "name": "/Common/http"}}
        spec = {"virtualServerAddress": "192.0.2.90", "partition": "Moved", "pools": [pool]}
        meta = {"namespace": "shop", "name": "web", "labels": {"f5cr": "quiet"}}
        yield {"apiVersion": "cis.f5.com/v1", "kind": "VirtualServer", "metadata": meta, "spec": spec}
        rbac = {"apiVersion": "rbac.authorization.k8s.io/v1"}
        group = "rbac.authorization.k8s.io"
        aggregated = {"name": "f5-edit", "labels": {f"{group}/aggregate-to-edit": "true"}}
        yield {**rbac, "kind": "ClusterRole", "metadata": aggregated, "rules": [{"apiGroups": ["cis.f5.com"], "resources": ["*"], "verbs": ["*"]}]}
        yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"namespace": NAMESPACE, "name": "editor"}}
        subject = {"kind": "ServiceAccount", "namespace": NAMESPACE, "name": "editor"}
        edit = {"apiGroup": group, "kind": "ClusterRole", "name": "edit"}
        yield {**rbac, "kind": "RoleBinding", "metadata": {"namespace": NAMESPACE, "name": "editor"}, "roleRef": edit, "subjects": [subject]}
        # One who may not read Nodes.
        rules = [{"apiGroups": ["", "discovery.k8s.io"], "resources": ["services", "endpointslices", "pods"], "verbs": ["list"]}]
        yield {**rbac, "kind": "ClusterRole", "metadata": {"name": "reader"}, "rules": rules}
        reader = {"apiGroup": group, "kind": "ClusterRole", "name": "reader"}
        user = {"apiGroup": group, "kind": "User", "name": "reader"}
        yield {**rbac, "kind": "ClusterRoleBinding", "metadata": {"name": "reader"}, "roleRef": reader, "subjects": [user]}

    def shop(self, tenant: str = "Shop", address: str = "192.0.2.80") -> dict[str, Any]:
        crt: dict[str, Any] = {"class": "Certificate"}
        for name, key in (("certificate", "tls.crt"), ("privateKey", "tls.key")):
            crt[name] = {"from_secret": {"namespace": "shop", "name": "web-tls", "key": key}}
        return {
            "tenant": tenant,
            "application": "web",
            "virtual_server": {"class": "Service_HTTPS", "virtualAddresses": [address], "virtualPort": 443, "serverTLS": "tls"},
            "pool": {"monitors": ["http"]},
            "service": {"namespace": "shop", "name": "web", "port": "80"},
            "objects": {"tls": {"class": "TLS_Server", "certificates": [{"certificate": "crt"}]}, "crt": crt},
        }

    def bank(self) -> dict[str, Any]:
        """A pool that a labelled Service fills, and one that has its addresses."""
        empty = {"class": "Pool", "members": [{"servicePort": 8080, "serverAddresses": []}]}
        fixed = {"class": "Pool", "members": [{"servicePort": 8443, "serverAddresses": [place.partition(":")[0] for place in FIXED]}]}
        servers = {
            name: {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.81"], "virtualPort": port, "pool": pool}
            for name, port, pool in (("vs", 80, "labelled"), ("other", 81, "paypool"))
        }
        application = {"class": "Application", "labelled": empty, "paypool": fixed, **servers}
        return {"class": "ADC", "schemaVersion": "3.50.0", "Bank": {"class": "Tenant", "pay": application}}

    def publish(self) -> None:
        """The tenants of the honest teams, and one that another user of AS3 wrote, with texts of its own."""
        for options in ({"applications": [self.shop()], "wait_for_mappings": HANGS}, {"declaration": self.bank(), "label_namespaces": ["bank"]}):
            ran = self.module("publish", {"pool_member_type": "nodeportlocal", "wait_up": HANGS, **options})
            assert ran.good, ran.output
        mark = {"class": "Constants", "vks_bigip": {"owner": self.texts["escape"], "cluster": self.texts["jinja"], "pools": self.texts["number"]}}
        pool = {"class": "Pool", "remark": "{{ 7 + 7 }}", "members": [{"servicePort": 80, "serverAddresses": ["198.51.100.9"]}]}
        theirs = {"class": "Tenant", "label": "{{ 7 + 7 }}", "app": {"class": "Application", "pool": pool, "constants": mark}}
        body = {"class": "ADC", "schemaVersion": "3.50.0", "updateMode": "selective", "Theirs": theirs}
        answer = self.site.control("POST", "/mgmt/shared/appsvcs/declare", body)
        assert all(result["code"] == 200 for result in answer["results"]), answer
        self.before = self.state()
        self.site.control("DELETE", "/_lab/requests")

    # -- the state of BIG-IP

    def state(self) -> dict[str, Any]:
        """The tenants of the honest teams: the stored declaration, and the members on the device."""
        stored = {name: self.site.control("GET", f"/mgmt/shared/appsvcs/declare/{name}")[name] for name in OURS}
        devices = self.site.control("GET", "/_lab/pools")
        return {"stored": stored, "members": {path: sorted(members) for path, members in devices.items() if path.split("/")[1] in OURS}}

    def writes(self) -> list[str]:
        """The changes that BIG-IP received since the honest teams published, except sign-ins."""
        log = [one for one in self.site.control("GET", "/_lab/requests")["items"] if one["method"] != "GET"]
        return [f"{one['method']} {one['path']}" for one in log if not one["path"].startswith(("/mgmt/shared/authn/", "/mgmt/shared/authz/"))]

    def secrets(self) -> list[str]:
        """The victim's password in the forms that a program may give it."""
        return [self.password, base64.b64encode(self.password.encode()).decode(), self._pair["tls.key"].splitlines()[1]]

    # -- the attack

    def plant(self, fields: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
        """Each text in each field; returns the names of the texts that the API server took."""
        wanted = [*fields]
        with ThreadPoolExecutor(4) as threads:
            taken = [*threads.map(lambda field: [name for name, text in self.texts.items() if self.editor.writes(*field, text)], wanted)]
        return dict(zip(wanted, taken, strict=True))

    def wait_for_pods(self) -> None:
        """Set the scheduled Pods of evil to running. Then they count as endpoints."""
        for app in ("own", "quiet"):
            if self.site.get("pods", "-n", NAMESPACE, "-l", f"app={app}")["items"]:
                self.site.kubectl("-n", NAMESPACE, "wait", "pods", "-l", f"app={app}", "--for=condition=Ready", f"--timeout={HANGS}s")

    def add_controllers(self) -> None:
        """Of the cluster's administrators, for the resources of each label, and for ConfigMaps and Ingresses."""
        items = []
        for label in ("cis", "quiet", "taken", "as3"):
            words = {"cis": ["--custom-resource-mode=true"], "as3": ["--custom-resource-mode=false"]}
            mode = words.get(label, ["--custom-resource-mode=true", f"--custom-resource-label=f5cr={label}"])
            items += controller(f"f5-{label}", f"--bigip-partition={label}", *mode)
        self.site.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))

    # -- runs

    def keep(self, run: str, parts: tuple[str, ...], ran: Ran) -> dict[str, Any]:
        """These parts of a result; the first time is before the attack."""
        shown = self._shown[run] = {part: _lasting(part, ran.result.get(part)) for part in parts}
        self.shown_before.setdefault(run, shown)
        return shown

    def shown(self, run: str) -> dict[str, Any]:
        return self._shown[run]

    def module(self, name: str, options: dict[str, Any], check: bool = False) -> Ran:
        arguments = {"timeout": TIMEOUT, **options, "_ansible_check_mode": check, "_ansible_diff": True}
        try:
            output, _seconds = self.site.run(arguments, module=name, memory=MEMORY, limit=TIMEOUT + MARGIN)
        except subprocess.TimeoutExpired as late:
            return Ran((late.stdout or b"").decode(errors="replace"), False, hung=True)
        lines = [line for line in output.splitlines() if line.startswith("{")]
        result = json.loads(lines[-1]) if lines else {}
        return Ran(output, bool(result) and not result.get("failed"), result)

    def playbook(self, name: str, variables: dict[str, Any], *words: str) -> Ran:
        """By ansible-playbook with its own callback, as a user runs it."""
        given = {"ansible_python_interpreter": str(self.site.warm()), **variables}
        (self.files / f"{name}.json").write_text(json.dumps(given))
        command = ["ansible-playbook", f"vks.bigip.{name}", "-e", f"@{name}.json", *words]
        environ = {**self.site.environ(), "ANSIBLE_NOCOLOR": "1", "COLUMNS": "160"}
        process = subprocess.Popen(
            command, env=environ, cwd=self.files, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            output, hung = process.communicate(timeout=3 * (TIMEOUT + MARGIN))[0], False
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, hung = process.communicate()[0], True
        return Ran(output.decode(errors="surrogateescape"), process.returncode == 0, hung=hung)


def workload(team: str, name: str, replicas: int, labels: dict[str, str] | None = None) -> Iterator[dict[str, Any]]:
    """A Deployment and its Service for NodePortLocal."""
    meta, select = {"namespace": team, "name": name}, {"app": name}
    box = {"name": "web", "image": "web:1", "ports": [{"containerPort": 8080}]}
    template = {"metadata": {"labels": select}, "spec": {"containers": [box]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": select}, "template": template}
    yield {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": spec}
    noted = {**meta, "annotations": {"nodeportlocal.antrea.io/enabled": "true"}, "labels": labels or {}}
    ports = [{"port": 80, "targetPort": 8080}]
    yield {"apiVersion": "v1", "kind": "Service", "metadata": noted, "spec": {"selector": select, "ports": ports}}


def controller(namespace: str, *arguments: str) -> Iterator[dict[str, Any]]:
    """A CIS that is scaled to 0, so it writes nothing itself."""
    labels = {"app": "k8s-bigip-ctlr"}
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    box = {"name": "ctlr", "image": "f5networks/k8s-bigip-ctlr:2.20.3", "args": ["--pool-member-type=nodeportlocal", *arguments]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [box]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    yield {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"namespace": namespace, "name": "cis"}, "spec": spec}
