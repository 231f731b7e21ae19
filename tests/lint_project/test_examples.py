# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example in a module's documentation is a task that the module takes."""

from __future__ import annotations

import ast

import pytest
import yaml

import argument_specs
from runner.places import ROOT


def examples(module: str) -> str:
    tree = ast.parse((ROOT / "plugins" / "modules" / f"{module}.py").read_text())
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and any(isinstance(target, ast.Name) and target.id == "EXAMPLES" for target in statement.targets):
            return str(ast.literal_eval(statement.value))
    raise AssertionError(f"{module} has no EXAMPLES")


@pytest.mark.parametrize("module", argument_specs.MODULES)
def test_examples(module: str) -> None:
    found = [(name, arguments) for name, arguments in argument_specs.tasks(yaml.safe_load(examples(module))) if name in argument_specs.MODULES]
    assert module in [name for name, _arguments in found], "no example uses the module by its full name"
    faults = [f"{name}: {fault}" for name, arguments in found for fault in argument_specs.faults(name, arguments)]
    assert not faults, "\n".join(faults)


def test_the_check_refuses_a_wrong_task() -> None:
    assert argument_specs.faults(argument_specs.MODULES[0], {"no_such_option": 1})
