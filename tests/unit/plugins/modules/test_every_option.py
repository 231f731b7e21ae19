# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option of every module, as a survey of AWX gives it: empty, null, as text, and wrong. Generated from the argument specs."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.vks.bigip.plugins import modules
from ansible_collections.vks.bigip.plugins.module_utils._module import Module
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module

MODULES = sorted(path.stem for folder in modules.__path__ for path in Path(folder).glob("*.py") if path.stem != "__init__")
Spec = dict[str, dict[str, Any]]
Path_ = tuple[str, ...]
"""Names of options, the outermost first: ("provider", "server_port"). A list on the way has one element."""

SAMPLES: dict[str, Any] = {"int": 7, "float": 1.5, "bool": True, "path": "/etc/hosts", "raw": "text", "str": "text", "dict": {"name": {"class": "Pool"}}}
WRONG = {"int": "seven", "float": "seven", "bool": "maybe"}
ONE_OF = {"name", "label_selector"}
"""Where a dictionary has these two, it takes one of them."""
BELONG = {"supervisor_namespace": "team-a", "cluster_name": "shop"}
"""The values that the two options for a Supervisor need beside them."""


class _Seen(Exception):
    pass


@cache
def spec_of(module: str) -> Spec:
    """The argument spec that the module gives to Ansible."""
    seen: Spec = {}

    def init(_self: AnsibleModule, argument_spec: Spec, **_more: Any) -> None:
        seen.update(argument_spec)
        raise _Seen

    with mock.patch.object(AnsibleModule, "__init__", init), pytest.raises(_Seen):
        main(module)()
    return seen


def main(module: str) -> Any:
    return importlib.import_module(f"ansible_collections.vks.bigip.plugins.modules.{module}").main


