# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The boundary to Ansible."""

from __future__ import annotations

import gc
import json
from typing import Any, Callable, Iterator

import pytest
from ansible.module_utils import basic

from ansible_collections.vks.bigip.plugins.module_utils._boundary import notices, systems
from ansible_collections.vks.bigip.plugins.module_utils._boundary.mask import HIDDEN
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure, failed
from ansible_collections.vks.bigip.plugins.module_utils._module import Module
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module


class Ended(Exception):
    pass


@pytest.fixture(autouse=True)
def no_reports() -> Iterator[None]:
    """Reports of another test, as those of another task in one process."""
    for collected in (notices.warnings, notices.secrets, notices.systems):
        collected.add("of another task")
    yield
    for collected in (notices.warnings, notices.secrets, notices.systems):
        collected.take()


SUBOPTIONS = {"service": {"type": "str"}, "port": {"type": "int"}, "server": {"type": "str"}}
SPEC: dict[str, Any] = {
    "password": {"type": "str", "no_log": True},
    "nodes": {"type": "list", "elements": "str"},
    "port": {"type": "int", "default": 443},
    "content": {"type": "raw"},
    "applications": {"type": "list", "elements": "dict", "options": SUBOPTIONS},
}


def run(work: Callable[[Module], Any], **arguments: Any) -> Result:
    """The result of a module whose work this is; what the work returns is added to `changed: false`."""

    def main() -> None:
        module = Module(SPEC)
        module.run(lambda: {"changed": False, **(work(module) or {})})

    return run_module(main, arguments)


def parts(result: Result) -> dict[str, Any]:
    """The result without what Ansible adds."""
    return {name: value for name, value in result.items() if name not in ("invocation", "deprecations")}


def test_a_result() -> None:
    assert parts(run(lambda module: {"warnings": ["a\nb"], "x": "y"})) == {
        **{"changed": False, "x": "y"},
        "warnings": [r"a\nb"],
    }
    assert parts(run(lambda module: None)) == {"changed": False}


def test_the_reports_of_connections() -> None:
    def work(module: Module) -> dict[str, Any]:
        notices.warnings.add("careful with abcd1234")
        notices.secrets.add("abcd1234")
        return {"x": "an abcd1234, not of another task"}

    made = parts(run(work))
    assert made == {
        **{"changed": False, "x": "an ********, not of another task"},
        "warnings": ["careful with ********"],
    }


@pytest.mark.parametrize("fails", [False, True])
def test_the_systems_that_answered(fails: bool) -> None:
    def work(module: Module) -> dict[str, Any]:
        for url in ("https://user-abcd1234:443", "https://b:8443", "https://b:8443"):
            notices.systems.add(systems.reported(systems.BIGIP, url))
        if fails:
            raise Failure("options", "doing it")
        return {}

    assert run(work, password="abcd1234")["systems"] == [
        {"kind": "bigip", "name": "user-********", "url": "https://user-********:443"},
        {"kind": "bigip", "name": "b:8443", "url": "https://b:8443"},
    ]


def test_a_failure_of_the_work() -> None:
    failure = Failure("options", "doing it", said="no abcd1234", remedy="Stop.", tenant="T")
    failure.warnings += ["first", "second"]

    def work(module: Module) -> None:
        raise failure

    made = parts(run(work, password="abcd1234"))
    expected = json.loads(json.dumps(failed({"failure": failure.as_dict()})).replace("abcd1234", "********"))
    assert made == {**expected, "failed": True, "warnings": ["first", "second"]}
    assert made["msg"] == "Doing it: no ********. Stop."


def test_a_result_with_a_failure() -> None:
    failure = Failure("options", "doing it").as_dict()
    made = parts(run(lambda module: {"failure": failure, "x": "y", "warnings": ["careful"]}))
    assert made == {
        **failed({"changed": False, "failure": failure, "x": "y"}),
        "failed": True,
        "warnings": ["careful"],
    }


