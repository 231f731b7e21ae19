# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options are documented as they are: types, choices, defaults, aliases and environment variables."""

from __future__ import annotations

import os
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ValidationResult

from ansible_collections.vks.bigip.plugins.doc_fragments import bigip
from ansible_collections.vks.bigip.plugins.module_utils._bigip import options
from ansible_collections.vks.bigip.plugins.module_utils._bigip.options import ARGUMENT_SPEC, PROVIDER, default
from ansible_collections.vks.bigip.tests.unit.support import documented
from ansible_collections.vks.bigip.tests.unit.support.executed import executed


def test_the_fragment_documents_the_options() -> None:
    assert documented.fragment(bigip) == documented.spec(ARGUMENT_SPEC)


def test_the_fragment_names_each_environment_variable() -> None:
    named = documented.named(bigip)
    for option, variables in documented.variables(ARGUMENT_SPEC).items():
        assert set(variables) <= set(named.get(option, ())), option


def validated(provider: Any) -> ValidationResult:
    """The option after Ansible's own checks."""
    spec = executed(options).ARGUMENT_SPEC
    return ArgumentSpecValidator(spec).validate({} if provider is None else {"provider": provider})


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("F5_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", "/me")


DEFAULTS = {
    **{"server": None, "server_port": 443, "user": None, "password": None, "token": None, "auth": "token"},
    **{"auth_provider": "tmos", "validate_certs": True, "ca_cert": None, "proxy": None, "timeout": 60},
    **{"max_response_mb": 64, "transport": None, "no_f5_teem": None, "ssh_keyfile": None},
}
TEXTS = {
    **{"server": "a,b", "server_port": "8443", "user": "u", "password": "p-word", "token": "t-word", "auth": "basic"},
    **{"auth_provider": "ldap", "validate_certs": "no", "ca_cert": "~/ca.pem", "proxy": "http://p:1", "timeout": "5"},
    **{"max_response_mb": "7", "transport": "rest", "no_f5_teem": "yes", "ssh_keyfile": "$HOME/key"},
}
VALUES = {
    **{"server": ["a", "b"], "server_port": 8443, "user": "u", "password": "p-word", "token": "t-word", "auth": "basic"},
    **{"auth_provider": "ldap", "validate_certs": False, "ca_cert": "/me/ca.pem", "proxy": "http://p:1", "timeout": 5},
    **{"max_response_mb": 7, "transport": "rest", "no_f5_teem": True, "ssh_keyfile": "/me/key"},
}


@pytest.mark.parametrize(("provider", "expected"), [(None, DEFAULTS), ({}, DEFAULTS), (TEXTS, VALUES)])
def test_the_values_of_the_options(provider: Any, expected: dict[str, Any]) -> None:
    result = validated(provider)
    assert result.error_messages == []
    assert result.validated_parameters["provider"] == expected


def test_the_environment_counts_where_an_option_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"F5_SERVER": "server", "F5_SERVER_PORT": "server_port", "F5_USER": "user", "F5_PASSWORD": "password"}
    environment |= {"F5_PROVIDER": "auth_provider", "F5_VALIDATE_CERTS": "validate_certs", "F5_CA_CERT": "ca_cert"}
    for variable, option in environment.items():
        monkeypatch.setenv(variable, TEXTS[option])
    expected = {**DEFAULTS, **{option: VALUES[option] for option in environment.values()}}
    assert validated({}).validated_parameters["provider"] == expected


@pytest.mark.parametrize("alias", ["pass", "pwd"])
def test_the_other_names_of_the_password(alias: str) -> None:
    assert validated({alias: "p-word"}).validated_parameters["provider"]["password"] == "p-word"


def test_passwords_and_tokens_are_hidden_and_nothing_else() -> None:
    assert validated(TEXTS)._no_log_values == {"p-word", "t-word"}


WRONG: dict[str, Any] = {
    **{"auth": "none", "server_port": "x", "timeout": "x", "max_response_mb": "x", "validate_certs": "x"},
    **{"no_f5_teem": "x", "other": "x"},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_value_that_an_option_does_not_take(name: str) -> None:
    (message,) = validated({name: WRONG[name]}).error_messages
    assert name in message


def test_each_option_names_its_type() -> None:
    """It is not left to Ansible's default."""
    assert {name for name, option in PROVIDER["options"].items() if "type" not in option} == set()


def test_a_default_is_that_of_the_option() -> None:
    assert {name: default(name) for name in ("server_port", "auth_provider", "timeout")} == {
        **{"server_port": 443, "auth_provider": "tmos", "timeout": 60},
    }
