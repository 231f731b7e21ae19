# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CIS's custom resource definitions."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import definitions

SPEC: dict[str, Any] = {
    "group": "cis.f5.com",
    "names": {"kind": "VirtualServer", "plural": "virtualservers"},
    "versions": [{"name": "v1"}],
}


def definition(name: str, spec: dict[str, Any] | None = None, **labels: str) -> dict[str, Any]:
    return {
        "kind": "CustomResourceDefinition",
        "metadata": {"name": name, "labels": labels},
        "spec": SPEC if spec is None else spec,
    }


def stored(name: str, version: str, **more: Any) -> dict[str, Any]:
    """As the API server returns it, with the defaults that it sets."""
    names = {**SPEC["names"], "singular": "virtualserver", "listKind": "VirtualServerList"}
    return {
        "metadata": {
            "name": name,
            "labels": {definitions.VERSION_LABEL: version},
            "uid": "1",
            "resourceVersion": "2",
            "generation": 3,
        },
        "spec": {**SPEC, "names": names, "conversion": {"strategy": "None"}, **more},
        "status": {"conditions": []},
    }


# Definitions that the cluster has, as a chart of this role's left them: their version, or an empty text.
WANTED = {
    "none exists": ({}, "0.0.36", False, ["a", "b"]),
    "an older chart's": ({"a": "0.0.35", "b": "0.0.9"}, "0.0.36", False, ["a", "b"]),
    "the same chart's": ({"a": "0.0.36", "b": "0.0.36"}, "0.0.36", False, ["a", "b"]),
    "one is a newer chart's": ({"a": "0.0.100", "b": "0.0.36"}, "0.0.36", False, ["b"]),
    "all are a newer chart's": ({"a": "0.1.0", "b": "0.0.37"}, "0.0.36", False, []),
    "of no known version": ({"a": ""}, "0.0.36", False, ["a", "b"]),
    "a chart without a version": ({"a": "0.0.37"}, "", False, ["a", "b"]),
    "a file of one's own": ({"a": "0.0.37"}, "0.0.36", True, ["a", "b"]),
}


@pytest.mark.parametrize(("there", "chart", "own", "wanted"), WANTED.values(), ids=WANTED.keys())
def test_definitions_of_a_newer_chart_stay(
    there: dict[str, str], chart: str, own: bool, wanted: list[str]
) -> None:
    present = [definitions.seen(stored(name, version)) for name, version in there.items()]
    plain = {"kind": "CustomResourceDefinition", "metadata": {"name": "b", "labels": None}, "spec": SPEC}
    found = definitions.of_chart([definition("a", kept="yes"), plain], present, chart, own)
    labels = {"a": {"kept": "yes", "vks.bigip/chart-version": chart}, "b": {"vks.bigip/chart-version": chart}}
    assert found == [{**plain, "metadata": {"name": name, "labels": labels[name]}} for name in wanted]


def test_a_definition_of_the_cluster() -> None:
    raw = stored("a", "0.0.36")
    assert definitions.seen(raw) == {"name": "a", "version": "0.0.36", "digest": definitions.digest(raw)}
    for odd in (
        {"metadata": None},
        {"metadata": {"labels": None}},
        {"metadata": {"labels": {definitions.VERSION_LABEL: None}}},
    ):
        assert definitions.seen(odd) == {"name": "None", "version": "", "digest": definitions.digest(odd)}


SAME_DIGEST: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    # two definitions, and whether they are the same
    "another order": ({"spec": {"group": "a", "scope": "b"}}, {"spec": {"scope": "b", "group": "a"}}, True),
    "nothing": ({}, {"metadata": None, "spec": None}, True),
    "no labels and no names": ({"metadata": {"labels": None}, "spec": {"names": None}}, {}, True),
    "defaults": (
        {"spec": {"names": {"kind": "Ab"}}},
        {
            "spec": {
                "names": {"kind": "Ab", "singular": "ab", "listKind": "AbList"},
                "conversion": {"strategy": "None"},
            }
        },
        True,
    ),
    "another singular": (
        {"spec": {"names": {"kind": "Ab"}}},
        {"spec": {"names": {"kind": "Ab", "singular": "x"}}},
        False,
    ),
    "another list": (
        {"spec": {"names": {"kind": "Ab"}}},
        {"spec": {"names": {"kind": "Ab", "listKind": "x"}}},
        False,
    ),
    "another label": ({"metadata": {"labels": {"a": "b"}}}, {"metadata": {"labels": {"a": "c"}}}, False),
    "another name": ({"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, True),
    "names without a kind": (
        {"spec": {"names": {"plural": "a"}}},
        {"spec": {"names": {"plural": "a", "singular": "", "listKind": "List"}}},
        True,
    ),
}


@pytest.mark.parametrize(("one", "other", "same"), SAME_DIGEST.values(), ids=SAME_DIGEST)
def test_digest(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    assert (definitions.digest(one) == definitions.digest(other)) is same


CHANGED = {
    "the same, with defaults of the API server": ([stored("a", "1.0")], []),
    "missing": ([], ["a"]),
    "another label": ([stored("a", "0.9")], ["a"]),
    "another spec": ([stored("a", "1.0", scope="Namespaced")], ["a"]),
    "another conversion": ([stored("a", "1.0", conversion={"strategy": "Webhook"})], ["a"]),
}


@pytest.mark.parametrize(("there", "changed"), CHANGED.values(), ids=CHANGED.keys())
def test_only_what_is_not_surely_the_same_is_applied(there: list[dict[str, Any]], changed: list[str]) -> None:
    present = [definitions.seen(one) for one in there]
    found = definitions.changed(definitions.of_chart([definition("a")], present, "1.0", False), present)
    assert [each["metadata"]["name"] for each in found] == changed


ALL = ["externaldnses", "ingresslinks", "policies", "tlsprofiles", "transportservers", "virtualservers"]
BUT_ONE = [name for name in ALL if name != "policies"]


def of_group(*plurals: str, group: str = "cis.f5.com") -> list[dict[str, Any]]:
    return [
        definition(f"{plural}.{group}", {"group": group, "names": {"plural": plural}}) for plural in plurals
    ]


# The definitions that are applied, the resources that the API server serves, and what CIS would wait for.
LACKING: dict[str, tuple[list[dict[str, Any]], list[str] | None, list[str]]] = {
    "in the chart": (of_group(*ALL), [], []),
    "in the cluster": ([], [*ALL, "virtualservers/status"], []),
    "some here, some there": (of_group("policies"), BUT_ONE, []),
    "nowhere": ([], [], [f"{name}.cis.f5.com" for name in ALL]),
    "one nowhere": (of_group(*BUT_ONE), ["virtualservers"], ["policies.cis.f5.com"]),
    "of another group": (of_group("policies", group="example.com"), BUT_ONE, ["policies.cis.f5.com"]),
    "odd definitions": ([{}, {"spec": {"group": "cis.f5.com", "names": None}}], ALL, []),
    "the cluster may not be asked": ([], None, []),
}


@pytest.mark.parametrize(("applied", "served", "lacking"), LACKING.values(), ids=LACKING.keys())
def test_what_cis_would_wait_for(
    applied: list[dict[str, Any]], served: list[str] | None, lacking: list[str]
) -> None:
    assert definitions.lacking(applied, served) == lacking
