# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes of the cluster's objects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bgp import changes
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import NAME, OWNER, antrea, calico, node, peer, report, thing, wish

N1 = node("n1", "198.18.0.1", pool="a")
PEER = thing("BGPPeer", f"{NAME}-198.18.255.251", spec={"peerIP": "198.18.255.251", "asNumber": 64513, "added": "by the server"})
STATUS = thing("CalicoNodeStatus", f"{NAME}-n1", spec={"node": "n1", "classes": ["BGP"], "updatePeriodSeconds": 10})
OLD_PEER = thing("BGPPeer", f"{NAME}-198.18.255.9", spec={"peerIP": "198.18.255.9", "asNumber": 64513})
OLD_STATUS = thing("CalicoNodeStatus", f"{NAME}-gone", spec={"node": "gone"})
FOREIGN = thing("BGPPeer", "router", None, spec={"peerIP": "10.0.0.1"})
KEY = "vks.bigip/password-a1b2c3d4"


def rows(found: changes.ObjectPlan) -> list[tuple[str, str, str]]:
    return [(row.action, row.kind, row.name.removeprefix(f"{NAME}-")) for row in found.rows]


def present(cluster: Any, prune: bool = True, complete: bool = True, **more: Any) -> changes.ObjectPlan:
    return changes.present(cluster, wish(N1, **more), prune, complete)


def test_nothing_changes_what_is_as_wanted() -> None:
    found = present(calico(PEER, STATUS, FOREIGN))
    assert rows(found) == [("kept", "BGPPeer", "198.18.255.251"), ("kept", "CalicoNodeStatus", "n1")] and found.writes == ()


def test_created() -> None:
    peer_write, _status = present(calico(FOREIGN)).writes
    metadata = {"name": f"{NAME}-198.18.255.251", "labels": {"app.kubernetes.io/managed-by": "vks.bigip"}, "annotations": {"vks.bigip/owner": OWNER}}
    assert peer_write.body == {"metadata": metadata, "spec": {"peerIP": "198.18.255.251", "asNumber": 64513}}


def test_changed() -> None:
    (write,) = present(calico(PEER, STATUS), bigip_as_number=65000).writes
    assert write.before is PEER and write.body is not None
    assert write.body["metadata"] == {"resourceVersion": "7", "annotations": {"vks.bigip/owner": OWNER}}
    assert write.body["spec"] == {"peerIP": "198.18.255.251", "asNumber": 65000, "nodeSelector": None, "password": None}


def test_a_status_is_changed_in_any_version() -> None:
    """calico-node writes it all the time, so its version would be old by now."""
    changed = thing("CalicoNodeStatus", f"{NAME}-n1", spec={"node": "n1", "classes": ["BGP"], "updatePeriodSeconds": 60})
    (write,) = present(calico(PEER, changed)).writes
    assert write.body is not None and write.body["metadata"] == {"annotations": {"vks.bigip/owner": OWNER}}


def test_removed_at_the_end() -> None:
    found = present(calico(OLD_STATUS, OLD_PEER, PEER, STATUS))
    assert rows(found)[2:] == [("removed", "BGPPeer", "198.18.255.9"), ("removed", "CalicoNodeStatus", "gone")]
    assert [write.body for write in found.writes] == [None, None]


def test_kept_without_prune_or_if_a_unit_was_not_read() -> None:
    cluster = calico(OLD_STATUS, OLD_PEER, PEER, STATUS)
    kept = present(cluster, prune=False)
    assert kept.writes == () and [row.stale for row in kept.rows] == [False, False, True, True]
    assert rows(present(cluster, complete=False))[2:] == [("kept", "BGPPeer", "198.18.255.9"), ("removed", "CalicoNodeStatus", "gone")]


@pytest.mark.parametrize("owner", [None, "green"])
def test_a_name_of_another_owner(owner: str | None) -> None:
    with pytest.raises(Failure) as raised:
        present(calico(thing("BGPPeer", f"{NAME}-198.18.255.251", owner)))
    assert raised.value.code == "bgp_object_conflict" and (owner or "no owner") in raised.value.message


def test_the_secret_is_compared_by_value_and_name() -> None:
    secret = thing("Secret", NAME, annotations={KEY: "0a"})
    more = {"password": "word", "version": "0a"}
    first = [row for row in present(calico(secret, password="word"), **more).rows if row.kind == "Secret"]
    other = [row for row in present(calico(secret, password="old"), **more).rows if row.kind == "Secret"]
    assert [row.action for row in (*first, *other)] == ["kept", "changed"]


def test_without_a_password_the_secret_is_removed() -> None:
    objects = [thing(kind, NAME) for kind in ("Secret", "Role", "RoleBinding")]
    found = present(calico(PEER, STATUS, *objects, password="word"))
    assert rows(found)[2:] == [("removed", kind, NAME) for kind in ("Role", "RoleBinding", "Secret")]


BGP_PEER = {"address": "198.18.255.251", "asn": 64513, "port": 179}
POLICY = thing("BGPPolicy", NAME, spec={"nodeSelector": {}, "localASN": 64512, "advertisements": {"pod": {}}, "bgpPeers": [BGP_PEER]})
SHARED = thing("Secret", "antrea-bgp-passwords", None, annotations={KEY: "0a"})


def test_antrea() -> None:
    assert rows(present(antrea(POLICY))) == [("kept", "BGPPolicy", NAME)]
    (write,) = present(antrea()).writes
    assert write.body is not None and write.body["spec"]["nodeSelector"] == {}
    later = thing("BGPPolicy", "other", None, created="2026-11-29T11:00:00Z", spec={"nodeSelector": {}})
    assert present(antrea(POLICY, later)).writes == ()
    assert present(antrea(POLICY), password="word", version="0a").rows[0].action == "created"


