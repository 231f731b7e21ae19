# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Why a VirtualServer of CIS has no equivalent among the options of publish."""

from __future__ import annotations

from typing import Any, Iterator, Mapping

# The fields with an equivalent in AS3. The result reports every other field as left out.
_SERVER = {
    "virtualServerAddress", "additionalVirtualServerAddresses", "virtualServerHTTPPort", "virtualServerHTTPSPort", "virtualServerName",
    "pools", "snat", "iRules", "persistenceProfile", "partition", "allowVlans", "httpTraffic", "connectionMirroring",
}  # fmt: skip
_POOL_FIELDS = {
    "service", "servicePort", "serviceNamespace", "loadBalancingMethod", "monitor", "monitors", "minimumMonitors", "reselectTries",
    "serviceDownAction", "name",
}  # fmt: skip
_MONITOR = {"type", "send", "recv", "interval", "timeout", "reference", "name"}
_KNOWN_MONITORS = ("http", "https", "tcp", "udp")
COMMON = (
    "All tenants share the tenant Common, and CIS writes other tenants only. "
    "Write it as an application or a declaration of your own."
)


def reasons(spec: Mapping[str, Any], partition: str | None) -> Iterator[tuple[str, str]]:
    """Each field of a VirtualServer that has no equivalent, and what to do instead. partition: that of its CIS."""
    if not spec.get("virtualServerAddress"):
        yield (
            "virtualServerAddress",
            "The address comes from an IPAM controller. Write the address that it gave into the application.",
        )
    if not (spec.get("partition") or partition):
        yield "partition", "It names no partition: give the partition of CIS as the option partition."
    for name in sorted(set(spec) - _SERVER):
        yield name, _why(name)
    if (spec.get("partition") or partition) == "Common":
        yield "partition", COMMON
    if spec.get("httpTraffic") not in (None, "", "allow", "none"):
        yield (
            "httpTraffic",
            "A redirect to HTTPS is a second virtual server: write it as Service_HTTP with the iRule of your choice.",
        )
    pools = spec.get("pools") or []
    if len(pools) != 1:
        text = f"It has {len(pools)} pools, and CIS selects one by host and path."
        yield "pools", f"{text} Write policy and pools in AS3, as objects of the application."
        return
    (pool,) = pools
    for name in sorted(set(pool) - _POOL_FIELDS):
        yield f"pools[0].{name}", _why(name)
    for place, monitor in enumerate(monitors(pool)):
        yield from _monitor_reasons(f"pools[0].monitors[{place}]", monitor)


def _monitor_reasons(path: str, monitor: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if monitor.get("reference") == "bigip":
        return
    if monitor.get("type") not in _KNOWN_MONITORS:
        fault = f"{monitor.get('type')!r} has no known equivalent in AS3."
        yield f"{path}.type", f"{fault} Write the monitor in AS3."
    for name in sorted(set(monitor) - _MONITOR):
        yield f"{path}.{name}", _why(name)


def _why(name: str) -> str:
    known = {
        "host": "CIS routes a host by a policy. Write the Endpoint_Policy in AS3, as an object of the application.",
        "hostAliases": "CIS routes hosts by a policy. Write the Endpoint_Policy in AS3, as an object of the application.",
        "path": "CIS routes a path by a policy. Write the Endpoint_Policy in AS3, as an object of the application.",
        "tlsProfileName": "TLS is a resource of its own. Write Service_HTTPS with a TLS_Server; its key may come from a Secret by from_secret.",
        "policyName": "A Policy is a resource of its own. Write its rules in AS3.",
        "ipamLabel": "The address comes from an IPAM controller. Write the address that it gave into the application.",
        "weight": "Weights between Services are an iRule and several pools. Write them in AS3.",
        "alternateBackends": "Weights between Services are an iRule and several pools. Write them in AS3.",
        "multiClusterServices": "Publish each cluster by a run of its own.",
        "staticPoolMembers": "Write the static members as members of the pool in AS3.",
        "nodeMemberLabel": "Give it as node_label_selector of the application.",
    }
    return known.get(name, f"{name} has no equivalent among the options of publish. Write it in AS3.")


def monitors(pool: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The monitors that CIS uses.

    It reads `monitors` only without `monitor`, and skips an http or https monitor without `send`.
    """
    monitors = [pool["monitor"]] if pool.get("monitor") else pool.get("monitors") or []
    return [
        one
        for one in monitors
        if one.get("reference") == "bigip" or one.get("send") or one.get("type") not in ("http", "https")
    ]
