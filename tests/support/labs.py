# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs for checks: a worker keeps those of the check that runs and one more, and resets what it hands on."""

from __future__ import annotations

import os
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from runner import environments
from runner.places import LAB, ROOT


@dataclass
class _Made:
    """One lab, its variables, and who has it."""

    name: str
    variables: dict[str, str]
    user: str


class Labs:
    def __init__(self) -> None:
        self._made: dict[tuple[str, ...], _Made] = {}  # the last one given is the last one here
        self._number = 0

    def give(self, *options: str, user: str = "") -> dict[str, str]:
        """The variables of a lab with these options of `lab up`, as it is after `lab up`.

        A named ``user`` that has this lab already gets it as it left it. A lab that another check got before
        no longer belongs to it.
        """
        lab = self._made.pop(options, None)
        if lab is None:
            free = [key for key, each in self._made.items() if not user or each.user != user]
            self._down([self._made.pop(key) for key in free[:-1]])  # one that is idle takes a tenth of a core
            lab = self._made[options] = _Made(f"checks-{os.getpid()}-{self._number}", {}, user)  # before it is up, so a failed start is stopped too
            self._number += 1
            command("up", "--name", lab.name, *options)
            lab.variables = variables(command("env", "--name", lab.name))
        else:
            self._made[options] = lab
            if not user or user != lab.user:
                command("reset", "--name", lab.name)
                lab.user = user
        return lab.variables

    def end(self) -> None:
        self._down(list(self._made.values()))
        self._made.clear()

    @staticmethod
    def _down(labs: list[_Made]) -> None:
        with ThreadPoolExecutor() as threads:
            list(threads.map(lambda lab: command("down", "--name", lab.name), labs))


def command(*words: str) -> str:
    env = environments.variables("main")
    done = subprocess.run([str(LAB), *words], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"lab {' '.join(words)}: {done.stderr}"
    return done.stdout


def variables(exports: str) -> dict[str, str]:
    """The output of `lab env`, as a dict."""
    pairs = (line.removeprefix("export ").split("=", 1) for line in exports.splitlines() if line.startswith("export "))
    return {name: shlex.split(value)[0] if value else "" for name, value in pairs}
