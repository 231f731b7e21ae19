# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Started by tests/run in the main environment: runs pytest over all checks, and prints the sum."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys

import pytest

from support import tree

from . import environments, results
from .places import CHECKS, JUNIT, ROOT

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "runner.plugin", *CHECKS]
NO_LAB = ("lint", "units", "sanity")  # the groups that need none


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/run", description="Run the checks of `make test`, or only some groups of them.")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help="a group, or the first word of several")
    parser.add_argument("--all", action="store_true", help="the checks of `make test-all`")
    parser.add_argument("--list", action="store_true", help="print the groups, and run nothing")
    given = parser.parse_args()
    environ = environments.variables("main") | {"PYTHONPATH": os.pathsep.join((str(ROOT / "tests"), str(tree.link())))}
    chosen = [f"--groups={','.join(given.groups)}", *(["--all"] if given.all else [])]
    if given.list:
        status = subprocess.run([*PYTEST, *chosen, "--list-groups"], cwd=ROOT, env=environ, check=False).returncode
        return 0 if status == pytest.ExitCode.NO_TESTS_COLLECTED else status
    if not given.groups or any(group.split()[0] not in NO_LAB for group in given.groups):
        environments.make_lab()
    shutil.rmtree(JUNIT, ignore_errors=True)
    JUNIT.mkdir(parents=True)
    words = ["-n", str(len(os.sched_getaffinity(0)) + 1), "--no-loadscope-reorder", "-o", "console_output_style=classic", f"--junit-xml={JUNIT / 'pytest.xml'}"]
    status = subprocess.run([*PYTEST, *chosen, *words], cwd=ROOT, env=environ, check=False).returncode
    total = results.count(JUNIT.rglob("*.xml"))
    failed = total["failed"] or int(bool(status or not total["passed"]))
    print(f"{total['passed']} passed, {failed} failed" + (f", {total['skipped']} skipped" if total["skipped"] else ""), flush=True)
    return min(failed, 1)


try:
    sys.exit(main())
except environments.SetupError as error:
    sys.exit(str(error))
