# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VirtualServers of CIS, and the application of the plainest one."""

from __future__ import annotations

from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._cis import applications

POOL: dict[str, Any] = {"service": "web", "servicePort": 80}
SPEC: dict[str, Any] = {"virtualServerAddress": "192.0.2.10", "pools": [POOL]}


def express(spec: dict[str, Any], partition: str | None = "cis") -> applications.Expressed:
    return applications.express(
        [{"metadata": {"namespace": "shop", "name": "web-vs"}, "spec": spec}], partition, lambda made: None
    )


PLAIN: dict[str, Any] = {
    "tenant": "cis",
    "application": "Shared",
    "virtual_server_name": "crd_192_0_2_10_80",
    "pool_name": "web_80_shop",
    "virtual_server": {
        "class": "Service_HTTP",
        "virtualAddresses": ["192.0.2.10"],
        "virtualPort": 80,
        "source": "0.0.0.0/0",
    },
    "pool": {"loadBalancingMode": "least-connections-member"},
    "service": {"namespace": "shop", "name": "web", "port": "80"},
}
MONITOR = {"type": "http", "send": "GET /", "recv": "ok", "interval": 5, "timeout": 16}


def named(namespace: str, pool: Any, name: str = "vs") -> dict[str, Any]:
    """The objects of shop are older than those of others."""
    meta = {
        "namespace": namespace,
        "name": name,
        "creationTimestamp": f"2026-0{1 if namespace == 'shop' else 2}-01T00:00:00Z",
    }
    return {"metadata": meta, "spec": {"virtualServerAddress": "192.0.2.10", "pools": [pool]}}
