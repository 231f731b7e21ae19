# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ports that Antrea gives to Pods: read only when a mapping is outside of the default range. This module util is PRIVATE to the collection.

Only the namespaces of the platform count: a user with less could write a DaemonSet with Antrea's labels, and a ConfigMap beside it.
"""

from __future__ import annotations

from typing import Any

from .._errors import Failure
from .._members.believed import ports
from .._members.model import Ranges
from . import lists, vks
from .antrea import AGENT_LABELS
from .client import Client, Forbidden
from .lists import Kind

HOME, PLATFORM = "kube-system", "vmware-system-"
AGENT_INFOS = Kind("AntreaAgentInfos", "/apis/crd.antrea.io/v1beta1", "antreaagentinfos")  # one a node, written by its agent


def configured(client: Client) -> Ranges:
    """The range in the ConfigMap that the agents mount. What may not be read is named in `unread`."""
    try:
        return Ranges(tuple(found for found in (_range(client, item) for item in _daemon_sets(client)) if found))
    except Failure as failed:
        if failed.code not in ("kubernetes_forbidden", "kubernetes_not_found"):
            raise
        return Ranges((), unread=(failed.what,))


def of_agents(client: Client, known: Ranges) -> Ranges:
    """And what each agent runs with. It reads its configuration at start only, so after a change it may be the one before."""
    try:
        found = dict(lists.each(client, AGENT_INFOS, None, _reported))
    except Failure as failed:
        if failed.code not in ("kubernetes_forbidden", "kubernetes_not_found"):
            raise
        unread = (failed.what,) if isinstance(failed, Forbidden) else ()  # before Antrea 1.10 there are none
        return known._replace(agents={}, unread=(*known.unread, *unread))
    return known._replace(agents=found)


def _daemon_sets(client: Client) -> list[dict[str, Any]]:
    """Antrea's agents, in kube-system or where another release of the platform keeps them."""
    found = lists.each(client, lists.DAEMON_SETS, HOME, lambda raw: raw, AGENT_LABELS)
    return found or [raw for raw in lists.each(client, lists.DAEMON_SETS, None, lambda raw: raw, AGENT_LABELS) if _namespace(raw).startswith(PLATFORM)]


def _namespace(raw: dict[str, Any]) -> str:
    return str((raw.get("metadata") or {}).get("namespace") or "")


def _range(client: Client, daemon_set: dict[str, Any]) -> tuple[int, int] | None:
    name = vks.mounted_config(daemon_set)
    return ports(vks.npl_config(lists.one(client, lists.CONFIG_MAPS, _namespace(daemon_set), name)).port_range) if name else None


def _reported(raw: dict[str, Any]) -> tuple[str, tuple[int, int]] | None:
    found = ports(raw.get("nodePortLocalPortRange"))
    return (str((raw.get("metadata") or {}).get("name") or ""), found) if found else None
