# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Antrea is found, and what may not be read."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support.answers import listing
from ansible_collections.vks.bigip.tests.unit.support.antrea import (
    ON,
    agent,
    failed,
    log,
    run,
    start,
    warned,
    write,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import status


@pytest.mark.parametrize(
    "daemon_sets, says_",
    [
        ([api.CALICO], "1 known CNIs (calico)"),
        ([], "0 known CNIs (none)"),
        ([api.ANTREA, api.CALICO], "2 known CNIs (antrea, calico)"),
    ],
)
def test_no_antrea(daemon_sets: list[Any], says_: str) -> None:
    failed(run([listing(api.DAEMON_SETS, *daemon_sets)]), "npl_no_antrea", says_)


def test_a_daemon_set_of_another_namespace_does_not_count() -> None:
    calico, antrea = api.copy(api.CALICO), api.copy(api.ANTREA)
    for raw in (calico, antrea):
        raw["metadata"]["namespace"] = "evil"
    pod = agent("n1")
    result = run([listing(api.DAEMON_SETS, antrea, calico, api.ANTREA), *start(ON, pod)[1:], log(pod)])
    assert result["proven"] and warned(
        result, "DaemonSets evil/antrea-agent, evil/calico-node have the name or the labels of a CNI"
    )


def test_a_right_that_is_missing_is_named() -> None:
    result = run([*start(), write(status=403, json=status(403, "configmaps is forbidden"))])
    failed(result, "kubernetes_forbidden", 'resources: ["configmaps"], verbs: ["patch"]')
