# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that are refused before anything is read."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import yaml

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._npl.options import NplOptions
from ansible_collections.vks.bigip.plugins.modules import antrea_npl


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("61000", "is not a range start-end; the agents do not start with it"),
        ("62000-61000", "is not a range start-end; the agents do not start with it"),
        ("", "is not a range start-end; the agents do not start with it"),
        ("500-600", "has ports below 1024"),
        ("30000-31000", "overlaps the NodePort range 30000-32767 (their default)"),
        ("40000-41000", "overlaps the nodes' ephemeral ports 32768-60999 (their default)"),
    ],
)
def test_ranges_that_are_refused(text: str, said: str) -> None:
    with pytest.raises(Failure) as caught:
        NplOptions(port_range=text).check()
    assert (caught.value.code, caught.value.message) == (
        "npl_range",
        f"Reading the options: port_range {text} {said}. Choose a range such as 61000-62000, which is "
        "outside of "
        "both.",
    )


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"namespace": "", "name": "web"}, "services[1].namespace is empty"),
        ({"namespace": "shop", "name": " "}, "services[1].name is empty"),
        ({"namespace": "shop", "name": "web", "label_selector": ""}, "services[1].label_selector is empty"),
        ({"namespace": "", "name": None, "label_selector": "a=b"}, "services[1].namespace is empty"),
        (
            {"namespace": "", "label_selector": ""},
            "services[1].namespace and services[1].label_selector are empty",
        ),
        (
            {"namespace": "shop", "name": None, "label_selector": None},
            "services[1].name and services[1].label_selector are empty",
        ),
        ({"namespace": ""}, "services[1].namespace is empty"),
        ({}, "services[1].name and services[1].label_selector are empty"),
    ],
)
def test_services_that_would_select_all_are_refused(item: dict[str, Any], said: str) -> None:
    with pytest.raises(Failure) as caught:
        NplOptions(services=({"namespace": "shop", "name": "web"}, item)).check()
    assert (caught.value.code, caught.value.message) == (
        "npl_services",
        f"Reading the options: {said}. Nothing was written. Name the Services, or remove the item from the "
        "list.",
    )


@pytest.mark.parametrize(
    "service", [{"name": "web"}, {"label_selector": "app=web"}, {"name": "web", "label_selector": None}]
)
def test_options_that_are_good(service: dict[str, Any]) -> None:
    NplOptions(port_range="61000-62000", services=({"namespace": "shop", **service},)).check()
    NplOptions().check()


@pytest.mark.parametrize(("state", "enabled"), [("enabled", True), ("disabled", False)])
def test_the_state(state: str, enabled: bool) -> None:
    assert NplOptions(state=state).enabled is enabled


def test_the_defaults_are_those_of_the_document() -> None:
    documented = yaml.safe_load(antrea_npl.DOCUMENTATION)["options"]
    options = NplOptions()
    options.check()
    for field in dataclasses.fields(options):
        value = getattr(options, field.name)
        default = documented.get(field.name, {}).get("default")
        assert (list(value) if isinstance(value, tuple) else value) == default, field.name
