# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The setting in the text of Antrea's ConfigMap: what is written, after which conflicts, and the wait for "
"it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._antrea.antrea import Antrea
from ansible_collections.vks.bigip.plugins.module_utils._antrea.setting import Setting
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._npl.options import NplOptions
from ansible_collections.vks.bigip.plugins.module_utils._npl.owner import ANTREA_CONFIG_KEYS, Owner
from ansible_collections.vks.bigip.tests.unit.support.antrea import (
    N1,
    OFF,
    ON,
    agents,
    config,
    connected,
    start,
    without_jitter,
    write,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange

NAME = "kube-system/antrea-config-f5d8"
GATE, ENABLE, RANGE = (
    ("featureGates", "NodePortLocal"),
    ("nodePortLocal", "enable"),
    ("nodePortLocal", "portRange"),
)
GATE_ONLY = "featureGates:\n  NodePortLocal: true\nnodePortLocal:\n"
LEGACY = "featureGates:\n  NodePortLocal: true\n"


def read(script: list[Exchange], clock: Clock | None = None, **options: Any) -> Setting:
    with connected(script, clock or Clock()) as client:
        return Setting(NplOptions(**options), Antrea(client), None)


def written(script: list[Exchange], **options: Any) -> Setting:
    with connected(script, Clock()) as client:
        setting = Setting(NplOptions(**options), Antrea(client), None)
        setting.write()
    return setting


def refused(script: list[Exchange], **options: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        written(script, **options)
    return caught.value


@pytest.mark.parametrize(
    ("content", "tag", "options", "changes"),
    [
        (OFF, "v2.5.2", {}, {GATE: True, ENABLE: True}),
        (OFF, "v2.5.2", {"port_range": "61500-61600"}, {GATE: True, ENABLE: True, RANGE: "61500-61600"}),
        (OFF, "v2.5.2", {"state": "disabled"}, {}),
        (ON, "v2.5.2", {}, {}),
        (ON, "v2.5.2", {"port_range": "61500-61600"}, {RANGE: "61500-61600"}),
        (ON, "v2.5.2", {"state": "disabled"}, {ENABLE: False}),
        (GATE_ONLY, "v2.5.2", {}, {ENABLE: True}),
        (GATE_ONLY, "latest", {}, {ENABLE: True}),
        (LEGACY, "v1.3.9", {}, {}),
        (LEGACY, "v1.3.9", {"state": "disabled"}, {GATE: False}),
        ("", "v2.5.2", {}, {ENABLE: True}),
    ],
)
def test_what_is_to_change(content: str, tag: str, options: dict[str, Any], changes: dict[Any, Any]) -> None:
    setting = read(start(content, tag=tag), **options)
    assert setting.changes == changes and setting.holds is not bool(changes)
    assert setting.owner is not None and str(setting.owner) == f"ConfigMap {NAME}"
    assert setting.owner.keys is None and setting.warnings == []


@pytest.mark.parametrize(
    ("content", "after"), [(OFF, ON), (ON, None), ("x: 1\n", "x: 1\nnodePortLocal:\n  enable: true\n")]
)
def test_the_difference_is_that_of_the_text(content: str, after: str | None) -> None:
    header = f"ConfigMap {NAME}"
    diff = {"before_header": header, "after_header": header, "before": content, "after": after}
    assert read(start(content)).diff() == ([diff] if after else [])


def test_what_is_as_wanted_needs_no_owner() -> None:
    setting = read(start(ON, kapp=True))
    assert (setting.owner, setting.changes, setting.warnings, setting.diff()) == (None, {}, [], [])
    with pytest.raises(AssertionError, match="without an owner there are no changes"):
        setting.write()


def test_an_object_of_the_supervisor_is_not_written_without_it() -> None:
    setting = read(start(OFF))
    setting.owner = Owner("AntreaConfig", "team-a/x", {}, ANTREA_CONFIG_KEYS)
    with pytest.raises(AssertionError, match="without the Supervisor"):
        setting.write()


@pytest.mark.parametrize(("content", "state"), [(OFF, "enabled"), (ON, "disabled")])
def test_a_config_map_of_kapp_is_not_changed(content: str, state: str) -> None:
    failure = refused(start(content, kapp=True), state=state)
    assert failure.code == "npl_managed"
    assert str(failure.said).startswith(
        f"ConfigMap {NAME} is managed by kapp-controller, which reverts an edit"
    )


def test_a_text_that_antrea_does_not_understand() -> None:
    failure = refused(start("featureGates: ["))
    assert (failure.code, failure.message.partition(":")[0], failure.remedy) == (
        "npl_text",
        f"Reading ConfigMap {NAME}",
        "Nothing was written. Correct it first.",
    )
    assert "it is not YAML" in str(failure.said)


def test_a_text_that_cannot_be_edited() -> None:
    failure = refused(start("nodePortLocal: [1]\n"))
    assert failure.code == "npl_text" and failure.message.startswith(
        f"Reading ConfigMap {NAME}: it has an unexpected structure"
    )
    failure = refused(start("{x: 1}\n"))
    assert failure.code == "npl_text" and failure.message.startswith(
        f"Editing antrea-agent.conf of ConfigMap {NAME}: its YAML is written in a way"
    )


def conflict(version: str, content: str = ON) -> Exchange:
    """Another user has changed the ConfigMap since it was read."""
    return write(content, version, status=409, json=status(409, "the object has been modified"))


def test_a_write_is_tried_five_times() -> None:
    """Another user writes in each moment between. Its changes stay."""
    script = start(OFF)
    for number in range(1, 5):
        theirs = "# more\n" * number
        script += [
            conflict(str(number), ON + "# more\n" * (number - 1)),
            config(OFF + theirs, version=str(number + 1)),
            agents(N1),
        ]
    last = ON + "# more\n" * 4
    setting = written([*script, write(last, "5")])
    assert setting.diff()[0]["after"] == last and setting.changes == {GATE: True, ENABLE: True}
    failure = refused([*script, conflict("5", last)])
    assert (failure.code, failure.said) == ("kubernetes_conflict", "the object has been modified")


def test_a_write_whose_answer_was_lost_is_a_change() -> None:
    setting = written([*start(OFF), conflict("1"), config(ON, version="2"), agents(N1)])
    assert setting.changes == {GATE: True, ENABLE: True} and setting.holds


def test_a_write_is_not_tried_again_if_the_text_is_spoiled_or_managed() -> None:
    script = [*start(OFF), conflict("1")]
    failure = refused([*script, config("x: [", version="2"), agents(N1)])
    assert failure.code == "npl_text" and "it is not YAML" in str(failure.said)
    emptied = config(OFF, version="2")
    del emptied.json["data"]
    assert refused([*script, emptied, agents(N1)]).said == "it has no key antrea-agent.conf"
    assert refused([*script, config(OFF, kapp=True, version="2"), agents(N1)]).code == "npl_managed"


def test_it_waits_for_the_config_map(monkeypatch: pytest.MonkeyPatch) -> None:
    without_jitter(monkeypatch)
    clock = Clock()
    with connected([*start(OFF), config(OFF), config(OFF), config(ON)], clock) as client:
        setting = Setting(NplOptions(), Antrea(client), None)
        setting.wait()
    assert setting.holds and clock.pauses == [0.5, 1.0]


@pytest.mark.parametrize(
    ("seconds", "pauses"),
    [(19.5, [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]), (19.4, [0.5, 1.0, 2.0, 4.0, 5.0]), (2.0, [])],
)
@pytest.mark.parametrize(
    ("content", "has"),
    [
        (OFF, f"featureGates.NodePortLocal is false in ConfigMap {NAME}"),
        (
            ON + "  portRange: 61000-62000\n",
            f"nodePortLocal.enable is true in ConfigMap {NAME}, portRange 61000-62000",
        ),
    ],
)
def test_a_change_that_does_not_arrive(
    monkeypatch: pytest.MonkeyPatch, seconds: float, pauses: list[float], content: str, has: str
) -> None:
    """It ends while there is time for the report, two seconds before the task's end."""
    without_jitter(monkeypatch)
    clock = Clock()
    with connected([*start(content), *[config(content)] * (len(pauses) + 1)], clock) as client:
        client.deadline = clock.deadline(seconds)
        setting = Setting(NplOptions(port_range="61500-61600"), Antrea(client), None)
        with pytest.raises(Failure) as caught:
            setting.wait()
    assert clock.pauses == pauses
    assert (caught.value.code, caught.value.message) == (
        "npl_not_arrived",
        f"Waiting for the setting of ConfigMap {NAME} in ConfigMap {NAME}: after {seconds:g} seconds {has}. "
        "Check the "
        f"conditions of ConfigMap {NAME} and, in the cluster, of Antrea's PackageInstall. Then run the task "
        "again, or "
        "raise timeout.",
    )
