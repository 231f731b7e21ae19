# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When CIS restarts after a run, and what its Deployment records."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import start
from ansible_collections.vks.bigip.tests.unit.support.cis_world import World, controller, read, secret

CA: World = {"bigip_ca_cert": "PEM"}
CHECK: World = {"check_mode": True}
MAP = {"name": "f5-bigip-ctlr-trusted-certs", "uid": "u2", "resource_version": "2", "data": {}}
STORED: World = {"config_maps": [MAP]}
PLAN = {"deployment": "f5-bigip-ctlr", "deploy_anyway": False}
SECRET = {"kind": "Secret", "metadata": {"name": "f5-bigip-ctlr-login", "uid": "u1", "resourceVersion": "9"}}
OTHER = {"kind": "ConfigMap", "metadata": {"name": "other", "uid": "u8", "resourceVersion": "8"}}
CERTIFICATES = {"kind": "ConfigMap", "metadata": {"name": MAP["name"], "uid": "u3", "resourceVersion": "3"}}


def result(value: World, changed: bool = True) -> World:
    return {"changed": changed, "result": value}


def several(*results: World) -> World:
    """The result of kubernetes.core.k8s for several objects."""
    return {"changed": True, "result": {"results": list(results)}}


CASES: dict[str, tuple[World, World, World, World, tuple[bool, bool, str]]] = {
    # variables, what was found, the installation, what was applied; whether to restart, to record, and the state
    "nothing": ({}, {}, {}, {}, (False, False, "u1 1")),
    "skipped tasks": (
        {},
        {},
        {},
        {"login": {"skipped": True}, "objects": {"skipped": True}},
        (False, False, "u1 1"),
    ),
    "no CIS": ({}, {"controllers": []}, {}, {}, (False, True, "u1 1")),
    "scaled to 0": ({}, {"controllers": [controller(replicas=0)]}, {}, {}, (True, False, "u1 1")),
    "an unknown start": ({}, {"controllers": [controller(started_with="")]}, {}, {}, (True, True, "u1 1")),
    "another login": ({}, {}, {}, {"login": result(SECRET)}, (True, True, "u1 9")),
    "another login, and Helm started CIS": (
        {},
        {},
        {},
        {"login": result(SECRET), "helm": {"changed": True}},
        (False, True, "u1 9"),
    ),
    "another login, in check mode": ({}, CHECK, {}, {"login": result(SECRET)}, (True, False, "u1 1")),
    "the same login, in check mode": (
        {},
        CHECK,
        {},
        {"login": result(SECRET, False)},
        (False, False, "u1 1"),
    ),
    "a CA": (CA, {}, STORED, {}, (True, True, "u1 u2 1 2")),
    "a CA, as it was": (
        CA,
        {"controllers": [controller(started_with="u1 u2 1 2")]},
        STORED,
        {},
        (False, False, "u1 u2 1 2"),
    ),
    "no state yet": (
        {},
        {"controllers": []},
        {"secrets": [secret(uid="", resource_version="")]},
        {},
        (False, False, ""),
    ),
    "a Secret whose uid is not known": (
        CA,
        {},
        {"config_maps": [{**MAP, "uid": ""}]},
        {"login": result({**SECRET, "metadata": {"resourceVersion": "9"}})},
        (True, True, "u1 9 2"),
    ),
    "null results": (
        {},
        {},
        {},
        {"login": None, "objects": None, "definitions": {"result": None}, "helm": None},
        (False, False, "u1 1"),
    ),
    "a result without an object": (
        {},
        CHECK,
        {},
        {"objects": {"changed": True}, "login": {"changed": True}},
        (True, False, "u1 1"),
    ),
    "an object without metadata": (
        {},
        {},
        {},
        {"objects": several(result({"kind": "Secret"}), result([]))},
        (False, False, "u1 1"),
    ),
    "other objects": (
        CA,
        {"controllers": [controller(started_with="u1 u2 1 2")]},
        STORED,
        {"definitions": result(OTHER), "objects": several(result(OTHER))},
        (False, False, "u1 u2 1 2"),
    ),
    "other objects, in check mode": ({}, CHECK, {}, {"definitions": result(OTHER)}, (False, False, "u1 1")),
    "an unchanged CA, in check mode": (
        CA,
        {**CHECK, "controllers": [controller(started_with="u1 u2 1 2")]},
        STORED,
        {"objects": several(result(CERTIFICATES, False))},
        (False, False, "u1 u2 1 2"),
    ),
    "another CA": (CA, {}, STORED, {"objects": result(CERTIFICATES)}, (True, True, "u1 u3 1 3")),
    "another CA among others": (
        CA,
        {},
        STORED,
        {"objects": several(result({"kind": "Namespace", "metadata": {"name": "x"}}), result(CERTIFICATES))},
        (True, True, "u1 u3 1 3"),
    ),
    "another CA, in check mode": (
        CA,
        {**CHECK, "controllers": [controller(started_with="u1 u2 1 2")]},
        STORED,
        {"objects": several(result(CERTIFICATES))},
        (True, False, "u1 u2 1 2"),
    ),
    "a CA that is not the role's": ({}, {}, STORED, {}, (False, False, "u1 1")),
}


@pytest.mark.parametrize(
    ("changed", "found", "installation", "applied", "expected"), CASES.values(), ids=CASES
)
def test_start(
    changed: World, found: World, installation: World, applied: World, expected: tuple[bool, bool, str]
) -> None:
    made = start.start({**read(changed, found, installation), "plan": PLAN, "applied": applied})
    assert made == dict(zip(("restart", "record", "state"), expected))


def test_a_release_that_is_deployed_anyway_is_recorded() -> None:
    made = start.start({**read(), "plan": {**PLAN, "deploy_anyway": True}, "applied": {}})
    assert (made["restart"], made["record"]) == (False, True)


def test_what_the_former_cis_started_with() -> None:
    read = [{"resources": [SECRET]}, {"resources": [CERTIFICATES]}, {"resources": []}, {}]
    assert start.former({"results": read}) == "u1 u3 9 3"
    assert start.former({"results": [{"resources": None}]}) == start.former({"results": []}) == ""
