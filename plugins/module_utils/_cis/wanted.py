# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The decisions that need only the variables of the role, before anything is read."""

from __future__ import annotations

import base64
import json
import os.path
import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import clusters, installation, ipam, values
from .names import Names

Options = Mapping[str, Any]
"""The variables of the role without their prefix, as the filter role_options converted them."""

_NO_RELEASE = "none"
_NO_REPOSITORY = re.compile(r"/|[.]tgz$")
"""A path, a URL, or a name with that of a repository that Helm knows. Helm needs no repository then."""

_OF_CHART = re.compile(r"([.]tgz)?/*$|-v?[0-9]+[.][^/]*$")
"""The part after the name of a chart in a reference to it."""


def wanted(read: Mapping[str, Any]) -> dict[str, Any]:
    """The refusals, the objects to read, and the objects whose content the variables alone decide.

    read: `given` (the variables as they came, by their types); `options` and `refused` (role_options);
    `rest` (CIS is only scaled to 0); `named` (a playbook names the CIS). The result holds secrets.
    """
    refused = list(_refused(read))
    if refused:
        return {"refused": refused}
    options: Options = read["options"]
    names = Names.of(options)
    return {
        "refused": [],
        "believed": list(dict.fromkeys([*options["trusted_namespaces"], options["namespace"]])),
        "labels": names.labels,
        "selectors": [f"{name}={value}" for name, value in names.labels.items()],
        "pods": f"app.kubernetes.io/instance={names.release}",
        "rights": names.rights,
        "chart_repo": repository(options["chart_ref"], options["chart_repo_url"]),
        "secrets": [f"{names.namespace}/{names.login_secret}", *secrets_of_clusters(options)],
        "digests": _digests(options, names),
        "login": _secret(names, names.login_secret, login_data(options)),
        "kubeconfigs": [_kubeconfig(names, one) for one in clusters_with_kubeconfig(options)],
        "extended_spec": clusters.extended_spec(options["multi_cluster"], names),
        "ipam": _ipam(options, names),
        "releases": list(releases(options)),
    }


def for_values(options: Options, mode: str, cni: str | None, name_override: str = "") -> dict[str, Any]:
    """The variables as values.plan() takes them: of a secret only whether it is set."""
    hidden = {name: bool(options[name]) for name in ("bigip_ca_cert", "bigip_password", "bigip_username")}
    known = {"pool_member_type": mode, "cni": cni, "name_override": name_override}
    return {**options, **hidden, **known}


def repository(chart: str, url: str) -> str:
    """The URL of the chart's repository, or nothing if the reference needs none."""
    return "" if _NO_REPOSITORY.search(chart) else url


def login_data(options: Options) -> dict[str, str]:
    """The data of the login Secret, encoded as in Kubernetes."""
    return {
        "username": _encoded(options["bigip_username"]),
        "password": _encoded(options["bigip_password"]),
    }


def secrets_of_clusters(options: Options) -> list[str]:
    """namespace/name of the Secrets with kubeconfigs of other clusters that exist already."""
    return [str(one["secret"]) for one in _clusters(options) if "secret" in one]


def clusters_with_kubeconfig(options: Options) -> list[Mapping[str, Any]]:
    """The other clusters for whose kubeconfig the role makes a Secret."""
    return [one for one in _clusters(options) if "kubeconfig" in one and "secret" not in one]


def _clusters(options: Options) -> list[Mapping[str, Any]]:
    multi_cluster = options["multi_cluster"]
    return list(multi_cluster.get("clusters") or []) if isinstance(multi_cluster, Mapping) else []


# Refusals


def _refused(read: Mapping[str, Any]) -> Iterator[str]:
    if read["refused"]:
        yield from read["refused"]
    elif _nameless(read["given"]["list of str"]["cis_namespaces"]):
        yield "cis_namespaces has an empty element. Name each namespace, or leave the variable out for all."
    elif read["rest"]:
        yield from _refused_to_rest(read)
    elif str(read["options"]["release_name"]).strip() == _NO_RELEASE:
        # cis_info reads it as each CIS that Helm did not install. Other users own those.
        yield (
            "cis_release_name is none, the word for every CIS that Helm did not install. Nothing was "
            "changed. Set cis_release_name to the name of the Helm release, or leave it out for the default."
        )
    elif read["options"]["state"] == "absent":
        yield from _refused_to_remove(read)
    else:
        yield from values.plan(for_values(read["options"], _mode(read["options"]), None))["refusals"]


