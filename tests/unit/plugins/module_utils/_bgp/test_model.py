# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of pod_bgp."""

from __future__ import annotations

from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import calico, node, speaker, thing


def test_a_node_is_selected_by_its_label() -> None:
    assert node("n1").hostname == "n1"
    assert node("n1", **{"kubernetes.io/hostname": "host-1"}).hostname == "host-1"


def test_the_name_of_an_instance() -> None:
    instance = speaker().instance
    assert instance is not None and instance.name == "vks-bgp"


def test_objects_are_found_by_kind_and_name() -> None:
    peer, other = thing("BGPPeer", "a"), thing("BGPConfiguration", "a")
    cluster = calico(peer, other)
    assert cluster.find("BGPPeer", "a") is peer and cluster.find("BGPPeer", "b") is None
    assert cluster.of_kind("BGPConfiguration") == [other]
