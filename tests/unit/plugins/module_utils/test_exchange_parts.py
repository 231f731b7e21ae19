# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of an exchange, without a network and without time: its watch, its body, its dates."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from email.utils import formatdate
from typing import Any, Iterator
from unittest import mock

import pytest

from ansible_collections.vks.bigip.plugins.module_utils import _exchange

MB = 1024 * 1024


class Raw:
    """An answer of urllib3 that is not preloaded."""

    def __init__(self, *pieces: bytes, coding: str | None = None, closed: bool = True) -> None:
        self.headers = {} if coding is None else {"Content-Encoding": coding}
        self.closed, self.ends = closed, list[str]()
        self._pieces = pieces

    def stream(self, size: int, *, decode_content: bool) -> Iterator[bytes]:
        assert (size, decode_content) == (65536, False)
        yield from self._pieces

    def close(self) -> None:
        self.ends.append("close")

    def release_conn(self) -> None:
        self.ends.append("release")


@pytest.mark.parametrize("coding", [None, "", "identity", " Identity "])
def test_a_plain_body(coding: str | None) -> None:
    raw = Raw(b"ab", b"", b"cd", coding=coding)
    assert _exchange.body_of(raw, 4) == b"abcd" and raw.ends == ["release"]


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", " GZIP "])
def test_a_body_of_gzip(coding: str) -> None:
    packed = gzip.compress(b"abcd")
    raw = Raw(packed[:5], packed[5:], coding=coding)
    assert _exchange.body_of(raw, 100) == b"abcd" and raw.ends == ["release"]


def test_an_answer_that_is_not_read_to_its_end_ends_its_connection() -> None:
    raw = Raw(b"ab", closed=False)
    assert _exchange.body_of(raw, 4) == b"ab" and raw.ends == ["close"]


WRONG: dict[str, tuple[Raw, type[Exception], str]] = {
    "another coding": (
        Raw(b"ab", coding="deflate, " + "x" * 40),
        _exchange.Undecodable,
        f"the answer is encoded as 'deflate, {'x' * 31}', which was not asked for",
    ),
    "no gzip": (
        Raw(b"abcd", coding="gzip"),
        _exchange.Undecodable,
        "the answer cannot be decoded: it is not gzip "
        "(Error -3 while decompressing data: incorrect header check)",
    ),
    "half of a gzip": (
        Raw(gzip.compress(b"abcd")[:-1], coding="gzip"),
        _exchange.Undecodable,
        "the answer ends in the middle of its gzip",
    ),
    "too large": (Raw(bytes(3 * MB), b"x"), _exchange.TooLarge, "the answer is larger than 3 MB"),
    "too large in gzip": (
        Raw(gzip.compress(bytes(3 * MB + 1)), coding="gzip"),
        _exchange.TooLarge,
        "the answer is larger than 3 MB",
    ),
}


@pytest.mark.parametrize(("raw", "kind", "words"), WRONG.values(), ids=WRONG)
def test_a_body_that_cannot_be_read(raw: Raw, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind) as caught:
        _exchange.body_of(raw, 3 * MB)
    assert str(caught.value) == words and raw.ends == ["close"]


def test_the_largest_body() -> None:
    assert len(_exchange.body_of(Raw(bytes(3 * MB)), 3 * MB)) == 3 * MB
    assert len(_exchange.body_of(Raw(gzip.compress(bytes(3 * MB)), coding="gzip"), 3 * MB)) == 3 * MB


NOW = 1_800_000_000.0
YEAR = 366 * 86400


def test_dates_of_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: NOW)
    for off in (0, 5000, -5000, YEAR - 1, 1 - YEAR):
        assert _exchange.date({"Date": formatdate(NOW + off, usegmt=True)}) == NOW + off
    for off in (YEAR, -YEAR, 2 * YEAR):
        assert _exchange.date({"Date": formatdate(NOW + off, usegmt=True)}) is None
    assert _exchange.date({}) is None


@pytest.mark.parametrize(("off", "wait"), [(0, 0.0), (100, 100.0), (-100, 0.0), (3600, 3600.0), (3601, None)])
def test_a_date_to_wait_for(off: int, wait: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: NOW)
    assert _exchange.retry_after({"Retry-After": formatdate(NOW + off, usegmt=True)}) == wait


HOURS = f"Thu, 01 Jan 1970 {'9' * 20}:00:00 GMT"


@pytest.mark.parametrize(
    ("text", "wait"), [("3600", 3600.0), ("3601", None), (" 7 ", 7.0), ("", None), (HOURS, None)]
)
def test_seconds_to_wait(text: str, wait: float | None) -> None:
    assert _exchange.retry_after({"Retry-After": text}) == wait
    assert _exchange.retry_after({}) is None


