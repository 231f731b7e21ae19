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
        ("", "it is not JSON (JSONDecodeError)"),
        ("[{", "it is not JSON (JSONDecodeError)"),
        ("[NaN]", "it is not JSON (ValueError)"),
        ("[" * 100_000, "it is nested too deep to be read as JSON"),
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
    parsed = mapping.parse(entry(protocol=LONG))
    assert not parsed.entries and len(parsed.faults[0]) < 120 and "yyy..." in parsed.faults[0]


GOOD = '{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61001,"protocol":"tcp"}'
HOSTILE = {
    "100,000 entries": ("[" + ",".join([GOOD] * 100_000) + "]", "long"),
    "as many entries as fit": (f"[{','.join('1' * 120_000)}]", "entries"),
    "one entry too many": (f"[{','.join(['{}'] * (mapping.MOST + 1))}]", "entries"),
    "a port of 5,000 digits": (GOOD.replace("61001", "6" * 5000).join("[]"), "JSON"),
    "a port as a large float": (GOOD.replace("61001", "1e300").join("[]"), "is not a port"),
    "a port as an infinite float": (GOOD.replace("61001", "1e999").join("[]"), "JSON"),
    "a protocol of 5,000 digits": (GOOD.replace('"tcp"', "6" * 5000).join("[]"), "JSON"),
    "deep": (GOOD.replace('"tcp"', "[" * 50_000 + "]" * 50_000).join("[]"), "deep"),
    "not as deep": (GOOD.replace('"tcp"', "[" * 500 + "]" * 500).join("[]"), "levels"),
    "many protocols": (entry(protocol="", protocols=[f"p{number}" for number in range(20_000)]), "protocols"),
    "a protocol with an escape sequence": (entry(protocol="tcp\x1b[2J"), "protocol"),
    "a protocol with a line break": (entry(protocol="", protocols=["tcp\nFAILED!"]), "protocol"),
    "half a character": (entry(protocol="\ud800"), "JSON"),
    "a template": (entry(nodeIP="{{ lookup('pipe', 'id') }}"), "is not an address"),
}


@pytest.mark.parametrize(("annotation", "word"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_annotation_costs_no_more_than_a_reason(annotation: str, word: str) -> None:
    parsed = mapping.parse(annotation)
    assert not parsed.entries and len(parsed.faults) == 1
    for text in (parsed.faults[0], mapping.unreadable(annotation)):
        assert len(text) < 150 and (not text or text.isprintable() and text.isascii())
    assert word in parsed.faults[0]


def test_as_many_entries_as_a_pod_can_have_are_read() -> None:
    entries = [GOOD.replace("8080", str(10000 + number)) for number in range(mapping.LONGEST // (len(GOOD) + 2))]
    assert len(mapping.parse(f"[{','.join(entries)}]").entries) == len(entries) > 3000


def test_each_spoiled_entry_has_its_fault() -> None:
    assert len(mapping.parse("[" + ",".join(["7"] * mapping.MOST) + "]").faults) == mapping.MOST


def test_several_protocols_in_an_entry_make_no_more_mappings() -> None:
    """Each costs memory, and a user may have thousands of Pods."""
    names = ["tcp", "udp", "a", "b", "c", "d", "e", "f"]
    found = [{"podPort": number, "nodeIP": "198.18.0.1", "nodePort": number, "protocols": names} for number in range(1, mapping.MOST)]
    text = json.dumps(found[: mapping.MOST // 2], separators=(",", ":"))
    assert len(text) < mapping.LONGEST
    assert mapping.parse(text) == ([], ["it has more than 4000 mappings"])
    assert len(mapping.parse(json.dumps(found[:100])).entries) == 800
