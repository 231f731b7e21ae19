# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin of publish: its lines, their readers, and that showing them stops nothing."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants, context
from ansible.errors import AnsibleError
from ansible.plugins.callback import CallbackBase, default

from ansible_collections.vks.bigip.plugins.action import publish

STEPS = ["posting Shop", "1 of 1 tenants done"]
SUMMARY = ["Shop: updated, 3 members (+1 -0) in 2 pools", "4 tenants unchanged"]
RESULT = {"changed": True, "summary": SUMMARY}


class Text(default.CallbackModule):  # type: ignore[misc, unused-ignore]
    """A callback that writes as `default` does, such as AWX's."""


class Json(CallbackBase):  # type: ignore[misc, unused-ignore]
    """One that writes for a program."""


class Templar:
    def template(self, value: Any) -> Any:
        if value == "{{ undefined }}":
            raise AnsibleError("'undefined' is undefined")
        return value


class Action(publish.ActionModule):
    """With a module that takes two steps and returns RESULT."""

    given: dict[str, Any]

    def _execute_module(self, **given: Any) -> dict[str, Any]:  # type: ignore[override, unused-ignore]
        self.given = given
        if given["wrap_async"]:
            return {"started": 1, "finished": 0, "ansible_job_id": "j1"}
        path = given["module_args"].get("progress_file")
        if path:
            with open(path, "a", encoding="utf-8") as file:
                file.writelines(f"{json.dumps({'text': text})}\n" for text in STEPS)
                file.write('no JSON\n{"other": 1}\n')
        return RESULT


def action(args: dict[str, Any] | None = None, *, transport: str = "local", become: Any = None, **task: Any) -> Action:
    known = {"args": args or {}, "async_val": 0, "check_mode": False, "no_log": False, "action": "vks.bigip.publish"}
    connection = SimpleNamespace(transport=transport, become=become, _shell=SimpleNamespace(tmpdir=None))
    return Action(SimpleNamespace(**known | task), connection, SimpleNamespace(), None, Templar(), None)  # type: ignore[arg-type, unused-ignore]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[bool, list[str]]]:
    """The displayed lines: standard output under False, standard error under True. It begins as a playbook."""
    lines: dict[bool, list[str]] = {False: [], True: []}
    monkeypatch.setattr(publish.display, "display", lambda text, stderr=False: lines[stderr].append(text))
    monkeypatch.setattr(publish.display, "warning", lambda text: lines[True].append(f"warning: {text}"))
    monkeypatch.setattr(context, "CLIARGS", {"start_at_task": None})
    monkeypatch.setattr(constants, "DEFAULT_STDOUT_CALLBACK", "default")
    monkeypatch.setattr(publish, "_ONLY_STDERR_IS_TERMINAL", False)
    monkeypatch.delenv("VKS_BIGIP_PROGRESS", raising=False)
    yield lines


def prefixed(*texts: str, host: str = "localhost") -> list[str]:
    return [f"publish: [{host}] {text}" for text in texts]


ALL, SILENT, JSON, TERMINAL = prefixed(*STEPS, *SUMMARY), [], Json(), {"terminal": True}


@pytest.mark.parametrize(
    ("callback", "more", "stdout", "stderr"),
    [
        ("default", {}, ALL, SILENT),
        ("default", TERMINAL, ALL, SILENT),
        (Text(), {}, ALL, SILENT),
        (Text(), TERMINAL, ALL, SILENT),
        (JSON, {}, SILENT, SILENT),
        (JSON, TERMINAL, SILENT, ALL),
        ("minimal", {}, SILENT, SILENT),
        ("minimal", TERMINAL, SILENT, ALL),
        ("a callback that is not there", {}, SILENT, SILENT),
        # ansible and ansible-console print by `minimal`, whatever is configured.
        ("default", {"cliargs": {"one_line": None}}, SILENT, SILENT),
        ("default", {"cliargs": {"one_line": None}, **TERMINAL}, SILENT, ALL),
    ],
)
def test_lines_go_where_a_person_reads(
    shown: dict[bool, list[str]], monkeypatch: pytest.MonkeyPatch, callback: Any, more: dict[str, Any], stdout: list[str], stderr: list[str]
) -> None:
    monkeypatch.setattr(constants, "DEFAULT_STDOUT_CALLBACK", callback)
    monkeypatch.setattr(publish, "_ONLY_STDERR_IS_TERMINAL", more.get("terminal", False))
    monkeypatch.setattr(context, "CLIARGS", more.get("cliargs", {"start_at_task": None}))
    assert action().run(task_vars={}) == RESULT
    assert (shown[False], shown[True]) == (stdout, stderr)


