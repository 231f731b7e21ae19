# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The most likely cause why a member is down on BIG-IP.

The clearest evidence comes first:
* an operator disabled the member;
* the cluster reports its Pod;
* BIG-IP has no route, or for the address of a Pod the default route only;
* the monitor gives a reason;
* other members are up or down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Collection, Mapping

from .._routes.ways import DEFAULT, NONE

Key = tuple[str, int]

# The stable words of `where`, documented in pool_status_info.
OPERATOR, STALE, POD, ROUTE, POD_NETWORK, NODE, NPL, NODE_PORT, FIREWALL, MONITOR = (
    "operator",
    "stale",
    "pod",
    "route",
    "pod_network_unreachable",
    "node",
    "npl",
    "node_port",
    "firewall",
    "monitor",
)

_REFUSED = ("refused", "reset", "rst")
_NOT_LEARNT = "The routes that BIG-IP learnt, for example by BGP, could not be read."
_NO_ROUTE = ("no route", "unreachable")
# The monitor received an answer that it does not expect.
_ANSWERED = ("response code", "receive string", "did not match", "unexpected", "http/1", "status code")


@dataclass(frozen=True)
class Live:
    """One member on the device, as in _bigip.ltm.MemberState.

    reason  the device's sentence about its state
    """

    state: str
    session: str
    up: bool
    down: bool
    disabled: bool
    reason: str = ""


@dataclass(frozen=True)
class Behind:
    """One member in the cluster. draining: it only keeps its open connections."""

    pod: str | None = None
    node: str | None = None
    ready: bool = True
    serving: bool = True
    terminating: bool = False
    draining: bool = False

    @property
    def name(self) -> str:
        return f"Pod {self.pod}" if self.pod else f"node {self.node}" if self.node else "the member"


@dataclass(frozen=True)
class Cause:
    """where     one of the stable words
    sentence  what is known, and what to check
    """

    where: str
    sentence: str


@dataclass(frozen=True)
class Scene:
    """One pool: its members on the device and in the cluster, and BIG-IP's way to an address of it.

    way         a word of _routes.ways; None if it is not known
    not_learnt  the routes that BIG-IP learnt could not be read
    """

    live: Mapping[Key, Live]
    behind: Mapping[Key, Behind] | None
    mode: str | None
    way: Callable[[str], str | None] = lambda address: None
    not_learnt: bool = False


def explain(scene: Scene, key: Key) -> Cause:
    """Return the most likely cause why this member is not up."""
    live = scene.live[key]
    behind = (scene.behind or {}).get(key)
    place = f"{key[0]} port {key[1]}"
    if behind is not None and behind.draining:
        what = f"{_capital(behind.name)} is terminating."
        return Cause(POD, f"{what} publish removes {place} when its connections are closed.")
    if live.state == "user-down" or live.disabled:
        return Cause(
            OPERATOR,
            f"{place} was disabled by hand or by adminState (state {live.state}, session {live.session}). "
            "Enable it, or find out who disabled it.",
        )
    if scene.behind is not None and behind is None:
        return Cause(STALE, f"The cluster no longer has the member {place}. Publish again.")
    if behind is not None and not behind.serving:
        what = "is terminating and no longer serves" if behind.terminating else "is not ready in Kubernetes"
        return Cause(POD, f"{_capital(behind.name)} {what}: check its readiness probe and its log.")
    said = live.reason.lower()
    who = behind or Behind()
    way = scene.way(key[0])
    if way == NONE or any(word in said for word in _NO_ROUTE):
        return _no_route(scene, who, key[0])
    if way == DEFAULT and scene.mode == "cluster":
        return Cause(
            POD_NETWORK,
            f"BIG-IP has no route to the Pod network of {_of_node(who)}: only the default route leads to "
            f"{key[0]}, and its router may not know that network. {_learnt(scene)}Create the routes with "
            "pod_routes.",
        )
    if any(word in said for word in _ANSWERED):
        return Cause(
            MONITOR,
            f"{_capital(who.name)} answers at {place}, but not as the monitor expects: compare its send and "
            "receive with what the Pod answers.",
        )
    if any(word in said for word in _REFUSED):
        return _refused(scene.mode, who, place)
    return _by_neighbours(scene, key, who, place)


