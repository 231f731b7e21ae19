# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role's argument_specs, defaults, README, tasks and the module behind it agree; so do the playbooks."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

import argument_specs
from ansible_collections.vks.bigip.plugins.filter.role_options import FilterModule, role_options
from runner.places import ROOT

ROLES = {
    "antrea_npl": ("antrea_npl",),
    "pod_network": ("pod_routes", "pod_bgp"),
    "preflight": ("preflight_info",),
    "publish": ("publish",),
    "verify": ("pool_status_info",),
}
"""Each role, and the modules whose options are its variables."""

BY_ROLE: dict[str, set[str]] = {"antrea_npl": {"nodes"}, "verify": {"connections", "query", "timeout"}}
"""Options that the role sets itself."""

HANDED_ON = {"antrea_npl": {"antrea_npl_node"}}
"""Variables that a role sets for task files of its user."""

HIDDEN = {"progress_file", "standby", "assume_cis_at_rest"}
"""Options of the module that are for a plugin or a playbook of the collection only."""

ALIKE = ("type", "elements", "choices", "default", "required")


def read(*path: str) -> Any:
    return yaml.safe_load(ROOT.joinpath(*path).read_text())


def options(role: str) -> dict[str, Any]:
    return argument_specs.options_of_role(role)


def own(role: str) -> dict[str, Any]:
    """The variables that are the role's own: those with defaults."""
    return dict(read("roles", role, "defaults", "main.yml"))


def module_options(role: str) -> dict[str, Any]:
    """Of several modules, the first that has an option describes it."""
    every: dict[str, Any] = {}
    for module in ROLES[role]:
        every = {**argument_specs.spec_of(module)["argument_spec"], **every}
    return {name: option for name, option in every.items() if name not in BY_ROLE.get(role, set()) | HIDDEN}


def differences(here: dict[str, Any], there: dict[str, Any], path: str = "") -> list[str]:
    """Where options of a role and of its module differ, suboptions included. A missing default or type is the common one."""
    found = []
    for name, option in there.items():
        if name not in here:
            found.append(f"{path}{name} is missing")
            continue
        mine = here[name]
        for key in ALIKE:
            common = {"type": "str", "required": False}.get(key)
            if (mine.get(key, common)) != (option.get(key, common)):
                found.append(f"{path}{name}: {key} is {mine.get(key)!r}, in the module {option.get(key)!r}")
        inner = option.get("options") or {}
        if not any(one.get("aliases") for one in inner.values()):  # argument_specs know no aliases, so the module alone judges these
            found += differences(mine.get("options", {}), inner, f"{path}{name}.")
    return found + [f"{path}{name} is not in the module" for name in here if name not in there]


@pytest.mark.parametrize("role", ROLES)
def test_variables_are_the_options_of_the_module(role: str) -> None:
    passed_on = {name.removeprefix(f"{role}_"): option for name, option in options(role).items() if name not in own(role)}
    module = {name: option for name, option in module_options(role).items() if f"{role}_{name}" not in own(role)}
    assert not differences(passed_on, module)


@pytest.mark.parametrize("role", ROLES)
def test_defaults_are_those_of_the_argument_specs(role: str) -> None:
    said = options(role)
    assert {name: said.get(name, {}).get("default") for name in own(role)} == own(role)


@pytest.mark.parametrize("role", ROLES)
def test_everything_is_described(role: str) -> None:
    def missing(these: dict[str, Any], path: str) -> list[str]:
        return [
            name
            for key, option in these.items()
            for name in ([] if option.get("description") and option.get("type") else [path + key]) + missing(option.get("options", {}), f"{path}{key}.")
        ]

    assert not missing(options(role), "")


@pytest.mark.parametrize("role", ROLES)
def test_readme_names_every_variable_and_its_default(role: str) -> None:
    text = (ROOT / "roles" / role / "README.md").read_text()
    assert set(re.findall(rf"`({role}_\w+)`", text)) - {f"{role}_result", f"{role}_"} - HANDED_ON.get(role, set()) == set(options(role))
    table = dict(re.findall(rf"^\| `({role}_\w+)` \| `([^`]*)` \|", text, re.MULTILINE))
    assert {name: yaml.safe_load(value) for name, value in table.items()} == own(role)


@pytest.mark.parametrize("role", ROLES)
def test_tasks_use_every_variable_and_no_other(role: str) -> None:
    text = "".join(path.read_text() for folder in ("tasks", "vars") for path in sorted((ROOT / "roles" / role / folder).glob("*.yml")))
    used = set(re.findall(rf"(?<![\w.]){role}_\w+", text)) - {f"{role}_result"} - HANDED_ON.get(role, set())
    assert used == set(options(role))


def given(role: str) -> dict[str, str]:
    """The variables that the role converts itself, and the type of each."""
    (kinds,) = [content for path in (ROOT / "roles" / role / "vars").rglob("*.yml") if (content := yaml.safe_load(path.read_text()).get(f"__{role}_given"))]
    return {name: kind for kind, names in kinds.items() for name in names}


EVERY = [*ROLES, "cis"]


