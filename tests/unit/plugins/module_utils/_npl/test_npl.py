# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who owns NodePortLocal's setting, what has to change, who restarts, which Services are annotated. One line a case."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import Agent, AgentPod, NplConfig
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._npl import restart, schema, services, wanted
from ansible_collections.vks.bigip.plugins.module_utils._npl.owner import Above, decide, manager
from ansible_collections.vks.bigip.plugins.module_utils._npl.restart import Plan
from ansible_collections.vks.bigip.plugins.module_utils._npl.schema import Keys

NO = Unknown("reading it: forbidden.")


def thing(name: str, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": "team-a", "name": name}, "spec": spec}


def config_map(labels: Any = None, annotations: Any = None, **more: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": "kube-system", "name": "antrea-config", "labels": labels, "annotations": annotations, **more}}


KAPP = config_map({"kapp.k14s.io/app": "1"})
SECTION = {"properties": {"enabled": {"type": "boolean"}, "portRange": {"type": "string"}}}
WITH = {"properties": {"antrea": {"properties": {"config": {"properties": {"nodePortLocal": SECTION, "featureGates": {"properties": {"NodePortLocal": {}}}}}}}}}
WITHOUT = {"properties": {"antrea": {"properties": {"config": {}}}, "antreaNSX": {"properties": {"enable": {}}}}}
TWICE = {"properties": {"antrea": WITH["properties"]["antrea"], "other": {"properties": {"nodePortLocal": SECTION}}}}
ADDON = thing("shop-antrea", clusterName="shop", addonConfigDefinitionRef={"name": "antrea.2.5.2"})
ANTREA_CONFIG = thing("shop-antrea-package")


def definition(text: Any) -> dict[str, Any]:
    return thing("antrea.2.5.2", schema={"openAPIV3Schema": text})


def above(addon: Any = None, schema_: Any = None, antrea: Any = None) -> Above:
    return Above("team-a", "shop", addon, schema_, antrea)


@pytest.mark.parametrize(
    "there, config, owner",
    [
        (None, config_map(), "ConfigMap kube-system/antrea-config"),
        (above(), config_map(), "ConfigMap kube-system/antrea-config"),
        (above(antrea=ANTREA_CONFIG), KAPP, "AntreaConfig team-a/shop-antrea-package"),
        (above(ADDON, definition(WITH)), KAPP, "AddonConfig team-a/shop-antrea"),
        (above(ADDON, definition(WITH), ANTREA_CONFIG), KAPP, "AddonConfig team-a/shop-antrea"),
        (above(antrea=ANTREA_CONFIG), config_map(), "AntreaConfig team-a/shop-antrea-package"),
    ],
)
def test_the_owner(there: Above | None, config: dict[str, Any], owner: str) -> None:
    assert str(decide(there, config)) == owner


@pytest.mark.parametrize(
    "there, config, code, says",
    [
        (None, KAPP, "npl_managed", "kapp-controller, which reverts an edit"),
        (None, KAPP, "npl_managed", "Set supervisor_kubeconfig"),
        (above(), KAPP, "npl_owner_missing", "neither AddonConfig shop-antrea nor AntreaConfig shop-antrea-package"),
        (above(antrea=NO), KAPP, "npl_owner_unknown", "whether the cluster has an AntreaConfig is not known: reading it: forbidden"),
        (above(NO), KAPP, "npl_owner_unknown", "AddonConfig"),
        (above(ADDON, NO), KAPP, "npl_owner_unknown", "may not be read"),
        (above(ADDON, None), KAPP, "npl_addon_schema", "AddonConfigDefinition antrea.2.5.2, which AddonConfig team-a/shop-antrea names, is not there"),
        (above(ADDON, definition(WITHOUT)), KAPP, "npl_addon_schema", "has no setting nodePortLocal"),
        (above(ADDON, definition(WITHOUT)), KAPP, "npl_addon_schema", "Its settings are antrea.config, antreaNSX.enable"),
        (above(ADDON, definition(None)), KAPP, "npl_addon_schema", "Its settings are none"),
        (above(ADDON, definition(TWICE)), KAPP, "npl_addon_schema", "has several: antrea.config.nodePortLocal.enabled, other.nodePortLocal.enabled"),
        (above(thing("shop-antrea", clusterName="shop")), KAPP, "npl_addon_unbound", "spec.addonConfigDefinitionRef is empty"),
        (above(thing("shop-antrea")), KAPP, "npl_addon_unbound", "spec.clusterName and spec.addonConfigDefinitionRef is empty"),
        (None, config_map(annotations={"meta.helm.sh/release-name": "antrea"}), "npl_managed", "managed by Helm release antrea"),
    ],
)
def test_refused(there: Above | None, config: dict[str, Any], code: str, says: str) -> None:
    with pytest.raises(Failure) as caught:
        decide(there, config)
    assert caught.value.code == code and says in caught.value.message and "Nothing was written." in caught.value.message


@pytest.mark.parametrize(
    "config, who",
    [
        (config_map({"app": "antrea"}, {"kubectl.kubernetes.io/last-applied-configuration": "{}"}), None),
        (config_map(annotations={"kapp.k14s.io/original": "{}"}), "kapp-controller"),
        (config_map({"app.kubernetes.io/managed-by": "Helm"}), "Helm"),
        (config_map(annotations={"argocd.argoproj.io/tracking-id": "x"}), "Argo CD"),
        (config_map({"kustomize.toolkit.fluxcd.io/name": "x"}), "Flux"),
        (config_map(ownerReferences=[{"kind": "AntreaInstall", "name": "antrea"}]), "AntreaInstall antrea"),
    ],
)
def test_who_manages_a_config_map(config: dict[str, Any], who: str | None) -> None:
    assert manager(config) == who


AT = ("antrea", "config")
FULL = Keys((*AT, "nodePortLocal", "enabled"), (*AT, "featureGates", "NodePortLocal"), (*AT, "nodePortLocal", "portRange"))
BARE = Keys(("nodePortLocal", "enable"))


@pytest.mark.parametrize(
    "text, places",
    [
        (WITH, [FULL]),
        (WITHOUT, []),
        ({}, []),
        ({"properties": {"nodePortLocal": {"properties": {"enable": {}}}}}, [BARE]),
        ({"properties": {"nodePortLocal": {"properties": {"portRange": {}}}}}, []),
        ({"properties": ["not", "a", "schema"]}, []),
    ],
)
def test_where_a_schema_has_it(text: Any, places: list[Keys]) -> None:
    assert schema.find(text) == places


ON, OFF = wanted.ENABLED, wanted.DISABLED


@pytest.mark.parametrize(
    "keys, state, port_range, settings",
    [
        (FULL, ON, None, {FULL.switch: True, FULL.gate: True}),
        (FULL, ON, "61000-63000", {FULL.switch: True, FULL.gate: True, FULL.port_range: "61000-63000"}),
        (FULL, OFF, "61000-63000", {FULL.gate: False}),
        (BARE, ON, None, {BARE.switch: True}),
        (BARE, OFF, None, {BARE.switch: False}),
    ],
)
def test_what_the_owner_has_to_say(keys: Keys, state: str, port_range: str | None, settings: Any) -> None:
    assert wanted.in_object(keys, state, port_range, "AddonConfig a/b") == settings


def test_a_range_that_the_schema_does_not_have_is_refused() -> None:
    with pytest.raises(Failure, match="no portRange beside it. Nothing was written"):
        wanted.in_object(BARE, ON, "61000-63000", "AddonConfig a/b")


CONF = NplConfig("kube-system/antrea-config", gate=True, enable=True, port_range="61000-62000", changed=100.0)
NULL = dataclasses.replace(CONF, gate=False, enable=None, port_range=None)  # as VMware's package writes it when the gate is off
OLD = NplConfig("kube-system/antrea-config", gate=False, enable=None, section=False)
GATE, ENABLE, RANGE = ("featureGates", "NodePortLocal"), ("nodePortLocal", "enable"), ("nodePortLocal", "portRange")


@pytest.mark.parametrize(
    "config, state, port_range, legacy, settings",
    [
        (CONF, ON, None, False, {}),
        (CONF, ON, "61000-63000", False, {RANGE: "61000-63000"}),
        (CONF, OFF, "61000-63000", False, {ENABLE: False}),
        (NULL, ON, None, False, {GATE: True, ENABLE: True}),
        (NULL, ON, "61000-62000", False, {GATE: True, ENABLE: True}),
        (NULL, OFF, None, False, {}),
        (dataclasses.replace(CONF, gate=None, enable=False), ON, None, False, {ENABLE: True}),
        (dataclasses.replace(CONF, gate=None, enable=False), ON, None, None, {ENABLE: True}),
        (OLD, ON, None, False, {GATE: True, ENABLE: True}),
        (OLD, ON, "61000-63000", True, {GATE: True, ("nplPortRange",): "61000-63000"}),
        (dataclasses.replace(OLD, gate=True), OFF, None, True, {GATE: False}),
    ],
)
def test_what_the_text_has_to_say(config: NplConfig, state: str, port_range: str | None, legacy: bool | None, settings: Any) -> None:
    assert wanted.in_text(config, state, port_range, legacy) == settings


def test_a_key_that_old_agents_end_at_is_not_written_on_a_guess() -> None:
    with pytest.raises(Failure, match="the version of Antrea is not known"):
        wanted.in_text(OLD, ON, None, None)


@pytest.mark.parametrize(
    "config, state, port_range, legacy, holds",
    [
        (CONF, ON, None, False, True),
        (CONF, ON, "61000-62000", False, True),
        (CONF, ON, "61000-63000", False, False),
        (dataclasses.replace(CONF, port_range=None), ON, "61000-62000", False, True),
        (CONF, OFF, None, False, False),
        (NULL, OFF, "1-2", False, True),
        (NULL, ON, None, False, False),
        (dataclasses.replace(OLD, gate=True), ON, None, True, True),
        (dataclasses.replace(OLD, gate=True), ON, None, False, False),
    ],
)
def test_whether_the_cluster_has_it(config: NplConfig, state: str, port_range: str | None, legacy: bool, holds: bool) -> None:
    assert wanted.holds(config, state, port_range, legacy) is holds


@pytest.mark.parametrize("text", ["61000", "62000-61000", "61000-61000", "a-b", "61000 - 62000", "500-600", "30000-31000", "40000-41000", "61000-70000", ""])
def test_ranges_that_are_refused(text: str) -> None:
    with pytest.raises(Failure) as caught:
        wanted.check_range(text)
    assert caught.value.code == "npl_range" and "61000-62000" in caught.value.message


BEFORE = {"spec": {"config": {"featureGates": {"Egress": False}, "noSNAT": False}}}
WISH = {("spec", "config", "featureGates", "NodePortLocal"): True}


@pytest.mark.parametrize(
    "gates_after, more, gates, effects",
    [
        ({"Egress": False, "NodePortLocal": True}, {}, {}, []),
        ({"Egress": False}, {}, {}, ["spec.config.featureGates.NodePortLocal is dropped"]),
        ({"Egress": True, "NodePortLocal": True}, {}, {}, ["spec.config.featureGates.Egress becomes True"]),
        (
            {"Egress": False, "NodePortLocal": True, "EndpointSlice": False},
            {},
            {"EndpointSlice": True},
            ["spec.config.featureGates.EndpointSlice becomes False"],
        ),
        ({"Egress": False, "NodePortLocal": True, "EndpointSlice": False}, {}, {"EndpointSlice": False}, []),
        (
            {"Egress": False, "NodePortLocal": True, "AntreaTraceflow": False},
            {},
            {"Traceflow": True},
            ["spec.config.featureGates.AntreaTraceflow becomes False"],
        ),
        ({"Egress": False, "NodePortLocal": True}, {"noSNAT": True}, {}, ["spec.config.noSNAT becomes True"]),
        ({"Egress": False, "NodePortLocal": True}, {"defaultMTU": ""}, {}, []),
    ],
)
def test_what_a_change_would_do_beside_itself(gates_after: Any, more: Any, gates: Any, effects: list[str]) -> None:
    after = {"spec": {"config": {**BEFORE["spec"]["config"], **more, "featureGates": gates_after}}}
    assert wanted.side_effects(BEFORE, after, WISH, gates) == effects


def test_a_patch_has_these_keys_and_no_others() -> None:
    assert wanted.patch({("spec", "a", "x"): True, ("spec", "a", "y"): "1-2"}) == {"spec": {"a": {"x": True, "y": "1-2"}}}


def pod(node: str, started: float | None = 200.0, uid: str = "") -> AgentPod:
    return AgentPod(Agent(node, f"kube-system/antrea-agent-{node}", True, started), uid or f"uid-{node}")


A, B, C = pod("a"), pod("b"), pod("c")


@pytest.mark.parametrize(
    "pods, before, nodes",
    [
        ([A, B], [], set()),
        ([A, pod("b", 99.0)], [], {"b"}),
        ([A, pod("b", 100.0)], [], set()),  # the API writes whole seconds
        ([A, pod("b", 100.0)], [("uid-b", 100.0)], {"b"}),  # but it was seen before the change
        ([A, pod("b", None)], [], {"b"}),
        ([A, pod("b", 200.0, "new")], [("uid-b", 200.0)], set()),
    ],
)
def test_which_agents_are_stale(pods: list[AgentPod], before: list[Any], nodes: set[str]) -> None:
    assert restart.stale(pods, CONF, before) == nodes


@pytest.mark.parametrize(
    "needed, wish, options, expected",
    [
        ("", "when_needed", {}, Plan()),
        ("ab", "when_needed", {}, Plan(("a", "b"))),
        ("ab", "never", {}, Plan(later=("a", "b"))),
        ("", "always", {}, Plan(("a", "b", "c"))),
        ("abc", "when_needed", {"only": ["b"]}, Plan(("b",), ("a", "c"))),
        ("", "always", {"only": ["b"]}, Plan(("b",))),
        ("ab", "when_needed", {"unready": ["b"]}, Plan(("a",), ("b",), ("b",))),
        ("abc", "when_needed", {"strategy": "RollingUpdate"}, Plan(("a", "b", "c"), rollout=True)),
        ("ab", "when_needed", {"strategy": "RollingUpdate"}, Plan(("a", "b"))),
        ("abc", "when_needed", {"strategy": "RollingUpdate", "managed": True}, Plan(("a", "b", "c"))),
        ("abc", "when_needed", {"strategy": "RollingUpdate", "only": ["a", "b", "c"]}, Plan(("a", "b", "c"))),
    ],
)
def test_the_plan(needed: str, wish: str, options: Any, expected: Plan) -> None:
    assert restart.plan([A, B, C], needed, wish, **{"only": None, "unready": (), "strategy": "OnDelete", "managed": False, **options}) == expected


def test_a_node_without_an_agent_is_refused() -> None:
    with pytest.raises(Failure, match="nodes names x, where no antrea-agent runs. They run on a, b, c"):
        restart.plan([A, B, C], "", "always", only=["x"], unready=(), strategy="OnDelete", managed=False)


@pytest.mark.parametrize(
    "log, said",
    [
        ("Starting Antrea agent\nStarting NPLController\n", True),
        ("... Initialization of NodePortLocal rules successful", True),
        ("Starting Antrea agent (version v2.5.2)\n", False),
        ("later lines only", None),
        ("", None),
    ],
)
def test_what_a_log_tells(log: str, said: bool | None) -> None:
    assert restart.started(log) is said


def service(annotations: Any = None, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": "a", "name": "web", "annotations": annotations}, "spec": {"selector": {"app": "web"}, **spec}}


MINE, THEIRS = {services.ANNOTATION: "true", services.MARK: "antrea_npl"}, {services.ANNOTATION: "true"}


@pytest.mark.parametrize(
    "raw, present, action, fault",
    [
        (service(), True, "annotate", ""),
        (service({services.ANNOTATION: "false"}), True, "annotate", ""),
        (service(THEIRS), True, "none", ""),
        (service(MINE), True, "none", ""),
        (service(MINE), False, "unannotate", ""),
        (service(THEIRS), False, "none", ""),
        (service(), False, "none", ""),
        (service(type="LoadBalancer"), True, "annotate", ""),
        (service(type="NodePort"), True, "annotate", "is of type NodePort"),
        (service(type="ExternalName"), True, "annotate", "is of type ExternalName"),
        (service(selector=None), True, "annotate", "has no selector"),
        (service(MINE, type="NodePort"), False, "unannotate", ""),
    ],
)
def test_what_becomes_of_a_service(raw: dict[str, Any], present: bool, action: str, fault: str) -> None:
    made = services.step(raw, present)
    assert (made.action, bool(made.annotations)) == (action, action != "none") and fault in made.fault and bool(fault) == bool(made.fault)
