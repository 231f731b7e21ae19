# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that the role refuses: whole sentences, one line a case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import refusals
from ansible_collections.vks.bigip.plugins.module_utils._cis.values import chart

World = dict[str, Any]
ROLE: World = {
    **{"bigip_url": "https://bigip.example.com", "bigip_partition": "cis", "namespace": "f5-cis"},
    **{"pool_member_type": "nodeport", "version": "2.20.3"},
}
SET: dict[str, Any] = {
    # a variable of the role, and a value that changes the values of the chart
    "bigip_ca_cert": True,
    "bigip_login_secret": "own",
    "bigip_partition": "other",
    "bigip_url": "https://other.example.com",
    "custom_resource_mode": False,
    "ingress_class_create": True,
    "ingress_class_default": True,
    "insecure": True,
    "ipam": True,
    "multi_cluster": {"mode": "standalone", "local_cluster_name": "one"},
    "namespace": "kube-system",
    "namespace_label": "a=b",
    "namespaces": ["a"],
    "pod_security_context": {"privileged": True},
    "pool_member_type": "cluster",
    "static_routing": {"orchestration_cni": "antrea", "shared": True},
    "version": "2.19.0",
}


def leaves(values: World) -> Iterator[tuple[str, str, Any]]:
    """The values of a chart, those of args and ingressClass one by one."""
    for name, value in values.items():
        if name in ("args", "ingressClass"):
            yield from ((name, key, part) for key, part in value.items())
        else:
            yield name, "", value


@pytest.mark.parametrize(("variable", "value"), SET.items(), ids=SET)
def test_a_value_that_a_variable_sets_is_refused_in_cis_values(variable: str, value: Any) -> None:
    """The same value by cis_values would get round the checks of the role."""
    own = chart(ROLE).values
    before, extra, expected = list(leaves(own)), dict[str, Any](), []
    for name, key, part in leaves(chart({**ROLE, variable: value}).values):
        if (name, key, part) in before:
            continue
        extra |= {name: {**extra.get(name, {}), key: part}} if key else {name: part}
        path = f"{name}.{key}" if key else name
        expected.append(f"cis_values.{path} would undo what the role checks. Set it by cis_{variable}.")
    assert sorted(refusals.undone(own, extra)) == sorted(expected) != []


UNDONE: dict[str, tuple[World, list[str]]] = {
    # cis_values, and the beginnings of the refusals
    "nothing": ({}, []),
    "the values of the role": (chart(ROLE).values, []),
    "other values": ({"rbac": {"create": False}, "args": {"as3_post_delay": 3}, "image": {"user": "x"}}, []),
    "null in place of a value": ({"version": None}, ["cis_values.version would undo"]),
    "a text in place of arguments": ({"args": "x", "ingressClass": []}, []),
    "a password": (
        {"bigip_secret": {"create": False, "password": "x"}},
        ["cis_values.bigip_secret would put the password"],
    ),
    "a Secret of the chart": (
        {"bigip_secret": {"create": True}},
        ["cis_values.bigip_secret would put the password"],
    ),
    "no Secret of the chart": ({"bigip_secret": {"create": False, "password": ""}}, []),
    "an odd Secret": ({"bigip_secret": "x"}, []),
}


@pytest.mark.parametrize(("extra", "beginnings"), UNDONE.values(), ids=UNDONE)
def test_undone(extra: World, beginnings: list[str]) -> None:
    found = list(refusals.undone(chart(ROLE).values, extra))
    assert len(found) == len(beginnings) and all(map(str.startswith, found, beginnings)), found


