# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which annotations Antrea itself can read: it rewrites a wrong value, and leaves what Go cannot unmarshal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members import mapping


def entry(**more: Any) -> str:
    return json.dumps([{"podPort": 8080, "nodeIP": "198.18.0.1", "nodePort": 61001, "protocol": "tcp", "ipFamily": "IPv4", **more}])


@pytest.mark.parametrize(
    ("annotation", "why"),
    [
        ("", "it is not JSON"),
        ("[{", "it is not JSON"),
        ("[NaN]", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("{}", "it is not a list"),
        ('"[]"', "it is not a list"),
        ("7", "it is not a list"),
        ("[7]", "entry 0: it is not an object"),
        ("[[]]", "entry 0: it is not an object"),
        (entry(podPort="8080"), "entry 0: podPort '8080' is not a whole number"),
        (entry(podPort=True), "entry 0: podPort True is not a whole number"),
        (entry(nodePort="61001"), "entry 0: nodePort '61001' is not a whole number"),
        (entry(nodePort=61001.0), "entry 0: nodePort 61001.0 is not a whole number"),
        (entry(nodePort=2**63), f"entry 0: nodePort {2**63} is not a whole number"),
        (entry(nodeIP=3323199489), "entry 0: nodeIP 3323199489 is not text"),
        (entry(protocol=6), "entry 0: protocol 6 is not text"),
        (entry(protocol=False), "entry 0: protocol False is not text"),
        (entry(ipFamily=4), "entry 0: ipFamily 4 is not text"),
        (entry(PODPORT="8080"), "entry 0: PODPORT '8080' is not a whole number"),
    ],
)
def test_what_go_cannot_unmarshal(annotation: str, why: str) -> None:
    assert mapping.unreadable(annotation) == why


@pytest.mark.parametrize(
    "annotation",
    [
        None,
        "null",
        "[]",
        "[null]",
        "[{}]",
        entry(),
        entry(podPort=None),
        entry(nodePort=0),
        entry(nodePort=-1),
        entry(nodePort=65536),
        entry(nodeIP="n1"),
        entry(nodeIP=""),
        entry(ipFamily="IPv6"),
        entry(protocol="icmp"),
        entry(protocols="tcp"),
        entry(unknown={"x": [1.5]}),
    ],
)
def test_what_go_unmarshals(annotation: str | None) -> None:
    assert mapping.unreadable(annotation) == ""


@pytest.mark.parametrize(
    ("annotation", "by_family"), [(entry(), True), (entry(ipFamily=None), False), (entry(ipFamily=""), False), ("[7]", False), ("[]", False)]
)
def test_antrea_2_6_and_later_name_the_family(annotation: str, by_family: bool) -> None:
    assert mapping.by_family(annotation) is by_family


LONG = "y" * 200_000


@pytest.mark.parametrize(
    "annotation",
    [entry(podPort=LONG), entry(nodeIP=LONG), entry(ipFamily=LONG), entry(protocol="", protocols={LONG: 1}), entry(protocol=[LONG])],
    ids=["podPort", "nodeIP", "ipFamily", "protocols", "protocol"],
)
def test_a_long_value_is_cut(annotation: str) -> None:
    (fault,) = mapping.parse(annotation).faults
    assert len(fault) < 120 and "yyy..." in fault and len(mapping.unreadable(annotation)) < 120


def test_a_long_protocol_is_cut() -> None:
    (item,) = mapping.parse(entry(protocol=LONG)).entries
    assert len(item.protocol) == 60 and item.protocol.endswith("YYY...")
