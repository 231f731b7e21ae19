# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restore the state of a lab after `lab up`: its clusters, then the processes that follow them, then its
BIG-IP."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from .baseline import Baseline, known_to_calico, started_agents
from .processes import recorded
from .state import Lab
from .waiting import ask, wait


def reset(lab: Lab, baseline: Baseline) -> None:
    baseline.restore_logs()

    def settled() -> bool:
        # followed() may write to the clusters, so restore_clusters() comes after it.
        there = followed(lab, baseline)
        return not baseline.restore_clusters() and there

    # Controllers of removed objects may write once more. So the reset is complete when a pass finds no
    # difference.
    _wait(lab, "net", "all is as it was", settled)
    baseline.restore_logs()
    _renew_bigip(lab)
    for what in ("faults", "answers"):
        ask(f"{_control(lab)}/{what}", "DELETE")


def followed(lab: Lab, baseline: Baseline) -> bool:
    """The data path knows the nodes, Pods and Services of the baseline, no mapping leads anywhere, Antrea's
    agents are those of the baseline, Calico knows its blocks, and no CIS runs that could still post.
    """
    status, cis = ask(f"{_control(lab)}/status"), lab.read("cis.json")
    return (
        bool(status)
        and {**baseline.counts(), "npl": 0, "synced": True} == status
        and cis == {"pods": 0}
        and started_agents(lab) == baseline.agents
        and known_to_calico(lab) == baseline.calico()
    )


def _wait(lab: Lab, process: str, until: str, reached: Callable[[], bool]) -> None:
    wait(lab, f"The lab {lab.name} could not be reset", process, until, reached)


def _control(lab: Lab) -> str:
    return f"{(lab.read('net.json') or {})['proxy']}/_lab"


def _renew_bigip(lab: Lab) -> None:
    """By a signal and not by a request: its port may be closed."""
    process, before = recorded(lab.folder, "bigip"), _renewals(lab)
    assert process is not None
    os.kill(process.pid, signal.SIGHUP)
    _wait(lab, "bigip", "it is as after its start", lambda: _renewals(lab) > before)


def _renewals(lab: Lab) -> int:
    return int((lab.read("bigip.json") or {})["renewals"])
