# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The objects that state absent removes, and those that it refuses to remove."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import obstacles
from .names import Names
from .outcome import tenants_of
from .seen import is_tenant
from .wanted import Options

_SHARED_ROUTES = "--shared-static-routes=true"
_SERVICE = re.compile("Service_(HTTP|HTTPS|TCP|UDP|SCTP|L4|Generic)")
_WRITTEN = ["Shared"]
"""The only application that CIS writes. Another publisher may set the same label."""


def removal(read: Mapping[str, Any]) -> dict[str, Any]:
    """Of the CIS that cis_info `found`: what to refuse, and what to remove."""
    options, reported = read["options"], read["found"]
    controllers = reported["controllers"]
    own = [options["bigip_partition"]] if options["bigip_partition"] else []
    written = [name for one in controllers for name in one["partitions"]]
    partitions = list(dict.fromkeys(written)) or own
    resources = [one for one in reported["resources"] if one["kind"] != "Ingress"]
    removed = resources if options["remove_resources"] else []
    named = [one["partition"] for one in removed if is_tenant(one["partition"])]
    return {
        "refused": list(
            obstacles.stray(_mine(controllers, options), options["release_name"], options["namespace"])
        ),
        "exists": bool(controllers),
        "serves": any(one["available"] for one in controllers),
        "partitions": partitions,
        "resources": removed,
        "tenants_of_resources": list(dict.fromkeys([*partitions, *named])),
        "routed": list(_routed(controllers)),
    }


def _mine(controllers: Sequence[Mapping[str, Any]], options: Options) -> list[Mapping[str, Any]]:
    place = (options["namespace"], options["release_name"])
    return [one for one in controllers if (one["namespace"], one["release"]) == place]


