# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool's source is documented wherever one can be given: a fragment cannot stand under suboptions. All say the same."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
import yaml

NAME = "ansible_collections.vks.bigip.plugins."


def of(name: str, variable: str = "DOCUMENTATION", options: str | None = None) -> dict[str, Any]:
    """The options that a plugin documents, or the suboptions of one of them."""
    module = importlib.import_module(NAME + name)
    found = yaml.safe_load(getattr(getattr(module, "ModuleDocFragment", module), variable))["options"]
    return found[options]["suboptions"] if options else found


OPTIONS = importlib.import_module(NAME + "module_utils._members.options")
FRAGMENT = of("doc_fragments.pool_source")
PUBLISHED = of("doc_fragments.pool_source", "PUBLISHED")
MEMBERS = of("modules.pool_members_info", options="pools")
APPLICATIONS, POOLS = (of("modules.publish", options=option) for option in ("applications", "pools"))


def shape(value: Any) -> Any:
    """As an argument spec has it."""
    if not isinstance(value, dict):
        return value
    names = {"suboptions": "options"}
    return {names.get(key, key): shape(part) for key, part in value.items() if key != "description"}


@pytest.mark.parametrize("documented", [APPLICATIONS, POOLS, MEMBERS], ids=["publish.applications", "publish.pools", "pool_members_info.pools"])
@pytest.mark.parametrize("name", OPTIONS.SOURCE_OPTIONS)
def test_a_source_has_these_options(name: str, documented: dict[str, Any]) -> None:
    given = {key: value for key, value in documented[name].items() if key != "required"}  # of a Service only where there is nothing else
    assert shape(given) == shape(OPTIONS.SOURCE_OPTIONS[name])


@pytest.mark.parametrize("name", OPTIONS.SOURCE_DEFAULTS)
def test_a_task_has_these_defaults(name: str) -> None:
    assert shape(FRAGMENT[name]) == shape(OPTIONS.SOURCE_DEFAULTS[name])
    assert MEMBERS[name]["description"] == FRAGMENT[name]["description"]


@pytest.mark.parametrize("name", OPTIONS.SOURCE_DEFAULTS)
def test_a_published_pool_has_no_defaults(name: str) -> None:
    assert shape(PUBLISHED[name]) == shape(OPTIONS.SOURCE_WITHOUT_DEFAULTS[name])
    assert PUBLISHED[name]["description"] == FRAGMENT[name]["description"]


@pytest.mark.parametrize("name", OPTIONS.SOURCE_OPTIONS)
def test_both_lists_of_publish_say_the_same(name: str) -> None:
    assert APPLICATIONS[name] == POOLS[name]
