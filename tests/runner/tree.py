# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of the collection where Ansible's tools want it: .../ansible_collections/vks/bigip.

It holds what a tarball of the collection would hold: what git knows or would take, without galaxy.yml's build_ignore.
It is a git repository of its own, because ansible-test would else ask the one around it, which ignores .build.
"""

from __future__ import annotations

import fnmatch
import shutil
import subprocess
from pathlib import Path

from .collections_of_others import fetch
from .places import BUILD, ROOT, TREES


def path(name: str) -> Path:
    return TREES / name / "ansible_collections" / "vks" / "bigip"


def copy(name: str) -> Path:
    """The copy called `name`, brought up to date. The kubernetes collections lie beside it."""
    target = path(name)
    target.mkdir(parents=True, exist_ok=True)
    _others_beside(target)
    wanted = shipped()
    for found in sorted(target.rglob("*"), reverse=True):
        relative = found.relative_to(target)
        if relative.parts[0] == ".git" or relative in wanted:
            continue
        if found.is_dir() and not found.is_symlink():
            if not any(found.iterdir()):
                found.rmdir()
        else:
            found.unlink()
    for relative in wanted:
        _copy_file(ROOT / relative, target / relative)
    if not (target / ".git").exists():
        subprocess.run(["git", "init", "--quiet", "--initial-branch", "copy", str(target)], check=True)
    return target


def link() -> None:
    """`.build/dev`, a collections path where this collection is the checkout itself: for quick runs while one edits."""
    target = BUILD / "dev" / "ansible_collections" / "vks" / "bigip"
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.is_symlink():
        target.symlink_to(Path("..", "..", "..", ".."))
    _others_beside(target)


def _others_beside(target: Path) -> None:
    beside = target.parents[1] / "kubernetes"
    if not beside.is_symlink():
        beside.symlink_to(fetch() / "ansible_collections" / "kubernetes")


def shipped() -> set[Path]:
    """The files of the collection, relative to its top, as `ansible-galaxy collection build` would take them."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    import yaml  # here, because tests/setup imports this file with a Python that has none

    ignored = yaml.safe_load((ROOT / "galaxy.yml").read_text())["build_ignore"]
    return {
        Path(name)
        for name in names
        if name and (ROOT / name).is_file() and not any(_matches(Path(name), pattern) for pattern in ignored)
    }


def _matches(name: Path, pattern: str) -> bool:
    return any(fnmatch.fnmatch(str(part), pattern) for part in (name, *name.parents))


def _copy_file(source: Path, target: Path) -> None:
    if target.is_file():
        old, new = target.stat(), source.stat()
        if (old.st_size, old.st_mtime_ns, old.st_mode) == (new.st_size, new.st_mtime_ns, new.st_mode):
            return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
