# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The report of the role verify about the pools that it read and the requests that it sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import pools


def report(read: Mapping[str, Any]) -> dict[str, Any]:
    """`found` pools, whether some are `not_up`, `faults`, and a `summary`: lines for tenants and requests.

    read: `options`; `results` of the query of each read; `answers` to the requests.
    """
    options, results = read["options"], read["results"]
    on_bigip = list(dict.fromkeys(name for result in results for name in result["names"]))
    not_up = [one for result in results for one in result["not_up"]]
    up = {name: counts for result in results for name, counts in result["up"]}
    return {
        "found": sorted(on_bigip),
        "not_up": bool(not_up),
        "faults": [*_faults(not_up, options["min_members"]), *_missing(options, on_bigip)],
        "summary": [*_tenants(up), *(_request(answer) for answer in read["answers"])],
    }


def _faults(not_up: Sequence[Mapping[str, Any]], min_members: int) -> Iterator[str]:
    yield from (str(one["message"]) for one in not_up if not one["few"])
    for one in not_up:
        if one["few"]:
            yield f"{one['message']} At least {min_members} should be up."


def _missing(options: Mapping[str, Any], on_bigip: Sequence[str]) -> Iterator[str]:
    names = pools.names(options)
    for name in pools.are_pools(names):
        if name not in on_bigip:
            yield f"/{name} is not on BIG-IP: publish it first."
    if not names and not on_bigip:
        yield "No pool on BIG-IP matches: publish first, or look at what was selected."


def _tenants(up: Mapping[str, Sequence[int]]) -> Iterator[str]:
    for tenant in sorted({name.partition("/")[0] for name in up}):
        counts = [count for name, count in up.items() if name.startswith(f"{tenant}/")]
        members, disabled = (sum(count[index] for count in counts) for index in (0, 1))
        yield (
            f"{tenant}: {members} {'member is' if members == 1 else 'members are'} up"
            f"{f', {disabled} disabled by an operator,' if disabled else ''}"
            f" in {len(counts)} {'pool' if len(counts) == 1 else 'pools'}"
        )


def _request(answer: Mapping[str, Any]) -> str:
    sent = answer["sent"]
    return f"{answer['url']}: {answer['good']} of {sent} {'answer was' if sent == 1 else 'answers were'} good"
