# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The warm interpreter as a program: `warm_server.py SOCKET MODULE...` imports the modules and serves until its standard input ends."""

from __future__ import annotations

import array
import atexit
import importlib
import marshal
import os
import runpy
import select
import signal
import socket
import sys
import threading
import types

STANDARD = (0, 1, 2)


def serve(path: str, *modules: str) -> None:
    sys.path.pop(0)  # this file's folder
    for module in modules:
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps the forks
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        print("ready", flush=True)
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            client, _address = listener.accept()
            if os.fork() == 0:
                listener.close()
                os._exit(attend(client))
            client.close()


def attend(client: socket.socket) -> int:
    """In a fork for this client: have another one run the file, report how it ended, and end it if the client was ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    files = array.array("i", STANDARD)
    size, ancillary, _flags, _address = client.recvmsg(4, socket.CMSG_SPACE(len(files.tobytes())))
    files = array.array("i", ancillary[0][2])
    asked = client.makefile("rb").read(int.from_bytes(size, "big"))
    worker = os.fork()
    if worker == 0:
        client.close()
        for number, file in zip(STANDARD, files):
            os.dup2(file, number)
            os.close(file)
        run(*marshal.loads(asked))
    ended = os.pidfd_open(worker)
    if ended in select.select([client.fileno(), ended], [], [])[0]:
        status = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
        client.sendall(bytes([status if status >= 0 else 128 - status]))
    else:
        os.kill(worker, signal.SIGTERM)
    return 0


def run(arguments: list[str], environ: dict[str, str], folder: str, umask: int) -> None:
    """Run a file as a new Python does, from the start to the end of the interpreter."""
    os.umask(umask)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv[:] = arguments or [""]
    sys.path.insert(0, os.path.dirname(os.path.realpath(arguments[0])) if arguments else "")
    sys.stdin, sys.stdout, sys.stderr = open(0, closefd=False), open(1, "w", closefd=False), open(2, "w", buffering=1, closefd=False)
    status = 0
    try:
        if arguments:
            runpy.run_path(arguments[0], run_name="__main__")
        else:
            main = sys.modules["__main__"] = types.ModuleType("__main__")
            exec(compile(sys.stdin.buffer.read(), "<stdin>", "exec"), main.__dict__)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 1
    finally:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()  # temporary files, such as those with keys that the Kubernetes client makes
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    serve(*sys.argv[1:])
