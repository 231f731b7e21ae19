# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab for the time of a suite."""

from __future__ import annotations

import shlex
import subprocess
from contextlib import contextmanager
from typing import Iterator

from . import environments
from .places import LAB, ROOT
from .work import Work


@contextmanager
def lab(work: Work, name: str, *options: str) -> Iterator[dict[str, str]]:
    """Bring a lab up; its variables for a client; take it down whatever happened."""
    env = environments.with_path(environments.make("main"))
    try:
        work.must([LAB, "up", "--name", name, *options], cwd=ROOT, env=env)
        answer = subprocess.run([LAB, "env", "--name", name], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
        yield variables(answer.stdout)
    finally:
        work.run([LAB, "down", "--name", name], cwd=ROOT, env=env, last=True)


def variables(exports: str) -> dict[str, str]:
    """What `lab env` prints, as a dict."""
    pairs = (line.removeprefix("export ").split("=", 1) for line in exports.splitlines() if line.startswith("export "))
    return {name: shlex.split(value)[0] if value else "" for name, value in pairs}
