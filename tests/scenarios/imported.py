# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imported by a warm interpreter, this imports publish and all that it may import later."""

from __future__ import annotations

import importlib
import pkgutil

from ansible_collections.vks.bigip.plugins import module_utils
from ansible_collections.vks.bigip.plugins.modules import publish  # noqa: F401

for library in pkgutil.walk_packages(module_utils.__path__, f"{module_utils.__name__}."):
    importlib.import_module(library.name)
