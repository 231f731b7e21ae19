# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML of the cluster costs the task no more than a reason."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils import _foreign, _yaml

SPOILED_YAML = {
    "brackets": "[" * 100_000,
    "lists": "- " * 50_000,
    "indented": "".join(" " * level + "a:\n" for level in range(400)),
    "levels": "[" * 150 + "]" * 150,
    "a number of 5,000 digits": "a: " + "9" * 5000,
    "a number in sixties": "a: 1" + ":1" * 60_000,
    "a fraction in sixties": "a: 1" + ":1" * 60_000 + ".5",
    "a date that does not exist": "a: 2026-99-99",
    "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
    "a tag": "a: !!python/object/apply:os.system [id]",
    "two documents": "a: 1\n---\nb: 2",
    "a tab": "a:\n\t- b",
    "a control character": "a: \x00",
    "too long": "#" * (_yaml.LONGEST + 1),
}


@pytest.mark.parametrize("text", SPOILED_YAML.values(), ids=SPOILED_YAML)
def test_yaml_that_cannot_be_read(text: str) -> None:
    with pytest.raises(_foreign.Unreadable):
        _yaml.foreign(text)
