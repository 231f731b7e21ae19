# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX starts them: ansible-runner with a private data directory, as awx/main/tasks/jobs.py makes it.

The project is the tarball of the collection. The collection is installed where an execution environment has it.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from runner import environments
from support import awx_objects, galaxy, tree
from support.awx_fields import answers

HIDDEN = ("ANSIBLE_", "F5_", "K8S_AUTH_", "KUBECONFIG", "LAB_", "PYTHON", "VKS_")
"""The beginnings of variables that a job does not get from the machine."""


PROMPTS = (
    *(r"Enter passphrase for .*:\s*?$", r"Bad passphrase, try again for .*:\s*?$", r"sudo password.*:\s*?$", r"BECOME password.*:\s*?$"),
    *(r"SSH password:\s*?$", r"Password:\s*?$", r"Vault password:\s*?$"),
)
"""RunJob.get_password_prompts. ansible-runner answers these, here with nothing."""

COLOR = re.compile(r"\x1b\[[0-9;]*m")
"""ansible-runner gives Ansible a terminal."""


class _Unsafe(yaml.SafeDumper):
    """Writes each text as !unsafe, as AWX does with what a person enters."""

    def represent_data(self, data: Any) -> Any:
        return self.represent_scalar("!unsafe", data) if isinstance(data, str) else super().represent_data(data)


class Jobs:
    """folder: an empty one. tarball: of the collection. hosts: the variables of each host. variables: those of the credentials."""

    def __init__(self, folder: Path, tarball: Path, hosts: Mapping[str, Mapping[str, Any]], variables: Mapping[str, str]) -> None:
        self._folder, self._tarball = folder, tarball
        self._collections = folder / "collections"
        galaxy.install(tarball, self._collections)
        (self._collections / "ansible_collections" / "kubernetes").symlink_to(tree.others() / "ansible_collections" / "kubernetes")
        self._variables = variables
        self._objects = awx_objects.templated({"vks_awx_clusters": [{"name": name, "variables": given} for name, given in hosts.items()]})
        self._number = 0

    def start(self, name: str, given: Mapping[str, Any], fails: bool = False) -> str:
        """The output of a job of this template. given: the answers of the survey, and prompted variables."""
        (template,) = [one for one in self._objects["controller_templates"] if one["name"] == f"vks.bigip {name}"]
        answers({"diff_mode": False, **template}, dict(given))
        self._number += 1
        private = self._folder / str(self._number)
        self._write(private, template, given)
        runner = [environments.make("controller") / "bin" / "ansible-runner", "run", private, "--playbook", template["playbook"], "--ident", str(self._number)]
        done = subprocess.run(runner, env=self._environ(), cwd=private, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        artifacts = private / "artifacts" / str(self._number)
        output = COLOR.sub("", (artifacts / "stdout").read_text())
        assert (artifacts / "rc").read_text() == ("2" if fails else "0"), output + done.stderr
        return output

    def _write(self, private: Path, template: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        """The private data directory, with the names and the modes of AWX."""
        for name in ("env", "inventory", "project", "cp"):
            (private / name).mkdir(mode=0o700, parents=True)
        with tarfile.open(self._tarball) as archive:
            archive.extractall(private / "project", filter="data")
        trusted = dict(template["extra_vars"])
        entered = {**given, "awx_job_id": self._number, "awx_user_name": "{{ 'operator' }}"}
        parts = [yaml.safe_dump({name: value for name, value in trusted.items() if name not in entered}), yaml.dump(entered, Dumper=_Unsafe)]
        words = [*(["--check"] if template["job_type"] == "check" else []), "-u", "root", *(["--diff"] if template.get("diff_mode") else [])]
        files = {
            "env/extravars": "".join(parts),
            "env/cmdline": shlex.join(words),
            "env/passwords": json.dumps(dict.fromkeys(PROMPTS, "")),
            "env/settings": json.dumps({"job_timeout": 0, "suppress_ansible_output": True}),
            "env/envvars": json.dumps({**self._variables, **self._settings(private)}),
            "inventory/hosts": f"#! /usr/bin/env python3\n# -*- coding: utf-8 -*-\nprint({json.dumps(self._inventory())!r})\n",
        }
        for name, text in files.items():
            (private / name).write_text(text)
            (private / name).chmod(0o700 if name == "inventory/hosts" else 0o600)

    def _settings(self, private: Path) -> dict[str, str]:
        folders = [str(private / "requirements_collections"), str(self._collections)]
        return {
            "ANSIBLE_COLLECTIONS_PATH": ":".join(folders),
            "ANSIBLE_RETRY_FILES_ENABLED": "False",
            "ANSIBLE_FORCE_COLOR": "False",
            "ANSIBLE_HOME": str(private / "home"),
            "AWX_PRIVATE_DATA_DIR": str(private),
            "JOB_ID": str(self._number),
        }

    def _inventory(self) -> dict[str, Any]:
        """The output of AWX's inventory script."""
        (inventory,) = self._objects["controller_inventories"]
        hosts = {host["name"]: host.get("variables", {}) for host in self._objects["controller_hosts"]}
        shown = {name: {**given, "remote_tower_enabled": "true", "remote_tower_id": number} for number, (name, given) in enumerate(hosts.items(), 1)}
        return {"all": {"hosts": [*hosts], "vars": inventory["variables"]}, "_meta": {"hostvars": shown}}

    def _environ(self) -> dict[str, str]:
        kept = {name: value for name, value in environments.variables("controller").items() if not name.startswith(HIDDEN)}
        return {**kept, "HOME": str(self._folder)}
