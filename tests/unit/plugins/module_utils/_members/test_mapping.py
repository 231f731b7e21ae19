# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which annotations Antrea itself can read: it rewrites a wrong value, and leaves what Go cannot unmarshal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members import mapping
from ansible_collections.vks.bigip.tests.unit.support.member_cases import A_N1, NOWHERE, NPL, Case, c, check, npl, run, shape


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
        (entry(nodePort=-(2**63) - 1), f"entry 0: nodePort {-(2**63) - 1} is not a whole number"),
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
        entry(nodePort=2**63 - 1),
        entry(nodePort=-(2**63)),
        entry(nodePort=65536),
        entry(nodeIP="n1"),
        entry(nodeIP=""),
        entry(nodeIP=None),
        entry(protocol=None),
        entry(ipFamily=None),
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


@pytest.mark.parametrize(("characters", "read"), [(262_144, True), (262_145, False)])
def test_an_annotation_is_as_long_as_kubernetes_takes_it(characters: int, read: bool) -> None:
    parsed = mapping.parse(f"[{GOOD}".ljust(characters - 1) + "]")
    assert bool(parsed.entries) is read and bool(parsed.faults) is not read


def test_each_spoiled_entry_has_its_fault() -> None:
    assert len(mapping.parse("[" + ",".join(["7"] * mapping.MOST) + "]").faults) == mapping.MOST


