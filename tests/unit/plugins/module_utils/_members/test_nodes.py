# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes that may get traffic under their own addresses."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members import nodes
from ansible_collections.vks.bigip.plugins.module_utils._members.addresses import IPV4, IPV6
from ansible_collections.vks.bigip.plugins.module_utils._members.model import LeftOut, Node, Snapshot
from ansible_collections.vks.bigip.plugins.module_utils._members.reasons import LEFT_OUT
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source

FOUR, SIX = ("InternalIP", "10.0.0.1"), ("InternalIP", "2001:db8::1")


def eligibility(*given: Node, **options: Any) -> nodes.Eligibility:
    return nodes.eligibility(
        Snapshot(nodes={node.name: node for node in given}), Source("default", "web", **options)
    )


LABEL = "node.kubernetes.io/exclude-from-external-load-balancers"
TAINT = "ToBeDeletedByClusterAutoscaler"
UNFIT: dict[str, tuple[Node, dict[str, Any], str, str]] = {
    "excluded": (Node("n1"), {"exclude_nodes": ("n1",)}, "node_excluded", "is excluded by name"),
    "not selected": (Node("n1"), {"node_label_selector": "a=b"}, "node_not_selected", "does not match a=b"),
    "label": (Node("n1", labels={LABEL: ""}), {}, "node_label_excluded", f"has the label {LABEL}"),
    "taint": (Node("n1", taints=frozenset({TAINT})), {}, "node_being_deleted", f"has the taint {TAINT}"),
    "not ready": (Node("n1", ready=False), {}, "node_not_ready", "is not Ready"),
    "cordoned": (
        Node("n1", unschedulable=True),
        {"include_unschedulable": False},
        "node_unschedulable",
        "is cordoned",
    ),
}


@pytest.mark.parametrize(("node", "options", "reason", "what"), UNFIT.values(), ids=UNFIT)
def test_unfit(node: Node, options: dict[str, Any], reason: str, what: str) -> None:
    found = eligibility(node, Node("n2", labels={"a": "b"}), **options)
    message = f"Node n1 {what}. {LEFT_OUT[reason].remedy}"
    assert found.names == {"n2"} and found.unfit == [LeftOut("Node", "n1", reason, message, "n1")]


def test_nodes_that_were_not_read_get_no_traffic() -> None:
    found = nodes.eligibility(Snapshot(nodes=None), Source("default", "web"))
    assert (found.names, found.unfit, found.addresses[IPV4].places) == (frozenset(), [], [])


def test_a_cordoned_node_counts_by_default() -> None:
    assert eligibility(Node("n1", unschedulable=True)).names == {"n1"}


def test_addresses() -> None:
    found = eligibility(
        Node("n2", addresses=(FOUR, SIX)),
        Node("n1", addresses=(("Hostname", "n1"), ("InternalIP", "10.0.0.9"))),
        Node("n3", addresses=(("ExternalIP", "192.0.2.3"),)),
    ).addresses
    assert found[IPV4].places == [("10.0.0.1", "n2"), ("10.0.0.9", "n1")]
    assert found[IPV6].places == [("2001:db8::1", "n2")]
    what = "Node n3 has no IPv4 InternalIP; it has ExternalIP 192.0.2.3."
    message = f"{what} {LEFT_OUT['node_without_address'].remedy}"
    assert found[IPV4].missing == [LeftOut("Node", "n3", "node_without_address", message, "n3")]
    assert not found[IPV4].shared


def test_a_node_without_any_address() -> None:
    (missing,) = eligibility(Node("n1")).addresses[IPV6].missing
    assert missing.message.startswith("Node n1 has no IPv6 InternalIP; it has no address. ")


def test_text_that_is_not_an_address_is_passed_over() -> None:
    found = eligibility(Node("n1", addresses=(("InternalIP", "bogus"), ("InternalIP", "169.254.1.1"), FOUR)))
    assert found.addresses[IPV4].places == [("10.0.0.1", "n1")]


def test_two_nodes_with_one_address() -> None:
    found = eligibility(Node("n2", addresses=(FOUR,)), Node("n1", addresses=(FOUR,))).addresses[IPV4]
    assert found.shared and found.places == [("10.0.0.1", "n1"), ("10.0.0.1", "n2")]


def test_the_result_is_kept_for_sources_with_the_same_options() -> None:
    snapshot = Snapshot(nodes={"n1": Node("n1")})
    one, two = Source("default", "web"), Source("default", "api", path="pools[1]")
    assert nodes.eligibility(snapshot, one) is nodes.eligibility(snapshot, two)
    excluding = Source("default", "web", exclude_nodes=("n1",))
    assert nodes.eligibility(snapshot, excluding).names == frozenset()


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("InternalIP", "2001:db8:0::1", True),
        ("ExternalIP", "2001:db8::1", True),
        ("Hostname", "2001:db8::1", False),
        ("InternalIP", "2001:db8::2", False),
        ("InternalIP", "x", False),
    ],
)
def test_has_address(kind: str, text: str, expected: bool) -> None:
    assert nodes.has_address(Node("n1", addresses=((kind, text),)), "2001:db8::1") is expected
