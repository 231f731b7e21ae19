# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that are masked and, above all, those that are not. See also modules/test_every_secret.py."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._boundary import secret_arguments
from ansible_collections.vks.bigip.plugins.module_utils._boundary.mask import HIDDEN, Mask

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
    found = set(secret_arguments.texts(arguments, OPTIONS))
    assert not found & {"abc", "present", "owner", "default", "web", "admin", "tok", "team", "kube.example.com"} and len(found) <= 2


SHOWN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "known": ({"state": "present", "prune": "owner"}, {"state": "present", "prune": "owner"}),
    "short secret": ({"password": "a"}, {"password": HIDDEN}),
    "unknown": ({"pasword": "a", "state": "x"}, {"pasword": secret_arguments.NOT_SHOWN, "state": "x"}),
    "unknown below": ({"provider": {"pasword": "a", "server": ["b"]}}, {"provider": {"pasword": secret_arguments.NOT_SHOWN, "server": ["b"]}}),
    "a text of a dictionary": ({"provider": '{"password": "a", "server": "b"}'}, {"provider": {"password": HIDDEN, "server": "b"}}),
    "pairs": ({"provider": "password=a server=b"}, {"provider": {"password": HIDDEN, "server": "b"}}),
    "no dictionary": ({"provider": "secret"}, {"provider": secret_arguments.NOT_SHOWN}),
    "content": ({"content": {"class": "ADC", "passphrase": "a"}}, {"content": {"class": "ADC", "passphrase": "********"}}),
    "no content": ({"content": "secret"}, {"content": secret_arguments.NOT_SHOWN}),
    "a URL": ({"host": "https://me:p@a:1"}, {"host": "https://a:1"}),
    "a path": ({"kubeconfig": "~/.kube/config"}, {"kubeconfig": "~/.kube/config"}),
    "no kubeconfig": ({"kubeconfig": "users: secret"}, {"kubeconfig": secret_arguments.NOT_SHOWN}),
}


@pytest.mark.parametrize(("arguments", "expected"), SHOWN.values(), ids=SHOWN)
def test_the_invocation_shows_what_is_no_secret(arguments: dict[str, Any], expected: dict[str, Any]) -> None:
    assert secret_arguments.shown(arguments, OPTIONS) == expected


@pytest.mark.parametrize("form", [dict, json.dumps])
@pytest.mark.parametrize("password", ["p/wsecret", "p'wsecret", "a b-secret", "p@wsecret"])
def test_a_password_in_a_url_of_a_kubeconfig(password: str, form: Any) -> None:
    """It should be escaped there, and is not."""
    cluster = {"server": f"https://me:{password}@kube:6443", "proxy-url": f"http://me:{password}@proxy:3128"}
    mask = Mask()
    mask.add(secret_arguments.texts({"kubeconfig": form({**KUBECONFIG, "clusters": [{"name": "web", "cluster": cluster}]})}, OPTIONS))
    assert "secret" not in mask.text(f"no way to {cluster['server']} by {cluster['proxy-url']}")


@pytest.mark.parametrize(("secret", "count"), {"plain-secret": 1, 'with "quotes"': 2, "kéy-word": 2, " blanks ": 2}.items())
def test_each_form_of_a_secret_is_made_once(secret: str, count: int) -> None:
    """A module may have a thousand secrets, and each form is looked up and kept."""
    made = [*secret_arguments.texts({"password": secret, "provider": {"password": secret}}, OPTIONS)]
    assert secret in made and len(made) == len(set(made)) == count
