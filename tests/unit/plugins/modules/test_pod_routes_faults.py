# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pod_routes, where a part of a run fails, and with two units."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import group_sync, route_changes, transport
from ansible_collections.vks.bigip.tests.unit.support.hostile_texts import texts
from ansible_collections.vks.bigip.tests.unit.support.kube import NODES, listing
from ansible_collections.vks.bigip.tests.unit.support.pod_routes_module import (
    CHECKED,
    DEVICE,
    KUBE_SYSTEM,
    LOGIN,
    LOGOUT,
    N1,
    N2,
    PARTITION,
    ROUTES,
    SAVE,
    SAVED,
    SYNC,
    TRANSACTION,
    Sent,
    actions,
    cluster,
    mark,
    node,
    read,
    route,
    routes,
    run,
    self_ips,
    status,
)
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange

MADE = Exchange("POST", ROUTES, json={})
NAME1 = "vks-a1b2c3d4-10.244.1.0_24"
R1, R2 = route("10.244.1.0/24", "198.18.0.1", mark("n1")), route("10.244.2.0/24", "198.18.0.2", mark("n2"))
NOT_CONNECTED = "01070330:3: Static route gateway 198.18.0.1 is not directly connected via an interface."
GROUP = "/Common/pair"
PAIR = Exchange("GET", "/mgmt/tm/cm/device-group/~Common~pair", json={"name": "pair"})


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_sync, "_PATIENCE", 0.0)
    monkeypatch.setattr(route_changes, "_PATIENCE", 0.0)


def refused(method: str, path: str, message: str, code: int = 400) -> Exchange:
    return Exchange(method, path, code, json={"code": code, "message": message})


def failed(result: Result, code: str, *words: str) -> None:
    assert result["failed"] and result["failure"]["code"] == code, result["msg"]
    assert [word for word in words if word not in result["msg"]] == []


# -- a write that fails ----------------------------------------------------------------------------------------------


def test_a_single_change_that_bigip_refuses() -> None:
    result = run(cluster(N1), [*read(), *CHECKED, refused("POST", ROUTES, NOT_CONNECTED), routes(), LOGOUT])
    failed(result, "gateway_not_connected", NOT_CONNECTED, "Nothing of this was changed.")
    assert "routes" not in result and not result.get("changed")


def test_a_transaction_that_fails_changes_nothing() -> None:
    begun, discarded = Exchange("POST", TRANSACTION, json={"transId": 7}), Exchange("DELETE", f"{TRANSACTION}/7", json={})
    fails = refused("PATCH", f"{TRANSACTION}/7", f"transaction failed:{NOT_CONNECTED}", 409)
    result = run(cluster(N1, N2), [*read(), *CHECKED, begun, MADE, MADE, fails, discarded, routes(), LOGOUT])
    failed(result, "gateway_not_connected", "Nothing of this was changed.")
    assert not result.get("changed")


