# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How secrets are hidden in texts, and at which cost."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3.forms import MOST_LINES
from ansible_collections.vks.bigip.plugins.module_utils._boundary.mask import FEW, HIDDEN, Mask


@pytest.mark.parametrize("more", [0, 2 * FEW], ids=["few", "many"])
def test_the_longest_secret_is_masked_first(more: int) -> None:
    mask = Mask()
    mask.add(["secret", "secret-and-more", "1234567", *(f"another{number}" for number in range(more))])
    given = {"a": "a secret-and-more, a secret", "b": ["secret", 1234567, 7, True, None], "c": "nothing"}
    hidden = HIDDEN
    assert mask.value(given) == {"a": "a ********, a ********", "b": [hidden, hidden, 7, True, None], "c": "nothing"}


def test_many_secrets_that_begin_alike_cost_no_more() -> None:
    """Each of them at each place would be 400 million comparisons."""
    values = [f"vault:v1:{number:07}:secret" for number in range(20_000)]
    mask = Mask()
    mask.add(values)
    assert set(mask.text(" ".join(values[:200] * 100))) == {"*", " "}


ALIKE = 20_000
HOSTILE: dict[str, tuple[list[str], str]] = {
    "all of them": (texts := [f"{number:07}-abcdefghij" for number in range(ALIKE)], " ".join(texts)),
    "the beginning of all": ([f"{'A' * 16}{number:07}" for number in range(ALIKE)], "A" * 20 * ALIKE),
    "a long beginning of all": ([f"{'A' * 200}{number:07}" for number in range(ALIKE)], "A" * 20 * ALIKE),
    "each a beginning of the next": ([f"{'A' * number}B" for number in range(4, 1000)], "A" * ALIKE),
    "short ones": ([f"AAAA{number:07}" for number in range(ALIKE)], "A" * 20 * ALIKE),
}


@pytest.mark.parametrize(("values", "text"), HOSTILE.values(), ids=HOSTILE)
def test_texts_of_a_hostile_tenant_cost_no_more_than_their_size(values: list[str], text: str) -> None:
    """Each secret in each text would be eight thousand million characters to look at."""
    mask = Mask()
    for value in values:
        mask.add([value])  # as many tenants do
    shown = mask.text(text)
    assert not any(value in shown for value in values[::500])


class Counted(str):
    """A text that counts how often a part of it is looked at."""

    looks = 0

    def __getitem__(self, key: Any) -> str:
        Counted.looks += 1
        return super().__getitem__(key)

    def startswith(self, *arguments: Any) -> bool:
        Counted.looks += 1
        return super().startswith(*arguments)


def test_a_secret_of_each_length_costs_no_more() -> None:
    """All lengths at each place would be a minute for a megabyte."""
    mask = Mask()
    mask.add(f"{'A' * number}B" for number in range(4, 200))
    text = Counted("A" * 1000)
    mask.text(text)
    assert Counted.looks < 20 * len(text)


@pytest.mark.parametrize("more", [0, 2 * FEW], ids=["few", "many"])
def test_secrets_that_overlap_are_hidden_whole(more: int) -> None:
    """Else the author of one of them, who knows what is around another, could uncover a part of it."""
    mask = Mask()
    mask.add(["abcdefgh", "efghijkl", "login is pass", "password", *(f"another{number}" for number in range(more))])
    assert mask.text("<abcdefghijkl> login is password") == "<********> ********"
    assert mask.text("<abcdefgh> abcdabcdabcd") == "<********> abcdabcdabcd"
    mask.add(["abcdabcd"])
    assert mask.text("<abcdabcdabcd>") == "<********>"


def test_a_certificate_among_many_hides_no_other() -> None:
    head = "-----BEGIN CERTIFICATE-----\n" + "M" * 8
    mask = Mask()
    mask.add(f"{head}{number:028}{'x' * 900}" for number in range(2 * FEW))
    other = f"{head}{999:028}{'x' * 900}"
    assert mask.text(f"{other} {head}{7:028}{'x' * 900}") == f"{other} ********"


def test_a_secret_that_was_read_hides_a_limited_number_of_lines() -> None:
    lines = [f"line {number:07} of another's secret" for number in range(3 * MOST_LINES)]
    mask = Mask()
    mask.add_read(["\n".join(lines)])
    assert mask.text(lines[0]) == mask.text("\n".join(lines)) == HIDDEN
    assert mask.text(lines[-1]) == lines[-1]


def test_a_secret_as_a_key_is_hidden_if_it_is_long() -> None:
    """Ansible makes a key of a text in base64 that ends in =. A short one may be a key of the result itself."""
    mask = Mask()
    mask.add(["s" * 15, "s" * 16, "changed"])
    assert mask.value({"changed": {"s" * 16: "", 5: "x", "s" * 15: ["changed"]}}) == {
        "changed": {HIDDEN: "", 5: "x", "s" * 15: [HIDDEN]}
    }
