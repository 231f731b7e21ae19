# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks that are a command of their own: ansible-test, molecule, the demo, and each linter.

The output of a command goes to .build/log/GROUP.log. A failed command shows its failed cases from its JUnit
files. Without these files, it shows the end of its output.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
import yaml

from runner import environments, results
from runner.environments import CORES
from runner.places import BUILD, JUNIT, LAB, LOGS, ROOT, TREES
from support import tree
from support.interpreter import Interpreter
from support.labs import Labs

from . import actionlint, ansible_test

OLDEST, NEWEST = [*CORES][0], [*CORES][-1]
SCENARIOS = sorted(file.parent.name for file in ROOT.glob("extensions/molecule/*/molecule.yml"))
MAIN_SCENARIOS = ("antrea_npl_plain", "cis", "pod_network", "preflight", "publish", "verify")  # one for each role
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
        """Run the command, and return its output. junit: a folder into which it writes JUnit files, kept under this check's name."""
        words = [str(word) for word in command]
        began = self.log.stat().st_size
        with self.log.open("a") as output:
            output.write(f"$ {' '.join(words)}\n")
            output.flush()
            status = subprocess.run(words, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False).returncode
        if junit is not None and junit.is_dir():
            shutil.copytree(junit, self.junit, dirs_exist_ok=True)
        text = self.log.read_bytes()[began:].decode(errors="replace")
        if status:
            shown = results.failures(self.junit.rglob("*.xml")) or text.splitlines()[-40:]
            pytest.fail("\n".join([f"{' '.join(words)} ended with status {status} ({self.log.relative_to(ROOT)}):", *shown]), pytrace=False)
        return text


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Run:
    return Run(request.node.name.removeprefix("test_").replace("[", "-").rstrip("]"))


def _warm(environment: str) -> Interpreter:
    return Interpreter(environments.make(environment) / "bin" / "python", environments.variables(environment))


# -- ansible-test


def _ansible_test(run: Run, core: str, *words: str) -> str:
    """In the copy of this check, which must be there."""
    folder = TREES / run.name / "ansible_collections" / "vks" / "bigip"
    env = ansible_test.variables(CORES[core])
    command = [environments.make(CORES[core]) / "bin" / "ansible-test", *words, "--color", "no"]
    return run(command, cwd=folder, env=env, junit=folder / "tests" / "output" / "junit")


@pytest.mark.parametrize("core", CORES)
def test_sanity(run: Run, core: str, pytestconfig: pytest.Config) -> None:
    """All of it on the newest ansible-core and in `make test-all`, otherwise the parts that depend on the version, with its own Python."""
    tree.copy(run.name, *tree.FOR_TOOLS)
    complete = core == NEWEST or pytestconfig.getoption("--all")
    chosen = [] if complete else ["--test", "import", "--test", "compile", "--python", _python(core)]
    _ansible_test(run, core, "sanity", "--local", "--junit", *chosen)


def _python(core: str) -> str:
    """The version of the Python in the environment of this ansible-core, for example 3.12."""
    (python,) = environments.make(CORES[core]).glob("bin/python3.*")
    return python.name.removeprefix("python")


@pytest.mark.parametrize("core", exhaustive([*CORES], [OLDEST, NEWEST]))
def test_units(run: Run, core: str) -> None:
    """With pytest itself: ansible-test forks for each test, which takes five times as long."""
    folder = environments.make(CORES[core])
    env = environments.variables(CORES[core]) | {"PYTHONPATH": str(BUILD / "dev")}
    alone = ("-p", "no:cacheprovider", "--confcutdir=tests/unit")
    run([folder / "bin" / "python", "-m", "pytest", "-q", *alone, f"--junit-xml={run.junit}/units.xml", "tests/unit"], env=env)


@pytest.mark.parametrize("core", exhaustive([*CORES], [NEWEST]))
def test_integration(run: Run, core: str, labs: Labs) -> None:
    _integration(run, core, labs)


def _integration(run: Run, core: str, labs: Labs, *words: str) -> None:
    """The targets get the lab's variables as the dict `lab_environment`: ansible-test passes no variable on."""
    folder = tree.copy(run.name, *tree.FOR_TOOLS)
    variables = {"lab_environment": labs.give()}
    with _warm(CORES[core]) as interpreter:
        if "--coverage" not in words:
            variables["ansible_python_interpreter"] = str(interpreter.path)
        (folder / "tests" / "integration" / "integration_config.yml").write_text(yaml.safe_dump(variables))
        _ansible_test(run, core, "integration", "--local", "--python", "default", "--continue-on-error", *words)


