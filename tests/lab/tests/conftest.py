# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of all tests of the lab."""

from __future__ import annotations

from running_lab import lab, pytest_runtest_makereport

__all__ = ["lab", "pytest_runtest_makereport"]
