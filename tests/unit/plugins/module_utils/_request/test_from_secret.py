# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of Kubernetes Secrets in the form that AS3 wants."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._request import from_secret
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import Wanted


@pytest.mark.parametrize(
    ("property_", "value"),
    [
        ("certificate", "line\n"),
        ("privateKey", "line\n"),
        ("passphrase", {"ciphertext": base64.b64encode(b"line").decode(), "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJub25lIn0"}),
        ("pkcs12", {"base64": base64.b64encode(b"line\n").decode()}),
    ],
)
def test_from_secret_takes_the_form_that_as3_wants(property_: str, value: Any) -> None:
    item = {"class": "Certificate", property_: {"from_secret": {"namespace": "n", "name": "s", "key": "k"}}}
    wanted = Wanted()
    wanted.application("T1", "A1", "applications[0]")["item"] = item
    assert from_secret.names(wanted) == {("n", "s"): {"k"}}
    assert from_secret.resolve(item, {("n", "s"): {"k": b"line\n"}}) == {"class": "Certificate", property_: value}
