# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source that auto chooses, and its reason."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._routes.auto import choose
from ansible_collections.vks.bigip.plugins.module_utils._routes.model import Calico, PodNetwork, Pool
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import block, network, node, pod

V1 = "crd.projectcalico.org/v1"
WITH, WITHOUT = node("n1", "198.18.0.1", cidrs="10.244.1.0/24"), node("n1", "198.18.0.1")
POOLS = (Pool(network("192.168.0.0/16"), True), Pool(network("172.16.0.0/16"), True))
BLOCKS = Calico(V1, (block("192.168.3.0/26", "n1"), block("192.168.3.64/26", "n1")), (), POOLS)
EMPTY, STALE = Calico(V1), Calico(V1, (block("192.168.3.0/26", "gone"),), (), POOLS)
DNS_CALICO, DNS_NODE = pod("192.168.3.5", "kube-system/dns", True), pod("10.244.1.5", "kube-system/dns", True)
HOST = pod("198.18.0.1", "kube-system/proxy", True)
DNS = "kube-system/dns (192.168.3.5)"
HAS_BLOCKS = f"Calico ({V1}) has 2 confirmed blocks"
CASES = [
    ("no Calico", WITH, (), None, "node_cidr", "the cluster has no blocks of Calico, and 1 node has spec.podCIDRs"),
    ("no block", WITH, (), EMPTY, "node_cidr", "Calico has no confirmed block, and 1 node has spec.podCIDRs"),
    ("blocks of former nodes", WITH, (), STALE, "node_cidr", "Calico has no confirmed block, and 1 node has spec.podCIDRs"),
    ("a Pod in a pool", WITH, (DNS_NODE, DNS_CALICO), BLOCKS, "calico", f"{HAS_BLOCKS}, and the Pod {DNS} has an address of its IPPools"),
    ("no Pod", WITH, (), BLOCKS, "calico", f"{HAS_BLOCKS}, and no Pod of the platform has an address of another network"),
    ("a Pod of the host network", WITH, (HOST,), BLOCKS, "calico", f"{HAS_BLOCKS}, and no Pod of the platform has an address of another network"),
    ("no podCIDRs", WITHOUT, (DNS_NODE,), BLOCKS, "calico", f"{HAS_BLOCKS}, and no Pod of the platform has an address of another network"),
    (
        *("a former Calico", WITH, (DNS_NODE,), BLOCKS, "node_cidr"),
        f"{HAS_BLOCKS}, but the Pod kube-system/dns (10.244.1.5) has an address outside of its IPPools, and 1 node has spec.podCIDRs",
    ),
    ("a slice of a user", WITH, (pod("10.244.1.9"),), BLOCKS, "calico", f"{HAS_BLOCKS}, and no Pod of the platform has an address of another network"),
]


@pytest.mark.parametrize(("one", "endpoints", "calico", "source", "because"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_auto(one: object, endpoints: tuple[object, ...], calico: Calico | None, source: str, because: str) -> None:
    assert choose(PodNetwork((one,), endpoints, calico), "auto") == (source, because)  # type: ignore[arg-type]


@pytest.mark.parametrize("calico", [None, EMPTY, STALE])
def test_nothing_is_known(calico: Calico | None) -> None:
    with pytest.raises(Failure) as caught:
        choose(PodNetwork((WITHOUT,), (), calico), "auto")
    assert caught.value.code == "source_undecided"


@pytest.mark.parametrize("source", ["calico", "node_cidr"])
def test_the_choice_of_the_user(source: str) -> None:
    assert choose(PodNetwork(()), source) == (source, f"the option source is {source}")


def test_several_nodes_in_the_reason() -> None:
    other = node("n2", "198.18.0.2", cidrs="10.244.2.0/24")
    assert choose(PodNetwork((WITH, other)), "auto").because.endswith("and 2 nodes have spec.podCIDRs")
