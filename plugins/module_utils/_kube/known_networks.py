# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Reads what may be read of a Pod network: enough for a message, and never for a route."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Sequence

from .._errors import Failure
from .._routes.model import Block
from . import lists, pod_objects
from .client import Client, NotFound


def known(client: Client) -> tuple[Block, ...]:
    """The Pod networks of the nodes. A part that cannot be read is left out."""
    found = []
    with contextlib.suppress(Failure):
        nodes = lists.each(client, lists.NODES, None, pod_objects.node)
        found += [Block(network, node.name) for node in nodes for network in node.pod_cidrs]
    for group in lists.CALICO_GROUPS:
        with contextlib.suppress(Failure):
            blocks = lists.each(client, lists.calico("BlockAffinities", group), None, pod_objects.block)
            if blocks:
                return (*found, *blocks)
    return tuple(found)


def first_group(
    client: Client,
    name: str,
    keep: Callable[[dict[str, Any]], Any],
    groups: Sequence[str] = lists.CALICO_GROUPS,
) -> tuple[str, list[Any]] | None:
    """The first of Calico's API groups that has the kind, with its objects; one with objects is preferred.

    None if the cluster does not have the kind.
    """
    found: tuple[str, list[Any]] | None = None
    for group in groups:
        with contextlib.suppress(NotFound):
            objects = lists.each(client, lists.calico(name, group), None, keep)
            if objects:
                return group, objects
            found = found or (group, [])
    return found
