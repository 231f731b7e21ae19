# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A read that a task can go on without."""

from __future__ import annotations

from typing import Any, Callable, NoReturn
from unittest import mock

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cluster.reader import Reader
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Forbidden, NotFound


def raising(failure: Failure) -> Callable[[], NoReturn]:
    def read() -> NoReturn:
        raise failure

    return read


def failure(kind: type, said: str | None = "no") -> Any:
    made = kind.__new__(kind)
    Failure.__init__(made, "kubernetes_x", "listing Nodes", said=said)
    return made


def test_an_answer_is_returned() -> None:
    reader = Reader(mock.Mock())
    assert reader.optional(lambda: 7) == 7 and reader.denied == []


@pytest.mark.parametrize(("said", "denied"), [("no", "listing Nodes (no)"), (None, "listing Nodes")])
def test_a_forbidden_read_is_unknown_and_noted(said: str | None, denied: str) -> None:
    reader = Reader(mock.Mock())
    unknown = reader.optional(raising(failure(Forbidden, said)))
    assert unknown == Unknown(f"Listing Nodes{': no' if said else ''}.") and reader.denied == [denied]


def test_what_does_not_exist_is_an_answer_only_where_the_caller_has_one() -> None:
    reader = Reader(mock.Mock())
    assert reader.optional(raising(failure(NotFound)), absent=()) == ()
    with pytest.raises(NotFound):
        reader.optional(raising(failure(NotFound)))


def test_another_failure_is_raised() -> None:
    with pytest.raises(Failure):
        Reader(mock.Mock()).optional(raising(Failure("kubernetes_error", "x")), absent=None)


def test_it_reads_one_api() -> None:
    client = mock.Mock()
    assert Reader(client).client is client
