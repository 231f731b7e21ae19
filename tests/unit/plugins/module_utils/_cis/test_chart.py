# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of a rendered chart."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import chart, definitions, helm

DEFINITION = {
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "virtualservers.cis.f5.com"},
    "spec": {"group": "cis.f5.com", "names": {"plural": "virtualservers"}},
}


def deployment(*arguments: str, label: str = "f5-bigip-ctlr-0.0.36") -> dict[str, Any]:
    pod = {"containers": [{"args": list(arguments)}]}
    return {
        "kind": "Deployment",
        "metadata": {"name": "one-cis", "labels": {"chart": label}},
        "spec": {"template": {"spec": pod}},
    }


def role(*resources: str) -> dict[str, Any]:
    return {"kind": "ClusterRole", "metadata": {"name": "one"}, "rules": [{"resources": list(resources)}]}


def facts(*objects: Any, **more: Any) -> dict[str, Any]:
    given = {
        "text": "kind: Deployment",
        "objects": ["v3.18.3", None, *objects],
        "partition": "kubernetes",
        "definitions": None,
        "present": [],
    }
    return chart.facts({**given, **more})


def test_the_chart_of_cis() -> None:
    found = facts(
        DEFINITION,
        role("nodes"),
        deployment("--insecure", "--bigip-partition=kubernetes"),
        served=["policies"],
    )
    labelled = {"name": "virtualservers.cis.f5.com", "labels": {definitions.VERSION_LABEL: "0.0.36"}}
    assert found == {
        "deployment": "one-cis",
        "chart": "f5-bigip-ctlr-0.0.36",
        "version": "0.0.36",
        "manifest_digest": helm.manifest_digest("kind: Deployment"),
        "reads_blocks": False,
        "definitions": 1,
        "definitions_to_apply": [{**DEFINITION, "metadata": labelled}],
        "lacking": [
            f"{name}.cis.f5.com"
            for name in ("externaldnses", "ingresslinks", "tlsprofiles", "transportservers")
        ],
    }
    stored = [definitions.seen({**DEFINITION, "metadata": labelled})]
    known = facts(DEFINITION, deployment("--bigip-partition=kubernetes"), present=stored)
    assert (known["definitions"], known["definitions_to_apply"]) == (1, [])


OTHERS: dict[str, tuple[dict[str, Any], ...]] = {
    "empty": (),
    "another partition": (deployment("--bigip-partition=other"),),
    "two Deployments": (deployment("--bigip-partition=kubernetes"), deployment()),
    "no metadata": ({"kind": "Deployment"},),
    "no containers": ({"kind": "Deployment", "metadata": {}},),
    "no arguments": (
        {"kind": "Deployment", "metadata": {}, "spec": {"template": {"spec": {"containers": [{}]}}}},
    ),
    "a StatefulSet": ({**deployment("--bigip-partition=kubernetes"), "kind": "StatefulSet"},),
    "another container": (
        {
            **deployment(),
            "spec": {"template": {"spec": {"containers": [{}, {"args": ["--bigip-partition=kubernetes"]}]}}},
        },
    ),
}


@pytest.mark.parametrize("objects", OTHERS.values(), ids=OTHERS.keys())
def test_another_chart(objects: tuple[dict[str, Any], ...]) -> None:
    assert facts(*objects) == {
        **{
            "deployment": "",
            "chart": "",
            "version": "",
            "manifest_digest": helm.manifest_digest("kind: Deployment"),
        },
        **{"reads_blocks": False, "definitions": 0, "definitions_to_apply": [], "lacking": []},
    }


def test_objects_without_metadata_do_not_count() -> None:
    kinds = [{"kind": kind} for kind in ("Deployment", "CustomResourceDefinition")]
    found = facts(*kinds, DEFINITION, deployment("--bigip-partition=kubernetes"))
    assert (found["deployment"], found["definitions"]) == ("one-cis", 1)


def test_a_deployment_without_names() -> None:
    found = facts({**deployment("--bigip-partition=kubernetes"), "metadata": {"name": None, "labels": None}})
    assert (found["deployment"], found["chart"], found["version"]) == ("", "", "")


@pytest.mark.parametrize(
    ("label", "version"),
    [
        ("f5-bigip-ctlr-1.2", "1.2"),
        ("mine", ""),
        ("mine-1.2-beta", ""),
        (f"mine-{'1.' * 29}1", f"{'1.' * 29}1"),
        (f"2{'1.' * 31}1", f"{'1.' * 31}1"),  # a label has at most 63 characters
    ],
)
def test_version(label: str, version: str) -> None:
    assert facts(deployment("--bigip-partition=kubernetes", label=label))["version"] == version


def test_calicos_blocks() -> None:
    assert facts(role("nodes", "blockaffinities"))["reads_blocks"]
    assert not facts({**role("blockaffinities"), "kind": "Role"})["reads_blocks"]


def test_a_file_of_definitions_replaces_those_of_the_chart() -> None:
    mine = {**DEFINITION, "metadata": {"name": "mine"}}
    odd = ["text", {"kind": "Namespace", "metadata": {"name": "x"}}, {**DEFINITION, "metadata": None}]
    found = facts(DEFINITION, deployment("--bigip-partition=kubernetes"), definitions=[mine, *odd])
    assert found["definitions"] == 1
    assert [each["metadata"]["name"] for each in found["definitions_to_apply"]] == ["mine"]
    assert facts(DEFINITION, definitions=[])["definitions"] == 0


@pytest.mark.parametrize(("own", "applied"), [([DEFINITION], 1), (None, 0)])
def test_a_definition_of_a_newer_chart_gives_way_to_a_file_alone(own: Any, applied: int) -> None:
    newer = {"metadata": {"name": "virtualservers.cis.f5.com", "labels": {definitions.VERSION_LABEL: "9.9"}}}
    given = {"definitions": own, "present": [definitions.seen(newer)]}
    found = facts(DEFINITION, deployment("--bigip-partition=kubernetes"), **given)
    assert (found["definitions"], len(found["definitions_to_apply"])) == (1, applied)


@pytest.mark.parametrize(
    ("more", "lacking"),
    [
        ({"served": []}, 5),
        ({"served": [], "managed": False}, 6),
        ({"served": ["policies"], "managed": False}, 5),
        ({"served": [], "definitions": []}, 6),
        ({"served": None}, 0),
        ({}, 0),
    ],
    ids=["the chart's", "they are not applied", "the cluster's", "the file's", "not known", "not asked"],
)
def test_definitions_that_are_nowhere(more: dict[str, Any], lacking: int) -> None:
    found = facts(DEFINITION, deployment("--bigip-partition=kubernetes"), **more)
    assert len(found["lacking"]) == lacking
