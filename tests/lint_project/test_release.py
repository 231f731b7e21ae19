# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make release`, in a clone that is thrown away."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from runner import environments
from runner.places import ROOT
from support import tree
from tools import release

FORMER = max(release.released(ROOT), key=release.parts)


def following(version: str) -> str:
    major, minor, _patch = release.parts(version)
    return f"{major}.{minor + 1}.0"


VERSION = following(FORMER)
SUMMARY = "release_summary"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with these files as its only commit, with no hook and no signature of the user. Its next version is VERSION.

    It has fragments, also if this checkout is a release, and has none.
    """
    top = tmp_path / "clone" / "ansible_collections" / "vks" / "bigip"
    for relative in [*tree.shipped("changelogs/fragments"), Path(".gitignore")]:
        (top / relative).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / relative, top / relative)
    if not any(SUMMARY in file.read_text() for file in release.fragments(top)):
        (top / "changelogs" / "fragments").mkdir(exist_ok=True)
        (top / "changelogs" / "fragments" / "summary.yml").write_text(f"{SUMMARY}: A summary.\n")
    release.set_version(top, VERSION)
    release.git("init", "--quiet", "--initial-branch", "main", top=top)
    settings = {"user.name": "Release", "user.email": "release@example.com", "commit.gpgsign": "false", "tag.gpgsign": "false", "core.hooksPath": ""}
    for name, value in settings.items():
        release.git("config", name, value, top=top)
    commit(top)
    return top


def commit(top: Path) -> None:
    release.git("add", "--all", top=top)
    release.git("commit", "--quiet", "--allow-empty", "-m", "work", top=top)


def test_a_release(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tag is the commit whose galaxy.yml and changelog have its version; main goes on with the next one."""
    files = release.fragments(clone)
    monkeypatch.setenv("PATH", environments.variables("core-2.21")["PATH"])
    assert files and release.release(clone, []) == VERSION
    assert release.git("log", "--format=%s", "-2", top=clone).splitlines() == [f"release: begin {following(VERSION)}", f"release: {VERSION}"]
    assert f"\nversion: {VERSION}\n" in release.git("show", f"{VERSION}:galaxy.yml", top=clone)
    text = release.git("show", f"{VERSION}:CHANGELOG.rst", top=clone)
    assert re.findall(r"^v(\S+)$", text, re.MULTILINE)[0] == VERSION
    entry = yaml.safe_load((clone / "changelogs" / "changelog.yaml").read_text())["releases"][VERSION]
    assert set(entry["fragments"]) == {file.name for file in files} and entry["changes"][SUMMARY].strip()
    assert release.fragments(clone) == [] and f"\nversion: {following(VERSION)}\n" in (clone / "galaxy.yml").read_text()
    assert release.git("status", "--porcelain", top=clone) == ""
    with pytest.raises(release.Refused, match="changelogs/fragments is empty"):
        release.check(clone, following(VERSION), "9.9.9")


def test_the_next_release(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins without fragments, as a checkout of a release does."""
    monkeypatch.setenv("PATH", environments.variables("core-2.21")["PATH"])
    release.release(clone, [])
    (clone / "changelogs" / "fragments" / "next.yml").write_text(f"{SUMMARY}: The next one.\nminor_changes: [publish - x.]\n")
    commit(clone)
    assert release.release(clone, ["7.0.0"]) == following(VERSION)
    assert {FORMER, VERSION, following(VERSION)} <= {*release.released(clone)} and "\nversion: 7.0.0\n" in (clone / "galaxy.yml").read_text()


def dirty(top: Path) -> None:
    (top / "README.md").write_text("x")


def published(top: Path) -> None:
    release.set_version(top, FORMER)
    commit(top)


def tagged(top: Path) -> None:
    release.git("tag", VERSION, top=top)


def no_summary(top: Path) -> None:
    for file in release.fragments(top):
        if SUMMARY in file.read_text():
            file.unlink()
    commit(top)


def a_patch(top: Path) -> None:
    release.set_version(top, f"{FORMER}1")  # 1.0.01
    (top / "changelogs" / "fragments" / "x.yml").write_text("breaking_changes: [publish - x.]\n")
    commit(top)


REFUSALS = [
    (dirty, [], "Commit or remove your changes first"),
    (published, [], f"{FORMER} in galaxy.yml is not newer than the release {FORMER}"),
    (tagged, [], f"The tag {VERSION} exists"),
    (no_summary, [], "No fragment has a release_summary"),
    (a_patch, [], "Breaking changes need a new major or minor version"),
    (lambda top: None, [FORMER], f"The next version {FORMER} is not newer than {VERSION}"),
]


@pytest.mark.parametrize(("change", "words", "reason"), REFUSALS, ids=[row[2] for row in REFUSALS])
def test_refused(clone: Path, change: Callable[[Path], None], words: list[str], reason: str) -> None:
    """Nothing is written then."""
    change(clone)
    before = release.git("rev-parse", "HEAD", top=clone)
    with pytest.raises(release.Refused, match=re.escape(reason)):
        release.release(clone, words, "no-such-program")
    assert release.git("rev-parse", "HEAD", top=clone) == before


def test_ten_lines_describe_it() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text().partition("## Release\n")[2]
    prose = [line for line in re.sub(r"```.*?```", "", text, flags=re.DOTALL).splitlines() if line]
    assert len(prose) <= 10 and re.findall(r"^make release$", text, re.MULTILINE)
