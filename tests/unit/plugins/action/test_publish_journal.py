# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin of publish appends a line to the journal at the end of each run, and that stops nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError

from ansible_collections.vks.bigip.plugins.action import publish

RESULT = MappingProxyType({"changed": True, "counts": {"members_added": 2, "members_removed": 1}})
EVENT = {"vks": {"type": "changed", "cluster": "prod", "sequence": 12, "waited": 0.5}, "meta": {"received_at": "2026-01-01T00:00:00Z"}}


class Timeout(BaseException):
    """As the one of the keyword timeout."""


class Templar:
    def template(self, value: Any) -> Any:
        if value == "{{ undefined }}":
            raise AnsibleError("'undefined' is undefined")
        assert "ansible_eda" not in str(value) and "forged" not in str(value)
        return str(value).replace("{{ folder }}", "sub") if isinstance(value, str) else value


class Action(publish.ActionModule):
    """With a module that ends as `end` describes: its result, or an exception."""

    end: Any = RESULT
    given: dict[str, Any]

    def _execute_module(self, **given: Any) -> dict[str, Any]:  # type: ignore[override, unused-ignore]
        self.given = given["module_args"]
        if isinstance(self.end, BaseException):
            raise self.end
        return dict(self.end)


def action(end: Any = RESULT, args: dict[str, Any] | None = None, **task: Any) -> Action:
    known = {"args": args or {}, "async_val": 0, "check_mode": False, "no_log": True, "loop": None, "action": "vks.bigip.publish"}
    connection = SimpleNamespace(transport="local", become=None, _shell=SimpleNamespace(tmpdir=None))
    one = Action(SimpleNamespace(**known | task), connection, SimpleNamespace(), None, Templar(), None)  # type: ignore[arg-type, unused-ignore]
    one.end = end
    return one


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    texts: list[str] = []
    monkeypatch.setattr(publish.display, "warning", texts.append)
    yield texts


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def lines(journal: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.read_text().splitlines()]


def test_a_line_at_the_end_of_each_run(journal: Path, warnings: list[str]) -> None:
    variables = {"vks_bigip_journal": str(journal), "ansible_eda": {"event": EVENT}}
    assert action(args={"only_services": ["shop/web"]}).run(task_vars=variables) == RESULT
    assert action(check_mode=True).run(task_vars={"vks_bigip_journal": str(journal)}) == RESULT
    first, second = lines(journal)
    assert (first["type"], first["sequence"], first["services"], first["cluster"]) == ("changed", 12, ["shop/web"], "prod")
    assert (first["changed"], first["failed"], first["check_mode"], first["members_added"]) == (True, False, False, 2)
    assert 0 <= first["seconds"] < 60
    assert (second["check_mode"], second["sequence"], second["services"], second["from_change"]) == (True, None, None, None)
    assert not warnings


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ({"failed": True, "failure": {"code": "invalid_options"}}, "invalid_options"),
        ({"failed": True, "msg": "MODULE FAILURE"}, None),
        ({"unreachable": True, "changed": False}, None),
    ],
)
def test_a_run_that_failed(journal: Path, end: dict[str, Any], code: str | None) -> None:
    assert action(end).run(task_vars={"vks_bigip_journal": str(journal)}) == end
    assert [(line["failed"], line["code"]) for line in lines(journal)] == [(True, code)]


@pytest.mark.parametrize("end", [Timeout(), AnsibleConnectionFailure("no route"), KeyboardInterrupt()], ids=repr)
def test_a_run_that_ends_with_an_exception(journal: Path, end: BaseException) -> None:
    with pytest.raises(type(end)):
        action(end).run(task_vars={"vks_bigip_journal": str(journal)})
    assert [(line["failed"], line["changed"]) for line in lines(journal)] == [(True, False)]


def test_async_has_no_line(journal: Path) -> None:
    action(async_val=60).run(task_vars={"vks_bigip_journal": str(journal)})
    assert not journal.exists()


@pytest.mark.parametrize("value", [None, "", False, "{{ folder }}"[:0]])
def test_unset_costs_nothing(value: Any, monkeypatch: pytest.MonkeyPatch, warnings: list[str]) -> None:
    monkeypatch.setitem(sys.modules, "ansible_collections.vks.bigip.plugins.module_utils._watch.outcome", None)
    assert action().run(task_vars={"vks_bigip_journal": value}) == RESULT
    assert action().run(task_vars={}) == RESULT and not warnings


def test_a_template_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    action().run(task_vars={"vks_bigip_journal": f"{tmp_path}/{{{{ folder }}}}/journal"})
    assert len(lines(tmp_path / "sub" / "journal")) == 1


