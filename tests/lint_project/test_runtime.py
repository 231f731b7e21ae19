# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module is in the action group that its options belong to, documents it, and is in the README."""

from __future__ import annotations

import ast
import re

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


def content() -> set[tuple[str, str]]:
    """The kind and the name of all that a user can run."""
    found = {("module", name) for name in argument_specs.MODULES}
    found |= {("role", file.parent.name) for file in ROOT.glob("roles/*/README.md")}
    for kind, pattern in (("playbook", "playbooks/*.yml"), ("rulebook", "extensions/eda/rulebooks/*.yml"), ("event source", "extensions/eda/plugins/*/*.py")):
        found |= {(kind, file.stem) for file in ROOT.glob(pattern)}
    return found


def named(cell: str) -> set[tuple[str, str]]:
    """The content that a cell names, such as "role and playbook `x`, modules `y` and `z`"."""
    found = set()
    for kinds, names in re.findall(r"((?:(?:module|role|playbook|rulebook|event source)s?(?:, | and )?)+) ((?:`\w+`(?:, | and )?)+)", cell):
        for kind in re.findall("module|role|playbook|rulebook|event source", kinds):
            found |= {(kind, name) for name in re.findall(r"`(\w+)`", names)}
    return found


def test_the_readme_names_all_content_by_task() -> None:
    """Each module, role, playbook, rulebook and event source is in a row of a task, and each that a row names exists."""
    rows = re.findall(r"^\| ([A-Z][^|]+) \| ([^|]+) \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(rows) > 10
    assert set().union(*(named(cell) for _task, cell in rows)) == content()


def test_the_check_reads_a_row() -> None:
    cell = "module, role and playbook `a`, modules `b` and `c` ([d](https://e))"
    assert named(cell) == {("module", "a"), ("role", "a"), ("playbook", "a"), ("module", "b"), ("module", "c")}
