# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of this package, as text and as a result."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.model import (
    LeftOut,
    Member,
    Pool,
    Service,
    ServicePort,
)


@pytest.mark.parametrize(
    ("port", "text"),
    [
        (ServicePort("http", 80, "TCP", 8080, None), "80/TCP (http)"),
        (ServicePort("", 53, "UDP", "dns", 30053), "53/UDP"),
    ],
)
def test_a_port_as_text(port: ServicePort, text: str) -> None:
    assert str(port) == text


def test_a_service_as_text() -> None:
    assert str(Service("default", "web")) == "default/web"


@pytest.mark.parametrize(("domain", "address"), [(None, "10.0.0.1"), (0, "10.0.0.1%0"), (2, "10.0.0.1%2")])
def test_a_pool_as_a_result(domain: int | None, address: str) -> None:
    member = Member("10.0.0.1", 8080, "n1", "web-1", terminating=True)
    gap = LeftOut("Pod", "web-2", "not_ready", "It is not ready.", "n2", True)
    pool = Pool(
        "default",
        "web",
        "http",
        80,
        "TCP",
        "cluster",
        "you chose it",
        (member,),
        (gap,),
        ("warning",),
        route_domain=domain,
    )
    assert pool.address(member) == address
    shown = pool.as_dict()
    (entry,), (left_out,) = shown["members"], shown["left_out"]
    assert (entry["address"], entry["port"], entry["pod"], entry["terminating"]) == (
        "10.0.0.1",
        8080,
        "web-1",
        True,
    )
    assert entry.get("route_domain") == domain and ("route_domain" in entry) == (domain is not None)
    assert left_out == {
        "kind": "Pod",
        "name": "web-2",
        "node": "n2",
        "reason": "not_ready",
        "message": "It is not ready.",
    }
    assert shown["port"] == {"name": "http", "number": 80, "protocol": "TCP"} and shown["warnings"] == [
        "warning"
    ]
