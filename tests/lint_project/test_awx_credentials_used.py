# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module connects with what AWX injects: to the lab's simulated BIG-IP, and to API servers with TLS.

The API servers have few objects, so some modules then report what is missing. The connections are the subject.
"""

from __future__ import annotations

import base64
import json
import os
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
import urllib3
import yaml

from ansible_collections.vks.bigip.tests.unit.plugins.modules.test_every_option import MODULES, main, spec_of
from ansible_collections.vks.bigip.tests.unit.support import answers, own_machine
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from injected import KUBERNETES, Injected, inject
from runner.places import ROOT
from test_awx_credentials import credential_type

TOKEN, OF_SUPERVISOR = "t0ken-of-awx", "t0ken-of-the-supervisor"
APPLICATIONS = [{"tenant": "Shop", "application": "web"}]
UID = "0a1b2c3d-0000-4000-8000-000000000001"
MARK = {"owner": UID, "cluster": UID, "pool_member_type": "nodeport", "pools": {"pool": {"service": "default/web:80/TCP", "pool_member_type": "nodeport"}}}
PUBLISHED = {
    "class": "Application",
    "pool": {"class": "Pool", "members": [{"servicePort": 30080, "serverAddresses": ["198.18.0.1"], "shareNodes": True}]},
    "constants": {"class": "Constants", "vks_bigip": MARK},
}
DECLARATION = {"class": "ADC", "schemaVersion": "3.50.0", "Shop": {"class": "Tenant", "web": PUBLISHED}}
"""On BIG-IP, as `publish` left it: pool_status_info then reads its Service, and publish the UID of the cluster before it removes it."""
NODE = {"metadata": {"name": "n1"}, "spec": {}, "status": {"addresses": [{"type": "InternalIP", "address": "198.18.0.1"}]}}
OBJECTS: dict[str, list[Any]] = {"/api/v1/nodes": [NODE], answers.DAEMON_SETS: [answers.ANTREA], answers.AGENTS: [answers.agent("n1")]}
"""With Antrea: otherwise antrea_npl fails before it asks the Supervisor."""
ARGUMENTS: dict[str, dict[str, Any]] = {
    "antrea_npl": {},
    "as3_declaration": {"content": DECLARATION},
    "as3_info": {},
    "cis_info": {},
    "cluster_info": {},
    "partition": {"name": "kubernetes"},
    "pod_bgp": {"state": "absent"},
    "pod_routes": {"state": "absent"},
    "pool_members_info": {},
    "pool_status_info": {},
    "preflight_info": {"pool_member_type": "nodeport"},
    "publish": {"applications": APPLICATIONS, "state": "absent"},
}
OF_CLUSTER = {"supervisor_namespace": "team-a", "cluster_name": "shop"}
"""Arguments with which each module makes its connections, in check mode."""
REFUSED = {
    *("bigip_auth", "bigip_options", "bigip_tls", "bigip_unreachable", "options"),
    *("kubernetes_config", "kubernetes_tls", "kubernetes_unauthorized", "kubernetes_unreachable"),
}
"""Codes of failures of a connection."""


class Api:
    """An API server with TLS that has OBJECTS and the namespace kube-system. `tokens`: of the requests that it got."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        authority = trustme.CA()
        self.ca = authority.cert_pem.bytes().decode()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_arguments: Any) -> None:
                pass

            def do_GET(self) -> None:
                outer.tokens.append(str(self.headers["Authorization"]).removeprefix("Bearer "))
                found = answer(self.path.partition("?")[0])
                body = json.dumps(found or {"kind": "Status", "code": 404, "reason": "NotFound", "message": "not found"}).encode()
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda _request, _address: None  # type: ignore[method-assign]  # a client that does not trust the CA
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def answer(path: str) -> dict[str, Any] | None:
    if "/secrets/" in path:
        return None
    if path.endswith("/version"):
        return {"gitVersion": "v1.33.1", "major": "1", "minor": "33"}
    if path.endswith("/namespaces/kube-system"):
        return {"metadata": {"name": "kube-system", "uid": UID}}
    if path == answers.CONFIG:
        return answers.config_map()
    return {"groups": []} if path.endswith("/apis") else {"items": OBJECTS.get(path, []), "metadata": {"resourceVersion": "1"}}


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    server = Api()
    yield server
    server.close()


@pytest.fixture(scope="module")
def supervisor() -> Iterator[Api]:
    server = Api()
    yield server
    server.close()


