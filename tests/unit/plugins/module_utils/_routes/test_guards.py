# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limit of removals."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._routes import guards
from ansible_collections.vks.bigip.plugins.module_utils._routes.plan import Plan, Row
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import network


def plan(removed: int, own: int) -> Plan:
    rows = [Row("removed", f"r{number}", network(f"10.{number}.0.0/16"), None, f"n{number}") for number in range(removed)]
    return Plan((Row("kept", "k", network("10.99.0.0/16"), None, "k"), *rows), own)


@pytest.mark.parametrize(
    ("removed", "own", "most", "allowed"),
    [(0, 0, 0, True), (0, 3, 0, True), (1, 3, 50, True), (2, 4, 50, True), (3, 4, 50, False), (1, 200, 0, False), (1, 1, 99, False), (4, 4, 100, True)],
)
def test_the_limit(removed: int, own: int, most: int, allowed: bool) -> None:
    if allowed:
        guards.check(plan(removed, own), most)
        return
    with pytest.raises(Failure) as caught:
        guards.check(plan(removed, own), most)
    assert caught.value.code == "max_removed_percent"
    assert caught.value.what == f"The run would remove {removed} of {own} routes, and max_removed_percent is {most}"
    assert caught.value.details == {"routes": [f"r{number}" for number in range(removed)]}
    assert "n0" in str(caught.value.said) and "Nothing was changed." in str(caught.value.remedy)
