# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs of the pipelines in examples/, which run on this machine: their shell steps, unchanged."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from runner.places import ROOT

EXAMPLES = ROOT / "examples"
PIPELINES = {"gitlab": EXAMPLES / ".gitlab-ci.yml", "github": EXAMPLES / ".github" / "workflows" / "bigip.yml"}
AFTER_A_CHECK = "${{ !cancelled() && steps.check.conclusion != 'skipped' }}"
"""The only condition of a step."""
RULE = re.compile(r"\$(\w+) (==|!=) (?:\$(\w+)|\"(\w+)\")")


def venv(programs: Iterable[Path], python: Path) -> str:
    """A shell script, the program `python` of a runner. Its `-m venv` needs no network: the venv has these programs."""
    links = shlex.join(str(program) for program in programs)
    return f'#!/bin/sh\n[ "$1 $2" = "-m venv" ] || exec {shlex.quote(str(python))} "$@"\nmkdir -p "$3/bin" && ln -s {links} "$3/bin"\n'


def jobs_on_gitlab(variables: dict[str, str]) -> set[str]:
    """The jobs of a pipeline with these variables."""
    content = yaml.safe_load(PIPELINES["gitlab"].read_text())

    def allowed(part: str) -> bool:
        return any(all(_holds(one, variables) for one in rule["if"].split(" && ")) for rule in content[part]["rules"])

    return {name for name in content["stages"] if allowed(name)} if allowed("workflow") else set()


def _holds(condition: str, variables: dict[str, str]) -> bool:
    match = RULE.fullmatch(condition)
    assert match, condition
    name, operator, other, text = match.groups()
    return (variables.get(name) == (variables.get(other) if other else text)) == (operator == "==")


class Job:
    """One job of a pipeline. run: its status and output, in a copy of the folder."""

    def __init__(self, place: str, name: str) -> None:
        self._place = place
        self._all = yaml.safe_load(PIPELINES[place].read_text())
        self._job = self._all[name] if place == "gitlab" else self._all["jobs"][name]

    def run(self, folder: Path, environ: dict[str, str], expressions: dict[str, str]) -> tuple[int, str]:
        """environ: the variables of the machine, the place and the project. expressions: values of GitHub's expressions."""
        if self._place == "gitlab":
            return self._on_gitlab(folder, environ)
        return self._on_github(folder, environ, expressions)

    def _on_gitlab(self, folder: Path, environ: dict[str, str]) -> tuple[int, str]:
        """GitLab runs all lines in one shell, which ends at the first failure."""
        environ = {**environ, "CI_PROJECT_DIR": str(folder)}
        own = {name: re.sub(r"\$(\w+)", lambda match: environ[match[1]], value) for name, value in self._all["variables"].items()}
        lines = [*self._all["default"]["before_script"], *self._job["script"]]
        return _shell(["bash", "-e"], "\n".join(lines), folder, {**environ, **own})

    def _on_github(self, folder: Path, environ: dict[str, str], expressions: dict[str, str]) -> tuple[int, str]:
        """GitHub runs each step in its own shell. After a failure, only a step with a condition runs. It empties RUNNER_TEMP."""
        assert self._all["defaults"]["run"]["shell"] == "bash"
        temp = folder.parent / "runner-temp"
        temp.mkdir()
        files = {"GITHUB_ENV": temp / "env", "GITHUB_PATH": temp / "path"}
        for file in files.values():
            file.touch()
        environ = {**environ, "RUNNER_TEMP": str(temp), **{name: str(file) for name, file in files.items()}}
        try:
            return self._steps(folder, environ, expressions, files)
        finally:
            shutil.rmtree(temp)

    def _steps(self, folder: Path, environ: dict[str, str], expressions: dict[str, str], files: dict[str, Path]) -> tuple[int, str]:
        """files: where a step writes variables and folders of programs for the next steps."""
        failed, output = 0, ""
        ran: set[object] = set()
        for step in (step for step in self._job["steps"] if "run" in step):
            assert step.get("if", AFTER_A_CHECK) == AFTER_A_CHECK
            skipped = "check" not in ran if "if" in step else bool(failed)
            if skipped:
                continue
            given = {name: _evaluated(value, expressions) for name, value in {**self._all["env"], **step.get("env", {})}.items()}
            assert "${{" not in step["run"], "an expression in a script can contain a command"
            kept = dict(line.split("=", 1) for line in files["GITHUB_ENV"].read_text().splitlines())
            kept["PATH"] = os.pathsep.join([*reversed(files["GITHUB_PATH"].read_text().splitlines()), environ["PATH"]])
            status, text = _shell(["bash", "--noprofile", "--norc", "-eo", "pipefail"], step["run"], folder, {**environ, **kept, **given})
            ran.add(step.get("id"))
            failed, output = failed or status, output + text
        return failed, output


def _evaluated(value: str, expressions: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ (.+?) \}\}", lambda match: expressions[match[1]], value)


def _shell(words: list[str], script: str, folder: Path, environ: dict[str, str]) -> tuple[int, str]:
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    done = subprocess.run([*words, "-c", script], cwd=folder, env=environ, check=False, **pipes)
    return done.returncode, done.stdout
