# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The journal: a file with one line of JSON for each event and for each run of publish.

The event source appends the events, and the action plugin of publish appends the runs. So the source also
learns from it how the runs of its events ended. Many processes append without a lock: each line is one
write of less than 4096 bytes to the end of the file. A line holds names, numbers and codes. It never holds
an argument, a message or an object.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Iterable, Mapping, Sequence

from .. import _foreign

TYPES = ("changed", "resync", "degraded", "recovered")
LONGEST = 4096  # bytes of a line with its line break are fewer
_LONGEST_CLUSTER = 100  # characters; JSON writes one as at most 12 bytes
_MOST_CODES = 8
_MOST_SECONDS = 1e7
_SERVICE = re.compile(r"[a-z0-9-]{1,63}/[a-z0-9-]{1,63}")
_CODE = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True)
class Event:
    """An event that the source sent.

    time      seconds since 1970
    services  the names (namespace/name), as far as the line has room
    more      the number of further Services
    all       true if the event concerns all applications
    waited    seconds from the first change to the event
    """

    time: float
    cluster: str | None
    type: str
    sequence: int
    services: tuple[str, ...]
    all: bool
    waited: float
    more: int = 0

    @property
    def publishes(self) -> bool:
        """True if the event causes a run."""
        return self.type in ("changed", "resync")


@dataclass(frozen=True)
class Run:
    """A run of publish that ended.

    time         seconds since 1970, at its end
    cluster      of the event that caused the run, as are type and sequence; None without an event
    services     the option only_services, as far as the line has room; None for all
    code         `failure.code`; None without a failure, or if the module did not return one
    codes        of the tenants that failed, sorted
    seconds      of the module
    from_change  seconds from the first change to the end of the run; None without an event
    read         seconds from before the first read of the cluster to the end of the run; None if unknown
    added        members, as is removed; None if the result has no such count
    """

    time: float
    cluster: str | None
    type: str | None
    sequence: int | None
    services: tuple[str, ...] | None
    failed: bool
    changed: bool
    check_mode: bool
    code: str | None
    codes: tuple[str, ...]
    seconds: float
    from_change: float | None
    added: int | None = None
    removed: int | None = None
    more: int = 0
    read: float | None = None

    @property
    def words(self) -> str:
        """How it ended, for a log."""
        end = f"failed ({self.code or 'no code'})" if self.failed else "changed" if self.changed else "ok"
        members = "" if self.added is None else f", members +{self.added} -{self.removed or 0}"
        return f"{end}{members}, {self.seconds:.1f} s"


def event_line(event: Event) -> bytes:
    """The line of an event."""
    head = {"time": written(event.time), "kind": "event", "type": event.type, "sequence": event.sequence}
    tail = {"all": event.all, "waited": _rounded(event.waited), "cluster": cluster_name(event.cluster)}
    return _line(head, event.services, event.more, tail)


def run_line(run: Run) -> bytes:
    """The line of a run."""
    head = {"time": written(run.time), "kind": "run", "type": run.type, "sequence": run.sequence}
    tail = {
        "failed": run.failed,
        "changed": run.changed,
        "check_mode": run.check_mode,
        "code": run.code,
        "codes": list(run.codes[:_MOST_CODES]),
        "seconds": _rounded(run.seconds),
        "from_change": None if run.from_change is None else _rounded(run.from_change),
        "read": None if run.read is None else _rounded(run.read),
        "members_added": run.added,
        "members_removed": run.removed,
        "cluster": cluster_name(run.cluster),
    }
    return _line(head, run.services, run.more, tail)


def parse(line: bytes) -> Event | Run | None:
    """The event or the run of a line. None if the line is malformed, or of another kind."""
    try:
        value = _foreign.from_json(line, LONGEST)
        kind = value["kind"]
        return _event(value) if kind == "event" else _run(value) if kind == "run" else None
    except _foreign.SPOILED:
        return None


