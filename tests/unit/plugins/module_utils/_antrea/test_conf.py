# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of antrea-agent.conf: what changes, and that nothing else does."""

from __future__ import annotations

import difflib
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._antrea.conf import edit
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure

GATE, ENABLE, RANGE, OLD_RANGE = (
    ("featureGates", "NodePortLocal"),
    ("nodePortLocal", "enable"),
    ("nodePortLocal", "portRange"),
    ("nplPortRange",),
)
ON = {ENABLE: True}

UPSTREAM = """\
# FeatureGates is a map of feature names to bools that enable or disable experimental features.
featureGates:
# AllAlpha is a global toggle.
#  AllAlpha: false

  # Enable NodePortLocal.
#  NodePortLocal: true

# Name of the interface \t antrea-agent will create.
#hostGateway: antrea-gw0

nodePortLocal:
# Enable NodePortLocal, a feature used to make Pods reachable.
  enable: false   # off
# Provide the port range used by NodePortLocal.
  portRange: "61000-62000"

nodeLatencyMonitor: {}
"""
VMWARE = "featureGates:\n  AntreaProxy: true\n  NodePortLocal: false\ntrafficEncapMode: encap\nnodePortLocal:\nnoSNAT: false\n"


def changed(before: str, after: str) -> list[str]:
    """Lines that went and came, as -line and +line."""
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line[0] + line[2:].rstrip("\n") for line in lines if line[0] in "+-"]


