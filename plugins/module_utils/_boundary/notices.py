# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The reports of connections to the module: warnings, secrets that it must hide, and who answered."""

from __future__ import annotations


class Collected:
    """Texts, each once, until the module takes them."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}

    def add(self, text: str) -> None:
        self._texts[text] = None

    def take(self) -> list[str]:
        """The texts since the last call, in their order."""
        texts = list(self._texts)
        self._texts.clear()
        return texts


warnings = Collected()
"""Shown at the end of the task."""
secrets = Collected()
"""Masked in all that the module shows from now on. They are in no option, and the peer may repeat them."""
systems = Collected()
"""The kind and the URL of each system that answered, with a space between them. See systems.described."""
