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


# Each property that is secret below its class, and nowhere else by its name alone.
OF_A_CLASS = [
    *(("Certificate", name) for name in ("privateKey", "passphrase", "pkcs12")),
    *((kind, name) for kind in ("Monitor", "GSLB_Monitor") for name in ("passphrase", "secret", "environmentVariables")),
    *(("Persist", "passphrase"), ("TCP_Profile", "md5SignaturePassphrase"), ("HTTP_Profile", "cookiePassphrase")),
    *(("HTTP_Profile", "encryptCookiePassphrase"), ("Rewrite_Profile", "javaSignKeyPassphrase"), ("SSH_Proxy_Profile", "privateKey")),
    *(("DNS_TSIG_Key", "secret"), ("Enforcement_Radius_AAA_Profile", "sharedSecret"), ("Enforcement_Radius_AAA_Profile", "password")),
]


@pytest.mark.parametrize("kind, name", OF_A_CLASS)
def test_a_secret_property_at_any_depth(kind: str, name: str) -> None:
    item = {"class": kind, name: "SECRET", "deeper": [{"still": {name: "SECRET"}}], "other": "shown"}
    assert secrets.mask(item) == {"class": kind, name: "********", "deeper": [{"still": {name: "********"}}], "other": "shown"}


NAMES = [
    *("passphrase", "privateKey", "sharedSecret", "secretAccessKey", "apiAccessKey", "encodedCredentials", "encodedToken", "password"),
    *("md5SignaturePassphrase", "cookiePassphrase", "encryptCookiePassphrase", "javaSignKeyPassphrase"),
]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_are_secret_in_any_class(name: str) -> None:
    for item in ({name: "SECRET"}, {"class": "Brand_New", "a": {name: "SECRET"}}, [{"class": ["odd"], name: "SECRET"}]):
        assert "SECRET" not in str(secrets.mask(item)) and secrets.MASK in str(secrets.mask(item))


def test_the_names_are_those_of_as3() -> None:
    assert secrets.ANYWHERE == set(NAMES)


NOT_SECRET: list[Any] = ["", None, True, False, {"use": "x"}, {"bigip": "/Common/x"}, {"use": "x", "bigip": "y"}]


@pytest.mark.parametrize("value", NOT_SECRET)
def test_values_that_hide_nothing(value: Any) -> None:
    item = {"class": "Certificate", "passphrase": value}
    assert secrets.mask(item) == item and secrets.leaves(item) == {}


@pytest.mark.parametrize("value", [0, 7, {}, {"use": "x", "other": "y"}, ["x"], ["use"], " "])
def test_values_that_may_hide_something(value: Any) -> None:
    assert secrets.mask({"class": "Certificate", "passphrase": value})["passphrase"] == secrets.MASK


def test_a_class_counts_only_below_itself() -> None:
    item = {"class": "Application", "cert": {"class": "Certificate", "pkcs12": "SECRET"}, "other": {"class": "Brand_New", "pkcs12": "shown"}}
    assert secrets.leaves(item) == {("cert", "pkcs12"): "SECRET"}
    nested = {"class": "Monitor", "inner": {"class": "Brand_New", "secret": "shown"}}
    assert secrets.mask(nested) == nested, "the inner class is the one that counts"


def test_the_places_of_secrets_in_lists() -> None:
    item = [{"class": "Certificate", "list": ["a", {"passphrase": "SECRET"}, [{"passphrase": PLAIN}]]}, "b"]
    assert secrets.leaves(item) == {(0, "list", 1, "passphrase"): "SECRET", (0, "list", 2, 0, "passphrase"): PLAIN}
    assert secrets.replace(item, lambda path, value: path[-2]) == [{"class": "Certificate", "list": ["a", {"passphrase": 1}, [{"passphrase": 0}]]}, "b"]


RETURNED: list[tuple[str, Any, bool]] = [
    ("passphrase", PLAIN, True),
    ("passphrase", VAULT, False),
    ("passphrase", "text", False),
    *((name, "text", True) for name in ("secretAccessKey", "apiAccessKey", "encodedCredentials", "encodedToken", "token")),
    ("token", 7, False),
]


@pytest.mark.parametrize("name, value, encrypted", RETURNED)
def test_what_as3_returns_encrypted(name: str, value: Any, encrypted: bool) -> None:
    assert secrets.comes_back_encrypted(("x", name), value) is encrypted


CIPHERS: list[tuple[Any, bool]] = [
    ({"ciphertext": "x", "protected": VAULT["protected"].rstrip("=")}, True),
    ({"protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJmNXN2In0="}, False),
    ({"ciphertext": "x"}, False),
    ({"ciphertext": "x", "protected": None}, False),
    ({"ciphertext": "x", "protected": base64.urlsafe_b64encode(b'["enc"]').decode()}, False),
    ({"ciphertext": "x", "protected": base64.urlsafe_b64encode(b'{"alg": "dir"}').decode()}, False),
    ({"ciphertext": "x", "protected": base64.urlsafe_b64encode(b'{"enc": "f5sv"}').decode().rstrip("=")}, True),
    ({"ciphertext": "x", "protected": base64.urlsafe_b64encode(b'{"enc":"f5sv","a":"\xc3\xbf\xc3\xbf\xc3\xbe?"}').decode()}, True),
]


CIPHERS += [
    ({"ciphertext": "x", "protected": base64.urlsafe_b64encode(b'{"enc":"f5sv"}' + b" " * number).decode().rstrip("=")}, True) for number in range(12)
]
CIPHERS += [({"ciphertext": "x", "protected": base64.b64encode(text).decode()}, False) for text in (b'{"enc":null}', b'{"enc":"none"}')]


@pytest.mark.parametrize("value, stored", CIPHERS)
def test_ciphers_of_bigip(value: Any, stored: bool) -> None:
    assert secrets.is_stored_cipher(value) is stored


def test_the_texts_of_a_secret() -> None:
    assert list(secrets.texts("abc")) == [] and set(secrets.texts("abcd")) == {"abcd"}
    assert set(secrets.texts(' "ab" ')) == {' "ab" ', '"ab"', ' \\"ab\\" '}
    assert set(secrets.texts([PLAIN, {"class": "longer", "protected": "longer", "from_secret": "longer", "text": "shown"}, 7])) == {
        *("word-of-mine", PLAIN["ciphertext"], "shown"),
    }
    assert "word-of-mine" not in set(secrets.texts({**PLAIN, "protected": VAULT["protected"]})), "BIG-IP's own encryption is not base64 of the text"
    url_safe = {"ciphertext": base64.b64encode(b"~~~???>>>").decode().rstrip("="), "protected": PLAIN["protected"]}
    assert "~~~???>>>" in set(secrets.texts(url_safe))
    unpadded = {"ciphertext": base64.b64encode(b"words").decode().rstrip("="), "protected": PLAIN["protected"]}
    assert "words" in set(secrets.texts(unpadded))
    assert list(secrets.texts({"ciphertext": 5, "protected": PLAIN["protected"]})) == []
    for text in ("w" * length for length in range(4, 16)):
        assert text in set(secrets.texts({"ciphertext": base64.b64encode(text.encode()).decode().rstrip("=")}))
    assert set(secrets.texts({"ciphertext": "not base64!", "protected": PLAIN["protected"]})) == {"not base64!"}