def test_the_second_of_two_transactions_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one is in place. It is neither saved nor synchronised."""
    monkeypatch.setattr("ansible_collections.vks.bigip.plugins.module_utils._run.pod_routes.MOST", 1)
    result = run(cluster(N1, N2), [*read(), PAIR, *CHECKED, MADE, refused("POST", ROUTES, "01070734:3: full"), routes(R1), LOGOUT], sync_to_group=GROUP)
    failed(result, "bigip_refused", "01070734:3: full", "1 of 2 changes of routes are in place, not saved.")
    assert result["changed"] and actions(result) == {"10.244.1.0/24": "added", "10.244.2.0/24": "failed"}
    assert result["failure"]["in_place"] == [f"/Common/{NAME1}"] and result["failure"]["saved"] is False
    assert list(result["diff"]["after"]["routes"]) == [NAME1] and result["counts"]["failed"] == 1


def test_a_lost_change_that_is_not_visible() -> None:
    result = run(cluster(N1), [*read(), *CHECKED, Exchange("POST", ROUTES, drop=True), routes(), LOGOUT])
    failed(result, "bigip_no_answer", "BIG-IP does not show the change. Run again.")


def test_a_save_that_fails() -> None:
    result = run(cluster(N1), [*read(), PAIR, *CHECKED, MADE, refused("POST", SAVE, "01070712:3: disk is full"), LOGOUT], sync_to_group=GROUP)
    failed(result, "save_failed", "disk is full", "1 of 1 changes of routes are in place, not saved.", "tmsh save sys config")
    assert result["changed"] and not result["saved"] and actions(result) == {"10.244.1.0/24": "added"}


PENDING, IN_SYNC = status("Changes Pending", "high-availability"), status("In Sync", "high-availability", "All devices are in sync")
SYNCED = Exchange("POST", SYNC, json={})


def test_a_sync() -> None:
    sent = Sent()
    result = run(cluster(N1), [*read(), PAIR, *CHECKED, MADE, SAVED, SYNCED, IN_SYNC, LOGOUT], sync_to_group=GROUP, sent=sent)
    assert result["sync"] == {"mode": "high-availability", "status": "In Sync", "summary": "All devices are in sync"}
    assert sent.writes[-1] == ("POST", "config-sync", {"command": "run", "utilCmdArgs": f"config-sync to-group {GROUP}"})


@pytest.mark.parametrize("script", [[SYNCED, PENDING], [refused("POST", SYNC, "01070734:3: Changes Pending")], [Exchange("POST", SYNC, drop=True), PENDING]])
def test_a_sync_that_fails(script: list[Exchange]) -> None:
    result = run(cluster(N1), [*read(), PAIR, *CHECKED, MADE, SAVED, *script, LOGOUT], sync_to_group=GROUP)
    failed(result, "sync_failed", "Changes Pending", "1 of 1 changes of routes are in place, saved.", f"tmsh run cm config-sync to-group {GROUP}")
    assert result["changed"] and result["saved"] and result["failure"]["saved"] is True


@pytest.mark.parametrize("check", [False, True])
def test_a_group_that_does_not_exist(check: bool) -> None:
    sent = Sent()
    result = run(cluster(N1), [*read(), refused("GET", PAIR.path, "not found", 404), LOGOUT], sync_to_group=GROUP, check=check, sent=sent)
    failed(result, "options", f"sync_to_group: {GROUP}", "not found")
    assert sent.writes == []


def test_without_a_change_nothing_is_synchronised() -> None:
    result = run(cluster(N1), [*read(R1), PENDING, LOGOUT], sync_to_group=GROUP)
    (warning,) = result["warnings"]
    assert not result["changed"] and result["sync"]["status"] == "Changes Pending" and f"tmsh run cm config-sync to-group {GROUP}" in warning
    assert "warnings" not in run(cluster(N1), [*read(R1), IN_SYNC, LOGOUT], sync_to_group=GROUP)
    unread = run(cluster(N1), [*read(R1), refused("GET", status().path, "no"), LOGOUT], sync_to_group=GROUP)
    assert not unread.get("failed") and unread["warnings"][0].startswith("The sync status of the device group is unknown.")


def test_changes_pending_without_sync_to_group_are_a_warning() -> None:
    (warning,) = run(cluster(N1), [*read(), *CHECKED, MADE, SAVED, PENDING, LOGOUT])["warnings"]
    assert "Changes Pending" in warning and "Set sync_to_group" in warning
    unread = refused("GET", status().path, "no")
    (warning,) = run(cluster(N1), [*read(), *CHECKED, MADE, SAVED, unread, LOGOUT])["warnings"]
    assert warning.startswith("The sync status of the device group is unknown.")


def test_a_change_of_another_user_during_the_run() -> None:
    """The route appeared after it was read: it is not ours, and stays."""
    foreign = route("10.244.1.0/24", "198.18.0.1", "by hand", name=NAME1)
    result = run(cluster(N1), [*read(), *CHECKED, refused("POST", ROUTES, "01020066:3: already exists", 409), routes(foreign), LOGOUT])
    failed(result, "bigip_refused", "already exists")


# -- a pair of units -------------------------------------------------------------------------------------------------


def unit(state: str) -> Exchange:
    return Exchange("GET", DEVICE, json={"items": [{"name": "own", "selfDevice": "true", "failoverState": state}, {"name": "peer", "selfDevice": "false"}]})


ACTIVE = [LOGIN, unit("active"), PARTITION, routes(), self_ips("198.18.0.253/16")]


def test_both_units_are_connected() -> None:
    peer = [LOGIN, self_ips("198.18.0.252/16"), LOGOUT]
    result = run(cluster(N1), [*ACTIVE[:-1], PAIR, ACTIVE[-1], MADE, SAVED, SYNCED, IN_SYNC, LOGOUT], peer, sync_to_group=GROUP)
    assert result["changed"] and result["requests"]["bigip"] == 14


def test_the_peer_alone_is_not_connected() -> None:
    sent = Sent()
    peer = [LOGIN, self_ips("10.9.0.1/24", "198.18.0.251%2/16"), LOGOUT]
    result = run(cluster(N1), [*ACTIVE, LOGOUT], peer, sent=sent)
    failed(result, "gateway_not_connected", "has no self IP in the network of gateway 198.18.0.1 of node n1", "10.9.0.1/24")
    assert result["failure"]["nodes"] == ["n1"] and result["failure"]["unit"].startswith("127.0.0.1:") and sent.writes == []


def test_a_floating_self_ip_connects_no_unit_of_a_pair() -> None:
    item = {"fullPath": "/Common/f", "address": "198.18.0.250/16", "floating": "enabled"}
    floating = Exchange("GET", "/mgmt/tm/net/self", json={"items": [item]})
    result = run(cluster(N1), [*ACTIVE, LOGOUT], [LOGIN, floating, LOGOUT])
    failed(result, "gateway_not_connected", "route domain 0: none")


def test_without_a_change_a_pair_takes_few_requests() -> None:
    standby = [LOGIN, unit("standby"), LOGOUT]
    result = run(cluster(N1, N2), standby, [LOGIN, unit("active"), PARTITION, routes(R1, R2), IN_SYNC, LOGOUT], sync_to_group=GROUP)
    assert not result["changed"] and result["requests"]["bigip"] == 9


# -- texts of others -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [text for name, text in texts("/tmp/canary").items() if name != "name"], ids=lambda text: repr(text[:12]))
def test_texts_of_nodes_are_data(text: str) -> None:
    """A name or a network that is not valid stops the run before BIG-IP is asked for anything."""
    for strange in (node(text, "198.18.0.1", cidrs="10.244.1.0/24"), {**N2, "spec": {"podCIDRs": [text]}}):
        result = run([KUBE_SYSTEM, listing(NODES, N1, strange)], [])
        failed(result, "read_incomplete")
        assert "\x1b" not in result["msg"] and len(result["msg"]) < 2_000


@pytest.mark.parametrize("text", texts("/tmp/canary").values(), ids=lambda text: repr(text[:12]))
def test_descriptions_on_bigip_are_data(text: str) -> None:
    foreign: list[dict[str, Any]] = [
        route("10.7.0.0/24", "198.18.0.9", text, name="x"),
        route("10.8.0.0/24", "198.18.0.9", f"vks.bigip owner={text} node=n", name="y"),
    ]
    result = run(cluster(N1), [*read(R1, *foreign), LOGOUT])
    assert not result["changed"] and len(result["routes"]) == 1
