# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder examples/ fits the collection, and its comments on merge requests are safe. tests/scenarios runs it on a lab."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import argument_specs
from runner.places import ROOT
from support.comments import BOTS, MERGE_REQUEST, TOKEN, Comments
from support.pipelines import EXAMPLES, PIPELINES

MARK = "<!-- vks.bigip check -->"
HEAD = "PLAY RECAP *********************\n"
RECAP = f"{HEAD}staging : ok=9 changed=1 unreachable=0 failed=0 skipped=3\nproduction : ok=9 changed=0 unreachable=0 failed=0 skipped=3\n"
PLACES = ("gitlab", "github")


@pytest.fixture(params=PLACES)
def comments(request: pytest.FixtureRequest) -> Iterator[Comments]:
    with Comments(request.param) as made:
        yield made


def write(comments: Comments, output: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run ci/comment.py on this output."""
    (folder / "check.txt").write_text(output)
    environ = {**comments.variables(), "COMMENT_TOKEN": TOKEN, "PULL_REQUEST": str(MERGE_REQUEST), **more}
    words = [sys.executable, str(EXAMPLES / "ci" / "comment.py"), "check.txt"]
    return subprocess.run(words, cwd=folder, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def test_a_comment_is_added_and_then_updated(comments: Comments, tmp_path: Path) -> None:
    assert "added" in write(comments, "first", tmp_path).stdout
    assert "updated" in write(comments, f"second\n{RECAP}", tmp_path).stdout
    (body,) = comments.own()
    assert body.startswith(MARK) and "* `staging`: would change\n* `production`: no change\n" in body and "first" not in body


def test_comments_of_others_stay(comments: Comments, tmp_path: Path) -> None:
    """One quotes the mark, and the pipeline's own one is on the third page."""
    others = [comments.add("a person", f"{MARK} {number}")["body"] for number in range(210)]
    comments.add(BOTS[comments.place], "another tool of the same account")
    comments.add(BOTS[comments.place], f"{MARK} old")
    assert write(comments, "new", tmp_path).returncode == 0
    assert [comment["body"] for comment in comments.comments[:210]] == others
    tool, own = comments.own()
    assert tool == "another tool of the same account" and "new" in own and "old" not in own


@pytest.mark.parametrize("text", ["```", "a\n```\n@all <b>x</b>", "`````"])
def test_the_output_stays_text(comments: Comments, text: str, tmp_path: Path) -> None:
    """Nothing in the output ends the block of the comment: Kubernetes and BIG-IP wrote parts of it."""
    write(comments, text, tmp_path)
    (body,) = comments.own()
    (fence,) = re.findall(r"^(`+)diff$", body, re.MULTILINE)
    inside = body.partition(f"{fence}diff\n")[2].partition(f"\n{fence}\n")[0]
    assert inside == text and fence not in text


def test_a_long_output_is_cut(comments: Comments, tmp_path: Path) -> None:
    write(comments, f"begin\n{'x' * 200000}\n{RECAP}", tmp_path)
    (body,) = comments.own()
    assert len(body) < 65536 and "begin" in body and "production : ok=9" in body and "The job has the complete output." in body


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (f"{HEAD}staging : ok=1 changed=1 unreachable=0 failed=1", "* `staging`: **failed**"),
        (f"{HEAD}staging : ok=1 changed=0 unreachable=1 failed=0", "* `staging`: **failed**"),
        (f"{HEAD}\x1b[32mstaging\x1b[0m : ok=1 changed=0 unreachable=0 failed=0", "* `staging`: no change"),
        ("< PLAY RECAP >\nstaging : ok=1 changed=0 unreachable=0 failed=0", "* `staging`: no change"),
        (f"{HEAD}a`<b>@all : ok=1 changed=0 unreachable=0 failed=0", "* `a??b??all`: no change"),
        ("ERROR! no vault password", "The check did not run to its end."),
        ("staging : ok=1 changed=0 unreachable=0 failed=0", "The check did not run to its end."),
    ],
)
def test_verdict(comments: Comments, output: str, line: str, tmp_path: Path) -> None:
    write(comments, output, tmp_path)
    assert line in comments.own()[0].splitlines()


def test_only_the_last_recap_counts(comments: Comments, tmp_path: Path) -> None:
    """An error message can contain lines as those of the recap."""
    line = "production : ok=1 changed=0 unreachable=0 failed=0"
    write(comments, f"{line}\n{HEAD}{line}\n{HEAD}production : ok=1 changed=0 unreachable=0 failed=1\n", tmp_path)
    assert [text for text in comments.own()[0].splitlines() if text.startswith("* ")] == ["* `production`: **failed**"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html>Log in</html>", "did not answer with JSON"),
        (b"\xff", "did not answer with JSON"),
        (b"[{}]", "Error: "),
        (b'{"message": "x"}', "Error: "),
    ],
    ids=["page", "bytes", "list", "object"],
)
def test_an_answer_of_another_program(comments: Comments, content: bytes, reason: str, tmp_path: Path) -> None:
    """A proxy answers with its login page and status 200."""
    comments.instead = content
    done = write(comments, "x", tmp_path)
    assert done.returncode == 1 and "The comment was not written: the answer is not from Git" in done.stderr, done
    assert reason in done.stderr and "Traceback" not in done.stderr and "is not set" not in done.stderr


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"COMMENT_TOKEN": "wrong"}, "HTTP Error 401: Unauthorized. Check the rights of COMMENT_TOKEN."),
        ({"CI_API_V4_URL": "http://127.0.0.1:1", "GITHUB_API_URL": "http://127.0.0.1:1"}, "Connection refused"),
    ],
)
def test_a_failure_names_its_cause(comments: Comments, more: dict[str, str], message: str, tmp_path: Path) -> None:
    done = write(comments, "x", tmp_path, **more)
    assert done.returncode == 1 and message in done.stderr and "Traceback" not in done.stderr and not comments.own()


