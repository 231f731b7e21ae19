# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role cis and the playbooks around it, followed (play.py): what they refuse, and what they remove of a given world (answers.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from runner.places import ROOT
from test_surveys import CIS, follow

World = dict[str, Any]


def marked(owner: str) -> World:
    """An application that vks.bigip.publish published."""
    return {"class": "Application", "constants": {"class": "Constants", "vks_bigip": {"owner": owner}}}


def tenant(**more: Any) -> World:
    return {"class": "Tenant", **more}


WRITERS = ("kubernetes.core.helm", "kubernetes.core.k8s", "kubernetes.core.k8s_json_patch", "vks.bigip.partition", "vks.bigip.as3_declaration")
"""What changes something; of publish, check mode is not seen here."""


def writes(calls: list[Any]) -> list[Any]:
    return [module for module, _arguments in calls if module in WRITERS]


# -- names

OF_ROLES = sorted(path for folder in ("tasks", "vars") for path in (ROOT / "roles").glob(f"*/{folder}/**/*.yml"))


def facts(document: Any) -> Iterator[str]:
    """Names of facts and of registered results. They win over a variable of a role, a block or a task."""
    if isinstance(document, dict):
        yield from (name for name in document.get("ansible.builtin.set_fact") or {} if name != "cacheable")
        yield from [document["register"]] if isinstance(document.get("register"), str) else []
        for key, value in document.items():
            yield from facts(value) if key != "vars" else ()
    elif isinstance(document, list):
        for value in document:
            yield from facts(value)


def variables(document: Any) -> Iterator[str]:
    """Names under `vars`, at any depth."""
    if isinstance(document, dict):
        yield from document.get("vars") or {}
        for key, value in document.items():
            yield from variables(value) if key != "vars" else ()
    elif isinstance(document, list):
        for value in document:
            yield from variables(value)


def test_no_fact_has_the_name_of_a_variable() -> None:
    """Facts live as long as the play, so those of one role count for all others too."""
    documents = {path: yaml.safe_load(path.read_text()) for path in [*OF_ROLES, *(ROOT / "playbooks").glob("*.yml")]}
    set_names = {name for document in documents.values() for name in facts(document)}
    used = {name for document in documents.values() for name in variables(document)}
    used |= {name for path, document in documents.items() if "vars" in path.relative_to(ROOT).parts for name in document}
    assert len(set_names) > 50 < len(used)
    assert sorted(set_names & used) == []


# -- state present

OTHER = {"name": "other", "namespace": "elsewhere", "release": "other", "release_namespace": "elsewhere"}
PRESENT: dict[str, tuple[World, World, str]] = {
    # variables beside CIS, the world, the beginning of the message
    "a tenant with the mark of another owner": (
        {},
        {"stored": {"kubernetes": tenant(api=marked("team-b"))}},
        "Tenant kubernetes on BIG-IP belongs to vks.bigip.publish (owner team-b)",
    ),
    "a partition of another CIS": ({}, {"controllers": [OTHER]}, "cis_bigip_partition kubernetes belongs to CIS elsewhere/other already"),
    "a release that Helm keeps elsewhere": (
        {},
        {"controllers": [{"release_namespace": "default"}]},
        "Deployment f5-cis/f5-bigip-ctlr belongs to the Helm release f5-bigip-ctlr of the namespace",
    ),
    "nothing is wrong": ({}, {"stored": {}}, ""),
}


@pytest.mark.parametrize(("more", "world", "message"), PRESENT.values(), ids=PRESENT.keys())
def test_present(more: World, world: World, message: str) -> None:
    ((calls, failed),) = follow([("role", "cis", {**CIS, **more}, world)])
    assert failed.replace("\n", " ").startswith(message) and bool(failed) == bool(message), failed
    assert bool(writes(calls)) != bool(message)
