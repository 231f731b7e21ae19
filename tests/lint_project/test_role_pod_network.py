# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role pod_network, and its place in the playbooks site and teardown: the order, and what it refuses."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from test_surveys import APPLICATIONS, CIS, follow

Case = tuple[Any, ...]
ROUTES = {"pod_network_method": "routes"}
PUBLISH = {"publish_applications": APPLICATIONS, "publish_preflight": False, "publish_verify": False}
STATIC = "--static-routing-mode=true"
MISSING = [
    {"id": "P30", "status": "fail", "message": "No route leads to 10.244.3.0/24 of node n3. Add a route."},
    {"id": "P21", "status": "pass", "message": "A self IP allows TCP 179."},
]


def cis(*arguments: str, replicas: int = 1) -> dict[str, Any]:
    return {"controllers": [{"namespace": "f5-cis", "name": "ctlr", "arguments": list(arguments), "replicas": replicas}]}


RUNS: dict[str, tuple[Case, list[tuple[str, Any]]]] = {
    # a play, and the modules that it calls, with state or prune
    "routes": (("role", "pod_network", ROUTES), [("cis_info", None), ("pod_routes", False)]),
    "prune at once": (("role", "pod_network", {"pod_network_prune": "yes"}), [("cis_info", None), ("pod_routes", True)]),
    "not asking for CIS": (("role", "pod_network", {"pod_network_check_cis": False}), [("pod_routes", False)]),
    "bgp": (("role", "pod_network", {"pod_network_method": "bgp"}), [("cis_info", None), ("pod_bgp", False)]),
    "bgp, prune": (("entry", "pod_network/prune", {"pod_network_method": "bgp"}), [("pod_bgp", True)]),
    "bgp, absent": (("role", "pod_network", {"pod_network_method": "bgp", "pod_network_state": "absent"}), [("pod_bgp", "absent")]),
    "prune": (("entry", "pod_network/prune", ROUTES), [("pod_routes", True)]),
    "absent": (("role", "pod_network", {"pod_network_state": "absent"}), [("pod_routes", "absent")]),
    "absent is not pruned": (("entry", "pod_network/prune", {"pod_network_state": "absent"}), []),
    "existing": (("role", "pod_network", {"pod_network_method": "existing"}), [("preflight_info", None)]),
    "existing is not pruned": (("entry", "pod_network/prune", {"pod_network_method": "existing"}), []),
    "existing is not removed": (("role", "pod_network", {"pod_network_method": "existing", "pod_network_state": "absent"}), []),
    "CIS is scaled to 0": (("role", "pod_network", ROUTES, cis(STATIC, replicas=0)), [("cis_info", None), ("pod_routes", False)]),
    "CIS has no static routes": (("role", "pod_network", ROUTES, cis("--static-routing-mode=false")), [("cis_info", None), ("pod_routes", False)]),
    "site": (
        ("playbook", "site", {**ROUTES, **PUBLISH, "publish_pool_member_type": "cluster"}),
        [("cis_info", None), ("pod_routes", False), ("publish", False), ("pod_routes", True)],
    ),
    "site with bgp": (
        ("playbook", "site", {**PUBLISH, "pod_network_method": "bgp"}),
        [("cis_info", None), ("pod_bgp", False), ("publish", False), ("pod_bgp", True)],
    ),
    "site without a method": (("playbook", "site", PUBLISH), [("publish", False)]),
    "site, routes alone": (("playbook", "site", ROUTES), [("cis_info", None), ("pod_routes", False), ("pod_routes", True)]),
    "site, nodeport": (("playbook", "site", {**ROUTES, **PUBLISH, "publish_pool_member_type": "nodeport"}), [("publish", False)]),
    "teardown": (("playbook", "teardown", {"applications": APPLICATIONS}), [("publish", "absent")]),
    "teardown of routes": (
        ("playbook", "teardown", {"applications": APPLICATIONS, "remove_pod_network": "true"}),
        [("publish", "absent"), ("pod_routes", "absent")],
    ),
}

OF_POOL = [{**APPLICATIONS[0], "pool_member_type": "cluster"}]
OF_DECLARATION = {"tenant": "Shop", "application": "web", "pool": "pool", "pool_member_type": "cluster"}
MODES: dict[str, tuple[dict[str, Any], bool]] = {
    # variables of site, and if the role pod_network runs
    "the default": ({}, True),
    "auto": ({"publish_pool_member_type": "auto"}, True),
    "cluster": ({"publish_pool_member_type": "cluster"}, True),
    "NodePortLocal": ({"publish_pool_member_type": "nodeportlocal"}, False),
    "cluster of one pool": ({"publish_pool_member_type": "nodeport", "publish_applications": OF_POOL}, True),
    "cluster of one pool, as text": ({"publish_pool_member_type": "nodeport", "publish_applications": "- {tenant: A, pool_member_type: cluster}"}, True),
    "cluster of one pool of a declaration": ({"publish_pool_member_type": "nodeport", "publish_pools": [OF_DECLARATION]}, True),
}

