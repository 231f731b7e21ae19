# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The paths of the project. All created files are in .build, which git ignores."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
ENVIRONMENTS = BUILD / "env"
LOGS = BUILD / "log"
JUNIT = BUILD / "junit"
COLLECTIONS = BUILD / "collections"  # kubernetes.core and awx.awx
TREES = BUILD / "tree"  # copies of this collection at ansible_collections/vks/bigip
REQUIREMENTS = ROOT / "tests" / "requirements"
LAB = ROOT / "tests" / "lab" / "lab"
CHECKS = ("tests/checks", "tests/lab/tests", "tests/scenarios", "tests/lint_project")  # the files that pytest collects