@pytest.mark.exhaustive
def test_coverage(run: Run, labs: Labs, record_property: Callable[[str, object], None]) -> None:
    """The branches that units and integration reach, both as ansible-test runs them."""
    _integration(run, NEWEST, labs, "--coverage")
    _ansible_test(run, NEWEST, "units", "--local", "--python", _python(NEWEST), "--coverage")
    report = _ansible_test(run, NEWEST, "coverage", "report")
    files = re.findall(r"^(plugins/\S+|TOTAL) .* (\d+)%$", report, re.MULTILINE)
    low = [f"{name}: {share} %" for name, share in files if int(share) < 85 and name != "TOTAL"]
    record_property("summary", "\n".join([f"branch coverage of plugins/: {dict(files)['TOTAL']} %; below 85 %: {len(low)} files", *low]))


# -- the roles, and the demo


@pytest.mark.parametrize("scenario", exhaustive(SCENARIOS, MAIN_SCENARIOS))
def test_molecule(run: Run, scenario: str, labs: Labs) -> None:
    """One test for each scenario. A scenario can expect a failed task. For a failed scenario, the last failed task is shown."""
    folder, junit = tree.copy(run.name, *tree.FOR_TOOLS), TREES / run.name / "junit"
    env = environments.variables("main") | labs.give() | {"ANSIBLE_COLLECTIONS_PATH": str(TREES / run.name), "NO_COLOR": "1"}
    env |= {"LAB_COMMAND": str(LAB), "LAB_CHARTS": str(LAB.parent / "charts"), "ANSIBLE_CALLBACKS_ENABLED": "junit", "JUNIT_OUTPUT_DIR": str(junit)}
    shutil.rmtree(junit, ignore_errors=True)
    try:
        with _warm("main") as interpreter:
            config = folder.parent / "warm.yml"
            config.write_text(yaml.safe_dump({"provisioner": {"options": {"extra-vars": f"ansible_python_interpreter={interpreter.path}"}}}))
            molecule = [environments.make("main") / "bin" / "molecule", "-c", "molecule/config.yml", "-c", config, "test", "-s", scenario]
            run(molecule, cwd=folder / "extensions", env=env)
    except pytest.fail.Exception as failure:
        files = sorted(junit.glob("*.xml"), key=lambda file: file.stat().st_mtime)
        failure.msg = "\n".join([*results.failures(files)[-1:], str(failure.msg)])
        raise


def test_demo(run: Run) -> None:
    run([ROOT / "tests" / "demo" / "run"])


# -- linters


@pytest.fixture(scope="session")
def copied(worker_id: str) -> Path:
    """A copy of the collection for the tools that only read it."""
    return tree.copy(f"lint-{worker_id}", *tree.FOR_TOOLS)


def _github_tool(run: Run, *words: str | Path, **more: str) -> str:
    env = environments.variables("github") | {"NO_COLOR": "1", **more}
    return run([environments.make("github") / "bin" / words[0], *words[1:]], env=env)


def _actionlint(run: Run, *workflows: Path) -> None:
    """With shellcheck for the scripts. The names of actions and their inputs are those that actionlint knows."""
    shellcheck = environments.make("github") / "bin" / "shellcheck"
    run([actionlint.program(run), "-no-color", "-shellcheck", shellcheck, "-pyflakes", "", *workflows])


def test_lint_actionlint(run: Run) -> None:
    _actionlint(run, *sorted(ROOT.glob(".github/workflows/*.yml")))


def _tool(run: Run, *words: str | Path, cwd: Path = ROOT, **more: str) -> str:
    env = environments.variables("core-2.21") | {"NO_COLOR": "1", **more}
    return run([environments.make("core-2.21") / "bin" / words[0], *words[1:]], cwd=cwd, env=env)


def test_lint_ansible_lint(run: Run, copied: Path) -> None:
    """The newest version. test_lint_certification runs that of the certification checker."""
    config = ROOT / ".ansible-lint"
    _tool(run, "ansible-lint", "--offline", "--profile", "production", "-c", config, cwd=copied, ANSIBLE_COLLECTIONS_PATH=str(copied.parents[2]))


