# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole declaration of the user."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.requests_of_users import (
    HTTP,
    WEB,
    adc,
    put_together,
)


@pytest.mark.parametrize(
    ("declaration", "message"),
    [
        ("{", "declaration: is not JSON"),
        ([], "declaration: is not an AS3 declaration"),
        ({"class": "AS3"}, "declaration.declaration: is missing"),
        ({"class": "Device"}, "declaration.class: is 'Device'"),
        ({**adc(), "updateMode": "complete"}, "declaration.updateMode: is 'complete'.*Use prune"),
        ({**adc(), "target": {"hostname": "x"}}, "declaration.target: is not sent"),
        ({**adc(), "controls": {"class": "Controls", "dryRun": True}}, "controls.dryRun: is not sent.*--check"),
        ({"class": "AS3", "action": "dry-run", "declaration": adc()}, "declaration.action: is 'dry-run'.*--check"),
        ({"class": "AS3", "action": "remove", "declaration": adc()}, "declaration.action: is 'remove'.*state: absent"),
        ({"class": "AS3", "action": "redeploy", "declaration": adc()}, "declaration.action"),
        ({"class": "AS3", "declaration": {**adc(), "updateMode": "complete"}}, "declaration.declaration.updateMode"),
        ({**adc(), "1T": {"class": "Tenant"}}, "declaration.1T: tenant name"),
        ({**adc(), "extra": {"a": 1}}, "declaration.extra: is neither"),
        (adc(web={"class": "Pool", "members": 5}), r"declaration.T1.A1.web.members: must be a list of members, not 5"),
        ({"class": "ADC", "T1": {**adc()["T1"], "defaultRouteDomain": "x"}}, r"declaration.T1.defaultRouteDomain: must be a number, not 'x'"),
        (adc(vs={**HTTP, "pool": "nope"}), r"declaration.T1.A1.vs.pool: refers to 'nope'"),
    ],
)
def test_refused_declarations(declaration: Any, message: str) -> None:
    with pytest.raises(Failure, match=message):
        put_together(declaration=declaration)


def test_a_declaration_as_json_of_class_as3_and_a_pool_it_does_not_have() -> None:
    given = json.dumps({"class": "AS3", "persist": True, "declaration": adc(web={"class": "Pool", "members": [{"servicePort": 80, "shareNodes": False}]})})
    pools = [{"tenant": "T1", "application": "A1", "pool": "web", "service": WEB}]
    wanted = put_together(declaration=given, pools=pools)
    assert [(fill.where, fill.member, fill.port_hint) for fill in wanted.fills] == [("/T1/A1/web", {"shareNodes": False}, 80)]
    with pytest.raises(Failure, match=r"pools\[0\]: names the pool /T1/A1/nope, which the declaration does not have; it has /T1/A1/web"):
        put_together(declaration=given, pools=[{**pools[0], "pool": "nope"}])
    with pytest.raises(Failure, match=r"pools\[1\]: fills the pool /T1/A1/web a second time"):
        put_together(declaration=given, pools=pools * 2)
