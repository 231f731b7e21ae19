# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before its arguments are valid, a module imports only their specification and the code that hides their secrets.

Ansible sends sources, so each further file is compiled at every start; see docs/performance.md.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from runner.places import ROOT

MODULES = sorted((ROOT / "plugins" / "modules").glob("*.py"))
FOR_ARGUMENTS = {"_module", "_kube.options", "_kube.supervisor_options", "_bigip.options", "_cis.options", "_members.options", "_as3.secrets", "_as3.given"}


def at_the_top(module: Path) -> set[str]:
    """The files of module_utils that it imports at its top level."""
    found = set()
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.level:
            of = (node.module or "").removeprefix("module_utils.")
            found |= {of} if (ROOT / "plugins" / "module_utils" / f"{of.replace('.', '/')}.py").exists() else {f"{of}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_only_what_arguments_need(module: Path) -> None:
    assert at_the_top(module) and at_the_top(module) <= FOR_ARGUMENTS
