# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder examples/ as a user copies it: with an empty HOME, the collection from its tarball, and the commands of its README."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from runner import environments
from support.comments import MERGE_REQUEST, TOKEN, Comments
from support.pipelines import EXAMPLES, Job, venv

from .site import Site

PASSWORD = "password-of-the-vault"
CLUSTERS = ("staging", "production")


class Example:
    """A copy of the folder, and the shell of its user. Both clusters are the lab's one."""

    def __init__(self, site: Site, folder: Path, galaxy: str) -> None:
        self._site = site
        self.folder = folder / "bigip"
        self._bin, home = folder / "bin", folder / "home"
        for made in (self._bin, home, folder / "tmp"):
            made.mkdir()
        shutil.copytree(EXAMPLES, self.folder)
        main = environments.make("main")
        self._environ = {
            "HOME": str(home),
            "PATH": os.pathsep.join([str(self._bin), str(main / "bin"), os.defpath]),
            "TMPDIR": str(folder / "tmp"),
            "LANG": "C.UTF-8",
            "ANSIBLE_GALAXY_SERVER": galaxy,
            "EDITOR": str(self._bin / "editor"),
        }
        own = site.variables()
        self._program("kubectl", f"KUBECONFIG={shlex.quote(own['K8S_AUTH_KUBECONFIG'])} exec {shlex.quote(own['LAB_KUBECTL'])} \"$@\"")
        # pip checks that the requirements are in this environment, without a network.
        uv = environments.make("uv") / "bin" / "uv"
        self._program("pip", f'command=$1; shift; exec {uv} pip "$command" --dry-run --no-index --python {main} "$@"')
        # A job on GitHub makes a venv. It has that pip, and the programs of this environment.
        (self._bin / "python").write_text(venv([self._bin / "pip", *sorted((main / "bin").glob("ansible*"))], main / "bin" / "python"))
        (self._bin / "python").chmod(0o755)

    def _program(self, name: str, script: str) -> None:
        program = self._bin / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    # -- the user's work

    def commands(self) -> list[str]:
        """The blocks of the README that a user runs in the folder, without the one for GitLab's API."""
        text = (self.folder / "README.md").read_text()
        return [block for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL) if "MAINTAINER_TOKEN" not in block]

    def shell(self, script: str, fails: bool = False) -> str:
        """The output of commands."""
        words = ["bash", "-eo", "pipefail", "-c", script]
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        done = subprocess.run(words, cwd=self.folder, env=self._environ, check=False, **pipes)
        assert bool(done.returncode) == fails, done.stdout
        return done.stdout

    def set_up(self) -> None:
        """The chapter `Set up`, with the addresses and secrets of the lab."""
        install, access, vault = self.commands()[:3]
        self.shell(install)
        token = self.shell(access).splitlines()[-1]
        self.shell(access.replace("staging", "production"))
        own = self._site.variables()
        shutil.copy(own["F5_CA_CERT"], self.folder / "pki" / "bigip.pem")
        bigip = {"bigip.example.com": own["F5_SERVER"], "server_port: 443": f"server_port: {own['F5_SERVER_PORT']}"}
        self._replace("inventory/group_vars/all/main.yml", bigip)
        server = yaml.safe_load(self._site.kubeconfig().read_text())["clusters"][0]["cluster"]["server"]
        for cluster in CLUSTERS:
            self._replace(f"inventory/host_vars/{cluster}/main.yml", {f"https://{cluster}.example.com:6443": server})
        with (self.folder / "inventory/group_vars/all/main.yml").open("a") as file:
            file.write(f"publish_requests_proxy: {self._site.proxy()}\n")  # to the lab's virtual addresses
        (self.folder / ".vault-password").write_text(f"{PASSWORD}\n")
        secrets = {"user: admin": f"user: {own['F5_USER']}", "password: change-me": f"password: {own['F5_PASSWORD']}"}
        secrets["api_key: change-me"] = f"api_key: {token}"
        edits = " ".join(f"-e {shlex.quote(f's|{word}|{ours}|')}" for word, ours in secrets.items())
        self._program("editor", f'exec sed -i {edits} "$@"')
        self.shell(vault)
        self._environ["ANSIBLE_VAULT_PASSWORD_FILE"] = str(self.folder / ".vault-password")  # as that block exports it

    def _replace(self, name: str, words: dict[str, str]) -> None:
        file = self.folder / name
        text = file.read_text()
        for word, ours in words.items():
            assert word in text, f"{word} is not in {name}"
            text = text.replace(word, ours)
        file.write_text(text)

    def warm(self) -> None:
        """From now on, modules start in a warm interpreter of the tests. README's commands run without it."""
        file = self.folder / "inventory/group_vars/all/main.yml"
        line = f"ansible_python_interpreter: {self._site.warm()}\n"
        if line not in file.read_text():
            file.write_text(f"{file.read_text()}{line}".replace('ansible_python_interpreter: "{{ ansible_playbook_python }}"\n', ""))

    # -- the pipelines

    def job(self, comments: Comments, name: str, token: str = TOKEN) -> tuple[int, str]:
        """The status and the output of a job. token: the one that writes the comment."""
        environ = {name: value for name, value in self._environ.items() if not name.startswith("ANSIBLE_VAULT")} | comments.variables()
        expressions = {"secrets.VAULT_PASSWORD": PASSWORD, "github.token": token, "github.event.number": str(MERGE_REQUEST)}
        if comments.place == "gitlab":
            password = self.folder.parent / "tmp" / "variable"
            password.write_text(PASSWORD)
            environ |= {"COMMENT_TOKEN": token, "ANSIBLE_VAULT_PASSWORD_FILE": str(password)}
        (self.folder / "check.txt").unlink(missing_ok=True)
        return Job(comments.place, name).run(self.folder, environ, expressions)

    def hide_password(self) -> None:
        """A pipeline has no file that git ignores."""
        (self.folder / ".vault-password").unlink(missing_ok=True)


def changed(output: str) -> dict[str, int]:
    """The number of changed tasks of each cluster."""
    return {host: int(number) for host, number in re.findall(r"^(\S+)\s+: ok=\d+\s+changed=(\d+)", output, re.MULTILINE)}
