# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The objects that CIS reads only when it starts: its login Secret and BIG-IP's CA.

The Deployment carries their uid and resourceVersion as an annotation, so a change by any client is seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .seen import Seen

Applied = Mapping[str, Any]
"""Results of the tasks that applied something: `objects`, `definitions`, `login`, `helm` and more."""


def start(read: Mapping[str, Any]) -> dict[str, Any]:
    """After Helm: whether CIS has to `restart`, and whether to `record` the `state` on its Deployment."""
    seen, plan, applied = Seen(read), read["plan"], read["applied"]
    live = seen.live(plan["deployment"])
    state = started_with(seen, applied)
    differs = live.get("started_with", "") != state or plan["deploy_anyway"]
    return {
        "restart": restart_due(seen, live, applied),
        "record": bool(differs and not seen.check),
        "state": state,
    }


def former(read: Mapping[str, Any]) -> str:
    """The state to record after a rollback. read: the objects as they were read, by a loop of k8s_info."""
    metadata = [one["metadata"] for result in read["results"] for one in result.get("resources") or []]
    return " ".join([*(one["uid"] for one in metadata), *(one["resourceVersion"] for one in metadata)])


def started_with(seen: Seen, applied: Applied) -> str:
    """In check mode an object counts as it was before."""
    objects = [] if seen.check else objects_of(applied)
    logins = [one["metadata"] for one in objects if one.get("kind") == "Secret"]
    name = seen.names.trusted_certs
    certificates = [one["metadata"] for one in objects if one["metadata"].get("name") == name]
    pairs = [_identity(logins, seen.login)]
    if seen.options["bigip_ca_cert"]:
        pairs.append(_identity(certificates, seen.config_map(name)))
    return " ".join(part for parts in zip(*pairs) for part in parts if part)


def restart_due(seen: Seen, live: Mapping[str, Any], applied: Applied) -> bool:
    """True if the existing CIS has to start again, and Helm did not start it anew."""
    if not live or changed(applied.get("helm")):
        return False
    if live["replicas"] == 0 or live["started_with"] != started_with(seen, applied):
        return True
    names = [one.get("metadata", {}).get("name") for one in changed_objects(applied)]
    return seen.check and (changed(applied.get("login")) or seen.names.trusted_certs in names)


def objects_of(applied: Applied) -> list[Mapping[str, Any]]:
    objects = (one.get("result") for one in _results(applied))
    return [one for one in objects if isinstance(one, Mapping) and one.get("metadata")]


def changed_objects(applied: Applied) -> list[Mapping[str, Any]]:
    return [one.get("result") or {} for one in _results(applied) if one.get("changed")]


def changed(result: Mapping[str, Any] | None) -> bool:
    return bool((result or {}).get("changed"))


def _results(applied: Applied) -> list[Mapping[str, Any]]:
    """The result for each object: kubernetes.core.k8s returns those of several objects in one."""
    results: list[Mapping[str, Any]] = []
    for name in ("objects", "definitions"):
        result = applied.get(name) or {}
        results += (result.get("result") or {}).get("results") or [result]
    return [*results, applied.get("login") or {}]


def _identity(applied: Sequence[Mapping[str, Any]], stored: Mapping[str, Any]) -> tuple[str, str]:
    """uid and resourceVersion of the object as it was applied, or else as it was read."""
    new: Mapping[str, Any] = next(iter(applied), {})
    return (
        str(new.get("uid") or stored.get("uid") or ""),
        str(new.get("resourceVersion") or stored.get("resource_version") or ""),
    )
