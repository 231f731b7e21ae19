# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""extensions/audit/event_query.yml counts the systems of each module that changes something. tests/scenarios/test_examples.py does the same on a lab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import yaml

import argument_specs
from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.modules import partition
from ansible_collections.vks.bigip.tests.unit.plugins.modules.test_partition import LOGIN, LOGOUT, MADE, MISSING
from ansible_collections.vks.bigip.tests.unit.support.run_module import run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import ScriptedServer
from runner import environments
from runner.places import ROOT
from support import node_counter

QUERIES = (ROOT / node_counter.AUDIT).read_text()
CHANGING = [name for name in argument_specs.MODULES if not name.endswith("_info")]
OF_CLUSTER = ["antrea_npl", "pod_bgp"]
"""They change the cluster. The others only read it, so it does not count."""
BIGIP = {"kind": "bigip", "name": "bigip.example.com", "url": "https://bigip.example.com:443"}
CLUSTER = {"kind": "kubernetes", "name": "192.0.2.1:6443", "url": "https://192.0.2.1:6443"}


def count(*events: tuple[str, Any]) -> list[dict[str, Any]]:
    made: Sequence[Any] = [{"resolved_action": f"vks.bigip.{module}", "res": res} for module, res in events]
    return node_counter.count(environments.make("certification") / "bin" / "python", QUERIES, made)


def test_each_module_that_changes_something_has_a_query() -> None:
    queries = yaml.safe_load(QUERIES)
    assert set(queries) == {f"vks.bigip.{name}" for name in CHANGING}
    assert all(set(entry) == {"query"} for entry in queries.values())


def test_each_system_is_one_node() -> None:
    """A failed task counts too, as a failed host does. Tasks that reached no system, and modules that only read, count nothing."""
    events = [(module, {"changed": True, "systems": [BIGIP, CLUSTER]}) for module in CHANGING]
    nothing: list[tuple[str, Any]] = [
        ("publish", {"changed": False, "skipped": True}),
        ("publish", {"results": [{"systems": [BIGIP]}], "changed": True}),  # the event of a whole loop: each item has its own
        ("publish", {"failed": True, "msg": "x"}),
        ("as3_info", {"systems": [{**BIGIP, "url": "https://read-only.example.com:443"}]}),
    ]
    nodes = count(*events, *nothing, ("publish", {"failed": True, "systems": [BIGIP]}))
    shown = {node["name"]: (node["facts"]["device_type"], node["events"]) for node in nodes}
    assert shown == {
        "bigip.example.com": ("BIG-IP", [f"vks.bigip.{module}" for module in CHANGING if module != "antrea_npl"]),
        "192.0.2.1:6443": ("Kubernetes cluster", [f"vks.bigip.{module}" for module in OF_CLUSTER]),
    }
    nodes.sort(key=lambda node: node["canonical_facts"]["kind"])
    assert nodes[0]["canonical_facts"] == {"kind": "bigip", "url": "https://bigip.example.com:443"}


@pytest.mark.parametrize("check", [False, True])
def test_a_real_result(monkeypatch: pytest.MonkeyPatch, check: bool) -> None:
    """Without the arguments, which ansible-core 2.21 no longer returns. Check mode counts as for a host."""
    monkeypatch.setattr(transport, "_SCHEME", "http")
    with ScriptedServer([LOGIN, MISSING, *([] if check else [MADE]), LOGOUT]) as server:
        provider = {"server": f"127.0.0.1:{server.port}", "user": "admin", "password": "pass-word"}
        result = dict(run_module(partition.main, {"name": "cis", "provider": provider}, check=check))
    result.pop("invocation")
    (node,) = count(("partition", result))
    assert node["name"] == f"127.0.0.1:{server.port}"


def test_the_counter_refuses_a_null() -> None:
    with pytest.raises(AssertionError, match="canonical facts contain None"):
        count(("publish", {"systems": [{"kind": "bigip", "name": "x"}]}))
