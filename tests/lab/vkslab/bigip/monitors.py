# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The monitors: probe each member as its monitor says, and mark it up or down.

A member without a monitor is ``unchecked`` and may take traffic; with one it is ``checking``, and takes none,
until its first probe succeeded. It goes down when ``timeout`` passes without a success. The first probe of a
new member is sent at once.

Intervals and timeouts are scaled: with ``interval=1`` a monitor of 5 s / 16 s works at 1 s / 3.2 s. Probes of
one address, port and monitor are shared by all pools, and their number in a second is bounded, so that
thousands of members cost the lab little: beyond that rate members that are up are probed less often; new
ones, and those that do not answer, are not kept waiting.

Unlike a BIG-IP, icmp and udp monitors are TCP connections here: a host that refuses one is there, so it is
up.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .device import Device, Monitor, Pool, PoolMember, bare
from .reach import Reach, Unreachable

STANDARD_INTERVAL = 5.0
_HEARTBEAT = 0.1
_NEVER = 3600.0
_BURST = 0.1  # seconds of the rate that may be made up for
# net's (and our own) words for an address that nobody has; any other refusal comes from a host that is there
_NOBODY = ("has the address", "is not an address", "no virtual server")
_Key = tuple[str, str, int]  # monitor path, address, port
_Target = tuple[str, str]  # pool path, member path


@dataclass
class _Tracked:
    """A member of a pool and the probes that decide on it."""

    member: PoolMember
    pool: Pool
    keys: list[_Key]
    since: float


@dataclass
class _Instance:
    """The probes of one monitor to one address and port."""

    key: _Key
    monitor: Monitor
    address: str
    port: int
    targets: set[_Target] = field(default_factory=set)
    created: float = 0.0
    succeeded: float = float("-inf")
    failing: float | None = None  # since when no probe has succeeded
    reason: str = ""
    ticket: int = 0  # its place in a queue; a later one makes an earlier one void
    running: bool = False
    again: bool = False
    gone: bool = False


_Due = tuple[float, int, _Instance]


