# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of NodePortLocal's mappings: a case that passes, one that fails, and one where the fact is not known. One line a case."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    BY_AGENT,
    CROWD,
    NO,
    ON,
    TWO,
    Case,
    apps,
    check_statuses,
    ids,
    judge,
    two_pods,
)

# (check, status, facts that differ from the healthy cluster, words of the message)
CASES: list[Case] = [
    ("P07", "pass", {}, "At most 1 of 1001"),
    ("P07", "warn", {"npl": dataclasses.replace(ON, port_range="61000-61009"), "applications": apps(maps=CROWD)}, "198.18.0.1 uses 10 of 10 TCP ports"),
    ("P07", "unknown", {"all_pods": False}, "may not list the Pods of all namespaces"),
    ("P07", "unknown", {"applications": NO}, "forbidden"),
    ("P10", "pass", {}, "leads to an address of its node"),
    ("P10", "warn", {"applications": apps(maps="a:8080/tcp=198.18.0.9:61000")}, "nodeIP 198.18.0.9 of Pod default/a is not an address of node n1"),
    ("P10", "unknown", {"nodes": NO}, "forbidden"),
    ("P28", "pass", {}, "No Pod port"),
    ("P28", "warn", {"applications": apps(maps=TWO)}, "default/a port 8080"),
    ("P28", "unknown", {"applications": NO}, "forbidden"),
    ("P29", "pass", {}, "Each port of a node is mapped for one Pod"),
    ("P29", "warn", {"applications": two_pods()}, "198.18.0.1 port 61000/TCP is named by the annotations of Pod default/a (port 8080) and Pod shop/x (port"),
    ("P29", "warn", {"applications": two_pods()}, "(port 8080): nothing shows which of them is true"),
    ("P29", "warn", {"applications": two_pods(x="kubectl-annotate")}, "(port 8080): it belongs to Pod default/a (port 8080)"),
    ("P29", "warn", {"applications": two_pods(endpoints="a@n1 x@n1", more=BY_AGENT)}, "(port 8080) and Pod shop/x (port 8080), so one is stale or forged. "),
    ("P29", "warn", {"applications": two_pods(endpoints="a@n1 x@n1", more=BY_AGENT)}, "audit log who wrote which annotation"),
    ("P29", "pass", {"applications": two_pods(endpoints="")}, "Each port of a node is mapped for one Pod"),
    ("P29", "unknown", {"applications": NO}, "forbidden"),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, words", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], words: str) -> None:
    judge(check, status, changes, words)


@pytest.mark.parametrize("check", ["P07", "P10", "P28", "P29"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
