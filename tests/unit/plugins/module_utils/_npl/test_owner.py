# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who owns NodePortLocal's setting, and where nothing is written. One line a case."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._npl.owner import Above, Owner, decide, manager
from ansible_collections.vks.bigip.plugins.module_utils._npl.schema import Keys

NO = Unknown("reading it: forbidden.")


def thing(name: str, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": "team-a", "name": name}, "spec": spec}


def config_map(labels: Any = None, annotations: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "metadata": {
            "namespace": "kube-system",
            "name": "antrea-config",
            "labels": labels,
            "annotations": annotations,
            **more,
        }
    }


KAPP = config_map({"kapp.k14s.io/app": "1"})
SECTION = {"properties": {"enabled": {"type": "boolean"}, "portRange": {"type": "string"}}}
WITH = {
    "properties": {
        "antrea": {
            "properties": {
                "config": {
                    "properties": {
                        "nodePortLocal": SECTION,
                        "featureGates": {"properties": {"NodePortLocal": {}}},
                    }
                }
            }
        }
    }
}
WITHOUT = {
    "properties": {"antrea": {"properties": {"config": {}}}, "antreaNSX": {"properties": {"enable": {}}}}
}
TWICE = {
    "properties": {
        "antrea": WITH["properties"]["antrea"],
        "other": {"properties": {"nodePortLocal": SECTION}},
    }
}
ADDON = thing("shop-antrea", clusterName="shop", addonConfigDefinitionRef={"name": "antrea.2.5.2"})
ANTREA_CONFIG = thing("shop-antrea-package")


def definition(text: Any) -> dict[str, Any]:
    return thing("antrea.2.5.2", schema={"openAPIV3Schema": text})


def above(addon: Any = None, schema_: Any = None, antrea: Any = None) -> Above:
    return Above("team-a", "shop", addon, schema_, antrea)


CONFIG_MAP = config_map()
OF_SUPERVISOR = Keys(
    ("spec", "antrea", "config", "nodePortLocal", "enabled"),
    ("spec", "antrea", "config", "featureGates", "NodePortLocal"),
    ("spec", "antrea", "config", "nodePortLocal", "portRange"),
)
OF_ADDON = Keys(
    ("spec", "values", "antrea", "config", "nodePortLocal", "enabled"),
    ("spec", "values", "antrea", "config", "featureGates", "NodePortLocal"),
    ("spec", "values", "antrea", "config", "nodePortLocal", "portRange"),
)
BY_CONFIG_MAP = Owner("ConfigMap", "kube-system/antrea-config", CONFIG_MAP)
BY_ANTREA_CONFIG = Owner("AntreaConfig", "team-a/shop-antrea-package", ANTREA_CONFIG, OF_SUPERVISOR)
BY_ADDON = Owner("AddonConfig", "team-a/shop-antrea", ADDON, OF_ADDON)


@pytest.mark.parametrize(
    "there, config, owner",
    [
        (None, CONFIG_MAP, BY_CONFIG_MAP),
        (above(), CONFIG_MAP, BY_CONFIG_MAP),
        (above(antrea=ANTREA_CONFIG), KAPP, BY_ANTREA_CONFIG),
        (above(ADDON, definition(WITH)), KAPP, BY_ADDON),
        (above(ADDON, definition(WITH), ANTREA_CONFIG), KAPP, BY_ADDON),
        (above(ADDON, definition(WITH), NO), KAPP, BY_ADDON),
        (above(antrea=ANTREA_CONFIG), CONFIG_MAP, BY_ANTREA_CONFIG),
        (None, {}, Owner("ConfigMap", "None/None", {})),
    ],
)
def test_the_owner(there: Above | None, config: dict[str, Any], owner: Owner) -> None:
    assert decide(there, config) == owner


def test_an_owner_is_shown_as_kind_and_name() -> None:
    assert str(BY_ADDON) == "AddonConfig team-a/shop-antrea"


BY_KAPP = (
    "ConfigMap kube-system/antrea-config is managed by kapp-controller, which reverts an edit in about 10 "
    "minutes"
)
ASK = "Ask VMware how this release switches NodePortLocal, or use pool_member_type nodeport."


@pytest.mark.parametrize(
    "there, config, code, said, remedy",
    [
        (
            None,
            KAPP,
            "npl_managed",
            BY_KAPP,
            "The setting is in an object on the Supervisor (AntreaConfig up to VKS 3.5, AddonConfig from 3.6 "
            "on). "
            "Set supervisor_kubeconfig (or supervisor_context), supervisor_namespace and cluster_name; then "
            "it "
            "can be changed there.",
        ),
        (
            above(),
            KAPP,
            "npl_owner_missing",
            f"{BY_KAPP}, and namespace team-a of the Supervisor has neither AddonConfig shop-antrea nor "
            "AntreaConfig shop-antrea-package",
            "Check supervisor_namespace and cluster_name; if they are right, create the object first.",
        ),
        (
            above(antrea=NO),
            KAPP,
            "npl_owner_unknown",
            "it is not known whether the cluster has an AntreaConfig: reading it: forbidden",
            "Grant this right.",
        ),
        (
            above(NO, definition(WITH), ANTREA_CONFIG),
            KAPP,
            "npl_owner_unknown",
            "it is not known whether the cluster has an AddonConfig: reading it: forbidden",
            "Grant this right.",
        ),
        (
            above(ADDON, NO),
            KAPP,
            "npl_owner_unknown",
            "the schema of AddonConfig team-a/shop-antrea may not be read: reading it: forbidden",
            "Grant this right.",
        ),
        (
            above(ADDON, None),
            KAPP,
            "npl_addon_schema",
            "AddonConfigDefinition antrea.2.5.2, which AddonConfig team-a/shop-antrea names, does not exist",
            "Correct spec.addonConfigDefinitionRef.",
        ),
        (
            above(ADDON, definition(WITHOUT)),
            KAPP,
            "npl_addon_schema",
            "the schema of AddonConfigDefinition antrea.2.5.2 has no setting nodePortLocal; AddonConfig "
            "team-a/shop-antrea stays unchanged. Its settings are antrea.config, antreaNSX.enable",
            ASK,
        ),
        (
            above(ADDON, definition(None)),
            KAPP,
            "npl_addon_schema",
            "the schema of AddonConfigDefinition antrea.2.5.2 has no setting nodePortLocal; AddonConfig "
            "team-a/shop-antrea stays unchanged. Its settings are none",
            ASK,
        ),
        (
            above(ADDON, definition(TWICE)),
            KAPP,
            "npl_addon_schema",
            "the schema of AddonConfigDefinition antrea.2.5.2 has several: "
            "antrea.config.nodePortLocal.enabled, "
            "other.nodePortLocal.enabled; AddonConfig team-a/shop-antrea stays unchanged. Its settings are "
            "antrea.config, other.nodePortLocal",
            ASK,
        ),
        (
            above(thing("shop-antrea", clusterName="shop"), definition(WITH)),
            KAPP,
            "npl_addon_unbound",
            "the platform skips AddonConfig team-a/shop-antrea, because spec.addonConfigDefinitionRef is "
            "empty",
            "Set spec.addonConfigDefinitionRef first.",
        ),
        (
            above({"metadata": ADDON["metadata"]}, definition(WITH)),
            KAPP,
            "npl_addon_unbound",
            "the platform skips AddonConfig team-a/shop-antrea, because spec.clusterName and "
            "spec.addonConfigDefinitionRef is empty",
            "Set spec.clusterName and spec.addonConfigDefinitionRef first.",
        ),
        (
            None,
            config_map(annotations={"meta.helm.sh/release-name": "antrea"}),
            "npl_managed",
            "ConfigMap kube-system/antrea-config is managed by Helm release antrea, which would revert an "
            "edit",
            "Change NodePortLocal in the source of Helm release antrea.",
        ),
        (
            above(),
            config_map({"app.kubernetes.io/managed-by": "Helm"}),
            "npl_managed",
            "ConfigMap kube-system/antrea-config is managed by Helm, which would revert an edit",
            "Change NodePortLocal in the source of Helm.",
        ),
    ],
)
def test_refused(there: Above | None, config: dict[str, Any], code: str, said: str, remedy: str) -> None:
    with pytest.raises(Failure) as caught:
        decide(there, config)
    assert (caught.value.code, caught.value.message) == (
        code,
        f"Finding the object that owns Antrea's settings: {said}. Nothing was written. {remedy}",
    )


@pytest.mark.parametrize(
    "config, who",
    [
        ({}, None),
        ({"metadata": None}, None),
        (config_map({"app": "antrea"}, {"kubectl.kubernetes.io/last-applied-configuration": "{}"}), None),
        (config_map({"app": "antrea", "kapp.k14s.io/app": "1"}, {"note": "x"}), "kapp-controller"),
        (config_map({"app": "antrea"}, {"kapp.k14s.io/original": "{}", "note": "x"}), "kapp-controller"),
        (
            config_map({"app.kubernetes.io/managed-by": "Helm"}, {"meta.helm.sh/release-name": "antrea"}),
            "Helm release antrea",
        ),
        (config_map({"app.kubernetes.io/managed-by": "Helm"}), "Helm"),
        (config_map({"app.kubernetes.io/managed-by": ""}), None),
        (config_map(annotations={"argocd.argoproj.io/tracking-id": "x"}), "Argo CD"),
        (config_map({"argocd.argoproj.io/instance": "x"}), "Argo CD"),
        (config_map({"app": "antrea", "kustomize.toolkit.fluxcd.io/name": "x"}), "Flux"),
        (
            config_map(ownerReferences=[{"kind": "AntreaInstall", "name": "antrea"}, {"kind": "X"}]),
            "AntreaInstall antrea",
        ),
        (config_map(ownerReferences=None), None),
    ],
)
def test_who_manages_a_config_map(config: dict[str, Any], who: str | None) -> None:
    assert manager(config) == who
