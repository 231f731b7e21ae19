# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A warm interpreter: it has imported a module of the collection, and forks for each run in a few milliseconds.

Ansible starts a Python for each module, which takes 0.5 to 1 s. A fork runs the same main() with the same arguments on
standard input, prints the same JSON, and leaves nothing behind for the next run. A client writes the arguments to a Unix
socket and ends its half; the socket is standard input and output of the fork, so what the module prints comes back.

As a program (`python warm.py SOCKET MODULE`) this file is the interpreter. `Warm` starts it and talks to it.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Mapping

COLLECTION = "ansible_collections.vks.bigip.plugins"


class Warm:
    """`run` may be called from several threads at once: each run is a fork of its own."""

    def __init__(self, module: str, environ: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._path = str(Path(self._folder.name, "socket"))
        self._process = subprocess.Popen(["python", __file__, self._path, module], env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", f"the interpreter could not import {module}"

    def run(self, arguments: Mapping[str, Any]) -> str:
        """All that the module prints; its result is the last line."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self._path)
            connection.sendall(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode()

    def end(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()


def serve(path: str, module: str) -> None:
    main = importlib.import_module(f"{COLLECTION}.modules.{module}").main
    libraries = importlib.import_module(f"{COLLECTION}.module_utils")
    for library in pkgutil.walk_packages(libraries.__path__, f"{libraries.__name__}."):
        importlib.import_module(library.name)
    importlib.import_module("kubernetes.client")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps the forks
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(16)
        print("ready", flush=True)
        while True:
            connection, _address = listener.accept()
            if os.fork() == 0:
                listener.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for number in (0, 1, 2):
                    os.dup2(connection.fileno(), number)
                connection.close()
                main()
                raise AssertionError("the module ended without a result")
            connection.close()


if __name__ == "__main__":
    serve(*sys.argv[1:])
