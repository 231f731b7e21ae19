# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes are known by more than their pid, and end with all that they started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vkslab import processes
from vkslab.errors import LabError


def wait_for_log(folder: Path, name: str, text: str) -> str:
    deadline = time.monotonic() + processes.HANG
    while text not in (log := processes.log_of(folder, name).read_text()):
        assert time.monotonic() < deadline, log
        time.sleep(0.02)
    return log


def test_a_process_is_recorded_runs_in_a_session_of_its_own_and_ends(tmp_path: Path) -> None:
    started = processes.start("sleeper", ["sleep", "60"], tmp_path)
    assert processes.of(tmp_path) == [started]
    assert started.alive()
    assert os.getsid(started.pid) == started.pid
    processes.end([started])
    assert not started.alive()
    assert not processes.running([started])


def test_what_it_started_ends_with_it_even_after_it_was_killed(tmp_path: Path) -> None:
    started = processes.start("parent", ["sh", "-c", "sleep 60 & echo $!; wait"], tmp_path)
    child = int(wait_for_log(tmp_path, "parent", "\n"))
    os.kill(started.pid, signal.SIGKILL)
    os.waitpid(started.pid, 0)
    assert not started.alive()
    assert list(processes.running([started])) == [child]
    processes.end(processes.of(tmp_path))
    assert not processes.running([started])


def test_a_process_that_ignores_signals_ends_too(tmp_path: Path) -> None:
    code = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); "
        "signal.pause()"
    )
    started = processes.start("deaf", [sys.executable, "-c", code], tmp_path)
    wait_for_log(tmp_path, "deaf", "deaf")
    processes.end([started])
    assert not started.alive()


def test_a_restarted_process_has_another_pid_and_the_same_command_and_environment(tmp_path: Path) -> None:
    first = processes.start("speaker", ["sh", "-c", "echo $WORD $PWD; sleep 60"], tmp_path, {"WORD": "hello"})
    line = wait_for_log(tmp_path, "speaker", "\n")
    second = processes.restart(first)
    assert (first.alive(), second.alive(), processes.of(tmp_path)) == (False, True, [second])
    assert wait_for_log(tmp_path, "speaker", line * 2) == f"hello {tmp_path}\n" * 2
    processes.end([second])


@pytest.mark.parametrize("changed", [{"started": 1}, {"boot": "another"}])
def test_a_recycled_pid_is_left_alone(tmp_path: Path, changed: dict[str, object]) -> None:
    stranger = subprocess.Popen(
        ["sleep", "60"], start_new_session=True, env={**os.environ, processes.MARK: str(tmp_path)}
    )
    try:
        ours = processes.start("ours", ["true"], tmp_path)
        stat = processes._stat(stranger.pid)
        assert stat is not None
        record = {"pid": stranger.pid, "started": stat.started, "boot": ours.boot, **changed}
        (tmp_path / "processes" / "ours.json").write_text(json.dumps(record))
        (recorded,) = processes.of(tmp_path)
        assert not recorded.alive()
        processes.end([recorded])
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="etcd could not be started: /not/there: No such file or directory"):
        processes.start("etcd", ["/not/there"], tmp_path)


@pytest.mark.parametrize(
    ("log", "shown", "hidden"),
    [
        ("\n".join(f"line {number}" for number in range(100)), ["line 99", "line 80"], ["line 1\n"]),
        ("start\npanic: no memory\n" + "goroutine\n" * 100, ["panic: no memory"], []),
        ("", ["written nothing"], []),
    ],
)
def test_the_end_of_a_log_says_what_happened(
    tmp_path: Path, log: str, shown: list[str], hidden: list[str]
) -> None:
    processes.log_of(tmp_path, "program").write_text(log)
    end = processes.log_end(tmp_path, "program")
    assert all(text in end for text in shown), end
    assert not any(text in end for text in hidden), end
