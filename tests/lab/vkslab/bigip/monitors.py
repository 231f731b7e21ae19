# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The monitors: they probe each member, and mark it up or down.

A member without a monitor is ``unchecked`` and may take traffic. With one it is ``checking``, and takes none
until its first probe succeeds. It goes down when ``timeout`` passes without a success. The first probe of a
new member is sent at once.

Intervals and timeouts are scaled: with ``interval=1`` a monitor of 5 s / 16 s works at 1 s / 3.2 s. All pools
share the probes of one address, port and monitor, and the number of probes in a second is limited. So
thousands of members cost the lab little. Beyond that rate, members that are up are probed less often, but new
and failing ones are not delayed.

Unlike on a BIG-IP, icmp and udp monitors are TCP connections: a host that refuses one exists, so it is up.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from .device import Device, Monitor, Pool, PoolMember
from .probes import Key, Probed, Target, probe
from .reach import Unreachable, Way

STANDARD_INTERVAL = 5.0
_HEARTBEAT = 0.1
_NEVER = 3600.0
_BURST = 0.1  # seconds of the rate that may be made up for


@dataclass
class _Tracked:
    """A member of a pool and the probes that decide on it."""

    member: PoolMember
    pool: Pool
    keys: list[Key]
    since: float


_Due = tuple[float, int, Probed]


class Monitors:
    def __init__(
        self,
        device: Device,
        way: Way,
        *,
        interval: float = STANDARD_INTERVAL,
        concurrency: int = 200,
        rate: float = 250.0,
    ) -> None:
        self._device, self._way = device, way
        self._scale = interval / STANDARD_INTERVAL
        self.seconds_between_probes = 1.0 / rate
        self._slots = asyncio.Semaphore(concurrency)
        self._pools: dict[str, Pool] = {}
        self._known_monitors: dict[str, Monitor] = {}
        self._tracked: dict[Target, _Tracked] = {}
        self._instances: dict[Key, Probed] = {}
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
        """Follow the device. Changed pools are replaced, so an unchanged one costs one comparison."""
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

    def _follow(self, target: Target, pool: Pool, member: PoolMember) -> None:
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
        keys: list[Key] = [
            (monitor.path, self._device.located(member), monitor.target_port or member.port)
            for monitor in wanted
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
                instance = self._instances[key] = Probed(key, monitor, key[1], key[2], targets, self._now())
            instance.targets.add(target)
            self._probe_soon(instance)

    def _forget(self, target: Target) -> None:
        known = self._tracked.pop(target, None)
        for key in known.keys if known else ():
            instance = self._instances.get(key)
            if instance is None:
                continue
            instance.targets.discard(target)
            if not instance.targets:
                instance.gone = True
                del self._instances[key]

    def _probe_soon(self, instance: Probed) -> None:
        if instance.running:
            instance.again = True
        else:
            self._schedule(instance, 0.0)

    def _schedule(self, instance: Probed, delay: float) -> None:
        """Members that are up have a queue of their own, so they do not delay members of unknown state."""
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

    async def _turn(self, instance: Probed) -> None:
        interval = instance.monitor.interval * self._scale
        # a silent member must not occupy a slot for the whole timeout: the next probe tries again
        limit = min(instance.monitor.timeout * self._scale, max(interval, 0.5))
        began, started = self._now(), time.monotonic()
        try:
            self.probes += 1
            reason = await asyncio.wait_for(probe(self._way, instance), limit)
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

    def _judge(self, target: Target) -> None:
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

    def _deadline(self, instance: Probed, tracked: _Tracked) -> float:
        """The end of the timeout.

        If probes are rarer than the monitor's interval, the timeout begins at the first failed one.
        """
        timeout, interval = instance.monitor.timeout * self._scale, instance.monitor.interval * self._scale
        deadline = max(instance.succeeded, instance.created, tracked.since) + timeout
        return deadline if instance.failing is None else max(deadline, instance.failing + timeout - interval)

    def _set(self, member: PoolMember, availability: str, reason: str) -> None:
        member.reason = reason
        if member.availability != availability:
            member.availability = availability
            self.generation += 1
