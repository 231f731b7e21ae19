# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of annotated Services: a case that passes, one that fails, and one where the fact is not known. One line a case."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    NAMED,
    NO,
    Case,
    apps,
    check_statuses,
    ids,
    judge,
)

# (check, status, facts that differ from the healthy cluster, words of the message)
CASES: list[Case] = [
    ("P08", "pass", {}, "All 1 annotated"),
    ("P08", "warn", {"applications": apps(npl="false")}, "Service default/web: its annotation"),
    ("P08", "fail", {"wishes": NAMED, "applications": apps(npl="false")}, "Service default/web: its annotation nodeportlocal.antrea.io/enabled is 'false'"),
    ("P08", "fail", {"wishes": NAMED, "applications": apps(kind="NodePort")}, "its type is NodePort"),
    ("P08", "skipped", {"applications": text.snapshot([text.service()], [], [], [])}, "No Service has the annotation"),
    ("P08", "unknown", {"applications": NO}, "forbidden"),
    ("P09", "pass", {}, "Every ready Pod"),
    ("P09", "pass", {"applications": apps(maps="a:8080/tcp=198.18.0.1:8443")}, "Every ready Pod"),
    ("P09", "warn", {"applications": apps(maps="")}, "default/web port 80/TCP: a (nodes n1)."),
    ("P09", "fail", {"wishes": NAMED, "applications": apps(maps="")}, "default/web port 80/TCP: a (nodes n1). Agents: n1 ready."),
    ("P09", "unknown", {"applications": NO}, "forbidden"),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, words", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], words: str) -> None:
    judge(check, status, changes, words)


@pytest.mark.parametrize("check", ["P08", "P09"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
