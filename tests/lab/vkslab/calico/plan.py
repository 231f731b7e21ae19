# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests for one block, in Calico's order: to claim it, to change its allocations, to release it.

Pure. The objects in the cluster are the truth: a BlockAffinity that a test creates, changes or deletes stays
as the test made it, and the IPAMBlock follows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .api import Api
from .blocks import Block, Holders, name_of, spec_of


@dataclass(frozen=True)
class Affinity:
    """A BlockAffinity of the cluster."""

    name: str
    cidr: str
    node: str
    state: str

    @classmethod
    def read(cls, obj: dict[str, Any]) -> Affinity:
        spec = obj["spec"]
        return cls(obj["metadata"]["name"], spec["cidr"], spec["node"], spec["state"])


@dataclass(frozen=True)
class Step:
    """One request."""

    verb: str
    """create, replace, patch or delete"""
    kind: str
    name: str
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Everything that is known of one block."""

    cidr: str
    holders: Holders
    block: Block | None
    affinities: Sequence[Affinity]


def affinity(api: Api, node: str, cidr: str, state: str = "confirmed") -> dict[str, Any]:
    """Its name is the node's and the block's."""
    spec = {"cidr": cidr, "node": node, "state": state, "deleted": api.deleted(False), "type": "host"}
    return api.custom("BlockAffinity", f"{node}-{name_of(cidr)}", spec)


def plan(api: Api, place: Place, nodes: Collection[str], releasing: Collection[str]) -> list[Step]:
    """`nodes`: those that exist. `releasing`: those that release an empty block at once."""
    steps = [
        Step("delete", "BlockAffinity", each.name) for each in place.affinities if each.node not in nodes
    ]
    owners = [each for each in place.affinities if each.node in nodes]
    # A node whose affinity is confirmed has the block, whatever another node claims.
    owners.sort(key=lambda each: (each.state not in ("", "confirmed"), each.name))
    if place.block is None:
        return [*steps, *_claimed(api, place, nodes, owners)]
    if not place.holders and not owners:
        return [*steps, Step("delete", "IPAMBlock", place.block.name)]
    if not place.holders and all(each.node in releasing for each in owners):
        return [*steps, *_released(place.block, owners)]
    spec = spec_of(place.cidr, owners[0].node if owners else None, place.holders, place.block.spec)
    if spec != place.block.spec:
        made = api.custom("IPAMBlock", place.block.name, spec)
        made["metadata"]["resourceVersion"] = place.block.version
        steps.append(Step("replace", "IPAMBlock", place.block.name, made))
    return steps


def _claimed(api: Api, place: Place, nodes: Collection[str], owners: Sequence[Affinity]) -> Iterator[Step]:
    """A block appears with the first address that a node takes from it."""
    claimants = [place.holders[ordinal].node for ordinal in sorted(place.holders)]
    node = next((each for each in claimants if each in nodes), None)
    if node is None:
        return
    name = owners[0].name if owners else f"{node}-{name_of(place.cidr)}"
    if not owners:
        yield Step("create", "BlockAffinity", name, affinity(api, node, place.cidr, "pending"))
    spec = spec_of(place.cidr, owners[0].node if owners else node, place.holders, None)
    block = name_of(place.cidr)
    yield Step("create", "IPAMBlock", block, api.custom("IPAMBlock", block, spec))
    if not owners or owners[0].state == "pending":
        yield _state(name, "confirmed")


def _released(block: Block, owners: Sequence[Affinity]) -> Iterator[Step]:
    for each in owners:
        yield _state(each.name, "pendingDeletion")
    yield Step("delete", "IPAMBlock", block.name)
    for each in owners:
        yield Step("delete", "BlockAffinity", each.name)


def _state(name: str, state: str) -> Step:
    return Step("patch", "BlockAffinity", name, {"spec": {"state": state}})
