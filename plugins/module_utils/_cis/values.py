# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The values of F5's chart f5-bigip-ctlr for the variables of the role cis, and why some are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Iterator, Mapping
from urllib.parse import urlsplit

from . import clusters, ipam, neighbours, refusals
from . import image as image_of
from .names import Names

# The settings that Pod Security's level "restricted" requires of a container.
# The chart sets podSecurityContext on the container, not on the Pod.
RESTRICTED: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
# How CIS calls the CNI whose Pod networks it makes static routes for.
ORCHESTRATION_CNI = {"calico": "calico-k8s", "antrea": "antrea", "cilium": "cilium-k8s"}

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_IMAGE = "f5networks/k8s-bigip-ctlr"
LOG_LEVELS = ("AS3DEBUG", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True)
class Chart:
    """The values for Helm, and the reasons why they are refused."""

    values: dict[str, Any]
    refusals: list[str]


def plan(options: Mapping[str, Any]) -> dict[str, Any]:
    """All that the role needs: values, refusals, warnings, names, and the objects beside the release."""
    names, helm_chart = Names.of(options), chart(options)
    wanted = {} if helm_chart.refusals else options
    return {
        "values": helm_chart.values,
        "refusals": helm_chart.refusals,
        "warnings": list(
            neighbours.warnings(
                {**wanted, "namespaces": _list(wanted.get("namespaces") or [])}, wanted.get("others") or []
            )
        ),
        "names": {
            "extended_spec": names.extended_spec,
            "login_secret": names.login_secret,
            "trusted_certs": names.trusted_certs,
        },
        "extended_spec": clusters.extended_spec(wanted.get("multi_cluster"), names),
        "ipam_values": ipam.values(wanted.get("ipam"), names),
    }


def chart(options: Mapping[str, Any]) -> Chart:
    """The values for Helm, and the refusals.

    variables: the role's variables by their names without the prefix, and cni and name_override of the cluster.
    """
    names = Names.of(options)
    own = _own(options, names)
    extra = options.get("values") or {}
    merged = merge(own, extra)
    arguments = {
        name: _text(value) for name, value in (merged.get("args") or {}).items() if value is not None
    }
    faults = [
        *_input(options),
        *clusters.refusals(options.get("multi_cluster")),
        *ipam.refusals(options.get("ipam")),
        *refusals.undone(own, extra),
        *refusals.arguments(merged.get("args") or {}),
        *refusals.combinations(arguments, options.get("pool_member_type")),
    ]
    return Chart({**merged, "args": arguments}, list(dict.fromkeys(faults)))


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Dictionaries are joined, anything else is replaced: as Helm merges values."""
    merged = dict(below)
    for name, value in above.items():
        old = merged.get(name)
        merged[name] = merge(old, value) if isinstance(old, dict) and isinstance(value, Mapping) else value
    return merged


def _own(options: Mapping[str, Any], names: Names) -> dict[str, Any]:
    user, repository, version = image_of.split(
        str(options.get("image") or _IMAGE), str(options.get("version") or "")
    )
    image: dict[str, Any] = {
        "user": user,
        "repo": repository,
        "pullPolicy": options.get("image_pull_policy") or "IfNotPresent",
    }
    if options.get("image_pull_secrets"):
        image["pullSecrets"] = _list(options["image_pull_secrets"])
    values: dict[str, Any] = {
        "args": _arguments(options, names),
        "bigip_login_secret": names.login_secret,
        "bigip_secret": {"create": False},
        "image": image,
        "ingressClass": {
            "create": bool(options.get("ingress_class_create")),
            "ingressClassName": options.get("ingress_class") or "f5",
            "isDefaultIngressController": bool(options.get("ingress_class_default")),
        },
        # The chart's values have it in ingressClass. Its templates read one of the two, by their version.
        "isDefaultIngressController": bool(options.get("ingress_class_default")),
        "namespace": names.namespace,
        "podSecurityContext": options.get("pod_security_context") or RESTRICTED,
        "rbac": {"create": True},
        "serviceAccount": {"create": True, "name": names.service_account},
        "version": version,
    }
    if _NAME.fullmatch(
        str(options.get("name_override") or "")
    ):  # it comes from the cluster, and F5's chart does not quote it
        values["nameOverride"] = options["name_override"]
    for name, key in (
        ("affinity", "affinity"),
        ("node_selector", "nodeSelector"),
        ("security_context", "securityContext"),
        ("tolerations", "tolerations"),
    ):
        if options.get(name):
            values[key] = options[name]
    return {**values, **resources(options.get("resources"))}


def resources(by_kind: Mapping[str, Any] | None) -> dict[str, str]:
    """Kubernetes' resources as the chart has them: limits_cpu and so on."""
    return {
        f"{kind}_{name}": str(amount)
        for kind, amounts in (by_kind or {}).items()
        for name, amount in (amounts or {}).items()
    }


