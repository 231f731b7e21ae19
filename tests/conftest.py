# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runner.labs import Labs


@pytest.fixture(scope="session")
def labs() -> Iterator[Labs]:
    made = Labs()
    yield made
    made.end()
