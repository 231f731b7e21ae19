# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follows playbooks and roles without running them, in a hundredth of the time: which modules they call, and with which arguments.

Ansible's own templating evaluates every expression. A module of this collection checks its arguments in this process; its work, and every
other module, is replaced by an answer (answers.py). Includes, blocks, loops, conditions, facts and module_defaults are followed as Ansible
does. A task that fails ends the case; no rescue is followed.

It is a program of its own, because Ansible's way of finding collections has to be set up before anything of a collection is imported:
cases on standard input, as JSON [[kind, name, variables, world, environ], ...], where the world (answers.py) and variables of the environment
may be left out; for each case [[module, arguments], ...] and what failed, on standard output. Its argument is a folder for compiled.py.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections import ChainMap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import yaml
from ansible._internal._templating._engine import TemplateOptions
from ansible._internal._templating._lazy_containers import _AnsibleLazyTemplateMixin
from ansible._internal._templating._utils import TemplateContext
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar, trust_as_template

import compiled

ROOT = Path(__file__).resolve().parents[2]
GROUPS: dict[str, list[str]] = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]
OURS, BUILTIN = "vks.bigip.", "ansible.builtin."
KEYWORDS = {
    *("name", "when", "vars", "loop", "loop_control", "register", "until", "retries", "delay", "environment", "no_log", "check_mode", "diff"),
    *("changed_when", "failed_when", "module_defaults", "block", "rescue", "always", "ignore_errors", "async", "poll", "timeout"),
}
FACTS = {"ansible_check_mode": False, "ansible_playbook_python": sys.executable, "ansible_version": {"full": "2.19.0", "major": 2, "minor": 19}}


class Failed(Exception):
    """A task failed, with its message."""


class Ended(Exception):
    """The play ended early."""


