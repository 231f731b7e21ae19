# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The DaemonSets of CNIs, Antrea's among them, in the scope that the user's rights allow.

Only those in a namespace of the platform count (objects.is_system): a user with fewer rights can write
a DaemonSet with Antrea's labels, and a ConfigMap beside it. The callers filter, and report the others.
"""

from __future__ import annotations

from typing import Any

from .._facts.cluster import Cni, NplConfig
from . import lists, objects
from .client import Client, Forbidden

AGENT_LABELS = "app=antrea,component=antrea-agent"
HOME, PLATFORM = "kube-system", "vmware-system-"


def cnis(client: Client) -> list[tuple[dict[str, Any], Cni]]:
    """Return the DaemonSets of known CNIs, by name or labels, of the whole cluster.

    Where the user may read only those of kube-system: one of these is an answer, and none is not.
    """

    def keep(raw: dict[str, Any]) -> tuple[dict[str, Any], Cni] | None:
        cni = objects.cni(raw)
        return None if cni is None else (raw, cni)

    try:
        return lists.each(client, lists.DAEMON_SETS, None, keep)
    except Forbidden as denied:
        at_home = lists.each(client, lists.DAEMON_SETS, HOME, keep)
        if not at_home:
            raise denied from None
        return at_home


def antrea(client: Client) -> list[dict[str, Any]]:
    """Return the DaemonSets with Antrea's labels of the whole cluster.

    Where the user may read only those of kube-system, return these.
    """
    try:
        return _labelled(client, None)
    except Forbidden:
        return _labelled(client, HOME)


def antrea_of_platform(client: Client) -> list[dict[str, Any]]:
    """Return Antrea's DaemonSets of kube-system; if it has none, those of vmware-system-* namespaces.

    It asks for the whole cluster last, so a Role in kube-system suffices on most releases.
    """
    return _labelled(client, HOME) or [
        raw for raw in _labelled(client, None) if namespace_of(raw).startswith(PLATFORM)
    ]


def config(client: Client, daemon_set: dict[str, Any]) -> NplConfig | None:
    """Return NodePortLocal in the ConfigMap that the agents mount; None if they mount none."""
    name = objects.mounted_config(daemon_set)
    if not name:
        return None
    return objects.npl_config(lists.one(client, lists.CONFIG_MAPS, namespace_of(daemon_set), name))


def namespace_of(raw: dict[str, Any]) -> str:
    return str((raw.get("metadata") or {}).get("namespace") or "")


def _labelled(client: Client, namespace: str | None) -> list[dict[str, Any]]:
    return lists.each(client, lists.DAEMON_SETS, namespace, lambda raw: raw, AGENT_LABELS)
