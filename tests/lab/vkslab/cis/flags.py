# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CIS's command line: what it takes, and what it refuses before it does anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .program import Exit

_BOOLEANS = """as3-validation cccl-gtm-agent custom-resource-mode disable-teems enable-ipv6 enable-tls
    filter-tenants http-client-metrics hubmode insecure ipam log-as3-response manage-configmaps
    manage-ingress manage-load-balancer-class-only pod-graceful-shutdown running-in-cluster
    share-nodes shared-static-routes static-routing-mode use-node-internal use-secrets version""".split()
_NUMBERS = (
    "as3-post-delay default-route-domain node-poll-interval periodic-sync-interval "
    "refresh-token-interval sync-interval verify-interval"
).split()
_TEXTS = """agent bigip-partition bigip-password bigip-url bigip-username cccl-log-level cilium-name
    cipher-group ciphers config-cm controller-mode credentials-directory custom-resource-label
    default-ingress-ip extended-spec-configmap flannel-name gtm-bigip-password gtm-bigip-url
    gtm-bigip-username gtm-credentials-directory http-listen-address https-listen-address
    ingress-class ipam-cluster-label ipam-namespace kubeconfig load-balancer-class
    local-cluster-name log-file log-level multi-cluster-mode namespace namespace-label
    node-label-selector openshift-sdn-name orchestration-cni override-as3-declaration
    pool-member-type python-basedir resolve-ingress-names route-label route-spec-configmap
    routeserviceclusterip schema-db-base-dir static-route-node-cidr tls-version
    trusted-certs-cfgmap userdefined-as3-declaration vs-snat-pool-name vxlan-name""".split()
_LISTS = ("bigip-partition", "namespace")
_TRUE, _FALSE = ("1", "t", "T", "TRUE", "true", "True"), ("0", "f", "F", "FALSE", "false", "False")
_MODES = ("nodeport", "cluster", "nodeportlocal", "auto")
_MULTI = ("standalone", "primary", "secondary")
LEVELS = ("AS3DEBUG", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True)
class Settings:
    """The arguments, with CIS's defaults."""

    url: str
    partitions: tuple[str, ...]
    username: str
    password: str
    credentials: str
    insecure: bool
    trusted: str
    custom_resources: bool
    mode: str
    namespaces: tuple[str, ...]
    namespace_label: str
    node_label_selector: str
    use_node_internal: bool
    level: str
    address: str
    ingress_class: str
    default_ingress_ip: str
    ipam: bool
    ipam_namespace: str
    static_routes: bool
    shared_routes: bool
    multi_cluster: str
    extended: str
    local_cluster: str
    load_balancer_class: str
    route_domain: int
    cni: str
    log_response: bool

    @property
    def partition(self) -> str:
        return self.partitions[0]


def parse(arguments: Sequence[str]) -> Settings:
    """Settings, or the end of CIS as the first fault has it."""
    given: dict[str, Any] = {}
    words = iter(arguments)
    for word in words:
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--"):
            continue
        if name in _BOOLEANS:
            given[name] = _boolean(name, value) if equals else True
            continue
        if name not in _NUMBERS and name not in _TEXTS:
            raise Exit(f"unknown flag: --{name}", usage=True)
        if not equals:
            value = next(words, "")
        if name in _NUMBERS:
            if not re.fullmatch(r"[+-]?\d+", value):
                raise Exit(
                    (
                        f'invalid argument "{value}" for "--{name}" flag: strconv.ParseInt: parsing '
                        f'"{value}": invalid syntax'
                    ),
                    usage=True,
                )
            given[name] = int(value)
        elif name in _LISTS:
            given[name] = (*given.get(name, ()), *(part for part in value.split(",") if part))
        else:
            given[name] = value
    settings = _settings(given)
    complaint = _complaint(settings, given)
    if complaint:
        raise Exit(complaint, usage=True)
    return settings


