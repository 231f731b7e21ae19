# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Only ansible-rulebook keeps BIG-IP in sync, while the cluster never rests, each system fails, and requests run: none is lost.

The clock of the soak goes by requests (`paced.py`). So on a slow machine it lasts longer, with as many requests for each fault.
Each fault has an equal part of the time. It comes in the middle of a change, further changes follow it, and at the end of its
part, BIG-IP must equal the cluster. There is no resync after the first one of each process. So only the events explain it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support import galaxy
from support import labs as lab_commands

from .access import Access
from .gate import Gate
from .paced import Paced
from .rulebook import Rulebook
from .shop import SECRET, Shop
from .shop import VIRTUAL as NODES_VIRTUAL
from .site import VIRTUAL, Site
from .soak import Endings, Moves
from .test_keep_in_sync import of_kind
from .waiting import HANGS

RATE, PACE = 200, 205
"""Requests a second: so many at least, and as they are sent."""

SECONDS, ALL_SECONDS = 180, 1200
"""Of `make test`, and of `make test-all`."""

CHANGES = {"resync": 86400, "secrets": [f"default/{SECRET}"]}
UNAVAILABLE = 30  # seconds
REFUSED = "kubernetes_unauthorized"
AGAIN = "so everything is read again"


@dataclass
class Soak:
    """All that a fault needs."""

    site: Site
    shop: Shop
    book: Rulebook
    gate: Gate
    access: Access
    stream: Paced
    endings: Endings
    moves: Moves

    def restart_api_server(self) -> None:
        lab_commands.command("restart", "--name", self.site.name, "kube-apiserver")

    def until_reported(self, state: str) -> None:
        """Wait until the last event of these two types is this one. It can have been sent before the test waits."""

        def last() -> list[str]:
            return [event["type"] for event in of_kind("event", self.book.journal()) if event["type"] in ("degraded", "recovered")][-1:]

        self.book.until(lambda: last() == [state], f"reported as {state}")

    def is_in_sync(self) -> bool:
        return self.book.has_run() and self.shop.is_published()


def nothing(soak: Soak) -> None:
    pass


def api_server_restarts(soak: Soak) -> None:
    with soak.moves.rolling():
        soak.restart_api_server()


def etcd_is_compacted(soak: Soak) -> None:
    """The source sees that its streams end, and finds that its version is too old: another API server answers.

    If that takes long, it is the silence after which it reads everything again.
    """
    before = soak.book.log().count(AGAIN)
    soak.gate.hold()
    with soak.moves.rolling():
        lab_commands.command("compact", "--name", soak.site.name)
        soak.restart_api_server()
    soak.moves.scale()
    soak.gate.cut()
    soak.book.until(lambda: soak.book.log().count(AGAIN) > before, "reading everything again")


def token_expires(soak: Soak) -> None:
    """A stream outlives its token, unless it happens to end. At the latest after the gate has ended all, they are refused."""
    lines = len(soak.book.journal())
    soak.access.expire()
    with soak.moves.rolling():
        pass
    soak.book.until(lambda: any(run["code"] == REFUSED for run in of_kind("run", soak.book.journal()[lines:])), f"failed with {REFUSED}")
    soak.gate.cut()
    soak.until_reported("degraded")
    soak.moves.scale()
    soak.access.renew()
    soak.until_reported("recovered")


def bigip_is_unavailable(soak: Soak) -> None:
    soak.site.fault({"kind": "unavailable"}, seconds=UNAVAILABLE)
    soak.moves.scale()
    soak.moves.replace_node()
    (fault,) = soak.site.control("GET", "/_lab/faults")["items"]
    assert fault["hits"] and not fault["live"], fault
    soak.site.clear()


def source_is_killed(soak: Soak) -> None:
    """In the middle of a POST. The cluster changes while no process runs."""
    before = last_post(soak.site)
    with soak.endings.held():
        with soak.moves.rolling():
            soak.book.until(lambda: last_post(soak.site) > before, "posted")
            soak.book.crash()
        soak.moves.scale()
        soak.book.start()


def last_post(site: Site) -> int:
    """The number of the last declaration that BIG-IP got."""
    log = site.control("GET", "/_lab/requests")["items"]
    return max((int(entry["n"]) for entry in log if entry["method"] == "POST" and "/declare" in entry["path"]), default=0)


PARTS = (nothing, api_server_restarts, etcd_is_compacted, token_expires, bigip_is_unavailable, source_is_killed, api_server_restarts, nothing)


@pytest.fixture
def shop(site: Site) -> Iterator[Shop]:
    made = Shop(site, grace=86400)
    yield made
    made.end()


