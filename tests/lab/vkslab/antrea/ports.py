# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ports of a node's range."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet

PROTOCOLS = ("tcp", "udp")


InUse = Callable[[], AbstractSet[tuple[str, int]]]


class NoFreePort(Exception):
    pass


class PortTable:
    """The ports of one range, given out one after the other with a wrap at the end."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self._next = start
        self._owner: dict[tuple[str, int], tuple[str, int]] = {}
        self._of_pod: dict[str, dict[tuple[int, str], int]] = {}

    def find(self, uid: str, pod_port: int, protocol: str) -> int | None:
        return self._of_pod.get(uid, {}).get((pod_port, protocol))

    def take(self, uid: str, pod_port: int, protocol: str, in_use: InUse, together: bool) -> int:
        """The next free port that no other process of the node listens on; ``together`` takes it for every
        protocol, as Antrea 1.4 to 1.6 do."""
        protocols = PROTOCOLS if together else (protocol,)
        others = in_use()
        for step in range(self.end - self.start + 1):
            port = self.start + (self._next - self.start + step) % (self.end - self.start + 1)
            if any((each, port) in self._owner or (each, port) in others for each in protocols):
                continue
            self._next = port + 1 if port < self.end else self.start
            for each in protocols:
                self.claim(uid, pod_port, each, port)
            return port
        raise NoFreePort

    def claim(self, uid: str, pod_port: int, protocol: str, port: int) -> bool:
        """Restore a port that an annotation names.

        False if it is outside of the range or used by another process.
        """
        if not self.start <= port <= self.end or self._owner.get((protocol, port), (uid, pod_port)) != (
            uid,
            pod_port,
        ):
            return False
        self._owner[protocol, port] = (uid, pod_port)
        self._of_pod.setdefault(uid, {})[pod_port, protocol] = port
        return True

    def release(self, uid: str, keep: Callable[[tuple[int, str]], bool] = lambda key: False) -> None:
        """Release the ports of a Pod, except those whose (Pod port, protocol) is to be kept."""
        ports = self._of_pod.get(uid, {})
        for key in [key for key in ports if not keep(key)]:
            del self._owner[key[1], ports.pop(key)]
        if not ports:
            self._of_pod.pop(uid, None)
