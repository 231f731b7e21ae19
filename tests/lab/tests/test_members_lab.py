# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pool_members_info against a real cluster: each member answers from the Pod that it names, and what is left
out does not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab_use import application, ask, pods, rolled_out
from running_lab import RunningLab, eventually

Labs = Callable[..., RunningLab]
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session", autouse=True)
def collection(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The checkout as an importable collection."""
    if "ansible_collections" not in sys.modules:
        tree = tmp_path_factory.mktemp("collections")
        (tree / "ansible_collections" / "vks").mkdir(parents=True)
        (tree / "ansible_collections" / "vks" / "bigip").symlink_to(ROOT)
        sys.path.insert(0, str(tree))


@pytest.fixture
def antrea(lab: Labs) -> RunningLab:
    return lab(cni="antrea", nodes=2)


@pytest.fixture
def calico(lab: Labs) -> RunningLab:
    return lab(cni="calico", nodes=2)


def info(lab: RunningLab, **options: Any) -> dict[str, Any]:
    from ansible_collections.vks.bigip.plugins.modules import pool_members_info
    from ansible_collections.vks.bigip.tests.unit.support.run_module import run_module

    return run_module(pool_members_info.main, {"kubeconfig": lab.env["K8S_AUTH_KUBECONFIG"], **options})


def pool(lab: RunningLab, name: str, mode: str, **options: Any) -> dict[str, Any]:
    result = info(lab, pool_member_type=mode, pools=[{"service": {"name": name}}], **options)
    assert not result.get("failed"), result["msg"]
    only: dict[str, Any] = result["pools"][0]
    return only


def place(member: dict[str, Any]) -> str:
    address = f"[{member['address']}]" if ":" in member["address"] else member["address"]
    return f"{address}:{member['port']}"


def reasons(found: dict[str, Any]) -> dict[str, str]:
    return {item["name"]: item["reason"] for item in found["left_out"]}


def names(lab: RunningLab, name: str) -> set[str]:
    return {pod["metadata"]["name"] for pod in pods(lab, name)}


def each_answers(lab: RunningLab, found: dict[str, Any], expected: set[str]) -> None:
    """Each member answers a request to its address and port with the Pod that it names; a node with any of
    the Pods."""
    assert found["members"]
    for member in found["members"]:
        wanted = {member["pod"]} if member["pod"] else expected
        assert eventually(lambda one=member, of=wanted: ask(lab, place(one)) in of)
    if found["pool_member_type"] != "nodeport":
        assert {member["pod"] for member in found["members"]} == expected


# -- every mode


def test_nodeportlocal_answers_pod_by_pod(antrea: RunningLab) -> None:
    with application(antrea, npl="true", replicas=4) as name:
        found = pool(antrea, name, "nodeportlocal", wait_for_mappings=600)
        assert found["left_out"] == [] and len(found["members"]) == 4
        each_answers(antrea, found, names(antrea, name))


def test_nodeport_answers_on_every_node(antrea: RunningLab) -> None:
    with application(antrea, type="NodePort") as name:
        found = pool(antrea, name, "nodeport")
        assert {member["node"] for member in found["members"]} == {
            node["metadata"]["name"] for node in antrea.get("nodes")["items"]
        }
        each_answers(antrea, found, names(antrea, name))


def test_cluster_answers_pod_by_pod(calico: RunningLab) -> None:
    with application(calico, replicas=3) as name:
        found = pool(calico, name, "cluster")
        each_answers(calico, found, names(calico, name))


def test_auto_takes_what_is_proved(antrea: RunningLab, calico: RunningLab) -> None:
    with application(antrea, npl="true", type="LoadBalancer") as name:
        eventually(lambda: pool(antrea, name, "auto")["pool_member_type"] == "nodeportlocal")
    with application(calico, npl="true", type="LoadBalancer") as name:
        assert pool(calico, name, "auto")["pool_member_type"] == "nodeport"
        assert pool(calico, name, "auto", pod_network_routable=True)["pool_member_type"] == "cluster"


# -- while things change


def test_to_zero_and_back(antrea: RunningLab) -> None:
    with application(antrea, npl="true", replicas=2) as name:
        before = pool(antrea, name, "nodeportlocal", wait_for_mappings=600)
        antrea.kubectl("scale", "deployment", name, "--replicas=0")
        eventually(lambda: pool(antrea, name, "nodeportlocal")["members"] == [])
        for member in before["members"]:
            eventually(lambda one=member: ask(antrea, place(one), 1) in ("502", "silent"))
        antrea.kubectl("scale", "deployment", name, "--replicas=3")
        rolled_out(antrea, name)
        each_answers(antrea, pool(antrea, name, "nodeportlocal", wait_for_mappings=600), names(antrea, name))


def test_a_pod_that_is_not_ready_keeps_its_mapping_and_is_no_member(antrea: RunningLab) -> None:
    with application(antrea, npl="true", replicas=3) as name:
        before = pool(antrea, name, "nodeportlocal", wait_for_mappings=600)
        out = before["members"][0]["pod"]
        antrea.kubectl("annotate", "pod", out, "lab.vks.bigip/ready=false")
        eventually(lambda: reasons(pool(antrea, name, "nodeportlocal")) == {out: "not_ready"})
        assert "nodeportlocal.antrea.io" in antrea.get("pod", out)["metadata"]["annotations"]
        antrea.kubectl("annotate", "pod", out, "lab.vks.bigip/ready-")
        eventually(lambda: len(pool(antrea, name, "nodeportlocal")["members"]) == 3)


def test_a_terminating_pod_is_left_out_and_used_as_the_last_resort(antrea: RunningLab) -> None:
    with application(antrea, npl="true", replicas=2, grace=20) as name:
        eventually(lambda: len(pool(antrea, name, "nodeportlocal", wait_for_mappings=600)["members"]) == 2)
        antrea.kubectl("scale", "deployment", name, "--replicas=1")
        found = eventually(lambda: (one := pool(antrea, name, "nodeportlocal"))["left_out"] and one)
        ((leaving, reason),) = reasons(found).items()
        assert reason == "terminating" and leaving not in {member["pod"] for member in found["members"]}
        kept = pool(antrea, name, "nodeportlocal", terminating="keep")
        assert {member["pod"]: member["terminating"] for member in kept["members"]}[leaving] is True
        antrea.kubectl("scale", "deployment", name, "--replicas=0")
        last = eventually(
            lambda: (
                (one := pool(antrea, name, "nodeportlocal"))["members"]
                and all(member["terminating"] for member in one["members"])
                and one
            )
        )
        for member in last["members"]:
            assert ask(antrea, place(member)) == member["pod"]
        assert pool(antrea, name, "nodeportlocal", terminating="exclude")["members"] == []


def test_every_moment_of_a_rollout(antrea: RunningLab) -> None:
    """Each member answers while Pods are created and deleted: their grace period is longer than a request."""
    with application(antrea, npl="true", replicas=3, grace=10) as name:
        pool(antrea, name, "nodeportlocal", wait_for_mappings=600)
        antrea.kubectl("rollout", "restart", "deployment", name)
        seen: set[str] = set()
        for _moment in range(8):
            for member in pool(antrea, name, "nodeportlocal")["members"]:
                assert ask(antrea, place(member)) == member["pod"]
                seen.add(member["pod"])
        rolled_out(antrea, name)
        each_answers(antrea, pool(antrea, name, "nodeportlocal", wait_for_mappings=600), names(antrea, name))
        assert seen


# -- reasons, and that they are true


def test_a_local_policy(antrea: RunningLab) -> None:
    here = antrea.get("nodes")["items"][-1]["metadata"]["name"]
    with application(antrea, replicas=2, node=here, type="NodePort", externalTrafficPolicy="Local") as name:
        found = pool(antrea, name, "nodeport", node_weight="endpoints")
        assert [(member["node"], member["ratio"]) for member in found["members"]] == [(here, 1)] or found[
            "members"
        ][0]["ratio"] == 2
        each_answers(antrea, found, names(antrea, name))
        for item in found["left_out"]:
            assert item["reason"] == "no_local_endpoint"
            address = next(
                one["address"]
                for one in antrea.get("node", item["node"])["status"]["addresses"]
                if one["type"] == "InternalIP"
            )
            assert ask(antrea, f"{address}:{found['members'][0]['port']}", 1) in ("silent", "502")


def test_cordoned_and_labelled_nodes(calico: RunningLab) -> None:
    first, second = [node["metadata"]["name"] for node in calico.get("nodes")["items"]][-2:]
    with application(calico, type="NodePort") as name:
        try:
            calico.kubectl("cordon", first)
            calico.kubectl(
                "label", "node", second, "node.kubernetes.io/exclude-from-external-load-balancers="
            )
            found = pool(calico, name, "nodeport")
            assert reasons(found)[second] == "node_label_excluded" and first in {
                member["node"] for member in found["members"]
            }
            each_answers(calico, found, names(calico, name))
            assert (
                reasons(pool(calico, name, "nodeport", include_unschedulable=False))[first]
                == "node_unschedulable"
            )
        finally:
            calico.kubectl("uncordon", first)
            calico.kubectl(
                "label", "node", second, "node.kubernetes.io/exclude-from-external-load-balancers-"
            )


def test_a_node_that_is_not_ready(calico: RunningLab) -> None:
    down = calico.get("nodes")["items"][-1]["metadata"]["name"]
    with application(calico, type="NodePort") as name:
        try:
            calico.kubectl("annotate", "node", down, "lab.vks.bigip/ready=false")
            eventually(lambda: reasons(pool(calico, name, "nodeport")).get(down) == "node_not_ready")
        finally:
            calico.kubectl("annotate", "node", down, "lab.vks.bigip/ready-")
        eventually(lambda: down not in reasons(pool(calico, name, "nodeport")))


def test_services_that_antrea_maps_nothing_for(antrea: RunningLab) -> None:
    for npl, more, code in [
        (None, {}, "npl_not_annotated"),
        ("false", {}, "npl_annotation_value"),
        ("True", {}, "npl_annotation_value"),
        ("true", {"type": "NodePort"}, "npl_service_type"),
    ]:
        with application(antrea, npl=npl, replicas=1, **more) as name:
            result = info(antrea, pool_member_type="nodeportlocal", pools=[{"service": {"name": name}}])
            assert result["failure"]["code"] == code
            (pod,) = pods(antrea, name)
            assert "nodeportlocal.antrea.io" not in pod["metadata"].get("annotations", {}), (
                "and the real thing does map nothing"
            )


def test_no_antrea_explains_a_missing_mapping(calico: RunningLab) -> None:
    with application(calico, npl="true", replicas=1) as name:
        eventually(lambda: set(reasons(pool(calico, name, "nodeportlocal")).values()) == {"antrea_missing"})


def test_a_not_ready_pod_though_it_is_mapped(antrea: RunningLab) -> None:
    """A Pod that its slice shows as not ready is not a member, with any annotation."""
    with application(antrea, npl="true", replicas=2) as name:
        pool(antrea, name, "nodeportlocal", wait_for_mappings=600)
        gone = sorted(names(antrea, name))[0]
        antrea.kubectl("delete", "pod", gone, "--wait=false")
        found = eventually(lambda: (one := pool(antrea, name, "nodeportlocal"))["members"] and one)
        assert gone not in {member["pod"] for member in found["members"] if not member["terminating"]}


# -- both families


def test_dual_stack(lab: Labs) -> None:
    dual = lab(cni="antrea", nodes=2, antrea_version="2.7.0", ip_family="dual")
    with application(dual, npl="true", replicas=2, ipFamilyPolicy="RequireDualStack") as name:
        four = pool(dual, name, "nodeportlocal", wait_for_mappings=600)
        six = pool(dual, name, "nodeportlocal", wait_for_mappings=600, address_family="ipv6")
        both = pool(dual, name, "nodeportlocal", wait_for_mappings=600, address_family="both")
        assert len(four["members"]) == len(six["members"]) == 2 and len(both["members"]) == 4
        assert all(":" in member["address"] for member in six["members"])
        for found in (four, six, both):
            each_answers(dual, found, names(dual, name))
    with application(dual, replicas=1, type="NodePort", ipFamilyPolicy="RequireDualStack") as name:
        found = pool(dual, name, "nodeport")
        assert len({member["node"] for member in found["members"]}) == len(found["members"]), (
            "a node is one member"
        )


# -- last, since it takes a node away


def test_a_deleted_node(calico: RunningLab) -> None:
    gone = calico.get("nodes")["items"][-1]["metadata"]["name"]
    with application(calico, type="NodePort", replicas=2) as name:
        assert gone in {member["node"] for member in pool(calico, name, "nodeport")["members"]}
        calico.kubectl("delete", "node", gone)
        found = pool(calico, name, "nodeport")
        assert gone not in {member["node"] for member in found["members"]}
        each_answers(calico, found, names(calico, name))
