# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a connection, as the event source reads them."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import settings as tested
from ansible_collections.vks.bigip.plugins.module_utils._kube import unverified
from ansible_collections.vks.bigip.tests.unit.support import own_machine

SERVER = "https://cluster.example:6443"
BARE = {
    "server": SERVER,
    "headers": [["User-Agent", "vks.bigip (Ansible collection)"], ["authorization", "Bearer t0ken"]],
    "verify": True,
    "verify_hostname": True,
    "server_name": None,
    "ca": None,
    "certificate": None,
    "key": None,
    "proxy": None,
    "proxy_headers": {},
    "warning": None,
}


@pytest.fixture(autouse=True)
def _own_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own_machine.hide(monkeypatch, tmp_path)


def test_options_alone() -> None:
    assert tested.settings({"host": SERVER, "api_key": "t0ken"}) == BARE


def test_a_kubeconfig_with_its_files(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("the CA")
    (tmp_path / "token").write_text("t0ken")
    cluster = {"server": SERVER, "certificate-authority": "ca.pem", "tls-server-name": "kubernetes"}
    user = {
        "tokenFile": "token",
        "client-certificate-data": base64.b64encode(b"the certificate").decode(),
        "client-key-data": base64.b64encode(b"the key").decode(),
    }
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(kubeconfig(cluster, user)))
    read = tested.settings({"kubeconfig": str(path)})
    assert read == {**BARE, "ca": "the CA", "certificate": "the certificate", "key": "the key", "server_name": "kubernetes"}
    (tmp_path / "token").write_text("an0ther")
    assert ["authorization", "Bearer an0ther"] in tested.settings({"kubeconfig": str(path)})["headers"]


def kubeconfig(cluster: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "a",
        "contexts": [{"name": "a", "context": {"cluster": "b", "user": "c"}}],
        "clusters": [{"name": "b", "cluster": cluster}],
        "users": [{"name": "c", "user": user}],
    }


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        ({"validate_certs": False}, {"verify": False, "warning": unverified.UNVERIFIED}),
        ({"proxy": "http://proxy.example:3128"}, {"proxy": "http://proxy.example:3128"}),
        ({"proxy": "http://proxy.example:3128", "no_proxy": "cluster.example"}, {}),
        ({"proxy_headers": {"user_agent": "x"}}, {"proxy_headers": {"user-agent": "x"}}),
        (
            {"impersonate_user": "u", "impersonate_groups": ["g", "h"]},
            {"headers": [*BARE["headers"], ["Impersonate-User", "u"], ["Impersonate-Group", "g"], ["Impersonate-Group", "h"]]},
        ),
    ],
    ids=["unverified", "proxy", "no-proxy", "proxy-headers", "impersonation"],
)
def test_options(options: dict[str, Any], changed: dict[str, Any]) -> None:
    assert tested.settings({"host": SERVER, "api_key": "t0ken", **options}) == {**BARE, **changed}


def test_a_kubeconfig_without_verification(tmp_path: Path) -> None:
    """With the token, the kubernetes package reads the kubeconfig again and would verify."""
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(kubeconfig({"server": SERVER}, {"tokenFile": str(tmp_path / "token")})))
    (tmp_path / "token").write_text("t0ken")
    read = tested.settings({"kubeconfig": str(path), "validate_certs": False})
    assert (read["verify"], read["warning"]) == (False, unverified.UNVERIFIED)


def test_http_has_no_certificate_to_verify() -> None:
    options = {"host": "http://127.0.0.1:8001", "api_key": "t0ken", "allow_http": True, "validate_certs": False}
    assert tested.settings(options)["warning"] is None


@pytest.mark.parametrize(
    ("options", "result"),
    [
        ({"host": SERVER, "api_key": "t0ken"}, {"settings": BARE}),
        ({"host": "http://cluster.example", "api_key": "t0ken"}, "Connecting to the Kubernetes API at http://cluster.example: its URL does not begin"),
        ({"host": SERVER, "api_key": "t0ken", "ca_cert": "no/such/file"}, "Setting up the connection to Kubernetes: [Errno 2] No such file"),
    ],
)
def test_the_program(options: dict[str, Any], result: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(options)))
    tested.main()
    written = json.loads(capsys.readouterr().out)
    assert written == result if isinstance(result, dict) else written["failure"].startswith(result)


def test_a_comment_in_a_file_can_be_any_text(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("# Főtanúsítvány\nthe CA", encoding="utf-8")
    options = {"host": SERVER, "api_key": "t0ken", "ca_cert": str(tmp_path / "ca.pem")}
    assert tested._content(options["ca_cert"]) == "# Ftanstvny\nthe CA"


def test_a_failure_is_raised() -> None:
    with pytest.raises(Failure, match="impersonate_groups is set without impersonate_user"):
        tested.settings({"host": SERVER, "api_key": "t0ken", "impersonate_groups": ["g"]})
