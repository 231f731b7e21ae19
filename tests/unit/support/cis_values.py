# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the role cis for the values of its chart."""

from __future__ import annotations

from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._cis import values

DIGEST = "sha256:" + "0a" * 32
GIVEN: dict[str, Any] = {
    "bigip_url": "https://bigip.example.com",
    "bigip_partition": "kubernetes",
    "bigip_username": True,
    "bigip_password": True,
    "namespace": "f5-cis",
    "pool_member_type": "nodeport",
    "version": "2.20.3",
}
CLUSTERS = {
    "mode": "standalone",
    "local_cluster_name": "one",
    "clusters": [
        {"name": "two", "kubeconfig": "text"},
        {"name": "three", "secret": "default/three", "ratio": 2},
    ],
}
AVAILABLE = {
    "mode": "primary",
    "local_cluster_name": "one",
    "primary_endpoint": "http://192.0.2.1:8001",
    "ha_mode": "active-active",
    "clusters": [
        {"name": "one", "role": "primary", "kubeconfig": "a"},
        {"name": "two", "role": "secondary", "secret": "x/y"},
    ],
}


def plan(**more: Any) -> dict[str, Any]:
    return values.plan({**GIVEN, **more})
