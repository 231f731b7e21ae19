# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that GitHub, pre-commit and a devcontainer read fit the project. Linters of their own check their syntax."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner import environments
from runner.places import REQUIREMENTS, ROOT
from support import tree

GITHUB = ROOT / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
ACTIONS = sorted(GITHUB.glob("actions/*/action.yml"))
FORMS = sorted(set(GITHUB.glob("ISSUE_TEMPLATE/*.yml")) - {GITHUB / "ISSUE_TEMPLATE" / "config.yml"})
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
WRITES = {
    "docs.yml deploy": {"pages": "write", "id-token": "write"},
    "release.yml attest": {"id-token": "write", "attestations": "write"},
    "release.yml github": {"contents": "write"},
}
"""The only jobs that may write, and what."""


def read(path: Path) -> dict[Any, Any]:
    """`on` is the key True for YAML 1.1."""
    document = yaml.safe_load(path.read_text())
    return {("on" if key is True else key): value for key, value in document.items()}


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            yield f"{path.name} {name}", job


EACH_JOB = pytest.mark.parametrize("job", [pytest.param(job, id=name) for name, job in jobs()])
STEPS = [step for _name, job in jobs() for step in job.get("steps", [])]


# -- workflows


def test_the_workflows() -> None:
    assert {path.name for path in WORKFLOWS} == {"ci.yml", "certification.yml", "docs.yml", "release.yml"}


@pytest.mark.parametrize("path", [*WORKFLOWS, *ACTIONS], ids=lambda path: path.relative_to(GITHUB).as_posix())
def test_actions_are_pinned(path: Path) -> None:
    used = re.findall(r"^\s*(?:- )?uses: (.+)$", path.read_text(), re.MULTILINE)
    assert used
    for action in used:
        own = action.startswith("./") and any((ROOT / action / name).is_file() for name in ("", "action.yml"))
        assert own or PINNED.fullmatch(action), action


def test_an_action_has_one_version() -> None:
    """One release in all files, and one SHA for a release."""
    text = "".join(path.read_text() for path in (*WORKFLOWS, *ACTIONS, ROOT / "examples" / ".github" / "workflows" / "bigip.yml"))
    pins = set(re.findall(r"uses: (\S+)@(\w{40}) # (\S+)", text))
    assert len({name for name, _sha, _version in pins}) == len({sha for _name, sha, _version in pins}) == len(pins)


