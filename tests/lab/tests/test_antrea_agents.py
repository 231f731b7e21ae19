# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated Antrea: the agents of a cluster and the data path."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from antrea_use import V2_5, pod
from vkslab.antrea import manifests
from vkslab.antrea.agents import Agents
from vkslab.antrea.link import Link
from vkslab.net.control import Control
from vkslab.net.process import write_json
from vkslab.net.proxy import Proxy
from vkslab.podlog import PodLog

# -- reports to the data path


def test_a_data_path_that_starts_anew_hears_of_every_mapping(tmp_path: Path) -> None:
    async def data_path() -> Proxy:
        proxy = Proxy(lambda made: Control(made, lambda: True))
        write_json(tmp_path / "net.json", {"proxy": f"http://127.0.0.1:{await proxy.listen()}"})
        return proxy

    async def body() -> None:
        one, two = ("n1", "IPv4", "tcp", 61000), ("n2", "IPv4", "tcp", 61000)
        link = Link(tmp_path)
        link.change([], {one: ("100.96.0.1", 80)})
        await link.flush()  # There is no data path as yet: nothing is lost.
        first = await data_path()
        link.change([], {two: ("100.96.1.1", 80)})
        await link.flush()
        assert first.table.npl == {one: ("100.96.0.1", 80), two: ("100.96.1.1", 80)}
        link.change([one], {})
        await link.flush()
        assert first.table.npl == {two: ("100.96.1.1", 80)}

        await first.close()
        link.change([], {one: ("100.96.0.9", 80)})
        second = await data_path()
        await link.flush()
        assert second.table.npl == {one: ("100.96.0.9", 80), two: ("100.96.1.1", 80)}
        link.replace_node("n1", {("n1", "IPv4", "tcp", 61005): ("100.96.0.9", 80)})
        await link.flush()
        assert second.table.npl.keys() == {two, ("n1", "IPv4", "tcp", 61005)}
        await link.close()
        await second.close()

    asyncio.run(body())


class Cluster:
    """An API server that has each Pod, with the configuration of an agent."""

    async def get(self, path: str) -> dict[str, Any]:
        volumes = [{"name": "antrea-config", "configMap": {"name": "antrea-config"}}]
        return {
            "spec": {"volumes": volumes},
            "data": {
                manifests.CONFIG_FILE: manifests.agent_config(V2_5, manifests.Settings(False, "61000-62000"))
            },
        }

    async def create(self, path: str, obj: dict[str, Any]) -> bool:
        return True


def test_an_agent_goes_on_when_a_second_one_of_its_node_is_gone(tmp_path: Path) -> None:
    first, second = (
        replace(
            pod(name, "198.18.0.10"), uid=name, namespace=manifests.NAMESPACE, labels=manifests.AGENT_LABELS
        )
        for name in ("one", "two")
    )

    async def body() -> list[dict[str, str]]:
        reported: list[dict[str, str]] = []
        link, note = Link(tmp_path), lambda started: reported.append(dict(started))
        agents = Agents(Cluster(), link, V2_5, tmp_path, note)  # type: ignore[arg-type]
        agents.pods_known.set()
        for old, new in ((None, first), (None, second), (second, None)):
            agents.pod_changed(old, new)
            while agents._tasks:
                await asyncio.gather(*agents._tasks)
        return reported

    node = first.node
    assert asyncio.run(body()) == [{node: "one"}, {}, {node: "two"}, {}, {node: "one"}]


def test_a_log_line_has_klogs_form(tmp_path: Path) -> None:
    log = PodLog(tmp_path / "kube-system" / "agent" / "antrea-agent.log")
    log.line("Starting NPLController", "npl_controller.go:149")
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\S+Z I\d{4} [\d:.]+ +1 npl_controller.go:149\] Starting NPLController\n",
        log.path.read_text(),
    )
