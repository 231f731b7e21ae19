# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which mappings are believed."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members import believed
from ansible_collections.vks.bigip.plugins.module_utils._members.model import LeftOut, Ranges
from ansible_collections.vks.bigip.tests.unit.support.member_cases import A_N1, NOWHERE, NPL, NPL_AB, Case, c, check, mapped, run, shape

FORTY = Ranges(configured=((40000, 41000),))
BELIEVED = [
    c("the kubelet's port", NPL, "", "a=mapping_outside_range", maps="a:8080/tcp=198.18.0.1:10250", **A_N1),
    c("just below the range", NPL, "", "a=mapping_outside_range", maps="a:8080/tcp=198.18.0.1:60999", **A_N1),
    c("just above the range", NPL, "", "a=mapping_outside_range", maps="a:8080/tcp=198.18.0.1:62001", **A_N1),
    c("the first and the last port of the range", NPL, "198.18.0.1:61000@a 198.18.0.2:62000@b", maps="a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.2:62000"),
    c("hostPort without trust", NPL, "", "a=mapping_outside_range", maps="a:8080/tcp=198.18.0.1:8443", **A_N1),
    c("the configured range", NPL, "198.18.0.1:40000@a", maps="a:8080/tcp=198.18.0.1:40000", ranges=FORTY, **A_N1),
    c("outside of the configured range", NPL, "", "a=mapping_outside_range", maps="a:8080/tcp=198.18.0.1:10250", ranges=FORTY, **A_N1),
    c("the default range, while the agents change to another", NPL, "198.18.0.1:61000@a 198.18.0.2:40000@b",
      maps="a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.2:40000", ranges=FORTY),
    c("a former range of the node's agent", NPL, "198.18.0.1:50000@a", "b=mapping_outside_range", ranges=Ranges(((40000, 41000),), {"n1": (50000, 51000)}),
      maps="a:8080/tcp=198.18.0.1:50000 b:8080/tcp=198.18.0.2:50000"),
    c("the range of Windows nodes", NPL, "198.18.0.1:40000@a", "b=mapping_outside_range", nodes="n1!windows n2",
      maps="a:8080/tcp=198.18.0.1:40000 b:8080/tcp=198.18.0.2:40000"),
    c("the first and the last port of the range of Windows nodes", NPL, "198.18.0.1:40000@a 198.18.0.2:41000@b", nodes="n1!windows n2!windows",
      maps="a:8080/tcp=198.18.0.1:40000 b:8080/tcp=198.18.0.2:41000"),
    c("outside of the range of Windows nodes", NPL, "", "a=mapping_outside_range b=mapping_outside_range", nodes="n1!windows n2!windows",
      maps="a:8080/tcp=198.18.0.1:39999 b:8080/tcp=198.18.0.2:41001"),
    c("one mapping in the range and one outside", NPL, "198.18.0.1:61000@a", "a=mapping_outside_range",
      maps="a:8080/tcp=198.18.0.1:10250 a:8080/tcp=198.18.0.1:61000", **A_N1),
    c("Nodes may not be read", NPL, "", "a=mapping_unverified b=mapping_unverified", maps=mapped(), nodes=None),
    c("Nodes may not be read, and the annotation is trusted", NPL, NPL_AB, maps=mapped(), nodes=None, trust_npl_annotations=True),
    c("a slice by hand that names no node", NPL, "", "a=mapping_unverified", maps=mapped(), slices=["http:8080/TCP | a"]),
    c("a slice by hand that names no node, trusted", NPL, "198.18.0.1:61000@a", maps=mapped(), slices=["http:8080/TCP | a"], trust_npl_annotations=True),
    c("trust takes no address of another node", NPL, "", "a=mapping_stale", maps="a:8080/tcp=198.18.0.2:61000", trust_npl_annotations=True, **A_N1),
    c("a node's name is not an address of it", NPL, "", "a=mapping_stale", maps="a:8080/tcp=10.9.9.9:61000", nodes="n1!named", **A_N1),
    *[c(f"trust takes no {text}", NPL, "", "a=mapping_malformed", raw=shape(nodeIP=text), nodes=None, trust_npl_annotations=True, **A_N1) for text in NOWHERE],
]  # fmt: skip


