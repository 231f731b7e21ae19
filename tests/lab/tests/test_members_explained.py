# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a ready Pod has no mapping, against an Antrea that really has that fault."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from lab_use import application, deployment, pods, rolled_out, service
from running_lab import RunningLab, eventually
from test_antrea_in_lab import NPL, agents, configure, mappings, restart

# The fixture `collection` makes the collection importable.
from test_members_lab import collection, each_answers, info, pool, reasons  # noqa: F401

Labs = Callable[..., RunningLab]


@pytest.fixture
def antrea(lab: Labs) -> Iterator[RunningLab]:
    """Its agents and their configuration are as new afterwards."""
    given = lab(cni="antrea", nodes=2)
    yield given
    configure(given, "{enable: true, portRange: 61000-62000}")
    for node in agents(given):
        restart(given, node)


def become(lab: RunningLab, npl: str) -> None:
    configure(lab, npl)
    for node in agents(lab):
        restart(lab, node)


def test_switched_off(antrea: RunningLab) -> None:
    become(antrea, "{enable: false}")
    with application(antrea, npl="true", replicas=2) as name:
        found = eventually(
            lambda: (one := pool(antrea, name, "nodeportlocal", wait_for_mappings=60))["left_out"] and one
        )
        assert set(reasons(found).values()) == {"npl_off"}
        assert "nodePortLocal.enable is not true in ConfigMap kube-system/" in found["left_out"][0]["message"]


def test_switched_on_without_a_restart(antrea: RunningLab) -> None:
    become(antrea, "{enable: false}")
    time.sleep(1.5)  # the API's times are whole seconds
    configure(antrea, "{enable: true, portRange: 61000-62000}")
    with application(antrea, npl="true", replicas=1) as name:
        found = eventually(lambda: (one := pool(antrea, name, "nodeportlocal"))["left_out"] and one)
        assert set(reasons(found).values()) == {"agent_outdated"}


def test_the_port_range_is_used_up(antrea: RunningLab) -> None:
    become(antrea, "{enable: true, portRange: 61000-61001}")
    with application(antrea, npl="true", replicas=6) as name:
        eventually(lambda: "ports_used_up" in reasons(pool(antrea, name, "nodeportlocal")).values())
        found = pool(antrea, name, "nodeportlocal", wait_for_mappings=3)
        assert len(found["members"]) + len(found["left_out"]) == 6 and found["left_out"]
        assert "After 3 s" in found["warnings"][0]


def test_the_port_range_is_used_up_for_a_further_port_of_a_mapped_pod(antrea: RunningLab) -> None:
    node = sorted(agents(antrea))[0]
    become(antrea, "{enable: true, portRange: 61000-61001}")
    with application(antrea, npl="true", replicas=2, node=node) as name:
        before = eventually(lambda: len(both := mappings(antrea, name)) == 2 and both)
        further = service(f"{name}-further", npl="true", ports=[{"port": 9090}], selector={"app": name})
        antrea.api.create(further)
        try:
            found = eventually(
                lambda: (
                    len((one := pool(antrea, f"{name}-further", "nodeportlocal"))["left_out"]) == 2 and one
                )
            )
            assert set(reasons(found).values()) == {"ports_used_up"}
            assert mappings(antrea, name) == before, "the agent keeps the annotation while it finds no port"
        finally:
            antrea.api.delete("service", f"{name}-further")


def test_the_named_port_of_a_sidecar_beside_a_mapped_port(antrea: RunningLab) -> None:
    name = "with-sidecar"
    workload = deployment(name, 1)
    sidecar = {
        "name": "side",
        "image": "side:1",
        "restartPolicy": "Always",
        "ports": [{"name": "admin", "containerPort": 9901}],
    }
    workload["spec"]["template"]["spec"]["initContainers"] = [sidecar]
    ports = [{"name": "web", "port": 8080}, {"name": "admin", "port": 9901, "targetPort": "admin"}]
    antrea.api.create(workload, service(name, npl="true", ports=ports))
    try:
        rolled_out(antrea, name)
        eventually(lambda: mappings(antrea, name))
        (found,) = info(
            antrea,
            pool_member_type="nodeportlocal",
            pools=[{"service": {"name": name, "port": "admin"}}],
            wait_for_mappings=60,
        )["pools"]
        assert set(reasons(found).values()) == {"named_port_sidecar"}
        assert not any("wait_for_mappings" in text for text in found["warnings"]), (
            "it does not wait: no mapping will come"
        )
    finally:
        for kind in ("deployment", "service"):
            antrea.api.delete(kind, name)


