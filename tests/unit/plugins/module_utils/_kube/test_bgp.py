# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster's side of BGP. tests/unit/plugins/modules/test_pod_bgp.py has whole runs."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bgp.changes import ObjectWrite
from ansible_collections.vks.bigip.plugins.module_utils._bgp.model import Cluster
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube.bgp import BgpCluster
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, listing
from ansible_collections.vks.bigip.tests.unit.support.kube import status as status_of_kube
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import OWNER, calico
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import thing as stored
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp_module import (
    DAEMON_SETS,
    NAME,
    RBAC,
    SECRETS,
    V1,
    V3,
    bgp_peer,
    daemon_set,
    missing,
    node_status,
    statuses,
    thing,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

NO_SECRET = missing(f"{SECRETS}/{NAME}")
DENIED = Exchange("GET", f"{SECRETS}/{NAME}", 403, json=status_of_kube(403, "no"))
PEERS, CONFIGURATIONS = listing(f"{V1}/bgppeers", bgp_peer()), listing(f"{V1}/bgpconfigurations")
NO_KIND = [missing(f"{group}/bgppeers?limit=500") for group in (V1, V3)]
PEER_PATH = f"{V1}/bgppeers?fieldManager=vks.bigip"


def run(script: list[Exchange], work: Callable[[BgpCluster], Any]) -> Any:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        try:
            return work(BgpCluster(client))
        finally:
            client.close()


def read(script: list[Exchange], present: bool = True, password: bool = False) -> Cluster | None:
    found: Cluster | None = run(script, lambda one: one.read(OWNER, present, password))
    return found


def test_calico() -> None:
    script = [daemon_set(serviceAccountName="calico-node"), PEERS, CONFIGURATIONS, statuses(node_status("n1", "Established"))]
    found = read([*script, NO_SECRET])
    assert found is not None and (found.cni, found.group, found.account) == ("calico", "crd.projectcalico.org/v1", "calico-node")
    assert [one.kind for one in found.objects] == ["BGPPeer", "CalicoNodeStatus"] and found.secret == {}
    assert found.statuses is not None and found.statuses[0].states == {"198.18.255.251": "Established"}


def test_a_cluster_without_reports() -> None:
    found = read([daemon_set(), PEERS, CONFIGURATIONS, missing(f"{V1}/caliconodestatuses?limit=500"), NO_SECRET])
    assert found is not None and found.statuses is None


def test_the_secret_and_the_right_to_read_it() -> None:
    secret = Exchange("GET", f"{SECRETS}/{NAME}", json=thing(NAME, data={"password": "d29yZA=="}))
    rbac = [Exchange("GET", f"{RBAC}/roles/{NAME}", json=thing(NAME, rules=[])), missing(f"{RBAC}/rolebindings/{NAME}")]
    found = read([daemon_set(), PEERS, CONFIGURATIONS, statuses(), secret, *rbac])
    assert found is not None and found.secret == {"password": "word"}
    assert [(one.kind, dict(one.content)) for one in found.objects[1:]] == [("Secret", {}), ("Role", {"rules": []})]


def test_without_a_password_the_secret_may_be_forbidden() -> None:
    script = [daemon_set(), PEERS, CONFIGURATIONS, statuses(), DENIED]
    found = read(script)
    assert found is not None and found.unread
    with pytest.raises(Failure, match="Reading Secret kube-system"):
        read(script, password=True)


STRANGE = {"metadata": {"name": "calico-node", "namespace": "team"}}


@pytest.mark.parametrize(
    "script",
    [[listing(DAEMON_SETS)], [listing(DAEMON_SETS, STRANGE)], [daemon_set("cilium")], [daemon_set(), *NO_KIND]],
    ids=["none", "of a user", "another", "without the kind"],
)
def test_a_cni_without_bgp(script: list[Exchange]) -> None:
    assert read(script, present=False) is None
    with pytest.raises(Failure) as raised:
        read(script)
    assert raised.value.code == "bgp_cni_unsupported"


CREATE = ObjectWrite("BGPPeer", "p", None, {"metadata": {"name": "p", "annotations": {"vks.bigip/owner": OWNER}}})
EXISTS = Exchange("POST", PEER_PATH, 409, json=status_of_kube(409, "exists"))
OWN, FOREIGN = ({"metadata": {"name": "p", "annotations": {"vks.bigip/owner": owner}}} for owner in (OWNER, "green"))


def test_writes() -> None:
    changed = ObjectWrite("BGPPeer", "p", stored("BGPPeer", "p"), {"spec": {}})
    removed = ObjectWrite("Secret", "s", stored("Secret", "s"), None)
    script = [
        Exchange("POST", PEER_PATH, 201, json={}),
        Exchange("PATCH", f"{V1}/bgppeers/p?fieldManager=vks.bigip", json={}),
        Exchange("DELETE", f"{SECRETS}/s", json={}),
    ]
    run(script, lambda one: [one.write(calico(), write) for write in (CREATE, changed, removed)])


def test_an_object_that_a_lost_request_has_created() -> None:
    lost = Exchange("POST", PEER_PATH, drop=True)
    run([lost, EXISTS, Exchange("GET", f"{V1}/bgppeers/p", json=OWN)], lambda one: one.write(calico(), CREATE))
    with pytest.raises(Failure) as raised:
        run([EXISTS, Exchange("GET", f"{V1}/bgppeers/p", json=FOREIGN)], lambda one: one.write(calico(), CREATE))
    assert raised.value.code == "kubernetes_conflict" and "Creating BGPPeer p" in raised.value.message


def test_the_right_that_is_missing() -> None:
    denied = Exchange("DELETE", f"{SECRETS}/s", 403, json=status_of_kube(403, "no"))
    with pytest.raises(Failure, match="Deleting Secret s.*Role in namespace kube-system"):
        run([denied], lambda one: one.write(calico(), ObjectWrite("Secret", "s", stored("Secret", "s"), None)))


def test_clock_and_statuses() -> None:
    def work(one: BgpCluster) -> Any:
        return one.statuses(calico()), one.deadline.seconds, one.time > 0

    found, seconds, is_known = run([statuses(node_status("n1", "Active"))], work)
    assert [one.node for one in found] == ["n1"] and seconds == 60.0 and is_known
