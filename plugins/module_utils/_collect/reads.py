# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The reads that sources need of a cluster, and no more."""

from __future__ import annotations

import dataclasses
from typing import Callable, Iterable, Sequence

from .._kube import lists, snapshot
from .._kube.client import Client, Forbidden
from .._members import contested, nodeportlocal
from .._members.model import NplState, Snapshot
from .._members.service import find_port
from .._members.source import Source

FEW_NAMESPACES = 8  # so many namespaces are listed one by one, so a Role in each suffices


class Reads:
    """Each method reads into a snapshot.

    whole_cluster  one list of each kind, for each number of namespaces
    pods_denied    by namespace, for the sources that do without
    """

    def __init__(self, client: Client, warn: Callable[[str], None]) -> None:
        self._client = client
        self._warn = warn
        self._warnings: set[str] = set()
        self._nodes_denied: Forbidden | None = None
        self.pods_denied: dict[str, Forbidden] = {}
        self.whole_cluster = False

    def scopes(self, namespaces: Iterable[str]) -> list[str | None]:
        """Return what to list: each of a few namespaces, or the whole cluster (None)."""
        distinct = sorted(set(namespaces))
        return [None] if self.whole_cluster or len(distinct) > FEW_NAMESPACES else [*distinct]

    def nodes_denied(self) -> Forbidden:
        """Return why the Nodes were not read."""
        if self._nodes_denied is None:
            raise AssertionError("the Nodes were read, or no source needed them")
        return self._nodes_denied

    def services(
        self, content: Snapshot, namespaces: Iterable[str], label_selector: str | None = None
    ) -> None:
        """Read the Services of these namespaces; without any, those of the whole cluster if it is set."""
        for scope in self.scopes(namespaces):
            for service in lists.each(self._client, lists.SERVICES, scope, snapshot.service, label_selector):
                content.services[(service.namespace, service.name)] = service

    def backends(self, content: Snapshot, sources: Sequence[Source]) -> None:
        """Read the endpoints of these sources, their Pods and nodes."""
        self._slices(content, sources)
        self._pods(content, sources)
        self._nodes(content, sources)
        self._homes(content)
        content.now = self._client.server_time

    def _slices(self, content: Snapshot, sources: Sequence[Source]) -> None:
        wanted = {(source.namespace, source.name) for source in sources}
        for key in wanted:
            content.slices.pop(key, None)
        for scope in self.scopes(source.namespace for source in sources):
            for key, piece in lists.each(self._client, lists.ENDPOINT_SLICES, scope, snapshot.endpoint_slice):
                if key in wanted:
                    content.slices.setdefault(key, []).append(piece)

    def _pods(self, content: Snapshot, sources: Sequence[Source]) -> None:
        """Read the metadata of Pods, in the namespaces whose sources may use NodePortLocal."""
        concerned = [source for source in sources if _may_use_npl(content, source)]
        if not concerned:
            return
        pods = dict(content.pods or {})
        for scope in self.scopes(source.namespace for source in concerned):
            of_scope = [source for source in concerned if scope in (None, source.namespace)]
            try:
                listed = lists.each(self._client, lists.POD_METADATA, scope, snapshot.pod)
            except Forbidden as denied:
                if any(source.mode == "nodeportlocal" for source in of_scope):
                    raise
                content.denied["pods"] = denied.message
                self.pods_denied.update((source.namespace, denied) for source in of_scope)
                continue
            for key in [key for key in pods if scope in (None, key[0])]:
                del pods[key]
            pods.update(listed)
        content.pods = pods

    def _nodes(self, content: Snapshot, sources: Sequence[Source]) -> None:
        """Read Nodes. Only mode nodeport needs them: the others use them to confirm, and go on without."""
        modes = {
            source.mode
            for source in sources
            if source.mode != "cluster" or source.network_provider == "unknown"
        }
        if not modes:
            return
        try:
            # Mode cluster needs only the signs of NSX, which are in the metadata.
            kind = lists.NODE_METADATA if modes == {"cluster"} else lists.NODES
            content.nodes = {node.name: node for node in lists.each(self._client, kind, None, snapshot.node)}
            content.eligibility.clear()
        except Forbidden as denied:
            if "nodeport" in modes:
                raise
            self._nodes_denied = denied
            content.denied["nodes"] = denied.message

    def _homes(self, content: Snapshot) -> None:
        """Read where other Pods run whose annotations name the same port of a node as a source's Pod."""
        content.homes, content.annotations = {}, None
        unplaced = contested.unplaced(content)
        if not unplaced:
            return
        nodes: dict[str, set[str | None]] = {uid: set() for _namespace, uid in unplaced}
        for scope in self.scopes(namespace for namespace, _uid in unplaced):
            for _key, piece in lists.each(
                self._client, lists.ENDPOINT_SLICES, scope, snapshot.endpoint_slice
            ):
                for endpoint in piece.endpoints:
                    if endpoint.uid in nodes and not endpoint.finished:
                        nodes[endpoint.uid].add(endpoint.node)
        content.homes = {uid: frozenset(names) for uid, names in nodes.items()}
        content.annotations = None

    def ranges(self, content: Snapshot) -> bool:
        """Read further port ranges of NodePortLocal, for a mapping outside of the known ones.

        False: no further range can be read.
        """
        from .._kube import npl_ports  # few runs need it

        known = content.ranges
        if known.configured is None:
            content.ranges = npl_ports.configured(self._client)
        elif known.agents is None:
            content.ranges = npl_ports.of_agents(self._client, known)
        return content.ranges is not known

    def npl_state(self, content: Snapshot) -> NplState:
        """Read Antrea's agents and their configuration."""
        from .._kube import antrea  # few runs need it

        content.npl = antrea.read(self._client, self._warn_once)
        return content.npl

    def npl(self, content: Snapshot, unexplained: Sequence[Source]) -> None:
        """Read why ready Pods of these sources have no mapping: further reads only where Antrea is on."""
        from .._kube import antrea

        state = self.npl_state(content)
        if not state.antrea or state.enabled is False:
            return
        unread = list(state.unread)
        used, named = None, {}
        if state.port_range:
            try:
                used = antrea.ports_used(self._client, state.port_range)
            except Forbidden as denied:
                unread.append(denied.what)
        for source in unexplained:
            service = content.services[(source.namespace, source.name)]
            if isinstance(find_port(service, source.port, source.path).target_port, str):
                try:
                    named.update(antrea.named_ports(self._client, service.namespace, service.selector))
                except Forbidden as denied:
                    unread.append(denied.what)
        content.npl = dataclasses.replace(
            state, ports_used=used, named_ports=named, unread=tuple(dict.fromkeys(unread))
        )

    def _warn_once(self, text: str) -> None:
        if text not in self._warnings:
            self._warnings.add(text)
            self._warn(text)


def _may_use_npl(content: Snapshot, source: Source) -> bool:
    if source.mode == "nodeportlocal":
        return True
    service = content.services.get((source.namespace, source.name))
    if source.mode != "auto" or service is None:
        return False
    return any(not nodeportlocal.refusals(service, port) for port in service.ports)
