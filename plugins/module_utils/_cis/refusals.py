# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Which values would undo a safety measure, break the chart, or make a CIS that cannot start."""

from __future__ import annotations

from typing import Any, Iterator, Mapping

# Values that the role answers for, and the variable that sets each. The checks before and after the deployment are made for these.
OWNED: dict[tuple[str, ...], str] = {
    ("args", "bigip_partition"): "cis_bigip_partition",
    ("args", "bigip_url"): "cis_bigip_url",
    ("args", "custom_resource_mode"): "cis_custom_resource_mode",
    ("args", "extended_spec_configmap"): "cis_multi_cluster",
    ("args", "insecure"): "cis_insecure",
    ("args", "ipam"): "cis_ipam",
    ("args", "local_cluster_name"): "cis_multi_cluster",
    ("args", "multi_cluster_mode"): "cis_multi_cluster",
    ("args", "namespace_label"): "cis_namespace_label",
    ("args", "namespaces"): "cis_namespaces",
    ("args", "orchestration_cni"): "cis_static_routing",
    ("args", "pool_member_type"): "cis_pool_member_type",
    ("args", "shared_static_routes"): "cis_static_routing",
    ("args", "static_routing_mode"): "cis_static_routing",
    ("args", "trusted_certs_cfgmap"): "cis_bigip_ca_cert",
    ("bigip_login_secret",): "cis_bigip_login_secret",
    ("ingressClass", "create"): "cis_ingress_class_create",
    ("ingressClass", "isDefaultIngressController"): "cis_ingress_class_default",
    ("isDefaultIngressController",): "cis_ingress_class_default",
    ("namespace",): "cis_namespace",
    ("podSecurityContext",): "cis_pod_security_context",
    ("version",): "cis_version",
}
_CREDENTIALS = ("bigip_username", "bigip_password", "gtm_bigip_username", "gtm_bigip_password")
_PROBED_PORT = "8080"


def undone(own: Mapping[str, Any], extra: Mapping[str, Any]) -> Iterator[str]:
    """Refuse cis_values that differ from the values of the role."""
    secret = extra.get("bigip_secret")
    if isinstance(secret, Mapping) and any(secret.values()):
        yield (
            "cis_values.bigip_secret would put the password of BIG-IP into the values of the Helm release, where many can read it. "
            "Use cis_bigip_username and cis_bigip_password: the role makes the Secret outside of Helm."
        )
    for path, variable in OWNED.items():
        there, value = _at(extra, path)
        if there and value != _at(own, path)[1]:
            yield f"cis_values.{'.'.join(path)} would undo what the role checks. Set it by {variable}."


def arguments(args: Mapping[str, Any]) -> Iterator[str]:
    """Refuse arguments that the chart would write wrongly: it writes --name=value without quotes."""
    for name, value in args.items():
        if name.replace("-", "_") in _CREDENTIALS:
            yield (
                f"cis_values.args.{name} would be visible in the values of the Helm release and in the Deployment. "
                "CIS reads credentials from the login Secret."
            )
        elif name.replace("-", "_") == "credentials_directory":
            yield f"cis_values.args.{name}: the chart sets it to where it mounts the login Secret."
        elif "-" in name:
            yield f"cis_values.args.{name}: write {name.replace('-', '_')}. With both spellings CIS would get the argument twice."
        elif isinstance(value, Mapping) or (isinstance(value, (list, tuple)) and name != "namespaces"):
            yield f"cis_values.args.{name}: the chart takes text, a number or a boolean here. Of lists it knows only namespaces."
        elif isinstance(value, str) and (
            ": " in value or " #" in value or "\n" in value or value.endswith(":")
        ):
            yield f"cis_values.args.{name}: the chart writes arguments unquoted, so a value with ': ', ' #' or a line break breaks it."
        elif name == "http_listen_address" and str(value).rpartition(":")[2] != _PROBED_PORT:
            yield (
                f"cis_values.args.http_listen_address: the chart's probes ask port {_PROBED_PORT}. "
                "On another port Kubernetes would restart CIS again and again."
            )


def combinations(args: Mapping[str, Any], mode: Any) -> Iterator[str]:
    """Refuse arguments with which CIS does not start. The mode may still be unknown (auto)."""
    if args.get("static_routing_mode") and mode in ("nodeport", "nodeportlocal"):
        yield (
            f"cis_static_routing works with cis_pool_member_type cluster only, not with {mode}: "
            "CIS does not start, since BIG-IP needs no route to Pods there. Leave it false."
        )
    if args.get("multi_cluster_mode") and mode == "cluster" and not args.get("static_routing_mode"):
        yield "cis_multi_cluster with cis_pool_member_type cluster needs cis_static_routing: F5 supports several clusters by node port or by static routes."
    if args.get("namespaces") and args.get("namespace_label"):
        yield "cis_namespaces and cis_namespace_label exclude each other: CIS does not start with both. Set one of them."


def _at(values: Mapping[str, Any], path: tuple[str, ...]) -> tuple[bool, Any]:
    node: Any = values
    for name in path:
        if not isinstance(node, Mapping) or name not in node:
            return False, None
        node = node[name]
    return True, node
