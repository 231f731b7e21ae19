# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rulebooks pass each variable of the user to the event source and to the play, with its value and type.

`rendered` renders as ansible-rulebook 1.3.2 does: native types, and an error for a variable that is not set.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from jinja2.nativetypes import NativeEnvironment

import argument_specs
import test_surveys
from ansible_collections.vks.bigip.plugins.module_utils._watch.options import OPTIONS, ChangesOptions
from runner.places import BUILD, ROOT
from test_surveys import APPLICATIONS, SAMPLES, follow

RULEBOOKS = ("publish", "publish_job")
TYPES = {"changed", "resync", "degraded", "recovered"}
OWN = {"vks_bigip_journal": "journal", "changes_notification_tasks": "notification_tasks"}
"""Variables of a play that are options under `changes`."""

TIMEOUT = {"timeout": "vks_bigip_timeout"}
"""Ansible warns of a variable called timeout at each run."""

STRANGE = ("1e5", "0x10", "1_000", "None", "'quoted'", '["a"]', "{{ 1 + 1 }}", 'a\\nb"c', "ünï", "", "true")
"""Texts that ansible-rulebook would take for a value of another type, or for one with other characters."""

EVENT = {"type": "changed", "all": False, "services": [{"namespace": "shop", "name": "web"}, {"namespace": "shop", "name": "api"}]}


def ruleset(name: str) -> dict[str, Any]:
    (found,) = yaml.safe_load((ROOT / "extensions" / "eda" / "rulebooks" / f"{name}.yml").read_text())
    return dict(found)


def rendered(value: Any, variables: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: rendered(each, variables) for name, each in value.items()}
    if isinstance(value, str) and "{{" in value and "}}" in value:
        return NativeEnvironment(undefined=jinja2.StrictUndefined).from_string(value).render(variables)
    return value


def source(name: str) -> dict[str, Any]:
    (found,) = ruleset(name)["sources"]
    assert set(found) == {"name", "vks.bigip.changes"}
    return dict(found["vks.bigip.changes"])


def action(rulebook: str, event: str) -> dict[str, Any]:
    """The arguments of the only action for this type of event."""
    (found,) = [rule["action"] for rule in ruleset(rulebook)["rules"] if f'"{event}"' in rule["condition"]]
    (arguments,) = found.values()
    return dict(arguments)


def extra_vars(rulebook: str, event: str) -> dict[str, Any]:
    found = action(rulebook, event)
    return dict(found.get("job_args", found)["extra_vars"])


def variables_of(playbook: str) -> set[str]:
    """Those that an event can set. The hosts are the inventory's, so the default counts."""
    return set(test_surveys.variables_of(playbook)) - {"vks_bigip_hosts"}


def kind_of(name: str) -> str:
    return str(argument_specs.spec_of("publish")["argument_spec"][name].get("type", "str"))


# -- the form


@pytest.mark.parametrize("name", RULEBOOKS)
def test_each_type_of_event_has_one_rule_without_a_throttle(name: str) -> None:
    rules = ruleset(name)["rules"]
    named = [kind for rule in rules for kind in TYPES if f'"{kind}"' in rule["condition"]]
    assert sorted(named) == sorted(TYPES)
    assert not [rule for rule in rules if "throttle" in rule]
    assert {next(iter(rule["action"])) for rule in rules} == {"run_playbook" if name == "publish" else "run_job_template"}


def test_the_playbooks_of_the_actions_exist() -> None:
    names = {rule["action"]["run_playbook"]["name"].removeprefix("vks.bigip.") for rule in ruleset("publish")["rules"]}
    assert names == {"publish", "notify"} and all((ROOT / "playbooks" / f"{name}.yml").is_file() for name in names)


@pytest.mark.parametrize("name", RULEBOOKS)
def test_the_source_gets_each_of_its_options(name: str) -> None:
    assert set(source(name)) == set(OPTIONS)
    own = {"min_interval"}  # nothing but this interval holds jobs back, and they take longer
    assert {option: text for option, text in source(name).items() if option not in own} == {
        option: text for option, text in source(RULEBOOKS[0]).items() if option not in own
    }


@pytest.mark.parametrize(("name", "usual"), [("publish", 3), ("publish_job", 15)])
def test_the_least_time_between_runs(name: str, usual: float) -> None:
    for changes, seconds in [({}, usual), ({"min_interval": None}, usual), ({"min_interval": 0}, 0), ({"min_interval": 2.5}, 2.5)]:
        assert rendered(source(name), {"changes": changes})["min_interval"] == seconds


