# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults inside AS3 that a test can order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Faults:
    """The next faults, each used up when it happens. ``tenant`` may be omitted: any.

    ```
    script      [{tenant, message, deletes, code}]: the tenant's next script with a change fails with mcpd's
                message, after its member deletes took effect (``deletes: false``: before anything). ``code``
                (422) may be any, even a word: AS3 passes on what its libraries throw, such as "ENOTFOUND"
    crash       [{tenant, when}]: restnoded dies before (or ``when: after``) the tenant's script: no answer,
                tasks cancelled, lock kept
    store       that many times, storing the declaration fails after the device was changed
    lost_tasks  that many of the next tasks are forgotten as soon as they are accepted
    ```
    """

    script: list[dict[str, Any]] = field(default_factory=list)
    crash: list[dict[str, Any]] = field(default_factory=list)
    store: int = 0
    lost_tasks: int = 0

    @staticmethod
    def take(faults: list[dict[str, Any]], tenant: str, **like: Any) -> dict[str, Any] | None:
        for fault in faults:
            if fault.get("tenant") in (None, tenant) and all(
                fault.get(name, default) == default for name, default in like.items()
            ):
                faults.remove(fault)
                return fault
        return None


class Died(Exception):
    """restnoded exited. The caller has to clean up as a restart does."""
