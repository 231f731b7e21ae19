# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of playbooks/vars/awx, as Ansible templates them for given settings."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from runner.places import ROOT

FILES = sorted((ROOT / "playbooks" / "vars" / "awx").glob("*.yml"))
LISTS = re.compile("(controller|eda)_[a-z_]+$")


class _Loader(yaml.SafeLoader):
    """Reads `!unsafe` as text."""


def _text(loader: Any, node: Any) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("!unsafe", _text)


def lists() -> list[str]:
    """The names of the lists of objects."""
    return [name for file in FILES for name in yaml.load(file.read_text(), _Loader) if LISTS.match(name)]


def templated(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Each list of objects."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "objects.json")
        content = "{{ dict(names | zip(names | map('extract', vars))) | to_json }}"
        task = {"name": "Write the objects", "ansible.builtin.copy": {"content": content, "dest": str(target), "mode": "0600"}}
        play = {"hosts": "localhost", "gather_facts": False, "connection": "local", "vars_files": [str(file) for file in FILES], "tasks": [task]}
        play["vars"] = {"ansible_python_interpreter": sys.executable, "names": lists()}
        Path(folder, "play.yml").write_text(json.dumps([play]))
        Path(folder, "settings.json").write_text(json.dumps(settings))
        variables = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        command = [sys.executable, "-m", "ansible", "playbook", "play.yml", "-e", "@settings.json"]
        done = subprocess.run(command, cwd=folder, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(json.loads(target.read_text()))