@pytest.mark.parametrize("role", EVERY)
def test_an_empty_text_passes_the_check_of_ansible(role: str) -> None:
    specs = read("roles", role, "meta", "argument_specs.yml")["argument_specs"]["main"]["options"]
    assert not ArgumentSpecValidator(specs).validate(dict.fromkeys(specs, "")).error_messages


@pytest.mark.parametrize("role", EVERY)
def test_a_variable_is_converted_to_the_type_that_it_says(role: str) -> None:
    specs = read("roles", role, "meta", "argument_specs.yml")["argument_specs"]["main"]["options"]
    assert given(role) == {name: argument_specs.kind_of(specs[name]) for name in given(role)}
    assert set(own(role)) - set(given(role)) == set()


@pytest.mark.parametrize("role", EVERY)
def test_a_variable_that_the_role_converts_is_not_used_as_it_was_given(role: str) -> None:
    """But it may be given to a module, which converts it too, and the role cis asks whether names are empty."""
    handed_on = re.compile(rf"""\{{\{{ {role}_\w+ \| default\((omit|'')\) \}}\}}""")
    asked = re.compile(r"cis_\w+( not)? in \['', none\]")
    texts = [path.read_text() for path in (ROOT / "roles" / role / "templates").glob("*.j2")]
    for folder in ("tasks", "vars"):
        for path in (ROOT / "roles" / role / folder).rglob("*.yml"):
            document = yaml.safe_load(path.read_text())
            texts += argument_specs.templates({key: value for key, value in document.items() if key != f"__{role}_given"} if folder == "vars" else document)
    names = set(given(role))
    found = [text for text in texts if argument_specs.names_in(text) & names and not handed_on.fullmatch(text) and not asked.search(text)]
    assert found == []


def test_the_filter() -> None:
    """Here and not among the unit tests: what it imports turns a process into a controller, where a module returns no warnings."""
    assert FilterModule().filters() == {"role_options": role_options}
    done = role_options({"int": {"verify_timeout": "7"}, "str": {"verify_owner": ""}}, str(ROOT / "roles" / "verify"))
    assert done == {"options": {"timeout": 7, "owner": ""}, "refused": []}
    with pytest.raises(AnsibleFilterError, match="takes a dictionary"):
        role_options("text", "")  # type: ignore[arg-type]


def plays() -> list[tuple[str, str, dict[str, Any]]]:
    """The roles in the examples of the READMEs: an id, the role, its variables."""
    found = []
    for role in ROLES:
        text = (ROOT / "roles" / role / "README.md").read_text()
        for number, block in enumerate(re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)):
            for play in yaml.safe_load(block):
                found += [(f"{role}-{number}", entry["role"].removeprefix("vks.bigip."), entry["vars"]) for entry in play["roles"]]
    return found


@pytest.mark.parametrize(("role", "variables"), [play[1:] for play in plays()], ids=[play[0] for play in plays()])
def test_examples(role: str, variables: dict[str, Any]) -> None:
    assert not ArgumentSpecValidator(options(role)).validate(variables).error_messages


@pytest.mark.parametrize("role", ROLES)
def test_every_readme_has_an_example(role: str) -> None:
    assert role in [play[1] for play in plays()]


def test_the_checks_refuse_what_is_wrong() -> None:
    assert differences({"a": {"type": "int"}}, {"a": {"type": "str"}})
    assert differences({}, {"a": {}})
    assert differences({"a": {}}, {})
    assert differences({"a": {"type": "dict", "options": {}}}, {"a": {"type": "dict", "options": {"b": {}}}})
    assert ArgumentSpecValidator(options("verify")).validate({"verify_request": []}).error_messages


def test_the_playbook_publish_takes_every_option_of_the_module() -> None:
    (arguments,) = [arguments for name, arguments in argument_specs.tasks(read("playbooks", "publish.yml")) if name == "publish"]
    assert set(arguments) == set(module_options("publish"))


@pytest.mark.parametrize("role", ["antrea_npl", "pod_network", "preflight", "verify"])
def test_the_playbook_takes_every_variable_of_its_role(role: str) -> None:
    (play,) = read("playbooks", f"{role}.yml")
    (task,) = play["tasks"]
    assert set(task["vars"]) == set(options(role))


def test_the_playbook_status_report_takes_every_option_of_the_module() -> None:
    (arguments,) = [arguments for name, arguments in argument_specs.tasks(read("playbooks", "status_report.yml")) if name == "pool_status_info"]
    assert set(arguments) == set(argument_specs.spec_of("pool_status_info")["argument_spec"]) - {"query"}


@pytest.mark.parametrize("playbook", ["publish", "verify", "teardown"])
def test_tasks_of_playbooks(playbook: str) -> None:
    found = list(argument_specs.tasks(read("playbooks", f"{playbook}.yml")))
    faults = [fault for name, arguments in found if name in argument_specs.MODULES for fault in argument_specs.faults(name, arguments)]
    assert not faults
    header = (ROOT / "playbooks" / f"{playbook}.yml").read_text().splitlines()[1]
    assert header == f"# ansible-playbook vks.bigip.{playbook} -e @applications.yml"
