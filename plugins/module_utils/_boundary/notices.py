# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What connections have to say to the module: warnings, each once in a task, and secrets to hide. This module util is PRIVATE to the collection."""

from __future__ import annotations

_given: dict[str, None] = {}
_secrets: dict[str, None] = {}


def notice(text: str) -> None:
    """Warn of this at the end of the task."""
    _given[text] = None


def taken() -> list[str]:
    """The warnings, which are given then."""
    texts = list(_given)
    _given.clear()
    return texts


def hide(secret: str) -> None:
    """Mask this in all that the module says from now on: it is in no option, and the peer may repeat it."""
    _secrets[secret] = None


def secrets() -> list[str]:
    """The new secrets."""
    texts = list(_secrets)
    _secrets.clear()
    return texts
