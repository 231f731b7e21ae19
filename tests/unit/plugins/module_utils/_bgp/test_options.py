# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of pod_bgp."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bgp.options import PodBgpOptions
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure


def test_defaults() -> None:
    options = PodBgpOptions()
    options.check()
    assert options.present and options.on_bigip and options.waits and options.excluded == frozenset()
    assert options.addresses == () and options.node_networks == ()


@pytest.mark.parametrize(
    ("given", "waits"),
    [
        ({}, True),
        ({"mode": "external"}, False),
        ({"mode": "external", "wait": True}, True),
        ({"wait": False}, False),
        ({"state": "absent"}, False),
    ],
)
def test_what_waits(given: dict[str, Any], waits: bool) -> None:
    assert PodBgpOptions(**given).waits is waits


@pytest.mark.parametrize(
    "given",
    [
        {"partition": "a/b"},
        {"route_domain": -1},
        {"route_domain": 65535},
        {"as_number": 0},
        {"bigip_as_number": 2**32},
        {"max_removed_percent": 101},
        {"owner": " "},
        {"cluster_name": "x" * 129},
        {"node_network": ("198.18.0.1/16",)},
        {"peers": ("self",)},
        {"peers": ("224.0.0.1",)},
        {"peers": ("fe80::1",)},
        {"password": "x" * 81},
        {"password": "two words"},
        {"password": "größe"},
        {"username": "user-1"},
    ],
    ids=str,
)
def test_refused(given: dict[str, Any]) -> None:
    with pytest.raises(Failure) as raised:
        PodBgpOptions(**given).check()
    assert raised.value.code == "options" and next(iter(given)) in raised.value.message
    assert given.get("password", "-------") not in raised.value.message


@pytest.mark.parametrize("given", [{"as_number": 1}, {"bigip_as_number": 2**32 - 1}, {"peers": ("2001:db8::1",)}, {"password": "x" * 80}], ids=str)
def test_accepted(given: dict[str, Any]) -> None:
    PodBgpOptions(**given).check()


def test_an_empty_owner_is_refused_for_a_removal_only() -> None:
    PodBgpOptions().check(["owner"])
    with pytest.raises(Failure, match="owner: is empty"):
        PodBgpOptions(state="absent").check(["owner"])
