# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments, made by uv from the locked requirements in tests/requirements.

The file `complete` in `.build/env/NAME` holds a hash of the lock file. An environment with another one, or with none because
a run was interrupted, is made again.
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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from .places import BUILD, ENVIRONMENTS, LAB, LOGS, REQUIREMENTS

# The usable Python versions, the best first. Together they cover each Python that the collection supports.
TABLE = {
    "main": ("3.12", "3.11", "3.13"),
    "core-2.16": ("3.10", "3.11", "3.12"),
    "core-2.18": ("3.11", "3.12", "3.13"),
    "core-2.20": ("3.12", "3.13", "3.14"),
    "core-2.21": ("3.13", "3.12", "3.14"),
    "eda": ("3.12", "3.11", "3.13"),
    "github": ("3.12", "3.11", "3.13"),
    "certification": ("3.12",),
    "injectors": ("3.12", "3.11", "3.13"),
    "controller": ("3.12", "3.11", "3.13"),
}
CORES = {"2.16": "core-2.16", "2.18": "core-2.18", "2.19": "main", "2.20": "core-2.20", "2.21": "core-2.21"}


class SetupError(Exception):
    """A person must correct something before a check can run."""


@cache
def make(name: str) -> Path:
    """The folder of an environment; made if it is missing. `uv` has pip, and makes the others."""
    locked, target = REQUIREMENTS / f"{name}.txt", ENVIRONMENTS / name
    complete, key = target / "complete", hashlib.sha256(locked.read_bytes()).hexdigest()
    with lock(name):
        if not ((target / "bin" / "python").exists() and complete.exists() and complete.read_text() == key):
            shutil.rmtree(target, ignore_errors=True)
            started = time.monotonic()
            if name == "uv":
                follow(name, [sys.executable, "-m", "venv", str(target)])
                follow(name, [str(target / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "-r", str(locked)])
            else:
                uv = str(make("uv") / "bin" / "uv")
                follow(name, [uv, "venv", "--python", str(find_python(TABLE[name])), str(target)])
                follow(name, [uv, "pip", "sync", "--python", str(target), "--require-hashes", str(locked)], uv_settings())
            complete.write_text(key)
            print(f"Made the environment {name} in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return target


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Only one process at a time creates the object with this name."""
    for folder in (ENVIRONMENTS, LOGS):
        folder.mkdir(parents=True, exist_ok=True)
    with (ENVIRONMENTS / f".{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@cache
def pip(*words: str) -> str:
    """The output of a pip command, which reads this user's settings."""
    done = subprocess.run([str(make("uv") / "bin" / "python"), "-m", "pip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupError(f"pip {' '.join(words)} failed: {done.stderr}")
    return done.stdout.strip()


def pip_settings() -> dict[str, str]:
    """This user's settings of pip, by their short names."""
    return {key.split(".")[-1]: value.strip("'") for key, _is, value in (line.partition("=") for line in pip("config", "list").splitlines())}


def uv_settings() -> dict[str, str]:
    """The same for uv, which reads neither pip.conf nor PIP_ variables."""
    names = {"index-url": "DEFAULT_INDEX", "extra-index-url": "INDEX", "find-links": "FIND_LINKS", "trusted-host": "INSECURE_HOST"}
    known = pip_settings()
    certificates = {"SSL_CERT_FILE": known["cert"]} if "cert" in known else {}
    return {**os.environ, "UV_NO_CONFIG": "1", **certificates, **{f"UV_{uv}": known[key] for key, uv in names.items() if key in known}}


def find_python(versions: tuple[str, ...]) -> Path:
    """The first of these versions that runs: in pyenv's folders or on the PATH, where pyenv's shims do not count."""
    for version in versions:
        for folder in real_folders():
            python = Path(folder, f"python{version}")
            if os.access(python, os.X_OK) and not subprocess.run([str(python), "-c", "import ensurepip, ssl"], capture_output=True, check=False).returncode:
                return python
    raise SetupError(f"No Python {' or '.join(versions)} on the PATH or among pyenv's versions. Install one, for example: pyenv install {versions[0]}")


@cache
def real_folders() -> list[str]:
    """The PATH with the folders of pyenv's Pythons instead of pyenv's shims, which exist for each Python but fail."""
    shims = [Path(folder) for folder in os.get_exec_path() if Path(folder).name == "shims"]
    roots = dict.fromkeys([*filter(None, [os.environ.get("PYENV_ROOT")]), *(str(folder.parent) for folder in shims)])
    pythons = [str(folder) for root in roots for folder in sorted(Path(root).glob("versions/3.*/bin"), reverse=True)]
    return [*pythons, *(folder for folder in os.get_exec_path() if Path(folder) not in shims)]


JAVA = 17  # the oldest that ansible-rulebook's engine runs on


@cache
def java_home() -> str:
    """The folder of a Java that ansible-rulebook accepts: of JAVA_HOME, or of `java` on the PATH, which can be a link."""
    java = Path(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else "java"
    try:
        done = subprocess.run([java, "-XshowSettings:properties", "-version"], capture_output=True, text=True, check=False)
    except OSError as error:
        raise SetupError(f"ansible-rulebook needs Java {JAVA} or newer, and {java} cannot run: {error.strerror}. Install one, or set JAVA_HOME.") from error
    properties: dict[str, str] = dict(re.findall(r"^\s+(java\.(?:home|specification\.version)) = (.+)$", done.stderr, re.MULTILINE))
    version = properties.get("java.specification.version", "of an unknown version")
    if not version.isdecimal() or int(version) < JAVA:  # Java 8 calls itself 1.8
        raise SetupError(f"ansible-rulebook needs Java {JAVA} or newer, and {java} is Java {version}. Install one, or set JAVA_HOME.")
    return properties["java.home"]


def make_lab() -> None:
    """Build the lab's programs if they are missing. The launcher shows its progress on stderr."""
    if subprocess.run([str(LAB), "build"], env=variables("main"), stdout=subprocess.DEVNULL, check=False).returncode:
        raise SetupError("The lab's programs could not be built; the reason is above.")


def variables(name: str) -> dict[str, str]:
    """This process's variables with an environment first on the PATH. Files of Ansible and kubectl are in .build."""
    folder, ansible = make(name), BUILD / "home" / ".ansible"
    return {
        **os.environ,
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "VIRTUAL_ENV": str(folder),
        "ANSIBLE_ASYNC_DIR": str(ansible / "async"),  # the default differs between a job and its reader, where HOME is not that of the user
        "ANSIBLE_HOME": str(ansible),
        "ANSIBLE_REMOTE_TMP": str(ansible / "tmp"),
        "KUBECACHEDIR": str(BUILD / "kube-cache"),
    }


def follow(name: str, command: list[str], environ: Mapping[str, str] | None = None) -> None:
    """Run a command into the log `setup-NAME.log`, whose end is the error if it fails."""
    log = LOGS / f"setup-{name}.log"
    with log.open("w") as output:
        status = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environ, check=False).returncode
    if status:
        raise SetupError("\n".join([f"{' '.join(command)} failed; the end of {log}:", *log.read_text(errors="replace").splitlines()[-25:]]))
