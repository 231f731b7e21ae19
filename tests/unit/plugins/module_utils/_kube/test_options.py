# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options are documented as they are: types, choices, defaults, aliases and environment variables."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.vks.bigip.plugins.doc_fragments import kubernetes
from ansible_collections.vks.bigip.plugins.module_utils._kube import options
from ansible_collections.vks.bigip.tests.unit.support import documented
from ansible_collections.vks.bigip.tests.unit.support.executed import executed

VARIABLES = [(path, name) for path, names in documented.named(kubernetes).items() for name in names]
VALUES: dict[str, tuple[str, Any]] = {
    # a type, the text of a variable, its value
    "raw": ("some text", "some text"),
    "str": ("some text", "some text"),
    "path": ("/a/path", "/a/path"),
    "bool": ("yes", True),
    "list": ("a,b", ["a", "b"]),
}


@pytest.fixture
def spec() -> dict[str, Any]:
    made: dict[str, Any] = executed(options).KUBERNETES_OPTIONS
    return made


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for _path, name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def values(spec: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    """The options by their path, as a module gets them."""
    checked = ArgumentSpecValidator(spec).validate(arguments)
    assert checked.error_messages == []
    found = dict(checked.validated_parameters)
    inner = found.pop("proxy_headers")
    return {**found, **{f"proxy_headers.{name}": value for name, value in inner.items()}}


def test_the_fragment_documents_the_options(spec: dict[str, Any]) -> None:
    assert documented.fragment(kubernetes) == documented.spec(spec)


def test_the_fragment_names_each_environment_variable(spec: dict[str, Any]) -> None:
    named = documented.named(kubernetes)
    for option, variables in documented.variables(spec).items():
        assert set(variables) <= set(named.get(option, ())), option


@pytest.mark.parametrize(("path", "variable"), VARIABLES)
def test_a_variable_sets_its_option_alone(
    path: str, variable: str, spec: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    unset = values(spec)
    assert set(unset.values()) == {None, 64} and unset["max_response_mb"] == 64
    outer, _dot, inner = path.partition(".")
    text, value = VALUES[(spec[outer]["options"][inner] if inner else spec[outer])["type"]]
    monkeypatch.setenv(variable, text)
    assert values(spec) == {**unset, path: value}
    monkeypatch.setenv(variable, "")
    assert values(spec) == unset


def test_the_elements_of_a_list_are_texts(spec: dict[str, Any]) -> None:
    assert values(spec, impersonate_groups=[1])["impersonate_groups"] == ["1"]


def test_secrets_and_the_option_that_only_looks_like_one(spec: dict[str, Any]) -> None:
    every = {**spec, **spec["proxy_headers"]["options"]}
    assert {name: option["no_log"] for name, option in every.items() if "no_log" in option} == {
        **{"api_key": True, "password": True, "proxy_basic_auth": True, "basic_auth": True},
        "client_key": False,
    }
