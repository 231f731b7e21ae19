# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of the chart of F5's IPAM controller."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import ipam
from ansible_collections.vks.bigip.plugins.module_utils._cis.names import Names

NAMES = Names.of({"namespace": "f5-cis", "release_name": "cis"})
RANGE = {"ip_range": {"Test": "192.0.2.3-192.0.2.4", "Production": "192.0.2.1-192.0.2.2"}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [(None, {}), (False, {}), ({}, {}), (True, {"ipam": True}), (RANGE, {"ipam": True})],
)
def test_the_arguments_of_cis(given: Any, expected: dict[str, Any]) -> None:
    assert ipam.arguments(given) == expected


@pytest.mark.parametrize("given", [None, False, True, {}])
def test_no_chart(given: Any) -> None:
    assert ipam.values(given, NAMES) is None


DEFAULTS: dict[str, Any] = {
    "args": {
        "orchestration": "kubernetes",
        "provider": "f5-ip-provider",
        "ip_range": '{"Production":"192.0.2.1-192.0.2.2","Test":"192.0.2.3-192.0.2.4"}',
    },
    "image": {
        "user": "f5networks",
        "repo": "f5-ipam-controller",
        "pullPolicy": "IfNotPresent",
        "version": "0.1.12",
    },
    "namespace": "f5-cis",
    "pvc": {"create": False, "name": "cis-ipam"},
    "updateStrategy": "Recreate",
}


def test_values() -> None:
    assert ipam.values(RANGE, NAMES) == DEFAULTS


def test_values_of_the_user() -> None:
    more = {
        **{"claim": "mine", "image_pull_secrets": ("pull",), "image": "r/fic", "version": "1"},
        "values": {"args": {"log_level": "DEBUG", "orchestration": "x"}, "x": 1, "pvc": {}},
    }
    assert ipam.values({**RANGE, **more}, NAMES) == {
        **DEFAULTS,
        "args": {**DEFAULTS["args"], "log_level": "DEBUG", "orchestration": "x"},
        "image": {
            "user": "r",
            "repo": "fic",
            "pullPolicy": "IfNotPresent",
            "version": "1",
            "pullSecrets": ["pull"],
        },
        "pvc": {},
        "x": 1,
    }
    infoblox = {"args": {"provider": "infoblox"}}
    assert ipam.values({"values": infoblox}, NAMES) == {
        **DEFAULTS,
        "args": {"orchestration": "kubernetes", "provider": "infoblox", "ip_range": "{}"},
    }
    assert ipam.values({**RANGE, "values": {"args": None}}, NAMES) == DEFAULTS


SPAN = "192.0.2.1-192.0.2.2"
MISSING = (
    ".ip_range is missing: a dictionary of labels and ranges, as in {Production: 192.0.2.10-192.0.2.50}."
)
PASSWORD = (
    ".values.args.infoblox_password would be visible in the values of the Helm release. "
    "Use infoblox_login_secret or credentials_directory."
)
IS = " is false, true (an IPAM controller exists already), or a dictionary with ip_range and storage."
DIGEST = "sha256:" + "0a" * 32


def label(name: str) -> str:
    return (
        f".ip_range: the chart turns the _ of the label {name} into -, so no ipamLabel would match. "
        "Use another label."
    )


def image(name: str) -> str:
    return (
        f".image: {name} has to be REPOSITORY/NAME or REPOSITORY/NAME@sha256:DIGEST with 64 hexadecimal "
        "digits. "
        "The tag is cis_ipam.version; one before a digest has to be the same."
    )


REFUSED: dict[str, tuple[Any, list[str]]] = {
    # the variable, and the refusals after its name
    "none": (None, []),
    "false": (False, []),
    "nothing": ({}, []),
    "another controller": (True, []),
    "good": (RANGE, []),
    "Infoblox": ({"values": {"args": {"provider": "infoblox"}}}, []),
    "Infoblox, and labels": ({"values": {"args": {"provider": "infoblox"}}, "ip_range": {"a_b": SPAN}}, []),
    "a text": ("yes", [IS]),
    "an empty list": ([], [IS]),
    "no range": ({"storage": "1Gi"}, [MISSING]),
    "no labels": ({"ip_range": {}}, [MISSING]),
    "a range that is a text": ({"ip_range": "192.0.2.1"}, [MISSING]),
    "labels that the chart changes": (
        {"ip_range": {"a_b": SPAN, "c": SPAN, "d_e": SPAN}},
        [label("a_b"), label("d_e")],
    ),
    "an image with a tag": ({**RANGE, "image": "f5/fic:1"}, [image("f5/fic:1")]),
    "an image with a digest": ({**RANGE, "image": f"f5/fic:0.1.12@{DIGEST}"}, []),
    "another version before the digest": (
        {**RANGE, "image": f"f5/fic:0.1.12@{DIGEST}", "version": "1"},
        [image(f"f5/fic:0.1.12@{DIGEST}")],
    ),
    "a password": ({**RANGE, "values": {"args": {"infoblox_password": "x"}}}, [PASSWORD]),
    "an empty password": ({**RANGE, "values": {"args": {"infoblox_password": "", "a": 1}}}, []),
    "no arguments": ({**RANGE, "values": {"args": None}}, []),
    "a password and no range": ({"values": {"args": {"infoblox_password": "x"}}}, [PASSWORD, MISSING]),
}


@pytest.mark.parametrize(("given", "refusals"), REFUSED.values(), ids=REFUSED)
def test_refusals(given: Any, refusals: list[str]) -> None:
    assert list(ipam.refusals(given)) == [f"cis_ipam{text}" for text in refusals]