def _boolean(name: str, value: str) -> bool:
    if value not in _TRUE + _FALSE:
        raise Exit(
            (
                f'invalid argument "{value}" for "--{name}" flag: strconv.ParseBool: parsing "{value}": '
                "invalid syntax"
            ),
            usage=True,
        )
    return value in _TRUE


def _settings(given: dict[str, Any]) -> Settings:
    return Settings(
        url=given.get("bigip-url", ""),
        partitions=given.get("bigip-partition", ()),
        username=given.get("bigip-username", ""),
        password=given.get("bigip-password", ""),
        credentials=given.get("credentials-directory", ""),
        insecure=given.get("insecure", False),
        trusted=given.get("trusted-certs-cfgmap", ""),
        custom_resources=given.get("custom-resource-mode", False)
        or given.get("controller-mode") == "customresource",
        mode=given.get("pool-member-type", "nodeport"),
        namespaces=given.get("namespace", ()),
        namespace_label=given.get("namespace-label", ""),
        node_label_selector=given.get("node-label-selector", ""),
        use_node_internal=given.get("use-node-internal", True),
        level=given.get("log-level", "INFO").upper(),
        address=given.get("http-listen-address", "0.0.0.0:8080"),
        ingress_class=given.get("ingress-class", "f5"),
        default_ingress_ip=given.get("default-ingress-ip", ""),
        ipam=given.get("ipam", False),
        ipam_namespace=given.get("ipam-namespace", "kube-system"),
        static_routes=given.get("static-routing-mode", False),
        shared_routes=given.get("shared-static-routes", False),
        multi_cluster=given.get("multi-cluster-mode", ""),
        extended=given.get("extended-spec-configmap", ""),
        local_cluster=given.get("local-cluster-name", ""),
        load_balancer_class=given.get("load-balancer-class", ""),
        route_domain=given.get("default-route-domain", 0),
        cni=given.get("orchestration-cni", ""),
        log_response=given.get("log-as3-response", False),
    )


def _complaint(settings: Settings, given: dict[str, Any]) -> str:
    """The first thing for which CIS does not start."""
    if not settings.partitions:
        return "missing a BIG-IP partition"
    if "Common" in settings.partitions:
        return "Common cannot be one of the specified partitions."
    if not settings.credentials and not settings.url:
        return "Missing BIG-IP URL"
    if not settings.credentials and not (settings.username and settings.password):
        return "BIG-IP username, password and URL must be provided"
    if settings.namespaces and settings.namespace_label:
        return "Can not specify both namespace and namespace-label"
    if settings.mode not in _MODES:
        return f"'{settings.mode}' is not a valid Pool Member Type"
    if settings.mode == "auto" and not settings.custom_resources:
        return "--pool-member-type auto is supported in CRD/NextGen routes mode only"
    if settings.static_routes and settings.mode == "nodeportlocal":
        return (
            "Cannot run NodePort mode or nodeportlocal mode while supplying static-routing-mode true "
            "Must be in Cluster mode if using static route configuration."
        )
    if settings.level not in LEVELS:
        return (
            f"Unknown log level requested: {settings.level}\n    Valid log levels are: AS3DEBUG, DEBUG, "
            "INFO, WARNING, ERROR, CRITICAL"
        )
    for name in ("flannel-name", "cilium-name", "openshift-sdn-name"):
        if given.get(name) == "":
            return f"Missing required parameter {name}"
    if settings.multi_cluster:
        if settings.multi_cluster not in _MULTI:
            return (
                f"'{settings.multi_cluster}' is not a valid multi cluster mode, allowed values are: "
                "standalone/primary/secondary"
            )
        if not settings.local_cluster:
            return (
                "missing --local-cluster-name parameter in the multiCluster mode. It's a required "
                "parameter in multiCluster mode"
            )
        if not settings.extended:
            return (
                "missing --extended-spec-configmap parameter in the multiCluster mode. It's a required "
                "parameter in multiCluster mode"
            )
    return ""
