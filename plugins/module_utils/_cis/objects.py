# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The objects beside the Helm release, and which of them are not surely as they should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .seen import Seen

_TRUE = ("1", "on", "t", "true", "y", "yes")
_KEPT_NAMESPACES = ("kube-system", "default")
"""Their labels are another owner's."""


def namespace(seen: Seen, planned: Mapping[str, Any]) -> list[dict[str, Any]]:
    name, level = seen.names.namespace, seen.options["pod_security"]
    # The chart of the IPAM controller sets no security context, so "restricted" would admit no Pod of it.
    enforced = "baseline" if level == "restricted" and planned["ipam_values"] is not None else level
    labels = {
        "pod-security.kubernetes.io/enforce": enforced,
        "pod-security.kubernetes.io/warn": level,
    }
    stored = seen.installation["namespace"] or {}
    if name in _KEPT_NAMESPACES or level == "none" or labels.items() <= stored.items():
        return []
    return [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}]


def rights(seen: Seen, planned: Mapping[str, Any], facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For static routes CIS reads Calico's blocks, and not every build of the chart gives it the right to."""
    creates = str((planned.get("rbac") or {}).get("create")).lower() in _TRUE
    calico = planned["args"].get("orchestration_cni") == "calico-k8s"
    if not calico or not creates or facts["reads_blocks"]:
        return []
    name, group = seen.names.rights, "rbac.authorization.k8s.io"
    metadata = {"name": name, "labels": seen.names.labels}
    account = {"kind": "ServiceAccount", "name": planned["serviceAccount"]["name"]}
    rule = {
        "apiGroups": ["crd.projectcalico.org"],
        "resources": ["blockaffinities"],
        "verbs": ["get", "list", "watch"],
    }
    return [
        {"apiVersion": f"{group}/v1", "kind": "ClusterRole", "metadata": metadata, "rules": [rule]},
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": name},
            "subjects": [{**account, "namespace": seen.names.namespace}],
        },
    ]


def config_maps(read: Mapping[str, Any], seen: Seen, planned: Mapping[str, Any]) -> list[dict[str, Any]]:
    differing = []
    certificates, spec = seen.config_map(seen.names.trusted_certs), seen.config_map(seen.names.extended_spec)
    trust = {"ca.crt": seen.options["bigip_ca_cert"]}
    if seen.options["bigip_ca_cert"] and certificates.get("data") != trust:
        differing.append(_config_map(seen, seen.names.trusted_certs, trust, {}))
    label, content = {"f5nr": "true"}, {"extendedSpec": read["extended_spec"]}
    stored = (spec.get("data"), (spec.get("labels") or {}).get("f5nr"))
    if planned["extended_spec"] is not None and stored != (content, "true"):
        differing.append(_config_map(seen, seen.names.extended_spec, content, label))
    return differing


def _config_map(seen: Seen, name: str, data: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    metadata = {"name": name, "namespace": seen.names.namespace, "labels": {**seen.names.labels, **labels}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": dict(data)}


def login_differs(seen: Seen) -> bool:
    if seen.options["bigip_login_secret"]:
        return False
    return not seen.login["same"] or not seen.names.labels.items() <= dict(seen.login["labels"]).items()
