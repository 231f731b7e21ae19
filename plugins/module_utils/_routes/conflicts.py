# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Why no plan is possible: routes of others, and names that are taken."""

from __future__ import annotations

from typing import Collection, Iterable, Sequence

from .._errors import Failure
from . import marks
from .marks import Mark
from .model import Network, Stored, Wanted, Write
from .scope import Scope

_UNCHANGED = "Nothing was changed."


def check_opposed(opposed: Sequence[tuple[Wanted, Stored]]) -> None:
    """Raise Failure for wanted routes to a network that a foreign route leads elsewhere."""
    if not opposed:
        return
    wanted, route = opposed[0]
    elsewhere = f"to {route.gateway}" if route.gateway else "without a gateway"
    raise Failure(
        "route_conflict",
        f"Route {route.path} of BIG-IP leads {route.network} {elsewhere}, "
        f"not to {wanted.gateway} of node {wanted.node}{_more(len(opposed))}",
        remedy=f"{_UNCHANGED} Remove that route if it is obsolete, or leave the node out with exclude_nodes.",
        routes=[found.path for _wanted, found in opposed],
    )


def check_names(added: Iterable[Write | None], stored: Iterable[Stored]) -> None:
    """Raise Failure if the name of a new route is that of a route to another network."""
    paths = {route.path: route for route in stored}
    taken = [paths[write.path] for write in added if write is not None and write.path in paths]
    if taken:
        raise Failure(
            "route_conflict",
            f"Route {taken[0].path} of BIG-IP leads to {taken[0].network}, "
            f"and its name is needed for another route{_more(len(taken))}",
            remedy=f"{_UNCHANGED} Rename that route, or set another name_prefix.",
            routes=[route.path for route in taken],
        )


def check_overlaps(wanted: Sequence[Wanted], routes: Iterable[Stored], scope: Scope) -> None:
    """Raise Failure if the routes of another cluster lead to a part of the same network.

    An equal route counts as present: two owners may publish from one cluster.
    """
    gateways = {route.network: route.gateway for route in wanted}
    others: dict[Network, tuple[Stored, Mark]] = {}
    for route in routes:
        mark = marks.read(route.description)
        if mark is None or scope.mark_of(route) or gateways.get(route.network, "") == route.gateway:
            continue
        if mark.is_of(scope.owner, scope.cluster):  # in another partition: an obstacle, but the same cluster
            continue
        others[route.network] = (route, mark)
    pairs = _overlapping(gateways, others)
    if pairs:
        network, (route, mark) = pairs[0][0], others[pairs[0][1]]
        node = next(one.node for one in wanted if one.network == network)
        whose = f"owner {mark.owner!r}" + (f", cluster {mark.cluster!r}" if mark.cluster else "")
        raise Failure(
            "pod_cidr_overlap",
            f"The Pod network {network} of node {node} overlaps with {route.network} of another cluster, "
            f"to which route {route.path} of BIG-IP leads ({whose}){_more(len(pairs))}",
            remedy=(
                f"{_UNCHANGED} Give each cluster its own Pod network, or its own route domain on BIG-IP "
                "(route_domain)."
            ),
            routes=sorted({others[theirs][0].path for _ours, theirs in pairs}),
        )


def _overlapping(ours: Collection[Network], theirs: Collection[Network]) -> list[tuple[Network, Network]]:
    """Pairs of networks of which one contains the other, in the order of their addresses.

    Networks are nested or apart. So one pass over both, sorted, finds all, with the open ones on a stack.
    """

    def key(entry: tuple[Network, bool]) -> tuple[int, int, int, bool]:
        network, is_ours = entry
        return network.version, int(network.network_address), network.prefixlen, is_ours

    pairs: list[tuple[Network, Network]] = []
    entries = sorted([*((one, True) for one in ours), *((one, False) for one in theirs)], key=key)
    above: list[tuple[Network, bool]] = []
    for network, is_ours in entries:
        while above and not _contains(above[-1][0], network):
            above.pop()
        for outer, outer_is_ours in above:
            if outer_is_ours != is_ours:
                pairs.append((network, outer) if is_ours else (outer, network))
        above.append((network, is_ours))
    return pairs


def _contains(outer: Network, inner: Network) -> bool:
    return outer.version == inner.version and inner.network_address in outer


def _more(number: int) -> str:
    return f" (and {number - 1} more)" if number > 1 else ""
