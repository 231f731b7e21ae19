# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pod_bgp, where a part of a run fails, with two units, and with passwords."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import bgp_changes, group_sync, transport
from ansible_collections.vks.bigip.plugins.module_utils._kube import client
from ansible_collections.vks.bigip.plugins.module_utils._run import pod_bgp
from ansible_collections.vks.bigip.tests.unit.support.kube import status as status_of_kube
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp_module import (
    BY,
    DEVICE,
    LOGIN,
    LOGOUT,
    N1,
    N2,
    NAME,
    NEIGHBORS,
    O1,
    O2,
    RBAC,
    SAVE,
    SAVED,
    SECRETS,
    UID,
    UP,
    V1,
    Sent,
    actions,
    bgp_peer,
    bigip,
    cluster,
    instance,
    instances,
    mark,
    missing,
    neighbor,
    node_status,
    run,
    self_ips,
    status,
    statuses,
    thing,
    written,
)
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange

ADDED = Exchange("POST", NEIGHBORS, json={})
DOWN = [node_status("n1", "Established"), node_status("n2", "Active")]
SELF = "/mgmt/tm/net/self"


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The task asks once for the sessions, and once for a lost change."""
    for module, name, value in ((group_sync, "_PATIENCE", 0.0), (bgp_changes, "_PATIENCE", 0.0), (pod_bgp, "_TO_REPORT", 1e6)):
        monkeypatch.setattr(module, name, value)


def failed(result: Result, code: str, *words: str) -> None:
    assert result["failed"] and result["failure"]["code"] == code, result["msg"]
    assert [word for word in words if word not in result["msg"]] == []


# -- sessions --------------------------------------------------------------------------------------------------------


def test_a_session_that_is_not_established() -> None:
    """The error names the node, the peer, the state, what BIG-IP's own configuration shows, and what to check."""
    closed = Exchange("GET", SELF, json={"items": [{"fullPath": "/Common/s", "address": "198.18.255.251/16", "allowService": ["tcp:443"]}]})
    disabled = neighbor("198.18.0.2", mark("n2"), enabled="false")
    result = run(cluster(N1, N2, peers=[bgp_peer()], reports=DOWN), [*bigip(instance(O1, disabled)), closed, LOGOUT])
    failed(result, "bgp_not_established", "node n2 with 198.18.255.251", "is Active", "self IP /Common/s", "does not allow TCP 179", "198.18.0.2", "disabled")
    failed(result, "bgp_not_established", "TCP 179 in the firewall", "Routing Bundle", "64512 of the nodes, 64513 of BIG-IP")
    assert result["established"] is False and not result["changed"] and "in_place" not in result["failure"]
    assert [(one["node"], one["peer"], one["state"]) for one in result["failure"]["sessions"]] == [("n2", "198.18.255.251", "Active")]


def test_what_was_changed_before_is_reported() -> None:
    of_cluster = [*cluster(N1, N2, peers=[bgp_peer()], reports=UP), statuses(*DOWN)]
    script = [*bigip(instance(O1)), ADDED, SAVED, status(), self_ips("198.18.255.251/16"), LOGOUT]
    result = run(of_cluster, script)
    failed(result, "bgp_not_established", "1 of 1 changes are in place, saved.")
    assert result["changed"] and result["saved"] and result["failure"]["saved"] is True
    assert [text.rpartition(" ")[2] for text in result["failure"]["in_place"]] == ["198.18.0.2"]


def test_without_wait_it_is_a_warning() -> None:
    result = run(cluster(N1, N2, peers=[bgp_peer()], reports=DOWN), [*bigip(instance(O1, O2)), LOGOUT], wait=False)
    assert "failed" not in result and result["established"] is False
    assert result["warnings"] == ["1 session is not established: that of node n2 with 198.18.255.251 is Active."]


def test_an_old_report_proves_nothing() -> None:
    old = [UP[0], node_status("n2", "Established", updated="2026-11-29T10:00:00Z")]
    result = run(cluster(N1, N2, peers=[bgp_peer()], reports=old), [*bigip(instance(O1, O2)), self_ips("198.18.255.251/16"), LOGOUT])
    failed(result, "bgp_not_established", "node n2", "is unknown", "calico_backend")


def test_a_report_that_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pod_bgp, "_TO_REPORT", 0.0)
    of_cluster = [*cluster(N1, N2, peers=[bgp_peer()], reports=DOWN), statuses(*DOWN), statuses(*UP)]
    assert run(of_cluster, [*bigip(instance(O1, O2)), LOGOUT])["established"] is True


# -- a write that fails ----------------------------------------------------------------------------------------------


