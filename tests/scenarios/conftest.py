# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Antrea lab for the scenarios of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support import tree
from support.labs import Labs

from .site import Site


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "ignore::urllib3.exceptions.InsecureRequestWarning")


@pytest.fixture(scope="module")
def site(labs: Labs) -> Iterator[Site]:
    with Site(labs.give("--cni", "antrea"), tree.link()) as made:
        yield made


@pytest.fixture(autouse=True)
def clean(site: Site) -> Iterator[None]:
    """Each scenario starts with an empty BIG-IP and no fault.

    A script of the device takes long enough for requests between its deletions and its transaction.
    """
    site.clear()
    site.control("POST", "/_lab/reset", {})
    site.control("POST", "/_lab/delay", {"ms": 200})
    yield
    site.clear()
