# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's folders: its own files, programs in the cache, labs in the state folder.

The last two can be set.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
#: The folder that holds the package: tests/lab of a checkout, or site-packages.
LAB_SOURCE = _PACKAGE.parent
GO_MODULES = _PACKAGE / "go"
CHARTS = (_PACKAGE / "charts").resolve()
MANIFESTS = _PACKAGE / "manifests"

#: The name of this command, for messages: "vks-lab" if pip installed it, "lab" if the launcher started it.
COMMAND = "vks-lab" if Path(sys.argv[0]).name == "vks-lab" else "lab"


def cache() -> Path:
    return _place("VKS_LAB_CACHE", "XDG_CACHE_HOME", ".cache")


def labs() -> Path:
    return _place("VKS_LAB_STATE", "XDG_STATE_HOME", ".local/state")


def _place(own: str, xdg: str, below_home: str) -> Path:
    if os.environ.get(own):
        return Path(os.environ[own]).expanduser().resolve()
    base = Path(os.environ[xdg]) if os.environ.get(xdg) else Path.home() / below_home
    return base.resolve() / "vks-bigip-lab"