def test_the_play_gets_each_variable_of_its_playbook() -> None:
    wanted = {TIMEOUT.get(name, name) for name in variables_of("publish")}
    assert set(extra_vars("publish", "changed")) == wanted | {"vks_bigip_journal", "vks_bigip_standby"}
    assert set(extra_vars("publish", "degraded")) == set(variables_of("notify"))


# -- the values


def test_a_variable_that_is_not_set_is_null() -> None:
    for variables in ({}, {"changes": None}):
        assert {name for name, value in rendered(source("publish"), variables).items() if value is not None} == {"min_interval"}
        given = rendered(extra_vars("publish", "changed"), {**variables, "event": {"vks": EVENT}})
        assert {name for name, value in given.items() if value is not None} == {"only_services", "drain_timeout"}
        assert given["drain_timeout"] == 0, "no run waits, because the event of a Pod's end starts one"
    assert rendered(extra_vars("publish", "changed"), {"drain_timeout": 5, "event": {"vks": EVENT}})["drain_timeout"] == 5


@pytest.mark.parametrize("text", STRANGE)
def test_a_text_keeps_its_characters(text: str) -> None:
    texts = [name for name in variables_of("publish") if name not in (*TIMEOUT.values(), "only_services") and kind_of(name) in ("str", "path")]
    given = rendered(extra_vars("publish", "changed"), {**dict.fromkeys(texts, text), "event": {"vks": EVENT}})
    assert len(texts) > 20 and {name: given[name] for name in texts} == dict.fromkeys(texts, text)
    texts = [name for name, option in OPTIONS.items() if option["type"] in ("str", "path") and name != "pool_member_type"]
    given = rendered(source("publish"), {**dict.fromkeys(texts, text), "changes": dict.fromkeys(texts, text)})
    assert len(texts) > 10 and {name: given[name] for name in texts} == dict.fromkeys(texts, text)
    every = {**extra_vars("publish", "changed"), **extra_vars("publish", "degraded")}
    own = rendered(every, {"changes": dict.fromkeys(OWN.values(), text), "event": {"vks": EVENT}})
    assert {name: own[name] for name in OWN} == dict.fromkeys(OWN, text)


def test_other_values_keep_their_types() -> None:
    by_type = {"int": 7, "float": 0.5, "bool": False, "list": ["a"], "dict": {"name": "1e5"}, "raw": {"name": "1e5"}}
    names = [name for name in variables_of("publish") if name not in (*TIMEOUT.values(), "only_services") and kind_of(name) in by_type]
    variables = {name: SAMPLES["applications"] if name in ("applications", "pools") else by_type[kind_of(name)] for name in names}
    given = rendered(extra_vars("publish", "changed"), {**variables, "event": {"vks": EVENT}})
    assert {name: given[TIMEOUT.get(name, name)] for name in names} == variables


def test_null_counts_as_unset_in_the_play() -> None:
    given = rendered(extra_vars("publish", "resync"), {"applications": APPLICATIONS, "timeout": 7, "event": {"vks": {**EVENT, "type": "resync"}}})
    done = follow([("playbook", "publish", given), ("playbook", "publish", {"applications": APPLICATIONS, "timeout": 7, "drain_timeout": 0})])
    assert done[0] == done[1] and not done[0][1] and done[0][0][0][0] == "vks.bigip.publish"


# -- what is watched, and what is published

SHOP = {"tenant": "Shop", "application": "web", "service": {"namespace": "shop", "name": "web"}}
HERE = {"tenant": "Shop", "application": "here", "service": {"name": "here"}}
WATCHED: list[tuple[str, dict[str, Any], set[tuple[str, str]], str]] = [
    ("nothing", {}, set(), "auto"),
    ("those of the applications", {"applications": [SHOP, HERE]}, {("shop", "web"), ("default", "here")}, "auto"),
    ("the type of the task", {"applications": [SHOP], "pool_member_type": "nodeport"}, {("shop", "web")}, "nodeport"),
    ("in text", {"applications": yaml.safe_dump([SHOP]), "pool_member_type": "nodeport"}, {("shop", "web")}, "nodeport"),
    ("those of pools", {"declaration": {}, "pools": [{**SHOP, "pool_member_type": "cluster"}]}, {("shop", "web")}, "cluster"),
    ("own Services", {"applications": [SHOP], "changes": {"services": ["a/b"]}}, {("a", "b")}, "auto"),
    ("own type", {"pool_member_type": "nodeport", "changes": {"pool_member_type": "cluster"}}, set(), "cluster"),
]


