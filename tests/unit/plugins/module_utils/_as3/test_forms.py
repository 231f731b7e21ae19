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
        ("abcd", {"abcd"}),
        ("a\tbc", {"a\tbc", "a\\tbc"}),
        ("a\0bc", {"a\0bc", "a\\u0000bc", "a\\x00bc"}),
        ("of-sixteen-chars", {"of-sixteen-chars"}),
        (
            "of-sixteen-chars\nfifteen-of-them\n",
            {
                *("of-sixteen-chars\nfifteen-of-them\n", "of-sixteen-chars\nfifteen-of-them"),
                *("of-sixteen-chars\\nfifteen-of-them\\n", "of-sixteen-chars"),
            },
        ),
        ("pä\\ss", {"pä\\ss", "p\\u00e4\\\\ss", "pä\\\\ss"}),
    ],
)
def test_an_argument(secret: str, expected: set[str]) -> None:
    found = list(forms.of_text(secret))
    assert set(found) == expected and len(found) == len(expected)


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


CERT = "-----BEGIN CERTIFICATE-----\nMIIBpublicpublic\n-----END CERTIFICATE-----"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"ab", set()),
        (b"abc", {"YWJj"}),
        (b"abcd", {"abcd", "YWJjZA"}),
        (b"pass-word", {"pass-word", "cGFzcy13b3Jk"}),
        (b" abcd", {"abcd", " abcd", "YWJjZA", "IGFiY2Q"}),
        (b"pass\xffword", {"password", "cGFzc/93b3Jk", "cGFzc_93b3Jk"}),
        (b"cGFzcy13b3Jk\n", {"pass-word", "cGFzcy13b3Jk", "cGFzcy13b3Jk\n", "cGFzcy13b3Jk\\n", "Y0dGemN5MTNiM0pr", "Y0dGemN5MTNiM0prCg"}),
        (b"cGFzcy13b3Jk!", {"cGFzcy13b3Jk!", "Y0dGemN5MTNiM0prIQ"}),
    ],
)
def test_a_short_value(value: bytes, expected: set[str]) -> None:
    """Text in base64 is masked as its text too."""
    assert set(forms.of_secret_value(value)) == expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("eight-of\nseven-7\n  pä-eight  ", {"eight-of", "pä-eight", "p\\u00e4-eight"}),
        (f"first-line\n{CERT} -x\nlast-line", {"first-line", "last-line"}),
        (f"{CERT}\n", set()),
        ("one-line", {"one-line"}),
    ],
)
def test_the_lines_of_a_value_that_are_masked(text: str, lines: set[str]) -> None:
    """Of at least eight characters, without certificates."""
    found = set(forms.of_secret_value(text.encode()))
    assert {form for form in found if "\n" not in form and "\\n" not in form and "-" in form} == lines


def test_a_value_of_many_lines() -> None:
    lines = [f"number-{number}" for number in range(1001)]
    found = set(forms.of_secret_value("\n".join(lines).encode()))
    assert [line for line in lines if line not in found] == ["number-1000"]


def test_the_lines_of_a_value() -> None:
    found = set(forms.of_secret_value((PEM + CERTIFICATE).encode()))
    assert "first-line-of-a-key" in found
    assert not {"short", "MIIBpublicpublic", "-----END CERTIFICATE-----"} & found