def test_lint_antsibull_docs(run: Run, copied: Path) -> None:
    words = ("lint-collection-docs", "--plugin-docs", "--validate-collection-refs=all", ".")
    _tool(run, "antsibull-docs", *words, cwd=copied, ANSIBLE_COLLECTIONS_PATH=str(copied.parents[2]))


def test_lint_changelog(run: Run) -> None:
    _tool(run, "antsibull-changelog", "lint")


EVENT_SOURCES = ROOT / "extensions" / "eda" / "plugins" / "event_source"
# The lists of the tools that Galaxy's importer runs on event sources, in ansible_test/container/eda/tox.ini. It ignores what they find.
RUFF_IGNORES = "D100,D104,INP001,FA102,UP001,UP010,I001,FA100,PLR0913,E501"
PYLINT_DISABLES = "R0801,E0401,C0103,R0913,R0902,R0903"


def test_lint_event_source(run: Run, copied: Path) -> None:
    """Galaxy's importer reads the documentation of an event source as that of a module; its tools find nothing, and ansible-lint passes on rulebooks."""
    eda = copied / "extensions" / "eda"
    paths = {"ANSIBLE_COLLECTIONS_PATH": str(copied.parents[2])}
    names = [file.stem for file in EVENT_SOURCES.glob("*.py")]
    text = _tool(run, "ansible-doc", "-M", eda / "plugins" / "event_source", "--json", *names, cwd=copied.parents[2], **paths)
    documents = json.loads(text[text.index("{") :])
    assert names and sorted(documents) == sorted(names)
    for name, document in documents.items():
        assert document["doc"]["module"] == name and document["examples"].strip()
        assert {"kubeconfig", "ca_cert"} <= set(document["doc"]["options"])  # of the fragment vks.bigip.kubernetes
    ruff = environments.make("main") / "bin" / "ruff"
    run([ruff, "check", "--isolated", "--select", "ALL", "--ignore", RUFF_IGNORES, "-q", eda / "plugins"])
    _tool(run, "pylint", *sorted(eda.glob("plugins/event_source/*.py")), "--output-format=parseable", "-sn", "--disable", PYLINT_DISABLES)
    _tool(run, "ansible-lint", "--offline", "--profile", "production", "-c", ROOT / ".ansible-lint", "extensions/eda", cwd=copied, **paths)


def test_lint_examples(run: Run, copied: Path, tmp_path: Path) -> None:
    """The folder examples/ with its files of secrets: the playbook and its variables, and both pipelines."""
    folder = shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for secrets in folder.rglob("vault.yml.example"):
        secrets.rename(secrets.with_suffix(""))
    paths = {"ANSIBLE_COLLECTIONS_PATH": str(copied.parents[2])}
    _tool(run, "ansible-lint", "--offline", "--profile", "production", "-c", ROOT / ".ansible-lint", cwd=folder, **paths)
    workflow = folder / ".github" / "workflows" / "bigip.yml"
    _github_tool(run, "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", folder / ".gitlab-ci.yml")
    _actionlint(run, workflow)
    _github_tool(run, "zizmor", "--offline", "--persona", "pedantic", "--config", ROOT / ".github" / "zizmor.yml", workflow)


def test_lint_galaxy_importer(run: Run, copied: Path, tmp_path: Path) -> None:
    """Galaxy's importer reads the tarball; ansible-lint is a check of its own, and a stricter one."""
    _tool(run, "ansible-galaxy", "collection", "build", "--output-path", tmp_path, cwd=copied)
    (tarball,) = tmp_path.glob("*.tar.gz")
    off = "".join(f"{name} = False\n" for name in ("RUN_ANSIBLE_LINT", "RUN_FLAKE8", "RUN_ANSIBLE_TEST"))
    config = tmp_path / "galaxy-importer.cfg"
    config.write_text(f"[galaxy-importer]\nRUN_ANSIBLE_DOC = True\nCHECK_REQUIRED_TAGS = True\n{off}")
    paths = {"ANSIBLE_COLLECTIONS_PATH": str(copied.parents[2]), "GALAXY_IMPORTER_CONFIG": str(config)}
    text = _tool(run, "python", "-m", "galaxy_importer.main", tarball, cwd=tmp_path, **paths)
    assert "Importer processing completed successfully" in text and "Error running ansible-doc" not in text
    assert all(f"Loading eda/plugins/event_source {file.stem}\n" in text for file in EVENT_SOURCES.glob("*.py"))  # those of meta/extensions.yml


