# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each source is built once, from the pool's own options and those of the task."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._request.sources import Sources
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import ClusterPool


def cluster_pool(pool: str = "pool", **options: Any) -> ClusterPool:
    service = {"namespace": "shop", "name": "web", "port": "80"}
    return ClusterPool("T1", "A1", pool, "applications[0]", {"service": service, **options})


def test_a_source_is_built_once_for_each_pool() -> None:
    sources = Sources({"pool_member_type": "nodeport"}, False)
    first = sources.of(cluster_pool())
    assert sources.of(cluster_pool()) is first and sources.of(cluster_pool("other")) is not first
    assert (first.namespace, first.name, first.port, first.path) == ("shop", "web", "80", "applications[0]")


def test_its_own_options_come_before_those_of_the_task() -> None:
    sources = Sources({"pool_member_type": "nodeport", "node_weight": "endpoints"}, False)
    source = sources.of(cluster_pool(pool_member_type="nodeportlocal"))
    assert (source.mode, source.node_weight) == ("nodeportlocal", "endpoints")


@pytest.mark.parametrize(
    ("mode", "network", "allowed", "refused"),
    [
        ("cluster", "nsx_t1", False, True),
        ("cluster", "nsx_vpc", False, True),
        ("cluster", "nsx_vpc", True, False),
        ("cluster", "vsphere", False, False),
        ("nodeport", "nsx_vpc", False, False),
        ("auto", "nsx_vpc", False, False),
    ],
)
def test_what_f5_has_not_validated(mode: str, network: str, allowed: bool, refused: bool) -> None:
    sources = Sources({"network_provider": network}, allowed)
    if not refused:
        assert sources.of(cluster_pool(pool_member_type=mode)).network_provider == network
        return
    with pytest.raises(Failure, match="allow_unvalidated") as raised:
        sources.of(cluster_pool(pool_member_type=mode))
    assert raised.value.code == "not_validated" and raised.value.details["path"] == "applications[0]"


@pytest.mark.parametrize("options", [None, {}, {"service": {}}, {"service": {"namespace": "shop"}}])
def test_a_pool_without_a_service_has_no_source(options: Any) -> None:
    with pytest.raises(Failure) as raised:
        Sources({}, False).of(ClusterPool("T1", "A1", "pool", "pools[0]", options))
    assert raised.value.code == "service_missing"
