# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings that make NodePortLocal as wanted, and what a patch would do besides. One line a case."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import NplConfig
from ansible_collections.vks.bigip.plugins.module_utils._npl import wanted
from ansible_collections.vks.bigip.plugins.module_utils._npl.options import DISABLED, ENABLED
from ansible_collections.vks.bigip.plugins.module_utils._npl.schema import Keys

AT = ("antrea", "config")
FULL = Keys(
    (*AT, "nodePortLocal", "enabled"),
    (*AT, "featureGates", "NodePortLocal"),
    (*AT, "nodePortLocal", "portRange"),
)
FLAT = Keys(("nodePortLocal", "enable"))


ON, OFF = ENABLED, DISABLED


@pytest.mark.parametrize(
    "keys, state, port_range, settings",
    [
        (FULL, ON, None, {FULL.switch: True, FULL.gate: True}),
        (FULL, ON, "61000-63000", {FULL.switch: True, FULL.gate: True, FULL.port_range: "61000-63000"}),
        (FULL, OFF, "61000-63000", {FULL.gate: False}),
        (FLAT, ON, None, {FLAT.switch: True}),
        (FLAT, OFF, "61000-63000", {FLAT.switch: False}),
    ],
)
def test_what_the_owner_has_to_say(keys: Keys, state: str, port_range: str | None, settings: Any) -> None:
    assert wanted.object_settings(keys, state, port_range, "AddonConfig a/b") == settings


def test_a_range_that_the_schema_does_not_have_is_refused() -> None:
    with pytest.raises(Failure) as caught:
        wanted.object_settings(FLAT, ON, "61000-63000", "AddonConfig a/b")
    assert (caught.value.code, caught.value.message) == (
        "npl_addon_schema",
        "Setting port_range: the schema of AddonConfig a/b has nodePortLocal.enable, but no portRange beside "
        "it. "
        "Nothing was written. Leave port_range out.",
    )


CONF = NplConfig("kube-system/antrea-config", gate=True, enable=True, port_range="61000-62000", changed=100.0)
NULL = dataclasses.replace(
    CONF, gate=False, enable=None, port_range=None
)  # as VMware's package writes it when the gate is off
OLD = NplConfig("kube-system/antrea-config", gate=False, enable=None, section=False)
LEGACY_ON = dataclasses.replace(OLD, gate=True)
GATE, ENABLE, RANGE = (
    ("featureGates", "NodePortLocal"),
    ("nodePortLocal", "enable"),
    ("nodePortLocal", "portRange"),
)


@pytest.mark.parametrize(
    "config, state, port_range, legacy, settings",
    [
        (CONF, ON, None, False, {}),
        (CONF, ON, "61000-63000", False, {RANGE: "61000-63000"}),
        (CONF, OFF, "61000-63000", False, {ENABLE: False}),
        (NULL, ON, None, False, {GATE: True, ENABLE: True}),
        (NULL, ON, "61000-62000", False, {GATE: True, ENABLE: True}),
        (NULL, OFF, None, False, {}),
        (dataclasses.replace(CONF, gate=None, enable=False), ON, None, False, {ENABLE: True}),
        (dataclasses.replace(CONF, gate=None, enable=False), ON, None, None, {ENABLE: True}),
        (OLD, ON, None, False, {GATE: True, ENABLE: True}),
        (OLD, ON, "61000-63000", True, {GATE: True, ("nplPortRange",): "61000-63000"}),
        (OLD, ON, "61000-62000", True, {GATE: True}),
        (OLD, OFF, None, True, {}),
        (LEGACY_ON, ON, None, True, {}),
        (LEGACY_ON, ON, "61000-63000", True, {("nplPortRange",): "61000-63000"}),
        (LEGACY_ON, OFF, "61000-63000", True, {GATE: False}),
        (LEGACY_ON, ON, None, False, {ENABLE: True}),
        (LEGACY_ON, OFF, None, False, {ENABLE: False}),
        (CONF, ON, "61000-62000", False, {}),
        (dataclasses.replace(CONF, port_range=None), ON, "61000-63000", None, {RANGE: "61000-63000"}),
    ],
)
def test_what_the_text_has_to_say(
    config: NplConfig, state: str, port_range: str | None, legacy: bool | None, settings: Any
) -> None:
    assert wanted.text_settings(config, state, port_range, legacy) == settings


def test_a_key_that_old_agents_end_at_is_not_written_on_a_guess() -> None:
    with pytest.raises(Failure) as caught:
        wanted.text_settings(OLD, ON, None, None)
    assert (caught.value.code, caught.value.message) == (
        "npl_version",
        "Setting NodePortLocal: the version of Antrea is not known, and antrea-agent.conf of ConfigMap "
        "kube-system/antrea-config has no nodePortLocal: agents before 1.4 end at this key. Nothing was "
        "written. "
        "Add the line nodePortLocal: to it if Antrea is 1.4 or newer.",
    )