def test_the_passwords_of_other_peers_stay() -> None:
    cluster = antrea(SHARED, POLICY, secret={"198.18.255.251-64513": "word", "10.0.0.1-1": "x"})
    (write,) = present(cluster).writes
    assert write.kind == "Secret" and write.body == {"metadata": {"annotations": {KEY: None}}, "data": {"198.18.255.251-64513": None}}
    kept = present(cluster, password="word", version="0a")
    assert kept.writes == () and not any(row.action == "removed" for row in kept.rows)
    removed = changes.absent(cluster, OWNER)
    assert [(row.action, row.kind) for row in removed.rows] == [("changed", "Secret"), ("removed", "BGPPolicy")]


def test_antrea_has_no_password_for_ipv6() -> None:
    """The keys of a Secret contain no colon."""
    peers = (peer("198.18.255.251"), peer("2001:db8:18::251"))
    assert present(antrea(), peers=peers).writes
    former = thing("BGPPolicy", NAME, spec={"bgpPeers": [{"address": "2001:db8:18::251", "asn": 64513}]})
    for cluster, more in ((antrea(), {"peers": peers}), (antrea(former), {"complete": False})):
        with pytest.raises(Failure, match="password: Antrea cannot have a password for the IPv6 peer 2001:db8:18::251") as raised:
            present(cluster, password="word", version="0a", **more)
        assert raised.value.code == "options"


def test_the_peers_of_a_unit_that_was_not_read_stay_in_the_policy() -> None:
    found = present(antrea(POLICY), peers=(peer("198.18.255.252"),), complete=False)
    (write,) = found.writes
    assert write.body is not None and [one["address"] for one in write.body["spec"]["bgpPeers"]] == ["198.18.255.252", "198.18.255.251"]


@pytest.mark.parametrize(
    ("selector", "conflicts"),
    [
        ({}, True),
        ({"matchLabels": {"pool": "a"}}, True),
        ({"matchLabels": {"pool": "b"}}, False),
        ({"matchExpressions": [{"key": "pool", "operator": "In", "values": ["a", "b"]}]}, True),
        ({"matchExpressions": [{"key": "pool", "operator": "NotIn", "values": ["a"]}]}, False),
        ({"matchExpressions": [{"key": "pool", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "pool", "operator": "DoesNotExist"}]}, False),
    ],
)
def test_an_older_policy_of_another_owner(selector: dict[str, Any], conflicts: bool) -> None:
    assert changes.selects(selector, N1.labels) is conflicts
    cluster = antrea(thing("BGPPolicy", "other", None, created="2026-11-28T00:00:00Z", spec={"nodeSelector": selector}))
    if not conflicts:
        assert present(cluster).writes
        return
    with pytest.raises(Failure, match="BGPPolicy other of another owner selects node n1") as raised:
        present(cluster)
    assert raised.value.code == "bgp_object_conflict"
    changes.present(cluster, wish(N1, excluded=frozenset({"n1"})), True, True)


def test_absent() -> None:
    configuration = thing("BGPConfiguration", "default", spec={"asNumber": 65000})
    found = changes.absent(calico(configuration, PEER, STATUS, statuses=(report("n1", 1.0),)), OWNER)
    assert [(row.action, row.kind) for row in found.rows] == [("removed", kind) for kind in ("CalicoNodeStatus", "BGPPeer", "BGPConfiguration")]
    kept = changes.absent(calico(configuration, PEER, FOREIGN), OWNER)
    assert rows(kept)[-1] == ("kept", "BGPConfiguration", "default") and "router" in kept.warnings[0]
    assert changes.absent(calico(FOREIGN, thing("BGPPeer", "x", "green")), OWNER).rows == ()


@pytest.mark.parametrize("spec", [{"asNumber": 65000}, {"asNumber": 64512}, {"asNumber": 65000, "nodeToNodeMeshEnabled": False}, {}])
def test_a_run_keeps_an_existing_configuration_as_it_is(spec: dict[str, Any]) -> None:
    """Its number is the one of the run (guards.py). An administrator may have added more."""
    configuration = thing("BGPConfiguration", "default", spec=spec)
    found = present(calico(configuration, PEER, STATUS), as_number=spec.get("asNumber", 64512))
    assert found.writes == () and ("kept", "BGPConfiguration", "default") in rows(found)


def test_a_configuration_that_others_changed_stays() -> None:
    configuration = replace(thing("BGPConfiguration", "default", spec={"asNumber": 65000}), editors=("kubectl-edit",))
    kept = changes.absent(calico(configuration, PEER), OWNER)
    assert rows(kept)[-1] == ("kept", "BGPConfiguration", "default")
    assert kept.warnings == ("BGPConfiguration default stays, because kubectl-edit changed it.",)


@pytest.mark.parametrize(
    ("wanted", "stored", "expected"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": None}, {"b": 2}, True),
        ({"a": None}, {"a": 0}, False),
        ({"a": {}}, {}, False),
        ({"a": {}}, {"a": {"b": 1}}, True),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}]}, True),
        ({"a": [1]}, {"a": [1, 2]}, False),
        ({"a": [1]}, {"a": "1"}, False),
        ({"a": 1}, None, False),
    ],
)
def test_covers(wanted: Any, stored: Any, expected: bool) -> None:
    assert changes.covers(wanted, stored) is expected


def test_the_number_of_a_configuration() -> None:
    assert changes.cluster_number(thing("BGPConfiguration", "default", spec={"asNumber": 65000})) == 65000
    assert changes.cluster_number(thing("BGPConfiguration", "default", spec={})) == 64512
    assert changes.without_none({"a": None, "b": {"c": None, "d": 1}}) == {"b": {"d": 1}}
