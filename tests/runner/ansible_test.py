# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-test needs around it.

It hands only PATH and HOME on to what it starts, so both are made for it:
* PATH has real Pythons only. ansible-test would take pyenv's shims for Pythons, and they fail without pyenv's variables.
* HOME is .build/home, where its sanity environments are kept. It holds this user's settings of pip, and in the cache a
  stand-in for get-pip.py, which ansible-test would else fetch from a host of its own: the pip wheel installs itself.
"""

from __future__ import annotations

import configparser
import os
import subprocess
from pathlib import Path

from .environments import Environment, follow, make, real_python_folders, say
from .places import BUILD, LOGS

HOME = BUILD / "home"
GET_PIP = {"core-2.16": "23.1.2", "core-2.19": "24.2", "core-2.21": "25.2"}

STAND_IN = """\
import runpy, sys
sys.path.insert(0, {wheel!r})
sys.argv[1:] = ["install"] + [a for a in sys.argv[1:] if a not in ("--no-setuptools", "--no-wheel")]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def environ(environment: Environment) -> dict[str, str]:
    """The variables to run ansible-test of this environment with."""
    folders = [str(environment.path.resolve() / "bin"), str(HOME / "bin"), *map(str, real_python_folders())]
    folders += [folder for folder in os.get_exec_path() if "shims" not in Path(folder).parts and "pyenv" not in folder]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "K8S_AUTH_", "F5_", "PYTEST_"))}
    return {**kept, "HOME": str(HOME), "PATH": os.pathsep.join(folders)}


def prepare() -> None:
    """Fill HOME, once for all cores."""
    _pip_settings()
    shellcheck = HOME / "bin" / "shellcheck"
    shellcheck.parent.mkdir(parents=True, exist_ok=True)
    shellcheck.unlink(missing_ok=True)
    shellcheck.symlink_to(make("tools").path.resolve() / "bin" / "shellcheck")
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    wheels = HOME / "wheels"
    for version in sorted(set(GET_PIP.values())):
        wheel = wheels / f"pip-{version}-py3-none-any.whl"
        if not wheel.exists():
            say(f"Fetching pip {version} for ansible-test")
            LOGS.mkdir(parents=True, exist_ok=True)
            with (LOGS / "setup-get-pip.log").open("w") as output:
                command = [str(make("main").python), "-m", "pip", "download", "--no-deps", "--progress-bar", "off"]
                follow([*command, "--dest", str(wheels), f"pip=={version}"], output, "ansible-test: pip")
        (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(STAND_IN.format(wheel=str(wheel)))


def _pip_settings() -> None:
    """This user's settings of pip, as a file: ansible-test passes no PIP_ variables on."""
    settings = configparser.RawConfigParser()
    settings["global"] = {"disable-pip-version-check": "1"}
    home = Path.home()
    settings.read([home / ".pip" / "pip.conf", home / ".config" / "pip" / "pip.conf", os.environ.get("PIP_CONFIG_FILE", os.devnull)])
    for name, value in os.environ.items():
        if name.startswith("PIP_") and name != "PIP_CONFIG_FILE":
            settings["global"][name.removeprefix("PIP_").lower().replace("_", "-")] = value
    command = [str(make("main").python), "-m", "pip", "cache", "dir"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode == 0:
        settings["global"]["cache-dir"] = answer.stdout.strip()
    path = HOME / ".config" / "pip" / "pip.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        settings.write(file)
