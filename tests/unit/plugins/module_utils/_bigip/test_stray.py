# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tokens of BIG-IP's list belong to sign-ins whose answers were lost."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.stray import SignIns


def record(token: str, second: float, user: str = "admin", address: str = "192.0.2.5") -> dict[str, Any]:
    whole, part = divmod(round(second * 1000), 1000)
    born = f"2026-01-01T00:00:{whole:02}.{part:03}Z"
    return {"token": token, "userName": user, "address": address, "startTime": born}


OWN = record("OWN", 30)
ONE = SignIns(lost=[(100.0, 101.0)], answered=("OWN", 110.0, 110.5))
"""The lost sign-in began 10 to 10.5 s before the answered one, and ended 9 to 9.5 s before it."""

CASES: dict[str, tuple[SignIns, Any, list[str] | None]] = {
    "the lost one": (ONE, [record("LOST", 20.5), OWN], ["LOST"]),
    "none is listed": (ONE, [OWN], []),
    "earlier": (ONE, [record("OTHER", 18), OWN], []),
    "later": (ONE, [record("OTHER", 22), OWN], []),
    "the earliest moment": (ONE, [record("LOST", 19.49), OWN], ["LOST"]),
    "the latest moment": (ONE, [record("LOST", 21.01), OWN], ["LOST"]),
    "just too early": (ONE, [record("OTHER", 19.47), OWN], []),
    "just too late": (ONE, [record("OTHER", 21.03), OWN], []),
    "no time at all": (ONE, [{"token": "OTHER", "userName": "admin", "address": "192.0.2.5"}, OWN], None),
    "far away": (
        ONE,
        [{**record("OTHER", 20.5), "startTime": time} for time in ("0001-01-01T00:00:00.0+2359", "9999-12-31T23:59:59.9-2359")] + [OWN],
        [],
    ),
    "two were lost": (
        SignIns(lost=[(100.0, 101.0), (105.0, 105.5)], answered=("OWN", 110.0, 110.5)),
        [record("A", 20.5), record("B", 25.1), OWN],
        ["A", "B"],
    ),
    "another user": (ONE, [record("OTHER", 20.5, user="other_user"), OWN], []),
    "another client": (ONE, [record("OTHER", 20.5, address="192.0.2.6"), OWN], []),
    "two fit": (ONE, [record("A", 20.5), record("B", 20.6), OWN], None),
    "our token is not listed": (ONE, [record("LOST", 20.5)], None),
    "our token has no time": (ONE, [{**OWN, "startTime": 5}, record("LOST", 20.5)], None),
    "another token has no time": (ONE, [{**record("LOST", 20.5), "startTime": "x"}, OWN], None),
    "no sign-in was answered": (SignIns(lost=[(100.0, 101.0)]), [record("LOST", 20.5)], None),
    "no sign-in was lost": (SignIns(answered=("OWN", 110.0, 110.5)), [record("OTHER", 20.5), OWN], []),
}


@pytest.mark.parametrize(("sign_ins", "items", "expected"), CASES.values(), ids=CASES)
def test_strays(sign_ins: SignIns, items: Any, expected: list[str] | None) -> None:
    assert sign_ins.strays({"items": items}) == expected
