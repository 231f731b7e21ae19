# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A warm interpreter: it has imported a module of the collection, and forks for each run in a few milliseconds.

Ansible starts a Python for each module, which takes 0.5 to 1 s. A fork runs the same main() with the same arguments on
standard input, prints the same JSON, and leaves nothing behind for the next run. A client writes the arguments to a Unix
socket and ends its half; the socket is standard input and output of the fork, so what the module prints comes back.

As a program (`python warm.py SOCKET MODULE real|counted`) this file is the interpreter. `Warm` starts it and talks to it.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

COLLECTION = "ansible_collections.vks.bigip.plugins"


class Warm:
    """Use it in a with statement. `run` may be called from several threads at once: each run is a fork of its own.

    patience: seconds that a run may take. counted: the module's clock is a `CountedClock`.
    """

    def __init__(self, module: str, environ: Mapping[str, str], patience: float, counted: bool = False) -> None:
        self._patience = patience
        self._folder = tempfile.TemporaryDirectory()
        self._path = str(Path(self._folder.name, "socket"))
        command = ["python", __file__, self._path, module, "counted" if counted else "real"]
        self._process = subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Warm:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", "the interpreter could not import the module"
        return self

    def run(self, arguments: Mapping[str, Any]) -> tuple[str, float]:
        """All that the module prints, its result being the last line; and how long it took by its own clock."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(self._patience)
            connection.connect(self._path)
            connection.sendall(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
            connection.shutdown(socket.SHUT_WR)
            output, _newline, seconds = b"".join(iter(lambda: connection.recv(65536), b"")).decode().rpartition("\n")
            return output, float(seconds)

    def __exit__(self, *exc: object) -> None:
        self._process.communicate()
        self._folder.cleanup()


class CountedClock:
    """A clock on which work takes no time: it counts pauses, and waits for an answer that did not come.

    So a module's timeout ends after the same pauses on every machine. A pause takes a twentieth of its time.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._pause = time.sleep
        self._read = socket.SocketIO.readinto

    def install(self) -> None:
        time.monotonic = lambda: self._now
        time.sleep = self._sleep  # type: ignore[assignment]
        clock = self

        def readinto(stream: socket.SocketIO, buffer: Any) -> int | None:
            try:
                return clock._read(stream, buffer)
            except TimeoutError:
                clock._now += stream._sock.gettimeout()  # type: ignore[attr-defined]
                raise

        socket.SocketIO.readinto = readinto  # type: ignore[assignment, method-assign]

    def _sleep(self, seconds: float) -> None:
        self._now += seconds
        self._pause(seconds / 20)


def serve(path: str, module: str, clock: str) -> None:
    sys.argv = sys.argv[:1]  # a module would take the next word for a file of arguments
    if clock == "counted":
        CountedClock().install()
    main = importlib.import_module(f"{COLLECTION}.modules.{module}").main
    libraries = importlib.import_module(f"{COLLECTION}.module_utils")
    for library in pkgutil.walk_packages(libraries.__path__, f"{libraries.__name__}."):
        importlib.import_module(library.name)
    importlib.import_module("kubernetes.client")
    importlib.import_module("kubernetes.config")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps the forks
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(16)
        print("ready", flush=True)
        # Standard input ends with the process that started this one.
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            connection, _address = listener.accept()
            if os.fork() == 0:
                listener.close()
                run(main, connection)
            connection.close()


def run(main: Any, connection: socket.socket) -> None:
    """In the fork: what Ansible's start of a module and the end of the interpreter do, without its slow clean-up."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in (0, 1, 2):
        os.dup2(connection.fileno(), number)
    connection.close()
    began = time.monotonic()
    try:
        main()
    except SystemExit:
        pass
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        atexit._run_exitfuncs()  # files with keys that the Kubernetes client made
        print(f"\n{time.monotonic() - began}", end="", flush=True)
        os._exit(0)


if __name__ == "__main__":
    serve(*sys.argv[1:])
