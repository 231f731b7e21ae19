# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The reads of one cluster for one task, and the pools that they result in.

    with Cluster(module.params, deadline, warn=module.warn) as cluster:
        pools = cluster.pools(sources)

It joins _kube (reads, decides nothing) and _members (decides, reads nothing).
"""

from __future__ import annotations

import base64
from typing import Any, Callable, Mapping, Sequence

from .._deadline import Deadline
from .._errors import Failure
from .._kube import lists, snapshot
from .._kube.client import Client, Forbidden, NotFound
from .._members import believed
from .._members.model import Pool, Service, Snapshot
from .._members.reasons import failure
from .._members.source import Source
from .._routes.model import Block
from .pools import PoolOrFailure, Pools, Routable, gaps
from .reads import Reads
from .waiting import wait

UNVERIFIED = frozenset([believed.UNVERIFIED])


class Cluster:
    """options  the module's Kubernetes options
    warn     takes what concerns the whole task
    """

    def __init__(
        self, options: Mapping[str, Any], deadline: Deadline, warn: Callable[[str], None] = lambda text: None
    ) -> None:
        self._deadline = deadline
        self._warn = warn
        self._client = Client(options, deadline)
        self._client.warn = warn
        self._reads = Reads(self._client, warn)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *exc: object) -> None:
        self._client.close()

    @property
    def requests(self) -> int:
        """The number of requests so far."""
        return self._client.requests

    def pools(
        self,
        sources: Sequence[Source],
        *,
        published: Mapping[str, str] | None = None,
        pod_network_routable: Routable = None,
    ) -> list[PoolOrFailure]:
        """Return a Pool or a Failure for each source, in their order.

        Raises Failure if a read failed: a failed list is never an empty one.

        published             the mode of each pool that BIG-IP has already, by Source.key, for mode auto
        pod_network_routable  whether BIG-IP has a route to the Pods, for mode auto
        """
        content = Snapshot()
        self._reads.services(content, [source.namespace for source in sources])
        return self._resolve(Pools(self._reads, content, sources, published or {}, pod_network_routable))

    def discover(
        self, defaults: Mapping[str, Any], namespaces: Sequence[str] | None, label_selector: str | None
    ) -> tuple[list[Pool], list[tuple[Source, Failure]]]:
        """Return a Pool for each Service port that the mode can serve, and the others with the reason."""
        content = Snapshot()
        self._reads.whole_cluster = not namespaces
        self._reads.services(content, namespaces or [], label_selector)
        sources = []
        for (namespace, name), service in sorted(content.services.items()):
            ports: list[str | None] = [f"{port.port}/{port.protocol}" for port in service.ports]
            for port in ports or [None]:
                item = {"service": {"namespace": namespace, "name": name, "port": port}}
                sources.append(Source.from_options(item, defaults, f"Service {namespace}/{name} port {port}"))
        outcomes = self._resolve(Pools(self._reads, content, sources, {}, None)) if sources else []
        pools = [outcome for outcome in outcomes if isinstance(outcome, Pool)]
        denied = [outcome for outcome in outcomes if isinstance(outcome, Forbidden)]
        if denied and not pools:
            raise denied[0]
        refused = [(source, item) for source, item in zip(sources, outcomes) if isinstance(item, Failure)]
        return pools, refused

    def _resolve(self, pools: Pools) -> list[PoolOrFailure]:
        pools.read()
        pools.explain()
        wait(pools, self._deadline)
        self._warn_of_nodes(pools)
        return pools.outcomes

    def _warn_of_nodes(self, pools: Pools) -> None:
        """Warn where mappings of NodePortLocal are not compared with the addresses of their nodes."""
        denied = pools.snapshot.denied.get("nodes")
        modes = {outcome.mode for outcome in pools.outcomes if isinstance(outcome, Pool)}
        if denied is None or "nodeportlocal" not in modes:
            return
        compared = f"compared with the addresses of their nodes. {denied}"
        if any(gaps(outcome, UNVERIFIED) for outcome in pools.outcomes):
            left_out = "Pods in mode nodeportlocal are left out, because their mappings cannot be"
            self._warn(f"{left_out} {compared} Or set trust_npl_annotations: true.")
        else:
            self._warn(f"Mappings are not {compared}")

    def uid(self) -> str:
        """Return the cluster's identity: the UID of namespace kube-system."""
        try:
            return str(lists.one(self._client, lists.NAMESPACES, None, "kube-system")["metadata"]["uid"])
        except Forbidden as denied:
            doing = "finding the default owner (the UID of namespace kube-system)"
            raise failure("owner_required", doing, said=denied.said) from None

    def pod_networks(self) -> tuple[Block, ...]:
        """Return the Pod networks of the nodes, as far as this user may read them."""
        from .._kube.known_networks import known  # only a message needs it

        return known(self._client)

    def secret(self, namespace: str, name: str) -> dict[str, bytes]:
        """Return the decoded data of one Secret."""
        try:
            data = lists.one(self._client, lists.SECRETS, namespace, name).get("data") or {}
        except NotFound as absent:
            raise failure("secret_not_found", absent.what, said=absent.said) from None
        return {key: base64.b64decode(value) for key, value in data.items()}

    def list_services(self, label_selector: str, namespaces: Sequence[str]) -> list[Service]:
        """Return the Services of these namespaces by label, with their labels and ports, sorted."""

        def keep(raw: dict[str, Any]) -> Service | None:
            service = snapshot.service(raw)
            return service if service.namespace in namespaces else None

        scopes = self._reads.scopes(namespaces)
        lists_of_scopes = [
            lists.each(self._client, lists.SERVICES, scope, keep, label_selector) for scope in scopes
        ]
        return sorted((service for services in lists_of_scopes for service in services), key=str)

    def deployments(
        self, namespace: str | None = None, label_selector: str | None = None
    ) -> list[dict[str, Any]]:
        """Return Deployments as the API gives them."""
        return lists.each(self._client, lists.DEPLOYMENTS, namespace, lambda raw: raw, label_selector)

    def config_maps(self, label_selector: str, namespace: str | None = None) -> list[dict[str, Any]]:
        """Return ConfigMaps by label, as the API gives them."""
        return lists.each(self._client, lists.CONFIG_MAPS, namespace, lambda raw: raw, label_selector)
