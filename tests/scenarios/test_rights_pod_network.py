# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pod_routes runs with exactly its manifest of docs/rbac, with both API groups of Calico. A missing right changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support import tree
from support.labs import Labs

from .rights import Make, exact, maker, succeeds
from .site import Site

NODES, CALICO = "vks-bigip-pod-routes", "vks-bigip-pod-routes-calico"
KINDS = ("blockaffinities", "ipamblocks", "ippools")
GROUPS = {"v1": "crd.projectcalico.org", "v3": "projectcalico.org"}


@pytest.fixture(scope="module", params=GROUPS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def site(labs: Labs, version: str) -> Iterator[Site]:
    with Site(labs.give("--cni", "calico", "--calico-api", version), tree.link()) as made:
        made.deploy(2)
        yield made


@pytest.fixture
def account(site: Site, tmp_path: Path, request: pytest.FixtureRequest) -> Make:
    return maker(site, tmp_path, request.node.name)


@pytest.mark.parametrize("source", ["auto", "calico"])
def test_pod_routes(site: Site, account: Make, source: str, version: str) -> None:
    """Each cluster has one of the groups. The other one is asked for blocks only, in the order v1, v3."""
    one = account(pod_routes=None)
    result = succeeds(site, one, "pod_routes", source=source, provider=site.provider())
    assert result["counts"]["added"] and result["source"] == "calico"
    if version == "v1":
        unused = [f"list {kind}.{GROUPS['v3']}" for kind in KINDS]
    else:
        unused = [f"list {kind}.{GROUPS['v1']}" for kind in KINDS[1:]]
    exact(one, *unused)


def test_node_cidr(site: Site, account: Make) -> None:
    one = account(pod_routes=[NODES])
    succeeds(site, one, "pod_routes", source="node_cidr", provider=site.provider())
    exact(one)


def test_a_missing_right_changes_nothing(site: Site, account: Make) -> None:
    one = account(pod_routes=[NODES])
    failed = site.module("pod_routes", kubeconfig=str(one.kubeconfig), provider=site.provider())
    assert failed["failure"]["code"] == "read_incomplete"
    assert "blockaffinities" in failed["msg"] and "forbidden" in failed["msg"], failed["msg"]
    assert [route["name"] for route in site.control("GET", "/mgmt/tm/net/route")["items"]] == ["default"]
