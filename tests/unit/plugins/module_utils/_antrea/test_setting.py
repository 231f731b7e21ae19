# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The setting in a ConfigMap or on the Supervisor: its owner, its change, its arrival."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.modules import antrea_npl
from ansible_collections.vks.bigip.tests.unit.support.answers import denied, listing, missing
from ansible_collections.vks.bigip.tests.unit.support.antrea import (
    ADDON,
    CLUSTER,
    GROUPS,
    N1,
    NEW1,
    OFF,
    ON,
    PACKAGES,
    PATCH,
    SUPERVISOR,
    above,
    addon_config,
    addons,
    agents,
    antrea_config,
    changes,
    config,
    failed,
    log,
    restarted,
    run,
    run_both,
    start,
    write,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import status
from ansible_collections.vks.bigip.tests.unit.support.run_module import run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

SHOWN = (
    "spec:\n  antrea:\n    config:\n      featureGates:\n        NodePortLocal: {}\n"
    "      nodePortLocal:\n        enabled: {}\n"
)


ARRIVED = (missing(f"{PACKAGES}?limit=500"), config(ON, kapp=True), config(ON, kapp=True), agents(N1))
"""The Supervisor's change is in the workload cluster at the first look."""


def test_antrea_config() -> None:
    arrives = [config(OFF, kapp=True), config(ON, kapp=True), config(ON, kapp=True), agents(N1)]
    workload = [*start(kapp=True), missing(f"{PACKAGES}?limit=500"), *arrives, *restarted(N1, NEW1)]
    result = run_both(
        [*above(antrea_config()), *changes(SUPERVISOR, PATCH, antrea_config(True, True))], workload
    )
    assert result["owner"] == {"kind": "AntreaConfig", "name": "team-a/shop-antrea-package"}
    assert result["settings"] == {
        "spec.antrea.config.nodePortLocal.enabled": True,
        "spec.antrea.config.featureGates.NodePortLocal": True,
    }
    assert result["diff"] == [
        {
            "before_header": "AntreaConfig team-a/shop-antrea-package",
            "after_header": "AntreaConfig team-a/shop-antrea-package",
            "before": SHOWN.format("false", "false"),
            "after": SHOWN.format("true", "true"),
        }
    ]
    assert result["proven"] and result.get("warnings", []) == []


def test_off_is_the_gate_since_the_package_ignores_enabled_false() -> None:
    body = {"spec": {"antrea": {"config": {"featureGates": {"NodePortLocal": False}}}}}
    arrives = [config(OFF, kapp=True), config(OFF, kapp=True), agents(N1)]
    workload = [*start(ON, kapp=True), missing(f"{PACKAGES}?limit=500"), *arrives, *restarted(N1, NEW1)[:3]]
    result = run_both(
        [*above(antrea_config(True, True)), *changes(SUPERVISOR, body, antrea_config(False, True))],
        workload,
        state="disabled",
    )
    assert (
        result["settings"] == {"spec.antrea.config.featureGates.NodePortLocal": False} and result["changed"]
    )


def test_a_second_run_on_the_supervisor() -> None:
    result = run_both(above(antrea_config(True, True)), [*start(ON, kapp=True), log(N1)])
    assert (result["changed"], result["proven"]) == (False, True)


def test_what_the_package_does_by_itself_is_written_down_and_restarts_nothing() -> None:
    there, body = antrea_config(True), {"spec": {"antrea": {"config": {"nodePortLocal": {"enabled": True}}}}}
    del there["spec"]["antrea"]["config"]["nodePortLocal"]
    workload = [*start(ON, kapp=True), missing(f"{PACKAGES}?limit=500"), log(N1)]
    result = run_both([*above(there), *changes(SUPERVISOR, body, antrea_config(True, True))], workload)
    assert (result["changed"], result["restarted"], result["proven"]) == (True, [], True)
    assert (result["diff"][0]["before"], result["diff"][0]["after"]) == (
        "",
        "spec:\n  antrea:\n    config:\n      nodePortLocal:\n        enabled: true\n",
    )


def test_a_change_that_is_on_its_way_is_waited_for() -> None:
    workload = [
        *start(kapp=True),
        config(OFF, kapp=True),
        config(ON, kapp=True),
        config(ON, kapp=True),
        agents(N1),
        *restarted(N1, NEW1),
    ]
    result = run_both(above(antrea_config(True, True)), workload)
    assert (result["settings"], result["restarted"]) == ({}, ["n1"])


def test_check_mode_writes_nothing_on_the_supervisor() -> None:
    result = run_both(
        above(antrea_config()), [*start(kapp=True), missing(f"{PACKAGES}?limit=500")], check=True
    )
    assert (result["changed"], result["restarted"]) == (True, ["n1"])


@pytest.mark.parametrize(
    "answer, said",
    [
        (antrea_config(False, True), "spec.antrea.config.featureGates.NodePortLocal is dropped"),
        (
            antrea_config(True, True, EndpointSlice=False, Egress=True),
            "spec.antrea.config.featureGates.Egress becomes True; "
            "spec.antrea.config.featureGates.EndpointSlice becomes False",
        ),
    ],
)
def test_a_change_that_would_do_more_or_less_is_not_made(answer: dict[str, Any], said: str) -> None:
    content = OFF.replace("Egress: false", "Egress: false\n  EndpointSlice: true")
    tried = changes(SUPERVISOR, PATCH, answer, tried=False)
    result = run_both(
        [*above(antrea_config()), *tried], [*start(content, kapp=True), missing(f"{PACKAGES}?limit=500")]
    )
    assert (result["failure"]["code"], result["msg"]) == (
        "npl_side_effects",
        f"Trying the change of AntreaConfig team-a/shop-antrea-package: beside the change itself, {said}. "
        "Nothing was "
        "written. Set these explicitly in it first, as the cluster has them now.",
    )


def test_a_gate_that_the_text_does_not_have_is_no_side_effect() -> None:
    """A ConfigMap without featureGates, or without any setting, has Antrea's defaults."""
    for content in ("nodePortLocal:\n", ""):
        answer = antrea_config(True, True, EndpointSlice=False)
        workload = [*start(content, kapp=True), *ARRIVED]
        result = run_both(
            [*above(antrea_config()), *changes(SUPERVISOR, PATCH, answer)], workload, restart_agents="never"
        )
        assert "failed" not in result and result["changed"], result


def package(name: str = "shop-antrea", *, paused: bool = True, of: str = "antrea.tanzu") -> dict[str, Any]:
    return {
        "metadata": {"namespace": "vmware-system-tkg", "name": name},
        "spec": {"paused": paused, "packageRef": {"refName": of}},
    }


def test_a_paused_package_would_keep_the_change_away() -> None:
    packages = listing(PACKAGES, package("a", of="x"), package("b", paused=False), package("c"), package("d"))
    result = run_both(above(antrea_config()), [*start(kapp=True), packages])
    assert (result["failure"]["code"], result["msg"]) == (
        "npl_paused",
        "Changing AntreaConfig team-a/shop-antrea-package: PackageInstall vmware-system-tkg/c in the cluster "
        "is "
        "paused, so the change would not reach the agents. Nothing was written. Set its spec.paused to false "
        "first.",
    )


@pytest.mark.parametrize(
    "packages",
    [
        listing(PACKAGES, package("cert-manager", of="cert-manager.tanzu")),
        listing(PACKAGES, package(paused=False)),
        denied(PACKAGES),
    ],
)
def test_other_packages_and_those_that_may_not_be_read_stop_nothing(packages: Exchange) -> None:
    result = run_both(above(antrea_config()), [*start(kapp=True), packages], check=True)
    assert "failed" not in result and result["changed"], result


def test_a_paused_package_of_another_namespace_stops_nothing() -> None:
    package = {
        "metadata": {"namespace": "evil", "name": "shop-antrea"},
        "spec": {"paused": True, "packageRef": {"refName": "antrea.tanzu"}},
    }
    result = run_both(above(antrea_config()), [*start(kapp=True), listing(PACKAGES, package)], check=True)
    assert "failed" not in result and result["changed"], result


def test_a_change_that_does_not_arrive() -> None:
    workload = [*start(kapp=True), missing(f"{PACKAGES}?limit=500"), *[config(OFF, kapp=True)] * 40]
    with (
        ScriptedServer(workload) as server,
        ScriptedServer(
            [*above(antrea_config()), *changes(SUPERVISOR, PATCH, antrea_config(True, True))]
        ) as supervisor,
    ):
        kubeconfig = {
            "current-context": "a",
            "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
            "clusters": [{"name": "a", "cluster": {"server": supervisor.url}}],
            "users": [{"name": "a", "user": {}}],
        }
        options = {
            "supervisor_kubeconfig": kubeconfig,
            "supervisor_namespace": "team-a",
            "cluster_name": "shop",
            "timeout": 60,
        }
        result = run_module(
            antrea_npl.main,
            {"host": server.url, "allow_http": True, "api_key": "the-secret-token", **options},
        )
        server.left.clear()
    failed(
        result,
        "npl_not_arrived",
        "AntreaConfig team-a/shop-antrea-package",
        "featureGates.NodePortLocal is false",
        "PackageInstall",
    )


def test_addon_config_at_the_path_of_its_schema() -> None:
    body = {"spec": {"values": {"nodePortLocal": {"enabled": True}, "featureGates": {"NodePortLocal": True}}}}
    answer = addon_config(nodePortLocal={"enabled": True}, featureGates={"NodePortLocal": True})
    workload = [*start(kapp=True), *ARRIVED, *restarted(N1, NEW1)]
    result = run_both(
        [*addons("nodePortLocal", "featureGates", "antreaNSX"), *changes(ADDON, body, answer)], workload
    )
    assert result["owner"] == {"kind": "AddonConfig", "name": "team-a/shop-antrea"} and result["proven"]


def test_a_schema_without_it_is_refused_and_shown() -> None:
    result = run_both(addons("antreaNSX"), start(kapp=True))
    failed(
        result,
        "npl_addon_schema",
        "AddonConfigDefinition antrea.2.5.2 has no setting nodePortLocal",
        "Its settings are antreaNSX.enable",
        "Nothing was written",
    )


def test_a_schema_without_it_matters_only_if_something_has_to_change() -> None:
    result = run_both(addons("antreaNSX"), [*start(ON, kapp=True), log(N1)])
    assert (result["changed"], result["proven"], result["owner"]) == (False, True, None)
    assert result["warnings"] == [
        "NodePortLocal is as wanted, and nothing was written. But it is not known whether it stays so. "
        "Finding the "
        "object that owns Antrea's settings: the schema of AddonConfigDefinition antrea.2.5.2 has no setting "
        "nodePortLocal; AddonConfig team-a/shop-antrea stays unchanged. Its settings are antreaNSX.enable. "
        "Nothing "
        "was written. Ask VMware how this release switches NodePortLocal, or use pool_member_type nodeport."
    ]


def test_a_supervisor_that_may_not_be_read() -> None:
    forbidden = Exchange("GET", SUPERVISOR, 403, json=status(403, "antreaconfigs is forbidden"))
    result = run_both([GROUPS, CLUSTER, forbidden], start(kapp=True))
    failed(
        result,
        "npl_owner_unknown",
        "it is not known whether the cluster has an AntreaConfig",
        "antreaconfigs is forbidden",
    )


def test_a_config_map_without_an_object_above_is_changed_itself() -> None:
    """A cluster on the Supervisor whose Antrea nothing there manages."""
    there = [GROUPS, CLUSTER, missing(SUPERVISOR)]
    workload = [*start(), write(), config(ON), config(ON), agents(N1)]
    result = run_both(there, workload, restart_agents="never")
    assert (result["changed"], result["owner"]) == (
        True,
        {"kind": "ConfigMap", "name": "kube-system/antrea-config-f5d8"},
    )


def test_a_right_that_is_missing_is_named() -> None:
    result = run([*start(), write(status=403, json=status(403, "configmaps is forbidden"))])
    failed(result, "kubernetes_forbidden", 'resources: ["configmaps"], verbs: ["patch"]')
