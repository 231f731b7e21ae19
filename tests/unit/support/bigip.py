# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A BIG-IP in a few lines: scripted exchanges in plain HTTP, and a clock that pauses move on."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import credentials, transport
from ansible_collections.vks.bigip.plugins.module_utils._deadline import Deadline


class Clock:
    """Time that passes only in pauses; `slept` holds them."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def deadline(self, seconds: float) -> Deadline:
        return Deadline(seconds, self.time, self.sleep)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    # Signing out has a deadline of its own, after the task's.
    monkeypatch.setattr(credentials, "Deadline", lambda seconds: Deadline(seconds, clock.time, clock.sleep))
    return clock


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripted servers speak no TLS; test_transport.py turns it on again for servers that do."""
    monkeypatch.setattr(transport, "_SCHEME", "http")


def provider(*servers: Any, **options: Any) -> dict[str, Any]:
    """The option `provider` for scripted servers."""
    return {"server": [f"127.0.0.1:{server.port}" for server in servers], "user": "admin", "password": "pass-word", "timeout": 5, **options}