def params_of(module: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The options that the module's work gets for these arguments."""
    seen: dict[str, Any] = {}

    def run(self: Module, _work: Any) -> None:
        seen.update(self.params)
        self.exit_json()

    with mock.patch.object(Module, "run", run):
        result = run_module(main(module), arguments)
    assert not result.get("failed"), result["msg"]
    return seen


def refusal_of(module: str, arguments: dict[str, Any]) -> Result:
    with mock.patch.object(Module, "run", lambda self, work: self.exit_json()):
        result = run_module(main(module), arguments)
    assert result.get("failed"), f"accepted: {arguments}"
    return result


def sample(option: dict[str, Any]) -> Any:
    """A value that the option takes, and that is not its default."""
    kind = option.get("type", "str")
    if kind == "list":
        return [value_of(option["options"])] if option.get("options") else [sample({**option, "type": option.get("elements", "str"), "default": None})] * 2
    if kind == "dict" and option.get("options"):
        return value_of(option["options"])
    if option.get("choices"):
        return next(choice for choice in option["choices"] if choice != option.get("default"))
    return not option["default"] if kind == "bool" and option.get("default") is not None else SAMPLES[kind]


def value_of(options: Spec) -> dict[str, Any]:
    """The least that a module, or one of its dictionaries, takes."""
    return {name: sample(option) for name, option in options.items() if option.get("required")} | ({"name": "web"} if ONE_OF <= set(options) else {})


def paths(options: Spec, above: Path_ = ()) -> Iterator[Path_]:
    for name, option in options.items():
        yield (*above, name)
        yield from paths(option.get("options") or {}, (*above, name))


def option_at(module: str, path: Path_) -> dict[str, Any]:
    options: Spec = spec_of(module)
    for name in path[:-1]:
        options = options[name]["options"]
    return options[path[-1]]


UNSET = object()


def arguments(module: str, path: Path_, value: Any) -> dict[str, Any]:
    """The least that the module takes, with this value at the path."""
    options, name = spec_of(module), path[-1]
    whole = here = value_of(options)
    for above in path[:-1]:
        options, is_list = options[above]["options"], options[above]["type"] == "list"
        below = value_of(options)
        here[above] = [below] if is_list else below
        here = below
    here.pop(name, None)
    if name in ONE_OF and set(options) >= ONE_OF:
        here |= {other: "web" for other in ONE_OF - {name}} if value in (UNSET, "", None) else {}
    if value is not UNSET:
        here[name] = value
    return whole | (BELONG if name in ("supervisor_kubeconfig", "supervisor_context") else {})


OPTIONS = [pytest.param(module, path, id=f"{module}-{'.'.join(path)}") for module in MODULES for path in paths(spec_of(module))]
CONVERTED = [case for case in OPTIONS if option_at(*case.values).get("type") in ("int", "float", "bool", "list", "dict")]  # type: ignore[arg-type]
REFUSED = [case for case in OPTIONS if option_at(*case.values).get("type") in WRONG]  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in MODULES:
        for path in paths(spec_of(module)):
            for name in option_at(module, path).get("fallback", (None, ()))[1]:
                monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("empty", ["", None], ids=["empty", "null"])
@pytest.mark.parametrize(("module", "path"), OPTIONS)
def test_empty_counts_as_unset(module: str, path: Path_, empty: str | None) -> None:
    """as3_declaration then refuses an empty tenant or application: test_as3_declaration_removal.py."""
    option = option_at(module, path)
    given = arguments(module, path, empty)
    if option.get("required"):
        assert path[-1] in refusal_of(module, given)["msg"]
    else:
        assert params_of(module, given) == params_of(module, arguments(module, path, UNSET))


@pytest.mark.parametrize(("module", "path"), [case for case in OPTIONS if option_at(*case.values).get("fallback")])  # type: ignore[arg-type]
def test_an_empty_variable_of_the_environment_counts_as_unset(module: str, path: Path_, monkeypatch: pytest.MonkeyPatch) -> None:
    unset = params_of(module, arguments(module, path, UNSET))
    for name in option_at(module, path)["fallback"][1]:
        monkeypatch.setenv(name, "")
    assert params_of(module, arguments(module, path, UNSET)) == unset


@pytest.mark.parametrize(("module", "path"), [case for case in OPTIONS if option_at(*case.values).get("fallback")])  # type: ignore[arg-type]
def test_an_empty_option_leaves_the_word_to_the_environment(module: str, path: Path_, monkeypatch: pytest.MonkeyPatch) -> None:
    text = str(sample(option_at(module, path))) if option_at(module, path)["type"] != "list" else "text"
    monkeypatch.setenv(option_at(module, path)["fallback"][1][0], text)
    assert params_of(module, arguments(module, path, "")) == params_of(module, arguments(module, path, UNSET))


def texts(value: Any) -> Iterator[str]:
    """The texts that a survey, or -e name=value, gives for this value."""
    if isinstance(value, (bool, int, float)):
        yield str(value)
    elif isinstance(value, dict) or isinstance(value[0], dict):
        yield json.dumps(value)
        yield yaml.safe_dump(value)
    else:
        yield ", ".join(map(str, value))
        yield ",".join(map(str, [*value, ""]))
        yield json.dumps(value)
        yield yaml.safe_dump(value)
        yield yaml.safe_dump(value, default_flow_style=True)


@pytest.mark.parametrize(("module", "path"), CONVERTED)
def test_text_is_converted(module: str, path: Path_) -> None:
    value = sample(option_at(module, path))
    expected = params_of(module, arguments(module, path, value))
    for text in texts(value):
        assert params_of(module, arguments(module, path, text)) == expected, text


@pytest.mark.parametrize(("module", "path"), REFUSED)
def test_what_cannot_be_converted_is_refused_by_name(module: str, path: Path_) -> None:
    kind = option_at(module, path)["type"]
    assert f"'{path[-1]}'" in (message := refusal_of(module, arguments(module, path, WRONG[kind]))["msg"]) and kind in message


LISTS = [case for case in CONVERTED if option_at(*case.values)["type"] == "list" and option_at(*case.values)["elements"] != "dict"]  # type: ignore[arg-type]


@pytest.mark.parametrize(("module", "path"), LISTS)
def test_text_that_begins_like_a_list_and_is_none_is_refused_by_name(module: str, path: Path_) -> None:
    message = refusal_of(module, arguments(module, path, "[a"))["msg"]
    assert f"{path[-1]} begins like a list" in message or f"value of {path[-1]} must be one or more of" in message


LIMITS = {("antrea_npl", "nodes"), ("as3_info", "tenant"), ("pool_members_info", "namespaces"), ("pool_status_info", "tenant")}
LIMITS |= {("preflight_info", "namespaces"), ("publish", "only_services")}


@pytest.mark.parametrize("empty", [[""], [None, ""], ",", '[""]'])
@pytest.mark.parametrize(("module", "path"), LISTS)
def test_only_empty_elements_are_refused_where_none_means_all(module: str, path: Path_, empty: Any) -> None:
    given = arguments(module, path, empty)
    if (module, *path) in LIMITS:
        refused = refusal_of(module, given)
        assert refused["failure"]["code"] == "options" and refused["msg"].startswith(f"{path[-1]} has only empty elements.")
    else:
        params_of(module, given)


@pytest.mark.parametrize("empty", ["", None], ids=["empty", "null"])
@pytest.mark.parametrize("state", ["absent", "released"])
@pytest.mark.parametrize("name", ["tenant", "application"])
def test_what_publish_removes_stays_empty(name: str, state: str, empty: str | None) -> None:
    item = {"tenant": "Shop", "application": "web", name: empty}
    (seen,) = params_of("publish", {"state": state, "applications": [item]})["applications"]
    assert {"tenant": seen["tenant"], "application": seen["application"]} == {**item, name: ""}


def test_what_publish_removes_whole_is_named_as_it_was_given() -> None:
    assert params_of("publish", {"state": "absent", "tenants": {"": {}}})["tenants"] == {"": {}}


@pytest.mark.parametrize("empty", ["", None], ids=["empty", "null"])
@pytest.mark.parametrize("name", ["tenant", "application", "content"])
def test_what_as3_declaration_removes_stays_empty(name: str, empty: str | None) -> None:
    given = {"state": "absent", "tenant": "Shop", "application": "web", name: empty}
    seen = params_of("as3_declaration", given)
    assert {key: seen[key] for key in given} == {**given, name: empty if name == "content" else ""}