def test_a_neighbor_that_bigip_refuses() -> None:
    refused = Exchange("POST", NEIGHBORS, 400, json={"message": "01070734:3: no"})
    sent = Sent()
    result = run(cluster(N1, N2, peers=[bgp_peer()], reports=UP), [*bigip(instance(O1)), refused, instances(instance(O1)), LOGOUT], sent=sent)
    failed(result, "bigip_refused", "01070734:3: no", "Nothing of this was changed.")
    assert "neighbors" not in result and len(sent.writes) == 1


def test_an_object_that_the_cluster_refuses() -> None:
    """BIG-IP was changed before: the result has both."""
    denied = Exchange("POST", f"{V1}/bgppeers{BY}", 403, json=status_of_kube(403, "no"))
    script = [*bigip(instance(O1)), ADDED, SAVED, status(), LOGOUT]
    result = run([*cluster(N1, N2, reports=UP), denied], script)
    failed(result, "kubernetes_forbidden", "Creating BGPPeer", "1 of 2 changes are in place, saved.")
    assert result["changed"] and actions(result)["198.18.0.2"] == "added" and written(result) == [("failed", "BGPPeer")]
    assert result["counts"]["objects_written"] == 0 and result["diff"]["after"]["objects"] == {}


def test_a_save_that_fails() -> None:
    refused = Exchange("POST", SAVE, 500, json={"message": "disk"})
    sent = Sent()
    result = run(cluster(N1, N2, reports=UP), [*bigip(instance(O1)), ADDED, refused, LOGOUT], sent=sent)
    failed(result, "save_failed", "disk", "1 of 2 changes are in place, not saved.")
    assert result["changed"] and not result["saved"] and len(sent.writes) == 2


def test_a_device_group_that_does_not_exist() -> None:
    group = Exchange("GET", "/mgmt/tm/cm/device-group/~Common~x", 404, json={"message": "not found"})
    for check in (False, True):
        sent = Sent()
        result = run(cluster(N1, N2, reports=UP), [*bigip(instance(O1)), group, LOGOUT], sent=sent, check=check, sync_to_group="x")
        failed(result, "options", "sync_to_group: x")
        assert sent.writes == []


@pytest.mark.parametrize("check", [False, True], ids=["run", "check mode"])
def test_the_status_of_the_group_without_a_change(check: bool) -> None:
    script = [*bigip(instance(O1)), status("Changes Pending"), LOGOUT]
    result = run(cluster(N1, peers=[bgp_peer()], reports=UP[:1]), script, check=check, sync_to_group="/Common/pair")
    assert result["sync"]["status"] == "Changes Pending" and "tmsh run cm config-sync to-group /Common/pair" in result["warnings"][0]


def test_a_config_sync_that_fails() -> None:
    group = Exchange("GET", "/mgmt/tm/cm/device-group/~Common~pair", json={})
    refused = Exchange("POST", "/mgmt/tm/cm/config-sync", 400, json={"message": "no"})
    result = run(cluster(N1, N2, reports=UP), [*bigip(instance(O1)), group, ADDED, SAVED, refused, LOGOUT], sync_to_group="pair")
    failed(result, "sync_failed", "1 of 2 changes are in place, saved.")


# -- two units -------------------------------------------------------------------------------------------------------


SECOND = "198.18.255.252/16"
PAIR_PEERS = [bgp_peer(), bgp_peer("198.18.255.252")]
BOTH_UP = [node_status("n1", "Established", "Established")]
ACTIVE = Exchange("GET", DEVICE, json={"items": [{"name": "own", "selfDevice": "true", "failoverState": "active"}]})


def test_both_units_get_the_same_neighbors() -> None:
    sent = Sent()
    first = [*bigip(alone=False), LOGIN, Exchange("POST", "/mgmt/tm/net/routing/bgp", json={}), ADDED, SAVED, LOGIN, ACTIVE, status("In Sync"), LOGOUT, LOGOUT]
    second = [*bigip(instance(local_as=64513), own=SECOND, alone=False), LOGIN, ADDED, SAVED, LOGOUT]
    of_cluster = [*cluster(N1, peers=PAIR_PEERS, reports=BOTH_UP), statuses(*BOTH_UP)]
    result = run(of_cluster, first, second, sent=sent)
    assert result["changed"] and [one["action"] for one in result["neighbors"]] == ["added", "added"]
    assert [one["action"] for one in result["instances"]] == ["added", "kept"] and len({one["unit"] for one in result["neighbors"]}) == 2
    assert [one["address"] for one in result["peers"]] == ["198.18.255.251", "198.18.255.252"] and result["established"] is True
    assert result["requests"]["bigip"] == 26


def test_a_pair_without_changes() -> None:
    units = [bigip(instance(O1), alone=False), bigip(instance(O1), own=SECOND, alone=False)]
    result = run(cluster(N1, peers=PAIR_PEERS, reports=BOTH_UP), *units)
    assert not result["changed"] and result["requests"] == {"bigip": 13, "kubernetes": 7}


