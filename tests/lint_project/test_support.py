# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tools of the checks. A program in a warm interpreter sees a new Python, and its caller sees its exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import labs, tree
from support.interpreter import Interpreter

SHOWS = """
import os, sys
print(sys.argv[1:], os.getcwd(), os.environ.get("WORD"), __name__, sys.stdin.read(), "json" in sys.modules)
sys.exit(int(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def python() -> Iterator[Path]:
    with Interpreter(Path(sys.executable), os.environ, ["json"]) as made:
        yield made.path


def test_a_file(python: Path, tmp_path: Path) -> None:
    (tmp_path / "shows.py").write_text(SHOWS)
    environ = {"PATH": os.defpath, "WORD": "hello"}
    done = subprocess.run([python, "shows.py", "7", "x"], input="given", env=environ, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout == f"['7', 'x'] {tmp_path} hello __main__ given True\n"


@pytest.mark.parametrize(
    ("program", "status", "said"),
    [
        ("print('good')", 0, "good"),
        ("raise SystemExit('refused')", 1, "refused"),
        ("1 / 0", 1, "ZeroDivisionError"),
        ("import os; os.kill(os.getpid(), 9)", 137, ""),
    ],
)
def test_a_program_on_standard_input(python: Path, program: str, status: int, said: str) -> None:
    done = subprocess.run([python], input=program, capture_output=True, text=True, check=False)
    assert done.returncode == status and said in done.stdout + done.stderr


def test_words_are_for_python_itself(python: Path) -> None:
    assert subprocess.run([python, "-c", "import sys; print(sys.argv)", "x"], capture_output=True, text=True, check=True).stdout == "['-c', 'x']\n"


def test_what_is_ended_does_not_go_on(python: Path) -> None:
    """The other end of the pipe closes when the fork is gone too."""
    caller = subprocess.Popen([python], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert caller.stdin and caller.stdout
    caller.stdin.write("import time\nprint('runs', flush=True)\ntime.sleep(3600)\n")
    caller.stdin.close()
    assert caller.stdout.readline() == "runs\n"
    caller.kill()
    assert caller.wait() and caller.stdout.read() == ""


def test_lab_variables() -> None:
    assert labs.variables("export A=1\nexport B='two words'\nexport C=\n# x\n") == {"A": "1", "B": "two words", "C": ""}


NOT_SHIPPED = {("tests", name) for name in ("checks", "lab", "lint_project", "runner", "scenarios", "support")} | {(".build",)}


def test_what_ships() -> None:
    shipped = tree.shipped()
    assert {Path("galaxy.yml"), Path("plugins/module_utils/_errors.py")} <= shipped
    assert not [name for name in shipped if name.parts[:2] in NOT_SHIPPED]
