# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster as Calico's IPAM knows it, by block."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import ip_network

from .blocks import PREFIX, SIZE, Block, Holder, address_at, place_of
from .objects import Node, Pod
from .plan import Affinity, Place


class Known:
    """Fed by informers. `changed`: blocks that may need a request; `unannotated`: nodes that need one."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.pods: dict[str, Pod] = {}
        self.blocks: dict[str, Block] = {}
        self.affinities: dict[str, Affinity] = {}
        self.changed: set[str] = set()
        self.unannotated: set[str] = set()
        self._holders: dict[str, dict[int, Holder]] = defaultdict(dict)
        self._waiting: set[str] = set()
        self._promised: dict[str, tuple[str, ...]] = {}

    # -- changes

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        node = new or old
        assert node is not None
        if new is None:
            self.nodes.pop(node.name, None)
        else:
            self.nodes[node.name] = new
        self.unannotated.discard(node.name)
        if new and new.missing():
            self.unannotated.add(node.name)
        self._moved(Holder.tunnel(node.name), _tunnel(old), _tunnel(new))
        if new is None or old is None or old.releases != new.releases:
            self.changed |= {each.cidr for each in self.affinities.values() if each.node == node.name}
            pods = [pod for pod in self.pods.values() if pod.node == node.name]
            self.changed |= {place_of(address)[0] for pod in pods for address in pod.addresses}

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        before = self._held(old)
        if old:
            self.pods.pop(old.uid, None)
        pod = new or old
        assert pod is not None
        self._waiting.discard(pod.uid)
        if new:
            self.pods[new.uid] = new
        if new and new.waits:
            self._waiting.add(new.uid)
        else:
            self._promised.pop(pod.uid, None)
        after = self._held(new)
        if before != after:
            self._moved(pod.holder, before, after)

    def _held(self, pod: Pod | None) -> tuple[str, ...]:
        return (pod.addresses or self._promised.get(pod.uid, ())) if pod else ()

    def _moved(self, holder: Holder, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        for address in before:
            cidr, ordinal = place_of(address)
            # Two Pods share an address only until the end of the older one is reported.
            if address not in after and self._holders[cidr].get(ordinal) == holder:
                del self._holders[cidr][ordinal]
                self.changed.add(cidr)
        for address in after:
            cidr, ordinal = place_of(address)
            if self._holders[cidr].get(ordinal) != holder:
                self._holders[cidr][ordinal] = holder
                self.changed.add(cidr)

    def block_changed(self, old: Block | None, new: Block | None) -> None:
        block = new or old
        assert block is not None
        if new is None:
            self.blocks.pop(block.cidr, None)
        else:
            self.blocks[block.cidr] = new
        self.changed.add(block.cidr)

    def affinity_changed(self, old: Affinity | None, new: Affinity | None) -> None:
        for each in (old, new):
            if each:
                self.affinities.pop(each.name, None)
                self.changed.add(each.cidr)
        if new:
            self.affinities[new.name] = new

    # -- questions

    @property
    def releasing(self) -> set[str]:
        return {node.name for node in self.nodes.values() if node.releases}

    def place(self, cidr: str) -> Place:
        owners = [each for each in self.affinities.values() if each.cidr == cidr]
        return Place(cidr, dict(self._holders.get(cidr) or {}), self.blocks.get(cidr), owners)

    def is_unclaimed(self, cidr: str) -> bool:
        """Addresses of it are in use, and no IPAMBlock shows them."""
        return cidr not in self.blocks and bool(self._holders.get(cidr))

    def waiting(self) -> Iterator[Pod]:
        return (self.pods[uid] for uid in self._waiting)

    def promise(self, pod: Pod) -> tuple[str, ...]:
        """Addresses of the blocks that the Pod asks for, from a block's end: kwok counts from the start.

        ValueError if a block is full, or is not a valid block.
        """
        if pod.uid not in self._promised:
            chosen = tuple(self._free(cidr) for cidr in pod.blocks)
            self._promised[pod.uid] = chosen
            self._moved(pod.holder, (), chosen)
        return self._promised[pod.uid]

    def _free(self, cidr: str) -> str:
        network = ip_network(cidr)
        if network.prefixlen != PREFIX[network.version]:
            raise ValueError(f"{cidr} is not a /{PREFIX[network.version]}")
        held = self._holders.get(cidr) or {}
        for ordinal in reversed(range(SIZE)):
            if ordinal not in held:
                return address_at(cidr, ordinal)
        raise ValueError(f"{cidr} has no free address")


def _tunnel(node: Node | None) -> tuple[str, ...]:
    return (node.tunnel,) if node and node.tunnel else ()
