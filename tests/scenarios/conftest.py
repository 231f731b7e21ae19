# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One Antrea lab for all scenarios. SCENARIO_LAB names one that is up already, which then stays up."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from runner import environments, tree
from runner.places import LAB, ROOT, TREES

from .site import Site, pid_name, variables_of


@contextmanager
def lab_for(prefix: str, *options: str) -> Iterator[Site]:
    """A lab of one's own with these options of `lab up`, or the one that SCENARIO_LAB names."""
    environ = environments.with_path(environments.make("main"))
    tree.copy("scenarios")
    name = os.environ.get("SCENARIO_LAB") or pid_name(prefix)
    if "SCENARIO_LAB" in os.environ:
        yield Site(name, variables_of(name, environ), environ, TREES / "scenarios")
        return
    try:
        subprocess.run([LAB, "up", "--name", name, *options], cwd=ROOT, env=environ, check=True)
        yield Site(name, variables_of(name, environ), environ, TREES / "scenarios")
    finally:
        subprocess.run([LAB, "down", "--name", name], cwd=ROOT, env=environ, check=True)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with lab_for("scenarios", "--cni", "antrea") as found:
        yield found


@pytest.fixture(autouse=True)
def clean(site: Site) -> Iterator[None]:
    """Each scenario starts with an empty BIG-IP and no fault."""
    site.clear()
    site.control("POST", "/_lab/reset", {})
    yield
    site.clear()