class Play:
    """calls: the modules in order, each with its arguments. failed: the message of the task that failed.

    extra: the variables of -e. answers: the result of each module by its full name, or what makes it of the arguments.
    """

    def __init__(self, extra: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.failed = ""
        self._extra, self._answers = dict(extra), answers
        self._facts: dict[str, Any] = {}
        # By precedence: defaults of roles; variables of the play, of roles, of blocks and tasks; facts; those of -e.
        self._defaults: dict[str, Any] = {}
        self._layers: list[Mapping[str, Any]] = [FACTS]
        self._module_defaults: list[tuple[str, Any]] = []
        self._role = Path()
        self._environment: dict[str, Any] = {}
        self._templar = Templar(loader=DataLoader())
        self._variables: dict[str, Any] = {}

    def playbook(self, name: str) -> Play:
        (play,) = load(ROOT / "playbooks" / f"{name}.yml")
        roles = [{"name": "A role of the play", f"{BUILTIN}include_role": {"name": one["role"]}} for one in play.get("roles", ())]
        tasks = [*roles, *play.get("tasks", ())]
        return self._followed([{"block": tasks, "environment": play.get("environment", {})}], play.get("vars"), play.get("module_defaults"))

    def role(self, name: str) -> Play:
        return self._followed([{"name": "The role", f"{BUILTIN}include_role": {"name": f"{OURS}{name}"}}], None, None)

    def entry(self, name: str) -> Play:
        """role/entry point"""
        role, _slash, entry = name.partition("/")
        return self._followed([{"name": "The role", f"{BUILTIN}include_role": {"name": f"{OURS}{role}", "tasks_from": entry}}], None, None)

    def _followed(self, tasks: list[Any], variables: Any, module_defaults: Any) -> Play:
        try:
            with self._inside(variables, module_defaults):
                self._follow(tasks)
        except Ended:
            pass
        except Exception as failed:
            self.failed = str(failed)
        return self

    # -- templates ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _inside(self, variables: Any, module_defaults: Any = None) -> Iterator[None]:
        layers, defaults = len(self._layers), len(self._module_defaults)
        self._layers.append(variables or {})
        self._module_defaults += (module_defaults or {}).items()
        try:
            yield
        finally:
            del self._layers[layers:], self._module_defaults[defaults:]

    def _with_variables(self) -> Templar:
        """The value of a variable is cached until one changes, because most refer to the same few."""
        variables: dict[str, Any] = dict(ChainMap(self._extra, self._facts, *reversed(self._layers), self._defaults))  # type: ignore[arg-type]
        if variables.keys() != self._variables.keys() or any(value is not self._variables[name] for name, value in variables.items()):
            self._variables = variables
            with TemplateContext(template_value=None, templar=self._templar._engine, options=TemplateOptions.DEFAULT):
                self._templar.available_variables = _AnsibleLazyTemplateMixin._try_create(variables)
        return self._templar

    def _template(self, value: Any) -> Any:
        return self._with_variables().template(value)

    def _holds(self, conditions: Any) -> bool:
        templar = self._with_variables()
        return all(templar.evaluate_conditional(one) for one in (conditions if isinstance(conditions, list) else [conditions]))

    # -- tasks -------------------------------------------------------------------------------------------------------

    def _follow(self, tasks: Any) -> None:
        for task in tasks or ():
            with self._inside(task.get("vars"), task.get("module_defaults")):
                if "loop" in task:
                    self._loop(task)
                elif self._holds(task.get("when", True)):
                    self._do(task)
                elif "register" in task:
                    self._facts[task["register"]] = {"skipped": True, "changed": False}

    def _loop(self, task: Mapping[str, Any]) -> None:
        variable = task.get("loop_control", {}).get("loop_var", "item")
        results = []
        for item in self._template(task["loop"]):
            with self._inside({variable: item}):
                if self._holds(task.get("when", True)):
                    results.append({"item": item, **(self._do(task) or {})})
        if "register" in task:
            self._facts[task["register"]] = {"results": results, "changed": any(result.get("changed") for result in results)}

    def _do(self, task: Mapping[str, Any]) -> dict[str, Any] | None:
        if "block" in task:
            return self._block(task)
        (action,) = [key for key in task if key not in KEYWORDS]
        if action.startswith(BUILTIN) and (follow := getattr(self, f"_{action.removeprefix(BUILTIN)}", None)):
            follow(task[action] if action == f"{BUILTIN}assert" else self._template(task[action]))
            return None
        answer = self._call(action, task)
        if "register" in task:
            self._facts[task["register"]] = {**answer, "attempts": 9} if "until" in task else answer
        if "until" in task and not self._holds(task["until"]) and action.startswith(OURS):
            raise Failed(f"{task.get('name')} waits for ever")
        return answer

    def _block(self, task: Mapping[str, Any]) -> None:
        former = self._environment
        self._environment = {**former, **self._template(task.get("environment", {}))}
        try:
            self._follow(task["block"])
        finally:
            self._follow(task.get("always"))
            self._environment = former

    def _call(self, action: str, task: Mapping[str, Any]) -> dict[str, Any]:
        arguments = self._template({**self._defaults_of(action), **(task[action] or {})})
        keywords = self._template({key: task[key] for key in ("environment", "retries", "delay", "async", "poll") if key in task})
        if environment := {**self._environment, **keywords.get("environment", {})}:
            keywords["environment"] = environment
        if action.startswith(OURS):
            arguments = checked(action.removeprefix(OURS), arguments)
        self.calls.append((action, {**arguments, **keywords}))
        answer = self._answers[action]
        return {"changed": False, **(answer(arguments) if callable(answer) else answer)}

    def _defaults_of(self, action: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, arguments in self._module_defaults:
            group = name.removeprefix("group/")
            ours = action.startswith(OURS) and action.removeprefix(OURS) in GROUPS.get(group.removeprefix(OURS), ())
            if name == action or (name != group and (ours or (group.startswith("kubernetes.core") and action.startswith(group)))):
                found |= self._template(arguments)
        return found

    # -- what Ansible does itself ------------------------------------------------------------------------------------

    def _include_role(self, given: Mapping[str, Any]) -> None:
        former, self._role = self._role, ROOT / "roles" / given["name"].removeprefix(OURS)
        try:
            specs = load(self._role / "meta" / "argument_specs.yml")["argument_specs"]
            entry = given.get("tasks_from", "main")
            self._defaults |= load(self._role / "defaults" / "main.yml")
            of_role = [load(path) for path in sorted((self._role / "vars").rglob("*.yml"))]
            of_task = self._layers[-1]  # they come above those of the role
            with self._inside({**dict(ChainMap(*of_role)), "role_path": str(self._role), **of_task}):
                if given.get("rolespec_validate", True) and entry in specs:
                    self._validate(specs[entry]["options"])
                self._follow(load(self._role / "tasks" / f"{entry}.yml"))
        finally:
            self._role = former

    _import_role = _include_role

    def _validate(self, options: Mapping[str, Any]) -> None:
        """As Ansible does before the first task of a role."""
        templar = self._with_variables()
        given = templar.template({name: self._variables[name] for name in options if name in self._variables})
        if errors := ArgumentSpecValidator(options).validate(given).error_messages:
            raise Failed("\n".join(errors))

    def _include_tasks(self, given: Any) -> None:
        self._follow(load(self._role / "tasks" / (given if isinstance(given, str) else given["file"])))

    def _set_fact(self, given: Mapping[str, Any]) -> None:
        self._facts.update(given)

    def _assert(self, given: Mapping[str, Any]) -> None:
        said = self._template(given["fail_msg"])  # since ansible-core 2.19 also if nothing fails
        if not self._holds(given["that"]):
            raise Failed(said)
        self._template(given.get("success_msg"))

    def _fail(self, given: Mapping[str, Any]) -> None:
        raise Failed(given["msg"])

    def _debug(self, given: Mapping[str, Any]) -> None:
        shown = {"var": self._template(trust_as_template("{{ " + given["var"] + " }}"))} if "var" in given else given
        self.calls.append((f"{BUILTIN}debug", shown))

    def _meta(self, given: str) -> None:
        assert given == "end_play"
        raise Ended


@cache
def load(path: Path) -> Any:
    return DataLoader().load_from_file(str(path), cache="none", trusted_as_template=True) if path.exists() else {}


def checked(module: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The options that the module's work gets for these arguments."""
    from ansible_collections.vks.bigip.plugins.module_utils._module import Module
    from ansible_collections.vks.bigip.tests.unit.support.run_module import run_module

    seen: dict[str, Any] = {}

    def run(self: Module, _work: Any) -> None:
        seen.update(self.params)
        if "owner" in self.emptied and (seen.get("state") in ("absent", "released") or (module == "publish" and seen.get("prune"))):
            seen["owner"] = ""  # which the module refuses
        self.exit_json()

    main = importlib.import_module(f"ansible_collections.{OURS}plugins.modules.{module}").main
    with mock.patch.object(Module, "run", run):
        result = run_module(main, dict(arguments))
    if result.get("failed"):
        raise Failed(result["msg"])
    return seen


def followed(kind: str, name: str, variables: Mapping[str, Any], world: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Play:
    import answers

    with mock.patch.dict(os.environ, environ or {}):
        play: Play = getattr(Play(variables, answers.of(world)), kind)(name)
        return play


def main() -> None:
    init_plugin_loader([str(ROOT / ".build" / "dev")])
    compiled.once(Path(sys.argv[1]))
    plays = [followed(*case) for case in json.load(sys.stdin)]
    json.dump([[play.calls, play.failed] for play in plays], sys.stdout, default=str)


if __name__ == "__main__":
    main()
