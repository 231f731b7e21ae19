# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pod networks that a message may name: each part that can be read."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.plugins.module_utils._kube.known_networks import known
from ansible_collections.vks.bigip.tests.unit.support.kube import NODES, Clock, listing, status
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import block
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

NODE = {"metadata": {"name": "n1"}, "spec": {"podCIDRs": ["10.244.1.0/24", "fd00:1::/64"]}, "status": {}}
OF_NODE = (block("10.244.1.0/24", "n1"), block("fd00:1::/64", "n1"))
AFFINITY = {"metadata": {"name": "a"}, "spec": {"cidr": "192.168.3.0/26", "node": "n2", "state": "confirmed"}}
OF_CALICO = (block("192.168.3.0/26", "n2"),)
FORBIDDEN = {"status": 403, "json": status(403, "no")}


def nodes(*items: Any, **more: Any) -> Exchange:
    return listing(NODES, *items, **more)


def blocks(group: str, *items: Any, **more: Any) -> Exchange:
    return listing(f"/apis/{group}/blockaffinities", *items, **more)


def v1(*items: Any, **more: Any) -> Exchange:
    return blocks("crd.projectcalico.org/v1", *items, **more)


def v3(*items: Any, **more: Any) -> Exchange:
    return blocks("projectcalico.org/v3", *items, **more)


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ([nodes(NODE), v1(AFFINITY)], OF_NODE + OF_CALICO),
        ([nodes(NODE), v1(status=404), v3(AFFINITY)], OF_NODE + OF_CALICO),
        ([nodes(NODE), v1(), v3(AFFINITY)], OF_NODE + OF_CALICO),
        ([nodes(NODE), v1(status=404), v3(status=404)], OF_NODE),
        ([nodes(**FORBIDDEN), v1(AFFINITY)], OF_CALICO),
        ([nodes(NODE), v1(**FORBIDDEN), v3(**FORBIDDEN)], OF_NODE),
        ([nodes(), v1(), v3()], ()),
    ],
)
def test_what_is_known(script: list[Exchange], found: Any) -> None:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        try:
            assert known(client) == found
        finally:
            client.close()
