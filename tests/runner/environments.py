# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments, made once and keyed by what is in them.

`.build/env/NAME` is a link to `.build/env/NAME-KEY`, where KEY is a hash of the requirements and of the Python.
An environment counts only when its last act, the file `complete`, was written: an interrupted one is made again.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Iterator, TextIO

from .places import BUILD, ENVIRONMENTS, LAB, LOGS, REQUIREMENTS, ROOT


class SetupError(Exception):
    """Something that a person has to put right before anything can run."""


@dataclass(frozen=True)
class Environment:
    name: str
    pythons: tuple[str, ...]  # minor versions that will do, the best first

    @property
    def path(self) -> Path:
        return ENVIRONMENTS / self.name

    @property
    def python(self) -> Path:
        return self.path / "bin" / "python"

    @property
    def version(self) -> str:
        """The Python that it was made with, as 3.12."""
        (library,) = self.path.glob("lib/python3.*")
        return library.name.removeprefix("python")

    @property
    def requirements(self) -> Path:
        return REQUIREMENTS / f"{self.name}.txt"


# The cores spread over the Pythons that the collection supports, so that each of them runs the unit tests.
TABLE = {
    environment.name: environment
    for environment in (
        Environment("main", ("3.12", "3.11", "3.13")),
        Environment("tools", ("3.12", "3.13", "3.14")),
        Environment("molecule", ("3.12", "3.11", "3.13")),
        Environment("core-2.16", ("3.10", "3.11", "3.12")),
        Environment("core-2.19", ("3.11", "3.12", "3.13")),
        Environment("core-2.21", ("3.13", "3.12", "3.14")),
    )
}


def make(name: str) -> Environment:
    """The environment, made if it is not there yet."""
    environment = TABLE[name]
    python = find_python(environment.pythons)
    key = _key(environment, python)
    target = ENVIRONMENTS / f"{name}-{key}"
    ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    with _lock(ENVIRONMENTS / f".{name}.lock"):
        if not (target / "complete").exists():
            _build(environment, python, target)
        link = ENVIRONMENTS / f".{name}.new"
        link.unlink(missing_ok=True)
        link.symlink_to(target.name)
        link.replace(environment.path)
    return environment


def find_python(versions: tuple[str, ...]) -> Path:
    """The first of these versions that really runs: in the PATH, or among pyenv's versions."""
    for version in versions:
        for candidate in _candidates(version):
            if _answers(candidate, version):
                return candidate
    raise SetupError(
        f"No Python {' or '.join(versions)} was found in the PATH or among pyenv's versions. "
        f"Install one, for example with: pyenv install {versions[0]}"
    )


def real_python_folders() -> list[Path]:
    """The folders of all Pythons that run, without pyenv's shims: ansible-test takes a shim for a Python and fails."""
    folders = []
    for minor in range(8, 16):
        for candidate in _candidates(f"3.{minor}"):
            if _answers(candidate, f"3.{minor}"):
                folders.append(candidate.parent)
                break
    return folders


def _candidates(version: str) -> Iterator[Path]:
    for root in _pyenv_roots():
        yield from sorted(root.glob(f"versions/{version}.*/bin/python{version}"), reverse=True)
    for folder in os.get_exec_path():
        if Path(folder).name != "shims":
            yield Path(folder, f"python{version}")


@cache
def _pyenv_roots() -> list[Path]:
    """Where pyenv may keep its Pythons: as it says itself, and beside the shims in the PATH if HOME is not its owner's."""
    roots = [os.environ.get("PYENV_ROOT", "")]
    if shutil.which("pyenv") is not None:
        roots.append(subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False).stdout.strip())
    roots += [str(Path(folder).parent) for folder in os.get_exec_path() if Path(folder).name == "shims"]
    return [Path(root) for root in dict.fromkeys(roots) if root and Path(root, "versions").is_dir()]


def _answers(python: Path, version: str) -> bool:
    if not os.access(python, os.X_OK):
        return False
    code = "import ensurepip, ssl, sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.strip() == version


def _key(environment: Environment, python: Path) -> str:
    digest = hashlib.sha256(str(python.resolve()).encode())
    for file in _files(environment.requirements):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _files(requirements: Path) -> Iterator[Path]:
    """A requirements file and those that it names with -r."""
    yield requirements
    for name in re.findall(r"^-r\s+(\S+)", requirements.read_text(), re.MULTILINE):
        yield from _files(requirements.parent / name)


def _build(environment: Environment, python: Path, target: Path) -> None:
    log = LOGS / f"setup-{environment.name}.log"
    for old in ENVIRONMENTS.glob(f"{environment.name}-*"):
        shutil.rmtree(old)
    version = python.name.removeprefix("python")
    say(f"Making the environment {environment.name} (Python {version}); log: {log.relative_to(ROOT)}")
    started = time.monotonic()
    with log.open("w") as output:
        follow([str(python), "-m", "venv", str(target)], output, f"{environment.name}: venv")
        install = [str(target / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
        follow([*install, "-r", str(environment.requirements)], output, f"{environment.name}: packages")
    (target / "complete").touch()
    say(f"Made the environment {environment.name} in {time.monotonic() - started:.0f} s")


def make_lab() -> None:
    """Build the lab's binaries, unless they are there: the launcher knows, and shows its own progress."""
    environment = make("main")
    # Its progress goes to stderr; what it prints is the place of the binaries.
    if subprocess.run([str(LAB), "build"], env=with_path(environment), stdout=subprocess.DEVNULL, check=False).returncode:
        raise SetupError("The lab's binaries could not be built; what went wrong is said above.")


def with_path(environment: Environment) -> dict[str, str]:
    """This process's environment with the virtual environment first in its PATH; what Ansible and kubectl keep stays in .build."""
    ansible = BUILD / "home" / ".ansible"
    return {
        **os.environ,
        "PATH": f"{environment.path / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "VIRTUAL_ENV": str(environment.path),
        "ANSIBLE_HOME": str(ansible),
        "ANSIBLE_REMOTE_TMP": str(ansible / "tmp"),
        "KUBECACHEDIR": str(BUILD / "kube-cache"),
    }


def follow(command: list[str], output: TextIO, what: str) -> None:
    """Run a command into a log; say every 20 seconds that it still runs, and the end of the log if it fails."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        while True:
            try:
                status = process.wait(timeout=20)
                break
            except subprocess.TimeoutExpired:
                say(f"  {what}: {time.monotonic() - started:.0f} s so far")
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if status:
        lines = Path(output.name).read_text(errors="replace").splitlines()[-25:]
        raise SetupError("\n".join([f"{what} failed with status {status}; the end of {output.name}:", *lines]))


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
