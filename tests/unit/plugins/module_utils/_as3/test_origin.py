# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The places of values from Kubernetes Secrets, and their masks."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import origin, secrets


def of(key: str) -> dict[str, Any]:
    return {"from_secret": {"namespace": "default", "name": "db", "key": key}}


@pytest.mark.parametrize(
    ("node", "expected"),
    [(of("a"), True), ({**of("a"), "b": 1}, False), ({}, False), ("from_secret", False), ([of("a")], False)],
)
def test_is_reference(node: Any, expected: bool) -> None:
    assert origin.is_reference(node) is expected


def test_places() -> None:
    application = {
        "web": {"iRule": of("a")},
        "pool": {"members": [{"servicePort": 80, "key": of("a")}, {"key": of("b")}, "x"]},
        "a/b~c": of("c"),
        "plain": "from_secret",
    }
    assert origin.places(application) == ["/a~1b~0c", "/pool/members/*/key", "/web/iRule"]


PLACES: dict[str, tuple[Any, list[str], list[Any]]] = {
    # the application, the places, and the values at them
    "a text": ({"web": {"iRule": "x", "label": "y"}}, ["/web/iRule"], ["x"]),
    "each element of a list": ({"p": {"m": [{"k": "x"}, {"k": "y"}]}}, ["/p/m/*/k"], ["x", "y"]),
    "escaped names": ({"a/b~c": "x"}, ["/a~1b~0c"], ["x"]),
    "a place that does not exist": ({"web": {"label": "y"}}, ["/web/iRule", "/api"], []),
    "a text in place of a structure": ({"web": "x"}, ["/web/iRule"], ["x"]),
    "a structure in place of a text": (
        {"web": {"iRule": {"base64": "x"}}},
        ["/web/iRule"],
        [{"base64": "x"}],
    ),
    "an object in place of a list": ({"p": {"m": {"k": "x"}}}, ["/p/m/*/k"], [{"k": "x"}]),
    "an object with the name of each": ({"p": {"m": {"*": {"k": "x"}}}}, ["/p/m/*/k"], ["x"]),
    "a list in place of an object": ({"web": [{"iRule": "x"}, 5]}, ["/web/iRule"], ["x"]),
    "a number": ({"web": {"iRule": 5}}, ["/web/iRule"], []),
    "a class": ({"class": "Application", "web": {"class": "iRule"}}, ["/class", "/web/class"], []),
    "not an application": ("x", ["/web"], []),
}


@pytest.mark.parametrize(("application", "found", "values"), PLACES.values(), ids=PLACES)
def test_values(application: Any, found: list[str], values: list[Any]) -> None:
    assert origin.values(application, found) == values


def test_replace_makes_a_copy() -> None:
    application = {"web": {"iRule": "x", "label": "y"}}
    assert origin.replace(application, ["/web/iRule"], lambda path, value: (path, value)) == {
        "web": {"iRule": (("web", "iRule"), "x"), "label": "y"}
    }
    assert application["web"]["iRule"] == "x"


def marked(value: Any) -> dict[str, Any]:
    constants = {"class": "Constants", "vks_bigip": {"owner": "us", "from_secret": ["/web/iRule"]}}
    return {"class": "Application", "web": {"class": "iRule", "iRule": value}, "constants": constants}


def test_each_application_is_masked_by_its_own_mark() -> None:
    plain = {"class": "Application", "web": {"class": "iRule", "iRule": "shown"}}
    stored = {"class": "ADC", "T1": {"class": "Tenant", "A1": marked("pass-word"), "A2": plain}}
    shown = origin.masked_everywhere(stored)
    assert shown["T1"]["A1"]["web"]["iRule"] == secrets.MASK and shown["T1"]["A2"] == plain
    assert stored["T1"]["A1"]["web"]["iRule"] == "pass-word"
    assert "pass-word" in set(origin.stored_texts(stored)) and "shown" not in set(origin.secret_texts(stored))


def test_applications_in_lists() -> None:
    plain = [1, None, "x", [{"class": "Other", "list": []}]]
    stored = [*plain, [marked("pass-word")], [[marked("pass-word")]]]
    hidden = [*plain, [marked(secrets.MASK)], [[marked(secrets.MASK)]]]
    assert origin.masked_everywhere(stored) == hidden
    assert ["pass-word" in set(origin.stored_texts(one)) for one in stored] == [False] * 4 + [True] * 2


def test_all_that_must_not_be_shown() -> None:
    """Secrets of AS3, and values of Kubernetes Secrets in their forms and in structures."""
    certificate = {"class": "Certificate", "privateKey": "private-key"}
    assert set(origin.secret_texts({"T1": {"A1": marked("pass-word"), "A2": certificate}})) == {
        *("private-key", "pass-word", "cGFzcy13b3Jk"),
    }
    assert set(origin.stored_texts(marked({"base64": "in-a-structure"}))) == {"in-a-structure"}


def test_beyond() -> None:
    resolved = {"tls": {"class": "Certificate", "privateKey": "x", "passphrase": "z", "remark": "y"}}
    secret = ["/tls/privateKey", "/tls/passphrase/ciphertext"]
    others = ["/tls/remark", "/tls/privateKeys", "/tls"]
    assert origin.beyond([*secret, *others], resolved) == others