def test_lint_github_forms(run: Run) -> None:
    """The schemas of the issue forms, of their chooser, and of Dependabot."""
    config = ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml"
    forms = sorted(set(config.parent.glob("*.yml")) - {config})
    for schema, files in (("issue-forms", forms), ("issue-config", [config])):
        _github_tool(run, "check-jsonschema", "--builtin-schema", f"vendor.github-{schema}", *files)
    _github_tool(run, "check-jsonschema", "--builtin-schema", "vendor.dependabot", ROOT / ".github" / "dependabot.yml")


def test_lint_pre_commit(run: Run) -> None:
    """Each hook, on all files. No hook comes from another repository, so nothing is downloaded."""
    _github_tool(run, "pre-commit", "run", "--all-files", "--show-diff-on-failure", PRE_COMMIT_HOME=str(BUILD / "pre-commit"))


CHECKER = "certification"
"""The environment with the versions of the certification checker: its importer, its ansible-lint, and ansible-core 2.16.0."""


def test_lint_certification(run: Run, copied: Path, tmp_path: Path) -> None:
    """The checker's commands beside sanity, in its own versions: the importer with the required tags, and ansible-lint on a clone."""
    env = environments.variables(CHECKER) | {"NO_COLOR": "1", "ANSIBLE_COLLECTIONS_PATH": str(copied.parents[2])}
    folder = environments.make(CHECKER) / "bin"
    run([folder / "ansible-galaxy", "collection", "build", "--output-path", tmp_path], cwd=copied, env=env)
    (tarball,) = tmp_path.glob("*.tar.gz")
    config = tmp_path / "galaxy-importer.cfg"
    config.write_text("[galaxy-importer]\nCHECK_REQUIRED_TAGS = True\nRUN_ANSIBLE_LINT = False\n")
    text = run([folder / "python", "-m", "galaxy_importer.main", tarball], cwd=tmp_path, env=env | {"GALAXY_IMPORTER_CONFIG": str(config)})
    assert "Importer processing completed successfully" in text and not re.findall(r"^ERROR|^WARNING.*(?:tag|CHANGELOG)", text, re.MULTILINE)
    clone = tree.checkout("certification")
    env["ANSIBLE_COLLECTIONS_PATH"] = str(clone.parents[2])
    run([folder / "ansible-lint", "--offline", "--profile=production"], cwd=clone, env=env)


def test_lint_no_ignores() -> None:
    """The checker validates ignored findings of sanity and of ansible-lint. There is none, so none can be refused."""
    assert not [*ROOT.glob("tests/sanity/ignore*"), *ROOT.glob(".ansible-lint-ignore")]
    settings = yaml.safe_load((ROOT / ".ansible-lint").read_text())
    assert settings["profile"] == "production" and not {"skip_list", "warn_list", "exclude_paths"} & set(settings)


def test_lint_checker_matrix() -> None:
    """Sanity, units and integration of `make test-all` run on each ansible-core of the checker's matrix."""
    assert {"2.16", "2.18", "2.20"} <= set(CORES)


def test_lint_mypy(run: Run, copied: Path) -> None:
    """In the copy, because imports are by the collection's full name."""
    mypy = [environments.make("main") / "bin" / "python", "-m", "mypy", "--config-file", ROOT / "pyproject.toml", "-p"]
    run([*mypy, "ansible_collections.vks.bigip.plugins.module_utils"], cwd=copied.parents[2])
    run([*mypy, "runner", "-p", "support"], cwd=ROOT / "tests")


def test_lint_ruff(run: Run) -> None:
    run([environments.make("main") / "bin" / "ruff", "check", "--output-format", "concise", "."])


def test_lint_yamllint(run: Run) -> None:
    _tool(run, "yamllint", "--strict", ".")


def test_lint_zizmor(run: Run) -> None:
    """With the strictest persona, and without GitHub."""
    _github_tool(run, "zizmor", "--offline", "--persona", "auditor", ".github")