@pytest.mark.parametrize(
    ("variable", "environment", "lines"),
    [
        (None, None, ALL),
        (False, None, SILENT),
        ("no", None, SILENT),
        (None, "false", SILENT),
        (None, "0", SILENT),
        (True, "0", ALL),
        (False, "1", SILENT),
        ("", "", ALL),
        ("", "0", SILENT),
    ],
)
def test_a_variable_switches_it_off(
    shown: dict[bool, list[str]], monkeypatch: pytest.MonkeyPatch, variable: Any, environment: str | None, lines: list[str]
) -> None:
    if environment is not None:
        monkeypatch.setenv("VKS_BIGIP_PROGRESS", environment)
    assert action().run(task_vars={"vks_bigip_progress": variable}) == RESULT
    assert (shown[False], shown[True]) == (lines, SILENT)


@pytest.mark.parametrize("value", ["perhaps", [], "{{ undefined }}"])
def test_a_variable_that_is_no_boolean_is_named_and_stops_nothing(shown: dict[bool, list[str]], value: Any) -> None:
    assert action().run(task_vars={"vks_bigip_progress": value}) == RESULT
    assert shown[False] == ALL and len(shown[True]) == 1 and "vks_bigip_progress" in shown[True][0]


@pytest.mark.parametrize("host", ["cluster-a", "cluster-b"])
def test_lines_name_the_host(shown: dict[bool, list[str]], host: str) -> None:
    action().run(task_vars={"inventory_hostname": host})
    assert shown[False] == prefixed(*STEPS, *SUMMARY, host=host)


def test_a_task_with_no_log_shows_nothing(shown: dict[bool, list[str]]) -> None:
    assert action(no_log=True).run(task_vars={}) == RESULT
    assert not shown[False] and not shown[True]


@pytest.mark.parametrize("case", [{"transport": "ssh"}, {"args": {"progress_file": "mine"}}])
def test_where_progress_is_not_ours_only_the_result_is_shown(
    shown: dict[bool, list[str]], case: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    action(**case).run(task_vars={})
    assert shown[False] == prefixed(*SUMMARY)


def test_a_module_that_runs_as_another_user_gets_no_file_of_ours(shown: dict[bool, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Action, "_is_become_unprivileged", lambda self: True)
    ours = action(become=object())
    assert ours.run(task_vars={}) == RESULT and "progress_file" not in ours.given["module_args"]
    assert shown[False] == prefixed(*SUMMARY)


@pytest.mark.parametrize("args", [{}, {"progress_file": "mine"}])
def test_async_starts_the_module_and_leaves_it_alone(shown: dict[bool, list[str]], args: dict[str, Any]) -> None:
    started = action(args, async_val=60)
    assert started.run(task_vars={})["ansible_job_id"] == "j1"
    assert started.given["wrap_async"] == 60 and started.given["module_args"] == args and not shown[False]


def test_a_failed_task_shows_its_tenants(shown: dict[bool, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    failed = {"failed": True, "msg": "Service default/nope does not exist.", "summary": ["Shop: held (service_not_found)"]}
    monkeypatch.setattr(Action, "_execute_module", lambda self, **given: failed)
    assert action().run(task_vars={}) == failed and shown[False] == prefixed("Shop: held (service_not_found)")


def test_no_file_is_left(shown: dict[bool, list[str]]) -> None:
    done = action()
    done.run(task_vars={})
    assert not os.path.exists(done.given["module_args"]["progress_file"])


def _no_folder(*args: Any, **more: Any) -> Any:
    raise PermissionError(13, "Permission denied")


def _no_thread(thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


@pytest.mark.parametrize(
    ("holder", "name", "fault", "lines"),
    [(tempfile, "mkdtemp", _no_folder, SUMMARY), (publish._Reader, "start", _no_thread, SUMMARY)],
    ids=["no folder", "no thread"],
)
def test_progress_that_cannot_be_shown_stops_nothing(
    shown: dict[bool, list[str]], monkeypatch: pytest.MonkeyPatch, holder: Any, name: str, fault: Any, lines: list[str]
) -> None:
    monkeypatch.setattr(holder, name, fault)
    assert action().run(task_vars={}) == RESULT
    assert shown[False] == prefixed(*lines)


def test_a_file_that_goes_away_stops_nothing(shown: dict[bool, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """As a cleaner of temporary files does it during a long run."""

    def gone(self: Action, **given: Any) -> dict[str, Any]:
        path = given["module_args"]["progress_file"]
        os.unlink(path)
        os.rmdir(os.path.dirname(path))
        return RESULT

    monkeypatch.setattr(Action, "_execute_module", gone)
    assert action().run(task_vars={}) == RESULT and shown[False] == prefixed(*SUMMARY)


def test_a_line_does_not_give_a_terminal_what_it_obeys(shown: dict[bool, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "STEPS", ["posting \x1b[2JShop\nok: [forged]"])
    monkeypatch.setitem(globals(), "RESULT", {"summary": ["Shop\x9b2J: updated"]})
    action().run(task_vars={})
    assert shown[False] == prefixed(r"posting \x1b[2JShop\nok: [forged]", r"Shop\x9b2J: updated")
