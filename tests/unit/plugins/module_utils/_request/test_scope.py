# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of the option prune."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._request import scope as prune


@pytest.mark.parametrize(
    ("values", "scope"),
    [
        ((None, "", " ", False, "false", "False", "no", "off", "0", 0), prune.NONE),
        ((True, "true", "True", " yes ", "on", "1", 1, "tenants", "Tenants"), prune.TENANTS),
        (("owner", " Owner"), prune.OWNER),
        (("all", "2", "own", [], {"owner": True}), None),
    ],
)
def test_values(values: tuple[Any, ...], scope: str | None) -> None:
    assert [prune.scope(value) for value in values] == [scope] * len(values)


@pytest.mark.parametrize(
    ("value", "scope"),
    [
        *(
            (value, prune.NONE)
            for value in (None, "", " ", "none", "None", False, "false", "No", "off", "n", "f", 0, "0")
        ),
        *(
            (value, prune.TENANTS)
            for value in ("tenants", True, "true", "Yes", "on", "y", "t", 1, "1", " TRUE ")
        ),
        ("owner", prune.OWNER),
        ("Owner ", prune.OWNER),
        ("all", None),
        (2, None),
    ],
)
def test_the_scope(value: object, scope: str | None) -> None:
    assert prune.scope(value) == scope
