# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The object that owns Antrea's NodePortLocal settings of a cluster, and their place in it.

Nothing is written on a guess: an owner that is not certain is a Failure with what was read and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Mapping, NoReturn

from .._errors import Failure
from .._facts.unknown import Unknown
from .schema import Keys, find, of_definition, outline

if TYPE_CHECKING:
    from .._codes import Code

Object = Mapping[str, Any]
DOING = "finding the object that owns Antrea's settings"
SUPERVISOR = (
    "Set supervisor_kubeconfig (or supervisor_context), supervisor_namespace and cluster_name; "
    "then it can be changed there"
)
_IN_ANTREA_CONFIG = ("spec", "antrea", "config")
ANTREA_CONFIG_KEYS = Keys(
    gate=(*_IN_ANTREA_CONFIG, "featureGates", "NodePortLocal"),
    switch=(*_IN_ANTREA_CONFIG, "nodePortLocal", "enabled"),
    port_range=(*_IN_ANTREA_CONFIG, "nodePortLocal", "portRange"),
)


@dataclass(frozen=True)
class Above:
    """The Supervisor's objects for the cluster. None: it does not exist. Unknown: it may not be read."""

    namespace: str
    cluster: str
    addon_config: Object | None | Unknown
    definition: Object | None | Unknown
    antrea_config: Object | None | Unknown


@dataclass(frozen=True)
class Owner:
    """content  the object as it was read
    keys     the paths of the settings in it; None for a ConfigMap, whose settings are in its text
    """

    kind: str  # ConfigMap, AntreaConfig, AddonConfig
    name: str  # namespace/name
    content: Object
    keys: Keys | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def manager(config_map: Object) -> str | None:
    """Return what manages an object and would revert an edit of it; None if nothing does."""
    metadata = config_map.get("metadata") or {}
    labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
    if any(str(name).startswith("kapp.k14s.io/") for part in (labels, annotations) for name in part):
        return "kapp-controller"
    if "meta.helm.sh/release-name" in annotations:
        return f"Helm release {annotations['meta.helm.sh/release-name']}"
    if labels.get("app.kubernetes.io/managed-by"):
        return str(labels["app.kubernetes.io/managed-by"])
    if "argocd.argoproj.io/tracking-id" in annotations or "argocd.argoproj.io/instance" in labels:
        return "Argo CD"
    if any(name.endswith(".toolkit.fluxcd.io/name") for name in labels):
        return "Flux"
    owners = metadata.get("ownerReferences") or []
    return f"{owners[0].get('kind')} {owners[0].get('name')}" if owners else None


def decide(above: Above | None, config_map: Object) -> Owner:
    """Return the owner. Without access to the Supervisor it is the ConfigMap, if nothing manages it."""
    name, managed_by = _name(config_map), manager(config_map)
    if above is not None:
        owner = _on_supervisor(above)
        if owner is not None:
            return owner
    if managed_by is None:
        return Owner("ConfigMap", name, config_map)
    if managed_by != "kapp-controller":
        said = f"ConfigMap {name} is managed by {managed_by}, which would revert an edit"
        _refuse("npl_managed", said, f"Change NodePortLocal in the source of {managed_by}.")
    reason = f"ConfigMap {name} is managed by kapp-controller, which reverts an edit in about 10 minutes"
    if above is None:
        _refuse(
            "npl_managed",
            reason,
            "The setting is in an object on the Supervisor (AntreaConfig up to VKS 3.5, AddonConfig from "
            f"3.6 on). {SUPERVISOR}.",
        )
    seen = (
        f"namespace {above.namespace} of the Supervisor has neither AddonConfig {above.cluster}-antrea nor "
        f"AntreaConfig {above.cluster}-antrea-package"
    )
    _refuse(
        "npl_owner_missing",
        f"{reason}, and {seen}",
        "Check supervisor_namespace and cluster_name; if they are right, create the object first.",
    )


def _on_supervisor(above: Above) -> Owner | None:
    """Return the AddonConfig if the cluster has one: AntreaConfig may exist beside it, for older clusters."""
    for kind, content in (("AddonConfig", above.addon_config), ("AntreaConfig", above.antrea_config)):
        if isinstance(content, Unknown):
            _refuse(
                "npl_owner_unknown",
                f"it is not known whether the cluster has an {kind}: {content.why.rstrip('.')}",
                "Grant this right.",
            )
        if content is not None:
            return (
                _addon_config(content, above.definition)
                if kind == "AddonConfig"
                else Owner(kind, _name(content), content, ANTREA_CONFIG_KEYS)
            )
    return None


def _addon_config(content: Object, definition: Object | None | Unknown) -> Owner:
    name, spec = _name(content), content.get("spec") or {}
    reference = (spec.get("addonConfigDefinitionRef") or {}).get("name")
    empty = [
        field
        for field, value in (
            ("clusterName", spec.get("clusterName")),
            ("addonConfigDefinitionRef", reference),
        )
        if not value
    ]
    if empty:
        fields = " and ".join(f"spec.{field}" for field in empty)
        _refuse(
            "npl_addon_unbound",
            f"the platform skips AddonConfig {name}, because {fields} is empty",
            f"Set {fields} first.",
        )
    if isinstance(definition, Unknown):
        _refuse(
            "npl_owner_unknown",
            f"the schema of AddonConfig {name} may not be read: {definition.why.rstrip('.')}",
            "Grant this right.",
        )
    if definition is None:
        said = f"AddonConfigDefinition {reference}, which AddonConfig {name} names, does not exist"
        _refuse("npl_addon_schema", said, "Correct spec.addonConfigDefinitionRef.")
    schema = of_definition(definition)
    places = find(schema)
    if len(places) != 1:
        has = (
            "no setting nodePortLocal"
            if not places
            else f"several: {', '.join('.'.join(keys.switch) for keys in places)}"
        )
        _refuse(
            "npl_addon_schema",
            f"the schema of AddonConfigDefinition {reference} has {has}; AddonConfig {name} stays "
            f"unchanged. Its settings are {outline(schema) or 'none'}",
            "Ask VMware how this release switches NodePortLocal, or use pool_member_type nodeport.",
        )
    (keys,) = places
    return Owner("AddonConfig", name, content, keys.below("spec", "values"))


def _refuse(code: Code, said: str, remedy: str) -> NoReturn:
    raise Failure(code, DOING, said=said, remedy=f"Nothing was written. {remedy}")


def _name(raw: Object) -> str:
    metadata = raw.get("metadata") or {}
    return f"{metadata.get('namespace')}/{metadata.get('name')}"