def test_a_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    action().run(task_vars={"vks_bigip_journal": "~/journal"})
    assert len(lines(tmp_path / "journal")) == 1


def test_text_of_an_event_is_not_a_template(journal: Path) -> None:
    event = {"vks": {"type": "{{ forged }}", "cluster": "{{ forged }}", "sequence": "{{ forged }}"}, "meta": "{{ forged }}"}
    action().run(task_vars={"vks_bigip_journal": str(journal), "ansible_eda": {"event": event}})
    assert [(line["type"], line["cluster"], line["sequence"]) for line in lines(journal)] == [(None, "{{ forged }}", None)]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("{{ undefined }}", "'undefined' is undefined"),
        (["a", "list"], "it is not a path"),
        (True, "it is not a path"),
        ("/proc/1/no such folder/journal\x1b[2J", r"No such file or directory: '/proc/1/no such folder/journal\x1b[2J'"),
        ("a\0b", "embedded null"),
    ],
)
@pytest.mark.parametrize("end", [RESULT, {"failed": True}], ids=["ok", "failed"])
def test_a_journal_that_cannot_be_written_is_a_warning(value: Any, reason: str, end: dict[str, Any], warnings: list[str]) -> None:
    assert action(end).run(task_vars={"vks_bigip_journal": value}) == end
    assert len(warnings) == 1 and "vks_bigip_journal" in warnings[0] and reason in warnings[0]


def test_no_secret_gets_into_the_line(journal: Path) -> None:
    end = {"failed": True, "msg": "secret", "failure": {"code": "unexpected", "message": "secret", "said": "secret", "tenants": [{"tenant": "secret"}]}}
    action(end, args={"provider": {"password": "secret"}, "only_services": ["secret"]}).run(task_vars={"vks_bigip_journal": str(journal)})
    assert lines(journal)[0]["code"] == "unexpected" and "secret" not in journal.read_text()


# -- a play that stands by


def standing(journal: Path, **more: Any) -> dict[str, Any]:
    known = {"vks_bigip_journal": str(journal), "vks_bigip_standby": "/run/socket", "ansible_play_hosts_all": ["localhost"]}
    return {**known, "ansible_eda": {"event": EVENT, "ruleset": "x"}, **more}


def test_the_module_learns_where_the_source_is(journal: Path) -> None:
    one = action(args={"owner": "me"})
    one.run(task_vars=standing(journal))
    assert one.given == {"owner": "me", "standby": {"socket": "/run/socket", "journal": str(journal), "event": EVENT}}


MISSING: list[dict[str, Any]] = [
    {"vks_bigip_journal": None},
    {"vks_bigip_standby": None},
    {"vks_bigip_standby": ""},
    {"ansible_eda": None},
    {"ansible_play_hosts_all": ["a", "b"]},
]


@pytest.mark.parametrize("missing", MISSING)
def test_it_stands_by_only_with_a_source_and_a_journal(journal: Path, missing: dict[str, Any]) -> None:
    one = action()
    one.run(task_vars=standing(journal, **missing))
    assert one.given == {}


@pytest.mark.parametrize(("task", "connection"), [({"async_val": 60}, {}), ({"loop": [1]}, {}), ({}, {"transport": "ssh"}), ({}, {"become": "sudo"})])
def test_it_stands_by_only_beside_the_source_and_once(journal: Path, task: dict[str, Any], connection: dict[str, Any]) -> None:
    one = action(**task)
    vars(one._connection).update(connection)
    one.run(task_vars=standing(journal))
    assert one.given == {}


def test_a_module_that_stood_by_has_written_its_lines_and_shown_them(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    one = action({**RESULT, "standby_runs": 3, "summary": ["1 tenant unchanged"]}, no_log=False)
    monkeypatch.setattr(one, "_show", lambda variables: shown.append)
    assert one.run(task_vars=standing(journal)) == {**RESULT, "summary": ["1 tenant unchanged"]}
    assert not journal.exists() and not shown


def test_a_module_that_was_killed_has_no_line(journal: Path) -> None:
    """The source sees the end of its connection, and knows which event it had."""
    action({"failed": True, "msg": "MODULE FAILURE", "rc": -9}).run(task_vars=standing(journal))
    with pytest.raises(Timeout):
        action(Timeout()).run(task_vars=standing(journal))
    assert not journal.exists()


@pytest.mark.parametrize("end", [{"failed": True, "msg": "wrong options"}, RESULT])
def test_a_module_that_could_not_stand_by_has_a_line(journal: Path, end: Any) -> None:
    action({**end, "invocation": {}}).run(task_vars=standing(journal))
    (line,) = lines(journal)
    assert line["sequence"] == 12 and line["failed"] is bool(end.get("failed"))
