# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs for checks: one for each set of options, kept by a worker until it ends."""

from __future__ import annotations

import os
import shlex
import subprocess

from . import environments
from .places import LAB, ROOT


class Labs:
    def __init__(self) -> None:
        self._made: dict[tuple[str, ...], str] = {}

    def give(self, *options: str) -> dict[str, str]:
        """The variables of a lab with these options of `lab up`."""
        if options not in self._made:
            name = f"checks-{os.getpid()}-{len(self._made)}"
            self._made[options] = name  # before it is up: what is half up is taken down too
            command("up", "--name", name, *options)
        return variables(command("env", "--name", self._made[options]))

    def end(self) -> None:
        for name in self._made.values():
            command("down", "--name", name)


def command(*words: str) -> str:
    env = environments.variables("main")
    done = subprocess.run([str(LAB), *words], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"lab {' '.join(words)}: {done.stderr}"
    return done.stdout


def variables(exports: str) -> dict[str, str]:
    """What `lab env` prints, as a dict."""
    pairs = (line.removeprefix("export ").split("=", 1) for line in exports.splitlines() if line.startswith("export "))
    return {name: shlex.split(value)[0] if value else "" for name, value in pairs}
