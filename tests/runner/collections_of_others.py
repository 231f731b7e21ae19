# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""kubernetes.core without Galaxy: it is part of the `ansible` package of PyPI."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path

from .environments import follow, make, say
from .places import BUILD, COLLECTIONS, LOGS

PACKAGE = "ansible==12.3.0"
WANTED = "ansible_collections/kubernetes/"


def fetch() -> Path:
    """The folder for ANSIBLE_COLLECTIONS_PATH that holds kubernetes.core."""
    marker = COLLECTIONS / f".{PACKAGE}"
    if marker.exists():
        return COLLECTIONS
    python = make("main").python
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "setup-collections.log"
    say(f"Fetching kubernetes.core out of {PACKAGE} (54 MB)")
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="collections-") as folder:
        with log.open("w") as output:
            command = [str(python), "-m", "pip", "download", "--no-deps", "--progress-bar", "off", "--dest", folder, PACKAGE]
            follow(command, output, "collections: download")
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder, [name for name in archive.namelist() if name.startswith(WANTED)])
        wheel.unlink()
        shutil.rmtree(COLLECTIONS, ignore_errors=True)
        Path(folder).rename(COLLECTIONS)
        Path(folder).mkdir()  # for TemporaryDirectory to remove
    marker.touch()
    return COLLECTIONS
