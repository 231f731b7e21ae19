# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the lab's virtual environment, once for each content of requirements.txt, and run the lab in it.

Runs under any Python from 3.10 on, with nothing but its standard library.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from vkslab import paths


def main() -> int:
    python = environment() / "bin" / "python"
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])])
    os.execv(python, [str(python), "-m", "vkslab", *sys.argv[1:]])


def environment() -> Path:
    requirements = HERE / "requirements.txt"
    key = hashlib.sha256(requirements.read_bytes() + f"{sys.base_prefix} {sys.version}".encode()).hexdigest()[
        :12
    ]
    cache = paths.cache()
    place = cache / f"python-{key}"
    # Written last: without it the folder is what an interrupted run left.
    complete = place / "complete"
    if complete.exists():
        return place
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".python.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if complete.exists():
            return place
        shutil.rmtree(place, ignore_errors=True)
        print(f"Making the lab's Python environment (once): {place}", file=sys.stderr, flush=True)
        run(
            [sys.executable, "-m", "venv", str(place)],
            "The lab needs Python's venv module with pip; on Debian and Ubuntu: apt install python3-venv",
        )
        run(
            [
                str(place / "bin" / "python"),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
                str(requirements),
            ],
            "The packages of tests/lab/requirements.txt come from PyPI: check the network, and pip's "
            "settings where the machine needs some",
        )
        complete.touch()
    return place


def run(command: list[str], remedy: str) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        sys.exit(f"lab: {' '.join(command[1:4])} failed:\n{done.stdout.strip()}\n{remedy}.")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
