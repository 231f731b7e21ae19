# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of the cluster as they should be."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bgp import objects
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import NAME, OWNER, antrea, calico, node, peer, report, thing, wish

N1, N2 = node("n1", "198.18.0.1"), node("n2", "198.18.0.2", **{"kubernetes.io/hostname": "host-2"})


def kinds(found: list[objects.WantedObject]) -> list[tuple[str, str]]:
    return [(one.kind, one.name) for one in found]


def content(found: list[objects.WantedObject], kind: str) -> Any:
    (one,) = [one for one in found if one.kind == kind]
    return one.content


def test_calico() -> None:
    found = objects.wanted(calico(), wish(N1, N2, peers=(peer("198.18.255.251"), peer("2001:db8::251"))))
    assert kinds(found) == [
        ("BGPPeer", f"{NAME}-198.18.255.251"),
        ("BGPPeer", f"{NAME}-2001-db8--251"),
        ("CalicoNodeStatus", f"{NAME}-n1"),
        ("CalicoNodeStatus", f"{NAME}-n2"),
    ]
    assert found[0].content == {"spec": {"peerIP": "198.18.255.251", "asNumber": 64513, "nodeSelector": None, "password": None}}
    assert found[2].content == {"spec": {"node": "n1", "classes": ["BGP"], "updatePeriodSeconds": 10}}


def test_a_password_of_calico() -> None:
    found = objects.wanted(calico(statuses=None), wish(N1, password="word", version="0a"))
    assert kinds(found) == [(kind, NAME) for kind in ("Role", "RoleBinding", "Secret")] + [("BGPPeer", f"{NAME}-198.18.255.251")]
    assert content(found, "Secret") == {"stringData": {"password": "word"}} and found[2].annotations == {"vks.bigip/password-a1b2c3d4": "0a"}
    assert content(found, "Role")["rules"][0]["resourceNames"] == [NAME]
    assert content(found, "RoleBinding")["subjects"] == [{"kind": "ServiceAccount", "name": "calico-node", "namespace": "kube-system"}]
    assert content(found, "BGPPeer")["spec"]["password"] == {"secretKeyRef": {"name": NAME, "key": "password"}}


def test_excluded_nodes() -> None:
    found = objects.wanted(calico(), wish(N1, N2, excluded=frozenset({"n2", "n9"})))
    assert content(found, "BGPPeer")["spec"]["nodeSelector"] == "kubernetes.io/hostname != 'host-2'"
    assert kinds(found)[1:] == [("CalicoNodeStatus", f"{NAME}-n1")]
    policy = content(objects.wanted(antrea(), wish(N1, N2, excluded=frozenset({"n1", "n2"}))), "BGPPolicy")
    term = {"key": "kubernetes.io/hostname", "operator": "NotIn", "values": ["host-2", "n1"]}
    assert policy["spec"]["nodeSelector"] == {"matchLabels": None, "matchExpressions": [term]}


def test_the_users_own_status_suffices() -> None:
    found = objects.wanted(calico(statuses=(report("n1", 1.0, None), report("n2", 1.0))), wish(N1, N2))
    assert kinds(found)[1:] == [("CalicoNodeStatus", f"{NAME}-n2")]


@pytest.mark.parametrize(
    ("existing", "number", "expected"),
    [
        ([], 64512, False),
        ([], 65000, True),
        ([thing("BGPConfiguration", "default", None, spec={"asNumber": 65000})], 65000, False),
        ([thing("BGPConfiguration", "default", spec={"asNumber": 65000})], 65000, False),
    ],
)
def test_a_configuration_is_created_for_another_number(existing: Any, number: int, expected: bool) -> None:
    found = objects.wanted(calico(*existing), wish(N1, as_number=number))
    assert (("BGPConfiguration", "default") in kinds(found)) is expected
    if expected:
        assert content(found, "BGPConfiguration") == {"spec": {"asNumber": number}}


def test_antrea() -> None:
    found = objects.wanted(antrea(), wish(N1, password="word", version="0a"))
    assert kinds(found) == [("Secret", "antrea-bgp-passwords"), ("BGPPolicy", NAME)]
    assert found[0].shared and content(found, "Secret") == {"stringData": {"198.18.255.251-64513": "word"}}
    spec = content(found, "BGPPolicy")["spec"]
    assert spec["bgpPeers"] == [{"address": "198.18.255.251", "asn": 64513}] and spec["localASN"] == 64512
    assert spec["advertisements"] == {"pod": {}}
    assert kinds(objects.wanted(antrea(), wish(N1))) == [("BGPPolicy", NAME)]


KEY = "vks.bigip/password-a1b2c3d4"
SECRET = thing("Secret", NAME, annotations={KEY: "0a"})
SHARED = thing("Secret", "antrea-bgp-passwords", None, annotations={KEY: "0a"})
POLICY = thing("BGPPolicy", NAME, spec={"bgpPeers": [{"address": "198.18.255.251", "asn": 64513}]})
VERSIONS: dict[str, tuple[Any, str | None, str]] = {
    "no password": (calico(SECRET, password="word"), None, ""),
    "first": (calico(), "word", "new"),
    "same": (calico(SECRET, password="word"), "word", "0a"),
    "changed": (calico(SECRET, password="other"), "word", "new"),
    "by another": (calico(thing("Secret", NAME), password="word"), "word", "new"),
    "Antrea, first": (antrea(), "word", "new"),
    "Antrea, same": (antrea(SHARED, POLICY, secret={"198.18.255.251-64513": "word", "10.0.0.1-1": "x"}), "word", "0a"),
    "Antrea, changed": (antrea(SHARED, POLICY, secret={"198.18.255.251-64513": "old"}), "word", "new"),
    "Antrea, removed": (antrea(SHARED, POLICY), "word", "new"),
}


@pytest.mark.parametrize(("cluster", "password", "expected"), VERSIONS.values(), ids=VERSIONS)
def test_the_name_of_a_password(cluster: Any, password: str | None, expected: str) -> None:
    assert objects.password_version(cluster, OWNER, password, lambda: "new") == expected


def test_names() -> None:
    assert objects.name_of("Team Shop") == "vks-bgp-team-sho"
    assert objects.secret_name("antrea", OWNER) == "antrea-bgp-passwords" and objects.secret_name("calico", OWNER) == NAME