def test_several_protocols_in_an_entry_make_no_more_mappings() -> None:
    """Each costs memory, and a user may have thousands of Pods."""
    names = ["tcp", "udp", "a", "b", "c", "d", "e", "f"]
    found = [{"podPort": number, "nodeIP": "198.18.0.1", "nodePort": number, "protocols": names} for number in range(1, mapping.MOST)]
    text = json.dumps(found[: mapping.MOST // 2], separators=(",", ":"))
    assert len(text) < mapping.LONGEST
    assert mapping.parse(text) == ([], ["it has more than 4000 mappings"])
    found = [{"podPort": number, "nodeIP": "198.18.0.1", "nodePort": number, "protocols": names} for number in range(1, 501)]
    parsed = mapping.parse(json.dumps(found))
    assert len(parsed.entries) == 4000 and parsed.faults == []
    assert len(mapping.parse(json.dumps(found[:100])).entries) == 800


SHAPES = [
    c("0.13-1.3: no protocol", NPL, "198.18.0.1:61001@a", raw=shape(), slices=["http:8080/TCP | a@n1"]),
    c("0.13-1.3: no protocol is TCP, not UDP", NPL, "", "a=mapping_other_protocol", raw=shape(), ports="http:80/UDP>8080", slices=["http:8080/UDP | a@n1"]),
    c("1.4-1.6: protocols", NPL, "198.18.0.1:61001@a", raw=shape(protocols=["tcp", "udp"]), slices=["http:8080/TCP | a@n1"]),
    c("1.4-1.6: protocols, UDP", NPL, "198.18.0.1:61001@a", raw=shape(protocols=["tcp", "udp"]), ports="http:80/UDP>8080", slices=["http:8080/UDP | a@n1"]),
    c("1.4-1.6: the other protocol only", NPL, "", "a=mapping_other_protocol", raw=shape(protocols=["udp"]), slices=["http:8080/TCP | a@n1"]),
    c("1.7-1.15: protocol and protocols", NPL, "198.18.0.1:61001@a", raw=shape(protocol="tcp", protocols=["tcp"]), slices=["http:8080/TCP | a@n1"]),
    c(
        "1.7: protocol comes before protocols",
        NPL,
        "",
        "a=mapping_other_protocol",
        raw=shape(protocol="udp", protocols=["tcp"]),
        slices=["http:8080/TCP | a@n1"],
    ),
    c("2.0-2.5: protocol", NPL, "198.18.0.1:61001@a", raw=shape(protocol="tcp"), slices=["http:8080/TCP | a@n1"]),
    c("2.6: protocol and ipFamily", NPL, "198.18.0.1:61001@a", raw=shape(protocol="tcp", ipFamily="IPv4"), slices=["http:8080/TCP | a@n1"]),
    c("ipFamily empty", NPL, "198.18.0.1:61001@a", raw=shape(ipFamily=""), slices=["http:8080/TCP | a@n1"]),
    c("protocol in capitals", NPL, "198.18.0.1:61001@a", raw=shape(protocol="TCP"), slices=["http:8080/TCP | a@n1"]),
    c("unknown fields", NPL, "198.18.0.1:61001@a", raw=shape(protocol="tcp", future={"x": 1}), slices=["http:8080/TCP | a@n1"]),
    c(
        "order varies, ports differ",
        NPL,
        "198.18.0.1:61005@a",
        maps="a:9090/tcp=198.18.0.1:61004 a:8080/udp=198.18.0.1:61003 a:8080/tcp=198.18.0.1:61005",
        slices=["http:8080/TCP | a@n1"],
    ),
    c(
        "several ports of one Pod: the other one",
        NPL,
        "198.18.0.1:61004@a",
        maps="a:8080/tcp=198.18.0.1:61005 a:9090/tcp=198.18.0.1:61004",
        port="admin",
        ports="http:80/TCP>8080 admin:81/TCP>9090",
        slices=["http:8080/TCP admin:9090/TCP | a@n1"],
    ),
    c(
        "named target ports that differ by Pod",
        NPL,
        "198.18.0.1:61000@a 198.18.0.2:61009@b",
        ports="http:80/TCP>web",
        slices=["http:8080/TCP | a@n1", "http:9090/TCP | b@n2"],
        maps="a:8080/tcp=198.18.0.1:61000 a:9090/tcp=198.18.0.1:61001 b:9090/tcp=198.18.0.2:61009 b:8080/tcp=198.18.0.2:61008",
    ),
    c("hostPort is the mapping's port", NPL, "198.18.0.1:8443@a", maps="a:8080/tcp=198.18.0.1:8443", trust_npl_annotations=True, **A_N1),
    c(
        "hostNetwork: node address and container port",
        NPL,
        "198.18.0.1:8080@a",
        maps="a:8080/tcp=198.18.0.1:8080",
        trust_npl_annotations=True,
        slices=["http:8080/TCP | a@n1=198.18.0.1"],
    ),
    c("not JSON", NPL, "", "a=mapping_malformed", raw=npl("[{"), slices=["http:8080/TCP | a@n1"]),
    c("empty text", NPL, "", "a=mapping_malformed", raw=npl(""), slices=["http:8080/TCP | a@n1"]),
    c("an object, not a list", NPL, "", "a=mapping_malformed", raw=npl("{}"), slices=["http:8080/TCP | a@n1"]),
    c("null", NPL, "", "a=mapping_missing", raw=npl("null"), slices=["http:8080/TCP | a@n1"]),
    c("an empty list", NPL, "", "a=mapping_missing", raw=npl("[]"), slices=["http:8080/TCP | a@n1"]),
    c("an entry that is not an object", NPL, "", "a=mapping_malformed", raw=npl("[7]"), slices=["http:8080/TCP | a@n1"]),
    c("nodeIP missing", NPL, "", "a=mapping_malformed", raw=npl('[{"podPort":8080,"nodePort":61000}]'), slices=["http:8080/TCP | a@n1"]),
    c("nodeIP is a name", NPL, "", "a=mapping_malformed", raw=shape(nodeIP="n1"), slices=["http:8080/TCP | a@n1"]),
    *[c(f"nodeIP {text}", NPL, "", "a=mapping_malformed", raw=shape(nodeIP=text), nodes=None, **A_N1) for text in NOWHERE],
    c("nodeIP is a number", NPL, "", "a=mapping_malformed", raw=shape(nodeIP=3323199489), slices=["http:8080/TCP | a@n1"]),
    c("nodePort is text", NPL, "", "a=mapping_malformed", raw=shape(nodePort="61001"), slices=["http:8080/TCP | a@n1"]),
    c("nodePort 0", NPL, "", "a=mapping_malformed", raw=shape(nodePort=0), slices=["http:8080/TCP | a@n1"]),
    c("nodePort out of range", NPL, "", "a=mapping_malformed", raw=shape(nodePort=65536), slices=["http:8080/TCP | a@n1"]),
    c("podPort true", NPL, "", "a=mapping_malformed", raw=shape(podPort=True), slices=["http:8080/TCP | a@n1"]),
    c("protocols is text", NPL, "", "a=mapping_malformed", raw=shape(protocols="tcp"), slices=["http:8080/TCP | a@n1"]),
    c("protocol is a number", NPL, "", "a=mapping_malformed", raw=shape(protocol=6), slices=["http:8080/TCP | a@n1"]),
    c("ipFamily contradicts nodeIP", NPL, "", "a=mapping_malformed", raw=shape(ipFamily="IPv6"), slices=["http:8080/TCP | a@n1"]),
    c(
        "one good entry among bad ones",
        NPL,
        "198.18.0.1:61001@a",
        slices=["http:8080/TCP | a@n1"],
        raw=npl('[7, {"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61001}, {"nodePort":1}]'),
    ),
    c("the same entry twice", NPL, "198.18.0.1:61000@a", maps="a:8080/tcp=198.18.0.1:61000 a:8080/tcp=198.18.0.1:61000", slices=["http:8080/TCP | a@n1"]),
    c(
        "two mappings of one port",
        NPL,
        "198.18.0.1:61000@a",
        "a=mapping_duplicate",
        maps="a:8080/tcp=198.18.0.1:61009 a:8080/tcp=198.18.0.1:61000",
        slices=["http:8080/TCP | a@n1"],
    ),
]


@pytest.mark.parametrize("case", SHAPES, ids=str)
def test_shapes(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("raw", ["[{", "{}", '[{"podPort":8080}]', '[7, {"podPort":9090,"nodeIP":"198.18.0.1","nodePort":61001}]'])
def test_a_member_that_a_malformed_annotation_costs_is_warned_of(raw: str) -> None:
    _members, left, pool = run(c("", NPL, "", raw=npl(raw), slices=["http:8080/TCP | a@n1"]))
    assert left == "a=mapping_malformed" and len(pool.warnings) == 1
    assert "annotation nodeportlocal.antrea.io of Pod a " in pool.warnings[0]


def test_a_member_from_text_that_antrea_cannot_read_is_warned_of() -> None:
    """It stays a member, but Antrea never updates that text."""
    (case,) = [case for case in SHAPES if case.name == "one good entry among bad ones"]
    assert run(case)[2].warnings == (
        "Antrea cannot read the annotation nodeportlocal.antrea.io of Pod a and leaves it as it is: entry 0: it is not an object. "
        "So the Pod's members may be out of date. Delete the annotation; Antrea writes it anew.",
    )


def test_a_wrong_value_that_costs_nothing_is_not_warned_of() -> None:
    """Antrea rewrites it."""
    entry = '{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61001}'
    _members, _left, pool = run(c("", NPL, "", raw=npl(f'[{entry}, {{"nodePort":1}}]'), slices=["http:8080/TCP | a@n1"]))
    assert pool.members and pool.warnings == ()


def test_protocols_are_all_texts() -> None:
    good = {"podPort": 8080, "nodeIP": "198.18.0.1", "nodePort": 61001}
    for protocols in (["tcp", 7], ["tcp", "not a word"], [""], ["tcp"] * 9, {"tcp": 1}):
        parsed = mapping.parse(json.dumps([{**good, "protocols": protocols}]))
        assert parsed.entries == [] and "is not a list of protocols" in parsed.faults[0]
    assert len(mapping.parse(json.dumps([{**good, "protocols": ["tcp", "udp", "sctp"]}])).entries) == 3


@pytest.mark.parametrize("name", ["podPort", "nodePort"])
@pytest.mark.parametrize(
    "port, good", [(1, True), (65535, True), (0, False), (65536, False), (-1, False), (True, False), ("80", False), (8080.0, False), (None, False)]
)
def test_ports_of_a_mapping(name: str, port: Any, good: bool) -> None:
    parsed = mapping.parse(json.dumps([{"podPort": 8080, "nodeIP": "198.18.0.1", "nodePort": 61001, name: port}]))
    assert bool(parsed.entries) is good and (good or parsed.faults == [f"entry 0: {name} {port!r} is not a port"])
