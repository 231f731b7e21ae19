# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is masked and, above all, what is not. That no secret is shown is in tests/unit/plugins/modules/test_every_secret.py."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._boundary import masking

OPTIONS: dict[str, Any] = {
    "password": {"type": "str", "no_log": True},
    "host": {"type": "str"},
    "state": {"type": "str"},
    "kubeconfig": {"type": "raw"},
    "content": {"type": "raw"},
    "prune": {"type": "raw"},
    "provider": {"type": "dict", "options": {"password": {"type": "str", "no_log": True}, "server": {"type": "list", "elements": "str"}}},
}
KUBECONFIG = {
    **{"current-context": "default", "contexts": [{"name": "default", "context": {"cluster": "web", "user": "admin"}}]},
    **{"clusters": [{"name": "web", "cluster": {"server": "https://a"}}], "users": [{"name": "admin", "user": {"token": "tok"}}]},
}
HARMLESS: dict[str, dict[str, Any]] = {
    "a short password": {"password": "abc"},
    "no secret": {"state": "present", "host": "https://kube.example.com:6443", "prune": "owner"},
    "a short unknown option": {"stat": "present"},
    "names of a kubeconfig": {"kubeconfig": KUBECONFIG},
    "a path": {"kubeconfig": "~/.kube/config:/etc/kube config"},
    "a mail address": {"content": {"label": "owner:team@example.com"}},
    "a user in a URL": {"host": "https://admin@kube.example.com"},
}


@pytest.mark.parametrize("arguments", HARMLESS.values(), ids=HARMLESS)
def test_harmless_words_are_not_masked(arguments: dict[str, Any]) -> None:
    found = set(masking.texts(arguments, OPTIONS))
    assert not found & {"abc", "present", "owner", "default", "web", "admin", "tok", "team", "kube.example.com"} and len(found) <= 2


SHOWN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "known": ({"state": "present", "prune": "owner"}, {"state": "present", "prune": "owner"}),
    "short secret": ({"password": "a"}, {"password": masking.HIDDEN}),
    "unknown": ({"pasword": "a", "state": "x"}, {"pasword": masking.NOT_SHOWN, "state": "x"}),
    "unknown below": ({"provider": {"pasword": "a", "server": ["b"]}}, {"provider": {"pasword": masking.NOT_SHOWN, "server": ["b"]}}),
    "a text of a dictionary": ({"provider": '{"password": "a", "server": "b"}'}, {"provider": {"password": masking.HIDDEN, "server": "b"}}),
    "pairs": ({"provider": "password=a server=b"}, {"provider": {"password": masking.HIDDEN, "server": "b"}}),
    "no dictionary": ({"provider": "secret"}, {"provider": masking.NOT_SHOWN}),
    "content": ({"content": {"class": "ADC", "passphrase": "a"}}, {"content": {"class": "ADC", "passphrase": "********"}}),
    "no content": ({"content": "secret"}, {"content": masking.NOT_SHOWN}),
    "a URL": ({"host": "https://me:p@a:1"}, {"host": "https://a:1"}),
    "a path": ({"kubeconfig": "~/.kube/config"}, {"kubeconfig": "~/.kube/config"}),
    "no kubeconfig": ({"kubeconfig": "users: secret"}, {"kubeconfig": masking.NOT_SHOWN}),
}


@pytest.mark.parametrize(("arguments", "expected"), SHOWN.values(), ids=SHOWN)
def test_the_invocation_shows_what_is_no_secret(arguments: dict[str, Any], expected: dict[str, Any]) -> None:
    assert masking.shown(arguments, OPTIONS) == expected


@pytest.mark.parametrize("more", [0, 2 * masking.FEW], ids=["few", "many"])
def test_the_longest_secret_is_masked_first(more: int) -> None:
    mask = masking.Mask()
    mask.add(["secret", "secret-and-more", "1234567", *(f"another{number}" for number in range(more))])
    given = {"a": "a secret-and-more, a secret", "b": ["secret", 1234567, 7, True, None], "c": "nothing"}
    hidden = masking.HIDDEN
    assert mask.value(given) == {"a": "a ********, a ********", "b": [hidden, hidden, 7, True, None], "c": "nothing"}


def test_many_secrets_that_begin_alike_cost_no_more() -> None:
    """Each of them at each place would be 400 million comparisons."""
    values = [f"vault:v1:{number:07}:secret" for number in range(20_000)]
    mask = masking.Mask()
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
    mask = masking.Mask()
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
    mask = masking.Mask()
    mask.add(f"{'A' * number}B" for number in range(4, 200))
    text = Counted("A" * 1000)
    mask.text(text)
    assert Counted.looks < 20 * len(text)


@pytest.mark.parametrize("more", [0, 2 * masking.FEW], ids=["few", "many"])
def test_secrets_that_overlap_are_hidden_whole(more: int) -> None:
    """Else the author of one of them, who knows what is around another, could uncover a part of it."""
    mask = masking.Mask()
    mask.add(["abcdefgh", "efghijkl", "login is pass", "password", *(f"another{number}" for number in range(more))])
    assert mask.text("<abcdefghijkl> login is password") == "<********> ********"
    assert mask.text("<abcdefgh> abcdabcdabcd") == "<********> abcdabcdabcd"
    mask.add(["abcdabcd"])
    assert mask.text("<abcdabcdabcd>") == "<********>"


def test_a_certificate_among_many_hides_no_other() -> None:
    head = "-----BEGIN CERTIFICATE-----\n" + "M" * 8
    mask = masking.Mask()
    mask.add(f"{head}{number:028}{'x' * 900}" for number in range(2 * masking.FEW))
    other = f"{head}{999:028}{'x' * 900}"
    assert mask.text(f"{other} {head}{7:028}{'x' * 900}") == f"{other} ********"


def test_a_secret_that_was_read_hides_a_limited_number_of_lines() -> None:
    lines = [f"line {number:07} of another's secret" for number in range(3 * masking.MOST_LINES)]
    mask = masking.Mask()
    mask.add_read(["\n".join(lines)])
    assert mask.text(lines[0]) == mask.text("\n".join(lines)) == masking.HIDDEN
    assert mask.text(lines[-1]) == lines[-1]


@pytest.mark.parametrize("form", [dict, json.dumps])
@pytest.mark.parametrize("password", ["p/wsecret", "p'wsecret", "a b-secret", "p@wsecret"])
def test_a_password_in_a_url_of_a_kubeconfig(password: str, form: Any) -> None:
    """It should be escaped there, and is not."""
    cluster = {"server": f"https://me:{password}@kube:6443", "proxy-url": f"http://me:{password}@proxy:3128"}
    mask = masking.Mask()
    mask.add(masking.texts({"kubeconfig": form({**KUBECONFIG, "clusters": [{"name": "web", "cluster": cluster}]})}, OPTIONS))
    assert "secret" not in mask.text(f"no way to {cluster['server']} by {cluster['proxy-url']}")


@pytest.mark.parametrize(("secret", "count"), {"plain-secret": 1, 'with "quotes"': 2, "kéy-word": 2, " blanks ": 2}.items())
def test_each_form_of_a_secret_is_made_once(secret: str, count: int) -> None:
    """A module may have a thousand secrets, and each form is looked up and kept."""
    made = [*masking.texts({"password": secret, "provider": {"password": secret}}, OPTIONS)]
    assert secret in made and len(made) == len(set(made)) == count
