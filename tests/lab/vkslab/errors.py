# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An error that ends a command of the lab: one paragraph for the user, without a traceback."""

from __future__ import annotations


class LabError(Exception):
    """The action, the fault, and the remedy."""
