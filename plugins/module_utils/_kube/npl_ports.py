# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The ports that Antrea gives to Pods, for mappings outside of the default range."""

from __future__ import annotations

from typing import Any

from .._errors import Failure
from .._members.believed import ports
from .._members.model import Ranges
from . import daemon_sets, lists
from .client import Client, Forbidden
from .lists import Kind

# One for each node, written by its agent.
AGENT_INFOS = Kind("AntreaAgentInfos", "/apis/crd.antrea.io/v1beta1", "antreaagentinfos")


def configured(client: Client) -> Ranges:
    """Return the range in the ConfigMap that the agents mount. `unread` names a forbidden read."""
    try:
        ranges = [_range(client, raw) for raw in daemon_sets.antrea_of_platform(client)]
    except Failure as failed:
        if failed.code not in ("kubernetes_forbidden", "kubernetes_not_found"):
            raise
        return Ranges((), unread=(failed.what,))
    return Ranges(tuple(item for item in ranges if item))


def of_agents(client: Client, known: Ranges) -> Ranges:
    """Return `known` with the range that each agent runs with.

    An agent reads its configuration only at its start, so its range may be the one before a change.
    """
    try:
        reported = dict(lists.each(client, AGENT_INFOS, None, _reported))
    except Failure as failed:
        if failed.code not in ("kubernetes_forbidden", "kubernetes_not_found"):
            raise
        unread = (failed.what,) if isinstance(failed, Forbidden) else ()  # before Antrea 1.10 none exist
        return known._replace(agents={}, unread=(*known.unread, *unread))
    return known._replace(agents=reported)


def _range(client: Client, daemon_set: dict[str, Any]) -> tuple[int, int] | None:
    config = daemon_sets.config(client, daemon_set)
    return None if config is None else ports(config.port_range)


def _reported(raw: dict[str, Any]) -> tuple[str, tuple[int, int]] | None:
    reported = ports(raw.get("nodePortLocalPortRange"))
    return (str((raw.get("metadata") or {}).get("name") or ""), reported) if reported else None
