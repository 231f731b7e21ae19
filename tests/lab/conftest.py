# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets the lab's tests import the lab (vkslab), each other's helpers, and the runner."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
for place in (HERE, HERE / "tests", HERE.parent):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))
