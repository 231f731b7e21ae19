# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Where the fault most likely is when a member is down on BIG-IP. Pure.

What speaks most clearly is asked first: an operator's hand, the cluster's own word on the Pod, BIG-IP's routing table, the
words of the monitor, and at last which neighbours of the member are up.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any, Callable, Collection, Iterable, Mapping

Key = tuple[str, int]

# The stable words of `where`, documented in pool_status_info.
OPERATOR, STALE, POD, ROUTE, NODE, NPL, NODE_PORT, FIREWALL, MONITOR = (
    "operator",
    "stale",
    "pod",
    "route",
    "node",
    "npl",
    "node_port",
    "firewall",
    "monitor",
)

_REFUSED = ("refused", "reset", "rst")
_NO_ROUTE = ("no route", "unreachable")
# The monitor got as far as an answer, and the answer was not what it expects.
_ANSWERED = ("response code", "receive string", "did not match", "unexpected", "http/1", "status code")


@dataclass(frozen=True)
class Live:
    """One member as the device has it. state, session, disabled, up, down as in _bigip.ltm.MemberState; reason: the device's sentence."""

    state: str
    session: str
    up: bool
    down: bool
    disabled: bool
    reason: str = ""


@dataclass(frozen=True)
class Behind:
    """What the cluster says of one member."""

    pod: str | None = None
    node: str | None = None
    ready: bool = True
    serving: bool = True
    terminating: bool = False

    @property
    def name(self) -> str:
        return f"Pod {self.pod}" if self.pod else f"node {self.node}" if self.node else "the member"


@dataclass(frozen=True)
class Verdict:
    """where: one of the stable words. sentence: what is known, and what to look at."""

    where: str
    sentence: str


@dataclass(frozen=True)
class Scene:
    """One pool: its members on the device and in the cluster, and how BIG-IP routes."""

    live: Mapping[Key, Live]
    behind: Mapping[Key, Behind] | None
    mode: str | None
    has_route: Callable[[str], bool | None] = lambda address: None


def explain(scene: Scene, key: Key) -> Verdict:
    """Why this member, which is not up, most likely is not."""
    live = scene.live[key]
    behind = (scene.behind or {}).get(key)
    place = f"{key[0]} port {key[1]}"
    if live.state == "user-down" or live.disabled:
        return Verdict(
            OPERATOR, f"{place} was taken out by hand or by adminState (state {live.state}, session {live.session}). Enable it, or look who disabled it."
        )
    if scene.behind is not None and behind is None:
        return Verdict(STALE, f"The cluster has no member {place} any more. Publish again.")
    if behind is not None and not behind.serving:
        what = "is terminating and does not serve any more" if behind.terminating else "is not ready in Kubernetes"
        return Verdict(POD, f"{_capital(behind.name)} {what}: look at its readiness probe and its log.")
    said = live.reason.lower()
    if scene.has_route(key[0].partition("%")[0]) is False or any(word in said for word in _NO_ROUTE):
        return Verdict(ROUTE, f"BIG-IP has no route to {key[0]}: it needs a self IP address in that network, or a static route to it.")
    who = behind or Behind()
    if any(word in said for word in _ANSWERED):
        return Verdict(
            MONITOR, f"{_capital(who.name)} answers at {place}, but not as the monitor expects: compare its send and receive with what the Pod answers."
        )
    if any(word in said for word in _REFUSED):
        return _refused(scene.mode, who, place)
    return _by_neighbours(scene, key, who, place)


def _refused(mode: str | None, who: Behind, place: str) -> Verdict:
    node = f"Node {who.node}" if who.node else "The node"
    if mode == "nodeportlocal":
        return Verdict(
            NPL, f"{node} refuses connections at {place}: the NodePortLocal mapping is gone or not in place. Publish again; then look at antrea-agent there."
        )
    if mode == "nodeport":
        return Verdict(
            NODE_PORT, f"{node} refuses connections at {place}: the node port changed, or externalTrafficPolicy is Local and no Pod is there. Publish again."
        )
    return Verdict(
        POD, f"{_capital(who.name)} refuses connections at {place}: nothing listens on the target port. Look at the Service's targetPort and the container."
    )


