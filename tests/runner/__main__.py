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

from . import environments, results, tree
from .places import BUILD, JUNIT, ROOT

WITHOUT_LAB = ("lint", "units", "sanity")
CHECKS = ("tests/checks", "tests/lab/tests", "tests/scenarios", "tests/lint_project")


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/run", description="Run the checks of `make test`, or only some groups of them.")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help="a group, or the first word of several")
    parser.add_argument("--all", action="store_true", help="the checks of `make test-all`")
    parser.add_argument("--list", action="store_true", help="print the groups, and run nothing")
    given = parser.parse_args()
    shutil.rmtree(JUNIT, ignore_errors=True)
    JUNIT.mkdir(parents=True)
    tree.link()
    if not given.list and not (given.groups and all(group.split()[0] in WITHOUT_LAB for group in given.groups)):
        environments.make_lab()
    own = JUNIT / "pytest.xml"
    words = ["-q", "-n", "auto", "--no-loadscope-reorder", "-p", "runner.plugin", f"--junit-xml={own}"]
    if given.list:
        words = ["-q", "-p", "runner.plugin", "--list-groups"]
    if given.all:
        words.append("--all")
    environ = environments.variables("main") | {"PYTHONPATH": os.pathsep.join((str(ROOT / "tests"), str(BUILD / "dev")))}
    status = subprocess.run([sys.executable, "-m", "pytest", *words, f"--groups={','.join(given.groups)}", *CHECKS], cwd=ROOT, env=environ, check=False).returncode
    if given.list:
        return 0
    total = results.count(JUNIT.rglob("*.xml"))
    if not total.failed and (status or not total.passed):
        total += results.Count(failed=1)
    print(total, flush=True)
    return 1 if total.failed else 0


try:
    sys.exit(main())
except environments.SetupError as error:
    sys.exit(str(error))
