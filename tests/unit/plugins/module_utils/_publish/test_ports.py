# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Protocols are for the type check only: a module's start compiles each file that it imports."""

from __future__ import annotations

import sys

from ansible_collections.vks.bigip.plugins.module_utils._publish import interfaces
from ansible_collections.vks.bigip.plugins.module_utils._publish.interfaces import Interfaces
from ansible_collections.vks.bigip.tests.unit.support.publishing import OWNER, WEB, World, app


def test_no_module_imports_them_when_it_runs() -> None:
    world = World(WEB)
    world.publish(check_mode=True, dry_run=True, applications=[app()])
    world.publish(applications=[app()], prune=True)
    world.publish(state="absent", owner=OWNER, applications=[{"tenant": "T1"}])
    Interfaces(None, None, [], None).progress("published")  # type: ignore[arg-type]
    package = interfaces.__name__.rpartition(".")[0]
    assert f"{package}.interfaces" in sys.modules
    assert not {f"{package}.ports", f"{package}.parts"} & set(sys.modules)
