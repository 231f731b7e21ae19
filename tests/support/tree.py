# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of the collection at .../ansible_collections/vks/bigip, where Ansible's tools want it."""

from __future__ import annotations

import fnmatch
import shutil
import subprocess
import zipfile
from pathlib import Path

from runner.environments import lock, pip
from runner.places import BUILD, COLLECTIONS, ROOT, TREES

PACKAGE = "ansible==12.3.0"  # the wheel on PyPI that holds kubernetes.core and awx.awx; Galaxy is not needed
NAMESPACES = ("awx", "kubernetes")  # what is taken out of it
FOR_TOOLS = ("extensions/molecule", "tests/integration", "tests/unit")
"""Not in the tarball, because they need the lab or the tests' packages. ansible-test, molecule and ansible-lint read them in a copy."""


def copy(name: str, *more: str) -> Path:
    """A new copy called `name`: the files that a tarball of the collection has, and kubernetes.core beside it.

    more: folders that do not ship, such as FOR_TOOLS. The copy is a git repository of its own, because ansible-test asks the one
    around it otherwise, which ignores .build.
    """
    return _copy(name, shipped(*more))


def checkout(name: str) -> Path:
    """A new copy called `name` of all files of the checkout, as a clone has them."""
    return _copy(name, _files())


def _copy(name: str, files: set[Path]) -> Path:
    target = TREES / name / "ansible_collections" / "vks" / "bigip"
    shutil.rmtree(target, ignore_errors=True)
    for relative in files:
        (target / relative).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / relative, target / relative)
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "copy", str(target)], check=True)
    _kubernetes_beside(target)
    return target


def link() -> Path:
    """`.build/dev`: a collections path in which this collection is the checkout itself."""
    target = BUILD / "dev" / "ansible_collections" / "vks" / "bigip"
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.is_symlink():
        target.symlink_to(Path("..", "..", "..", ".."))
    _kubernetes_beside(target)
    return BUILD / "dev"


def _kubernetes_beside(target: Path) -> None:
    beside = target.parents[1] / "kubernetes"
    if not beside.is_symlink():
        beside.symlink_to(others() / "ansible_collections" / "kubernetes")


def others() -> Path:
    """The collections path with kubernetes.core and awx.awx, taken out of a wheel of PyPI."""
    marker = COLLECTIONS / f".{PACKAGE}-{'-'.join(NAMESPACES)}"
    with lock("collections"):
        if not marker.exists():
            shutil.rmtree(COLLECTIONS, ignore_errors=True)
            COLLECTIONS.mkdir(parents=True)
            pip("download", "--no-deps", "--dest", str(COLLECTIONS), PACKAGE)
            (wheel,) = COLLECTIONS.glob("*.whl")
            wanted = tuple(f"ansible_collections/{namespace}/" for namespace in NAMESPACES)
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(COLLECTIONS, [name for name in archive.namelist() if name.startswith(wanted)])
            wheel.unlink()
            marker.touch()
    return COLLECTIONS


def shipped(*more: str) -> set[Path]:
    """The files of the collection, relative to its top, as `ansible-galaxy collection build` takes them; more: ignored folders to add."""
    import yaml  # tests/setup imports this module with a Python that has none

    ignored = yaml.safe_load((ROOT / "galaxy.yml").read_text())["build_ignore"]
    ignored = [pattern for pattern in ignored if pattern not in more]
    return {file for file in _files() if not any(fnmatch.fnmatch(str(part), pattern) for part in (file, *file.parents) for pattern in ignored)}


def _files() -> set[Path]:
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return {Path(name) for name in names if name and (ROOT / name).is_file()}
