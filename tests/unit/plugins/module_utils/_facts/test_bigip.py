# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A route that was read, as a fact."""

from __future__ import annotations

import ipaddress
from types import SimpleNamespace

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.bigip import Route


@pytest.mark.parametrize(("network", "expected"), [("100.96.0.9/26", "100.96.0.0/26"), ("::/0", "::/0"), ("", None)])
def test_a_route(network: str, expected: str | None) -> None:
    read = SimpleNamespace(name="/Common/r", network=network, gateway="198.18.0.1", description="by hand")
    route = expected and Route("/Common/r", ipaddress.ip_network(expected), "198.18.0.1", "by hand")
    assert Route.of(read) == route
