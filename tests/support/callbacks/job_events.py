# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Appends what AWX keeps of each task, its resolved action and its result, as a line of JSON to the file in JOB_EVENTS."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: job_events
type: aggregate
short_description: The events of a job as AWX keeps them
description: Appends the resolved action and the result of each task to a file.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME = 2.0, "aggregate", "job_events"

    def v2_runner_on_ok(self, result: Any, **_more: Any) -> None:
        event = {"resolved_action": result._task.resolved_action, "res": result._result}
        with open(os.environ["JOB_EVENTS"], "a") as file:
            file.write(json.dumps(event, default=str) + "\n")

    v2_runner_on_failed = v2_runner_item_on_ok = v2_runner_item_on_failed = v2_runner_on_ok
