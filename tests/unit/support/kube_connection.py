# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A kubeconfig, and a client of a scripted API server."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock
from ansible_collections.vks.bigip.tests.unit.support.scripted import Request

RIGHT = {"verb": "get", "resource": "namespaces", "group": ""}
PATH = "/api/v1/namespaces/kube-system"


def get(options: dict[str, Any], clock: Clock | None = None) -> dict[str, Any]:
    client = Client({"allow_http": True, "allow_exec": True, **options}, (clock or Clock()).deadline())
    try:
        return client.get(PATH, doing="reading Namespace kube-system", right=RIGHT)
    finally:
        client.close()


def failing(options: dict[str, Any], clock: Clock | None = None) -> Failure:
    with pytest.raises(Failure) as caught:
        get(options, clock)
    return caught.value


def header(name: str, value: str | None) -> Callable[[Request], None]:
    def check(request: Request) -> None:
        assert {key.lower(): text for key, text in request.headers.items()}.get(name.lower()) == value

    return check


def kubeconfig(url: str, user: dict[str, Any] | None = None, **cluster: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "main",
        "contexts": [{"name": "main", "context": {"cluster": "c", "user": "u"}}, {"name": "other", "context": {"cluster": "c", "user": "other_user"}}],
        "clusters": [{"name": "c", "cluster": {"server": url, **cluster}}],
        "users": [{"name": "u", "user": {"token": "from-kubeconfig"} if user is None else user}, {"name": "other_user", "user": {}}],
    }
