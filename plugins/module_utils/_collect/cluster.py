# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""From options to pools: reads what these sources need of the cluster, and no more.

    with Cluster(module.params, deadline, warn=module.warn) as cluster:
        pools = cluster.pools(sources)

It joins _kube (reads, decides nothing) and _members (decides, reads nothing).
"""

from __future__ import annotations

import base64
import dataclasses
from typing import Any, Callable, Iterable, Mapping, Sequence, Union

from .._deadline import Deadline, backoff
from .._errors import Failure
from .._kube import antrea, lists, npl_ports
from .._kube import snapshot as facts
from .._kube.client import Client, Forbidden, NotFound
from .._members import auto, believed, contested, nodeportlocal
from .._members.explain import UNEXPLAINED, WAITABLE
from .._members.model import Pool, Service, Snapshot, Source
from .._members.reasons import failure
from .._members.resolve import resolve
from .._members.service import find_port

Outcome = Union[Pool, Failure]  # noqa: UP007 evaluated when it runs, which ansible-test's pylint takes for too new
Routable = Union[auto.Routable, bool, None]  # noqa: UP007

FEW_NAMESPACES = 8  # up to so many are listed one by one, so that a Role in each suffices
MOMENT = 0.01  # seconds that are no time
STRANGE = frozenset([believed.OUTSIDE])  # a gap that another port range may close
HOPELESS = frozenset(["npl_off", "antrea_missing"])  # no mapping will come, however long we wait


def collect(
    options: Mapping[str, Any],
    sources: Sequence[Source],
    deadline: Deadline,
    *,
    published: Mapping[str, str] | None = None,
    pod_network_routable: Routable = None,
    warn: Callable[[str], None] = lambda text: None,
) -> list[Outcome]:
    """A Pool or a Failure for each source, in their order. Raises Failure if a read failed: a failed list is never an empty one."""
    with Cluster(options, deadline, warn) as cluster:
        return cluster.pools(sources, published=published, pod_network_routable=pod_network_routable)


class Cluster:
    """One cluster for one task. `options`: the module's Kubernetes options; `warn`: takes what concerns the whole task."""

    def __init__(self, options: Mapping[str, Any], deadline: Deadline, warn: Callable[[str], None] = lambda text: None) -> None:
        self._deadline = deadline
        self._warn = warn
        self._client = Client(options, deadline)
        self._warned: set[str] = set()
        self._client.warn = warn
        self._denied: dict[str, Forbidden] = {}
        self._unread_pods: dict[str, Forbidden] = {}  # by namespace
        self._whole_cluster = False  # one list of each kind, however few namespaces are concerned

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *exc: Any) -> None:
        self._client.close()

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._client.requests

    # -- pools ---------------------------------------------------------------------------------------------------

    def pools(self, sources: Sequence[Source], *, published: Mapping[str, str] | None = None, pod_network_routable: Routable = None) -> list[Outcome]:
        """See collect(). `published`: the mode that a pool has on BIG-IP already, by Source.key; it matters to auto only."""
        if not sources:
            return []
        snapshot = Snapshot()
        self._read_services(snapshot, self._scopes(source.namespace for source in sources))
        return self._pools(snapshot, sources, published or {}, pod_network_routable)

    def discover(
        self, defaults: Mapping[str, Any], namespaces: Sequence[str] | None, label_selector: str | None
    ) -> tuple[list[Pool], list[tuple[Source, Failure]]]:
        """Every Service port that the mode can serve; and the Service ports that it cannot, each with its reason."""
        snapshot = Snapshot()
        self._whole_cluster = not namespaces
        self._read_services(snapshot, self._scopes(namespaces or []), label_selector)
        sources = []
        for (namespace, name), service in sorted(snapshot.services.items()):
            ports: list[str | None] = [f"{port.port}/{port.protocol}" for port in service.ports]
            for port in ports or [None]:
                item = {"service": {"namespace": namespace, "name": name, "port": port}}
                sources.append(Source.from_options(item, defaults, f"Service {namespace}/{name} port {port}"))
        outcomes = self._pools(snapshot, sources, {}, None) if sources else []
        pools = [outcome for outcome in outcomes if isinstance(outcome, Pool)]
        denied = [outcome for outcome in outcomes if isinstance(outcome, Forbidden)]
        if denied and not pools:
            raise denied[0]
        return pools, [(source, outcome) for source, outcome in zip(sources, outcomes) if isinstance(outcome, Failure)]

    def _pools(self, snapshot: Snapshot, sources: Sequence[Source], published: Mapping[str, str], routable: Routable) -> list[Outcome]:
        ask = (lambda _addresses, _published: bool(routable)) if isinstance(routable, bool) else routable
        self._read_backends(snapshot, sources)

        def resolved(source: Source) -> Outcome:
            try:
                return resolve(snapshot, source, published.get(source.key), ask)
            except Failure as failed:
                return failed

        def outcome(source: Source) -> Outcome:
            pool = resolved(source)
            while _missing(pool, STRANGE) and self._read_ranges(snapshot):
                pool = resolved(source)
            if isinstance(pool, Failure):
                return pool
            # The form of the Service may have chosen the mode (auto). It decides about its own pool only.
            if pool.pool_member_type == "nodeport" and snapshot.nodes is None:
                return self._denied["nodes"]
            if pool.pool_member_type == "nodeportlocal":
                return self._unread_pods.get(source.namespace, pool)
            return pool

        if any(self._lacks_evidence(snapshot, source) for source in sources):
            snapshot.npl = antrea.read(self._client, self._warn_once)
        outcomes = [outcome(source) for source in sources]
        if _gaps(outcomes, UNEXPLAINED):
            self._read_npl(snapshot, sources, outcomes)
            outcomes = [outcome(source) for source in sources]
            outcomes = self._wait(snapshot, sources, outcomes, outcome)
        elif _gaps(outcomes, WAITABLE):
            outcomes = self._wait(snapshot, sources, outcomes, outcome)
        self._warn_of_nodes(snapshot, outcomes)
        return outcomes

    # -- waiting for Antrea --------------------------------------------------------------------------------------

    def _wait(self, snapshot: Snapshot, sources: Sequence[Source], outcomes: list[Outcome], outcome: Callable[[Source], Outcome]) -> list[Outcome]:
        """Read again until the mappings are there or each source's wait_for_mappings is over; then say what is still missing."""
        before = self._deadline.remaining
        pauses = backoff(first=0.5, cap=3.0)

        def waiting() -> list[int]:
            waited = before - self._deadline.remaining
            return [
                index
                for index, source in enumerate(sources)
                if _missing(outcomes[index], WAITABLE) and not _missing(outcomes[index], HOPELESS) and waited + MOMENT < source.wait_for_mappings
            ]

        waited_for: set[int] = set()
        while True:
            open_ones = waiting()
            waited_for.update(open_ones)
            longest = max((sources[index].wait_for_mappings for index in open_ones), default=0.0)
            left = longest - (before - self._deadline.remaining)
            if not open_ones or not self._deadline.pause(min(next(pauses), left)):
                break
            affected = [sources[index] for index in open_ones]
            self._read_backends(snapshot, affected)
            outcomes = [outcome(source) if index in open_ones else old for index, (source, old) in enumerate(zip(sources, outcomes))]
        if any(_missing(outcomes[index], UNEXPLAINED) for index in waited_for):
            self._read_npl(snapshot, sources, outcomes)
            outcomes = [outcome(source) if index in waited_for else old for index, (source, old) in enumerate(zip(sources, outcomes))]
        return [_with_wait(old, sources[index]) if index in waited_for else old for index, old in enumerate(outcomes)]

    # -- reads ---------------------------------------------------------------------------------------------------

    def _read_services(self, snapshot: Snapshot, scopes: list[str | None], label_selector: str | None = None) -> None:
        for scope in scopes:
            for service in lists.each(self._client, lists.SERVICES, scope, facts.service, label_selector):
                snapshot.services[(service.namespace, service.name)] = service

    def _read_backends(self, snapshot: Snapshot, sources: Sequence[Source]) -> None:
        """The endpoints of these sources, and what is said about their Pods and nodes."""
        self._read_slices(snapshot, sources)
        self._read_pods(snapshot, sources)
        self._read_nodes(snapshot, sources)
        self._read_homes(snapshot)
        snapshot.now = self._client.server_time

    def _read_slices(self, snapshot: Snapshot, sources: Sequence[Source]) -> None:
        wanted = {(source.namespace, source.name) for source in sources}
        for key in wanted:
            snapshot.slices.pop(key, None)
        for scope in self._scopes(source.namespace for source in sources):
            for key, piece in lists.each(self._client, lists.ENDPOINT_SLICES, scope, facts.endpoint_slice):
                if key in wanted:
                    snapshot.slices.setdefault(key, []).append(piece)

    def _read_pods(self, snapshot: Snapshot, sources: Sequence[Source]) -> None:
        """Metadata of Pods, in the namespaces whose sources may use NodePortLocal."""
        concerned = [source for source in sources if _may_use_npl(snapshot, source)]
        if not concerned:
            return
        pods = dict(snapshot.pods or {})
        for scope in self._scopes(source.namespace for source in concerned):
            here = [source for source in concerned if scope in (None, source.namespace)]
            try:
                found = lists.each(self._client, lists.POD_METADATA, scope, facts.pod)
            except Forbidden as denied:
                if any(source.pool_member_type == "nodeportlocal" for source in here):
                    raise
                snapshot.denied["pods"] = denied.message
                self._unread_pods.update((source.namespace, denied) for source in here)
                continue
            for key in [key for key in pods if scope in (None, key[0])]:
                del pods[key]
            pods.update(found)
        snapshot.pods = pods

    def _read_nodes(self, snapshot: Snapshot, sources: Sequence[Source]) -> None:
        """Nodes are members in nodeport; in the other modes they only confirm, so that doing without them is possible."""
        modes = {source.pool_member_type for source in sources if source.pool_member_type != "cluster" or source.network_provider == "unknown"}
        if not modes:
            return
        try:
            kind = lists.NODE_METADATA if modes == {"cluster"} else lists.NODES  # in cluster only signs of NSX are looked for
            snapshot.nodes = {node.name: node for node in lists.each(self._client, kind, None, facts.node)}
            snapshot.standing.clear()
        except Forbidden as denied:
            if "nodeport" in modes:
                raise
            self._denied["nodes"] = denied
            snapshot.denied["nodes"] = denied.message

    def _read_homes(self, snapshot: Snapshot) -> None:
        """Where other Pods run, made only when their annotations name a port of a node that one of these sources' Pods names too."""
        snapshot.homes, snapshot.annotations = {}, None
        unplaced = contested.unplaced(snapshot)
        if not unplaced:
            return
        nodes: dict[str, set[str | None]] = {uid: set() for _namespace, uid in unplaced}
        for scope in self._scopes(namespace for namespace, _uid in unplaced):
            for _key, piece in lists.each(self._client, lists.ENDPOINT_SLICES, scope, facts.endpoint_slice):
                for endpoint in piece.endpoints:
                    if endpoint.uid in nodes and not endpoint.finished:
                        nodes[endpoint.uid].add(endpoint.node)
        snapshot.homes, snapshot.annotations = {uid: frozenset(found) for uid, found in nodes.items()}, None

    def _read_ranges(self, snapshot: Snapshot) -> bool:
        """The port ranges of NodePortLocal, one step at a time, when a mapping is outside of those that are known. False: no step is left."""
        ranges = snapshot.ranges
        if ranges.configured is None:
            snapshot.ranges = npl_ports.configured(self._client)
        elif ranges.agents is None:
            snapshot.ranges = npl_ports.of_agents(self._client, ranges)
        return snapshot.ranges is not ranges

    def _read_npl(self, snapshot: Snapshot, sources: Sequence[Source], outcomes: Sequence[Outcome]) -> None:
        """The extra reads, made only when a ready Pod has no mapping: each step only if the one before it explains nothing."""
        state = antrea.read(self._client, self._warn_once)
        if state.antrea and state.enabled is not False:
            state = self._read_ports(state, snapshot, sources, outcomes)
        snapshot.npl = state

    def _read_ports(self, state: Any, snapshot: Snapshot, sources: Sequence[Source], outcomes: Sequence[Outcome]) -> Any:
        unread = list(state.unread)
        used, named = None, {}
        if state.port_range:
            try:
                used = antrea.ports_used(self._client, state.port_range)
            except Forbidden as denied:
                unread.append(denied.doing)
        for source, pool in zip(sources, outcomes):
            if not _missing(pool, UNEXPLAINED):
                continue
            service = snapshot.services[(source.namespace, source.name)]
            if isinstance(find_port(service, source.port, source.path).target_port, str):
                try:
                    named.update(antrea.named_ports(self._client, service.namespace, service.selector))
                except Forbidden as denied:
                    unread.append(denied.doing)
        return dataclasses.replace(state, ports_used=used, named_ports=named or None, unread=tuple(dict.fromkeys(unread)))

    def _lacks_evidence(self, snapshot: Snapshot, source: Source) -> bool:
        service = snapshot.services.get((source.namespace, source.name))
        if source.pool_member_type != "auto" or service is None:
            return False
        try:
            return auto.lacks_evidence(snapshot, service, find_port(service, source.port, source.path))
        except Failure:
            return False  # the port is wrong: resolve() says so

    def _warn_of_nodes(self, snapshot: Snapshot, outcomes: Iterable[Outcome]) -> None:
        if "nodes" in snapshot.denied and any(isinstance(pool, Pool) and pool.pool_member_type == "nodeportlocal" for pool in outcomes):
            unverified = any(_missing(pool, frozenset([believed.UNVERIFIED])) for pool in outcomes)
            what = "Pods in mode nodeportlocal are left out, because their mappings cannot be" if unverified else "Mappings are not"
            trust = " Or set trust_npl_annotations: true." if unverified else ""
            self._warn(f"{what} compared with the addresses of their nodes. {snapshot.denied['nodes']}{trust}")

    def _warn_once(self, text: str) -> None:
        if text not in self._warned:
            self._warned.add(text)
            self._warn(text)

    def _scopes(self, namespaces: Iterable[str]) -> list[str | None]:
        """One list for each of a few namespaces, or one for the whole cluster."""
        distinct = sorted(set(namespaces))
        return [None] if self._whole_cluster or len(distinct) > FEW_NAMESPACES else [*distinct]

    # -- single objects and other kinds --------------------------------------------------------------------------

    def uid(self) -> str:
        """The cluster's identity: the UID of namespace kube-system."""
        try:
            return str(lists.one(self._client, lists.NAMESPACES, None, "kube-system")["metadata"]["uid"])
        except Forbidden as denied:
            raise failure("owner_required", "finding the default owner (the UID of namespace kube-system)", said=denied.said) from None

    def secret(self, namespace: str, name: str) -> dict[str, bytes]:
        """The decoded data of one Secret."""
        try:
            data = lists.one(self._client, lists.SECRETS, namespace, name).get("data") or {}
        except NotFound as absent:
            raise failure("secret_not_found", absent.doing, said=absent.said) from None
        return {key: base64.b64decode(value) for key, value in data.items()}

    def list_services(self, label_selector: str, namespaces: Sequence[str]) -> list[Service]:
        """Services of these namespaces by label, with their labels and ports, sorted."""

        def keep(raw: dict[str, Any]) -> Service | None:
            service = facts.service(raw)
            return service if service.namespace in namespaces else None

        found = [service for scope in self._scopes(namespaces) for service in lists.each(self._client, lists.SERVICES, scope, keep, label_selector)]
        return sorted(found, key=str)

    def deployments(self, namespace: str | None = None, label_selector: str | None = None) -> list[dict[str, Any]]:
        """Deployments as the API gives them."""
        return lists.each(self._client, lists.DEPLOYMENTS, namespace, lambda raw: raw, label_selector)

    def config_maps(self, label_selector: str, namespace: str | None = None) -> list[dict[str, Any]]:
        """ConfigMaps by label, as the API gives them."""
        return lists.each(self._client, lists.CONFIG_MAPS, namespace, lambda raw: raw, label_selector)


def _may_use_npl(snapshot: Snapshot, source: Source) -> bool:
    if source.pool_member_type == "nodeportlocal":
        return True
    service = snapshot.services.get((source.namespace, source.name))
    return source.pool_member_type == "auto" and service is not None and any(not nodeportlocal.refusals(service, port) for port in service.ports)


def _missing(outcome: Outcome, reasons: frozenset[str]) -> int:
    return sum(item.reason in reasons and not item.lasting for item in outcome.left_out) if isinstance(outcome, Pool) else 0


def _gaps(outcomes: Iterable[Outcome], reasons: frozenset[str]) -> bool:
    return any(_missing(outcome, reasons) for outcome in outcomes)


def _with_wait(outcome: Outcome, source: Source) -> Outcome:
    """Says what is still missing after waiting."""
    missing = _missing(outcome, WAITABLE)
    if not isinstance(outcome, Pool) or not missing:
        return outcome
    text = f"After {source.wait_for_mappings:g} s of wait_for_mappings, {missing} ready endpoint(s) still have no usable mapping: see left_out."
    return dataclasses.replace(outcome, warnings=(*outcome.warnings, text))