def test_an_error_of_the_code() -> None:
    def work(module: Module) -> None:
        raise KeyError("abcd1234")

    made = run(work, password="abcd1234")
    failure = Failure(
        "unexpected",
        "an unexpected error in this collection",
        said="KeyError: '********'",
        remedy="Report it with the traceback that -vvv shows "
        "(https://github.com/vks-bigip/vks.bigip/issues).",
    )
    assert {name: made[name] for name in ("failed", "msg", "failure")} == {
        **failed({"failure": failure.as_dict()}),
        "failed": True,
    }
    assert "abcd1234" not in made.stdout


def test_the_traceback_of_an_error_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[dict[str, Any]] = []

    def end(_self: Any, **result: Any) -> None:
        ended.append(result)
        raise Ended

    def work() -> dict[str, Any]:
        raise KeyError("x")

    monkeypatch.setattr(Module, "fail_json", end)
    with pytest.raises(Ended):
        Module.__new__(Module).run(work)
    assert ended[0].keys() == {"msg", "failure", "exception"}
    assert "in work" in ended[0]["exception"] and ended[0]["exception"].rstrip().endswith("KeyError: 'x'")


def test_arguments_that_are_faulty() -> None:
    sentence = (
        "nodes begins like a list in JSON or YAML, but cannot be read as one. "
        "Correct it, or separate the elements by commas."
    )
    made = run(lambda module: None, nodes="[a")
    failure = Failure("options", sentence).as_dict()
    assert parts(made) == {**failed({"failure": failure}), "failed": True}


def test_what_was_given() -> None:
    seen: list[Any] = []

    def work(module: Module) -> None:
        seen.extend((module.given, module.emptied, module.params))

    run(work, port="", nodes="a,b", content=None, applications=[{"service": "", "port": "1"}])
    given, emptied, params = seen
    internal = {name for name in given if name.startswith("_ansible")}
    assert {name: value for name, value in given.items() if name not in internal} == {
        "nodes": ["a", "b"],
        "applications": [{"port": "1"}],
    }
    assert emptied == ("port", "content")
    assert {name: params[name] for name in SPEC} == {
        "password": None,
        "nodes": ["a", "b"],
        "port": 443,
        "content": None,
        "applications": [{"service": None, "port": 1, "server": None}],
    }


def of_items(work: Callable[[Module], Any], applications: Any) -> Any:
    found: list[Any] = []
    arguments = {} if applications is None else {"applications": applications}
    run(lambda module: found.append(work(module)), **arguments)
    return found[0]


@pytest.mark.parametrize(
    ("applications", "items"),
    [
        (
            [{"service": "a"}, "port=1", {"service": "", "port": 2}, {}],
            [{"service": "a"}, {"port": 1}, {"port": 2}, {}],
        ),
        ('[{"service": "a"}]', [{"service": "a"}]),
        ([], []),
        (None, []),
    ],
)
def test_the_items_that_were_given(applications: Any, items: list[dict[str, Any]]) -> None:
    assert of_items(lambda module: module.given_items("applications"), applications) == items


BARE = {"service": None, "port": None, "server": None}


@pytest.mark.parametrize(
    ("applications", "items"),
    [
        (
            [{"service": ""}, {"service": None, "server": "x"}, {"service": "a", "port": ""}, {}, "port=1"],
            [
                {**BARE, "service": ""},
                {**BARE, "service": "", "server": "x"},
                {**BARE, "service": "a"},
                BARE,
                {**BARE, "port": 1},
            ],
        ),
        ([{"service": "", "server": ""}], [{**BARE, "service": "", "server": ""}]),
        ([], []),
        (None, None),
        ("service=a", [{**BARE, "service": "a"}]),
    ],
)
def test_items_with_an_empty_text_for_what_was_emptied(applications: Any, items: Any) -> None:
    assert (
        of_items(lambda module: module.with_emptied("applications", ("service", "server")), applications)
        == items
    )