VISIBLE = (
    " would be visible in the values of the Helm release and in the Deployment. "
    "CIS reads credentials from the login Secret."
)
MOUNTED = ": the chart sets it to where it mounts the login Secret."
SPELLED = "With both spellings CIS would get the argument twice."
OF_LISTS = ": the chart takes text, a number or a boolean here. Of lists it knows only namespaces."
UNQUOTED = ": the chart writes arguments unquoted, so a value with ': ', ' #' or a line break breaks it."
PROBED = ": the chart's probes ask port 8080. On another port Kubernetes would restart CIS again and again."
ARGUMENTS: list[tuple[str, Any, str]] = [
    # an argument, its value, the refusal
    *(
        (name, "x", VISIBLE)
        for name in ("bigip_username", "bigip_password", "gtm_bigip_username", "gtm_bigip_password")
    ),
    ("bigip-password", "x", VISIBLE),
    ("credentials_directory", "/x", MOUNTED),
    ("credentials-directory", "/x", MOUNTED),
    ("log-level", "INFO", f": write log_level. {SPELLED}"),
    ("a-b-c", "INFO", f": write a_b_c. {SPELLED}"),
    ("log_level", "INFO", ""),
    ("namespaces", ["a", "b"], ""),
    ("namespaces", ("a", "b"), ""),
    ("namespaces", {"a": "b"}, OF_LISTS),
    ("flags", ["a"], OF_LISTS),
    ("flags", ("a",), OF_LISTS),
    ("flags", {}, OF_LISTS),
    ("flags", 5, ""),
    ("flags", True, ""),
    ("cipher_group", "a: b", UNQUOTED),
    ("cipher_group", "a #b", UNQUOTED),
    ("cipher_group", "a\nb", UNQUOTED),
    ("cipher_group", "a:", UNQUOTED),
    ("cipher_group", "a:b#c", ""),
    ("http_listen_address", "0.0.0.0:8080", ""),
    ("http_listen_address", 8080, ""),
    ("http_listen_address", "[::]:8080", ""),
    ("http_listen_address", "0.0.0.0:8081", PROBED),
    ("http_listen_address", ":8080:1", PROBED),
    ("bigip_url", "0.0.0.0:8081", ""),
]


@pytest.mark.parametrize(("name", "value", "refusal"), ARGUMENTS)
def test_arguments(name: str, value: Any, refusal: str) -> None:
    expected = [f"cis_values.args.{name}{refusal}"] if refusal else []
    assert list(refusals.arguments({"log_level": "INFO", name: value})) == expected


def test_each_argument_is_refused_on_its_own() -> None:
    found = list(refusals.arguments({"a-b": 1, "good": 1, "c": []}))
    assert found == [f"cis_values.args.a-b: write a_b. {SPELLED}", f"cis_values.args.c{OF_LISTS}"]


def no_routes(mode: str) -> str:
    return (
        f"cis_static_routing works with cis_pool_member_type cluster only, not with {mode}: "
        "CIS does not start, since BIG-IP needs no route to Pods there. Leave it false."
    )


NEEDS_ROUTES = (
    "cis_multi_cluster with cis_pool_member_type cluster needs cis_static_routing: "
    "F5 supports several clusters by node port or by static routes."
)
NOT_BOTH = (
    "cis_namespaces and cis_namespace_label exclude each other: CIS does not start with both. "
    "Set one of them."
)
ROUTES, CLUSTERS, LABEL = (
    {"static_routing_mode": True},
    {"multi_cluster_mode": "primary"},
    {"namespace_label": "a"},
)
COMBINATIONS: dict[str, tuple[World, Any, list[str]]] = {
    # the arguments, the mode, the refusals
    "nothing": ({}, "cluster", []),
    "routes": (ROUTES, "cluster", []),
    "routes by node port": (ROUTES, "nodeport", [no_routes("nodeport")]),
    "routes by NPL": (ROUTES, "nodeportlocal", [no_routes("nodeportlocal")]),
    "routes in a mode that is not known": (ROUTES, "", []),
    "no routes by node port": ({"static_routing_mode": False}, "nodeport", []),
    "clusters without routes": (CLUSTERS, "cluster", [NEEDS_ROUTES]),
    "clusters with routes": ({**CLUSTERS, **ROUTES}, "cluster", []),
    "clusters by node port": (CLUSTERS, "nodeport", []),
    "clusters in a mode that is not known": (CLUSTERS, "", []),
    "namespaces": ({"namespaces": ["a"]}, "nodeport", []),
    "a label": (LABEL, "nodeport", []),
    "no namespaces, and a label": ({"namespaces": [], **LABEL}, "nodeport", []),
    "namespaces and a label": ({"namespaces": ["a"], **LABEL}, "nodeport", [NOT_BOTH]),
    "several": ({"namespaces": ["a"], **LABEL, **ROUTES}, "nodeport", [no_routes("nodeport"), NOT_BOTH]),
}


@pytest.mark.parametrize(("given", "mode", "expected"), COMBINATIONS.values(), ids=COMBINATIONS)
def test_combinations(given: World, mode: str, expected: list[str]) -> None:
    assert list(refusals.combinations(given, mode)) == expected