@pytest.mark.parametrize("case", BELIEVED, ids=str)
def test_believed(case: Case) -> None:
    check(case)


DEFAULT = "which is outside of 61000-62000, the ports of NodePortLocal."
WHY: dict[str, tuple[Case, str]] = {
    "outside": (c("", NPL, "", maps="a:8080/tcp=198.18.0.1:10250", **A_N1), f"Pod a is mapped to 198.18.0.1 port 10250, {DEFAULT}"),
    "not read": (
        c("", NPL, "", maps="a:8080/tcp=198.18.0.1:10250", ranges=Ranges(unread=("reading x", "reading y")), **A_N1),
        f"Pod a is mapped to 198.18.0.1 port 10250, {DEFAULT} Not known, because it could not be read: reading x; reading y.",
    ),
    "other ranges": (
        c("", NPL, "", maps="a:8080/tcp=198.18.0.1:10250", ranges=Ranges(((40000, 41000),), {"n1": (50000, 51000)}), **A_N1),
        "Pod a is mapped to 198.18.0.1 port 10250, which is outside of 61000-62000 and 40000-41000 and 50000-51000, the ports of NodePortLocal.",
    ),
    "no node": (
        c("", NPL, "", maps="a:8080/tcp=198.18.0.1:61000", slices=["http:8080/TCP | a"]),
        "Pod a is mapped to 198.18.0.1 port 61000, and nothing shows that this is an address of its node, because its EndpointSlice names no node.",
    ),
    "no nodes": (
        c("", NPL, "", maps="a:8080/tcp=198.18.0.1:61000", nodes=None, **A_N1),
        "Pod a is mapped to 198.18.0.1 port 61000, and nothing shows that this is an address of its node, because the Nodes were not read.",
    ),
    "another node": (
        c("", NPL, "", maps="a:8080/tcp=198.18.0.2:61000", **A_N1),
        "Pod a is mapped to 198.18.0.2 port 61000, which is not an address of its node n1.",
    ),
    "a node that was not read": (
        c("", NPL, "", maps="a:8080/tcp=198.18.0.1:61000", nodes="n2", **A_N1),
        "Pod a is mapped to 198.18.0.1 port 61000, which is not an address of its node n1.",
    ),
}


@pytest.mark.parametrize("case, sentence", WHY.values(), ids=WHY)
def test_why_a_mapping_is_not_believed(case: Case, sentence: str) -> None:
    _members, _left, pool = run(case)
    assert pool.warnings == (sentence,) and pool.left_out[0].message.startswith(sentence)


def test_all_ranges_count_while_the_agents_change() -> None:
    """The default, the configured one, and that of the node's own agent."""
    ranges = Ranges(((40000, 41000),), {"n1": (50000, 51000), "n2": (52000, 53000)})
    for port, member in ((61000, True), (40000, True), (50000, True), (52000, False)):
        _members, _left, pool = run(c("", NPL, "", maps=f"a:8080/tcp=198.18.0.1:{port}", ranges=ranges, **A_N1))
        assert bool(pool.members) is member


def gap(reason: str) -> LeftOut:
    return LeftOut("Pod", "a", reason, f"because of {reason}")


def test_what_the_left_out_say_of_the_whole_pool() -> None:
    assert believed.distrusted([gap("not_ready"), gap("mapping_unverified"), gap("mapping_outside_range")]) == "because of mapping_unverified"
    assert believed.distrusted([gap("mapping_outside_range")]) == "because of mapping_outside_range"
    assert believed.distrusted([gap("not_ready"), gap("mapping_stale")]) == ""
    assert believed.unread([gap("not_ready"), gap("mapping_unverified")]) and not believed.unread([gap("mapping_outside_range")])
    assert not believed.unread([])


@pytest.mark.parametrize(
    "range_, ports", [("61000-62000", (61000, 62000)), ("1-2", (1, 2)), ("61000", None), ("61000-620000", None), ("a-b", None), (None, None)]
)
def test_a_range_as_antrea_writes_it(range_: object, ports: tuple[int, int] | None) -> None:
    assert believed.ports(range_) == ports
