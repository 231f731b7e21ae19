# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module is in the action group that its options belong to, documents it, and is in the README."""

from __future__ import annotations

import ast

import pytest
import yaml

import argument_specs
from runner.places import ROOT

GROUPS: dict[str, list[str]] = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]
FRAGMENTS = {"kubernetes": "vks.bigip.kubernetes", "bigip": "vks.bigip.bigip"}
SAYS = {"kubernetes": {"actiongroup_kubernetes", "actiongroup_both"}, "bigip": {"actiongroup_bigip", "actiongroup_both"}}


def fragments(module: str) -> list[str]:
    tree = ast.parse((ROOT / "plugins" / "modules" / f"{module}.py").read_text())
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name) and statement.targets[0].id == "DOCUMENTATION":
            return list(yaml.safe_load(ast.literal_eval(statement.value))["extends_documentation_fragment"])
    raise AssertionError(f"{module} has no DOCUMENTATION")


@pytest.mark.parametrize("module", argument_specs.MODULES)
@pytest.mark.parametrize("group", sorted(FRAGMENTS))
def test_action_groups(module: str, group: str) -> None:
    used = fragments(module)
    connects = FRAGMENTS[group] in used
    assert (module in GROUPS[group]) is connects
    assert any(name.rpartition(".")[2] in SAYS[group] for name in used) is connects


def test_groups_name_modules() -> None:
    assert {name for names in GROUPS.values() for name in names} <= set(argument_specs.MODULES)


@pytest.mark.parametrize("module", argument_specs.MODULES)
def test_the_readme_names_each_module(module: str) -> None:
    assert f"`vks.bigip.{module}` (module)" in (ROOT / "README.md").read_text()
