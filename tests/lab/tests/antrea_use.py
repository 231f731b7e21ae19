# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods, Services and agents of the simulated Antrea, for tests without a lab."""

from __future__ import annotations

import json
from typing import Any

import cluster_objects as made
from vkslab.antrea.npl import NodePortLocal, Outcome
from vkslab.antrea.version import Version
from vkslab.net.objects import Node, Pod, Service

V1_3, V1_5, V1_15, V2_5, V2_6 = (
    Version.read(text) for text in ("1.3.0", "v1.5.2", "1.15.1", "2.5.2+vmware.2", "2.6.0")
)
NODE = Node.read(made.node())
HELLO = made.service(npl="true")
RANGE = (61000, 61003)


def pod(*args: Any, **more: Any) -> Pod:
    return Pod.read(made.pod(*(args or ("hello-1", "100.96.0.1")), **more))


def services(*objects: dict[str, Any]) -> list[Service]:
    return [Service.read(each) for each in objects]


def agent(version: Version = V2_5, ports: tuple[int, int] = RANGE) -> NodePortLocal:
    return NodePortLocal(version, "n1", ports, shuffle=lambda entries: None)


def shown(outcome: Outcome) -> list[dict[str, Any]]:
    assert outcome.annotation is not None
    entries: list[dict[str, Any]] = json.loads(outcome.annotation)
    return entries


def node_ports(outcome: Outcome) -> dict[tuple[int, str], int]:
    return {(entry["podPort"], entry.get("protocol", "tcp")): entry["nodePort"] for entry in shown(outcome)}
