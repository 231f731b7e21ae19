# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for a lab: until a condition holds or one of its processes ended, on a busy machine, too."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from . import processes
from .errors import LabError
from .processes import HANG
from .state import Lab

PAUSE = 0.02


def wait(lab: Lab, failure: str, process: str, until: str, reached: Callable[[], bool]) -> None:
    """`failure` begins the message: what does not come about while this waits for `process`."""
    deadline = time.monotonic() + HANG
    while not reached():
        for started in lab.processes():
            if not started.alive():
                raise LabError(
                    f"{failure}: {started.name} has ended.\n{processes.log_end(lab.folder, started.name)}"
                )
        if time.monotonic() > deadline:
            raise LabError(
                f"{failure}: waited {HANG:.0f} s for {process} until "
                f"{until}.\n{processes.log_end(lab.folder, process)}"
            )
        time.sleep(PAUSE)


def ask(url: str, method: str = "GET") -> Any:
    """The JSON answer of a process of the lab. None while it does not answer, or answers an error."""
    try:
        request = urllib.request.Request(url, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            request, timeout=HANG
        ) as answer:
            return json.load(answer)
    except OSError:
        return None
