# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PATH and the HOME of ansible-test, which hands no other variable on to what it starts.

* PATH has real Pythons only: pyenv's shims look like Pythons, and fail without pyenv's variables.
* HOME is .build/home, where ansible-test keeps its environments for sanity. It has this user's settings of pip, and in
  ansible-test's cache a stand-in for get-pip.py, which ansible-test fetches from a host of its own otherwise.
"""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
from functools import cache

from .environments import follow, lock, make, real_folders
from .places import BUILD, LOGS

HOME = BUILD / "home"
GET_PIP = ("23.1.2", "24.2", "25.2")  # the versions that the ansible-core versions ask for

STAND_IN = """\
import runpy, sys
sys.path.insert(0, {wheel!r})
sys.argv[1:] = ["install"] + [a for a in sys.argv[1:] if a not in ("--no-setuptools", "--no-wheel")]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def variables(environment: str) -> dict[str, str]:
    _prepare()
    folders = [str(make(environment).resolve() / "bin"), str(HOME / "bin"), *real_folders()]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "K8S_AUTH_", "F5_", "PYTEST_", "PYTHON"))}
    return {**kept, "HOME": str(HOME), "PATH": os.pathsep.join(folders)}


@cache
def _prepare() -> None:
    with lock("ansible-test"):
        settings = configparser.RawConfigParser()
        answer = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
        pairs = (line.partition("=") for line in answer.stdout.splitlines())
        settings["global"] = {key.split(".")[-1]: value.strip("'") for key, _is, value in pairs} | {"disable-pip-version-check": "1"}
        cached = subprocess.run([sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=False)
        settings["global"]["cache-dir"] = cached.stdout.strip()
        for folder in (HOME / "bin", HOME / ".config" / "pip", HOME / ".ansible" / "test" / "cache"):
            folder.mkdir(parents=True, exist_ok=True)
        with (HOME / ".config" / "pip" / "pip.conf").open("w") as file:
            settings.write(file)
        shellcheck = HOME / "bin" / "shellcheck"
        shellcheck.unlink(missing_ok=True)
        shellcheck.symlink_to(make("core-2.21").resolve() / "bin" / "shellcheck")
        for version in GET_PIP:
            wheel = HOME / "wheels" / f"pip-{version}-py3-none-any.whl"
            if not wheel.exists():
                with (LOGS / "setup-get-pip.log").open("w") as output:
                    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(wheel.parent), f"pip=={version}"]
                    follow(command, output)
            (HOME / ".ansible" / "test" / "cache" / f"get_pip_{version.replace('.', '_')}.py").write_text(STAND_IN.format(wheel=str(wheel)))
