# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The boundary to Ansible."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._module import Module


class Ended(Exception):
    pass


@pytest.mark.parametrize("fails", [False, True])
def test_the_collector_of_garbage_is_paused_while_a_module_works_and_goes_on(fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    during = []

    def work() -> dict[str, Any]:
        during.append(gc.isenabled())
        if fails:
            raise Failure("code", "doing it")
        return {"changed": False}

    def end(_self: Any, **_result: Any) -> None:
        during.append(gc.isenabled())
        raise Ended

    monkeypatch.setattr(Module, "exit_json", end)
    monkeypatch.setattr(Module, "fail_json", end)
    with pytest.raises(Ended):
        Module.__new__(Module).run(work)
    assert during == [False, False] and gc.isenabled()
