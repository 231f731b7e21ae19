# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes that may get traffic under their own addresses."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members import nodes
from ansible_collections.vks.bigip.plugins.module_utils._members.addresses import IPV4, IPV6
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Node, Snapshot
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source

FOUR, SIX = ("InternalIP", "10.0.0.1"), ("InternalIP", "2001:db8::1")


def standing(*given: Node, **options: Any) -> nodes.Standing:
    return nodes.standing(
        Snapshot(nodes={node.name: node for node in given}), Source("default", "web", **options)
    )


UNFIT: dict[str, tuple[Node, dict[str, Any], str]] = {
    "excluded": (Node("n1"), {"exclude_nodes": ("n1",)}, "node_excluded"),
    "not selected": (Node("n1"), {"node_label_selector": "a=b"}, "node_not_selected"),
    "label": (Node("n1", labels={nodes.EXCLUDE_LABEL: ""}), {}, "node_label_excluded"),
    "taint": (Node("n1", taints=frozenset({nodes.DELETION_TAINT})), {}, "node_being_deleted"),
    "not ready": (Node("n1", ready=False), {}, "node_not_ready"),
    "cordoned": (Node("n1", unschedulable=True), {"include_unschedulable": False}, "node_unschedulable"),
}


@pytest.mark.parametrize(("node", "options", "reason"), UNFIT.values(), ids=UNFIT)
def test_unfit(node: Node, options: dict[str, Any], reason: str) -> None:
    found = standing(node, Node("n2", labels={"a": "b"}), **options)
    assert found.names == {"n2"} and [(one.name, one.reason) for one in found.unfit] == [("n1", reason)]


def test_a_cordoned_node_counts_by_default() -> None:
    assert standing(Node("n1", unschedulable=True)).names == {"n1"}


def test_addresses() -> None:
    found = standing(
        Node("n2", addresses=(FOUR, SIX)),
        Node("n1", addresses=(("Hostname", "n1"), ("InternalIP", "10.0.0.9"))),
        Node("n3", addresses=(("ExternalIP", "192.0.2.3"),)),
    ).addresses
    assert found[IPV4].places == [("10.0.0.1", "n2"), ("10.0.0.9", "n1")]
    assert found[IPV6].places == [("2001:db8::1", "n2")]
    (missing,) = found[IPV4].missing
    assert (missing.name, missing.reason) == ("n3", "node_without_address")
    assert "Node n3 has no IPv4 InternalIP; it has ExternalIP 192.0.2.3." in missing.message
    assert not found[IPV4].shared


def test_two_nodes_with_one_address() -> None:
    assert standing(Node("n1", addresses=(FOUR,)), Node("n2", addresses=(FOUR,))).addresses[IPV4].shared


def test_the_result_is_kept_for_sources_with_the_same_options() -> None:
    snapshot = Snapshot(nodes={"n1": Node("n1")})
    one, two = Source("default", "web"), Source("default", "api", path="pools[1]")
    assert nodes.standing(snapshot, one) is nodes.standing(snapshot, two)
    excluding = Source("default", "web", exclude_nodes=("n1",))
    assert nodes.standing(snapshot, excluding).names == frozenset()


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
