# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As test_rights.py, for the path to the Pods with both API groups of Calico: pod_routes, pod_bgp, pod_network, preflight_info."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from support import tree
from support.labs import Labs

from .rights import Account, Make, exact, maker, plays, succeeds
from .site import Site

NODES, CALICO = "vks-bigip-pod-routes", "vks-bigip-pod-routes-calico"
KINDS = ("blockaffinities", "ipamblocks", "ippools")
GROUPS = {"v1": "crd.projectcalico.org", "v3": "projectcalico.org"}
SYSTEM = "kube-system"  # the namespace of Calico's agents in the lab

BGP, BGP_CALICO = "vks-bigip-pod-bgp", "vks-bigip-pod-bgp-calico"
BGP_KINDS = ("bgppeers", "caliconodestatuses", "bgpconfigurations")
VERBS = ("list", "create", "patch", "delete")
BIGIP = {"bigip_as_number": 64513, "enable_tmos_routing": True}

PREFLIGHT_CALICO = "vks-bigip-preflight-calico"
PREFLIGHT_KINDS = ("blockaffinities", "bgppeers", "caliconodestatuses")


@pytest.fixture(scope="module", params=GROUPS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def site(labs: Labs, version: str) -> Iterator[Site]:
    with Site(labs.give("--cni", "calico", "--calico-api", version), tree.link()) as made:
        made.deploy(2)
        yield made


@pytest.fixture
def account(site: Site, tmp_path: Path, request: pytest.FixtureRequest) -> Make:
    return maker(site, tmp_path, request.node.name)


def of_other_group(version: str, kinds: Iterable[str], verbs: Iterable[str] = ("list",)) -> set[str]:
    """The rights in the API group that the cluster does not have. A task that asks v1 first, asks it for the first kind."""
    other = GROUPS["v3" if version == "v1" else "v1"]
    rights = [f"{verb} {kind}.{other}" for kind, verb in product(kinds, verbs)]
    return set(rights if version == "v1" else rights[1:])


# -- static routes


@pytest.mark.parametrize("source", ["auto", "calico"])
def test_pod_routes(site: Site, account: Make, source: str, version: str) -> None:
    """Each cluster has one of the groups. The other one is asked for blocks only, in the order v1, v3."""
    one = account(pod_routes=None)
    result = succeeds(site, one, "pod_routes", source=source, provider=site.provider())
    assert result["counts"]["added"] and result["source"] == "calico"
    exact(one, *of_other_group(version, KINDS))


def test_node_cidr(site: Site, account: Make) -> None:
    one = account(pod_routes=[NODES])
    succeeds(site, one, "pod_routes", source="node_cidr", provider=site.provider())
    exact(one)


def test_a_missing_right_changes_nothing(site: Site, account: Make) -> None:
    one = account(pod_routes=[NODES])
    failed = site.module("pod_routes", kubeconfig=str(one.kubeconfig), provider=site.provider())
    assert failed["failure"]["code"] == "read_incomplete"
    assert "blockaffinities" in failed["msg"] and "forbidden" in failed["msg"], failed["msg"]
    assert [route["name"] for route in site.control("GET", "/mgmt/tm/net/route")["items"]] == ["default"]


# -- BGP


def of_other_bgp(version: str) -> set[str]:
    """An existing BGPConfiguration is never changed, so no rule allows it."""
    return {right for right in of_other_group(version, BGP_KINDS, VERBS) if not right.startswith("patch bgpconfigurations")}


def own_objects(site: Site, kind: str) -> list[dict[str, Any]]:
    """The objects of pod_bgp in the namespace of Calico's agents, and those of the whole cluster."""
    return [each for each in site.get(kind, "-n", SYSTEM)["items"] if each["metadata"]["name"].startswith("vks-bgp-")]


def spoil(site: Site) -> None:
    """Change the objects that no option changes, so the next run corrects them."""
    changes: dict[str, dict[str, Any]] = {"roles": {"rules": []}, "rolebindings": {"subjects": []}, "caliconodestatuses": {"spec": {"updatePeriodSeconds": 60}}}
    for kind, change in changes.items():
        for each in own_objects(site, kind):
            site.kubectl("patch", kind, each["metadata"]["name"], "-n", SYSTEM, "--type=merge", "-p", json.dumps(change))


def connected(site: Site, account: Account, **options: Any) -> dict[str, Any]:
    """The result of a run after which each node has a session."""
    result = succeeds(site, account, "pod_bgp", provider=site.provider(), **options)
    assert result["established"] and result["sessions"], result
    return result


def test_pod_bgp(site: Site, account: Make, version: str) -> None:
    """All objects are created, kept, changed and removed."""
    one = account(pod_bgp=[BGP, BGP_CALICO])
    assert connected(site, one, **BIGIP, as_number=64999, password="first")["changed"]
    created = own_objects(site, "roles")
    assert created and not connected(site, one, **BIGIP, as_number=64999, password="first")["changed"]
    spoil(site)
    last = sorted(node["metadata"]["name"] for node in site.get("nodes")["items"])[-1]
    changed = connected(site, one, **BIGIP, as_number=64999, password="second", exclude_nodes=[last])
    of_kind = {(each["kind"], each["action"]) for each in changed["objects"]}
    kinds = {"BGPPeer", "BGPConfiguration", "CalicoNodeStatus", "Secret", "Role", "RoleBinding"}
    assert of_kind == {(kind, "changed") for kind in kinds - {"BGPConfiguration"}} | {("BGPConfiguration", "kept"), ("CalicoNodeStatus", "removed")}
    removed = succeeds(site, one, "pod_bgp", provider=site.provider(), state="absent")
    assert {each["kind"] for each in removed["objects"] if each["action"] == "removed"} == kinds, removed["warnings"]
    exact(one, *of_other_bgp(version), created=created)


def test_pod_bgp_without_a_password(site: Site, account: Make, version: str) -> None:
    """Without the Role, the task does not know if it has a Secret. The default AS number needs no BGPConfiguration."""
    one = account(pod_bgp=[BGP, f"ClusterRole/{BGP_CALICO}"])
    assert connected(site, one, **BIGIP)["changed"]
    assert not connected(site, one, **BIGIP)["changed"]
    succeeds(site, one, "pod_bgp", provider=site.provider(), state="absent")
    (denied,) = one.denied()
    assert denied.startswith("get secrets vks-bgp-") and denied.endswith(f" in {SYSTEM}")
    peers, statuses, configurations = (f"{kind}.{GROUPS[version]}" for kind in BGP_KINDS)
    unused = {f"patch {peers}", f"patch {statuses}", f"create {configurations}", f"delete {configurations}"}
    exact(one, *of_other_bgp(version), *unused, denied=[denied])


def test_pod_bgp_without_the_right_to_secrets(site: Site, account: Make) -> None:
    """A password needs the Role. Without it, neither side is changed."""
    one = account(pod_bgp=[BGP, f"ClusterRole/{BGP_CALICO}"])
    failed = site.module("pod_bgp", kubeconfig=str(one.kubeconfig), provider=site.provider(), **BIGIP, password="first")
    rule = '{apiGroups: [""], resources: ["secrets"], verbs: ["get"]}'
    assert failed["failure"]["code"] == "kubernetes_forbidden" and rule in failed["msg"], failed["msg"]
    assert not site.control("GET", "/mgmt/tm/net/routing/bgp").get("items") and not site.get("bgppeers")["items"]


# -- the role


def test_role_pod_network_routes(site: Site, account: Make, version: str, tmp_path: Path) -> None:
    one = account(pod_routes=None, cis_info=["vks-bigip-cis-info"])
    run_role(site, one, tmp_path, pod_network_method="routes")
    exact(one, *of_other_group(version, KINDS))


def test_role_pod_network_bgp(site: Site, account: Make, version: str, tmp_path: Path) -> None:
    """The rules are those of the module: its own test uses each of them."""
    one = account(pod_bgp=[BGP, BGP_CALICO], cis_info=["vks-bigip-cis-info"])
    bigip = {f"pod_network_{name}": value for name, value in BIGIP.items()}
    run_role(site, one, tmp_path, pod_network_method="bgp", pod_network_bgp_password="first", **bigip)
    assert not one.denied() and "list deployments.apps" not in one.unneeded()


def test_role_pod_network_existing(site: Site, account: Make, version: str, tmp_path: Path) -> None:
    site.route_pods()
    one = account(info=["ClusterRole/vks-bigip-info", PREFLIGHT_CALICO])
    assert "changed=0 " in plays(site, one, tmp_path, "pod_network", pod_network_method="existing")
    # Its only check needs no BGP. The test of preflight_info uses these rights.
    exact(one, *of_other_group(version, PREFLIGHT_KINDS), *(f"list {kind}.{GROUPS[version]}" for kind in PREFLIGHT_KINDS[1:]))


def run_role(site: Site, account: Account, folder: Path, **variables: Any) -> None:
    """Create the path, remove what is not needed any more, check that no run has something to change, and remove it."""
    assert "changed=1 " in plays(site, account, folder, "pod_network", **variables)
    assert "changed=0 " in plays(site, account, folder, "pod_network", tasks_from="prune", **variables)
    assert "changed=1 " in plays(site, account, folder, "pod_network", pod_network_state="absent", **variables)


# -- the checks


def test_preflight_info(site: Site, account: Make, version: str) -> None:
    """The role for Calico is in addition to the others. The CalicoNodeStatuses are listed only if Calico has a BGPPeer."""
    site.route_pods()
    one = account(info=[PREFLIGHT_CALICO], beside={"info": ["vks-bigip-info", "vks-bigip-preflight"]})
    made = site.module("pod_bgp", provider=site.provider(), **BIGIP)
    assert made["established"], made
    result = succeeds(site, one, "preflight_info", pool_member_type="cluster", provider=site.provider())
    site.module("pod_bgp", provider=site.provider(), state="absent")
    states = {check["id"]: check["status"] for check in result["checks"]}
    assert states["P36"] == states["P38"] == "pass", result["report"]
    exact(one, *of_other_group(version, PREFLIGHT_KINDS))
