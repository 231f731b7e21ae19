# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The suites: what each one runs, and how its tests are counted."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import yaml

from . import ansible_test, counting, environments, tree
from .labs import lab
from .places import LAB, ROOT, TREES
from .work import Failed, Work

CORES = ("core-2.16", "core-2.19", "core-2.21")
OLDEST = CORES[0]
ENDS = (OLDEST, CORES[-1])  # the roles, the playbooks and the scenarios run on the core between them
MAIN_SCENARIOS = ("antrea_npl_plain", "cis", "preflight", "publish", "verify")  # one for each role
TRAFFIC = ("test_no_lost_request.py", "test_no_lost_request_npl.py", "test_cis_migration.py")


@dataclass(frozen=True)
class Suite:
    name: str
    group: str
    run: Callable[[Work], int]
    count: Callable[[str, int], counting.Count] = counting.one
    uses: tuple[str, ...] = ("main",)  # environments
    lab: bool = False  # they wait for much: one of these runs beside one of the others, while there are others
    minutes: int = 25
    exhaustive: bool = False  # only `make test-all` runs it: `make test` has a suite of its kind
    alone: bool = False  # and once: a starved stream of requests proves nothing, and what it lost is not found by a second run

    @property
    def watches_the_clock(self) -> bool:
        """Whether a test of it may fail because the machine is busy: what has a lab does, a unit test has no clock."""
        return self.lab or self.group == "scenarios"

    @property
    def gives_way(self) -> bool:
        """Whether it takes what processor time the others leave: a linter has all the time that it needs."""
        return self.group in ("sanity", "lint")


def table(everything: bool = True) -> list[Suite]:
    """All suites; those that take long stand first, so that two workers end together.

    everything: the suites of tests/scenarios also run their tests with the mark `exhaustive`.
    """
    return [
        Suite("lab", "lab", _lab, counting.pytest, lab=True),
        *(Suite(f"sanity {core}", "sanity", _sanity(core), counting.ansible_test, (core, "tools"), minutes=40, exhaustive=core not in ENDS) for core in CORES),
        *(
            Suite(f"integration {core}", "integration", _integration(core), counting.ansible_test, (core, "main", "tools"), lab=True, exhaustive=core == OLDEST)
            for core in ENDS
        ),
        Suite("examples", "scenarios", _scenarios(everything, "test_examples.py"), counting.pytest, lab=True),
        *(
            Suite(f"molecule {name}", "molecule", _molecule(name), counting.molecule, ("molecule", "main"), lab=True, exhaustive=name not in MAIN_SCENARIOS)
            for name in scenarios()
        ),
        Suite("demo", "demo", _demo, lab=True),
        *(Suite(f"units {core}", "units", _units(core), counting.pytest, (core, "tools"), exhaustive=core not in ENDS) for core in CORES),
        Suite("project", "lint", _project, counting.pytest),
        Suite("galaxy-importer", "lint", _galaxy, uses=("main", "tools")),
        Suite("ansible-lint", "lint", _ansible_lint, uses=("main", "tools")),
        Suite("antsibull-docs", "lint", _docs, uses=("main", "tools")),
        Suite("mypy", "lint", _mypy),
        Suite("changelog", "lint", _changelog, uses=("tools",)),
        Suite("yamllint", "lint", _yamllint, uses=("tools",)),
        Suite("ruff", "lint", _ruff),
        Suite("faults", "scenarios", _scenarios(everything, "test_faults.py"), counting.pytest),
        Suite("traffic", "scenarios", _scenarios(everything, *TRAFFIC), counting.pytest, minutes=30, alone=True),
    ]


def _ansible_test(work: Work, core: str, tree_name: str, *words: str) -> int:
    environment = environments.make(core)
    command: list[str | Path] = [environment.path / "bin" / "ansible-test", *words, "--color", "no"]
    return work.run(command, cwd=tree.path(tree_name), env=ansible_test.environ(environment))


def _sanity(core: str) -> Callable[[Work], int]:
    def run(work: Work) -> int:
        tree.copy(f"sanity-{core}")
        return _ansible_test(work, core, f"sanity-{core}", "sanity", "--local")

    return run


def _units(core: str) -> Callable[[Work], int]:
    def run(work: Work) -> int:
        tree.copy(f"units-{core}")
        return _ansible_test(work, core, f"units-{core}", "units", "--local", "--python", environments.make(core).version)

    return run


def _integration(core: str) -> Callable[[Work], int]:
    """Targets get the lab's variables as the dict `lab_environment`: ansible-test passes no environment on."""

    def run(work: Work) -> int:
        name = f"integration-{core}"
        copy = tree.copy(name)
        with lab(work, f"test-{core.replace('.', '-')}-{os.getpid()}") as variables:
            config = copy / "tests" / "integration" / "integration_config.yml"
            config.write_text(yaml.safe_dump({"lab_environment": variables}))
            return _ansible_test(work, core, name, "integration", "--local", "--python", environments.make(core).version, "--continue-on-error")

    return run


def scenarios() -> list[str]:
    """Molecule's, by name."""
    return sorted(file.parent.name for file in ROOT.glob("extensions/molecule/*/molecule.yml"))


