# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated Antrea: its configuration, by version."""

from __future__ import annotations

import pytest
import yaml

from antrea_use import V1_3, V1_5, V1_15, V2_5
from vkslab.antrea import config, manifests
from vkslab.antrea.version import Version

# -- antrea-agent.conf

ON = "nodePortLocal: {enable: true}"


@pytest.mark.parametrize(
    ("version", "text", "ports", "range_shown"),
    [
        pytest.param(V2_5, ON, (61000, 62000), "61000-62000", id="the default range"),
        pytest.param(
            V2_5, "nodePortLocal: {enable: true, portRange: 30-40}", (30, 40), "30-40", id="a range"
        ),
        pytest.param(
            V2_5, 'nodePortLocal: {enable: true, portRange: "30-40"}', (30, 40), "30-40", id="a quoted range"
        ),
        pytest.param(V2_5, "", None, "", id="nothing written"),
        pytest.param(V2_5, "nodePortLocal:", None, "", id="no value"),
        pytest.param(
            V2_5,
            "nodePortLocal: {enable: false, portRange: 30-40}",
            None,
            "30-40",
            id="off; the range is shown all the same",
        ),
        pytest.param(
            V2_5, f"featureGates: {{NodePortLocal: false}}\n{ON}", None, "", id="the gate still counts"
        ),
        pytest.param(V2_5, "unknown: true", None, "", id="unknown keys are fine since 2.0"),
        pytest.param(V1_15, "nodePortLocal: {enable: false}", None, "", id="1.15 off"),
        pytest.param(
            Version.read("1.13.0"),
            "nodePortLocal: {enable: false}",
            None,
            "61000-62000",
            id="1.13 off; the gate fills the range",
        ),
        pytest.param(
            Version.read("1.13.0"), "featureGates: {NodePortLocal: false}", None, "", id="1.13 gate off"
        ),
        pytest.param(
            Version.read("1.9.0"), ON, (61000, 62000), "", id="no range in AntreaAgentInfo before 1.10"
        ),
        pytest.param(V1_5, f"nplPortRange: 30-40\n{ON}", (30, 40), "", id="the deprecated key"),
        pytest.param(
            V1_3, "featureGates: {NodePortLocal: true}", (61000, 62000), "", id="1.3: the gate is all"
        ),
        pytest.param(V1_3, "", None, "", id="1.3: alpha, off"),
        pytest.param(
            Version.read("1.1.0"),
            "featureGates: {NodePortLocal: true}",
            (40000, 41000),
            "",
            id="the range before 1.2",
        ),
        pytest.param(
            V2_5,
            "nodePortLocal: {enable: false, portRange: nonsense}",
            None,
            "nonsense",
            id="an unused range is not looked at since 1.14",
        ),
    ],
)
def test_the_configuration(
    version: Version, text: str, ports: tuple[int, int] | None, range_shown: str
) -> None:
    read = config.read(text, version)
    assert (read.ports, read.shown) == (ports, range_shown)


@pytest.mark.parametrize(
    ("version", "text", "message"),
    [
        (
            V2_5,
            "nodePortLocal: {enable: true, portRange: 62000}",
            "portRange is not valid: wrong port range format: 62000",
        ),
        (
            V2_5,
            "nodePortLocal: {enable: true, portRange: 62000-61000}",
            "portRange is not valid: start port must be smaller than end port: 62000-61000",
        ),
        (V2_5, "nodePortLocal: {enable: true, portRange: 61000-61000}", "start port must be smaller"),
        (V2_5, "nodePortLocal: {enable: true, portRange: a-b}", 'strconv.Atoi: parsing "a": invalid syntax'),
        (Version.read("1.13.0"), "nodePortLocal: {enable: false, portRange: 9}", "portRange is not valid"),
        (V2_5, "nodePortLocal: {enable: maybe}", "cannot unmarshal 'maybe' into bool"),
        (V2_5, "nodePortLocal: on", "cannot unmarshal True"),
        (V2_5, "featureGates: {Nonsense: true}", "unrecognized feature gate: Nonsense"),
        (V2_5, "a: [", "yaml"),
        (V2_5, "just text", "cannot unmarshal"),
        (V1_15, "unknown: true", "field unknown not found in type config.AgentConfig"),
        (
            V1_15,
            "nodePortLocal: {enabled: true}",
            "field enabled not found in type config.NodePortLocalConfig",
        ),
        (V1_15, "noSNAT: false\nnoSNAT: false", 'key "noSNAT" already set in map'),
    ],
)
def test_what_an_agent_ends_with(version: Version, text: str, message: str) -> None:
    with pytest.raises(config.Crash, match=r".*") as crash:
        config.read(text, version)
    assert message in str(crash.value)


@pytest.mark.parametrize("text", ["1.3.0", "1.5.2", "1.7.2", "1.13.0", "1.15.1", "2.0.0", "2.5.2", "2.7.0"])
def test_every_release_reads_its_own_configuration(text: str) -> None:
    version = Version.read(text)
    assert config.read(
        manifests.agent_config(version, manifests.Settings(True, "61000-62000")), version
    ).ports == (61000, 62000)
    assert (
        config.read(manifests.agent_config(version, manifests.Settings(False, "61000-62000")), version).ports
        is None
    )


@pytest.mark.parametrize("text", ["", "2", "latest", "2.x"])
def test_no_versions(text: str) -> None:
    with pytest.raises(ValueError, match="is not an Antrea version"):
        Version.read(text)


def test_the_daemon_set_mounts_the_config_map_of_its_release() -> None:
    for version in (V1_5, V2_5):
        volumes = manifests.agent_daemon_set(version, "OnDelete")["spec"]["template"]["spec"]["volumes"]
        assert (
            volumes[0]["configMap"]["name"]
            == manifests.config_map(version, manifests.Settings(True, "61000-62000"))["metadata"]["name"]
        )
    assert manifests.config_map(V1_5, manifests.Settings(True, ""))["metadata"]["name"].startswith(
        "antrea-config-"
    )


def test_a_gate_that_is_off_leaves_the_key_without_value() -> None:
    text = manifests.agent_config(V2_5, manifests.Settings(False, "61000-62000"))
    assert "\nnodePortLocal:\n" in text and yaml.safe_load(text)["nodePortLocal"] is None
