# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stops a command of the lab: said in one paragraph, without a traceback."""

from __future__ import annotations


class LabError(Exception):
    """What was being done, what went wrong, and what to do now."""
