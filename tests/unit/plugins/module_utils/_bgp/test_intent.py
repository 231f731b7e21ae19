# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a run, from what both sides have."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bgp import intent
from ansible_collections.vks.bigip.plugins.module_utils._bgp.intent import Seen
from ansible_collections.vks.bigip.plugins.module_utils._bgp.options import PodBgpOptions
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import OWNER, antrea, calico, node, own, speaker, thing, unit

N1, N2 = node("n1", "198.18.0.1"), node("n2", "198.18.0.2", "2001:db8::2")
OPTIONS = PodBgpOptions(bigip_as_number=64513)


def seen(*speakers: Any, cluster: Any = None, **more: Any) -> Seen:
    self_ips = tuple(one.self_ips for one in speakers)
    return Seen(OWNER, (N1, N2), cluster or calico(), more.pop("self_ips", self_ips), speakers, **more)


def test_both_sides_fit_together() -> None:
    found = intent.present(seen(speaker(instance=None)), OPTIONS, lambda: "0a")
    assert [str(one.address) for one in found.peers] == ["198.18.255.251"] and found.changes
    assert (found.as_number, found.bigip_as_number) == (64512, 64513)
    assert [str(write.address) for write in found.plans[0].writes] == ["198.18.0.1", "198.18.0.2"]
    assert [write.kind for write in found.objects.writes] == ["BGPPeer", "CalicoNodeStatus", "CalicoNodeStatus"]


def test_the_password_has_one_name_on_both_sides() -> None:
    found = intent.present(seen(speaker(own("198.18.0.1", "n1"))), PodBgpOptions(password="word", bigip_as_number=64513), lambda: "0a")
    assert all(write.sets_password for write in found.plans[0].writes)
    (secret,) = [write for write in found.objects.writes if write.kind == "Secret"]
    assert secret.body is not None and secret.body["metadata"]["annotations"]["vks.bigip/password-a1b2c3d4"] == "0a"


def test_mode_external_needs_no_bigip() -> None:
    options = PodBgpOptions(mode="external", peers=("198.18.255.9",), bigip_as_number=64513)
    found = intent.present(seen(), options, str)
    assert found.plans == () and [(str(one.address), one.unit) for one in found.peers] == [("198.18.255.9", None)]
    assert [str(one.address) for one in found.wanted.neighbors] == ["198.18.0.1", "198.18.0.2"]


def test_given_peers_must_be_connected() -> None:
    options = PodBgpOptions(peers=("10.0.0.1",), mode="external")
    with pytest.raises(Failure, match="has no self IP in the network"):
        intent.present(seen(self_ips=(unit("10.0.0.1/24"),)), options, str)


@pytest.mark.parametrize(
    ("state", "options", "code"),
    [
        (seen(speaker(switch="disable")), OPTIONS, "tmos_routing_off"),
        (seen(speaker(), cluster=calico(thing("BGPConfiguration", "default", None, spec={"asNumber": 1}))), PodBgpOptions(as_number=2), "as_number_conflict"),
        (seen(speaker(local_as=5)), OPTIONS, "as_number_conflict"),
        (seen(speaker(own("198.18.0.8", "n8"), own("198.18.0.9", "n9"))), OPTIONS, "max_removed_percent"),
        (seen(speaker()), PodBgpOptions(exclude_nodes=("n1", "n2")), "options"),
    ],
)
def test_refused(state: Seen, options: PodBgpOptions, code: str) -> None:
    with pytest.raises(Failure) as raised:
        intent.present(state, options, str)
    assert raised.value.code == code


@pytest.mark.parametrize(("complete", "peers", "action"), [(True, None, "removed"), (False, None, "kept"), (False, ("198.18.255.251",), "removed")])
def test_peers_of_an_unknown_unit_stay(complete: bool, peers: Any, action: str) -> None:
    old = thing("BGPPeer", "old", spec={"peerIP": "198.18.255.252"})
    found = intent.present(seen(speaker(), cluster=calico(old), complete=complete), PodBgpOptions(peers=peers), str)
    assert [row.action for row in found.objects.rows if row.name == "old"] == [action]


def test_absent() -> None:
    found = intent.absent(seen(speaker(own("198.18.0.1", "n1")), cluster=antrea(thing("BGPPolicy", "p"))), PodBgpOptions(state="absent"))
    assert found.plans[0].removes and [write.name for write in found.objects.writes] == ["p"]
    assert not intent.absent(Seen(OWNER), PodBgpOptions(state="absent")).changes
