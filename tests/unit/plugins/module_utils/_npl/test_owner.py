# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who owns NodePortLocal's setting, and where nothing is written. One line a case."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._npl.owner import Above, decide, manager

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
    "there, config, code, words",
    [
        (None, KAPP, "npl_managed", "kapp-controller, which reverts an edit"),
        (None, KAPP, "npl_managed", "Set supervisor_kubeconfig"),
        (
            above(),
            KAPP,
            "npl_owner_missing",
            "neither AddonConfig shop-antrea nor AntreaConfig shop-antrea-package",
        ),
        (
            above(antrea=NO),
            KAPP,
            "npl_owner_unknown",
            "it is not known whether the cluster has an AntreaConfig: reading it: forbidden",
        ),
        (above(NO), KAPP, "npl_owner_unknown", "AddonConfig"),
        (above(ADDON, NO), KAPP, "npl_owner_unknown", "may not be read"),
        (
            above(ADDON, None),
            KAPP,
            "npl_addon_schema",
            "AddonConfigDefinition antrea.2.5.2, which AddonConfig team-a/shop-antrea names, does not exist",
        ),
        (above(ADDON, definition(WITHOUT)), KAPP, "npl_addon_schema", "has no setting nodePortLocal"),
        (
            above(ADDON, definition(WITHOUT)),
            KAPP,
            "npl_addon_schema",
            "Its settings are antrea.config, antreaNSX.enable",
        ),
        (above(ADDON, definition(None)), KAPP, "npl_addon_schema", "Its settings are none"),
        (
            above(ADDON, definition(TWICE)),
            KAPP,
            "npl_addon_schema",
            "has several: antrea.config.nodePortLocal.enabled, other.nodePortLocal.enabled",
        ),
        (
            above(thing("shop-antrea", clusterName="shop")),
            KAPP,
            "npl_addon_unbound",
            "spec.addonConfigDefinitionRef is empty",
        ),
        (
            above(thing("shop-antrea")),
            KAPP,
            "npl_addon_unbound",
            "spec.clusterName and spec.addonConfigDefinitionRef is empty",
        ),
        (
            None,
            config_map(annotations={"meta.helm.sh/release-name": "antrea"}),
            "npl_managed",
            "managed by Helm release antrea",
        ),
    ],
)
def test_refused(there: Above | None, config: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(Failure) as caught:
        decide(there, config)
    assert (
        caught.value.code == code
        and words in caught.value.message
        and "Nothing was written." in caught.value.message
    )


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
