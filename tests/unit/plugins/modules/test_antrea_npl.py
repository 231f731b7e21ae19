# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""antrea_npl, from its options to its result: every request in its order. A script without a write proves that nothing was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._run import antrea_npl as engine
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support.answers import denied, found, listing, missing
from ansible_collections.vks.bigip.tests.unit.support.antrea_npl import (
    MANAGER,
    N1,
    N2,
    NEW1,
    NEW2,
    OFF,
    ON,
    agent,
    agents,
    config,
    failed,
    log,
    restarted,
    run,
    says,
    start,
    warned,
    write,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange

WEB = "/api/v1/namespaces/default/services/web"


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KUBECONFIG", "K8S_AUTH_KUBECONFIG", "K8S_AUTH_CONTEXT", "VKS_SUPERVISOR_KUBECONFIG", "VKS_SUPERVISOR_CONTEXT", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "config"))
    monkeypatch.setattr(engine, "Deadline", lambda seconds: Clock().deadline(seconds))


def test_from_off_to_proven() -> None:
    after = [config(ON), config(ON), agents(N1, N2)]
    result = run([*start(OFF, N1, N2, nodes="n1 n2"), write(), *after, *restarted(N1, NEW1, N2), *restarted(N2, NEW2, NEW1)])
    assert (result["changed"], result["proven"], result["restarted"], result["restart_needed"]) == (True, True, ["n1", "n2"], [])
    assert result["owner"] == {"kind": "ConfigMap", "name": "kube-system/antrea-config-f5d8"}
    assert result["settings"] == {"featureGates.NodePortLocal": True, "nodePortLocal.enable": True}
    assert result["npl"]["state"] == "enabled" and [item["npl_started"] for item in result["agents"]] == [True, True]
    assert (result["diff"][0]["before"], result["diff"][0]["after"]) == (OFF, ON)


def test_a_second_run_changes_nothing() -> None:
    result = run([*start(ON), log(N1)])
    assert (result["changed"], result["proven"], result["settings"], result["diff"]) == (False, True, {}, [])


def test_check_mode_foretells_and_sends_nothing_but_reads() -> None:
    result = run(start(OFF, N1, N2), check=True)
    assert (result["changed"], result["restarted"], result["not_proven_because"]) == (True, ["n1", "n2"], ["it is check mode"])
    assert result["settings"] == {"featureGates.NodePortLocal": True, "nodePortLocal.enable": True} and result["diff"][0]["after"] == ON


def test_off() -> None:
    off = ON.replace("enable: true", "enable: false")
    script = [*start(ON), write(off), config(off), config(off), agents(N1)]
    result = run([*script, *restarted(N1, NEW1)[:3]], state="disabled")
    assert (result["changed"], result["npl"]["state"], result["proven"]) == (True, "disabled", False)
    assert warned(result, "go when the Pods are made anew")


def test_somebody_else_writes_at_the_same_moment() -> None:
    theirs, both = OFF + "# more\n", ON + "# more\n"
    conflict = write(status=409, json=status(409, "the object has been modified"))
    script = [*start(), conflict, config(theirs, version="2"), agents(N1), write(both, "2"), config(both), config(both), agents(N1)]
    assert run([*script, *restarted(N1, NEW1)])["changed"] is True


def test_an_own_write_whose_answer_was_lost() -> None:
    lost = [write(drop=True), write(status=409, json=status(409, "the object has been modified"))]
    result = run([*start(), *lost, config(ON), agents(N1), config(ON), config(ON), agents(N1), *restarted(N1, NEW1)])
    assert (result["changed"], result["settings"]) == (True, {"featureGates.NodePortLocal": True, "nodePortLocal.enable": True})


def test_a_range_is_refused_before_anything_is_read() -> None:
    failed(run([], port_range="30000-31000"), "npl_range", "overlaps the NodePort range 30000-32767", "61000-62000")


@pytest.mark.parametrize("check", [False, True])
def test_a_config_map_of_kapp_without_the_supervisor(check: bool) -> None:
    result = run(start(kapp=True), check=check)
    failed(result, "npl_managed", "kapp-controller, which reverts an edit in about 10 minutes", "Nothing was written.", "Set supervisor_kubeconfig")


def test_what_is_as_wanted_needs_no_owner() -> None:
    result = run([*start(ON, kapp=True), log(N1)])
    assert (result["changed"], result["owner"], result["proven"]) == (False, None, True)


@pytest.mark.parametrize(
    "daemon_sets, says_",
    [([api.CALICO], "1 known CNIs (calico)"), ([], "0 known CNIs (none)"), ([api.ANTREA, api.CALICO], "2 known CNIs (antrea, calico)")],
)
def test_no_antrea(daemon_sets: list[Any], says_: str) -> None:
    failed(run([listing(api.DAEMON_SETS, *daemon_sets)]), "npl_no_antrea", says_)


def test_a_daemon_set_of_another_namespace_does_not_count() -> None:
    calico, antrea = api.copy(api.CALICO), api.copy(api.ANTREA)
    for raw in (calico, antrea):
        raw["metadata"]["namespace"] = "evil"
    pod = agent("n1")
    result = run([listing(api.DAEMON_SETS, antrea, calico, api.ANTREA), *start(ON, pod)[1:], log(pod)])
    assert result["proven"] and warned(result, "DaemonSets evil/antrea-agent, evil/calico-node have the name or the labels of a CNI")


def test_a_text_that_nobody_understands() -> None:
    failed(run(start("featureGates: [")), "npl_text", "Nothing was written")


def test_a_right_that_is_missing_is_named() -> None:
    result = run([*start(), write(status=403, json=status(403, "configmaps is forbidden"))])
    failed(result, "kubernetes_forbidden", 'resources: ["configmaps"], verbs: ["patch"]')


def service(name: str = "web", **annotations: str) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "default", "name": name, "annotations": {key.replace("_", "/"): value for key, value in annotations.items()}},
        "spec": {"selector": {"app": name}},
    }


