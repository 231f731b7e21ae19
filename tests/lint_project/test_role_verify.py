# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JMESPath of the role verify: which pools it waits for, and what it reports."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import jmespath
import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.vks.bigip.plugins.filter.verify_plan import FilterModule, verify_plan
from ansible_collections.vks.bigip.plugins.module_utils._verify import pools
from scripted import Scripted, tail
from test_surveys import follow

UP, UNCHECKED = {"availability": "available", "state": "up"}, {"availability": "unknown", "state": "unchecked"}
DOWN, CHECKING = {"availability": "offline", "state": "down", "where": "pod"}, {"availability": "unknown", "state": "checking"}
DISABLED = {"availability": "available", "state": "up", "where": "operator"}
OFFLINE = {"availability": "offline", "state": "user-down", "where": "operator"}


def pool(*members: dict[str, Any], **more: Any) -> dict[str, Any]:
    down = [member for member in members if "where" in member]
    return {"on_bigip": True, "in_sync": True, "members": list(members), "down_on_bigip": down, **more}


CASES: dict[str, tuple[dict[str, Any], bool, bool]] = {
    # the pool: whether it is waited for, whether too few members are up
    "all up": (pool(UP, UP), False, False),
    "no monitor": (pool(UNCHECKED), False, False),
    "one is down": (pool(UP, DOWN), True, False),
    "a monitor has not spoken": (pool(UP, CHECKING), True, False),
    "an operator disabled one": (pool(UP, DISABLED), False, False),
    "an operator forced one offline": (pool(UP, OFFLINE), False, False),
    "an operator disabled one and one is down": (pool(UP, DISABLED, DOWN), True, False),
    "an operator disabled all": (pool(DISABLED, OFFLINE), True, True),
    "no member": (pool(), True, True),
    "not those of the cluster": (pool(UP, in_sync=False), True, False),
    "the cluster was not read": (pool(UP, in_sync=None), False, False),
    "not on the device": (pool(on_bigip=False), True, True),
    "the cluster could not say": (pool(UP, in_sync=None, failure={"code": "x"}), True, False),
}


@pytest.mark.parametrize(("found", "waited_for", "few"), CASES.values(), ids=CASES.keys())
def test_which_pools_are_waited_for(found: dict[str, Any], waited_for: bool, few: bool) -> None:
    assert bool(jmespath.search(pools.not_up(1), found)) is waited_for
    assert jmespath.search(pools.few(1), found) is few


@pytest.mark.parametrize(("members", "counts"), [([UP, UP], [2, 0]), ([UP, DISABLED, OFFLINE], [1, 2]), ([UNCHECKED, DISABLED], [1, 1])])
def test_a_disabled_member_does_not_count_as_up(members: list[dict[str, Any]], counts: list[int]) -> None:
    found = {"pools": [{**pool(*members), "tenant": "Shop", "application": "web", "pool": "pool"}]}
    assert jmespath.search(pools.query([], [], 1), found)["up"] == [["Shop/web/pool", counts]]


def test_the_filter() -> None:
    """Here and not among the unit tests, as in test_role_cis.py."""
    assert FilterModule().filters() == {"verify_plan": verify_plan}
    (group,) = verify_plan({"applications": [], "tenant": [], "owner": "", "min_members": 1}, "groups")
    assert group["all"]
    for wrong in (("text", "groups"), ({}, "nothing")):
        with pytest.raises(AnsibleFilterError, match="takes a dictionary"):
            verify_plan(*wrong)  # type: ignore[arg-type]


LINES: dict[str, list[Any]] = {
    # the pools that are up, by their members that are up and that an operator disabled
    "Shop: 3 members are up in 2 pools": [["Shop/web/pool", [2, 0]], ["Shop/api/pool", [1, 0]]],
    "Shop: 1 member is up, 2 disabled by an operator, in 1 pool": [["Shop/web/pool", [1, 2]]],
    "Shop: 3 members are up, 1 disabled by an operator, in 2 pools": [["Shop/web/pool", [2, 0]], ["Shop/api/pool", [1, 1]]],
    "Shop: 0 members are up, 2 disabled by an operator, in 1 pool": [["Shop/web/pool", [0, 2]]],
}


@cache
def lines() -> dict[str, Any]:
    """All are followed in one process."""
    return dict(zip(LINES, follow([("role", "verify", {"verify_min_members": 0}, {"up": pools}) for pools in LINES.values()])))


@pytest.mark.parametrize("line", LINES)
def test_a_line_for_a_tenant(line: str) -> None:
    calls, failed = lines()[line]
    assert not failed and calls[-1] == ["ansible.builtin.debug", {"var": [line]}]


@pytest.fixture
def dripping() -> Iterator[int]:
    """The port of a server whose answer goes on for ever, a byte at a time: the Pod of a team may be one."""
    over = threading.Event()
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            try:
                while True:
                    connection, _address = server.accept()
                    connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    while not over.wait(0.2):
                        connection.sendall(b"x")
                    connection.close()
            except OSError:
                pass

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        over.set()


@pytest.mark.parametrize("core", ["2.16", "2.21"])
def test_an_answer_without_an_end_fails_the_role(core: str, dripping: int, tmp_path: Path) -> None:
    status = {"query_result": {"names": ["Shop/web/pool"], "up": [["Shop/web/pool", [1, 0]]], "not_up": []}}
    site = Scripted(tmp_path, {"more": {"vks.bigip.pool_status_info": status}})
    given = {"timeout": 3, "requests": [{"url": f"http://127.0.0.1:{dripping}/", "timeout": 1}], "__verify_longest": 4}
    done = site.run(core, "verify", "-e", json.dumps(given))
    assert done.returncode != 0
    assert f"http://127.0.0.1:{dripping}/: the whole answer did not come within 4 s" in done.stdout + done.stderr, tail(done)
