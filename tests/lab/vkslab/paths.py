# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the lab keeps things: binaries in the cache, labs in the state folder. Both places can be set."""

from __future__ import annotations

import os
from pathlib import Path

#: tests/lab
LAB_SOURCE = Path(__file__).resolve().parent.parent
GO_MODULES = LAB_SOURCE / "go"
MANIFESTS = Path(__file__).resolve().parent / "manifests"


def cache() -> Path:
    return _place("VKS_LAB_CACHE", "XDG_CACHE_HOME", ".cache")


def labs() -> Path:
    return _place("VKS_LAB_STATE", "XDG_STATE_HOME", ".local/state")


def _place(own: str, xdg: str, below_home: str) -> Path:
    if os.environ.get(own):
        return Path(os.environ[own]).expanduser().resolve()
    base = Path(os.environ[xdg]) if os.environ.get(xdg) else Path.home() / below_home
    return base.resolve() / "vks-bigip-lab"