@pytest.mark.parametrize(
    "config, state, port_range, legacy, holds",
    [
        (CONF, ON, None, False, True),
        (CONF, ON, "61000-62000", False, True),
        (CONF, ON, "61000-63000", False, False),
        (dataclasses.replace(CONF, port_range=None), ON, "61000-62000", False, True),
        (CONF, OFF, None, False, False),
        (NULL, OFF, "1-2", False, True),
        (NULL, ON, None, False, False),
        (LEGACY_ON, ON, None, True, True),
        (LEGACY_ON, ON, None, False, False),
        (LEGACY_ON, OFF, None, True, False),
        (OLD, ON, None, True, False),
        (OLD, OFF, None, True, True),
        (NULL, ON, "61000-62000", False, False),
    ],
)
def test_whether_the_cluster_has_it(
    config: NplConfig, state: str, port_range: str | None, legacy: bool, holds: bool
) -> None:
    assert wanted.holds(config, state, port_range, legacy) is holds


BEFORE = {"spec": {"config": {"featureGates": {"Egress": False}, "noSNAT": False}}}
WISH = {("spec", "config", "featureGates", "NodePortLocal"): True}


@pytest.mark.parametrize(
    "gates_after, more, gates, effects",
    [
        ({"Egress": False, "NodePortLocal": True}, {}, {}, []),
        ({"Egress": False}, {}, {}, ["spec.config.featureGates.NodePortLocal is dropped"]),
        ({"Egress": True, "NodePortLocal": True}, {}, {}, ["spec.config.featureGates.Egress becomes True"]),
        (
            {"Egress": False, "NodePortLocal": True, "EndpointSlice": False},
            {},
            {"EndpointSlice": True},
            ["spec.config.featureGates.EndpointSlice becomes False"],
        ),
        ({"Egress": False, "NodePortLocal": True, "EndpointSlice": False}, {}, {"EndpointSlice": False}, []),
        (
            {"Egress": False, "NodePortLocal": True, "AntreaTraceflow": False},
            {},
            {"Traceflow": True},
            ["spec.config.featureGates.AntreaTraceflow becomes False"],
        ),
        ({"Egress": False, "NodePortLocal": True}, {"noSNAT": True}, {}, ["spec.config.noSNAT becomes True"]),
        ({"Egress": False, "NodePortLocal": True}, {"defaultMTU": ""}, {}, []),
        ({"Egress": False, "NodePortLocal": True, "EndpointSlice": False}, {}, {}, []),
        ({"Egress": False, "NodePortLocal": True}, {}, {"NodePortLocal": False}, []),
        (
            {"Egress": True, "NodePortLocal": False},
            {"noSNAT": True},
            {},
            [
                "spec.config.featureGates.NodePortLocal is dropped",
                "spec.config.featureGates.Egress becomes True",
                "spec.config.noSNAT becomes True",
            ],
        ),
    ],
)
def test_what_a_change_would_do_beside_itself(
    gates_after: Any, more: Any, gates: Any, effects: list[str]
) -> None:
    after = {"spec": {"config": {**BEFORE["spec"]["config"], **more, "featureGates": gates_after}}}
    assert wanted.side_effects(BEFORE, after, WISH, gates) == effects


@pytest.mark.parametrize("after", [{}, {"spec": None}])
def test_an_answer_without_the_settings_drops_them(after: dict[str, Any]) -> None:
    assert wanted.side_effects(BEFORE, after, WISH, {}) == [
        "spec.config.featureGates.NodePortLocal is dropped"
    ]


def test_a_patch_has_these_keys_and_no_others() -> None:
    settings = {("spec", "a", "x"): True, ("spec", "a", "y"): "1-2", ("spec", "b"): False, ("c",): None}
    assert wanted.patch(settings) == {"spec": {"a": {"x": True, "y": "1-2"}, "b": False}, "c": None}


@pytest.mark.parametrize(
    "content, value",
    [
        ({"a": {"b": False}}, False),
        ({"a": {}}, None),
        ({"a": "text"}, None),
        ({"a": None}, None),
        (None, None),
    ],
)
def test_the_value_at_a_path(content: Any, value: Any) -> None:
    assert wanted.value_at(content, ("a", "b")) is value


def test_settings_that_differ() -> None:
    content = {"a": True, "b": {"c": "1-2", "d": False}}
    settings = {("a",): True, ("b", "c"): "1-3", ("b", "d"): False, ("b", "e"): True}
    assert wanted.differing(content, settings) == {("b", "c"): "1-3", ("b", "e"): True}
