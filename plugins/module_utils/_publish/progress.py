# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The progress file: one JSON line for each step of a run."""

from __future__ import annotations

import json
import os
from typing import Callable


def progress(path: str | None, warn: Callable[[str], None]) -> Callable[[str], None]:
    """A function that appends a step to the file. A file that cannot be written causes one warning."""
    failed = not path

    def write(text: str) -> None:
        nonlocal failed
        if failed:
            return
        try:
            with open(str(path), "a", encoding="utf-8", opener=_without_waiting) as file:
                file.write(json.dumps({"text": text}) + "\n")
        except (OSError, ValueError) as error:
            failed = True
            warn(f"Progress is not reported, because the progress_file {path} cannot be written: {error}.")

    return write


def _without_waiting(path: str, flags: int) -> int:
    """As open() does it, but a pipe without a reader is an error at once."""
    return os.open(path, flags | os.O_NONBLOCK, 0o666)
