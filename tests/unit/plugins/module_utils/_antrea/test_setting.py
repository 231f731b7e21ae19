# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The setting in a ConfigMap or on the Supervisor: its owner, its change, its arrival."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.modules import antrea_npl
from ansible_collections.vks.bigip.tests.unit.support.answers import listing, missing
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
    warned,
    write,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import status
from ansible_collections.vks.bigip.tests.unit.support.run_module import run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer


def test_another_user_writes_at_the_same_moment() -> None:
    theirs, both = OFF + "# more\n", ON + "# more\n"
    conflict = write(status=409, json=status(409, "the object has been modified"))
    script = [
        *start(),
        conflict,
        config(theirs, version="2"),
        agents(N1),
        write(both, "2"),
        config(both),
        config(both),
        agents(N1),
    ]
    assert run([*script, *restarted(N1, NEW1)])["changed"] is True


def test_an_own_write_whose_answer_was_lost() -> None:
    lost = [write(drop=True), write(status=409, json=status(409, "the object has been modified"))]
    result = run(
        [*start(), *lost, config(ON), agents(N1), config(ON), config(ON), agents(N1), *restarted(N1, NEW1)]
    )
    assert (result["changed"], result["settings"]) == (
        True,
        {"featureGates.NodePortLocal": True, "nodePortLocal.enable": True},
    )


@pytest.mark.parametrize("check", [False, True])
def test_a_config_map_of_kapp_without_the_supervisor(check: bool) -> None:
    result = run(start(kapp=True), check=check)
    failed(
        result,
        "npl_managed",
        "kapp-controller, which reverts an edit in about 10 minutes",
        "Nothing was written.",
        "Set supervisor_kubeconfig",
    )


def test_what_is_as_wanted_needs_no_owner() -> None:
    result = run([*start(ON, kapp=True), log(N1)])
    assert (result["changed"], result["owner"], result["proven"]) == (False, None, True)


def test_a_text_that_antrea_does_not_understand() -> None:
    failed(run(start("featureGates: [")), "npl_text", "Nothing was written")


def test_antrea_config() -> None:
    arrives = [config(OFF, kapp=True), config(ON, kapp=True), config(ON, kapp=True), agents(N1)]
    workload = [*start(kapp=True), missing(f"{PACKAGES}?limit=500"), *arrives, *restarted(N1, NEW1)]
    result = run_both(
        [*above(antrea_config()), *changes(SUPERVISOR, PATCH, antrea_config(True, True))], workload
    )
    assert (
        result["owner"] == {"kind": "AntreaConfig", "name": "team-a/shop-antrea-package"} and result["proven"]
    )
    assert result["settings"] == {
        "spec.antrea.config.nodePortLocal.enabled": True,
        "spec.antrea.config.featureGates.NodePortLocal": True,
    }
    assert "Egress" not in result["diff"][0]["after"] and "enabled: true" in result["diff"][0]["after"]


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
    "answer, says_",
    [
        (antrea_config(False, True), "spec.antrea.config.featureGates.NodePortLocal is dropped"),
        (antrea_config(True, True, EndpointSlice=False), "featureGates.EndpointSlice becomes False"),
    ],
)
def test_a_change_that_would_do_more_or_less_is_not_made(answer: dict[str, Any], says_: str) -> None:
    content = OFF.replace("Egress: false", "Egress: false\n  EndpointSlice: true")
    tried = changes(SUPERVISOR, PATCH, answer, tried=False)
    result = run_both(
        [*above(antrea_config()), *tried], [*start(content, kapp=True), missing(f"{PACKAGES}?limit=500")]
    )
    failed(result, "npl_side_effects", says_, "Nothing was written")


def test_a_paused_package_would_keep_the_change_away() -> None:
    package = {
        "metadata": {"namespace": "vmware-system-tkg", "name": "shop-antrea"},
        "spec": {"paused": True, "packageRef": {"refName": "antrea.tanzu"}},
    }
    result = run_both(above(antrea_config()), [*start(kapp=True), listing(PACKAGES, package)])
    failed(
        result,
        "npl_paused",
        "PackageInstall vmware-system-tkg/shop-antrea in the cluster is paused",
        "Nothing was written",
    )


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
    workload = [
        *start(kapp=True),
        missing(f"{PACKAGES}?limit=500"),
        config(ON, kapp=True),
        config(ON, kapp=True),
        agents(N1),
        *restarted(N1, NEW1),
    ]
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
    assert (result["changed"], result["proven"]) == (False, True) and warned(
        result, "NodePortLocal is as wanted, and nothing was written"
    )


def test_a_supervisor_that_may_not_be_read() -> None:
    forbidden = Exchange("GET", SUPERVISOR, 403, json=status(403, "antreaconfigs is forbidden"))
    result = run_both([GROUPS, CLUSTER, forbidden], start(kapp=True))
    failed(
        result,
        "npl_owner_unknown",
        "it is not known whether the cluster has an AntreaConfig",
        "antreaconfigs is forbidden",
    )
