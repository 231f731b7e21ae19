# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of the options that pod_routes and pod_bgp share."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._routes import option_checks


@pytest.mark.parametrize(
    ("check", "given"),
    [
        ("number", ("as_number", None, 1, 9)),
        ("number", ("as_number", 1, 1, 9)),
        ("number", ("as_number", 9, 1, 9)),
        ("partition", ("Common",)),
        ("name_in_marks", ("owner", None)),
        ("name_in_marks", ("owner", "team a")),
        ("name_in_marks", ("owner", "x" * 128)),
        ("networks", (["10.0.0.0/8", "2001:db8::/32"],)),
        ("networks", ([],)),
    ],
)
def test_valid(check: str, given: tuple[Any, ...]) -> None:
    getattr(option_checks, check)(*given)


@pytest.mark.parametrize(
    ("check", "given", "message"),
    [
        ("number", ("as_number", 0, 1, 9), "as_number: 0 is not valid. Set a number from 1 to 9."),
        ("number", ("as_number", 10, 1, 9), "as_number: 10 is not valid"),
        ("partition", ("",), "partition: '' is not a valid name. Name a partition."),
        ("partition", ("a/b",), "partition: 'a/b' is not"),
        ("partition", ("Common\n",), "partition: 'Common\\n' is not"),
        ("name_in_marks", ("owner", " "), "owner: ' ' is not valid. It is a text of at most 128 visible characters."),
        ("name_in_marks", ("owner", "a\nb"), "owner: 'a\\nb' is not valid"),
        ("name_in_marks", ("owner", "x" * 129), "owner: 'xxx"),
        ("networks", (["10.0.0.1/8"],), "node_network: 10.0.0.1/8 has host bits set"),
        ("networks", (["10.0.0.0/8", "x"],), "node_network: 'x' does not appear"),
    ],
)
def test_refused(check: str, given: tuple[Any, ...], message: str) -> None:
    with pytest.raises(Failure) as raised:
        getattr(option_checks, check)(*given)
    assert raised.value.code == "options" and message in raised.value.message
