# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A warm interpreter: a Python that has its libraries imported already, and forks in a few milliseconds.

Ansible starts a Python for each module. Of the 0.5 to 1 s that this takes, most is the import of `kubernetes`
and `requests`. `Interpreter.path` is a program that Ansible uses like any Python
(`ansible_python_interpreter`). It hands its arguments, variables, folder, umask and standard files to
warm_server.py, which forks; the fork runs the file as a new Python does. The fork imports the code that
Ansible packs into that file (its own and the collection's).
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

LIBRARIES = ("jmespath", "kubernetes.client", "kubernetes.config", "kubernetes.dynamic", "requests", "yaml")
HERE = Path(__file__).resolve().parent


class Interpreter:
    """Use it in a with statement. Its forks run side by side.

    python: the one that forks. imported: the modules that it imports first. environ: the variables with which it imports them.
    """

    def __init__(self, python: Path, environ: Mapping[str, str], imported: Sequence[str] = LIBRARIES) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="warm-")
        self.path = Path(self._folder.name, "python")
        socket = Path(self._folder.name, "socket")
        self.path.write_text(f'#!/bin/sh\nexec {python} -IS {HERE / "warm_client.py"} {socket} "$@"\n')
        self.path.chmod(0o700)
        command = [str(python), str(HERE / "warm_server.py"), str(socket), *imported]
        self._process = subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Interpreter:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", "the interpreter could not import its libraries"
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.communicate()
        self._folder.cleanup()
