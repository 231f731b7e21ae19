# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs for tests: one for each set of options, made when it is first asked for, and shared until the session ends."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

LAUNCHER = Path(__file__).resolve().parent.parent / "lab"
EVIDENCE = Path(__file__).resolve().parents[3] / ".build" / "log" / "labs"


@dataclass(frozen=True)
class RunningLab:
    """A lab that is up, and the ways to use it."""

    name: str
    env: dict[str, str]

    @property
    def folder(self) -> Path:
        return Path(self.env["LAB_DIR"])

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        done = subprocess.run([self.env["LAB_KUBECTL"], *arguments], env={**os.environ, **self.env}, input=stdin, capture_output=True, text=True)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def get(self, *arguments: str) -> Any:
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))

    def apply(self, *manifests: dict[str, Any]) -> None:
        self.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)}))

    def keep(self, place: Path) -> None:
        """Its logs and what its cluster holds now, for who looks for why a test failed: they go when it goes."""
        place.mkdir(parents=True, exist_ok=True)
        for log in self.folder.glob("*.log"):
            shutil.copy(log, place)
        shutil.copytree(self.folder / "pod-logs", place / "pod-logs", dirs_exist_ok=True)
        for kind in ("nodes", "pods", "services", "endpointslices", "events"):
            found = subprocess.run([self.env["LAB_KUBECTL"], "get", kind, "-A", "-o", "yaml"], env={**os.environ, **self.env}, capture_output=True)
            (place / f"{kind}.yaml").write_bytes(found.stdout + found.stderr)


def eventually(what: Callable[[], Any], seconds: float = 20.0) -> Any:
    """What holds in the end: the first true value, or a failure that shows the last one."""
    deadline = time.monotonic() + seconds
    while not (value := what()):
        assert time.monotonic() < deadline, f"not within {seconds} s; in the end: {value!r}"
        time.sleep(0.1)
    return value


def run_lab(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(LAUNCHER), *arguments], env={**os.environ, **environment}, capture_output=True, text=True, timeout=900)


def exported(text: str) -> dict[str, str]:
    """What `lab env` prints, as a dict."""
    return dict(word.split("=", 1) for line in text.splitlines() for word in shlex.split(line)[1:])


_LABS = pytest.StashKey[dict[Any, RunningLab]]()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = (yield).get_result()  # type: ignore[misc]
    if report.failed:
        for lab in item.config.stash.get(_LABS, {}).values():
            lab.keep(EVIDENCE / re.sub(r"\W+", "-", item.name) / lab.name)


@pytest.fixture(scope="session")
def lab(request: pytest.FixtureRequest) -> Iterator[Callable[..., RunningLab]]:
    """``lab(cni="calico", nodes=2)``: the options of `lab up` with underscores."""
    made = request.config.stash.setdefault(_LABS, {})

    def give(**options: Any) -> RunningLab:
        key = tuple(sorted(options.items()))
        if key not in made:
            name = f"pytest-{os.getpid()}-{len(made)}"
            arguments = [word for option, value in options.items() for word in (f"--{option.replace('_', '-')}", str(value))]
            started = run_lab("up", "--name", name, *arguments)
            assert started.returncode == 0, started.stderr
            made[key] = RunningLab(name, exported(run_lab("env", "--name", name).stdout))
        return made[key]

    yield give
    for each in made.values():
        ended = run_lab("down", "--name", each.name)
        assert ended.returncode == 0, ended.stderr
