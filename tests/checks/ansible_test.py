# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PATH and the HOME of ansible-test, which hands no other variable on to what it starts.

* PATH has real Pythons only: pyenv's shims look like Pythons, and fail without pyenv's variables.
* HOME is .build/home, where ansible-test keeps its environments for sanity. It has this user's settings of
  pip, and in ansible-test's cache a stand-in for get-pip.py, which ansible-test otherwise downloads from its
  own host.
"""

from __future__ import annotations

import configparser
import os
from functools import cache

from runner.environments import lock, make, pip, pip_settings, real_folders
from runner.places import BUILD

HOME = BUILD / "home"
GET_PIP = ("23.1.2", "24.2", "25.2")  # the versions that the ansible-core versions require

STAND_IN = """\
import runpy, sys
sys.path.insert(0, {wheel!r})
sys.argv[1:] = ["install"] + [a for a in sys.argv[1:] if a not in ("--no-setuptools", "--no-wheel")]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def variables(environment: str) -> dict[str, str]:
    _prepare()
    folders = [str(make(environment) / "bin"), *real_folders(), str(make("core-2.21") / "bin")]  # the last one for shellcheck
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "K8S_AUTH_", "F5_", "PYTEST_", "PYTHON"))}
    return {**kept, "HOME": str(HOME), "PATH": os.pathsep.join(folders)}


@cache
def _prepare() -> None:
    cache_folder = HOME / ".ansible" / "test" / "cache"
    with lock("ansible-test"):
        settings = configparser.RawConfigParser()
        settings["global"] = {"disable-pip-version-check": "1", "cache-dir": pip("cache", "dir"), **pip_settings()}
        for folder in (cache_folder, HOME / ".config" / "pip"):
            folder.mkdir(parents=True, exist_ok=True)
        with (HOME / ".config" / "pip" / "pip.conf").open("w") as file:
            settings.write(file)
        for version in GET_PIP:
            wheel = HOME / "wheels" / f"pip-{version}-py3-none-any.whl"
            if not wheel.exists():
                pip("download", "--no-deps", "--dest", str(wheel.parent), f"pip=={version}")
            (cache_folder / f"get_pip_{version.replace('.', '_')}.py").write_text(STAND_IN.format(wheel=str(wheel)))
