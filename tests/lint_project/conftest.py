# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the runner's package and the helpers of this folder importable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from runner.places import CHECKS, ROOT

LISTING = """
import pytest, sys
from runner import plugin

class Targets:
    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config, items):
        for config.option.all in (False, True):
            plugin.pytest_collection_modifyitems(config, items[:])
            print("----")
        items.clear()

pytest.main(["-q", "-p", "xdist", "-p", "runner.plugin", "--list-groups", *sys.argv[1:]], plugins=[Targets()])
"""


@pytest.fixture(scope="session")
def targets_listed() -> list[str]:
    """The output of `tests/run --list` for `make test` and for `make test-all`, from one collection of the tests."""
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run([sys.executable, "-c", LISTING, *CHECKS], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return done.stdout.split("----")[:2]