@pytest.mark.parametrize(("length", "read"), [(64, True), (65, False)])
def test_the_longest_date(length: int, read: bool) -> None:
    text = "Thu, 01 Jan 1970 00:00:00 GMT ("
    text = f"{text}{'x' * (length - len(text) - 1)})"
    assert len(text) == length and _exchange.retry_after({"Retry-After": text}) == (0.0 if read else None)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [('{"a": 1}', 8, {"a": 1}), (b"[1]", 3, [1]), ('{"a": 1}', 7, None), ("nonsense", 100, None)],
)
def test_the_json_of_an_answer(text: str | bytes, limit: int, expected: Any) -> None:
    assert _exchange.json_of(text, limit) == expected


class Timer:
    """A timer that ends when the test lets it."""

    made: list[Timer]

    def __init__(self, seconds: float, work: Any, arguments: list[Any]) -> None:
        self.seconds, self.daemon, self.steps = seconds, False, list[str]()
        self.ring = lambda: work(*arguments)
        Timer.made.append(self)

    def start(self) -> None:
        self.steps.append(f"start {self.daemon}")

    def cancel(self) -> None:
        self.steps.append("cancel")


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> list[Timer]:
    Timer.made = []
    monkeypatch.setattr(threading, "Timer", Timer)
    return Timer.made


def handle(watch: _exchange.Watch) -> mock.Mock:
    """The second handle of a connection that was made."""
    connected = mock.Mock(spec=socket.socket)
    assert watch.add(connected) is connected.dup.return_value
    made: mock.Mock = connected.dup.return_value
    return made


def test_an_exchange_that_ends_in_time(timers: list[Timer]) -> None:
    watch = _exchange.Watch()
    assert watch.over is False
    with watch.within(7.5):
        assert timers[0].steps == ["start True"], "a module that ends does not wait for it"
    assert timers[0].seconds == 7.5 and timers[0].steps == ["start True", "cancel"] and watch.over is False
    made = handle(watch)
    timers[0].ring()
    assert watch.over is False and not made.shutdown.called, "it ended before"


def test_the_deadline_shuts_each_connection_down(timers: list[Timer]) -> None:
    watch = _exchange.Watch()
    first = handle(watch)
    first.shutdown.side_effect = OSError
    with pytest.raises(_exchange.Ended), watch.within(1.0):
        second, third = handle(watch), handle(watch)
        watch.drop(third)
        assert not third.close.called, "its answer may still be read"
        timers[0].ring()
        for one in (first, second, third):
            one.shutdown.assert_called_once_with(socket.SHUT_RDWR)
    assert watch.over and third.close.called and not first.close.called and not second.close.called
    with watch.within(1.0):
        assert watch.over is False
        timers[0].ring()
    assert watch.over is False and len(second.shutdown.mock_calls) == 1


def test_another_error_of_an_exchange_stays(timers: list[Timer]) -> None:
    watch = _exchange.Watch()
    with pytest.raises(ZeroDivisionError), watch.within(1.0):
        timers[0].ring()
        raise ZeroDivisionError
    assert watch.over and timers[0].steps[-1] == "cancel"


def test_a_connection_that_is_closed_between_exchanges(timers: list[Timer]) -> None:
    watch = _exchange.Watch()
    made = handle(watch)
    watch.drop(made)
    made.close.assert_called_once_with()
    with watch.within(1.0):
        left = handle(watch)
        watch.drop(left)
    left.close.assert_called_once_with()
    with watch.within(1.0):
        timers[1].ring() if watch.over else None
    assert not made.shutdown.called and len(left.close.mock_calls) == 1


class Connection:
    """A connection as urllib3 makes it."""

    broken = False

    def _new_conn(self) -> Any:
        return self.socket()

    def socket(self) -> Any:
        return mock.Mock(spec=socket.socket)

    def close(self) -> None:
        if self.broken:
            raise OSError


class HTTPPool:
    ConnectionCls = Connection


class HTTPSPool(HTTPPool):
    pass


def test_the_connections_of_a_manager_are_watched() -> None:
    manager, watch = mock.Mock(pool_classes_by_scheme={"http": HTTPPool, "https": HTTPSPool}), mock.Mock()
    _exchange.Watch.attach(watch, manager)
    classes = manager.pool_classes_by_scheme
    assert {scheme: kind.__name__ for scheme, kind in classes.items()} == {
        "http": "HTTPPool",
        "https": "HTTPSPool",
    }
    assert issubclass(classes["https"], HTTPSPool) and not issubclass(classes["http"], HTTPSPool)
    connection = classes["https"].ConnectionCls()
    connection.close()
    assert not watch.drop.called
    handles = watch.add.side_effect = [mock.Mock(), mock.Mock()]
    made = connection._new_conn()
    watch.add.assert_called_once_with(made)
    connection._new_conn()
    watch.drop.assert_called_once_with(handles[0])
    connection.broken = True
    with pytest.raises(OSError):
        connection.close()
    assert watch.drop.call_args_list == [mock.call(one) for one in handles]
    connection.broken = False
    connection.close()
    assert len(watch.drop.mock_calls) == 2