def _refused_to_rest(read: Mapping[str, Any]) -> Iterator[str]:
    for name in [] if read["named"] else _unnamed(read):
        yield (
            f"{name} is empty. Nothing was changed. "
            "Name the CIS to scale to 0, or leave the variable out for the default."
        )
        return


def _refused_to_remove(read: Mapping[str, Any]) -> Iterator[str]:
    """The Kubernetes API reads an empty namespace as all namespaces."""
    for name in [*_unnamed(read), *_unnamed_ipam(read["options"]["ipam"])]:
        yield (
            f"{name} is empty, and cis_state is absent. Nothing was removed. "
            "Name what to remove, or leave the variable out to remove what has the default name."
        )
        return


def _unnamed(read: Mapping[str, Any]) -> list[str]:
    """The empty names that select a CIS. Unset would mean the default, which another CIS may have."""
    return [
        name
        for name in ("cis_namespace", "cis_release_name")
        if read["given"]["str"][name] in ("", None) or not read["options"][name.removeprefix("cis_")].strip()
    ]


def _unnamed_ipam(ipam_option: Any) -> list[str]:
    if not isinstance(ipam_option, Mapping) or "release_name" not in ipam_option:
        return []
    return [] if str(ipam_option["release_name"] or "").strip() else ["cis_ipam.release_name"]


def _nameless(namespaces: Any) -> bool:
    """True if a list has an empty element. The conversion drops it. Without any element CIS watches all."""
    if isinstance(namespaces, str):
        return bool(namespaces.strip()) and any(not part.strip() for part in namespaces.split(","))
    return isinstance(namespaces, (list, tuple)) and any(not str(part or "").strip() for part in namespaces)


def _mode(options: Options) -> str:
    return "" if options["pool_member_type"] == "auto" else str(options["pool_member_type"])


# Objects


def _encoded(text: Any) -> str:
    return base64.b64encode(str(text).encode()).decode()


def _digests(options: Options, names: Names) -> dict[str, str]:
    """By these cis_info compares the login Secret without its password."""
    if options["bigip_login_secret"]:
        return {}
    return {f"{names.namespace}/{names.login_secret}": installation.data_digest(login_data(options))}


def _secret(names: Names, name: str, data: Mapping[str, str]) -> dict[str, Any]:
    metadata = {"name": name, "namespace": names.namespace, "labels": names.labels}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": dict(data)}


def _kubeconfig(names: Names, cluster: Mapping[str, Any]) -> dict[str, Any]:
    content = cluster["kubeconfig"]
    text = content if isinstance(content, str) else json.dumps(content)
    return _secret(names, names.kubeconfig(cluster["name"]), {"kubeconfig": _encoded(text)})


def _ipam(options: Options, names: Names) -> dict[str, Any] | None:
    """The release of the IPAM controller and the claim for its database. None if it is another user's."""
    ipam_option = options["ipam"]
    if not isinstance(ipam_option, Mapping) or not ipam_option:
        return None
    chart = ipam_option.get("chart_ref") or ipam.CHART
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": names.ipam_claim, "namespace": names.namespace, "labels": names.labels},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": ipam_option.get("storage_size", "1Gi")}},
            **({"storageClassName": ipam_option["storage_class"]} if "storage_class" in ipam_option else {}),
        },
    }
    return {
        "release": ipam_option.get("release_name") or ipam.RELEASE,
        "chart": chart,
        "chart_repo": repository(chart, ipam_option.get("chart_repo_url") or ipam.REPOSITORY),
        "chart_version": ipam_option.get("chart_version", ipam.CHART_VERSION),
        "claim": claim,
        "claim_name": ipam_option.get("claim") or names.ipam_claim,
        "claim_is_given": "claim" in ipam_option,
    }


def releases(options: Options) -> Iterator[dict[str, Any]]:
    """The releases that state absent removes, with the charts that they may be of."""
    yield {
        "name": options["release_name"],
        "by": "cis_release_name",
        "of": "cis_chart_ref",
        "charts": ["f5-bigip-ctlr", _chart_name(options["chart_ref"])],
    }
    ipam_option = options["ipam"]
    if isinstance(ipam_option, Mapping) and ipam_option:
        yield {
            "name": ipam_option.get("release_name") or ipam.RELEASE,
            "by": "cis_ipam.release_name",
            "of": "cis_ipam.chart_ref",
            "charts": [ipam.CHART, _chart_name(ipam_option.get("chart_ref") or ipam.CHART)],
        }


def _chart_name(reference: str) -> str:
    """The last part of a chart's reference, without a version."""
    return os.path.basename(_OF_CHART.sub("", reference))
