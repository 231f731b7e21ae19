# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of a kubeconfig are never in a file."""

from __future__ import annotations

import base64
import ssl
import sys
from pathlib import Path

import pytest
import trustme

from ansible_collections.vks.bigip.plugins.module_utils._kube.configuration import configure
from ansible_collections.vks.bigip.tests.unit.support.kube_connection import (
    kubeconfig,
)


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No kubeconfig, proxy or ServiceAccount of the user who runs the test."""
    for name in ("KUBECONFIG", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "NO_PROXY", "no_proxy", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / ".kube" / "config"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="files in memory are Linux's")
def test_the_keys_of_a_kubeconfig_are_never_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed would leave it in the temporary folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made = trustme.CA().issue_cert("user@example.com")
    key, chain = made.private_key_pem.bytes(), made.cert_chain_pems[0].bytes()
    user = {"client-key-data": base64.b64encode(key).decode(), "client-certificate-data": base64.b64encode(chain).decode()}
    content = kubeconfig("https://cluster.example:6443", user, **{"certificate-authority-data": base64.b64encode(chain).decode()})
    settings = configure({"kubeconfig": content})
    assert [Path(path).read_bytes() for path in (settings.key_file, settings.cert_file, settings.ssl_ca_cert)] == [key, chain, chain]
    ssl.create_default_context().load_cert_chain(settings.cert_file, settings.key_file)
    assert not list(tmp_path.iterdir())
