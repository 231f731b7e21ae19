# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exchanges recorded from the real AS3, replayed against this BIG-IP, where they are at hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bigip_machine import machine

REPLAY = Path(__file__).resolve().parents[4] / "shared" / "tools" / "as3-replay"
# Two answers of /settings differ: AS3 quotes its own schema, with all its prose, in them.
EQUAL = 250


@pytest.mark.skipif(not REPLAY.exists(), reason="as3-replay is not at hand")
def test_recorded_exchanges(tmp_path: Path) -> None:
    with machine(tmp_path) as bigip:
        facts = bigip.facts
        command = [
            sys.executable,
            str(REPLAY),
            bigip.url(""),
            "--user",
            f"admin:{facts['users']['admin']}",
            "--ca",
            facts["ca"],
        ]
        done = subprocess.run(command, capture_output=True, text=True)
    last = done.stdout.strip().rpartition("\n")[2]
    assert last.endswith(" equal"), done.stderr
    assert int(last.split()[0]) >= EQUAL, done.stdout
