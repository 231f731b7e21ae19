# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A ServiceAccount for the event source and its plays: a kubeconfig with a token in a file, which can expire."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

from .rights import HOME, Account, Objects, objects
from .site import Site
from .waiting import eventually

FILES = ("publish.yml", "nodeport.yml", "nodeportlocal.yml", "secret-role.yml", "events.yml")
NAME = "soak"


def _given() -> Objects:
    """The roles of these files. The one for a Secret's changes is for that of the tests."""
    given = [each for file in FILES for each in objects(file)]
    for each in given:
        if each["metadata"].get("namespace") == "shop":
            each["metadata"]["namespace"] = "default"
    return given


class Access:
    """kubeconfig: for an API server behind this port of loopback. Its user has exactly the rights of docs/rbac."""

    def __init__(self, site: Site, folder: Path, port: int) -> None:
        self._site = site
        self._numbers = count()
        self.tokens: list[str] = []
        site.kubectl("create", "namespace", "f5-cis")  # one of the namespaces in which publish.yml has a Role
        config: dict[str, Any] = json.loads(Account(site, folder, NAME, _given(), [], False).kubeconfig.read_text())
        self._token = folder / "token"
        config["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{port}"
        config["users"][0]["user"] = {"tokenFile": str(self._token)}
        self.kubeconfig = folder / "kubeconfig"
        self.kubeconfig.write_text(json.dumps(config))
        self.renew()

    def renew(self) -> None:
        """Write a new token. It is valid while its own Secret exists, because no shorter time than 10 minutes is possible."""
        self._secret = f"{NAME}-{next(self._numbers)}"
        self._site.kubectl("-n", HOME, "create", "secret", "generic", self._secret)
        token = self._site.kubectl("-n", HOME, "create", "token", NAME, "--bound-object-kind=Secret", f"--bound-object-name={self._secret}", "--duration=4h")
        part = self._token.with_suffix(".part")
        part.write_text(token.strip())
        self.tokens.append(token.strip())
        part.rename(self._token)

    def expire(self) -> None:
        """Returns when the API server refuses the token: it keeps the result of a check for 10 seconds."""
        self._site.kubectl("-n", HOME, "delete", "secret", self._secret)
        assert eventually(lambda: not self._is_valid()), "the token does not expire"

    def _is_valid(self) -> bool:
        try:
            self._site.kubectl(f"--kubeconfig={self.kubeconfig}", "get", "--raw", "/api/v1/services?limit=1")
        except AssertionError as refused:
            assert "Unauthorized" in str(refused) or "provide credentials" in str(refused), refused
            return False
        return True