def _arguments(options: Mapping[str, Any], names: Names) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "bigip_partition": options.get("bigip_partition"),
        "bigip_url": options.get("bigip_url"),
        "custom_resource_mode": bool(options.get("custom_resource_mode", True)),
        "insecure": bool(options.get("insecure")),
        "log_level": str(options.get("log_level") or "INFO").upper(),
        "pool_member_type": options.get("pool_member_type"),
    }
    if options.get("bigip_ca_cert"):
        arguments["trusted_certs_cfgmap"] = f"{names.namespace}/{names.trusted_certs}"
    if options.get("namespaces"):
        arguments["namespaces"] = _list(options["namespaces"])
    if options.get("disable_teems"):
        arguments["disable_teems"] = True
    for name, key in (
        ("load_balancer_class", "load_balancer_class"),
        ("namespace_label", "namespace_label"),
        ("node_label_selector", "node_label_selector"),
    ):
        if options.get(name):
            arguments[key] = options[name]
    return {
        **arguments,
        **_static_routing(options),
        **clusters.arguments(options.get("multi_cluster"), names),
        **ipam.arguments(options.get("ipam")),
    }


def _static_routing(options: Mapping[str, Any]) -> dict[str, Any]:
    wanted = options.get("static_routing")
    if not wanted:
        return {}
    more: Mapping[str, Any] = wanted if isinstance(wanted, Mapping) else {}
    cni = str(options.get("cni") or "")
    arguments: dict[str, Any] = {"static_routing_mode": True}
    orchestration = more.get("orchestration_cni") or ORCHESTRATION_CNI.get(cni)
    if orchestration:
        arguments["orchestration_cni"] = orchestration
    if more.get("shared"):
        arguments["shared_static_routes"] = True
    if more.get("node_cidr"):
        arguments["static_route_node_cidr"] = more["node_cidr"]
    return arguments


def _list(value: Any) -> list[str]:
    """A list that may be text: a survey or -e gives lists as text, and Ansible accepts that."""
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else [str(part) for part in value]
    )


def _text(value: Any) -> Any:
    """Helm knows numbers as floats and would write 1e+06."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _input(options: Mapping[str, Any]) -> Iterator[str]:
    """The faults of the variables themselves."""
    yield from _bigip(options)
    if options.get("bigip_ca_cert") and options.get("insecure"):
        yield (
            "cis_insecure: true accepts any certificate of BIG-IP, so cis_bigip_ca_cert would have no effect. "
            "Set one of them."
        )
    if options.get("ingress_class_create") and (options.get("ingress_class") or "f5") != "f5":
        yield (
            "The chart names its IngressClass f5, whatever cis_ingress_class is. "
            "Use f5, or make the IngressClass yourself and leave cis_ingress_class_create false."
        )
    if options.get("ingress_class_default") and not options.get("ingress_class_create"):
        yield "cis_ingress_class_default does nothing without cis_ingress_class_create."
    if str(options.get("log_level") or "INFO").upper() not in LOG_LEVELS:
        yield f"cis_log_level is {options['log_level']!r}. CIS knows {', '.join(LOG_LEVELS)}."
    if image_of.fault(str(options.get("image") or _IMAGE), str(options.get("version") or "")):
        yield (
            f"cis_image: {options['image']} has to be REPOSITORY/NAME or REPOSITORY/NAME@sha256:DIGEST with 64 hexadecimal digits, "
            "as in f5networks/k8s-bigip-ctlr. The tag is cis_version; one before a digest has to be the same."
        )
    static = options.get("static_routing")
    if static and not isinstance(static, (bool, Mapping)):
        yield f"cis_static_routing is {static!r}. It is false, true, or a dictionary with orchestration_cni, shared and node_cidr."
    elif (
        static
        and options.get("pool_member_type") == "cluster"
        and options.get("cni") is not None
        and "orchestration_cni" not in _static_routing(options)
    ):
        yield f"CIS makes no static routes for the CNI {options['cni']}. Name one that it knows as cis_static_routing.orchestration_cni."


def _bigip(options: Mapping[str, Any]) -> Iterator[str]:
    partition = str(options.get("bigip_partition") or "")
    if not partition:
        yield "cis_bigip_partition is missing: the partition of BIG-IP that CIS is to own."
    elif partition == "Common":
        yield "cis_bigip_partition: CIS must not own Common. Name a partition of its own."
    yield from _url(str(options.get("bigip_url") or ""))
    own = bool(options.get("bigip_username") and options.get("bigip_password"))
    if options.get("bigip_login_secret"):
        if options.get("bigip_username") or options.get("bigip_password"):
            yield "cis_bigip_login_secret names a Secret that exists, and cis_bigip_username and cis_bigip_password would make one. Set one or the other."
    elif not own:
        yield (
            "CIS has no BIG-IP credentials: "
            "set cis_bigip_username and cis_bigip_password, or cis_bigip_login_secret."
        )


def _url(url: str) -> Iterator[str]:
    if not url:
        yield "cis_bigip_url is missing, as in https://bigip.example.com."
        return
    try:
        parts = urlsplit(url if "//" in url else f"https://{url}")
        bad_port = parts.port == 0
    except ValueError:
        yield f"cis_bigip_url: {url} is not a URL. It is like https://bigip.example.com:8443."
        return
    if parts.username or parts.password:
        yield (
            "cis_bigip_url holds a user or a password, which would be visible in the values of the Helm release. "
            "Use cis_bigip_username and cis_bigip_password."
        )
    elif (
        parts.scheme != "https"
        or not parts.hostname
        or bad_port
        or parts.path not in ("", "/")
        or parts.query
        or parts.fragment
    ):
        yield f"cis_bigip_url: {url} has to be https://HOST or https://HOST:PORT, without a path: CIS takes no other."