def _routed(controllers: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The partitions in which CIS made static routes."""
    routers = [one for one in controllers if "--static-routing-mode=true" in one["arguments"]]
    if any(_SHARED_ROUTES in one["arguments"] for one in routers):
        yield "Common"
    for one in routers:
        yield from one["partitions"][:1] if _SHARED_ROUTES not in one["arguments"] else []


def staying(read: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The other CIS of the cluster."""
    mine = _mine(read["every"]["controllers"], read["options"])
    namespace = read["options"]["namespace"]
    others = [one for one in read["every"]["controllers"] if one not in mine]
    return sorted(others, key=lambda one: bool(one["namespace"] == namespace))


def judgement(read: Mapping[str, Any]) -> dict[str, Any]:
    """The reasons to refuse a removal, and the message if it has nothing to remove.

    read: `removal`; `every`, the result of cis_info for the cluster; `releases`, the results of helm_info.
    """
    options, others = read["options"], staying(read)
    names = ", ".join(f"{one['namespace']}/{one['name']}" for one in others)
    release = f"{options['namespace']}/{options['release_name']}"
    missing = f"The cluster has no CIS of the Helm release {release}. It has {names}."
    return {
        "refused": [*_tenants_of_others(read, others), *_other_charts(read)],
        "missing": missing if others and not read["removal"]["exists"] else "",
    }


def _tenants_of_others(read: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    options = read["options"]
    missing = "" if read["removal"]["exists"] else ", which does not exist"
    for one in others if options["remove_tenant"] else []:
        for name in dict.fromkeys(one["partitions"]):
            if name in read["removal"]["partitions"]:
                yield (
                    f"cis_remove_tenant would remove the tenant {name} of CIS "
                    f"{one['namespace']}/{one['name']}, and the CIS to remove is that of the Helm release "
                    f"{options['namespace']}/{options['release_name']}{missing}. Nothing was removed. "
                    "Correct cis_namespace or cis_release_name, or set cis_remove_tenant: false."
                )


def _other_charts(read: Mapping[str, Any]) -> Iterator[str]:
    namespace = read["options"]["namespace"]
    for release, result in zip(read["wanted"]["releases"], read["releases"]):
        if "status" not in result:
            continue
        chart = str((result["status"] or {}).get("chart") or "")
        names = "|".join(map(re.escape, release["charts"]))
        if not re.match(f"({names})-v?[0-9]", chart):
            yield (
                f"Helm release {namespace}/{release['name']} is of the chart {chart or 'without a name'}, "
                f"not of {' or '.join(dict.fromkeys(release['charts']))}. Nothing was removed. Correct "
                f"cis_namespace or {release['by']}, or set {release['of']} to the chart if it is the one to "
                "remove."
            )


def serves(read: Mapping[str, Any]) -> bool:
    """True if a tenant that CIS wrote has virtual servers. Another tenant that a resource names stays."""
    partitions = read["removal"]["partitions"]
    return any(
        _SERVICE.fullmatch(str(item.get("class")))
        for name, tenant in (read["left"].get("declaration") or {}).items()
        if isinstance(tenant, Mapping) and (name in partitions or tenant.get("label") in partitions)
        for item in _objects(tenant)
    )


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for part in value.values():
            yield from _objects(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _objects(part)


def rights(read: Mapping[str, Any]) -> list[str]:
    """The kinds among ClusterRoleBinding and ClusterRole to remove.

    They have no namespace, so the subjects of the Binding show their CIS.
    read: `rights`, of each kind its `resources`.
    """
    names = Names.of(read["options"])
    bindings, roles = (one.get("resources") or [] for one in read["rights"])
    users = [subject for binding in bindings for subject in binding.get("subjects") or []]
    if any(one.get("namespace") != names.namespace for one in users):
        return []
    return [
        kind
        for kind, stored in (("ClusterRoleBinding", bindings), ("ClusterRole", roles))
        for one in stored
        if names.labels.items() <= (one["metadata"].get("labels") or {}).items()
    ]


def tenants(read: Mapping[str, Any]) -> dict[str, Any]:
    """Of the tenants on BIG-IP: those to remove, those `beyond` the partitions, and `unproven` ones."""
    plan, declaration = read["removal"], read["declaration"] or {}
    partitions = plan["partitions"]
    written = [name for name, one in declaration.items() if _is_of_cis(one, partitions)]
    taken = [name for one in staying(read) for name in one["partitions"]]
    beyond = [name for name in written if name not in (*partitions, *taken)]
    stored = [name for name in partitions if name in declaration]
    # Without a CIS, only the tenant itself shows its owner.
    unproven = [] if plan["exists"] else [name for name in stored if name not in written]
    return {
        "all": [*partitions, *beyond],
        "beyond": beyond,
        "unproven": unproven,
        "remove": [name for name in [*stored, *beyond] if name not in unproven],
    }


def _is_of_cis(tenant: Any, partitions: Sequence[str]) -> bool:
    """A resource may name another partition than that of its CIS, which is the tenant's label then."""
    if not isinstance(tenant, Mapping) or tenant.get("label") not in partitions:
        return False
    return [name for name, part in tenant.items() if _is_application(part)] == _WRITTEN


def _is_application(part: Any) -> bool:
    return isinstance(part, Mapping) and part.get("class") == "Application"


def result(read: Mapping[str, Any]) -> dict[str, Any]:
    """The return values of the role after a removal."""
    options, releases = read["options"], ["status" in one for one in read["releases"]]
    kinds = [one["item"][0] for one in read["objects"] if one.get("changed")]
    changes = {
        "resources": read["resources"],
        "release": releases[0],
        "ipam": any(releases[1:]),
        "login_secret": "Secret" in kinds,
        "trusted_certs": "ConfigMap" in kinds,
        "rights": read["rights"],
        "tenants": read["tenants"],
    }
    return {
        "release": options["release_name"],
        "namespace": options["namespace"],
        "changes": [name for name, is_changed in changes.items() if is_changed],
        "tenants": tenants_of(read["stored"] or {}),
        "routes": read["removal"]["routed"],
    }
