# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripted answers of a BIG-IP to signing in and to reads."""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

INFO = "/mgmt/shared/appsvcs/info"
DECLARE = "/mgmt/shared/appsvcs/declare"
LOGIN = "/mgmt/shared/authn/login"
TOKENS = "/mgmt/shared/authz/tokens"
BUSY = "Error: Configuration operation in progress on device localhost, please try again in 2 minutes"
PAGE = "<html><head><title>Oops</title></head><body><h1>Not here</h1></body></html>"


def login(token: str = "T0", **kwargs: Any) -> Exchange:
    return Exchange("POST", LOGIN, json={"token": {"token": token, "timeout": 1200}}, **kwargs)


def logout(token: str = "T0", **kwargs: Any) -> Exchange:
    return Exchange("DELETE", f"{TOKENS}/{token}", json={"token": token}, expect=carries(token), **kwargs)


def carries(token: str) -> Callable[[Request], None]:
    def check(request: Request) -> None:
        assert request.headers.get("X-F5-Auth-Token") == token
        assert "Authorization" not in request.headers

    return check


def get(path: str = INFO, **kwargs: Any) -> Exchange:
    return Exchange("GET", path, **({"json": {"version": "3.56.0"}} | kwargs if not {"text", "drop"} & set(kwargs) else kwargs))


def closed_port() -> Any:
    with ScriptedServer([]) as server:
        return server
