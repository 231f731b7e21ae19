# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs for tests: those of the worker, each as after `lab up` for the first test of a file; and the ways to
use one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from api_client import Api
from support.labs import Labs
from vkslab.processes import HANG

LAUNCHER = Path(__file__).resolve().parent.parent / "lab"
PAUSE = 0.05
EVIDENCE = Path(__file__).resolve().parents[3] / ".build" / "log" / "labs"


@dataclass(frozen=True)
class RunningLab:
    """A lab that is up, and the ways to use it."""

    name: str
    env: dict[str, str]

    @property
    def folder(self) -> Path:
        return Path(self.env["LAB_DIR"])

    @cached_property
    def api(self) -> Api:
        return Api(self.folder, "cluster", "default")

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        done = self.tried(*arguments, stdin=stdin)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def tried(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """A kubectl that may fail."""
        patience = [f"--timeout={HANG:.0f}s"] if arguments[0] == "wait" else []
        return subprocess.run(
            [self.env["LAB_KUBECTL"], *arguments, *patience],
            env={**os.environ, **self.env},
            input=stdin,
            capture_output=True,
            text=True,
        )

    def get(self, *arguments: str) -> Any:
        """The answer to `kubectl get`, without kubectl."""
        return self.api.get(*arguments)

    def apply(self, *manifests: dict[str, Any]) -> None:
        self.kubectl(
            "apply",
            "-f",
            "-",
            stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)}),
        )

    def pod_routes(self, *words: str) -> None:
        """Create the routes from BIG-IP to the Pods of each node, or remove them."""
        done = run_lab("pod-routes", "--name", self.name, *words)
        assert done.returncode == 0, done.stderr

    def keep(self, place: Path) -> None:
        """Save its logs and the objects of its cluster, to find out why a test failed."""
        place.mkdir(parents=True, exist_ok=True)
        for log in self.folder.glob("*.log"):
            shutil.copy(log, place)
        shutil.copytree(self.folder / "pod-logs", place / "pod-logs", dirs_exist_ok=True)
        for kind in ("nodes", "pods", "services", "endpointslices", "events"):
            found = subprocess.run(
                [self.env["LAB_KUBECTL"], "get", kind, "-A", "-o", "yaml"],
                env={**os.environ, **self.env},
                capture_output=True,
            )
            (place / f"{kind}.yaml").write_bytes(found.stdout + found.stderr)


def eventually(what: Callable[[], Any]) -> Any:
    """The first true value, however long it takes on this machine.

    A value that never becomes true fails the test.
    """
    deadline = time.monotonic() + HANG
    while not (value := what()):
        assert time.monotonic() < deadline, f"not within {HANG:.0f} s; in the end: {value!r}"
        time.sleep(PAUSE)
    return value


def run_lab(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LAUNCHER), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=2 * HANG,
    )


_GIVEN: dict[str, RunningLab] = {}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = (yield).get_result()  # type: ignore[misc]
    if report.failed:
        for lab in _GIVEN.values():
            lab.keep(EVIDENCE / re.sub(r"\W+", "-", item.name) / lab.name)


@pytest.fixture(scope="module")
def lab(request: pytest.FixtureRequest, labs: Labs) -> Iterator[Callable[..., RunningLab]]:
    """``lab(cni="calico", nodes=2)``: the options of `lab up` with underscores."""

    def give(**options: Any) -> RunningLab:
        words = [
            word
            for option, value in sorted(options.items())
            for word in (f"--{option.replace('_', '-')}", str(value))
        ]
        env = labs.give(*words, user=request.node.nodeid)
        return _GIVEN.setdefault(env["LAB_NAME"], RunningLab(env["LAB_NAME"], env))

    yield give
    _GIVEN.clear()
