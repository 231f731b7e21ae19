# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words that no file may contain: folders of one machine, hosts of package registries."""

from __future__ import annotations

import re
import subprocess

import pytest

from runner.places import ROOT

# The parts are joined here, so this file does not contain the names that it looks for.
HOSTS = (
    ("files", "pythonhosted"), ("pypi", "org"), ("proxy", "golang"), ("sum", "golang"), ("registry", "npmjs"),
    ("repo1", "maven"), ("repo", "maven"), ("deb", "debian", "org"), ("static", "crates"),
)  # fmt: skip
STRAY = re.compile(
    "|".join(
        [
            r"(?:^|[^A-Za-z0-9_.-])/(?:root|work|farm|Users|home/[a-z]+)/",
            r"/tmp/[a-z]+_jobs",
            *(r"\.".join(host) for host in HOSTS),
        ]
    )
)


def files() -> list[str]:
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    return [name for name in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0") if name]


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for name in files():
        path = ROOT / name
        if not path.is_file() or b"\0" in (content := path.read_bytes()):
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
            if STRAY.search(line):
                found.append(f"{name}:{number}: {line.strip()[:120]}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("line", "stray"),
    [
        ("cd /ro" "ot/x", True),
        ("see '/wo" "rk/main'", True),
        ("https://pypi" ".org/simple", True),
        ("/tmp/bash" "_jobs.0/1", True),
        ("plugins/work/x", False),
        ("https://github.com/vks-bigip/vks.bigip", False),
        ("/var/log/antrea", False),
    ],
)
def test_the_check_sees_what_it_should(line: str, stray: bool) -> None:
    assert bool(STRAY.search(line)) is stray