def _molecule(name: str) -> Callable[[Work], int]:
    """One scenario on a lab of its own. Those for releases of VKS bring another one up beside it."""

    def run(work: Work) -> int:
        molecule = environments.make("molecule")
        own = f"molecule-{name}"
        copy = tree.copy(own)
        # A lab's name has up to 32 letters, and the scenarios add words to it for theirs.
        with lab(work, f"molecule-{os.getpid()}-{scenarios().index(name)}") as variables:
            env = environments.with_path(molecule) | variables | {"ANSIBLE_COLLECTIONS_PATH": str(TREES / own), "NO_COLOR": "1"}
            env |= {"LAB_COMMAND": str(LAB), "LAB_CHARTS": str(LAB.parent / "charts")}
            return work.run([molecule.path / "bin" / "molecule", "-c", "molecule/config.yml", "test", "-s", name], cwd=copy / "extensions", env=env)

    return run


def _lab(work: Work) -> int:
    """By files, two at a time: most of these tests wait. Exchanges recorded from the real AS3 are replayed where they are at hand."""
    main = environments.make("main")
    env = environments.with_path(main)
    replay = ROOT.parent / "shared" / "tools" / "as3-replay"
    if replay.is_file():
        env.setdefault("VKS_AS3_REPLAY", str(replay))
    command: list[str | Path] = [main.python, "-m", "pytest", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadfile", "--durations", "8"]
    return work.run([*command, "tests/lab/tests"], cwd=ROOT, env=env)


def _scenarios(everything: bool, *files: str) -> Callable[[Work], int]:
    """Publishing in a lab of its own, while requests run or faults happen; each brings its lab up and down itself."""
    chosen = [] if everything else ["-m", "not exhaustive"]

    def run(work: Work) -> int:
        main = environments.make("main")
        env = environments.with_path(main) | {"PYTHONPATH": str(ROOT / "tests")}
        command: list[str | Path] = [main.python, "-m", "pytest", "-p", "no:cacheprovider", "--durations", "8"]
        return work.run([*command, *chosen, *(f"tests/scenarios/{file}" for file in files)], cwd=ROOT, env=env)

    return run


def _demo(work: Work) -> int:
    return work.run([ROOT / "tests" / "demo" / "run"], cwd=ROOT)


def _project(work: Work) -> int:
    main = environments.make("main")
    tree.copy("project")
    env = environments.with_path(main) | {"PYTHONPATH": str(TREES / "project"), "ANSIBLE_COLLECTIONS_PATH": str(TREES / "project")}
    return work.run([main.python, "-m", "pytest", "-p", "no:cacheprovider", "tests/lint_project"], cwd=ROOT, env=env)


def _ruff(work: Work) -> int:
    return work.run([environments.make("main").path / "bin" / "ruff", "check", "--output-format", "concise", "."], cwd=ROOT)


def _mypy(work: Work) -> int:
    """In a copy, because imports are by the collection's full name."""
    tree.copy("mypy")
    main = environments.make("main")
    first = work.run(
        [main.python, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", "-p", "ansible_collections.vks.bigip.plugins.module_utils"],
        cwd=TREES / "mypy",
    )
    return first or work.run([main.python, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", "-p", "runner"], cwd=ROOT / "tests")


def _tools(work: Work, tree_name: str, *words: str | Path, cwd: Path | None = None, more: dict[str, str] | None = None) -> int:
    tools = environments.make("tools")
    env = environments.with_path(tools) | {
        "ANSIBLE_COLLECTIONS_PATH": str(TREES / tree_name),
        "NO_COLOR": "1",
        **(more or {}),
    }
    return work.run([tools.path / "bin" / str(words[0]), *words[1:]], cwd=cwd or tree.path(tree_name), env=env)


def _ansible_lint(work: Work) -> int:
    tree.copy("ansible-lint")
    return _tools(work, "ansible-lint", "ansible-lint", "--offline", "--profile", "production", "-c", ROOT / ".ansible-lint")


def _docs(work: Work) -> int:
    tree.copy("docs")
    return _tools(work, "docs", "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=all", ".")


def _changelog(work: Work) -> int:
    return _tools(work, "none", "antsibull-changelog", "lint", cwd=ROOT)


def _yamllint(work: Work) -> int:
    return _tools(work, "none", "yamllint", "--strict", ".", cwd=ROOT)


IMPORTER = """\
[galaxy-importer]
RUN_ANSIBLE_DOC = True
RUN_ANSIBLE_LINT = False
RUN_FLAKE8 = False
RUN_ANSIBLE_TEST = False
CHECK_REQUIRED_TAGS = True
"""


def _galaxy(work: Work) -> int:
    """Build the tarball and let Galaxy's importer judge it; what its ansible-lint would say, the suite of that name says more strictly."""
    copy = tree.copy("galaxy")
    output = TREES / "galaxy" / "tarball"
    shutil.rmtree(output, ignore_errors=True)
    if _tools(work, "galaxy", "ansible-galaxy", "collection", "build", "--output-path", output, cwd=copy):
        raise Failed
    (tarball,) = output.glob("*.tar.gz")
    config = output / "galaxy-importer.cfg"
    config.write_text(IMPORTER)
    status = _tools(work, "galaxy", "python", "-m", "galaxy_importer.main", tarball, cwd=output, more={"GALAXY_IMPORTER_CONFIG": str(config)})
    return status or int("Importer processing completed successfully" not in work.text())
