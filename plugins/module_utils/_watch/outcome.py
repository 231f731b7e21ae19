# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The Run that a task of publish was: from its result, its arguments and the event that caused it.

The event is data. It is neither a template nor a path here, and only checked names and numbers of it get
into the journal.
"""

from __future__ import annotations

from typing import Any, Mapping

from .. import _foreign
from .journal import TYPES, Run, cluster_name, code_text, moment, service_names

_MOST_FROM_CHANGE = 86400.0  # seconds; more is a clock that differs


def ended(
    result: Mapping[str, Any],
    arguments: Mapping[str, Any],
    eda: object,
    *,
    check_mode: bool,
    seconds: float,
    now: float,
) -> Run:
    """The run that ended at `now` (seconds since 1970) after so many seconds.

    eda  the variable ansible_eda, which ansible-rulebook sets
    """
    failure = _mapping(result.get("failure"))
    counts = _mapping(result.get("counts"))
    event = _mapping(_mapping(eda).get("event"))
    of_source = _mapping(event.get("vks"))
    services, more = _services(arguments.get("only_services"))
    return Run(
        time=now,
        cluster=cluster_name(of_source.get("cluster")),
        type=_one_of_types(of_source.get("type")),
        sequence=_count(of_source.get("sequence")),
        services=services,
        failed=bool(result.get("failed") or result.get("unreachable")),
        changed=bool(result.get("changed")),
        check_mode=check_mode,
        code=code_text(failure.get("code")),
        codes=_codes(failure.get("tenants")),
        seconds=seconds,
        from_change=_from_change(event, now),
        added=_count(counts.get("members_added")),
        removed=_count(counts.get("members_removed")),
        more=more,
        read=_read(_mapping(result.get("timings")).get("began"), seconds, now),
    )


def _services(value: object) -> tuple[tuple[str, ...] | None, int]:
    """The names of only_services, a list or its items with commas, and the number of values that are not names."""
    if value is None or value == "":
        return None, 0
    items = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]
    return service_names(str(item).strip() for item in items)


def _codes(tenants: object) -> tuple[str, ...]:
    entries = tenants if isinstance(tenants, list) else []
    codes = {code_text(_mapping(entry).get("code")) for entry in entries}
    return tuple(sorted(code for code in codes if code))


def _from_change(event: Mapping[str, Any], now: float) -> float | None:
    """Seconds from the first change, which preceded the event by `waited`, until now."""
    received = _mapping(event.get("meta")).get("received_at")
    waited = _foreign.number(_mapping(event.get("vks")).get("waited"))
    if not isinstance(received, str) or waited is None:
        return None
    try:
        seconds = now - moment(received) + waited
    except _foreign.SPOILED:
        return None
    return seconds if 0 <= seconds <= _MOST_FROM_CHANGE else None


def _read(began: object, seconds: float, now: float) -> float | None:
    """Seconds since the run began to read. None if it began outside of the task: then a clock was set, or differs."""
    time = _foreign.number(began)
    return now - time if time is not None and 0 <= now - time <= seconds else None


def _one_of_types(value: object) -> str | None:
    return value if isinstance(value, str) and value in TYPES else None


def _count(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
    return int(value) if whole else None  # type: ignore[call-overload]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
