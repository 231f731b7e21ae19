# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The units of a BIG-IP, each with a session of its own: each unit has its own BGP configuration."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Callable, Iterable, Mapping, Optional

from .._bgp.model import Speaker
from .._deadline import Deadline
from .._errors import Failure
from .._routes.model import UnitSelfIps
from . import bgp, failover
from .peers import DOWN
from .reads import collection
from .session import Session
from .unit import Unit

Hide = Callable[[Iterable[str]], None]
# Optional because this is evaluated at run time, which the pylint of ansible-test takes for too new.
Reading = Optional[Callable[[Session, UnitSelfIps], Speaker]]  # noqa: UP045
_PATIENCE = 30.0  # seconds for a unit that may be down, if another one answers


class BgpUnits:
    """Use it in a with statement, within that of `main`.

    main      the session of all units, which answers for the active one
    self_ips  of each unit that answers
    speakers  the state of BGP on these units; empty if only self IPs were read
    complete  True if all units of BIG-IP answered
    warnings  a message for each unit that did not, and those of its session
    """

    def __init__(self, main: Session, provider: Mapping[str, Any], hide: Hide) -> None:
        self.main = main
        self._provider = provider
        self._hide = hide
        self._stack = ExitStack()
        self._sessions: dict[str, Session] = {}
        self._all: list[Session] = [main]
        self._domains: Mapping[str, int] | None = None
        self.self_ips: list[UnitSelfIps] = []
        self.speakers: list[Speaker] = []
        self.complete = True
        self._unread: list[str] = []

    def __enter__(self) -> BgpUnits:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    @property
    def requests(self) -> int:
        return sum(sum(session.requests.values()) for session in self._all)

    @property
    def warnings(self) -> list[str]:
        return [*self._unread, *(text for session in self._all for text in session.warnings)]

    def session(self, unit: str) -> Session:
        """The session for changes of one unit, which never goes on with another one."""
        if len(self.main.units) == 1:
            return self.main
        if unit not in self._sessions:
            self._sessions[unit] = self._stack.enter_context(self._new(unit, self.main.deadline))
        return self._sessions[unit]

    def read(self, read_bgp: Reading) -> None:
        """Read each unit. read_bgp: reads its BGP, or None to read only the self IPs.

        Raises Failure if no unit answers.
        """
        units = self.main.units
        if len(units) == 1:
            self._read_unit(self.main, units[0], read_bgp)
            self._look_for_peers()
            return
        for unit in units:
            try:
                self._read_alone(unit, read_bgp, self.main.deadline.sooner(_PATIENCE))
            except Failure as failure:
                if failure.code not in DOWN:
                    raise
                self._unread.append(_unread(unit.name, failure))
        self.complete = not self._unread
        if not self.self_ips:  # a unit that restarts is worth the whole time
            self._unread = []
            self._read_alone(units[0], read_bgp, self.main.deadline)

    def _read_alone(self, unit: Unit, read_bgp: Reading, deadline: Deadline) -> None:
        with self._new(unit.name, deadline) as session:
            self._read_unit(session, unit, read_bgp)

    def _read_unit(self, session: Session, unit: Unit, read_bgp: Reading) -> None:
        own, self._domains = bgp.self_ips(session, unit.name, self._domains)
        speaker = read_bgp(session, own) if read_bgp else None
        self.self_ips.append(own)
        if speaker is not None:
            self.speakers.append(speaker)

    def _new(self, unit: str, deadline: Deadline) -> Session:
        session = Session({**self._provider, "server": [unit]}, deadline, self._hide)
        self._all.append(session)
        return session

    def _look_for_peers(self) -> None:
        doing = "Reading the devices of BIG-IP"
        items = collection(self.main, failover.DEVICES, doing, failover.SELECT)
        others = [str(item.get("name")) for item in items if str(item.get("selfDevice")).lower() != "true"]
        self.complete = not others
        self._unread += [
            f"BIG-IP has the peer {name}, which provider.server does not name. So that unit gets no BGP "
            "neighbors, and after a failover BIG-IP does not reach the Pods."
            for name in others
        ]


def _unread(unit: str, failure: Failure) -> str:
    return (
        f"BIG-IP {unit} cannot be read, so its neighbors were not changed, and the peers of the nodes that may "
        f"be its self IPs stay. Run again when it answers. {failure.message}"
    )