@pytest.mark.parametrize(("variables", "services", "mode"), [case[1:] for case in WATCHED], ids=[case[0] for case in WATCHED])
def test_what_is_watched(variables: dict[str, Any], services: set[tuple[str, str]], mode: str) -> None:
    options = ChangesOptions.from_arguments(rendered(source("publish"), variables))
    assert (options.services, options.mode) == (services, mode)


def test_the_source_accepts_the_arguments() -> None:
    variables = {"applications": [SHOP, HERE], "pool_member_type": "nodeport", "host": "https://192.0.2.1", "changes": {"settle": "0.25", "resync": 60}}
    options = ChangesOptions.from_arguments(rendered(source("publish"), variables))
    assert options.services == {("shop", "web"), ("default", "here")} and (options.mode, options.settle, options.resync) == ("nodeport", 0.25, 60)


PUBLISHED: list[tuple[str, dict[str, Any], list[str] | None]] = [
    ("changed", EVENT, ["shop/web", "shop/api"]),
    ("all", {**EVENT, "all": True, "services": []}, None),
    ("resync", {**EVENT, "type": "resync"}, None),
    ("a template", {**EVENT, "services": [{"namespace": "a", "name": "{{ b }}{% c %}"}]}, ["a/ b }}% c %}"]),
]


@pytest.mark.parametrize("rulebook", RULEBOOKS)
@pytest.mark.parametrize(("event", "wanted"), [case[1:] for case in PUBLISHED], ids=[case[0] for case in PUBLISHED])
def test_the_services_whose_applications_are_published(event: dict[str, Any], wanted: list[str] | None, rulebook: str) -> None:
    assert rendered(extra_vars(rulebook, "changed")["only_services"], {"event": {"vks": event}}) == wanted


JOB = {"job_template": "1e5", "notification_job_template": "0x1", "organization": "7"}


def test_the_job_templates_have_names_of_the_user_or_usual_ones() -> None:
    def names(variables: dict[str, Any]) -> list[Any]:
        jobs = [rendered(action("publish_job", event), {**variables, "event": {"vks": EVENT}}) for event in ("changed", "degraded")]
        return [job[key] for job in jobs for key in ("name", "organization")]

    assert names({}) == ["Publish on BIG-IP", "Default", "Notify of changes", "Default"]
    assert names({"changes": JOB}) == ["1e5", "7", "0x1", "7"]


# -- the notification


SAID = 'no {{ 6 * 7 }} {% if %} right: % + " \\ ünï'


def notify(folder: Path, **changes: str) -> str:
    """The output of the playbook for an event with this text. Variables of -e are templates, so this is a real ansible-playbook."""
    event = {"type": "degraded", "services": [], "problem": {"said": SAID}}
    given = rendered(extra_vars("publish", "degraded"), {"event": {"vks": event}, "changes": changes})
    file = folder / "extravars"
    file.write_text(yaml.dump({**given, "ansible_eda": {"event": {"vks": event}}}))
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "vks.bigip.notify", "-e", f"@{file}"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    environ = {**kept, "ANSIBLE_COLLECTIONS_PATH": str(BUILD / "dev"), "ANSIBLE_HOME": str(folder), "ANSIBLE_NOCOLOR": "1"}
    done = subprocess.run(command, cwd=folder, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_text_of_the_event_is_not_a_template(tmp_path: Path) -> None:
    shown = notify(tmp_path)
    assert json.dumps(SAID, ensure_ascii=False) in shown and "42" not in shown


def test_the_tasks_of_the_user_replace_the_message(tmp_path: Path) -> None:
    tasks = tmp_path / "tasks.yml"
    tasks.write_text('- name: Mine\n  ansible.builtin.debug:\n    msg: "mine: {{ notification.type }}: {{ notification.problem.said }}"\n')
    shown = notify(tmp_path, notification_tasks=str(tasks))
    assert json.dumps(f"mine: degraded: {SAID}", ensure_ascii=False) in shown and '"services"' not in shown