@pytest.mark.parametrize(
    ("text", "pinned"),
    [
        ("actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", True),
        ("a/b/.github/workflows/c.yml@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", True),
        ("actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", False),
        ("actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7", False),
        ("actions/checkout@3d3c42e # v7.0.1", False),
        ("actions/checkout@v7.0.1 # v7.0.1", False),
        ("docker://alpine:3.20", False),
    ],
)
def test_the_pattern_of_a_pin(text: str, pinned: bool) -> None:
    assert bool(PINNED.fullmatch(text)) is pinned


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_begins_without_rights(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["group"]
    assert not {"pull_request_target", "workflow_run"} & set(workflow["on"])  # they run with secrets for code of others


@pytest.mark.parametrize(("name", "job"), list(jobs()), ids=[name for name, _job in jobs()])
def test_rights_of_a_job(name: str, job: dict[str, Any]) -> None:
    """A job reads the code, or writes exactly what WRITES has. Each right has a comment with its reason."""
    rights = job["permissions"]
    assert rights == WRITES.get(name, rights) and (name in WRITES or set(rights.items()) <= {("contents", "read")})
    lines = [line for line in (GITHUB / "workflows" / name.split()[0]).read_text().splitlines() if re.match(r"\s+[a-z-]+: (read|write)\b", line)]
    assert all(re.search(r" # \w", line) for line in lines)


def test_each_right_is_used() -> None:
    assert set(WRITES) <= {name for name, _job in jobs()}


@EACH_JOB
def test_a_job_ends(job: dict[str, Any]) -> None:
    """A job that calls a workflow has the times of that workflow's jobs."""
    assert job.get("uses") or 0 < job["timeout-minutes"] <= 90


def test_checkouts_keep_no_token() -> None:
    checkouts = [step for step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts and all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_no_template_is_in_a_script() -> None:
    scripts = [step["run"] for step in STEPS if "run" in step]
    scripts += [step["run"] for path in ACTIONS for step in read(path)["runs"]["steps"] if "run" in step]
    assert len(scripts) > 10 and not [script for script in scripts if "${{" in script]


def test_secrets_are_only_in_the_environment_that_protects_them() -> None:
    secret = [name for name, job in jobs() if "secrets." in json.dumps(job)]
    assert secret == ["release.yml publish"] and dict(jobs())[secret[0]]["environment"]["name"] == "galaxy"


# -- ci.yml


@pytest.mark.parametrize(("everything", "target"), [("", 0), ("--all", 1)], ids=["make test", "make test-all"])
def test_the_matrix_has_each_group(everything: str, target: int, targets_listed: list[str], tmp_path: Path) -> None:
    """The step itself, with a tests/run that prints the listing of this checkout."""
    step = next(step for step in read(GITHUB / "workflows" / "ci.yml")["jobs"]["groups"]["steps"] if step.get("id") == "list")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "tools").symlink_to(ROOT / "tests" / "tools")
    (tmp_path / "tests" / "run").write_text('#!/bin/sh\nprintf "%s\\n" "$*" >asked\ncat listing\n')
    (tmp_path / "tests" / "run").chmod(0o700)
    (tmp_path / "listing").write_text(targets_listed[target] + "\n\nno tests ran in 5.25s\n")
    env = {**os.environ, "EVERYTHING": everything, "GITHUB_OUTPUT": str(tmp_path / "output")}
    subprocess.run(["bash", "-e", "-c", step["run"]], cwd=tmp_path, env=env, check=True)
    assert (tmp_path / "asked").read_text().split() == [*filter(None, [everything]), "--list"]
    matrix = json.loads((tmp_path / "output").read_text().removeprefix("jobs="))
    groups = [line for line in targets_listed[target].splitlines() if line]
    assert len(groups) > 50
    for group in groups:
        assert len([job for job in matrix if job in (group, group.split()[0])]) == 1, group
    assert len(matrix) == len(set(matrix)) and all(any(job in (group, group.split()[0]) for group in groups) for job in matrix)


def test_a_job_runs_its_group() -> None:
    workflow = read(GITHUB / "workflows" / "ci.yml")
    test = workflow["jobs"]["test"]
    assert test["strategy"] == {"fail-fast": False, "matrix": {"group": "${{ fromJSON(needs.groups.outputs.jobs) }}"}}
    (step,) = [step for step in test["steps"] if step.get("name") == "Run the group"]
    assert step["env"] == {"GROUP": "${{ matrix.group }}"} and step["run"].split()[0] == "tests/run" and '"$GROUP"' in step["run"]
    assert workflow["on"]["schedule"] and "schedule" in workflow["env"]["EVERYTHING"]
    assert set(workflow["jobs"]["passed"]["needs"]) == set(workflow["jobs"]) - {"passed"}


@pytest.mark.parametrize(
    ("listing", "status", "matrix"),
    [
        ("lab net\nlab cli\nmolecule cis\nsanity 2.16\nhostile\nlint ruff\n", 0, ["lab", "molecule cis", "sanity 2.16", "hostile", "lint"]),
        ("hostile\n\nno tests ran in 3.20s\nMade the environment main in 3 s\n", 0, ["hostile"]),
        ("", 1, None),
        ("".join(f"group{number}\n" for number in range(257)), 1, None),
    ],
    ids=["shared", "other lines", "nothing", "too many"],
)
def test_the_tool_of_the_matrix(listing: str, status: int, matrix: list[str] | None) -> None:
    done = subprocess.run([sys.executable, ROOT / "tests/tools/matrix.py"], input=listing, capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert (json.loads(done.stdout) if matrix else done.stdout) == (matrix or "")


def test_the_setup_has_what_the_tests_need() -> None:
    steps = {step["uses"].split("@")[0]: step.get("with", {}) for step in read(ACTIONS[0])["runs"]["steps"]}
    pythons = steps["actions/setup-python"]["python-version"].split()
    assert all(set(pythons) & set(versions) for versions in environments.TABLE.values())
    assert {environments.TABLE[name][0] for name in environments.CORES.values()} <= set(pythons)
    assert int(steps["actions/setup-java"]["java-version"]) >= environments.JAVA
    assert (ROOT / steps["actions/setup-go"]["go-version-file"]).is_file()


# -- release.yml


@pytest.mark.parametrize(
    ("tag", "galaxy", "changelog", "fragment", "faults"),
    [
        ("1.10.0", "1.10.0", "1.10.0", False, []),
        ("1.9.0", "1.10.0", "1.10.0", False, ["galaxy.yml has 1.10.0", "changelogs/changelog.yaml has 1.10.0", "CHANGELOG.rst has 1.10.0"]),
        ("1.10.0", "1.9.0", "1.10.0", False, ["galaxy.yml has 1.9.0"]),
        ("1.10.0", "1.10.0", "1.9.0", False, ["changelogs/changelog.yaml has 1.9.0", "CHANGELOG.rst has 1.9.0"]),
        ("1.10.0", "1.10.0", "1.10.0", True, ["antsibull-changelog release has not yet used a.yml"]),
        ("v1.10.0", "1.10.0", "1.10.0", False, ["galaxy.yml has 1.10.0", "changelogs/changelog.yaml has 1.10.0", "CHANGELOG.rst has 1.10.0"]),
    ],
    ids=["same", "old tag", "old galaxy.yml", "old changelog", "fragment left", "v"],
)
def test_a_tag_is_the_version(tag: str, galaxy: str, changelog: str, fragment: bool, faults: list[str], tmp_path: Path) -> None:
    """In a copy of the real files, whose version is another one."""
    versions = (
        ("galaxy.yml", r"^version: (.+)$", galaxy),
        ("changelogs/changelog.yaml", r"^  (\d[\d.]*):$", changelog),
        ("CHANGELOG.rst", r"^v(\d[\d.]*)\n=+$", changelog),
    )
    (tmp_path / "changelogs" / "fragments").mkdir(parents=True)
    (tmp_path / "tests" / "tools").mkdir(parents=True)
    for name, line, version in versions:
        text = (ROOT / name).read_text()
        newest = max(re.findall(line, text, re.MULTILINE), key=lambda found: [int(part) for part in found.split(".")])
        (tmp_path / name).write_text(text.replace(newest, version))
    (tmp_path / "tests" / "tools" / "released.py").write_bytes((ROOT / "tests" / "tools" / "released.py").read_bytes())
    if fragment:
        (tmp_path / "changelogs" / "fragments" / "a.yml").write_text("bugfixes: []\n")
    done = subprocess.run([sys.executable, tmp_path / "tests/tools/released.py", tag], capture_output=True, text=True, check=False)
    assert done.returncode == bool(faults)
    assert [line.partition(", and the tag is ")[0] for line in done.stderr.splitlines()] == faults


def test_a_release_runs_all_tests_before_it_publishes() -> None:
    workflow = read(GITHUB / "workflows" / "release.yml")
    needs = {name: [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", []) for name, job in workflow["jobs"].items()}
    assert needs == {"version": [], "test": ["version"], "build": ["version"], "attest": ["test", "build"], "publish": ["attest"], "github": ["publish"]}
    assert workflow["jobs"]["test"]["uses"] == "./.github/workflows/ci.yml" and workflow["jobs"]["test"]["with"] == {"all": True}
    (pattern,) = workflow["on"]["push"]["tags"]
    assert fnmatch.fnmatch("1.1.0", pattern.replace("+", "")) and not fnmatch.fnmatch("v1.1.0", pattern.replace("+", ""))


# -- forms, and those who review


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_form(path: Path) -> None:
    """The schema leaves this open: ids and labels are unique, and a dropdown has no option twice."""
    body = read(path)["body"]
    fields = [item for item in body if item["type"] != "markdown"]
    for values in ([item["id"] for item in fields], [item["attributes"]["label"] for item in fields]):
        assert len(values) == len(set(values))
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", item["id"]) for item in fields)
    for item in fields:
        options = item["attributes"].get("options", [])
        assert len(options) == len(set(options)) and not {"None", "none"} & set(options)  # GitHub reserves None
        assert "validations" not in item or item["validations"] == {"required": True}


def test_the_form_of_a_bug_asks_for_what_support_needs() -> None:
    fields = {item["id"]: item for item in read(GITHUB / "ISSUE_TEMPLATE" / "bug_report.yml")["body"] if "id" in item}
    needed = {"collection", "core", "bigip", "cluster", "component", "mode", "happened", "task", "output", "facts"}
    assert {name for name, item in fields.items() if item.get("validations", {}).get("required")} == needed
    assert set(fields) == {*needed, "code"}  # a wrong result has none
    texts = {name: json.dumps(item) for name, item in fields.items()}
    assert "failure.code" in texts["code"] and "-vvv" in texts["output"] and "cluster_info" in texts["facts"] and "preflight" in texts["facts"]
    modes = yaml.safe_load((ROOT / "plugins/modules/pool_members_info.py").read_text().split('DOCUMENTATION = r"""')[1].split('"""')[0])
    assert set(_option(modes, "pool_member_type")["choices"]) <= set(fields["mode"]["attributes"]["options"])
    assert f'"{fields["code"]["attributes"]["placeholder"]}": Meaning' in (ROOT / "plugins/module_utils/_codes.py").read_text()


def _option(documentation: Any, name: str) -> dict[str, Any]:
    """The option of this name, at any depth."""
    found: list[dict[str, Any]] = []

    def visit(options: dict[str, Any]) -> None:
        for key, option in options.items():
            if key == name and "choices" in option:
                found.append(option)
            visit(option.get("suboptions", {}))

    visit(documentation["options"])
    return found[0]


def test_owners_name_paths_that_exist() -> None:
    lines = [line.split() for line in (GITHUB / "CODEOWNERS").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0][0] == "*"
    for pattern, *owners in lines:
        assert owners and all(re.fullmatch(r"@[\w-]+/[\w-]+", owner) for owner in owners)
        assert pattern == "*" or (ROOT / pattern.strip("/")).exists(), pattern


@pytest.mark.parametrize("name", ["SECURITY.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", ".github/PULL_REQUEST_TEMPLATE.md"])
def test_the_files_that_github_shows(name: str) -> None:
    assert len((ROOT / name).read_text().split()) > 30


def test_vulnerabilities_have_a_private_way() -> None:
    advisory = "https://github.com/vks-bigip/vks.bigip/security/advisories/new"
    links = [link["url"] for link in read(GITHUB / "ISSUE_TEMPLATE" / "config.yml")["contact_links"]]
    assert advisory in links and advisory in (ROOT / "SECURITY.md").read_text()


# -- Dependabot

ECOSYSTEMS = {
    "github-actions": r"\.github/(workflows|actions/[^/]+)/[^/]+\.ya?ml",
    "pip": r"(.*/)?([\w-]*requirements\.txt|tests/requirements/[^/]+\.in)",
    "gomod": r"(.*/)?go\.mod",
    "devcontainers": r"\.devcontainer/devcontainer\.json",
    "docker": r"(.*/)?(Dockerfile|Containerfile)",
    "npm": r"(.*/)?package\.json",
    "cargo": r"(.*/)?Cargo\.toml",
    "bundler": r"(.*/)?Gemfile",
    "gitsubmodule": r"\.gitmodules",
    "terraform": r"(.*/)?\S+\.tf",
}
"""The files of each ecosystem that Dependabot knows and this repository could have."""


def test_dependabot_reads_each_file_with_versions() -> None:
    updates = read(GITHUB / "dependabot.yml")["updates"]
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    found = {(ecosystem, name) for ecosystem, pattern in ECOSYSTEMS.items() for name in names if re.fullmatch(pattern, name)}
    assert {ecosystem for ecosystem, _name in found} == {update["package-ecosystem"] for update in updates}
    missing = [name for ecosystem, name in sorted(found) if not any(_reads(update, ecosystem, name) for update in updates)]
    assert not missing
    unused = [update for update in updates if not any(_reads(update, ecosystem, name) for ecosystem, name in found)]
    assert not unused


def _reads(update: dict[str, Any], ecosystem: str, name: str) -> bool:
    """`/` is .github/workflows for actions, and .devcontainer for devcontainers."""
    folder = {".github/workflows": "", ".devcontainer": ""}.get(os.path.dirname(name), os.path.dirname(name))
    return update["package-ecosystem"] == ecosystem and any(fnmatch.fnmatch(f"/{folder}", pattern) for pattern in update["directories"])


# -- pre-commit and the devcontainer


def test_hooks_are_local() -> None:
    """They use the environments of the tests. The test group `lint pre_commit` runs them."""
    (repository,) = read(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        program, environment, command = hook["entry"].split()[:3]
        assert program == "tests/tools/in-environment" and os.access(ROOT / program, os.X_OK)
        assert re.search(rf"^{command}==", (REQUIREMENTS / f"{environment}.txt").read_text(), re.MULTILINE)


@pytest.mark.parametrize("words", [[], ["main"], ["no-such", "ruff"]], ids=["nothing", "no command", "no environment"])
def test_wrong_words_for_a_hook(words: list[str]) -> None:
    done = subprocess.run([ROOT / "tests/tools/in-environment", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "usage: in-environment ENVIRONMENT COMMAND" in done.stderr


def test_the_devcontainer_has_what_the_demo_needs() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    features = {re.fullmatch(r".+/(\w+):\d+\.\d+\.\d+", name)[1]: options for name, options in container["features"].items()}
    python = re.search(r"python:(3\.\d+)-", container["image"])
    assert python and all(python[1] in versions for versions in environments.TABLE.values())
    modules = [path.read_text() for path in ROOT.glob("tests/lab/vkslab/go/*/go.mod")]
    needed = max(tuple(map(int, found.split("."))) for text in modules for found in re.findall(r"^go (\S+)$", text, re.MULTILINE))
    assert tuple(map(int, features["go"]["version"].split("."))) >= needed[:2]
    assert int(features["java"]["version"]) >= environments.JAVA
    command, *parts = container["onCreateCommand"].split()
    assert command == "tests/setup" and set(parts) <= {*environments.TABLE, "dev", "lab"} and {"main", "lab"} <= set(parts)


# -- the tarball


def test_the_tarball_has_none_of_these_files() -> None:
    """It has the files that users read, and none that only GitHub or the tools of developers read."""
    shipped = {str(path) for path in tree.shipped()}
    assert {"SECURITY.md", "CODE_OF_CONDUCT.md"} <= shipped
    assert not [path for path in shipped if path.startswith((".", "tests/tools", "tests/checks", "tests/requirements"))]
