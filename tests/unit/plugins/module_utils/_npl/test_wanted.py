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
BARE = Keys(("nodePortLocal", "enable"))


ON, OFF = ENABLED, DISABLED


@pytest.mark.parametrize(
    "keys, state, port_range, settings",
    [
        (FULL, ON, None, {FULL.switch: True, FULL.gate: True}),
        (FULL, ON, "61000-63000", {FULL.switch: True, FULL.gate: True, FULL.port_range: "61000-63000"}),
        (FULL, OFF, "61000-63000", {FULL.gate: False}),
        (BARE, ON, None, {BARE.switch: True}),
        (BARE, OFF, None, {BARE.switch: False}),
    ],
)
def test_what_the_owner_has_to_say(keys: Keys, state: str, port_range: str | None, settings: Any) -> None:
    assert wanted.object_settings(keys, state, port_range, "AddonConfig a/b") == settings


def test_a_range_that_the_schema_does_not_have_is_refused() -> None:
    with pytest.raises(Failure, match="no portRange beside it. Nothing was written"):
        wanted.object_settings(BARE, ON, "61000-63000", "AddonConfig a/b")


CONF = NplConfig("kube-system/antrea-config", gate=True, enable=True, port_range="61000-62000", changed=100.0)
NULL = dataclasses.replace(
    CONF, gate=False, enable=None, port_range=None
)  # as VMware's package writes it when the gate is off
OLD = NplConfig("kube-system/antrea-config", gate=False, enable=None, section=False)
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
        (dataclasses.replace(OLD, gate=True), OFF, None, True, {GATE: False}),
    ],
)
def test_what_the_text_has_to_say(
    config: NplConfig, state: str, port_range: str | None, legacy: bool | None, settings: Any
) -> None:
    assert wanted.text_settings(config, state, port_range, legacy) == settings


def test_a_key_that_old_agents_end_at_is_not_written_on_a_guess() -> None:
    with pytest.raises(Failure, match="the version of Antrea is not known"):
        wanted.text_settings(OLD, ON, None, None)


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
        (dataclasses.replace(OLD, gate=True), ON, None, True, True),
        (dataclasses.replace(OLD, gate=True), ON, None, False, False),
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
    ],
)
def test_what_a_change_would_do_beside_itself(
    gates_after: Any, more: Any, gates: Any, effects: list[str]
) -> None:
    after = {"spec": {"config": {**BEFORE["spec"]["config"], **more, "featureGates": gates_after}}}
    assert wanted.side_effects(BEFORE, after, WISH, gates) == effects


def test_a_patch_has_these_keys_and_no_others() -> None:
    assert wanted.patch({("spec", "a", "x"): True, ("spec", "a", "y"): "1-2"}) == {
        "spec": {"a": {"x": True, "y": "1-2"}}
    }
