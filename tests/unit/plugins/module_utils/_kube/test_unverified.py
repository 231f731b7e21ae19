# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The warning of a certificate that is not verified names the variable that disables it, as AWX's credential does."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._boundary import notices
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import client, unverified
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock

OFF = {"validate_certs": False}
CASES: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    # options, variables, the text that the warning contains
    "AWX without a CA": (OFF, {"K8S_AUTH_VERIFY_SSL": "False"}, "because K8S_AUTH_VERIFY_SSL=False is in the environment"),
    "in other words": (OFF, {"K8S_AUTH_VERIFY_SSL": " no "}, "because K8S_AUTH_VERIFY_SSL=no is in the environment"),
    "the other variable": (OFF, {"K8S_AUTH_VALIDATE_CERTS": "0"}, "because K8S_AUTH_VALIDATE_CERTS=0 is in the environment"),
    "the first that is set": (OFF, {"K8S_AUTH_VALIDATE_CERTS": "", "K8S_AUTH_VERIFY_SSL": "off"}, "because K8S_AUTH_VERIFY_SSL=off"),
    "an option against the variable": (OFF, {"K8S_AUTH_VERIFY_SSL": "True"}, "(validate_certs: false, or"),
    "an option against the first variable": (OFF, {"K8S_AUTH_VALIDATE_CERTS": "yes", "K8S_AUTH_VERIFY_SSL": "no"}, "(validate_certs: false, or"),
    "an option alone": (OFF, {}, "(validate_certs: false, or"),
    "an empty variable": (OFF, {"K8S_AUTH_VERIFY_SSL": ""}, "(validate_certs: false, or"),
    "the kubeconfig of the Supervisor": ({"kubeconfig": "/a/path"}, {"K8S_AUTH_VERIFY_SSL": "False"}, "insecure-skip-tls-verify in the kubeconfig"),
}


@pytest.mark.parametrize(("options", "environment", "text"), CASES.values(), ids=CASES)
def test_warning(options: dict[str, Any], environment: dict[str, str], text: str) -> None:
    warning = unverified.warning(options, environment)
    assert text in warning and "any machine on the way to it can read and change everything" in warning.lower()
    if text.startswith("because"):
        assert "AWX's Kubernetes credential" in warning and "Certificate Authority data" in warning and "validate_certs: true" in warning


def test_the_client_warns_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("K8S_AUTH_VALIDATE_CERTS", raising=False)
    monkeypatch.setenv("K8S_AUTH_VERIFY_SSL", "False")
    notices.warnings.take()
    connection = client.Client({"host": "https://127.0.0.1:1", "api_key": "t0ken", **OFF}, Clock().deadline())
    with pytest.raises(Failure):
        connection.get("/version", doing="reading the version", right={"verb": "get", "resource": "/version", "group": ""})
    assert notices.warnings.take() == [unverified.BY_VARIABLE.format(variable="K8S_AUTH_VERIFY_SSL", value="False")]
