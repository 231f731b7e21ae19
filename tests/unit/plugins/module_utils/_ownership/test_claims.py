# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenants that each CIS of the cluster may own, by its Deployment and the AS3 ConfigMaps."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._ownership import claims

IMAGE = "registry.example/f5networks/k8s-bigip-ctlr:2.20.3"


def deployment(
    *args: str, image: str = IMAGE, replicas: Any = 1, status: Any = 0, command: Any = None
) -> dict[str, Any]:
    container = {"name": "cis", "image": image, "args": list(args), "command": command}
    return {
        "metadata": {"namespace": "kube-system", "name": "cis"},
        "spec": {"replicas": replicas, "template": {"spec": {"containers": [container]}}},
        "status": {"replicas": status},
    }


def config_map(*tenants: str) -> dict[str, Any]:
    adc = {"class": "ADC", **{name: {"class": "Tenant"} for name in tenants}}
    template = json.dumps({"class": "AS3", "declaration": adc})
    return {"metadata": {"namespace": "default", "name": "as3"}, "data": {"template": template}}


@pytest.mark.parametrize(
    ("args", "partitions"),
    [
        ([], set()),
        (["--bigip-partition=k8s"], {"k8s", "k8s_gtm"}),
        (["--bigip-partition", "k8s"], {"k8s", "k8s_gtm"}),
        (["--bigip-partition=a,b"], {"a", "a_gtm", "b", "b_gtm"}),
        (["--bigip-partition=a", "--bigip-partition=b"], {"a", "a_gtm", "b", "b_gtm"}),
        (["--bigip-url=a"], set()),
    ],
)
def test_the_partitions_of_the_arguments(args: list[str], partitions: set[str]) -> None:
    (claim,) = claims.claims([deployment(*args)], [])
    assert (claim.deployment, claim.partitions, claim.unread) == (
        "kube-system/cis",
        frozenset(partitions),
        None,
    )
    assert claim.name == "the CIS Deployment kube-system/cis"


def test_arguments_in_the_command() -> None:
    (claim,) = claims.claims(
        [deployment("--x", command=["/bin/k8s-bigip-ctlr", "--bigip-partition=k8s"])], []
    )
    assert claim.partitions == {"k8s", "k8s_gtm"}


def test_the_tenants_of_config_maps_may_be_any_cis_own() -> None:
    found = claims.claims(
        [deployment("--bigip-partition=k8s"), deployment()], [config_map("T1"), config_map("T2")]
    )
    assert [claim.partitions for claim in found] == [{"k8s", "k8s_gtm", "T1", "T2"}, {"T1", "T2"}]


def test_a_config_map_that_cannot_be_read_is_reported() -> None:
    warnings: list[str] = []
    raw = {"metadata": {"namespace": "default", "name": "as3"}, "data": {"template": "{"}}
    assert [claim.partitions for claim in claims.claims([deployment()], [raw], warnings.append)] == [
        frozenset()
    ]
    assert len(warnings) == 1 and "default/as3" in warnings[0]
    assert claims.claims([deployment()], [raw])


@pytest.mark.parametrize(
    ("replicas", "status", "running"),
    [(1, 1, True), (1, 0, True), (None, 0, True), (0, 1, True), (0, 0, False), (0, None, False)],
)
def test_whether_it_runs(replicas: Any, status: Any, running: bool) -> None:
    (claim,) = claims.claims([deployment(replicas=replicas, status=status)], [])
    assert claim.running is running


@pytest.mark.parametrize(
    ("raw", "is_cis"),
    [
        (deployment(), True),
        (deployment(image="registry.example/other:1"), False),
        (deployment(image="registry.example/other:1", command=["/bin/k8s-bigip-ctlr"]), True),
        (deployment("k8s-bigip-ctlr", image="registry.example/other:1"), False),
        ({}, False),
        ({"spec": None}, False),
        ({"spec": {"template": None}}, False),
        ({"spec": {"template": {"spec": {"containers": [None, {}, {"image": None}]}}}}, False),
    ],
)
def test_what_is_a_cis(raw: dict[str, Any], is_cis: bool) -> None:
    assert claims.is_cis(raw) is is_cis
    assert len(claims.claims([raw], [])) == int(is_cis)


def test_the_selector_of_the_config_maps() -> None:
    assert claims.CONFIG_MAP_SELECTOR == "f5type=virtual-server,as3=true"
