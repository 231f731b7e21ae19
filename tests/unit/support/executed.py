# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A table that its module makes when it is imported.

A test that executes the module covers each of its lines: tools choose the tests of a changed line by that.
"""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Any


def executed(module: ModuleType) -> Any:
    """The module, executed once more. The imported one stays as it is."""
    spec = importlib.util.spec_from_file_location(module.__name__, str(module.__file__))
    assert spec is not None and spec.loader is not None
    again = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(again)
    return again
