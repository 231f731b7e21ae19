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
    assert mask.value(given) == {
        "a": "a ********, a ********",
        "b": [hidden, hidden, 7, True, None],
        "c": "nothing",
    }


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


def looks(secrets: list[str], text: str) -> int:
    """How often a mask of many secrets looks at a part of a text."""
    mask = Mask()
    mask.add(secrets)
    Counted.looks = 0
    mask.text(Counted(text))
    return Counted.looks


def test_only_the_lengths_that_there_are_cost_time() -> None:
    """Most runs know no secret of 64 characters."""
    assert looks([f"secret{number}" for number in range(2 * FEW)], "A" * 1000) <= 1010
    assert looks([f"a longer secret {number}" for number in range(2 * FEW)], "A" * 1000) <= 1010


def test_a_place_is_looked_at_once_however_many_secrets_begin_there() -> None:
    fillers = [f"secret{number}" for number in range(2 * FEW)]
    alone = looks([*fillers, "AAAAx", "B" * 16 + "x", "C" * 64 + "x"], "A" * 1000)
    assert looks([*fillers, "AAAAx", "A" * 16 + "x", "A" * 64 + "x"], "A" * 1000) < 2 * alone


@pytest.mark.parametrize("more", [0, 2 * FEW], ids=["few", "many"])
def test_secrets_that_overlap_are_hidden_whole(more: int) -> None:
    """Else the author of one of them, who knows what is around another, could uncover a part of it."""
    mask = Mask()
    mask.add(
        ["abcdefgh", "efghijkl", "login is pass", "password", *(f"another{number}" for number in range(more))]
    )
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


FILLERS = [f"filler{number}" for number in range(FEW)]
"""With these there are many secrets: a text is then searched for their beginnings."""


def shown(text: str, secrets: list[str], fillers: int = FEW) -> str:
    mask = Mask()
    mask.add([*secrets, *FILLERS[:fillers]])
    return mask.text(text)


HIDES_MORE: dict[str, tuple[list[str], str, str]] = {
    # secrets, a text with the beginning of all, the end of it that stays
    "nine with one beginning": ([f"{'A' * 64}{number}" for number in range(9)], f"{'A' * 64}xyz", "yz"),
    "the longest of nine": (
        [f"{'A' * 64}{'B' * number}" for number in range(9)],
        f"{'A' * 64}{'x' * 9}",
        "x",
    ),
    "long ones": ([f"{'A' * 64}{end * 2000}" for end in "BC"], f"{'A' * 64}{'x' * 2001}", "x"),
    "just too long together": (
        [f"{'A' * 64}{'B' * 1984}", f"{'A' * 64}{'C' * 1985}"],
        f"{'A' * 64}{'x' * 1986}",
        "x",
    ),
    "nine lengths": ([f"{'A' * 16}{'B' * number}" for number in range(9)], f"{'A' * 16}{'x' * 9}", "x"),
    "nine short lengths": ([f"AAAA{'B' * number}" for number in range(9)], f"AAAA{'x' * 9}", "x"),
}


@pytest.mark.parametrize(("secrets", "text", "end"), HIDES_MORE.values(), ids=HIDES_MORE)
def test_of_too_many_that_begin_alike_each_is_hidden_to_the_length_of_the_longest(
    secrets: list[str], text: str, end: str
) -> None:
    assert shown(f"<{text}>", secrets) == f"<********{end}>"
    few = FEW - len(secrets)
    assert (
        shown(f"<{text}>", secrets, few)
        == f"<{'********' + text[len(secrets[0]) :] if text.startswith(secrets[0]) else text}>"
    )
    assert shown(f"<{text}>", secrets, few + 1) == f"<********{end}>"


