# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each default is written once: the argument spec and the documentation of the modules have those of the dataclasses."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
import yaml

from ansible_collections.vks.bigip.plugins.doc_fragments import cis
from ansible_collections.vks.bigip.plugins.module_utils._members.options import SOURCE_DEFAULTS
from ansible_collections.vks.bigip.plugins.module_utils._plan.guards import Limits
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import Rules
from ansible_collections.vks.bigip.plugins.module_utils._publish.options import (
    DeclarationOptions,
    PublishOptions,
    RunOptions,
)
from ansible_collections.vks.bigip.plugins.modules import as3_declaration, publish

Options = Any
# Fields without a parameter: several parameters make them, or they are fixed.
OWN = {"run", "source_defaults", "emptied"}
# as3_declaration has no option for these.
FIXED = {"detect_drift", "details", "dry_run", "on_error", "progress_file", "tenants_per_post"}


def defaults(*kinds: Options) -> dict[str, Any]:
    """The default of each field, an empty tuple as none."""
    found = {}
    for kind in kinds:
        for one in fields(kind):
            if one.name not in OWN:
                found[one.name] = list(one.default) if isinstance(one.default, tuple) else one.default
    return {name: None if value == [] else value for name, value in found.items()}


def argument_spec(module: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The spec that the module gives to Ansible."""
    given: dict[str, Any] = {}

    class Stop(Exception):
        pass

    def take(argument_spec: dict[str, Any], **_more: Any) -> None:
        given.update(argument_spec)
        raise Stop

    monkeypatch.setattr(module, "Module", take)
    with pytest.raises(Stop):
        module.main()
    return given


def documented(text: str) -> dict[str, Any]:
    return {name: option.get("default") for name, option in yaml.safe_load(text)["options"].items()}


def same(one: Any, other: Any) -> bool:
    """Equal, and not only by 0 == False."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


@pytest.mark.parametrize(
    ("module", "kinds", "without"),
    [
        (publish, (PublishOptions, RunOptions), set()),
        (as3_declaration, (DeclarationOptions, RunOptions), FIXED),
    ],
    ids=["publish", "as3_declaration"],
)
def test_the_argument_spec_has_the_defaults_of_the_options(
    module: Any, kinds: tuple[Options, ...], without: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = argument_spec(module, monkeypatch)
    expected = {name: value for name, value in defaults(*kinds).items() if name not in without}
    assert {name: spec[name].get("default") for name in expected} == expected
    assert all(same(spec[name].get("default"), value) for name, value in expected.items())


@pytest.mark.parametrize(
    ("module", "kinds", "without", "fragments"),
    [
        (publish, (PublishOptions, RunOptions), set(), [cis.ModuleDocFragment.DOCUMENTATION]),
        (as3_declaration, (DeclarationOptions, RunOptions), FIXED, []),
    ],
    ids=["publish", "as3_declaration"],
)
def test_the_documentation_has_the_defaults_of_the_options(
    module: Any, kinds: tuple[Options, ...], without: set[str], fragments: list[str]
) -> None:
    expected = {name: value for name, value in defaults(*kinds).items() if name not in without}
    shown = documented(module.DOCUMENTATION)
    for fragment in fragments:
        shown.update(documented(fragment))
    assert {name: shown[name] for name in expected} == expected


def test_each_option_of_publish_is_read() -> None:
    """Each option that belongs neither to a connection, nor to a source, nor to several runs has a field."""
    known = {one.name for kind in (PublishOptions, RunOptions) for one in fields(kind)}
    assert set(publish.OPTIONS) - {"standby"} <= known and not known & set(SOURCE_DEFAULTS)


def test_a_null_and_an_empty_text_in_the_place_of_a_default_count_as_not_set() -> None:
    unset = {name: None for name in (*defaults(PublishOptions, RunOptions), *SOURCE_DEFAULTS)}
    for params in ({}, unset, {"state": "", "adopt": "", "empty_pool": "", "details": "", "on_error": ""}):
        options = PublishOptions.from_params(params)
        found = {name: getattr(options, name, None) for name in defaults(PublishOptions)}
        assert {name: None if value == () else value for name, value in found.items()} == {
            **defaults(PublishOptions), "cis_namespaces": ("kube-system", "f5-cis")
        }  # fmt: skip
        assert {name: getattr(options.run, name) for name in defaults(RunOptions)} == defaults(RunOptions)
        assert options.source_defaults == {}


def test_what_is_given_is_read_also_where_it_is_false_or_zero() -> None:
    given: dict[str, Any] = {
        "detect_drift": False,
        "wait_up": 0,
        "max_removed_percent": 0,
        "include_unschedulable": False,
    }
    options = PublishOptions.from_params(given)
    assert (options.run.detect_drift, options.run.wait_up, options.max_removed_percent) == (False, 0, 0)
    assert options.source_defaults == {"include_unschedulable": False}


def test_an_owner_that_is_empty_stays_so_to_be_refused() -> None:
    options = PublishOptions.from_params({"owner": "", "pools": "", "applications": ""})
    assert (options.owner, options.pools, options.applications) == ("", "", "")


def test_the_rules_are_those_of_the_options() -> None:
    given: dict[str, Any] = {
        "state": "absent", "adopt": "cis", "bulk_create": True, "enforce_member_state": True, "detect_drift": False,
        "empty_pool": "keep", "min_members": 2, "max_removed_percent": 50, "drain_timeout": 5,
    }  # fmt: skip
    assert PublishOptions.from_params(given).rules("me", "uid") == Rules(
        "absent", "me", "uid", "cis", True, Limits("keep", 2, 50), (), False, True, 5
    )
    assert PublishOptions.from_params({}).rules("me", None) == Rules(owner="me")


@pytest.mark.parametrize(
    ("params", "emptied"),
    [
        ({}, []),
        ({"content": {}, "tenant": "T1"}, []),
        ({"content": "", "tenant": None, "application": " "}, ["content", "tenant", "application"]),
    ],
)
def test_names_that_were_given_without_a_value_are_known(params: dict[str, Any], emptied: list[str]) -> None:
    assert DeclarationOptions.from_params(params).emptied == emptied


def test_both_modules_have_the_options_of_a_run() -> None:
    given = {"timeout": 5, "wait_up": 0, "detect_drift": False, "adopt": "cis", "state": "absent"}
    options = DeclarationOptions.from_params({**given, "tenant": "T1"})
    assert (options.adopt, options.state, options.absent, options.tenant) == ("cis", "absent", True, "T1")
    for run in (options.run, PublishOptions.from_params(given).run):
        assert vars(run) == {**vars(RunOptions()), "timeout": 5, "wait_up": 0, "detect_drift": False}


def test_options_do_not_show_the_secrets_in_them() -> None:
    assert "s3cret" not in repr(PublishOptions.from_params({"tenants": {"T1": {"key": "s3cret"}}}))
