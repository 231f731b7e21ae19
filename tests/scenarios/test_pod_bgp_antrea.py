# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pod_bgp with Antrea: a BGPPolicy and its passwords, the sessions that it leads to, and the feature gate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from support import tree
from support.labs import Labs

from .rights import maker
from .site import Site
from .waiting import eventually

BGP, CONFIG, PASSWORDS = "/mgmt/tm/net/routing/bgp", "antrea-agent.conf", "antrea-bgp-passwords"
NAMESPACE = ("-n", "kube-system")
NUMBER = 64513
OTHER_KEY = "192.0.2.1-65001"


@pytest.fixture(scope="module")
def site(labs: Labs) -> Iterator[Site]:
    with Site(labs.give("--cni", "antrea", "--nodes", "2"), tree.link()) as made:
        yield made


def gate(site: Site, on: bool) -> None:
    config = site.get("configmap", *NAMESPACE, "antrea-config")
    content = yaml.safe_load(config["data"][CONFIG])
    content["featureGates"]["BGPPolicy"] = on
    patch = {"data": {CONFIG: yaml.safe_dump(content)}}
    site.kubectl("patch", "configmap", *NAMESPACE, "antrea-config", "--type=merge", "-p", json.dumps(patch))


@pytest.fixture
def gated(site: Site) -> Iterator[Site]:
    gate(site, True)
    yield site
    gate(site, False)
    site.kubectl("delete", "bgppolicies", "--all")
    site.kubectl("delete", "secret", *NAMESPACE, PASSWORDS, "--ignore-not-found")


def run(site: Site, **options: Any) -> dict[str, Any]:
    given = {"provider": site.provider(), "kubeconfig": str(site.kubeconfig()), "bigip_as_number": NUMBER, "enable_tmos_routing": True}
    return site.module("pod_bgp", **{**given, **options})


def states(site: Site) -> dict[str, str]:
    return {one["node"]: one["state"] for one in site.control("GET", "/_lab/bgp")["sessions"]}


def become(site: Site, *established: str) -> None:
    """Exactly these nodes have a session."""
    assert eventually(lambda: states(site) == dict.fromkeys(established, "Established")), states(site)


def nodes(site: Site) -> list[dict[str, Any]]:
    return list(site.get("nodes")["items"])


def passwords(site: Site) -> set[str]:
    return set(site.get("secret", *NAMESPACE, PASSWORDS).get("data") or {})


def test_from_nothing_to_sessions_and_back(gated: Site) -> None:
    site, both = gated, nodes(gated)
    site.kubectl("create", "secret", "generic", *NAMESPACE, PASSWORDS, f"--from-literal={OTHER_KEY}=of-another")
    predicted = run(site, password="word-1", _ansible_check_mode=True)
    assert site.get("bgppolicies")["items"] == []
    result = run(site, password="word-1")
    assert result["changed"] and not result.get("failed"), result
    assert result["diff"] == predicted["diff"] and result["counts"] == predicted["counts"]
    assert (result["cni"], result["established"], result["sessions"]) == ("antrea", None, [])
    warnings = json.dumps(result["warnings"])  # texts, or objects with them, by ansible-core's version
    assert "antctl get bgppeers" in warnings and "it is unknown if they are established" in warnings
    (peer,) = result["peers"]
    assert passwords(site) == {OTHER_KEY, f"{peer['address']}-{NUMBER}"}
    become(site, *(node["metadata"]["name"] for node in both))
    assert set(site.control("GET", "/_lab/bgp")["learnt"]) == {node["spec"]["podCIDR"] for node in both}

    again = run(site, password="word-1")
    assert not again["changed"] and again["established"] is None and again["counts"]["objects_written"] == 0
    changed = run(site, password="word-2")
    assert changed["changed"] and changed["counts"]["objects_written"] == 1
    become(site, *(node["metadata"]["name"] for node in both))

    removed = run(site, state="absent")
    assert removed["changed"] and site.get("bgppolicies")["items"] == [] and passwords(site) == {OTHER_KEY}
    assert site.control("GET", BGP).get("items", []) == [] and states(site) == {}
    assert not run(site, state="absent")["changed"]


def test_the_least_rights(gated: Site, tmp_path: Path) -> None:
    """Exactly those of docs/rbac/pod_bgp.yml: no request is denied, and no rule is unused."""
    roles = ["vks-bigip-pod-bgp", "vks-bigip-pod-bgp-antrea"]
    one = maker(gated, tmp_path, "test_pod_bgp_antrea")(pod_bgp=roles)
    for options in ({}, {"exclude_nodes": [nodes(gated)[0]["metadata"]["name"]]}, {"state": "absent"}):
        result = run(gated, kubeconfig=str(one.kubeconfig), password="word-1", **options)
        assert result["changed"] and not result.get("failed"), result
    assert one.denied() == set()
    assert one.unneeded() == set()


def test_an_excluded_node_has_no_session(gated: Site) -> None:
    first, second = (node["metadata"]["name"] for node in nodes(gated))
    assert run(gated, exclude_nodes=[first])["changed"]
    become(gated, second)
    (policy,) = gated.get("bgppolicies")["items"]
    (term,) = policy["spec"]["nodeSelector"]["matchExpressions"]
    assert (term["operator"], term["values"]) == ("NotIn", [first])
    assert run(gated)["changed"]
    become(gated, first, second)
    assert not run(gated)["changed"]


def test_an_older_policy_of_another_owner(gated: Site) -> None:
    spec = {"nodeSelector": {}, "localASN": 64999, "advertisements": {"pod": {}}}
    older = {"apiVersion": "crd.antrea.io/v1alpha1", "kind": "BGPPolicy", "metadata": {"name": "older"}, "spec": spec}
    gated.kubectl("create", "-f", "-", stdin=json.dumps(older))
    failed = run(gated)
    assert failed["failure"]["code"] == "bgp_object_conflict" and "BGPPolicy older" in failed["msg"]
    nothing_is_written(gated, "older")


def test_the_gate_is_off(site: Site) -> None:
    gate(site, False)
    failed = run(site, password="word-1")
    assert failed["failed"] and failed["failure"]["code"] == "bgp_policy_gate_off"
    assert "ConfigMap kube-system/antrea-config does not enable it" in failed["msg"], failed["msg"]
    nothing_is_written(site)


def nothing_is_written(site: Site, *policies: str) -> None:
    assert {item["metadata"]["name"] for item in site.get("bgppolicies")["items"]} == set(policies)
    assert site.control("GET", BGP).get("items", []) == []
    assert site.kubectl("get", "secret", *NAMESPACE, PASSWORDS, "--ignore-not-found") == ""
