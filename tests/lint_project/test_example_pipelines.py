# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell steps of both pipelines in examples/, with a recording ansible-playbook. tests/scenarios runs them on a lab."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from support.comments import MERGE_REQUEST, TOKEN, Comments
from support.pipelines import EXAMPLES, PIPELINES, Job, jobs_on_gitlab, venv

PASSWORD = "password-of-the-vault"
RECORDS = """#!/bin/sh
echo "$(basename "$0") $* config=$ANSIBLE_CONFIG home=$ANSIBLE_HOME program=$0 vault=$(cat "$ANSIBLE_VAULT_PASSWORD_FILE" 2>&1)" >> "$LOG"
if [ "$(basename "$0")" = ansible-playbook ]; then
  echo 'PLAY RECAP ***'
  echo 'staging : ok=1 changed=1 unreachable=0 failed=0'
  exit "$STATUS"
fi
"""


@pytest.fixture(params=("gitlab", "github"))
def comments(request: pytest.FixtureRequest) -> Iterator[Comments]:
    with Comments(request.param) as made:
        yield made


class Run:
    """A run of one job in a copy of the folder. calls: the commands of Ansible and pip, with what they see."""

    def __init__(self, comments: Comments, name: str, folder: Path, *, playbook: int = 0, token: str = TOKEN, plain: bool = False) -> None:
        self.folder = Path(shutil.copytree(EXAMPLES, folder / "bigip"))
        for secrets in self.folder.rglob("vault.yml.example"):
            secrets.with_suffix("").write_text("vault_api_key: in-plain-text\n" if plain else "$ANSIBLE_VAULT;1.1;AES256\n")
        (folder / "bin").mkdir()
        (folder / "tmp").mkdir()
        for program in ("ansible-playbook", "ansible-galaxy", "pip"):
            (folder / "bin" / program).write_text(RECORDS)
            (folder / "bin" / program).chmod(0o755)
        programs = sorted((folder / "bin").iterdir())
        (folder / "bin" / "python").write_text(venv(programs, Path(sys.executable)))
        (folder / "bin" / "python").chmod(0o755)
        (folder / "password").write_text(f"{PASSWORD}\n")
        log = folder / "log"
        log.touch()
        path = os.pathsep.join((str(folder / "bin"), os.environ["PATH"]))
        environ = {"PATH": path, "TMPDIR": str(folder / "tmp"), "LOG": str(log), "STATUS": str(playbook), **comments.variables()}
        if comments.place == "gitlab":
            environ |= {"COMMENT_TOKEN": token, "ANSIBLE_VAULT_PASSWORD_FILE": str(folder / "password")}
        expressions = {"secrets.VAULT_PASSWORD": PASSWORD, "github.token": token, "github.event.number": str(MERGE_REQUEST)}
        self.status, self.output = Job(comments.place, name).run(self.folder, environ, expressions)
        self.calls = log.read_text().splitlines()
        self.left = [path.name for path in (folder / "tmp").iterdir()]

    def plays(self) -> list[str]:
        return [call.partition(" config=")[0] for call in self.calls if call.startswith("ansible-playbook")]


def test_check(comments: Comments, tmp_path: Path) -> None:
    run = Run(comments, "check", tmp_path)
    assert run.status == 0 and run.plays() == ["ansible-playbook site.yml --check --diff"], run.output
    assert [call.partition(" config=")[0] for call in run.calls[:2]] == [
        "pip install --quiet --no-cache-dir -r requirements.txt",
        "ansible-galaxy collection install -r requirements.yml",
    ]
    assert [Path(run.folder, call.partition("config=")[2].partition(" ")[0]) for call in run.calls[:3]] == [run.folder / "ansible.cfg"] * 3
    assert run.calls[2].endswith(f"vault={PASSWORD}") and not run.left
    assert "staging : ok=1" in run.output and "* `staging`: would change" in comments.own()[0]
    assert PASSWORD not in run.output + comments.own()[0]


def test_a_check_that_fails(comments: Comments, tmp_path: Path) -> None:
    """The comment is written, and the job has the status of ansible-playbook."""
    run = Run(comments, "check", tmp_path, playbook=4)
    assert run.status == 4 and len(comments.own()) == 1, run.output
    assert not run.left


def test_a_comment_that_fails(comments: Comments, tmp_path: Path) -> None:
    run = Run(comments, "check", tmp_path, token="wrong")
    assert run.status == 1 and "Check the rights of COMMENT_TOKEN." in run.output and not comments.own()


@pytest.mark.parametrize("job", ["check", "publish"])
def test_secrets_in_plain_text(comments: Comments, job: str, tmp_path: Path) -> None:
    run = Run(comments, job, tmp_path, plain=True)
    assert run.status == 1 and not run.calls and not comments.requests
    assert "inventory/host_vars/staging/vault.yml" in run.output and "in-plain-text" not in run.output


@pytest.mark.parametrize("playbook", [0, 2])
def test_publish(comments: Comments, playbook: int, tmp_path: Path) -> None:
    run = Run(comments, "publish", tmp_path, playbook=playbook)
    assert run.status == playbook and run.plays() == ["ansible-playbook site.yml --diff"], run.output
    assert run.calls[2].endswith(f"vault={PASSWORD}") and not run.left and not comments.requests


@pytest.mark.parametrize("job", ["check", "publish"])
def test_packages_of_a_job_on_github_do_not_stay(job: str, tmp_path: Path) -> None:
    """A self-hosted runner keeps its files, without RUNNER_TEMP. Code of a pull request must not run in `publish`."""
    with Comments("github") as comments:
        run = Run(comments, job, tmp_path)
    temp = tmp_path / "runner-temp"
    assert len(run.calls) == 3 and not temp.exists(), run.output
    for call in run.calls:
        name = call.partition(" ")[0]
        assert f" home={temp}/ansible program={temp}/venv/bin/{name} " in call
    assert "--no-cache-dir" in run.calls[0]


def test_both_jobs_on_github_install_the_same() -> None:
    jobs = yaml.safe_load(PIPELINES["github"].read_text())["jobs"]
    check, publish = (jobs[name]["steps"] for name in ("check", "publish"))
    assert check[:4] == publish[:4] and check[3]["name"] == "Install"


@pytest.mark.parametrize(
    ("variables", "jobs"),
    [
        ({"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "17"}, {"check"}),
        ({"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "99"}, set()),
        ({"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "99", "CI_PROJECT_ID": "99"}, set()),
        ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main"}, {"publish"}),
        ({"CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BRANCH": "main"}, {"publish"}),
        ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "other"}, set()),
    ],
    ids=["merge request", "of a fork", "in the fork", "main", "schedule", "branch"],
)
def test_jobs_on_gitlab(variables: dict[str, str], jobs: set[str]) -> None:
    given = {"CI_PROJECT_ID": "17", "CI_DEFAULT_BRANCH": "main", **variables}
    if given["CI_PIPELINE_SOURCE"] == "merge_request_event":
        given["CI_MERGE_REQUEST_PROJECT_ID"] = "17"
    assert jobs_on_gitlab(given) == jobs
