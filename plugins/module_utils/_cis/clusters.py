# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""CIS for several clusters: arguments, the extended ConfigMap, the Secrets with kubeconfigs."""

from __future__ import annotations

from typing import Any, Iterator, Mapping

from .names import Names

MODES = ("standalone", "primary", "secondary")


def arguments(multi_cluster: Any, names: Names) -> dict[str, Any]:
    if not isinstance(multi_cluster, Mapping) or not multi_cluster:
        return {}
    return {
        "multi_cluster_mode": multi_cluster.get("mode"),
        "local_cluster_name": multi_cluster.get("local_cluster_name"),
        "extended_spec_configmap": f"{names.namespace}/{names.extended_spec}",
    }


def extended_spec(multi_cluster: Any, names: Names) -> dict[str, Any] | None:
    """The content of the ConfigMap: the user's extended_spec and the clusters."""
    if not isinstance(multi_cluster, Mapping) or not multi_cluster:
        return None
    spec: dict[str, Any] = {
        "mode": multi_cluster.get("ha_mode") or "default",
        **(multi_cluster.get("extended_spec") or {}),
    }
    by_role: dict[str, list[dict[str, Any]]] = {"primary": [], "secondary": [], "external": []}
    for cluster in multi_cluster.get("clusters") or []:
        entry = {"clusterName": cluster["name"], "secret": secret(cluster, names)}
        entry |= {
            theirs: cluster[ours]
            for ours, theirs in (("ratio", "ratio"), ("admin_state", "adminState"))
            if cluster.get(ours) is not None
        }
        by_role[cluster.get("role") or "external"].append(entry)
    if by_role["external"]:
        spec["externalClustersConfig"] = by_role["external"]
    if multi_cluster.get("mode") != "standalone":
        spec["highAvailabilityCIS"] = {
            "primaryEndPoint": multi_cluster.get("primary_endpoint"),
            "probeInterval": multi_cluster.get("probe_interval") or 30,
            "retryInterval": multi_cluster.get("retry_interval") or 3,
            **{f"{role}Cluster": by_role[role][0] for role in ("primary", "secondary") if by_role[role]},
        }
    return spec


def secret(cluster: Mapping[str, Any], names: Names) -> str:
    """namespace/name of the Secret with the cluster's kubeconfig: the user's, or the one that the role makes."""
    return str(cluster.get("secret") or f"{names.namespace}/{names.kubeconfig(cluster['name'])}")


def refusals(multi_cluster: Any) -> Iterator[str]:
    if not multi_cluster:
        return
    if not isinstance(multi_cluster, Mapping):
        yield "cis_multi_cluster is a dictionary with mode, local_cluster_name and clusters."
        return
    if multi_cluster.get("mode") not in MODES:
        yield f"cis_multi_cluster.mode is {multi_cluster.get('mode')!r}. It is one of {', '.join(MODES)}."
    if not multi_cluster.get("local_cluster_name"):
        yield "cis_multi_cluster.local_cluster_name is missing: the name of this cluster."
    clusters = [cluster for cluster in multi_cluster.get("clusters") or [] if isinstance(cluster, Mapping)]
    unnamed = [cluster for cluster in clusters if not cluster.get("name")]
    if unnamed or len(clusters) != len(multi_cluster.get("clusters") or []):
        yield "cis_multi_cluster.clusters: each is a dictionary with a name, and kubeconfig or secret."
        return
    for cluster in clusters:
        if bool(cluster.get("kubeconfig")) == bool(cluster.get("secret")):
            yield f"cis_multi_cluster.clusters: {cluster['name']} needs either kubeconfig or secret (namespace/name of a Secret that has one)."
        elif cluster.get("secret") and str(cluster["secret"]).count("/") != 1:
            yield f"cis_multi_cluster.clusters: the secret of {cluster['name']} is written namespace/name."
        if (cluster.get("role") or "external") not in ("primary", "secondary", "external"):
            yield f"cis_multi_cluster.clusters: the role of {cluster['name']} is primary, secondary or external."
    if multi_cluster.get("mode") in ("primary", "secondary"):
        yield from _availability(multi_cluster, clusters)


def _availability(multi_cluster: Mapping[str, Any], clusters: list[Mapping[str, Any]]) -> Iterator[str]:
    if not multi_cluster.get("primary_endpoint"):
        yield "cis_multi_cluster.primary_endpoint is missing: the URL at which the secondary CIS sees whether the primary one is alive."
    for role in ("primary", "secondary"):
        count = sum(cluster.get("role") == role for cluster in clusters)
        if count != 1:
            yield f"cis_multi_cluster.clusters: exactly one has to have role {role}, not {count}."