REFUSED: dict[str, tuple[Case, str]] = {
    # a play, and a part of its message
    "CIS": (("role", "pod_network", ROUTES, cis(STATIC)), "Deployment f5-cis/ctlr has --static-routing-mode. Nothing was changed."),
    "CIS without a value": (("role", "pod_network", ROUTES, cis("--static-routing-mode")), "Deployment f5-cis/ctlr"),
    "two CIS": (("role", "pod_network", ROUTES, {"controllers": cis(STATIC)["controllers"] * 2}), "Deployment f5-cis/ctlr"),
    "site with cis_static_routing": (
        ("playbook", "site", {**ROUTES, **CIS, "cis_static_routing": True}),
        "cis_static_routing and pod_network_method routes both",
    ),
    "no path": (
        ("role", "pod_network", {"pod_network_method": "existing"}, {"checks": MISSING}),
        "No route leads to 10.244.3.0/24 of node n3. Add a route.",
    ),
}


@cache
def followed() -> dict[str, tuple[list[Any], str]]:
    """All are followed in one process."""
    cases = {name: case for name, (case, _calls) in RUNS.items()}
    cases |= {name: case for name, (case, _text) in REFUSED.items()}
    cases |= {name: ("playbook", "site", {**ROUTES, **PUBLISH, **variables}) for name, (variables, _runs) in MODES.items()}
    return dict(zip(cases, follow([*cases.values()])))


@pytest.mark.parametrize("name", RUNS)
def test_the_modules_in_their_order(name: str) -> None:
    calls, failed = followed()[name]
    assert not failed
    found = [(module.removeprefix("vks.bigip."), given) for module, given in calls if module.startswith("vks.bigip.")]
    assert [(module, "absent" if given.get("state") == "absent" else given.get("prune")) for module, given in found] == RUNS[name][1]


@pytest.mark.parametrize(("name", "proved"), [("site", None), ("site with bgp", True)])
def test_publish_need_not_find_established_sessions(name: str, proved: bool | None) -> None:
    calls, _failed = followed()[name]
    assert [given["pod_network_routable"] for module, given in calls if module == "vks.bigip.publish"] == [proved]


@pytest.mark.parametrize("name", MODES)
def test_the_modes_in_which_site_creates_the_path(name: str) -> None:
    calls, failed = followed()[name]
    assert not failed
    assert ("vks.bigip.pod_routes" in [module for module, _given in calls]) is MODES[name][1]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_changes_nothing(name: str) -> None:
    calls, failed = followed()[name]
    assert REFUSED[name][1] in failed
    assert {module for module, _given in calls} <= {"vks.bigip.cis_info", "vks.bigip.preflight_info"}


def test_the_password_of_the_sessions_is_not_that_of_kubernetes() -> None:
    given = {"pod_network_check_cis": False, "pod_network_bgp_password": "of the sessions", "pod_network_password": "of Kubernetes"}
    results = follow([("role", "pod_network", {**given, "pod_network_method": method}) for method in ("bgp", "routes")])
    assert [[arguments["password"] for _module, arguments in calls[:1]] for calls, _failed in results] == [["of the sessions"], ["of Kubernetes"]]


def test_an_empty_owner_of_what_is_removed_reaches_the_module() -> None:
    """Which refuses it: unset would mean the owner that the cluster's UID names."""
    (((module, given),), _failed) = follow([("role", "pod_network", {"pod_network_state": "absent", "pod_network_owner": ""})])[0]
    assert (module, given["owner"]) == ("vks.bigip.pod_routes", "")


def test_a_cis_with_static_routes_needs_none_before_it_runs() -> None:
    plain, routing = ({**CIS, "cis_pool_member_type": "cluster", "cis_preflight_skip": ["P18"], "cis_static_routing": value} for value in (False, True))
    results = follow([("role", "cis", plain), ("role", "cis", routing)])
    skipped = [[given["skip"] for module, given in calls if module == "vks.bigip.preflight_info"] for calls, _failed in results]
    assert skipped == [[["P18"]], [["P18", "P30"]]]
