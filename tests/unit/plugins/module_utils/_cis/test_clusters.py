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


REFUSED: dict[str, tuple[Any, int]] = {
    # the variable, and the number of refusals
    "none": (None, 0),
    "standalone": (STANDALONE, 0),
    "primary": (PRIMARY, 0),
    "a text": ("x", 1),
    "another mode": ({**STANDALONE, "mode": "both"}, 1),
    "no local name": ({**STANDALONE, "local_cluster_name": ""}, 1),
    "a cluster without a name": ({**STANDALONE, "clusters": [{"secret": "a/b"}]}, 1),
    "a cluster that is a text": ({**STANDALONE, "clusters": [EAST, "west"]}, 1),
    "kubeconfig and secret": ({**STANDALONE, "clusters": [{**EAST, "secret": "a/b"}]}, 1),
    "neither of them": ({**STANDALONE, "clusters": [{"name": "east"}]}, 1),
    "a secret without a namespace": ({**STANDALONE, "clusters": [{"name": "east", "secret": "b"}]}, 1),
    "another role": ({**STANDALONE, "clusters": [{**EAST, "role": "third"}]}, 1),
    "no endpoint": ({**PRIMARY, "primary_endpoint": None}, 1),
    "no roles": ({**PRIMARY, "clusters": [EAST, WEST]}, 2),
    "two of a role": ({**PRIMARY, "clusters": [*PRIMARY["clusters"], {**WEST, "role": "secondary"}]}, 1),
}


@pytest.mark.parametrize(("given", "count"), REFUSED.values(), ids=REFUSED)
def test_refusals(given: Any, count: int) -> None:
    found = list(clusters.refusals(given))
    assert len(found) == count and all(text.startswith("cis_multi_cluster") for text in found)
