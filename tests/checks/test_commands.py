# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks that are a command of their own: ansible-test, molecule, the demo, and each linter.

The output of a command goes to .build/log/GROUP.log. A failed one shows the cases that failed, from its JUnit files if it
writes them, and else the end of its output.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import yaml

from runner import ansible_test, environments, results, tree
from runner.environments import CORES
from runner.labs import Labs
from runner.places import BUILD, JUNIT, LAB, LOGS, ROOT, TREES

OLDEST, *BETWEEN, NEWEST = CORES
SCENARIOS = sorted(file.parent.name for file in ROOT.glob("extensions/molecule/*/molecule.yml"))
MAIN_SCENARIOS = ("antrea_npl_plain", "cis", "preflight", "publish", "verify")  # one for each role
Command = Sequence[str | Path]


def exhaustive(values: Sequence[str], chosen: Sequence[str]) -> list[object]:
    """Parameters of which `make test` has the chosen ones, and `make test-all` all."""
    return [pytest.param(value, marks=[] if value in chosen else [pytest.mark.exhaustive]) for value in values]


class Run:
    """Runs commands into the log of one check."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.log = LOGS / f"{name}.log"
        self.junit = JUNIT / name
        LOGS.mkdir(parents=True, exist_ok=True)
        self.junit.mkdir(parents=True, exist_ok=True)
        self.log.write_text("")

    def __call__(self, command: Command, *, cwd: Path = ROOT, env: Mapping[str, str] | None = None, junit: Path | None = None) -> str:
        """What it printed. junit: a folder into which it writes JUnit files, kept under this check's name."""
        words = [str(word) for word in command]
        with self.log.open("a") as output:
            output.write(f"$ {' '.join(words)}\n")
            output.flush()
            status = subprocess.run(words, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False).returncode
        if junit is not None and junit.is_dir():
            shutil.copytree(junit, self.junit, dirs_exist_ok=True)
        text = self.log.read_text(errors="replace")
        if status:
            shown = results.failures(self.junit.rglob("*.xml")) or text.splitlines()[-40:]
            pytest.fail("\n".join([f"{' '.join(words)} ended with status {status} ({self.log.relative_to(ROOT)}):", *shown]), pytrace=False)
        return text


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Run:
    return Run(request.node.name.removeprefix("test_").replace("[", "-").rstrip("]"))


# -- ansible-test


def _ansible_test(run: Run, core: str, *words: str) -> None:
    """In the copy of this check, which must be there."""
    folder = TREES / run.name / "ansible_collections" / "vks" / "bigip"
    env = ansible_test.variables(CORES[core])
    run(
        [environments.make(CORES[core]) / "bin" / "ansible-test", *words, "--color", "no"], cwd=folder, env=env, junit=folder / "tests" / "output" / "junit"
    )


@pytest.mark.parametrize("core", exhaustive([*CORES], [OLDEST, NEWEST]))
def test_sanity(run: Run, core: str) -> None:
    """All of it on the newest ansible-core; on the others what depends on the version."""
    tree.copy(run.name)
    chosen = [] if core == NEWEST else [word for name in ("import", "compile", "validate-modules") for word in ("--test", name)]
    _ansible_test(run, core, "sanity", "--local", "--junit", *chosen)