def test_a_standby_without_a_self_ip() -> None:
    sent = Sent()
    result = run(cluster(N1), bigip(alone=False), bigip(own="10.0.0.2/24", alone=False), sent=sent)
    failed(result, "gateway_not_connected", "has no self IP in the network")
    assert sent.writes == []


# -- passwords -------------------------------------------------------------------------------------------------------


KEY, WORD, OLD = "vks.bigip/password-a1b2c3d4", "word-of-the-sessions", "d29yZC1iZWZvcmU="
RIGHTS = [missing(f"{RBAC}/roles/{NAME}"), missing(f"{RBAC}/rolebindings/{NAME}")]
REFERENCE = {"secretKeyRef": {"name": NAME, "key": "password"}}


def secret(text: str | None) -> list[Exchange]:
    """text: its value as base64; None: there is none."""
    if text is None:
        return [missing(f"{SECRETS}/{NAME}"), *RIGHTS]
    return [Exchange("GET", f"{SECRETS}/{NAME}", json=thing(NAME, annotations={KEY: "0a1b2c3d"}, data={"password": text})), *RIGHTS]


def test_a_new_password() -> None:
    """The neighbors and the Secret have one name for it. No result has the password."""
    sent = Sent()
    objects = [Exchange("POST", f"{path}{BY}", 201, json={}) for path in (f"{RBAC}/roles", f"{RBAC}/rolebindings", SECRETS)]
    patched = Exchange("PATCH", f"{V1}/bgppeers/{NAME}-198.18.255.251{BY}", json={})
    of_cluster = [*cluster(N1, peers=[bgp_peer()], reports=UP[:1], secret=secret(None)), *objects, patched, statuses(*UP[:1])]
    script = [*bigip(instance(O1)), Exchange("PATCH", f"{NEIGHBORS}/198.18.0.1", json={}), SAVED, status(), LOGOUT]
    result = run(of_cluster, script, sent=sent, password=WORD)
    bodies = [body for _method, _path, body in sent.writes]
    name = bodies[4]["metadata"]["annotations"][KEY]
    assert len(name) == 8 and bodies[0]["password"] == WORD and bodies[0]["description"] == f"{mark('n1')} password={name}"
    assert bodies[4]["stringData"] == {"password": WORD} and bodies[5]["spec"]["password"] == REFERENCE
    assert WORD not in result.stdout and name not in str(result["diff"])
    assert actions(result) == {"198.18.0.1": "changed"}


def test_the_same_password_writes_nothing() -> None:
    with_password = neighbor("198.18.0.1", f"{mark('n1')} password=0a1b2c3d")
    peer = bgp_peer()
    peer["spec"]["password"] = REFERENCE
    role = {"rules": [{"apiGroups": [""], "resources": ["secrets"], "resourceNames": [NAME], "verbs": ["get", "list", "watch"]}]}
    account = {"kind": "ServiceAccount", "name": "default", "namespace": "kube-system"}
    binding = {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": NAME}, "subjects": [account]}
    rights = [Exchange("GET", f"{RBAC}/roles/{NAME}", json=thing(NAME, **role)), Exchange("GET", f"{RBAC}/rolebindings/{NAME}", json=thing(NAME, **binding))]
    given = [*secret("d29yZC1vZi10aGUtc2Vzc2lvbnM=")[:1], *rights]
    result = run(cluster(N1, peers=[peer], reports=UP[:1], secret=given), [*bigip(instance(with_password)), LOGOUT], password=WORD)
    assert not result["changed"] and WORD not in result.stdout


def test_the_former_password_is_hidden() -> None:
    result = run(cluster(N1, peers=[bgp_peer()], reports=UP[:1], secret=secret(OLD)), [*bigip(instance(O1)), LOGOUT], check=True, password=WORD)
    assert result["changed"] and "word-before" not in result.stdout and WORD not in result.stdout


# -- a removal -------------------------------------------------------------------------------------------------------


def test_a_cluster_that_does_not_exist_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "FIRST_TRIES", 1)
    removals = [Exchange("DELETE", path, json={}) for path in (f"{NEIGHBORS}/198.18.0.1", "/mgmt/tm/net/routing/bgp/~Common~vks-bgp")]
    script = [*bigip(instance(O1)), *removals]
    options: dict[str, Any] = {"state": "absent", "owner": UID, "host": "http://127.0.0.1:1"}
    result = run([], [*script, SAVED, status(), LOGOUT], **options)
    assert result["changed"] and result["cni"] is None and "The cluster does not answer, so its objects stay." in result["warnings"][0]
    del options["owner"]
    failed(run([], [], **options), "kubernetes_unreachable")
