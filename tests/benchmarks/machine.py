# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs commands and measures them: seconds and the peak memory of the largest process, in turns, so a busy moment affects all of them."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping, Sequence


class BenchError(Exception):
    """A measured command failed."""


@dataclass(frozen=True)
class Command:
    """`json`: its last line of output is a JSON object, with what it measured itself. `status`: how it shall end."""

    words: Sequence[str | Path]
    env: Mapping[str, str] = field(default_factory=dict)
    json: bool = False
    stdin: Path | None = None
    status: int = 0


@dataclass(frozen=True)
class Run:
    seconds: float
    cpu: float  # seconds of processor time, which a busy machine affects less
    megabytes: float
    said: dict[str, Any]


def run(command: Command) -> Run:
    words = [str(word) for word in command.words]
    with tempfile.TemporaryFile() as output, open(command.stdin or os.devnull, "rb") as given:
        begin = time.perf_counter()
        process = subprocess.Popen(words, env={**os.environ, **command.env}, stdin=given, stdout=output, stderr=subprocess.STDOUT)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    if process.returncode != command.status:
        raise BenchError(f"{' '.join(words)} ended with status {process.returncode}:\n{text[-3000:]}")
    try:
        said = json.loads(text.strip().splitlines()[-1]) if command.json else {}
    except (ValueError, IndexError) as error:
        raise BenchError(f"{' '.join(words)} did not say what it measured:\n{text[-3000:]}") from error
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said)


def in_turns(commands: Mapping[str, Command], rounds: int) -> dict[str, list[Run]]:
    """Each command once in each round."""
    done: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            done[name].append(run(command))
    return done


@dataclass(frozen=True)
class Spread:
    """The median and the extremes of several rounds."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{number(self.middle)} ({number(self.low)}-{number(self.high)})"


def number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def ratio(over: Sequence[float], under: Sequence[float]) -> Spread:
    """Taken round by round."""
    return Spread.of([a / b for a, b in zip(over, under)])


def line(points: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Least squares: (start, slope, share of the variance that the line explains)."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    slope, start = statistics.linear_regression(xs, ys)
    mean = statistics.fmean(ys)
    whole = sum((y - mean) ** 2 for y in ys)
    rest = sum((y - start - slope * x) ** 2 for x, y in points)
    return start, slope, 1 - rest / whole if whole else 1.0
