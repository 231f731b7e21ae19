# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of the README's section Installation, against a server of Galaxy's API that has two versions of the collection."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from runner import environments
from runner.places import ROOT
from support import galaxy, tree

VERSION = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
NEXT = "9.9.9"
SECTION = (ROOT / "README.md").read_text().partition("## Installation\n")[2].partition("\n## ")[0]
COMMANDS = re.findall(r"^```sh\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)[0].splitlines()
INSTALL, UPGRADE, PINNED, PACKAGES = (shlex.split(line) for line in COMMANDS)


@pytest.fixture(scope="module")
def tarballs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By version; and a stub of kubernetes.core, which is a dependency."""
    folder = tmp_path_factory.mktemp("galaxy")
    source = tree.copy("installation")
    made = {version: galaxy.build(source, folder, version=version) for version in ("1.0.0", NEXT)}
    return {VERSION: galaxy.build(source, folder), **made, "kubernetes.core": galaxy.build_stub("kubernetes.core", "6.0.0", folder)}


class Home:
    """The home of a user without a collection."""

    def __init__(self, folder: Path, served: galaxy.Galaxy) -> None:
        self.folder, self._served = folder, served
        self.collections = folder / ".ansible" / "collections" / "ansible_collections"

    def run(self, *words: str) -> None:
        own = {"HOME": str(self.folder), "ANSIBLE_HOME": str(self.folder / ".ansible"), "ANSIBLE_COLLECTIONS_PATH": str(self.collections.parent)}
        galaxy.run("main", *words, cwd=self.folder, **own, **self._served.variables)

    def version(self) -> str:
        manifest = json.loads((self.collections / "vks" / "bigip" / "MANIFEST.json").read_text())
        return str(manifest["collection_info"]["version"])


@pytest.fixture
def galaxy_with(tarballs: dict[str, Path], tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Home]:
    """A home, and a Galaxy with the versions of the parameter."""
    with galaxy.Galaxy([tarballs[name] for name in (*request.param, "kubernetes.core")]) as served:
        yield Home(tmp_path, served)


@pytest.mark.parametrize("galaxy_with", [[VERSION, "1.0.0", NEXT]], indirect=True)
def test_one_version_and_the_upgrade(galaxy_with: Home) -> None:
    galaxy_with.run(*PINNED)
    assert galaxy_with.version() == "1.0.0" and PINNED[-1] == "vks.bigip:==1.0.0"
    assert (galaxy_with.collections / "kubernetes" / "core" / "MANIFEST.json").is_file()
    galaxy_with.run(*UPGRADE)
    assert galaxy_with.version() == NEXT


@pytest.mark.parametrize("galaxy_with", [[VERSION]], indirect=True)
def test_by_name_with_the_python_packages(galaxy_with: Home) -> None:
    galaxy_with.run(*INSTALL)
    assert galaxy_with.version() == VERSION
    (path,) = [word for word in PACKAGES if "/" in word]
    file = galaxy_with.folder / path.removeprefix("~/")
    assert PACKAGES == ["pip", "install", "-r", path]
    uv = environments.make("uv") / "bin" / "uv"
    galaxy_with.run(str(uv), "pip", "install", "--dry-run", "--no-index", "--quiet", "-r", str(file))


@pytest.mark.parametrize("galaxy_with", [["1.0.0", VERSION]], indirect=True)
def test_by_a_requirements_file(galaxy_with: Home) -> None:
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
    (galaxy_with.folder / "requirements.yml").write_text(text)
    (command,) = re.findall(r"with `(ansible-galaxy [^`]+)`", SECTION)
    galaxy_with.run(*shlex.split(command))
    assert galaxy_with.version() == VERSION