def _no_route(scene: Scene, who: Behind, address: str) -> Cause:
    if scene.mode == "cluster":
        return Cause(
            POD_NETWORK,
            f"BIG-IP has no route to the Pod network of {_of_node(who)}, so it does not reach {address}. "
            f"{_learnt(scene)}Create the routes with pod_routes.",
        )
    return Cause(
        ROUTE,
        f"BIG-IP has no route to {address}: it needs a self IP address in that network, or a static route to it."
        + f" {_learnt(scene)}".rstrip(),
    )


def _learnt(scene: Scene) -> str:
    return f"{_NOT_LEARNT} " if scene.not_learnt else ""


def _of_node(who: Behind) -> str:
    return f"node {who.node}" if who.node else "the member's node"


def _refused(mode: str | None, who: Behind, place: str) -> Cause:
    node = f"Node {who.node}" if who.node else "The node"
    if mode == "nodeportlocal":
        return Cause(
            NPL,
            f"{node} refuses connections at {place}: the NodePortLocal mapping is missing. Publish again, "
            "then check antrea-agent on that node.",
        )
    if mode == "nodeport":
        return Cause(
            NODE_PORT,
            f"{node} refuses connections at {place}: the node port changed, or externalTrafficPolicy is "
            "Local and the node has no Pod. Publish again.",
        )
    return Cause(
        POD,
        f"{_capital(who.name)} refuses connections at {place}: nothing listens on the target port. Check "
        "the Service's targetPort and the container.",
    )


def _by_neighbours(scene: Scene, key: Key, who: Behind, place: str) -> Cause:
    node = _node(scene, key)
    up = [other for other, live in scene.live.items() if live.up and not live.disabled]
    if any(_node(scene, other) == node for other in up):
        return Cause(
            POD,
            f"Other members at {node} are up and {place} is not, so the network path works: "
            f"check {who.name} and what its monitor sends.",
        )
    if up:
        return Cause(
            NODE,
            f"No member at {node} is up, and members elsewhere are: check that node's "
            "firewall, its network, and the route from BIG-IP to it.",
        )
    hint = {
        "cluster": "the route to the Pod network and NetworkPolicies",
        "nodeportlocal": "firewall rules between BIG-IP and the nodes for the NodePortLocal port range",
        "nodeport": "firewall rules between BIG-IP and the nodes for the node port range",
    }.get(scene.mode or "", "firewall rules between BIG-IP and the members")
    if len(scene.live) == 1:
        return Cause(
            FIREWALL,
            f"The only member {place} does not answer the monitor: check {hint}, then the monitor itself.",
        )
    return Cause(
        FIREWALL,
        f"No member of the pool answers the monitor, although they are ready in the cluster: check {hint}, "
        "then the monitor itself.",
    )


def _node(scene: Scene, key: Key) -> str:
    behind = (scene.behind or {}).get(key)
    return behind.node if behind is not None and behind.node else key[0]


def summary(
    path: str,
    scene: Scene,
    missing: Collection[Key],
    unknown: Collection[Key],
    down: Mapping[Key, Cause],
    left_out: int,
) -> str:
    """Return one sentence about a pool."""
    total, up = len(scene.live), sum(1 for live in scene.live.values() if live.up)
    head = f"{path}: {up} of {total} {'member is' if total == 1 else 'members are'} up"
    if not total:
        head = f"{path} has no members"
    parts = []
    if missing:
        parts.append(
            f"{_count(missing)} of the cluster {'is' if len(missing) == 1 else 'are'} missing on BIG-IP "
            "(publish again)"
        )
    if unknown:
        parts.append(
            f"{_count(unknown)} on BIG-IP {'is' if len(unknown) == 1 else 'are'} unknown to the cluster "
            "(publish again)"
        )
    if down:
        places = [cause.where for cause in down.values()]
        most = max(sorted(places), key=places.count)
        first = next(cause for cause in down.values() if cause.where == most)
        parts.append(f"{len(down)} down, most likely {most}: {first.sentence.rstrip('.')}")
    if not total and left_out:
        parts.append(f"{left_out} candidates were left out, see left_out")
    return head + ("; " + "; ".join(parts) if parts else "") + "."


def _count(keys: Collection[Key]) -> str:
    return "1 member" if len(keys) == 1 else f"{len(keys)} members"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
