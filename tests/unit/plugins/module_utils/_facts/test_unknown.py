# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fact that is needed and was not read."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import (
    NOT_READ,
    NotKnown,
    Unknown,
    need,
)


@pytest.mark.parametrize("fact", [None, False, 0, "", (), "text"])
def test_a_fact_is_returned(fact: object) -> None:
    assert need(fact) is fact


@pytest.mark.parametrize("fact", [NOT_READ, Unknown("it is forbidden")])
def test_an_unknown_fact_is_raised_with_its_reason(fact: Unknown) -> None:
    with pytest.raises(NotKnown, match=fact.why):
        need(fact)
