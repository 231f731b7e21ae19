# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CIS for several clusters."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import clusters
from ansible_collections.vks.bigip.plugins.module_utils._cis.names import Names

NAMES = Names.of({"namespace": "f5-cis", "release_name": "cis"})
EAST, WEST = {"name": "east", "kubeconfig": "x"}, {"name": "west", "secret": "own/west", "ratio": 2}
STANDALONE = {"mode": "standalone", "local_cluster_name": "here", "clusters": [EAST, WEST]}
PRIMARY = {
    "mode": "primary",
    "local_cluster_name": "here",
    "primary_endpoint": "https://192.0.2.9",
    "clusters": [{**EAST, "role": "primary"}, {**WEST, "role": "secondary"}],
}


@pytest.mark.parametrize("given", [None, False, {}, "x"])
def test_one_cluster(given: Any) -> None:
    assert clusters.arguments(given, NAMES) == {} and clusters.extended_spec(given, NAMES) is None


def test_arguments() -> None:
    assert clusters.arguments(STANDALONE, NAMES) == {
        "multi_cluster_mode": "standalone",
        "local_cluster_name": "here",
        "extended_spec_configmap": "f5-cis/cis-extended-spec",
    }


def test_standalone() -> None:
    assert clusters.extended_spec({**STANDALONE, "extended_spec": {"baseRouteSpec": {}}}, NAMES) == {
        "mode": "default",
        "baseRouteSpec": {},
        "externalClustersConfig": [
            {"clusterName": "east", "secret": "f5-cis/cis-kubeconfig-east"},
            {"clusterName": "west", "secret": "own/west", "ratio": 2},
        ],
    }


def test_clusters_beside_a_pair() -> None:
    others = [
        {**EAST, "role": "external", "ratio": 0, "admin_state": "disable"},
        {**WEST, "name": "north", "ratio": None},
    ]
    given = {**PRIMARY, "clusters": [*others, *PRIMARY["clusters"]], "retry_interval": 7}
    assert clusters.extended_spec(given, NAMES) == {
        "mode": "default",
        "externalClustersConfig": [
            {
                "clusterName": "east",
                "secret": "f5-cis/cis-kubeconfig-east",
                "ratio": 0,
                "adminState": "disable",
            },
            {"clusterName": "north", "secret": "own/west"},
        ],
        "highAvailabilityCIS": {
            "primaryEndPoint": "https://192.0.2.9",
            "probeInterval": 30,
            "retryInterval": 7,
            "primaryCluster": {"clusterName": "east", "secret": "f5-cis/cis-kubeconfig-east"},
            "secondaryCluster": {"clusterName": "west", "secret": "own/west", "ratio": 2},
        },
    }


def test_no_other_cluster() -> None:
    assert clusters.extended_spec({"mode": "standalone", "clusters": None}, NAMES) == {"mode": "default"}
    pair = {"primaryEndPoint": None, "probeInterval": 30, "retryInterval": 3}
    assert clusters.extended_spec({"mode": "primary"}, NAMES) == {
        "mode": "default",
        "highAvailabilityCIS": pair,
    }
    two = [{**EAST, "role": "primary"}, {**WEST, "role": "primary"}]
    made = clusters.extended_spec({"mode": "primary", "clusters": two}, NAMES)
    first = {"clusterName": "east", "secret": "f5-cis/cis-kubeconfig-east"}
    assert made == {"mode": "default", "highAvailabilityCIS": {**pair, "primaryCluster": first}}


def test_high_availability() -> None:
    assert clusters.extended_spec({**PRIMARY, "ha_mode": "ratio", "probe_interval": 5}, NAMES) == {
        "mode": "ratio",
        "highAvailabilityCIS": {
            "primaryEndPoint": "https://192.0.2.9",
            "probeInterval": 5,
            "retryInterval": 3,
            "primaryCluster": {"clusterName": "east", "secret": "f5-cis/cis-kubeconfig-east"},
            "secondaryCluster": {"clusterName": "west", "secret": "own/west", "ratio": 2},
        },
    }


def these(*given: Any) -> dict[str, Any]:
    return {**STANDALONE, "clusters": list(given)}


NAMED = ".clusters: each is a dictionary with a name, and kubeconfig or secret."
EITHER = ".clusters: east needs either kubeconfig or secret (namespace/name of a Secret that has one)."
PATH, ROLE = (
    ".clusters: the secret of east is written namespace/name.",
    ".clusters: the role of east is primary, secondary or external.",
)
ENDPOINT = (
    ".primary_endpoint is missing: the URL at which the secondary CIS sees whether the primary one is alive."
)
REFUSED: dict[str, tuple[Any, list[str]]] = {
    # the variable, and the refusals after its name
    "none": (None, []),
    "standalone": (STANDALONE, []),
    "no clusters": ({**STANDALONE, "clusters": None}, []),
    "primary": (PRIMARY, []),
    "secondary": ({**PRIMARY, "mode": "secondary"}, []),
    "primary, and another cluster": (
        {**PRIMARY, "clusters": [*PRIMARY["clusters"], {**EAST, "role": "external"}]},
        [],
    ),
    "a text": ("x", [" is a dictionary with mode, local_cluster_name and clusters."]),
    "another mode": (
        {**STANDALONE, "mode": "both"},
        [".mode is 'both'. It is one of standalone, primary, secondary."],
    ),
    "no local name": (
        {**STANDALONE, "local_cluster_name": ""},
        [".local_cluster_name is missing: the name of this cluster."],
    ),
    "a cluster without a name": (these({"secret": "a/b"}, {"name": "b"}), [NAMED]),
    "a cluster that is a text": (these(EAST, "west"), [NAMED]),
    "an endpoint of a pair without names": ({**PRIMARY, "clusters": ["a"]}, [NAMED]),
    "kubeconfig and secret": (these({**EAST, "secret": "a/b"}), [EITHER]),
    "neither of them": (these({"name": "east"}), [EITHER]),
    "a secret without a namespace": (these({"name": "east", "secret": "b"}), [PATH]),
    "a secret of more parts": (these({"name": "east", "secret": "a/b/c"}), [PATH]),
    "another role": (these({**EAST, "role": "third"}), [ROLE]),
    "several faults": (these(WEST, {"name": "east", "secret": "b", "role": "third"}), [PATH, ROLE]),
    "no endpoint": ({**PRIMARY, "primary_endpoint": None}, [ENDPOINT]),
    "no endpoint, secondary": ({**PRIMARY, "mode": "secondary", "primary_endpoint": ""}, [ENDPOINT]),
    "no roles": (
        {**PRIMARY, "clusters": [EAST, WEST]},
        [f".clusters: exactly one has to have role {role}, not 0." for role in ("primary", "secondary")],
    ),
    "two of a role": (
        {**PRIMARY, "clusters": [*PRIMARY["clusters"], {**WEST, "role": "secondary"}]},
        [".clusters: exactly one has to have role secondary, not 2."],
    ),
}


@pytest.mark.parametrize(("given", "refusals"), REFUSED.values(), ids=REFUSED)
def test_refusals(given: Any, refusals: list[str]) -> None:
    assert list(clusters.refusals(given)) == [f"cis_multi_cluster{text}" for text in refusals]
