# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that reach the Supervisor: as they are documented, and which of them need others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.vks.bigip.plugins.doc_fragments import supervisor
from ansible_collections.vks.bigip.plugins.module_utils._kube import supervisor_options
from ansible_collections.vks.bigip.tests.unit.support import documented
from ansible_collections.vks.bigip.tests.unit.support.executed import executed

VARIABLES = documented.named(supervisor)


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for names in VARIABLES.values():
        for name in names:
            monkeypatch.delenv(name, raising=False)


def checked(**arguments: Any) -> Any:
    table = executed(supervisor_options)
    validator = ArgumentSpecValidator(table.SUPERVISOR_OPTIONS, required_by=table.REQUIRED_BY)
    return validator.validate(arguments)


def test_the_fragment_documents_the_options() -> None:
    spec = executed(supervisor_options).SUPERVISOR_OPTIONS
    assert documented.fragment(supervisor) == documented.spec(spec)
    assert documented.variables(spec) == VARIABLES


@pytest.mark.parametrize("option", VARIABLES)
def test_a_variable_sets_its_option_alone(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    unset = dict.fromkeys(VARIABLES)
    assert checked().validated_parameters == unset
    for name in VARIABLES[option]:
        monkeypatch.setenv(name, "some text")
    parameters = checked(**{name: "given" for name in unset if name != option}).validated_parameters
    assert parameters == {**dict.fromkeys(unset, "given"), option: "some text"}


@pytest.mark.parametrize("option", ["supervisor_kubeconfig", "supervisor_context"])
def test_a_connection_needs_the_name_of_a_cluster(option: str) -> None:
    names = {"supervisor_namespace": "team-a", "cluster_name": "shop"}
    assert checked(**{option: "x"}, **names).error_messages == []
    for missing in names:
        (message,) = checked(
            **{option: "x"}, **{name: text for name, text in names.items() if name != missing}
        ).error_messages
        assert message == f"missing parameter(s) required by '{option}': {missing}"


def test_a_variable_that_names_an_empty_file_counts_as_unset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWX writes such a file for an empty field. Otherwise each task would ask for the names of a cluster."""
    path = tmp_path / "kubeconfig"
    path.write_text("\n")
    monkeypatch.setenv("VKS_SUPERVISOR_KUBECONFIG", str(path))
    result = checked()
    assert result.error_messages == [] and result.validated_parameters == dict.fromkeys(VARIABLES)
