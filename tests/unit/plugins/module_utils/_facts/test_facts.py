# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mode that is checked."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import Provider
from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Wishes
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import NotKnown, Unknown
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    ANTREA,
    CALICO,
    NO,
    NODE,
    NSX_NODE,
    OFF,
    ON,
    SUPERVISOR,
    base,
)

NO_SIGN = Unknown("the workload cluster does not name it, and no Supervisor access is given")
NSX = Provider("nsx", "Node n1 carries nsx.vmware.com/node")
VSPHERE = dataclasses.replace(SUPERVISOR, provider=Provider("vsphere", "its network"))


@pytest.mark.parametrize(
    ("wishes", "npl", "mode"),
    [
        (Wishes(), ON, ("nodeportlocal", ON.setting)),
        (Wishes(), OFF, ("nodeport", OFF.setting)),
        (
            Wishes(),
            None,
            ("nodeport", "the cluster has no Antrea, and nodeport works with any CNI"),
        ),
        (
            Wishes(),
            NO,
            ("nodeport", "it is not known whether NodePortLocal is on: it is forbidden"),
        ),
        (Wishes("nodeport"), ON, ("nodeport", "pool_member_type asks for it")),
        (Wishes("cluster"), NO, ("cluster", "pool_member_type asks for it")),
    ],
)
def test_the_mode_that_is_checked(wishes: Wishes, npl: Any, mode: tuple[str, str]) -> None:
    assert base(wishes=wishes, npl=npl).mode == mode


STATED, DENIED = Wishes(pod_network_routable=True), Wishes(pod_network_routable=False)
ROUTED = "BIG-IP has routes to the Pod networks"
DECLARED = "pod_network_routable declares that the Pod network is routable"


@pytest.mark.parametrize(
    ("more", "mode", "may_choose"),
    [
        ({"npl": OFF}, ("nodeport", OFF.setting), True),
        ({"npl": OFF, "routes_lead": True}, ("cluster", ROUTED), False),
        ({"npl": OFF, "routes_lead": True, "nodes": (NSX_NODE,)}, ("nodeport", OFF.setting), False),
        ({"npl": OFF, "nodes": (NSX_NODE,)}, ("nodeport", OFF.setting), False),
        ({"npl": OFF, "wishes": STATED}, ("cluster", DECLARED), False),
        ({"npl": OFF, "wishes": DENIED, "routes_lead": True}, ("nodeport", OFF.setting), False),
        ({"npl": ON, "routes_lead": True}, ("nodeportlocal", ON.setting), False),
        ({"npl": OFF, "cnis": NO}, ("nodeport", OFF.setting), False),
        ({"npl": OFF, "wishes": Wishes("nodeport"), "routes_lead": True}, ("nodeport", "pool_member_type asks for it"), False),
    ],
)
def test_auto_chooses_cluster_on_evidence(more: dict[str, Any], mode: tuple[str, str], may_choose: bool) -> None:
    facts = base(**{"wishes": Wishes(), **more})
    assert (facts.mode, facts.may_choose_cluster) == (mode, may_choose)


@pytest.mark.parametrize(
    ("changes", "provider"),
    [
        ({}, NO_SIGN),
        ({"nodes": NO}, NO_SIGN),
        ({"nodes": (NODE, NSX_NODE)}, NSX),
        ({"nodes": (NSX_NODE,), "supervisor": SUPERVISOR}, NSX),
        ({"nodes": (NODE,), "supervisor": SUPERVISOR}, NO),
        ({"nodes": (NSX_NODE,), "supervisor": VSPHERE}, VSPHERE.provider),
        (
            {"supervisor": VSPHERE, "wishes": Wishes(network_provider="nsx_t1")},
            Provider("nsx_t1", "network_provider sets it"),
        ),
    ],
)
def test_the_provider_as_the_user_the_supervisor_or_a_node_states_it(
    changes: dict[str, Any], provider: Provider | Unknown
) -> None:
    assert base(**changes).provider == provider


def test_the_one_cni() -> None:
    assert base(cnis=(CALICO,)).cni == CALICO


@pytest.mark.parametrize(
    ("cnis", "why"),
    [
        ((), "the cluster has 0 known CNIs (none), see P01"),
        ((ANTREA, CALICO), "the cluster has 2 known CNIs (antrea, calico), see P01"),
        (NO, "it is forbidden"),
    ],
)
def test_no_cni_or_several_are_not_known(cnis: Any, why: str) -> None:
    with pytest.raises(NotKnown) as caught:
        assert base(cnis=cnis).cni
    assert str(caught.value) == why
