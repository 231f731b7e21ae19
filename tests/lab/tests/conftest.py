# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of all tests of the lab."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from as3_world import world
from running_lab import lab, pytest_runtest_makereport
from traffic_use import bigip, shared

__all__ = ["bigip", "lab", "pytest_runtest_makereport", "shared", "world"]


@pytest.fixture
def no_proxy_variables(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    yield
