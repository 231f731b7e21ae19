# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role cis has no module behind it: its argument_specs, defaults, README, tasks and the filter's words agree."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.vks.bigip.plugins.module_utils._cis import refusals
from runner.places import ROOT

ROLE = ROOT / "roles" / "cis"
OPTIONS: dict[str, Any] = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
README = (ROLE / "README.md").read_text()
ROWS = {row[0]: row[1:] for row in re.findall(r"^\| `(cis_\w+)` \| ([^|]*) \| ([^|]*) \| ([^|]*) \| `(.*)` \|$", README, re.MULTILINE)}


def examples(name: str) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", (ROOT / name).read_text(), re.MULTILINE | re.DOTALL)


def test_every_variable_has_a_row() -> None:
    assert set(ROWS) == set(OPTIONS)
    assert set(re.findall(r"`(cis_[a-z_]+)`", README)) - {"cis_result"} == set(OPTIONS)


@pytest.mark.parametrize("name", OPTIONS)
def test_a_row_has_type_default_and_a_fitting_example(name: str) -> None:
    option, (kind, default, meaning, example) = OPTIONS[name], ROWS[name]
    assert kind == option["type"] + (f" of {option['elements']}" if "elements" in option else "")
    assert (None if default == "none" else yaml.safe_load(default.strip("`"))) == option.get("default")
    assert meaning
    assert option["description"]
    value = yaml.safe_load(example)
    assert not ArgumentSpecValidator({name: option}).validate({name: value}).error_messages
    assert value != option.get("default") or name in ("cis_chart_version", "cis_version", "cis_ingress_class")


def test_defaults() -> None:
    assert {name: option["default"] for name, option in OPTIONS.items() if "default" in option} == DEFAULTS


def test_tasks_use_every_variable_and_no_other() -> None:
    text = "".join(path.read_text() for folder in ("tasks", "vars") for path in sorted((ROLE / folder).glob("*.yml")))
    assert set(re.findall(r"(?<![\w.'/])cis_(?!info|values\b)\w+", text)) | {"cis_values"} == set(OPTIONS) | {"cis_result"}


def test_the_filter_names_variables_that_there_are() -> None:
    text = "".join(path.read_text() for path in sorted((ROOT / "plugins" / "module_utils" / "_cis").glob("*.py")))
    named = set(re.findall(r"cis_[a-z_]+", text)) - {"cis_info"}
    assert set(refusals.OWNED.values()) <= set(OPTIONS)
    assert named <= set(OPTIONS)


@pytest.mark.parametrize("file", ["roles/cis/README.md", "docs/cis.md", "docs/cis-migration.md"])
def test_examples_of_the_role(file: str) -> None:
    plays = [play for text in examples(file) for document in yaml.safe_load_all(text) if isinstance(document, list) for play in document]
    found = [entry["vars"] for play in plays for entry in play.get("roles", ()) if entry["role"] == "vks.bigip.cis"]
    assert found
    for variables in found:
        assert not ArgumentSpecValidator(OPTIONS).validate(variables).error_messages


def test_the_playbook() -> None:
    (play,) = yaml.safe_load((ROOT / "playbooks" / "deploy_cis.yml").read_text())
    assert play["roles"] == [{"role": "vks.bigip.cis"}]
