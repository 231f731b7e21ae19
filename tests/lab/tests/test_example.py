# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's molecule scenario, outside of this repository, on a lab that pip installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from runner import environments
from support import tree
from vkslab import build, cli

LAB = Path(__file__).resolve().parent.parent
README = LAB / "README.md"


def run(*words: str | Path, env: Mapping[str, str], cwd: Path) -> str:
    """Standard output and error of a command that succeeds."""
    done = subprocess.run(
        words,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables of a shell in which `vks-lab` is on the PATH, from a new environment."""
    place = tmp_path_factory.mktemp("installed")
    # A copy, because pip creates a folder in its source.
    shutil.copytree(LAB, place / "lab", symlinks=True, ignore=shutil.ignore_patterns("build", "*.egg-info"))
    env = environments.variables("main")
    run(sys.executable, "-m", "venv", place / "venv", env=env, cwd=place)
    run(place / "venv" / "bin" / "pip", "install", "--quiet", place / "lab", env=env, cwd=place)
    path = os.pathsep.join([env["PATH"], str(place / "venv" / "bin")])
    python = str(place / "venv" / "bin" / "python")
    return {
        **env,
        "PATH": path,
        "INSTALLED_PYTHON": python,
        "VKS_LAB_STATE": str(place / "labs"),
        "NO_COLOR": "1",
    }


def test_the_installed_lab_shares_the_programs(installed: dict[str, str], tmp_path: Path) -> None:
    assert run("vks-lab", "build", env=installed, cwd=tmp_path).splitlines()[-1] == str(build.ensure())


def test_the_installed_lab_is_complete(installed: dict[str, str], tmp_path: Path) -> None:
    code = "import vkslab; print(vkslab.__path__[0])"
    place = run(installed["INSTALLED_PYTHON"], "-c", code, env=installed, cwd=tmp_path).strip()
    assert files(Path(place)) == files(LAB / "vkslab")


def files(package: Path) -> set[str]:
    """Relative paths with their modes; `charts` of a checkout is a link."""
    found = [path for folder in (package, package / "charts") for path in folder.rglob("*") if path.is_file()]
    executable = {path: "x" if os.access(path, os.X_OK) else "" for path in found}
    return {f"{path.relative_to(package)} {executable[path]}" for path in found if path.suffix != ".pyc"}


def test_the_example_scenario(installed: dict[str, str], tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(LAB / "example", project)
    env = {**installed, "ANSIBLE_COLLECTIONS_PATH": str(tree.link())}
    try:
        output = run("molecule", "test", env=env, cwd=project)
        assert "Shop: created" in output, output[-5000:]
        assert run("vks-lab", "status", env=env, cwd=project) == "There is no lab.\n"
    finally:
        run("vks-lab", "down", "--all", env=env, cwd=tmp_path)


def test_the_readme_quotes_the_example() -> None:
    (quoted,) = re.findall(r"^```yaml\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    molecule = yaml.safe_load((LAB / "example" / "molecule" / "default" / "molecule.yml").read_text())
    variables = molecule["provisioner"]["inventory"]["host_vars"]["localhost"]
    assert yaml.safe_load(quoted).items() <= variables.items()


def test_the_readme_names_each_option_of_up(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["up", "--help"])
    options = set(re.findall(r"^  (--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    table = README.read_text().partition("## Simulated parts")[2].partition("##")[0]
    assert set(re.findall(r"`(--[a-z-]+)`", table)) == options - {"--name"}
