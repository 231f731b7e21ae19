# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps around a plan: the command before it, and the judgement after it."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import plan
from ansible_collections.vks.bigip.tests.unit.support import cis_world as world
from ansible_collections.vks.bigip.tests.unit.support.cis_world import World, read, release, secret

COMMANDS: dict[str, tuple[World, list[str]]] = {
    "of a repository": ({}, ["--repo", "https://f5networks.github.io/charts/stable", "--version", "0.0.36"]),
    "of a repository that Helm knows": ({"chart_ref": "lab/f5-bigip-ctlr"}, ["--version", "0.0.36"]),
    "of a registry": ({"chart_ref": "oci://registry.example.com/f5"}, ["--version", "0.0.36"]),
    "of a file": ({"chart_ref": "f5.tgz", "chart_version": ""}, []),
}


@pytest.mark.parametrize(("changed", "words"), COMMANDS.values(), ids=COMMANDS)
def test_the_command_that_renders_the_chart(changed: World, words: list[str]) -> None:
    made = plan.rendering(read(changed))
    own = world.options(**changed)
    first = ["f5-bigip-ctlr", own["chart_ref"], "--namespace", "f5-cis", "--include-crds", "--values", "-"]
    assert made["argv"][:2] == ["sh", "-c"] and made["argv"][3] == "helm"
    assert plan.rendering(read({**changed, "helm_binary": "/helm"}))["argv"][3] == "/helm"
    assert made["argv"][4:] == [*first, *words]
    assert made["values"]["args"]["bigip_partition"] == "kubernetes"


def test_a_second_release_of_a_namespace_gets_a_name_of_its_own() -> None:
    neighbour = {"controllers": [world.other(namespace="f5-cis")]}
    made = plan.rendering(read(found=neighbour, installation={"helm_release": {}}))
    assert made["values"]["nameOverride"] == "f5-bigip-ctlr-own"


NOTES: dict[str, tuple[World, list[str]]] = {
    "no tenant": ({}, []),
    "the tenant of CIS": ({"kubernetes": {"class": "Tenant", "label": "kubernetes"}}, []),
    "a tenant of another publisher": (
        {"kubernetes": {"class": "Tenant"}},
        [
            "Tenant kubernetes is on BIG-IP and was not made by CIS. "
            "CIS replaces it whole as soon as it has a resource for it."
        ],
    ),
}


@pytest.mark.parametrize(("declaration", "notes"), NOTES.values(), ids=NOTES)
def test_notes(declaration: World, notes: list[str]) -> None:
    state = read()
    made = {**plan.deployment(state), "warnings": ["a warning"]}
    judged = plan.judgement({**state, "plan": made, "stored": {"declaration": declaration}})
    assert judged == {
        "refused": [],
        "notes": ["cis_pool_member_type nodeport: it was asked for", "a warning", *notes],
    }


@pytest.mark.parametrize("stored", [{}, {"declaration": None}])
def test_a_bigip_without_a_declaration(stored: World) -> None:
    state = read()
    judged = plan.judgement({**state, "plan": plan.deployment(state), "stored": stored})
    assert judged == {"refused": [], "notes": ["cis_pool_member_type nodeport: it was asked for"]}


def test_the_role_is_refused_what_the_chart_and_bigip_forbid() -> None:
    state = read()
    stored = {"failed": True, "failure": {"code": "bigip_auth", "response": "401"}}
    judged = plan.judgement(
        {**state, "plan": {**plan.deployment(state), "refused": ["first"]}, "stored": stored}
    )
    assert judged["refused"][0] == "first" and judged["refused"][1].startswith(
        "BIG-IP rejects the login of CIS"
    )


def test_what_does_not_fit_the_cluster() -> None:
    (sentence,) = plan.unfit(read(installation={"helm_release": release(status="pending-upgrade")}))
    assert sentence.startswith("Helm release f5-cis/f5-bigip-ctlr is pending-upgrade")
    assert plan.unfit(read()) == plan.unfit(read(login=None)) == []
    own = {"bigip_login_secret": "own", "bigip_username": "", "bigip_password": ""}
    (sentence,) = plan.unfit(
        read(own, installation={"secrets": [secret(name="own")]}, login={"data": {"url": "aHR0cHM6Ly9h"}})
    )
    assert sentence.startswith("cis_bigip_login_secret: Secret f5-cis/own has the key url")
