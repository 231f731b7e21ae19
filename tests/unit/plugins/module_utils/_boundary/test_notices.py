# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that connections collect until the module takes them."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.module_utils._boundary.notices import Collected


def test_each_text_once_and_in_order() -> None:
    collected = Collected()
    for text in ("b", "a", "b"):
        collected.add(text)
    assert collected.take() == ["b", "a"]
    assert collected.take() == []
    collected.add("a")
    assert collected.take() == ["a"]