@pytest.mark.parametrize("core", exhaustive([*CORES], [OLDEST, NEWEST]))
def test_units(run: Run, core: str) -> None:
    """With pytest itself: ansible-test forks for each test, which takes five times as long."""
    folder = environments.make(CORES[core])
    env = environments.variables(CORES[core]) | {"PYTHONPATH": str(BUILD / "dev")}
    run([folder / "bin" / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junit-xml={run.junit}/units.xml", "tests/unit"], env=env)


@pytest.mark.exhaustive
def test_units_by_ansible_test(run: Run) -> None:
    tree.copy(run.name)
    _ansible_test(run, NEWEST, "units", "--local", "--python", environments.version(CORES[NEWEST]))


@pytest.mark.parametrize("core", exhaustive([*CORES], [NEWEST]))
def test_integration(run: Run, core: str, labs: Labs) -> None:
    """The targets get the lab's variables as the dict `lab_environment`: ansible-test passes no variable on."""
    folder = tree.copy(run.name)
    (folder / "tests" / "integration" / "integration_config.yml").write_text(yaml.safe_dump({"lab_environment": labs.give()}))
    _ansible_test(run, core, "integration", "--local", "--python", environments.version(CORES[core]), "--continue-on-error")


# -- the roles, and the demo


@pytest.mark.parametrize("scenario", exhaustive(SCENARIOS, MAIN_SCENARIOS))
def test_molecule(run: Run, scenario: str, labs: Labs) -> None:
    folder = tree.copy(run.name)
    env = environments.variables("main") | labs.give() | {"ANSIBLE_COLLECTIONS_PATH": str(TREES / run.name), "NO_COLOR": "1"}
    env |= {"LAB_COMMAND": str(LAB), "LAB_CHARTS": str(LAB.parent / "charts"), "ANSIBLE_CALLBACKS_ENABLED": "junit", "JUNIT_OUTPUT_DIR": str(run.junit)}
    run([environments.make("main") / "bin" / "molecule", "-c", "molecule/config.yml", "test", "-s", scenario], cwd=folder / "extensions", env=env)


def test_demo(run: Run) -> None:
    run([ROOT / "tests" / "demo" / "run"])


# -- linters


@pytest.fixture(scope="session")
def copied() -> Iterator[Path]:
    """A copy of the collection for the tools that only read it."""
    yield tree.copy("lint")


def _tool(run: Run, *words: str | Path, cwd: Path = ROOT, **more: str) -> str:
    env = environments.variables("core-2.21") | {"ANSIBLE_COLLECTIONS_PATH": str(TREES / "lint"), "NO_COLOR": "1", **more}
    return run([environments.make("core-2.21") / "bin" / words[0], *words[1:]], cwd=cwd, env=env)


def test_lint_ansible_lint(run: Run, copied: Path) -> None:
    _tool(run, "ansible-lint", "--offline", "--profile", "production", "-c", ROOT / ".ansible-lint", cwd=copied)


def test_lint_antsibull_docs(run: Run, copied: Path) -> None:
    _tool(run, "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=all", ".", cwd=copied)


def test_lint_changelog(run: Run) -> None:
    _tool(run, "antsibull-changelog", "lint")


def test_lint_galaxy_importer(run: Run, copied: Path, tmp_path: Path) -> None:
    """Galaxy's importer reads the tarball; ansible-lint is a check of its own, and a stricter one."""
    _tool(run, "ansible-galaxy", "collection", "build", "--output-path", tmp_path, cwd=copied)
    (tarball,) = tmp_path.glob("*.tar.gz")
    off = "".join(f"{name} = False\n" for name in ("RUN_ANSIBLE_LINT", "RUN_FLAKE8", "RUN_ANSIBLE_TEST"))
    config = tmp_path / "galaxy-importer.cfg"
    config.write_text(f"[galaxy-importer]\nRUN_ANSIBLE_DOC = True\nCHECK_REQUIRED_TAGS = True\n{off}")
    said = _tool(run, "python", "-m", "galaxy_importer.main", tarball, cwd=tmp_path, GALAXY_IMPORTER_CONFIG=str(config))
    assert "Importer processing completed successfully" in said


def test_lint_mypy(run: Run, copied: Path) -> None:
    """In the copy, because imports are by the collection's full name."""
    mypy = [environments.make("main") / "bin" / "python", "-m", "mypy", "--config-file", ROOT / "pyproject.toml", "-p"]
    run([*mypy, "ansible_collections.vks.bigip.plugins.module_utils"], cwd=copied.parents[2])
    run([*mypy, "runner"], cwd=ROOT / "tests")


def test_lint_ruff(run: Run) -> None:
    run([environments.make("main") / "bin" / "ruff", "check", "--output-format", "concise", "."])


def test_lint_yamllint(run: Run) -> None:
    _tool(run, "yamllint", "--strict", ".")
