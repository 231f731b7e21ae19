# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""as3_declaration: secrets are compared and hidden."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.tests.unit.support.as3_declaration import (
    INFO,
    POOLS,
    REFUSED,
    adc,
    posted,
    run,
    stored,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


PASSPHRASE = {"ciphertext": "c2VjcmV0LW9mLW91cnM=", "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJub25lIn0="}
STORED_PASSPHRASE = {"ciphertext": "ZjV2JDAkcWhkaA==", "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJmNXN2In0=", "miniJWE": True}


def certificate(passphrase: Any) -> dict[str, Any]:
    return {"A1": {"class": "Application", "cert": {"class": "Certificate", "certificate": "PEM", "privateKey": "key-of-ours", "passphrase": passphrase}}}


@pytest.mark.parametrize("said, changed", [("no change", False), ("success", True)])
def test_a_secret_that_only_as3_can_compare(said: str, changed: bool) -> None:
    read = [stored("/T1", T1=certificate(STORED_PASSPHRASE)), Exchange("GET", f"{POOLS}&$filter=partition%20eq%20T1", json={})]
    content = adc(T1=certificate(PASSPHRASE))
    result = run([*read, INFO, *posted(None, T1=said)], content=content)
    assert result["changed"] is changed
    assert bool(result["tenants"]) is changed
    checked = run(read, check=True, content=content)
    assert checked["changed"] is False
    assert any("cannot be compared" in warning for warning in checked["warnings"])


def test_no_secret_is_shown() -> None:
    before = certificate(STORED_PASSPHRASE)
    before["A1"]["cert"]["privateKey"] = "key-of-before"
    script = [
        stored("/T1", T1=before),
        Exchange("GET", f"{POOLS}&$filter=partition%20eq%20T1", json={}),
        INFO,
        *posted(None, T1={**REFUSED, "response": "bad key-of-ours"}),
        stored("/T1", T1=before),
        Exchange("GET", f"{POOLS}&$filter=partition%20eq%20T1", json={}),
    ]
    result = run(script, content=adc(T1=certificate({**PASSPHRASE, "ciphertext": "YWJj"})))
    assert result["failed"] is True
    for secret in ("key-of-ours", "key-of-before", "YWJj", "ZjV2JDAkcWhkaA==", "GIVEN"):
        assert secret not in result.stdout, secret


def test_what_publish_took_from_a_secret_is_masked_in_the_diff() -> None:
    marked = {"owner": "me", "from_secret": ["/taken/iRule"]}
    before = {"class": "Application", "taken": {"class": "iRule", "iRule": "when HTTP_REQUEST {\n  word-of-a-secret\n}\n"}}
    before["constants"] = {"class": "Constants", "vks_bigip": marked}
    read = [stored("/T1", T1={"A1": before}), Exchange("GET", f"{POOLS}&$filter=partition%20eq%20T1", json={})]
    after = {"class": "Application", "taken": {"class": "iRule", "iRule": "when HTTP_REQUEST {\n  word-of-ours\n}\n"}}
    result = run(read, check=True, content=adc(T1={"A1": after}), adopt="publish")
    assert result["changed"] and "(changed)" in result["diff"][0]["after"]
    assert "word-of-a-secret" not in result.stdout and "HTTP_REQUEST" not in result.stdout.partition("invocation")[0]
