# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each form in which other systems repeat a secret has a mask."""

from __future__ import annotations

import base64

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import forms

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBpublicpublic\n-----END CERTIFICATE-----\n"
PEM = "-----BEGIN KEY-----\nfirst-line-of-a-key\nshort\n-----END KEY-----\n"


def test_in_json() -> None:
    assert forms.in_json('pä"s') == ('pä"s', 'p\\u00e4\\"s', 'pä\\"s')


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        ("pass-word", {"pass-word"}),
        (" pass ", {" pass ", "pass"}),
        ("abc", set()),
        ("a\tbc", {"a\tbc", "a\\tbc"}),
        ("pä\\ss", {"pä\\ss", "p\\u00e4\\\\ss", "pä\\\\ss"}),
    ],
)
def test_an_argument(secret: str, expected: set[str]) -> None:
    assert set(forms.of_text(secret)) == expected


def test_the_lines_of_an_argument() -> None:
    found = set(forms.of_text(PEM))
    assert {PEM, PEM.strip(), "first-line-of-a-key"} <= found
    assert not {"short", "-----BEGIN KEY-----"} & found
    assert "first-line-of-a-key" not in set(forms.of_text(PEM, most_lines=1))


def test_a_value_of_a_secret() -> None:
    found = set(forms.of_secret_value(b"??pass>>word\n"))
    assert {"??pass>>word", "??pass>>word\n", "??pass>>word\\n"} <= found
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert encode(b"??pass>>word").decode().rstrip("=") in found


def test_a_value_in_base64_is_masked_as_its_text_too() -> None:
    assert "pass-word" in set(forms.of_secret_value(base64.b64encode(b"pass-word")))


def test_the_lines_of_a_value() -> None:
    found = set(forms.of_secret_value((PEM + CERTIFICATE).encode()))
    assert "first-line-of-a-key" in found
    assert not {"short", "MIIBpublicpublic", "-----END CERTIFICATE-----"} & found