class BigIp:
    """The lab's simulated BIG-IP, without the rest of the lab."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.host, self.port, self.password = str(facts["host"]), str(facts["port"]), str(facts["users"]["publisher"])
        self.ca = Path(facts["ca"]).read_text()
        self._headers = urllib3.make_headers(basic_auth=f"admin:{facts['password']}")
        self._http = urllib3.PoolManager(ca_certs=facts["ca"])

    def declare(self, declaration: Mapping[str, Any]) -> None:
        done = self._http.request("POST", f"https://{self.host}:{self.port}/mgmt/shared/appsvcs/declare", json=declaration, headers=self._headers)
        assert done.status == 200, done.data

    def users(self) -> set[str]:
        """Of the requests since the last call."""
        url = f"https://{self.host}:{self.port}/_lab/requests"
        requests = self._http.request("GET", url, headers=self._headers).json()["items"]
        self._http.request("DELETE", url, headers=self._headers)
        return {each["user"] for each in requests if each["user"] not in (None, "", "admin")}


@pytest.fixture(scope="module")
def bigip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BigIp]:
    folder = tmp_path_factory.mktemp("bigip")
    lab = ROOT / "tests" / "lab"
    with (folder / "log").open("w") as log:
        command = [sys.executable, "-m", "vkslab.bigip", "--lab-dir", str(folder)]
        process = subprocess.Popen(command, cwd=lab, env={**os.environ, "PYTHONPATH": str(lab)}, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        while not (folder / "bigip.json").exists():
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.05)
        made = BigIp(json.loads((folder / "bigip.json").read_text()))
        made.declare(DECLARATION)
        yield made
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own_machine.hide(monkeypatch, tmp_path)


@contextmanager
def job(monkeypatch: pytest.MonkeyPatch, *credentials: Injected) -> Iterator[None]:
    with monkeypatch.context() as patch:
        for name, value in (pair for one in credentials for pair in one.variables.items()):
            patch.setenv(name, value)
        yield


def play(module: str, **more: Any) -> Result:
    return run_module(main(module), {**ARGUMENTS[module], **more}, check=True)


def connected(result: Result) -> bool:
    assert not result.get("failed") or "failure" in result, result
    return not result.get("failed") or result["failure"]["code"] not in REFUSED


def blames_the_certificate(result: Result) -> bool:
    """In the message of the failure; preflight_info reports a BIG-IP that cannot be reached as a check, which fails no task."""
    text = result["msg"] if result.get("failed") else json.dumps(result["checks"])
    return "certificate" in text.lower()


def having(option: str) -> list[str]:
    return [module for module in MODULES if option in spec_of(module)]


def test_every_module_has_its_arguments() -> None:
    assert [*ARGUMENTS] == MODULES


# -- BIG-IP and the cluster. In a table: a field of the server's address is in `server`, because 443 is not free on the machine of a test.

Fields = dict[str, Any]
BIGIP: dict[str, tuple[Fields, bool, str]] = {
    # the fields beside server, user and password; if the connection is made; a part of the warning
    "CA, port": ({"server_port": "PORT", "ca_cert": "CA"}, True, ""),
    "CA, no port": ({"ca_cert": "CA", "server_port": "", "auth_provider": ""}, True, ""),
    "no CA": ({"server_port": "PORT", "ca_cert": ""}, False, ""),
    "another CA": ({"server_port": "PORT", "ca_cert": "OTHER"}, False, ""),
    "insecure": ({"server_port": "PORT", "insecure": True}, True, "certificate of BIG-IP is not verified"),
    "insecure, CA": ({"ca_cert": "OTHER", "insecure": True}, True, "certificate of BIG-IP is not verified"),
}
CLUSTER: dict[str, tuple[Fields, bool, str]] = {
    "CA": ({"verify_ssl": True, "ssl_ca_cert": "CA"}, True, ""),
    "another CA": ({"verify_ssl": True, "ssl_ca_cert": "OTHER"}, False, ""),
    "no CA": ({"verify_ssl": True, "ssl_ca_cert": ""}, True, "because K8S_AUTH_VERIFY_SSL=False is in the environment"),
    "CA, not verified": ({"ssl_ca_cert": "CA"}, True, "because K8S_AUTH_VERIFY_SSL=False is in the environment"),
}
OTHER = trustme.CA().cert_pem.bytes().decode()


def filled(fields: Fields, known: Mapping[str, str]) -> Fields:
    return {name: known.get(str(value), value) for name, value in fields.items()}


def bigip_credential(bigip: BigIp, fields: Fields) -> Fields:
    server = bigip.host if fields.get("server_port") else f"{bigip.host}:{bigip.port}"
    return {"server": server, "user": "publisher", "password": bigip.password, **filled(fields, {"PORT": bigip.port, "CA": bigip.ca, "OTHER": OTHER})}


def cluster_credential(api: Api, fields: Fields) -> Fields:
    return {"host": api.url, "bearer_token": TOKEN, **filled(fields, {"CA": api.ca, "OTHER": OTHER})}


@pytest.fixture(scope="module")
def of_bigip(bigip: BigIp, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Injected]:
    credentials = [bigip_credential(bigip, fields) for fields, _connects, _warns in BIGIP.values()]
    return dict(zip(BIGIP, inject(credential_type("BIG-IP"), credentials, tmp_path_factory.mktemp("awx"))))


@pytest.fixture(scope="module")
def of_cluster(api: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Injected]:
    credentials = [cluster_credential(api, fields) for fields, _connects, _warns in CLUSTER.values()]
    return dict(zip(CLUSTER, inject(KUBERNETES, credentials, tmp_path_factory.mktemp("awx"))))


def check_warning(result: Result, part: str, of: str) -> None:
    warnings = [text for text in result.get("warnings", []) if of in text and "not verified" in text]
    assert len(warnings) == bool(part) and all(part in text for text in warnings), result.get("warnings")


@pytest.mark.parametrize("name", BIGIP)
@pytest.mark.parametrize("module", having("provider"))
def test_bigip(module: str, name: str, bigip: BigIp, of_bigip: dict[str, Injected], of_cluster: dict[str, Injected], monkeypatch: pytest.MonkeyPatch) -> None:
    _fields, connects, warning = BIGIP[name]
    bigip.users()
    with job(monkeypatch, of_bigip[name], of_cluster["CA"]):
        result = play(module)
    assert bigip.users() == ({"publisher"} if connects else set()), result
    assert connected(result) if connects else blames_the_certificate(result), result
    check_warning(result, warning, "certificate of BIG-IP")


@pytest.mark.parametrize("name", CLUSTER)
@pytest.mark.parametrize("module", having("kubeconfig"))
def test_cluster(module: str, name: str, api: Api, of_bigip: dict[str, Injected], of_cluster: dict[str, Injected], monkeypatch: pytest.MonkeyPatch) -> None:
    _fields, connects, warning = CLUSTER[name]
    api.tokens.clear()
    with job(monkeypatch, of_bigip["CA, port"], of_cluster[name]):
        result = play(module)
    assert set(api.tokens) == ({TOKEN} if connects else set()), result
    assert connected(result) if connects else blames_the_certificate(result), result
    check_warning(result, warning, "Kubernetes API")


# -- the Supervisor


@pytest.mark.parametrize("named", [True, False], ids=["named by the credential", "named by the host"])
@pytest.mark.parametrize("module", having("supervisor_kubeconfig"))
def test_supervisor(
    module: str, named: bool, supervisor: Api, of_cluster: dict[str, Injected], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K8S_AUTH_VERIFY_SSL of the cluster's credential does not count for the Supervisor."""
    supervisor.tokens.clear()
    fields = {"kubeconfig": kubeconfig(supervisor), "context": "main", **({"namespace": "team-a", "cluster_name": "shop"} if named else {"namespace": ""})}
    (injected,) = inject(credential_type("VKS Supervisor"), [fields], tmp_path)
    with job(monkeypatch, of_cluster["no CA"], injected):
        result = play(module, **({} if named else OF_CLUSTER))
    assert set(supervisor.tokens) == {OF_SUPERVISOR} and connected(result), result
    check_warning(result, "because K8S_AUTH_VERIFY_SSL=False", "Kubernetes API")


def kubeconfig(server: Api) -> str:
    cluster = {"server": server.url, "certificate-authority-data": base64.b64encode(server.ca.encode()).decode()}
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "supervisor", "cluster": cluster}],
            "users": [{"name": "reader", "user": {"token": OF_SUPERVISOR}}],
            "contexts": [{"name": "main", "context": {"cluster": "supervisor", "user": "reader"}}],
        }
    )