def _by_neighbours(scene: Scene, key: Key, who: Behind, place: str) -> Verdict:
    others = {other: live for other, live in scene.live.items() if other != key and not live.disabled and live.state != "user-down"}
    on_node = {other: live for other, live in others.items() if _node(scene, other) == _node(scene, key)}
    elsewhere = {other: live for other, live in others.items() if other not in on_node}
    if _some_up(on_node):
        return Verdict(
            POD, f"Other members at {_node(scene, key)} are up and {place} is not, so the way there is open: look at {who.name} and at what its monitor asks."
        )
    if _some_up(elsewhere):
        return Verdict(
            NODE,
            f"No member at {_node(scene, key)} is up and members elsewhere are: look at that node's firewall, its network, and the route from BIG-IP to it.",
        )
    hint = {
        "cluster": "the route to the Pod network and NetworkPolicies",
        "nodeportlocal": "firewall rules between BIG-IP and the nodes for the NodePortLocal port range",
        "nodeport": "firewall rules between BIG-IP and the nodes for the node port range",
    }.get(scene.mode or "", "firewall rules between BIG-IP and the members")
    if len(scene.live) == 1:
        return Verdict(FIREWALL, f"The only member {place} does not answer the monitor: look at {hint}, then at the monitor itself.")
    return Verdict(FIREWALL, f"No member of the pool answers the monitor although the cluster calls them ready: look at {hint}, then at the monitor itself.")


def _node(scene: Scene, key: Key) -> str:
    behind = (scene.behind or {}).get(key)
    return behind.node if behind is not None and behind.node else key[0]


def _some_up(members: Mapping[Key, Live]) -> bool:
    return any(live.up for live in members.values())


def summary(path: str, scene: Scene, missing: Collection[Key], unknown: Collection[Key], down: Mapping[Key, Verdict], left_out: int) -> str:
    """One sentence on a pool."""
    total, up = len(scene.live), sum(1 for live in scene.live.values() if live.up)
    head = f"{path}: {up} of {total} {'member is' if total == 1 else 'members are'} up"
    if not total:
        head = f"{path} has no members"
    parts = []
    if missing:
        parts.append(f"{_count(missing)} of the cluster {'is' if len(missing) == 1 else 'are'} missing on BIG-IP (publish again)")
    if unknown:
        parts.append(f"{_count(unknown)} on BIG-IP {'is' if len(unknown) == 1 else 'are'} unknown to the cluster (publish again)")
    if down:
        causes = sorted({verdict.where for verdict in down.values()}, key=lambda where: -sum(1 for verdict in down.values() if verdict.where == where))
        first = next(verdict for verdict in down.values() if verdict.where == causes[0])
        parts.append(f"{len(down)} down, most likely {causes[0]}: {first.sentence.rstrip('.')}")
    if not total and left_out:
        parts.append(f"{left_out} candidates were left out, see left_out")
    return head + ("; " + "; ".join(parts) if parts else "") + "."


def _count(keys: Collection[Key]) -> str:
    return "1 member" if len(keys) == 1 else f"{len(keys)} members"


def routing(self_networks: Iterable[Any], routes: Iterable[Any]) -> Callable[[str], bool | None]:
    """Whether BIG-IP has a way to an address: networks of its self IPs, and routes (network, blackhole) of which the longest match decides."""
    direct = list(self_networks)
    table = sorted(
        ((ipaddress.ip_network(route.network, strict=False), bool(route.blackhole)) for route in routes if _is_network(route.network)),
        key=lambda row: -row[0].prefixlen,
    )

    def has_route(address: str) -> bool | None:
        try:
            wanted = ipaddress.ip_address(address)
        except ValueError:
            return None
        if any(wanted in network for network in direct):
            return True
        return next((not blackhole for network, blackhole in table if wanted in network), False)

    return has_route


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
