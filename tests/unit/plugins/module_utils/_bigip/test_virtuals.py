# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual servers without SNAT."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._bigip.virtuals import without_snat
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

VIRTUALS = "/mgmt/tm/ltm/virtual?$select=fullPath,pool,sourceAddressTranslation"


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"sourceAddressTranslation": {"type": "none"}, "pool": "/T/A/p"}, {"/T/A/vs": "/T/A/p"}),
        ({"sourceAddressTranslation": {"type": "automap"}, "pool": "/T/A/p"}, {}),
        ({"sourceAddressTranslation": {"type": "snat", "pool": "/T/A/s"}, "pool": "/T/A/p"}, {}),
        ({"sourceAddressTranslation": {"type": "none"}}, {}),
        ({"pool": "/T/A/p"}, {}),
    ],
)
def test_a_virtual_server(clock: Clock, item: dict[str, Any], expected: dict[str, str]) -> None:
    script = [Exchange("GET", VIRTUALS, json={"items": [{"fullPath": "/T/A/vs", **item}]})]
    with ScriptedServer(script) as server, Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
        assert without_snat(session) == expected