@pytest.fixture
def gate(site: Site) -> Iterator[Gate]:
    api = json.loads(Path(site.variables()["LAB_DIR"], "cluster.json").read_text())["api"]
    with Gate(int(api.rpartition(":")[2])) as made:
        yield made


def applications(shop: Shop) -> list[dict[str, Any]]:
    """Those of the shop. `secure` also serves without TLS, which costs less for each request."""
    web, secure = shop.applications()
    secure["virtual_server"]["redirect80"] = False
    secure["objects"]["plain"] = {"class": "Service_HTTP", "virtualAddresses": [NODES_VIRTUAL], "virtualPort": 80, "pool": "pool", "persistenceMethods": []}
    return [web, secure]


def test_nothing_is_lost(
    site: Site, shop: Shop, gate: Gate, tmp_path: Path, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    seconds = ALL_SECONDS if pytestconfig.getoption("--all") else SECONDS
    access = Access(site, tmp_path, gate.port)
    play = {"applications": applications(shop), "wait_up": HANGS, "kubeconfig": str(access.kubeconfig)}
    variables = {name: value for name, value in site.variables().items() if name.startswith("F5_")}
    with Rulebook(tmp_path / "eda", galaxy.build_own("soak"), variables, play, CHANGES) as book:
        book.until(lambda: book.has_run() and shop.is_published() and all_up(site), "published by the first resync")
        stream = Paced(site.data_proxy(), [VIRTUAL, NODES_VIRTUAL], PACE)
        with stream, Endings(site, shop, book, stream) as endings:
            soak = Soak(site, shop, book, gate, access, stream, endings, Moves(site, shop, endings))
            for number, part in enumerate(PARTS, 1):
                part(soak)
                soak.moves.one()
                while stream.seconds < seconds * number / len(PARTS):
                    soak.moves.one()
                book.until(soak.is_in_sync, f"in sync after part {number}, {part.__name__}")
                print(f"{stream.mark():.0f} s: the end of part {number}, {part.__name__}; {soak.moves.done[-5:]}; {stream.result}", flush=True)
            stream.until(seconds)
        memory = book.memory()
        book.until(lambda: soak.is_in_sync() and all_up(site), "in sync at the end")
    record_property("summary", summary(soak, memory))
    assert not stream.result.failed, stream.result.failed[:5]
    assert stream.result.sent >= RATE * seconds
    assert {"roll", "scale", "replace node", "renew"} == set(soak.moves.done)
    assert not site.publish(*applications(shop))["changed"]
    check_journal(book.journal())
    shown = book.log() + book.journal_file.read_text()
    assert not [secret for secret in (site.provider()["password"], *shop.key_lines(), *access.tokens) if secret in shown]


def all_up(site: Site) -> bool:
    """True if BIG-IP's monitors reach each member."""
    pools = site.control("GET", "/_lab/pools").values()
    return all(member["availability"] == "up" for pool in pools for member in pool.values())


def check_journal(journal: list[dict[str, Any]]) -> None:
    """Each process began with a resync, and each failed run was made up for."""
    events, runs = of_kind("event", journal), of_kind("run", journal)
    assert [event["sequence"] for event in events if event["type"] == "resync"] == [1, 1], events
    failed = [number for number, run in enumerate(runs) if run["failed"]]
    assert failed
    for number in failed:
        later = [run for run in runs[number + 1 :] if not run["failed"]]
        named = {service for run in later for service in run["services"] or ()}
        assert any(run["services"] is None for run in later) or named.issuperset(runs[number]["services"] or {"all"}), runs[number]


def summary(soak: Soak, memory: int) -> str:
    result, journal = soak.stream.result, soak.book.journal()
    runs = of_kind("run", journal)
    failed = sorted({run["code"] or "unknown" for run in runs if run["failed"]})
    slowest = max(run["from_change"] or 0 for run in runs if not run["failed"])
    moves = ", ".join(f"{soak.moves.done.count(name)} x {name}" for name in sorted(set(soak.moves.done)))
    lines = [
        f"{result.sent} requests in {result.seconds:.0f} s ({result.rate:.0f} a second, at most {soak.stream.latest:.1f} s late), {len(result.failed)} failed",
        f"{moves}; {len(of_kind('event', journal))} events, {len(runs)} runs, failed ones with {', '.join(failed)}",
        f"at most {slowest:.0f} s from a change to its publish; a deleted Pod had to serve for at most {soak.endings.longest:.0f} s",
        f"ansible-rulebook with its Java used {memory} MB",
    ]
    return "\n".join(f"soak: {line}" for line in lines)
