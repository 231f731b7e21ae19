# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``sys/version``."""

from __future__ import annotations

from ..statistics import Figures, Report


class Version(Report):
    component = "sys/version"

    def figures(self) -> Figures:
        return {
            "Build": "0.0.8",
            "Date": "Tue Oct 17 04:20:44 PDT 2023",
            "Edition": "Point Release 1",
            "Product": "BIG-IP",
            "Title": "Main Package",
            "Version": self.backend.system.version,
        }
