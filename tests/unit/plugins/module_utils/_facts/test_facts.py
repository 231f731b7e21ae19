# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mode that is checked."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Wishes
from ansible_collections.vks.bigip.tests.unit.support.preflight import NO, OFF, ON, base


@pytest.mark.parametrize(
    "npl, mode, words",
    [
        (ON, "nodeportlocal", "enable is true"),
        (OFF, "nodeport", "not true"),
        (None, "nodeport", "no Antrea"),
        (NO, "nodeport", "it is forbidden"),
    ],
)
def test_auto(npl: Any, mode: str, words: str) -> None:
    found, because = base(wishes=Wishes("auto"), npl=npl).mode
    assert found == mode and words in because