def test_only_what_antrea_can_read_is_waited_for(antrea: RunningLab) -> None:
    with application(antrea, npl="true", replicas=1) as name:
        ((pod, (entry,)),) = eventually(lambda: mappings(antrea, name)).items()
        antrea.kubectl("annotate", "pod", pod, "--overwrite", f"{NPL}=[oops")
        found = pool(antrea, name, "nodeportlocal", wait_for_mappings=60)
        assert reasons(found) == {pod: "mapping_malformed"}
        assert not any("wait_for_mappings" in text for text in found["warnings"]), (
            "it does not wait: Antrea leaves the annotation as it is"
        )
        wrong = json.dumps([{**entry, "nodePort": 0}])
        antrea.kubectl("annotate", "pod", pod, "--overwrite", f"{NPL}={wrong}")
        found = pool(antrea, name, "nodeportlocal", wait_for_mappings=60)
        assert [member["port"] for member in found["members"]] == [entry["nodePort"]] and found[
            "left_out"
        ] == []


def test_a_family_that_was_added_to_the_service(lab: Labs) -> None:
    dual = lab(cni="antrea", nodes=2, antrea_version="2.7.0", ip_family="dual")
    with application(dual, npl="true", replicas=1) as name:
        eventually(lambda: mappings(dual, name))
        dual.kubectl("patch", "service", name, "-p", '{"spec":{"ipFamilyPolicy":"RequireDualStack"}}')
        found = eventually(
            lambda: (one := pool(dual, name, "nodeportlocal", address_family="ipv6"))["left_out"] and one
        )
        assert set(reasons(found).values()) == {"mapping_other_family"}
        assert "only ipFamilies of the Service changed" in found["left_out"][0]["message"]
        (pod,) = pods(dual, name)
        dual.kubectl("label", "pod", pod["metadata"]["name"], "touched=yes")
        found = pool(dual, name, "nodeportlocal", address_family="ipv6", wait_for_mappings=60)
        assert len(found["members"]) == 1 and found["left_out"] == []


@contextmanager
def no_agents(antrea: RunningLab) -> Iterator[None]:
    antrea.kubectl(
        "patch",
        "daemonset",
        "-n",
        "kube-system",
        "antrea-agent",
        "-p",
        '{"spec":{"template":{"spec":{"nodeSelector":{"no":"node"}}}}}',
    )
    try:
        eventually(lambda: not agents(antrea))
        yield
    finally:
        antrea.kubectl(
            "patch",
            "daemonset",
            "-n",
            "kube-system",
            "antrea-agent",
            "--type=json",
            "-p",
            '[{"op":"remove","path":"/spec/template/spec/nodeSelector/no"}]',
        )
        eventually(lambda: agents(antrea))


def test_no_agent_on_the_node(antrea: RunningLab) -> None:
    with no_agents(antrea), application(antrea, npl="true", replicas=1) as name:
        found = eventually(lambda: (one := pool(antrea, name, "nodeportlocal"))["left_out"] and one)
        assert set(reasons(found).values()) == {"agent_missing"}


def test_a_stale_annotation_names_the_port_of_another_services_pod(antrea: RunningLab) -> None:
    """Another user wrote it while no agent ran: the member that Antrea mapped stays, the other one is left
    out."""
    node = min(agents(antrea))
    with application(antrea, npl="true", replicas=3, node=node) as web:
        with application(antrea, npl="true", replicas=1, node=node) as other:
            before = eventually(
                lambda: (
                    (one := pool(antrea, web, "nodeportlocal", wait_for_mappings=600))["left_out"] == []
                    and one
                )
            )
            (true,) = eventually(
                lambda: pool(antrea, other, "nodeportlocal", wait_for_mappings=600)["members"]
            )
            with no_agents(antrea):
                stale = before["members"][0]["pod"]
                entry = {
                    "podPort": 8080,
                    "nodeIP": true["address"],
                    "nodePort": true["port"],
                    "protocol": "tcp",
                }
                antrea.kubectl(
                    "annotate", "pod", stale, "--overwrite", f"nodeportlocal.antrea.io={json.dumps([entry])}"
                )
                found = pool(antrea, web, "nodeportlocal")
                assert reasons(found) == {stale: "mapping_taken"} and true["pod"] in found["warnings"][0]
                each_answers(antrea, found, {member["pod"] for member in before["members"][1:]})
                kept = pool(antrea, other, "nodeportlocal")
                assert kept["left_out"] == [] and kept["warnings"] == []
                each_answers(antrea, kept, {true["pod"]})
            eventually(lambda: pool(antrea, web, "nodeportlocal")["left_out"] == [])
