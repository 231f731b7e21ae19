# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When Calico's objects are complete, as `lab up` and `lab reset` need to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .api import Api
from .objects import Node, Pod

#: In the lab's folder: how many objects the process knows, written whenever it has nothing to do.
FILE = "calico.json"

Objects = Callable[[str], list[dict[str, Any]]]


def is_complete(items: Objects, api: Api) -> bool:
    """Every node has its annotations, every address its allocation, and every affinity is confirmed.

    `items` lists the objects of a path of the API.
    """
    nodes = [Node.read(each) for each in items("/api/v1/nodes")]
    pods = [Pod.read(each) for each in items("/api/v1/pods")]
    held = sum(len(pod.addresses) for pod in pods) + sum(bool(node.tunnel) for node in nodes)
    blocks = [each["spec"] for each in items(api.collection("IPAMBlock"))]
    states = [each["spec"]["state"] for each in items(api.collection("BlockAffinity"))]
    return (
        not any(node.missing() for node in nodes)
        and sum(len(each["attributes"]) for each in blocks) == held
        and all(state == "confirmed" for state in states)
    )


def counts(keys: Iterable[str]) -> dict[str, int]:
    """The content of the file for a cluster with these keys in etcd."""
    places = {
        "pods": "/registry/pods/",
        "nodes": "/registry/minions/",
        "blocks": "/ipamblocks/",
        "affinities": "/blockaffinities/",
    }
    keys = list(keys)
    return {name: sum(place in key for key in keys) for name, place in places.items()}
