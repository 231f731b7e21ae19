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


def test_values() -> None:
    found = ipam.values(RANGE, NAMES) or {}
    assert found["args"]["ip_range"] == '{"Production":"192.0.2.1-192.0.2.2","Test":"192.0.2.3-192.0.2.4"}'
    assert found["pvc"] == {"create": False, "name": "cis-ipam"} and found["namespace"] == "f5-cis"
    assert (found["image"]["user"], found["image"]["repo"]) == ("f5networks", "f5-ipam-controller")
    assert found["image"]["version"] == ipam.VERSION and "pullSecrets" not in found["image"]


def test_values_of_the_user() -> None:
    more = {
        "claim": "mine",
        "image_pull_secrets": ("pull",),
        "values": {"args": {"log_level": "DEBUG"}, "x": 1},
    }
    found = ipam.values({**RANGE, **more}, NAMES) or {}
    assert found["pvc"]["name"] == "mine" and found["image"]["pullSecrets"] == ["pull"] and found["x"] == 1
    assert found["args"]["log_level"] == "DEBUG" and found["args"]["provider"] == ipam.OWN_PROVIDER


REFUSED: dict[str, tuple[Any, str | None]] = {
    # the variable, and the place that the refusal names
    "none": (None, None),
    "false": (False, None),
    "another controller": (True, None),
    "good": (RANGE, None),
    "Infoblox": ({"values": {"args": {"provider": "infoblox"}}}, None),
    "a text": ("yes", "cis_ipam is"),
    "no range": ({"storage": "1Gi"}, "cis_ipam.ip_range"),
    "a range that is a text": ({"ip_range": "192.0.2.1"}, "cis_ipam.ip_range"),
    "a label that the chart changes": ({"ip_range": {"a_b": "192.0.2.1-192.0.2.2"}}, "cis_ipam.ip_range"),
    "an image with a tag": ({**RANGE, "image": "f5/fic:1"}, "cis_ipam.image"),
    "a password": (
        {**RANGE, "values": {"args": {"infoblox_password": "x"}}},
        "cis_ipam.values.args.infoblox_password",
    ),
}


@pytest.mark.parametrize(("given", "place"), REFUSED.values(), ids=REFUSED)
def test_refusals(given: Any, place: str | None) -> None:
    found = list(ipam.refusals(given))
    assert [text.startswith(place or "") for text in found] == ([True] if place else [])