class Monitors:
    def __init__(
        self,
        device: Device,
        reach: Reach,
        *,
        interval: float = STANDARD_INTERVAL,
        concurrency: int = 200,
        rate: float = 250.0,
    ) -> None:
        self._device, self._reach = device, reach
        self._scale = interval / STANDARD_INTERVAL
        self.seconds_between_probes = 1.0 / rate
        self._slots = asyncio.Semaphore(concurrency)
        self._pools: dict[str, Pool] = {}
        self._known_monitors: dict[str, Monitor] = {}
        self._tracked: dict[_Target, _Tracked] = {}
        self._instances: dict[_Key, _Instance] = {}
        self._urgent: list[_Due] = []
        self._steady: list[_Due] = []
        self._order = itertools.count()
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: asyncio.Task[None] | None = None
        self._heart: asyncio.Task[None] | None = None
        self._beat, self._stalled = time.monotonic(), 0.0
        self._next_steady = 0.0
        self.generation = 0  # grows with every change of an availability
        self.probes = 0
        self.when_down: Callable[[Pool, PoolMember], None] = lambda pool, member: None

    def start(self) -> None:
        self._device.on_change(self.refresh)
        self.refresh()
        self._runner = asyncio.create_task(self._run())
        self._heart = asyncio.create_task(self._watch_for_stalls())

    async def stop(self) -> None:
        tasks = [task for task in (self._runner, self._heart, *self._tasks) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- time

    async def _watch_for_stalls(self) -> None:
        while True:
            self._beat = time.monotonic()
            await asyncio.sleep(_HEARTBEAT)
            self._stalled += self._late()

    def _late(self) -> float:
        late = time.monotonic() - self._beat - _HEARTBEAT
        return late if late > _HEARTBEAT else 0.0

    def _now(self) -> float:
        """Time in which this process could work: while AS3 computes, no probe can be answered, and no member
        is to blame for that."""
        return time.monotonic() - self._stalled - self._late()

    # -- which members are to be probed, and how

    def refresh(self) -> None:
        """Follow the device. Pools are replaced when they change, so that those that did not cost one
        comparison."""
        monitors_changed = self._known_monitors != self._device.monitors
        if monitors_changed:
            self._known_monitors = dict(self._device.monitors)
        for path in self._pools.keys() - self._device.pools.keys():
            for name in self._pools.pop(path).members:
                self._forget((path, name))
        for path, pool in self._device.pools.items():
            former = self._pools.get(path)
            if former is pool and not monitors_changed:
                continue
            self._pools[path] = pool
            if former:
                for name in former.members.keys() - pool.members.keys():
                    self._forget((path, name))
            for name, member in pool.members.items():
                self._follow((path, name), pool, member)
        self._wake.set()

    def _follow(self, target: _Target, pool: Pool, member: PoolMember) -> None:
        paths = (
            pool.monitors
            if member.monitor == "default"
            else tuple(re.split(r"\s+and\s+", member.monitor.strip()))
        )
        wanted = [
            self._device.monitors[path]
            for path in paths
            if path in self._device.monitors and member.address != "any6"
        ]
        keys: list[_Key] = [
            (monitor.path, bare(member.address), monitor.target_port or member.port) for monitor in wanted
        ]
        known = self._tracked.get(target)
        if (
            known
            and known.keys == keys
            and all(self._instances[key].monitor == monitor for key, monitor in zip(keys, wanted))
        ):
            # a pool that is deleted and made again in one transaction keeps what is known of its members
            member.availability, member.reason = known.member.availability, known.member.reason
            known.member, known.pool = member, pool
            return
        self._forget(target)
        self._tracked[target] = _Tracked(member, pool, keys, self._now())
        self._set(member, "checking" if keys else "unchecked", "")
        for key, monitor in zip(keys, wanted):
            instance = self._instances.get(key)
            if instance is None or instance.monitor != monitor:
                if instance is not None:
                    instance.gone = True
                targets = instance.targets if instance else set()
                instance = self._instances[key] = _Instance(
                    key, monitor, key[1], key[2], targets, self._now()
                )
            instance.targets.add(target)
            self._probe_soon(instance)

    def _forget(self, target: _Target) -> None:
        known = self._tracked.pop(target, None)
        for key in known.keys if known else ():
            instance = self._instances.get(key)
            if instance is None:
                continue
            instance.targets.discard(target)
            if not instance.targets:
                instance.gone = True
                del self._instances[key]

    def _probe_soon(self, instance: _Instance) -> None:
        if instance.running:
            instance.again = True
        else:
            self._schedule(instance, 0.0)

    def _schedule(self, instance: _Instance, delay: float) -> None:
        """What is known to be up waits in a queue of its own, so that it keeps nobody waiting whose state is
        not known."""
        queue = self._steady if delay and instance.failing is None else self._urgent
        instance.ticket = next(self._order)
        heapq.heappush(queue, (time.monotonic() + delay, instance.ticket, instance))
        self._wake.set()

    # -- probing

    async def _run(self) -> None:
        while True:
            queue, wait = self._next()
            if wait > 0:
                # not wait_for: before Python 3.12 it can swallow a cancellation
                self._wake.clear()
                alarm = asyncio.get_running_loop().call_later(wait, self._wake.set)
                try:
                    await self._wake.wait()
                finally:
                    alarm.cancel()
                continue
            _when, ticket, instance = heapq.heappop(queue)
            if instance.gone or instance.running or ticket != instance.ticket:
                continue
            if queue is self._steady:
                now = time.monotonic()
                self._next_steady = max(now - _BURST, self._next_steady) + self.seconds_between_probes
            await self._slots.acquire()
            instance.running = True
            task = asyncio.create_task(self._turn(instance))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _next(self) -> tuple[list[_Due], float]:
        """The queue to take from, and how long until its first probe is due: 0 or less if it is due now."""
        now = time.monotonic()
        urgent = self._urgent[0][0] - now if self._urgent else _NEVER
        steady = (
            max(self._steady[0][0], self._next_steady) - now if self._steady else _NEVER
        )  # not more often than the rate allows
        return (self._urgent, urgent) if urgent <= 0 or urgent < steady else (self._steady, steady)

    async def _turn(self, instance: _Instance) -> None:
        interval = instance.monitor.interval * self._scale
        # a silent member must not hold a slot for the whole timeout: the next probe asks again anyway
        limit = min(instance.monitor.timeout * self._scale, max(interval, 0.5))
        began, started = self._now(), time.monotonic()
        try:
            self.probes += 1
            reason = await asyncio.wait_for(_probe(self._reach, instance), limit)
        except asyncio.TimeoutError:
            reason = "No successful responses received before deadline."
        except (Unreachable, OSError) as error:
            reason = f"Unable to connect; {error}"
        finally:
            self._slots.release()
            instance.running = False
        if instance.gone:
            return
        instance.reason = reason
        if not reason:
            instance.succeeded, instance.failing = began, None
        elif instance.failing is None:
            instance.failing = began
        for target in list(instance.targets):
            self._judge(target)
        again, instance.again = instance.again, False
        self._schedule(instance, 0.0 if again else max(0.01, started + interval - time.monotonic()))

    def _judge(self, target: _Target) -> None:
        tracked = self._tracked[target]
        now = self._now()
        up, waiting, reason = 0, 0, ""
        for key in tracked.keys:
            instance = self._instances[key]
            if now > self._deadline(instance, tracked):
                reason = reason or f"{key[0]}: {instance.reason}"
            elif instance.succeeded >= tracked.since:
                up += 1
            else:
                waiting += 1
        minimum = (
            tracked.pool.min_monitors if tracked.member.monitor == "default" else tracked.member.min_monitors
        )
        wanted = len(tracked.keys) if minimum == "all" else min(int(minimum), len(tracked.keys))
        member = tracked.member
        if up >= wanted:
            self._set(member, "up", "")
        elif up + waiting < wanted:
            was_up = member.availability == "up"
            self._set(member, "down", reason)
            if was_up:
                self.when_down(tracked.pool, member)

    def _deadline(self, instance: _Instance, tracked: _Tracked) -> float:
        """When the timeout ends.

        Where probes come less often than the monitor says, it counts from the first that failed.
        """
        timeout, interval = instance.monitor.timeout * self._scale, instance.monitor.interval * self._scale
        deadline = max(instance.succeeded, instance.created, tracked.since) + timeout
        return deadline if instance.failing is None else max(deadline, instance.failing + timeout - interval)

    def _set(self, member: PoolMember, availability: str, reason: str) -> None:
        member.reason = reason
        if member.availability != availability:
            member.availability = availability
            self.generation += 1


async def _probe(reach: Reach, instance: _Instance) -> str:
    """Empty if the member answered as it should, else why not."""
    monitor = instance.monitor
    stream = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(stream)
    try:
        transport = await reach.connect(instance.address, instance.port, protocol)
    except Unreachable as error:
        if monitor.type in ("icmp", "gateway-icmp", "udp") and not any(
            words in str(error) for words in _NOBODY
        ):
            return ""
        raise
    try:
        if monitor.type not in ("http", "https", "http2", "tcp") or (
            monitor.type == "tcp" and not (_said(monitor.send) or _said(monitor.receive))
        ):
            return ""
        if monitor.type == "https":
            secured = await asyncio.get_running_loop().start_tls(transport, protocol, _any_certificate())
            if secured is None:
                return "SSL handshake failed"
            transport = secured
        if _said(monitor.send):
            transport.write(_wire(monitor))
        return await _answer(stream, monitor)
    finally:
        transport.abort()


def _wire(monitor: Monitor) -> bytes:
    """The send string with its escapes; a BIG-IP ends an HTTP request with an empty line if the string does
    not."""
    text = (monitor.send or "").replace("\\r", "\r").replace("\\n", "\n")
    if monitor.type in ("http", "https", "http2"):
        line, _end, rest = text.partition("\r\n")
        if (
            len(line.split()) == 2
        ):  # BIG-IP's own "GET /" is HTTP/0.9, which servers outside of this lab still understand
            line += " HTTP/1.0"
        text = f"{line}\r\n{rest}"
        if not text.endswith("\r\n\r\n"):
            text = text.rstrip("\r\n") + "\r\n\r\n"
    return text.encode()


def _said(text: str | None) -> str:
    """tmsh reads the word none as no string at all.

    AS3 gives it to every tcp monitor that has no strings, and CIS relies on it.
    """
    return "" if text is None or text == "none" else text


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return re.compile(_said(text)) if _said(text) else None


async def _answer(stream: asyncio.StreamReader, monitor: Monitor) -> str:
    """Any answer will do, unless a receive string is set: that is looked for in the first 5,120 bytes."""
    wanted, down = _pattern(monitor.receive), _pattern(monitor.receive_down)
    text = ""
    while len(text) < 5120:
        data = await stream.read(5120)
        text += data.decode("latin1")
        if wanted is None and down is None:
            return "" if text else "The connection was closed without an answer"
        if wanted and wanted.search(text):
            return "Reverse monitor: the receive string was found" if monitor.reverse else ""
        if down and down.search(text):
            return "The receive-disable string was found"
        if not data:
            break
    if monitor.reverse and text:
        return ""
    return f"Response did not match the receive string: {text.splitlines()[0] if text else 'no data'}"


def _any_certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
