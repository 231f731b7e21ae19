# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The bounds of one HTTP exchange: its end, the size of its answer, the waits that its answer asks for.

A timeout of a socket bounds each read. A peer that sends one byte a second therefore never reaches it, and a
small body in gzip holds gigabytes.
"""

from __future__ import annotations

import email.utils
import re
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import Any, Iterator, Mapping

from ._foreign import Gunzip, Unreadable, from_json

MEGABYTE = 1024 * 1024
_PIECE = 64 * 1024
_GZIP = ("gzip", "x-gzip")
_LONGEST_WAIT = 3600.0  # seconds; a server that asks for more is not believed
_LONGEST_DATE = 64  # characters
_SECONDS_OF_A_YEAR = 366 * 86400.0


class TooLarge(Exception):
    """An answer is larger than the limit."""


class Ended(Exception):
    """The deadline ended an exchange. A connection that ends can look like the end of an answer."""


class Undecodable(Exception):
    """The encoding of the body is not that of Content-Encoding."""


class Watch:
    """Ends the exchange in hand at its deadline, wherever it waits.

    It may wait for the answer of a proxy, in TLS, for the headers or for the body. It keeps a second handle
    of each connection of a pool, and shuts the connection down through it. One exchange at a time.
    """

    def __init__(self) -> None:
        self.over = False
        """True if its deadline ended the exchange in hand, or the last one."""
        self._lock = threading.Lock()
        self._exchange: object | None = None
        self._open: set[socket.socket] = set()
        self._left: list[socket.socket] = []

    def attach(self, manager: Any) -> None:
        """Watch the connections that this manager of urllib3's pools makes from now on."""
        manager.pool_classes_by_scheme = {
            scheme: _watched(kind, self) for scheme, kind in manager.pool_classes_by_scheme.items()
        }

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """An exchange that ends after so many seconds.

        A later read meets the end of the connection, and `over` is true. Raises Ended if nothing else was
        raised.
        """
        exchange = object()
        timer = threading.Timer(seconds, self._end, [exchange])
        timer.daemon = True
        with self._lock:
            self.over, self._exchange = False, exchange
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            with self._lock:
                self._exchange = None
                left, self._left = self._left, []
            for handle in left:
                handle.close()
        if self.over:
            raise Ended

    def add(self, connected: socket.socket) -> socket.socket:
        handle = connected.dup()
        with self._lock:
            self._open.add(handle)
        return handle

    def drop(self, handle: socket.socket) -> None:
        """The connection was closed. Its answer may still be read in the exchange in hand."""
        with self._lock:
            self._open.discard(handle)
            if self._exchange is not None:
                self._left.append(handle)
                return
        handle.close()

    def _end(self, exchange: object) -> None:
        with self._lock:
            if self._exchange is not exchange:
                return
            self.over = True
            for handle in (*self._open, *self._left):
                try:
                    handle.shutdown(socket.SHUT_RDWR)
                except OSError:  # the peer was faster
                    pass


def _watched(pool: Any, watch: Watch) -> Any:
    """The class of a pool whose connections are known to the watch."""

    class Connection(pool.ConnectionCls):
        _handle: socket.socket | None = None

        def _new_conn(self) -> Any:
            connection = super()._new_conn()
            self._forget()
            self._handle = watch.add(connection)
            return connection

        def close(self) -> None:
            try:
                super().close()
            finally:
                self._forget()

        def _forget(self) -> None:
            handle, self._handle = self._handle, None
            if handle is not None:
                watch.drop(handle)

    return type(pool.__name__, (pool,), {"ConnectionCls": Connection})


def body_of(raw: Any, limit: int) -> bytes:
    """The body of an answer of urllib3 (not preloaded), decoded piece by piece.

    Raises TooLarge, Undecodable and what urllib3 raises.
    """
    try:
        body = _body(raw, limit)
    except BaseException:
        raw.close()  # the rest of the answer would be read as the next one
        raise
    if raw.closed:
        raw.release_conn()
    else:
        raw.close()
    return body


def _body(raw: Any, limit: int) -> bytes:
    coding = str(raw.headers.get("Content-Encoding") or "identity").strip().lower()
    if coding != "identity" and coding not in _GZIP:
        raise Undecodable(f"the answer is encoded as {coding[:40]!r}, which was not asked for")
    body = bytearray()
    decoder = Gunzip(lambda size: _check(size, limit)) if coding in _GZIP else None
    for piece in raw.stream(_PIECE, decode_content=False):
        if decoder is None:
            body += piece
            _check(len(body), limit)
        else:
            _decode(decoder, piece, body)
    if decoder is not None and not decoder.whole:
        raise Undecodable("the answer ends in the middle of its gzip")
    return bytes(body)


def _decode(decoder: Gunzip, piece: bytes, body: bytearray) -> None:
    try:
        decoder.feed(piece, body)
    except Unreadable as unreadable:
        raise Undecodable(f"the answer cannot be decoded: {unreadable}") from None


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise TooLarge(f"the answer is larger than {limit // MEGABYTE} MB")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the header Retry-After asks. None without it, or if it makes no sense."""
    text = str(headers.get("Retry-After")).strip()
    if re.fullmatch("[0-9]{1,9}", text):
        wait: float | None = float(text)
    else:
        moment = _moment(text)
        wait = None if moment is None else max(0.0, moment - time.time())
    return wait if wait is not None and wait <= _LONGEST_WAIT else None


def date(headers: Mapping[str, str]) -> float | None:
    """When the answer was written, by the clock of the server.

    None without a date, or if it is a year off.
    """
    moment = _moment(str(headers.get("Date")))
    return moment if moment is not None and abs(moment - time.time()) < _SECONDS_OF_A_YEAR else None


def _moment(text: str) -> float | None:
    if len(text) > _LONGEST_DATE:
        return None
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, OSError):
        pass
    return None


def json_of(text: str | bytes, limit: int) -> Any:
    """The JSON of an answer; None if it is not JSON, or too deep for the code that works on it."""
    with suppress(Unreadable):
        return from_json(text, limit)
    return None