def test_an_unset_token_is_named(comments: Comments, tmp_path: Path) -> None:
    """GitLab does not set a protected variable on other branches. An empty one counts as unset."""
    done = write(comments, "x", tmp_path, COMMENT_TOKEN="")
    assert done.returncode == 1 and "COMMENT_TOKEN is not set: the comment was not written." in done.stderr


# -- the files


def test_the_requirements_are_those_of_the_collection() -> None:
    (collection,) = yaml.safe_load((EXAMPLES / "requirements.yml").read_text())["collections"]
    galaxy, runtime = (yaml.safe_load((ROOT / name).read_text()) for name in ("galaxy.yml", "meta/runtime.yml"))
    assert collection["name"] == "vks.bigip" and galaxy["version"] in SpecifierSet(collection["version"])
    ansible, *packages = [line for line in (EXAMPLES / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert packages == (ROOT / "requirements.txt").read_text().splitlines()
    assert [str(one) for one in Requirement(ansible).specifier] == [">=2.16"] and runtime["requires_ansible"] == ">=2.16.0"


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("applications/*/*.yml")), ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_applications(file: Path) -> None:
    document = yaml.safe_load(file.read_text())
    items = document if isinstance(document, list) else [document]
    assert not argument_specs.faults("publish", {"applications": items})


def test_each_cluster_has_its_files() -> None:
    hosts = set(yaml.safe_load((EXAMPLES / "inventory" / "hosts.yml").read_text())["clusters"]["hosts"])
    for place in ("applications", "inventory/host_vars"):
        assert {path.name for path in (EXAMPLES / place).iterdir()} == hosts


def test_the_account_has_roles_of_docs_rbac() -> None:
    rbac, rules = ROOT / "docs" / "rbac", {}
    for name in ("nodeportlocal", "info", "publish"):
        document = yaml.safe_load((rbac / f"{name}.yml").read_text())
        rules |= {(one["kind"], one["metadata"]["name"]): one["rules"] for one in document.get("items", [document])}
    objects: list[dict[str, Any]] = list(yaml.safe_load_all((EXAMPLES / "cluster" / "access.yml").read_text()))
    for one in objects:
        if "rules" in one:
            assert one["rules"] == rules[one["kind"], one["metadata"]["name"]]
        if "roleRef" in one:
            assert (one["roleRef"]["kind"], one["roleRef"]["name"]) in rules


def test_no_secret_is_in_the_folder() -> None:
    """Only the files that the reader copies have the names of the secrets, with the value of a placeholder."""
    assert not [path for path in EXAMPLES.rglob("*") if path.name in ("vault.yml", ".vault-password")]
    values = [value for path in EXAMPLES.rglob("vault.yml.example") for value in yaml.safe_load(path.read_text()).values()]
    assert set(values) == {"admin", "change-me"}


def test_actions_are_pinned() -> None:
    used = re.findall(r"uses: (\S+)(.*)$", PIPELINES["github"].read_text(), re.MULTILINE)
    assert used and not [line for line in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", "".join(line))]


def test_two_runs_never_overlap() -> None:
    gitlab, github = (yaml.safe_load(PIPELINES[place].read_text()) for place in PLACES)
    assert gitlab["publish"]["resource_group"] and gitlab["publish"]["interruptible"] is False
    assert github["jobs"]["publish"]["concurrency"] == {"group": "bigip", "cancel-in-progress": False}


def test_rights_of_the_workflow() -> None:
    workflow = yaml.safe_load(PIPELINES["github"].read_text())
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["check"]["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert workflow["jobs"]["publish"]["permissions"] == {"contents": "read"}


def test_readme() -> None:
    """Its paths and links lead to something."""
    text = (EXAMPLES / "README.md").read_text()
    table = text.partition("|---|---|\n")[2].partition("\n\n")[0]
    paths = [path.replace("CLUSTER", "staging") for row in table.splitlines() for path in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert len(paths) > 8 and not [path for path in paths if path != "vault.yml" and not (EXAMPLES / path).exists()]
    links = re.findall(r"\]\(https://github.com/vks-bigip/vks.bigip/(?:blob|tree)/main/([^)#]+)", text)
    assert links and not [link for link in links if not (ROOT / link).exists()]
