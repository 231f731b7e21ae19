# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module pool_members_info: the pools of the listed sources, or of each Service port."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Sequence

from .._boundary.parameters import field_values
from .._collect.cluster import Cluster
from .._deadline import Deadline
from .._errors import Failure
from .._members.model import Pool
from .._members.reasons import failure
from .._members.source import Source


@dataclass(frozen=True)
class PoolMembersOptions:
    """`parameters`: all of them, with the options of the connection and the defaults of a pool's source."""

    parameters: Mapping[str, Any]
    pools: tuple[Mapping[str, Any], ...] | None = None
    namespaces: tuple[str, ...] | None = None
    label_selector: str | None = None
    timeout: float = 120

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> PoolMembersOptions:
        return cls(**field_values(cls, {**params, "parameters": params}))


def pool_members_info(params: Mapping[str, Any], warn: Callable[[str], None]) -> dict[str, Any]:
    """Return the module's result for its parameters."""
    options = PoolMembersOptions.from_params(params)
    with Cluster(params, Deadline(options.timeout), warn) as cluster:
        result: dict[str, Any] = {}
        if options.pools is not None:
            pools = _all_or_failure(cluster.pools(_sources(options)))
        else:
            pools, refused = cluster.discover(params, options.namespaces, options.label_selector)
            result["not_served"] = [_not_served(source, reason) for source, reason in refused]
        for pool in pools:
            for text in pool.warnings:
                warn(f"{pool.namespace}/{pool.service} port {pool.port}: {text}")
        shown = [pool.as_dict() for pool in pools]
        return {"changed": False, "pools": shown, "summary": _summary(pools, cluster.requests), **result}


def _sources(options: PoolMembersOptions) -> list[Source]:
    return [
        Source.from_options(item, options.parameters, f"pools[{number}]")
        for number, item in enumerate(options.pools or ())
    ]


def _all_or_failure(outcomes: Sequence[Pool | Failure]) -> list[Pool]:
    failed = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    if len(failed) == 1:
        raise failed[0]
    if failed:
        said = " ".join(item.message for item in failed)
        raise failure(
            "pools_failed",
            f"{len(failed)} of {len(outcomes)} pools failed",
            said=said,
            pools=[item.as_dict() for item in failed],
        )
    return [outcome for outcome in outcomes if isinstance(outcome, Pool)]


def _not_served(source: Source, reason: Failure) -> dict[str, Any]:
    return {
        "namespace": source.namespace,
        "service": source.name,
        "port": source.port,
        "reason": reason.code,
        "message": reason.message,
    }


def _summary(pools: Sequence[Pool], requests: int) -> dict[str, Any]:
    return {
        "pools": len(pools),
        "members": sum(len(pool.members) for pool in pools),
        "left_out": dict(sorted(Counter(item.reason for pool in pools for item in pool.left_out).items())),
        "pool_member_types": dict(sorted(Counter(pool.mode for pool in pools).items())),
        "requests": requests,
    }