@pytest.mark.parametrize(
    "text, settings, lines",
    [
        (UPSTREAM, ON, ["-  enable: false   # off", "+  enable: true   # off"]),
        (UPSTREAM, {RANGE: "61500-62500"}, ['-  portRange: "61000-62000"', '+  portRange: "61500-62500"']),
        (UPSTREAM, {OLD_RANGE: "1-2"}, ['+nplPortRange: "1-2"']),
        (VMWARE, ON, ["+  enable: true"]),
        (
            VMWARE,
            {GATE: True, **ON, RANGE: "1-2"},
            ["-  NodePortLocal: false", "+  NodePortLocal: true", "+  enable: true", '+  portRange: "1-2"'],
        ),
        (
            "nodePortLocal: null # why\nx: 1\n",
            ON,
            ["-nodePortLocal: null # why", "+nodePortLocal: # why", "+  enable: true"],
        ),
        ("nodePortLocal: ~\n", ON, ["-nodePortLocal: ~", "+nodePortLocal:", "+  enable: true"]),
        ("nodePortLocal: {}\n", ON, ["-nodePortLocal: {}", "+nodePortLocal: {enable: true}"]),
        (
            "nodePortLocal: {portRange: 1-2}\n",
            ON,
            ["-nodePortLocal: {portRange: 1-2}", "+nodePortLocal: {enable: true, portRange: 1-2}"],
        ),
        (
            "nodePortLocal: {enable: false}\n",
            ON,
            ["-nodePortLocal: {enable: false}", "+nodePortLocal: {enable: true}"],
        ),
        ("nodePortLocal:\n    # deep\n    portRange: 1-2\n", ON, ["+    enable: true"]),
        (
            "nodePortLocal:\n  portRange: 61000-62000\n",
            {RANGE: "1-2"},
            ["-  portRange: 61000-62000", "+  portRange: 1-2"],
        ),
        (
            "nodePortLocal:\n  portRange: '61000-62000'\n",
            {RANGE: "1-2"},
            ["-  portRange: '61000-62000'", "+  portRange: '1-2'"],
        ),
        ("nodePortLocal:\n  enable:\n  portRange: 1-2\n", ON, ["-  enable:", "+  enable: true"]),
        ("nodePortLocal:\n  enable: off\n", ON, ["-  enable: off", "+  enable: true"]),
        ("x: 1", ON, ["-x: 1", "+x: 1", "+nodePortLocal:", "+  enable: true"]),
        ("", ON, ["+nodePortLocal:", "+  enable: true"]),
        ("# nothing\n", {GATE: False}, ["+featureGates:", "+  NodePortLocal: false"]),
        ("x: 1\r\nnodePortLocal:\r\ny: 2\r\n", ON, ["+  enable: true\r"]),
        ("nplPortRange: 1-2\n", {OLD_RANGE: "3-4"}, ["-nplPortRange: 1-2", "+nplPortRange: 3-4"]),
        ('"nodePortLocal" : \n  "enable" : false\n', ON, ['-  "enable" : false', '+  "enable" : true']),
        ("x: é\nnodePortLocal:\n  enable: false\ny: ü\n", ON, ["-  enable: false", "+  enable: true"]),
        ("text: |\n  nodePortLocal:\n    enable: false\n", ON, ["+nodePortLocal:", "+  enable: true"]),
        ("nodePortLocal:", ON, ["-nodePortLocal:", "+nodePortLocal:", "+  enable: true"]),
        ("x: 1\r\ny: 2", ON, ["-y: 2", "+y: 2\r", "+nodePortLocal:\r", "+  enable: true\r"]),
        ("nodePortLocal: # why\n", ON, ["+  enable: true"]),
        (
            "nodePortLocal:   ~   # why\n",
            ON,
            ["-nodePortLocal:   ~   # why", "+nodePortLocal:   # why", "+  enable: true"],
        ),
        ('"nodePortLocal":\n  "enable" :\n', ON, ['-  "enable" :', '+  "enable" : true']),
        (
            "nodePortLocal: {enable: , x: 1}\n",
            ON,
            ["-nodePortLocal: {enable: , x: 1}", "+nodePortLocal: {enable: true , x: 1}"],
        ),
        ("nplPortRange:\nx: 1\n", {OLD_RANGE: "3-4"}, ["-nplPortRange:", '+nplPortRange: "3-4"']),
        (
            "nodePortLocal:\n  enable: false\nnodePortLocal:\n  enable: false\n# end\n",
            ON,
            ["-  enable: false", "+  enable: true"],
        ),
        (
            "featureGates:\n  A: true\n  NodePortLocal: false\n  B: true\n",
            {GATE: True},
            ["-  NodePortLocal: false", "+  NodePortLocal: true"],
        ),
        (UPSTREAM, {ENABLE: False}, []),
        (UPSTREAM, {}, []),
    ],
)
def test_only_these_lines_change(text: str, settings: dict[Any, Any], lines: list[str]) -> None:
    assert changed(text, edit(text, settings, "it")) == lines


@pytest.mark.parametrize(
    "text",
    [
        "nodePortLocal: [1]\n",
        "- a list\n",
        "nodePortLocal: &x\n  enable: &y false\nz: *y\n",
        "x: 1\n...\n",
        "nodePortLocal: yes\n",
        "nodePortLocal:\n  enable: [false]\n",
        "nodePortLocal: {enable}\n",
        "[]\n",
        "text\n",
        "a: [",
        "{x: 1}\n",
    ],
)
def test_what_cannot_be_edited_line_by_line_is_refused(text: str) -> None:
    with pytest.raises(Failure) as caught:
        edit(text, ON, "antrea-agent.conf of ConfigMap kube-system/antrea-config")
    assert (caught.value.code, caught.value.message) == (
        "npl_text",
        "Editing antrea-agent.conf of ConfigMap kube-system/antrea-config: its YAML is written in a way that "
        "does not "
        "allow to change one line. Nothing was written. Set nodePortLocal.enable: true in it by hand.",
    )


def test_all_settings_are_named_in_a_refusal() -> None:
    with pytest.raises(
        Failure, match='Set featureGates.NodePortLocal: false, nplPortRange: "1-2" in it by hand.'
    ):
        edit("- a list\n", {GATE: False, OLD_RANGE: "1-2"}, "it")
