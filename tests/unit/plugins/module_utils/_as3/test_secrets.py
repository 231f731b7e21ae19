# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which leaves are secret, and how one is compared without being kept."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import secrets

VAULT = {"ciphertext": "JE1J", "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJmNXN2In0=", "miniJWE": True}
PLAIN = {"ciphertext": base64.b64encode(b"word-of-mine").decode(), "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJub25lIn0", "miniJWE": True}


@pytest.mark.parametrize(
    ("item", "hidden"),
    [
        ({"class": "Certificate", "certificate": "PEM", "privateKey": "SECRET"}, ["privateKey"]),
        ({"class": "Certificate", "privateKey": {"bigip": "/Common/default.key"}}, []),
        ({"class": "Certificate", "certificate": "PEM", "pkcs12": {"base64": "SECRET"}}, ["pkcs12"]),
        ({"class": "Certificate", "passphrase": PLAIN}, ["passphrase"]),
        ({"class": "Monitor", "monitorType": "radius", "secret": PLAIN, "username": "u"}, ["secret"]),
        ({"class": "Brand_New", "key": VAULT}, ["key"]),
        ({"class": "Brand_New", "password": "SECRET"}, ["password"]),
        ({"class": "Service_HTTP", "secret": "not one here"}, []),
        ({"class": "Service_HTTP", "token": "not one here"}, []),
        ({"class": "TLS_Server", "certificates": [{"certificate": "web_cert"}]}, []),
    ],
)
def test_masked(item: dict[str, Any], hidden: list[str]) -> None:
    masked = secrets.mask({"class": "Application", "x": item})["x"]
    assert [key for key in item if masked[key] != item[key]] == hidden
    assert all(masked[key] == secrets.MASK for key in hidden)


def test_the_token_with_which_as3_fetches_something() -> None:
    item = {"class": "WAF_Policy", "url": {"url": "https://192.0.2.1/p.xml", "authentication": {"method": "bearer-token", "token": "SECRET"}}}
    assert secrets.mask(item)["url"]["authentication"] == {"method": "bearer-token", "token": secrets.MASK}


@pytest.mark.parametrize(("value", "stored"), [(VAULT, True), (PLAIN, False), ({"ciphertext": "x", "protected": "?"}, False), ("text", False)])
def test_whose_cipher_it_is(value: Any, stored: bool) -> None:
    assert secrets.is_stored_cipher(value) is stored


def test_what_must_not_be_shown() -> None:
    shown = set(secrets.all_texts({"class": "Application", "c": {"class": "Certificate", "privateKey": "line one\nline two\n", "passphrase": PLAIN}}))
    assert {"line one\nline two\n", "line one\\nline two\\n", "word-of-mine", PLAIN["ciphertext"]} <= shown
