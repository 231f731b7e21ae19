# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the release of galaxy.yml's version: python tests/tools/release.py [NEXT]

It moves the fragments into the changelog, commits, tags the commit, and sets galaxy.yml to NEXT, by default the next minor
version, in a second commit. It pushes nothing. `make release` runs it. Pushing the tag starts .github/workflows/release.yml.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
VERSION = re.compile(r"\d+\.\d+\.\d+")


class Refused(Exception):
    """The reason why this checkout cannot be released, for a person."""


def git(*words: str, top: Path) -> str:
    return subprocess.run(["git", *words], cwd=top, check=True, capture_output=True, text=True).stdout.strip()


def parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def released(top: Path) -> list[str]:
    """The versions in the changelog."""
    return list(yaml.safe_load((top / "changelogs" / "changelog.yaml").read_text())["releases"])


def fragments(top: Path) -> list[Path]:
    return sorted(path for path in (top / "changelogs" / "fragments").glob("*.y*ml"))


def check(top: Path, version: str, following: str) -> None:
    """Raise Refused if the release would not be what its tag promises."""
    former = max(released(top), key=parts)
    files = fragments(top)
    sections = {name for file in files for name in yaml.safe_load(file.read_text())}
    reasons = {
        "Commit or remove your changes first": git("status", "--porcelain", top=top),
        f"{version} in galaxy.yml is not newer than the release {former}": parts(version) <= parts(former),
        f"The next version {following} is not newer than {version}": not VERSION.fullmatch(following) or parts(following) <= parts(version),
        f"The tag {version} exists": git("tag", "--list", version, top=top),
        "changelogs/fragments is empty": not files,
        "No fragment has a release_summary": "release_summary" not in sections,
        "Breaking changes need a new major or minor version": "breaking_changes" in sections and parts(version)[:2] == parts(former)[:2],
    }
    if failed := [reason for reason, fault in reasons.items() if fault]:
        raise Refused(". ".join(failed) + ".")


def set_version(top: Path, version: str) -> None:
    file = top / "galaxy.yml"
    file.write_text(re.sub(r"^version: .*$", f"version: {version}", file.read_text(), flags=re.MULTILINE))


def release(top: Path, words: Sequence[str], changelog: str = "antsibull-changelog") -> str:
    """Make the two commits and the tag, and return the version."""
    version = str(yaml.safe_load((top / "galaxy.yml").read_text())["version"])
    major, minor, _patch = parts(version)
    following = words[0] if words else f"{major}.{minor + 1}.0"
    check(top, version, following)
    subprocess.run([changelog, "release"], cwd=top, check=True)
    git("add", "CHANGELOG.rst", "changelogs", top=top)
    git("commit", "-m", f"release: {version}", top=top)
    git("tag", "--annotate", "-m", f"vks.bigip {version}", version, top=top)
    set_version(top, following)
    git("commit", "-m", f"release: begin {following}", "galaxy.yml", top=top)
    return version


def main() -> None:
    try:
        version = release(ROOT, [word for word in sys.argv[1:] if word])
    except Refused as refused:
        sys.exit(f"No release: {refused}")
    print(f"Released {version} in this checkout. To publish it: git push origin HEAD {version}")


if __name__ == "__main__":
    main()
