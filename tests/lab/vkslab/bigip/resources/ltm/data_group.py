# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ltm/data-group/internal``."""

from __future__ import annotations

from .kept import Kept


class DataGroups(Kept):
    component, title = "ltm/data-group/internal", "data-group/internal"
