# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peers that answer in a hostile way, and one request to each."""

from __future__ import annotations

from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._deadline import Deadline
from ansible_collections.vks.bigip.plugins.module_utils._kube import lists
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support.peers import Peer


def at_kubernetes(peer: Peer, deadline: float = 600.0, **options: Any) -> list[Any]:
    client = Client({"host": peer.url, "allow_http": True, "api_key": "t", **options}, Deadline(deadline))
    try:
        return lists.each(client, lists.SERVICES, "shop", lambda raw: raw)
    finally:
        client.close()
