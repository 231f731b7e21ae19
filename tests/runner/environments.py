# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments, made by uv from the locked requirements in tests/requirements.

`.build/env/NAME` is a link to `.build/env/NAME-KEY`, where KEY is a hash of the lock file and the Python. An environment
without the file `complete` is the rest of an interrupted run, and is made again.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TextIO

from .places import BUILD, ENVIRONMENTS, LAB, LOGS, REQUIREMENTS

# The Python versions that will do, the best first. Together they cover each Python that the collection supports.
TABLE = {
    "uv": ("3.12", "3.13", "3.11", "3.10"),
    "main": ("3.12", "3.11", "3.13"),
    "core-2.16": ("3.10", "3.11", "3.12"),
    "core-2.18": ("3.11", "3.12", "3.13"),
    "core-2.20": ("3.12", "3.13", "3.14"),
    "core-2.21": ("3.13", "3.12", "3.14"),
}
CORES = {"2.16": "core-2.16", "2.18": "core-2.18", "2.19": "main", "2.20": "core-2.20", "2.21": "core-2.21"}


class SetupError(Exception):
    """A person must correct something before a check can run."""


@cache
def make(name: str) -> Path:
    """The folder of an environment; made if it is missing. `uv` is one too."""
    return _make(name, TABLE[name], _bootstrap if name == "uv" else _install)


def _install(python: Path, target: Path, lock: Path, output: TextIO) -> None:
    uv, environ = make("uv") / "bin" / "uv", os.environ | uv_settings()
    for words in (["venv", "--python", str(python), str(target)], ["pip", "sync", "--python", str(target / "bin" / "python"), "--require-hashes", str(lock)]):
        follow([str(uv), *words], output, environ)


def _bootstrap(python: Path, target: Path, lock: Path, output: TextIO) -> None:
    follow([str(python), "-m", "venv", str(target)], output)
    follow([str(target / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "-r", str(lock)], output)


def _make(name: str, versions: tuple[str, ...], install: Callable[[Path, Path, Path, TextIO], None]) -> Path:
    python, locked = find_python(versions), REQUIREMENTS / f"{name}.txt"
    key = hashlib.sha256(str(python.resolve()).encode() + locked.read_bytes()).hexdigest()[:12]
    target, link = ENVIRONMENTS / f"{name}-{key}", ENVIRONMENTS / name
    with lock(name):
        if not (target / "complete").exists():
            for old in ENVIRONMENTS.glob(f"{name}-*"):
                shutil.rmtree(old)
            started = time.monotonic()
            with (LOGS / f"setup-{name}.log").open("w") as output:
                install(python, target, locked, output)
            (target / "complete").touch()
            say(f"Made the environment {name} ({python.name}) in {time.monotonic() - started:.0f} s")
        if not link.is_symlink() or link.resolve() != target.resolve():
            link.unlink(missing_ok=True)
            link.symlink_to(target.name)
    return link


@contextmanager
def lock(name: str) -> Iterator[None]:
    """One process at a time makes what has this name."""
    for folder in (ENVIRONMENTS, LOGS):
        folder.mkdir(parents=True, exist_ok=True)
    with (ENVIRONMENTS / f".{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def uv_settings() -> dict[str, str]:
    """This user's settings of pip, as uv's: uv reads neither pip.conf nor PIP_ variables."""
    answer = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    pip = {key.split(".")[-1]: value.strip("'") for key, _is, value in (line.partition("=") for line in answer.stdout.splitlines())}
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS", "cert": "SSL_CERT_FILE", "trusted-host": "UV_INSECURE_HOST"}
    return {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_CONFIG": "1", **{names[key]: value for key, value in pip.items() if key in names}}


def find_python(versions: tuple[str, ...]) -> Path:
    """The first of these versions that runs: in pyenv's folders or on the PATH, where pyenv's shims do not count."""
    for version in versions:
        for folder in real_folders():
            python = Path(folder, f"python{version}")
            check = [str(python), "-c", f"import ensurepip, ssl, sys; sys.exit(sys.version_info[:2] != ({version.replace('.', ',')}))"]
            if os.access(python, os.X_OK) and subprocess.run(check, capture_output=True, check=False).returncode == 0:
                return python
    raise SetupError(f"No Python {' or '.join(versions)} on the PATH or among pyenv's versions. Install one, for example: pyenv install {versions[0]}")


@cache
def real_folders() -> list[str]:
    """The PATH without pyenv's shims, which answer for a Python and then fail; the folders of pyenv's Pythons instead."""
    shims = [Path(folder) for folder in os.get_exec_path() if Path(folder).name == "shims"]
    roots = dict.fromkeys([*filter(None, [os.environ.get("PYENV_ROOT")]), *(str(folder.parent) for folder in shims)])
    pythons = [str(folder) for root in roots for folder in sorted(Path(root).glob("versions/3.*/bin"), reverse=True)]
    return [*pythons, *(folder for folder in os.get_exec_path() if Path(folder) not in shims)]


def version(name: str) -> str:
    """The Python of an environment, as 3.12."""
    (library,) = make(name).glob("lib/python3.*")
    return library.name.removeprefix("python")


def make_lab() -> None:
    """Build the lab's programs if they are missing. The launcher shows its progress on stderr, and prints where they are."""
    if subprocess.run([str(LAB), "build"], env=variables("main"), stdout=subprocess.DEVNULL, check=False).returncode:
        raise SetupError("The lab's programs could not be built; the reason is above.")


def variables(name: str) -> dict[str, str]:
    """This process's variables with an environment first on the PATH. What Ansible and kubectl keep stays in .build."""
    folder, ansible = make(name), BUILD / "home" / ".ansible"
    return {
        **os.environ,
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "VIRTUAL_ENV": str(folder),
        "ANSIBLE_HOME": str(ansible),
        "ANSIBLE_REMOTE_TMP": str(ansible / "tmp"),
        "KUBECACHEDIR": str(BUILD / "kube-cache"),
    }


def follow(command: list[str], output: TextIO, environ: Mapping[str, str] | None = None) -> None:
    """Run a command into a log, whose end is the error if it fails."""
    if subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environ, check=False).returncode:
        raise SetupError("\n".join([f"{' '.join(command)} failed; the end of {output.name}:", *Path(output.name).read_text(errors="replace").splitlines()[-25:]]))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
