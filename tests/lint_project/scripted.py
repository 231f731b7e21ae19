# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the collection's playbooks with a real ansible-playbook and scripted modules: no cluster, no BIG-IP.

Each module of this collection and of kubernetes.core is replaced by one that writes its arguments to a file
and returns the answer in answers.py, with texts that the test replaces. Everything else is the collection's
own: playbooks, roles, filters and action plugins.
"""

from __future__ import annotations

import atexit
import json
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import compiled
from runner import environments
from runner.places import BUILD, ROOT
from support.interpreter import Interpreter

FOLDERS = ("action", "doc_fragments", "filter", "lookup", "module_utils", "plugin_utils")
OTHER = BUILD / "dev" / "ansible_collections" / "kubernetes" / "core"
MODULE = """#!/usr/bin/python
# WANT_JSON
import json, sys
sys.path.insert(0, {tests!r})
import scripted_module
with open(sys.argv[1]) as file:
    arguments = json.load(file)
print(json.dumps(scripted_module.answer({name!r}, arguments, {script!r})))
"""
HELM = """#!/bin/sh
case "$1" in version) echo v3.14.0;; template) cat > /dev/null; cat {rendered};; esac
"""


# Of what ansible-playbook imports, the half that reads no settings.
LIBRARIES = ("ansible.module_utils.basic", "ansible.module_utils.urls", "cryptography.hazmat.primitives.ciphers", "jinja2", "multiprocessing.queues", "yaml")


@cache
def python(environment: str) -> Path:
    """A warm interpreter, which all plays of this process share."""
    warm = Interpreter(environments.make(environment) / "bin" / "python", environments.variables(environment), LIBRARIES)
    atexit.register(warm.__exit__)
    return warm.__enter__().path


class Scripted:
    """The collections in a folder.

    script: `world` of answers.py; `more`, what a module answers beside that, and `texts` (scripted_module.py), both by the module's full name.
    rendered: what the program `helm` prints for a chart.
    """

    def __init__(self, folder: Path, script: Mapping[str, Any], rendered: str = "") -> None:
        self.folder = folder
        self._script, self._calls = folder / "script.json", folder / "calls"
        self._script.write_text(json.dumps({"world": {}, "more": {}, "texts": {}, **script, "calls": str(self._calls)}))
        self.helm = folder / "helm"
        (folder / "rendered.yml").write_text(rendered)
        self.helm.write_text(HELM.format(rendered=folder / "rendered.yml"))
        self.helm.chmod(0o755)
        for name, source in (("vks/bigip", ROOT), ("kubernetes/core", OTHER)):
            self._collection(folder / "ansible_collections" / name, source, name.replace("/", "."))

    def _collection(self, target: Path, source: Path, name: str) -> None:
        (target / "plugins" / "modules").mkdir(parents=True)
        for part in ("galaxy.yml", "MANIFEST.json", "meta", "playbooks", "roles", *(f"plugins/{folder}" for folder in FOLDERS)):
            if (source / part).exists():
                (target / part).symlink_to(source / part)
        for module in (source / "plugins" / "modules").glob("[!_]*.py"):
            text = MODULE.format(tests=str(Path(__file__).parent), name=f"{name}.{module.stem}", script=str(self._script))
            (target / "plugins" / "modules" / module.name).write_text(text)

    def run(self, core: str, playbook: str | Path, *words: str) -> subprocess.CompletedProcess[str]:
        """playbook: the name of a playbook of the collection, or a file."""
        name = environments.CORES[core]
        given = {key: value for key, value in environments.variables(name).items() if not re.match("F5_|K8S_AUTH_|VKS_|ANSIBLE_|KUBECONFIG$", key)}
        home = self.folder / "home" / core
        environ = {
            **given,
            "ANSIBLE_COLLECTIONS_PATH": str(self.folder),
            "ANSIBLE_HOME": str(home),
            "ANSIBLE_REMOTE_TMP": str(home / "tmp"),
            "ANSIBLE_LOCALHOST_WARNING": "False",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
            "ANSIBLE_NOCOLOR": "1",
            "HOME": str(home),
        }
        called = str(playbook) if isinstance(playbook, Path) else f"vks.bigip.{playbook}"
        command = [str(python(name)), str(Path(__file__).with_name("quick_playbook.py")), str(compiled.folder_of(core)), called, *words]
        return subprocess.run(command, env=environ, cwd=self.folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)

    def calls(self, module: str) -> list[dict[str, Any]]:
        """The arguments of each call of a module so far, by its full name."""
        lines = self._calls.read_text().splitlines() if self._calls.exists() else []
        return [arguments for name, arguments in map(json.loads, lines) if name == module]


def tail(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stdout + done.stderr)[-6000:]