def test_secrets_that_the_work_finds() -> None:
    def work(module: Module) -> dict[str, Any]:
        module.hide(["abcd1234"])
        masked = module.masker(["efgh5678"])({"a": "efgh5678 and abcd1234"})
        return {"x": "abcd1234 and efgh5678", "masked": masked}

    assert parts(run(work)) == {
        "changed": False,
        "x": "******** and efgh5678",
        "masked": {"a": "******** and ********"},
    }


def test_a_call_of_ansible_that_ends_the_module() -> None:
    made = run_module(lambda: Module(SPEC).fail_json(ValueError("no"), x="y"), {})  # type: ignore[arg-type]
    assert parts(made) == {"failed": True, "msg": "no", "x": "y"}


def test_the_invocation_shows_no_secret() -> None:
    inject = {"_ansible_inject_invocation": True} if "inject_invocation" in basic.PASS_VARS else {}
    made = run(lambda module: None, password="abcd1234", nodes="a", content={"passphrase": "x"}, **inject)
    shown = {**dict.fromkeys(SPEC), "password": HIDDEN, "nodes": ["a"], "port": 443}
    shown["content"] = {"passphrase": "********"}
    assert made["invocation"] == {"module_args": shown}


def test_what_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[Any] = []
    invocations: list[Any] = []

    def log(_self: Any, message: str, arguments: Any = None) -> None:
        logged.append((message, arguments))

    def invocation(module: Any) -> None:
        invocations.append(module.params)
        raise Ended

    monkeypatch.setattr(basic.AnsibleModule, "log", log)

    def work(module: Module) -> None:
        logged.clear()
        module.log("an abcd1234", {"x": "y"})
        module.log("nothing")
        monkeypatch.setattr(basic.AnsibleModule, "_log_invocation", invocation)
        whole = module.params
        with pytest.raises(Ended):
            module._log_invocation()
        assert module.params is whole and whole["password"] == "abcd1234"

    made = run(work, password="abcd1234", nodes="a")
    assert not made.get("failed"), made
    assert logged == [("an ********", {"x": "y"}), ("nothing", None)]
    assert invocations == [{**dict.fromkeys(SPEC), "password": HIDDEN, "nodes": ["a"], "port": 443}]


@pytest.mark.parametrize("name", ["exit_json", "fail_json"])
def test_nothing_goes_on_after_the_end(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[Any] = []
    with monkeypatch.context() as patched:

        def main() -> None:
            module = Module(SPEC)
            patched.setattr(basic.AnsibleModule, name, lambda self, **result: ended.append(result))
            with pytest.raises(AssertionError, match="Ansible has ended the module"):
                getattr(module, name)(**({"msg": "no"} if name == "fail_json" else {}))
            raise SystemExit

        with pytest.raises(IndexError):  # there is no result
            run_module(main, {})
    assert len(ended) == 1


def test_a_collector_that_was_off_stays_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(_self: Any, **_result: Any) -> None:
        raise Ended

    monkeypatch.setattr(Module, "exit_json", end)
    gc.disable()
    try:
        with pytest.raises(Ended):
            Module.__new__(Module).run(lambda: {"changed": False})
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize("fails", [False, True])
def test_the_collector_of_garbage_is_paused_while_a_module_works_and_goes_on(
    fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    during = []

    def work() -> dict[str, Any]:
        during.append(gc.isenabled())
        if fails:
            raise Failure("code", "doing it")
        return {"changed": False}

    def end(_self: Any, **_result: Any) -> None:
        during.append(gc.isenabled())
        raise Ended

    monkeypatch.setattr(Module, "exit_json", end)
    monkeypatch.setattr(Module, "fail_json", end)
    with pytest.raises(Ended):
        Module.__new__(Module).run(work)
    assert during == [False, False] and gc.isenabled()