EXACT: dict[str, tuple[list[str], str]] = {
    "eight with one beginning": ([f"{'A' * 64}{number}" for number in range(8)], f"{'A' * 64}xyz"),
    "nine that differ before": ([f"{'A' * 63}{number}{number}" for number in range(9)], f"{'A' * 63}xyz"),
    "together not too long": ([f"{'A' * 64}{end * 1984}" for end in "BC"], f"{'A' * 64}{'x' * 1984}"),
    "eight lengths": ([f"{'A' * 15}B{'B' * number}" for number in range(8)], f"{'A' * 15}B{'x' * 9}"),
    "nine lengths that differ before": (
        [f"{'A' * 15}{number}{'B' * number}" for number in range(9)],
        f"{'A' * 15}8{'x' * 9}",
    ),
    "nine lengths of another beginning": (
        [f"AAA{number}{'B' * number}" for number in range(9)],
        f"AAA8{'x' * 9}",
    ),
}


@pytest.mark.parametrize(("secrets", "text"), EXACT.values(), ids=EXACT)
def test_of_few_that_begin_alike_only_they_are_hidden(secrets: list[str], text: str) -> None:
    hidden = next((secret for secret in secrets if text.startswith(secret)), "")
    assert shown(f"<{text}>", secrets) == f"<{'********' * bool(hidden)}{text[len(hidden) :]}>"
    for secret in (secrets[0], secrets[-1]):
        assert shown(f"<{secret}>", secrets) == "<********>" and shown(secret, secrets) == HIDDEN


@pytest.mark.parametrize("more", [0, FEW], ids=["few", "many"])
def test_secrets_of_each_length_are_hidden_wherever_they_are(more: int) -> None:
    for length in (4, 5, 15, 16, 17, 63, 64, 65):
        secret = "xyz1" + "B" * (length - 4)
        for text in (f"{secret}>", f"<{secret}", f"<{secret}><{secret}>", secret + secret):
            assert (
                shown(text, [secret], more).replace("********", secret) == text != shown(text, [secret], more)
            )
    assert shown("abc", ["abc"], more) == "abc"
    assert shown("", ["abcd"], more) == "" and shown("abcd", ["abcd"], more) == HIDDEN


@pytest.mark.parametrize("more", [0, FEW], ids=["few", "many"])
def test_the_longest_at_a_place_counts(more: int) -> None:
    secrets = ["A" * 4, "A" * 5 + "B", "A" * 17, "A" * 66 + "C", "A" * 64]
    for length, rest in ((4, "x"), (6, "x"), (17, "x"), (67, "x"), (64, "x")):
        secret = next(one for one in secrets if len(one) == length)
        assert shown(f"<{secret}{rest}>", secrets, more) == f"<********{rest}>"


@pytest.mark.parametrize("more", [0, FEW], ids=["few", "many"])
def test_a_secret_that_overlaps_itself(more: int) -> None:
    assert shown("<aaaaa>", ["aaaa"], more) == shown("<aaaaaaa>", ["aaaa"], more) == "<********>"


def test_a_secret_that_is_added_again_is_one_secret() -> None:
    mask = Mask()
    mask.add(FILLERS)
    for _time in range(9):
        mask.add([f"{'A' * 64}B"])
    assert mask.text(f"<{'A' * 64}C>") == f"<{'A' * 64}C>"


def test_numbers_and_lists() -> None:
    mask = Mask()
    mask.add(["12345", "1.25", "True", "None", "secret"])
    given = {"secret": (12345, 1.25, True, None, 54321), "b": {"c": ["a secret", {"d": 1.25}]}}
    assert mask.value(given) == {
        "secret": [HIDDEN, HIDDEN, True, None, 54321],
        "b": {"c": ["a ********", {"d": HIDDEN}]},
    }


def test_a_secret_as_a_key_is_hidden_if_it_is_long() -> None:
    """Ansible makes a key of a text in base64 that ends in =. A short one may be a key of the result itself."""
    mask = Mask()
    mask.add(["s" * 15, "s" * 16, "changed"])
    assert mask.value({"changed": {"s" * 16: "", 5: "x", "s" * 15: ["changed"]}}) == {
        "changed": {HIDDEN: "", 5: "x", "s" * 15: [HIDDEN]}
    }