def append(path: str, line: bytes) -> None:
    """Append a line to the file, which only its owner may read if it is new. Raises OSError and ValueError."""
    # Without O_NONBLOCK, a pipe that no process reads would stop the caller.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
    file = os.open(path, flags, 0o600)
    try:
        if os.write(file, line) != len(line):
            raise OSError("the file system has no room for the whole line")
    finally:
        os.close(file)


def service_names(values: Iterable[object]) -> tuple[tuple[str, ...], int]:
    """The valid names namespace/name, and the number of the other values."""
    texts = [str(value) for value in values]
    names = tuple(text for text in texts if _SERVICE.fullmatch(text))
    return names, len(texts) - len(names)


def pairs(names: Iterable[str]) -> list[tuple[str, str]]:
    """Namespace and name of each of these names."""
    parts = (name.partition("/") for name in names)
    return [(namespace, name) for namespace, _slash, name in parts]


def code_text(value: object) -> str | None:
    """A code of a failure as the journal writes it; AS3's are numbers. None if it is not a valid code."""
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    return text if _CODE.fullmatch(text) else None


def cluster_name(value: object) -> str | None:
    """The name of a cluster as the journal writes it."""
    return value[:_LONGEST_CLUSTER] if isinstance(value, str) and value else None


def moment(text: str) -> float:
    """Seconds since 1970 of a time in ISO 8601; UTC if it has no zone. Raises ValueError."""
    time = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).timestamp()


def written(time: float) -> str:
    """A time (seconds since 1970) in ISO 8601. `moment` reads it."""
    text = datetime.fromtimestamp(time, timezone.utc).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _rounded(seconds: float) -> float:
    return round(seconds, 3)


def _line(
    head: Mapping[str, Any], services: Sequence[str] | None, more: int, tail: Mapping[str, Any]
) -> bytes:
    """One line with as many names as fit. `more` is the number of names that the caller left out."""

    def written(count: int) -> bytes:
        names = None if services is None else list(services[:count])
        left_out = more + len(services or ()) - count
        return json.dumps({**head, "services": names, "more": left_out, **tail}).encode() + b"\n"

    fitting = len(services or ())
    while len(line := written(fitting)) >= LONGEST and fitting:
        fitting = fitting * 3 // 4
    return line


def _event(value: Mapping[str, Any]) -> Event:
    services = _names(value["services"])
    if services is None:
        raise ValueError("services")
    return Event(
        moment(value["time"]),
        _optional_text(value["cluster"]),
        _type(value["type"]),
        _count(value["sequence"]),
        services,
        _flag(value["all"]),
        _seconds(value["waited"]),
        _count(value["more"]),
    )


def _run(value: Mapping[str, Any]) -> Run:
    def optional(name: str, convert: Any) -> Any:
        return None if value[name] is None else convert(value[name])

    return Run(
        time=moment(value["time"]),
        cluster=_optional_text(value["cluster"]),
        type=optional("type", _type),
        sequence=optional("sequence", _count),
        services=_names(value["services"]),
        failed=_flag(value["failed"]),
        changed=_flag(value["changed"]),
        check_mode=_flag(value["check_mode"]),
        code=optional("code", _code),
        codes=tuple(_code(code) for code in _list(value["codes"])[:_MOST_CODES]),
        seconds=_seconds(value["seconds"]),
        from_change=optional("from_change", _seconds),
        added=optional("members_added", _count),
        removed=optional("members_removed", _count),
        more=_count(value["more"]),
        read=optional("read", _seconds),
    )


def _optional_text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("a text")
    return value


def _names(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    names, wrong = service_names(_list(value))
    if wrong:
        raise ValueError("services")
    return names


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("a list")
    return value


def _type(value: object) -> str:
    if not isinstance(value, str) or value not in TYPES:
        raise ValueError("type")
    return value


def _code(value: object) -> str:
    code = code_text(value)
    if code is None:
        raise ValueError("code")
    return code


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("a boolean")
    return value


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise ValueError("a whole number")
    return value


def _seconds(value: object) -> float:
    number = _foreign.number(value)
    if number is None or not 0 <= number <= _MOST_SECONDS:
        raise ValueError("seconds")
    return number