MARKED = {"nodeportlocal.antrea.io_enabled": "true", "vks.bigip_nodeportlocal": "antrea_npl"}


def annotated(name: str, value: str | None, mark: str | None) -> Exchange:
    body = {"metadata": {"annotations": {"nodeportlocal.antrea.io/enabled": value, "vks.bigip/nodeportlocal": mark}}}
    return Exchange("PATCH", f"/api/v1/namespaces/default/services/{name}{MANAGER}", json={}, expect=says(body))


def test_services_by_name_and_by_label_are_annotated_last() -> None:
    by_label = listing("/api/v1/namespaces/default/services", service("api"), service(**MARKED), labels="tier=web")
    script = [found(WEB, service(**MARKED)), by_label, *start(ON), log(N1), annotated("api", "true", "antrea_npl")]
    result = run(script, services=[{"name": "web"}, {"label_selector": "tier=web"}])
    assert result["changed"] and [(item["name"], item["action"]) for item in result["services"]] == [("api", "annotate"), ("web", "none")]


def test_only_our_own_annotation_is_taken_away() -> None:
    theirs = service("api", **{"nodeportlocal.antrea.io_enabled": "true"})
    gone = missing("/api/v1/namespaces/default/services/old")
    script = [found(WEB, service(**MARKED)), found("/api/v1/namespaces/default/services/api", theirs), gone, *start(ON), log(N1), annotated("web", None, None)]
    result = run(script, services=[{"name": "web"}, {"name": "api"}, {"name": "old"}], services_state="absent")
    assert [(item["name"], item["action"]) for item in result["services"]] == [("api", "none"), ("web", "unannotate")]


def test_off_takes_the_annotation_away_first() -> None:
    off = ON.replace("enable: true", "enable: false")
    script = [found(WEB, service(**MARKED)), *start(ON), annotated("web", None, None), write(off), config(off), config(off), agents(N1)]
    assert run([*script, *restarted(N1, NEW1)[:3]], state="disabled", services=[{"name": "web"}])["services"][0]["action"] == "unannotate"


def test_services_that_antrea_would_not_map_are_refused() -> None:
    wrong = service()
    wrong["spec"] = {"type": "NodePort", "selector": {"app": "web"}}
    failed(run([found(WEB, wrong)], services=[{"name": "web"}]), "npl_services", "Service default/web is of type NodePort", "Nothing was written")
    failed(run([missing(WEB)], services=[{"name": "web"}]), "service_not_found", "reading Service default/web")


def test_forbidden_reads_are_told_with_the_right() -> None:
    kube_system = "/apis/apps/v1/namespaces/kube-system/daemonsets"
    failed(run([denied(api.DAEMON_SETS), denied(kube_system)]), "kubernetes_forbidden", 'resources: ["daemonsets"]')
