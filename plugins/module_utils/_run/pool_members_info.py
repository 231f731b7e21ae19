# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module pool_members_info."""

from __future__ import annotations

from collections import Counter
from typing import Any, Callable, Mapping, Sequence

from .._collect.cluster import Cluster
from .._deadline import Deadline
from .._errors import Failure
from .._members.model import Pool, Source
from .._members.reasons import failure


def pool_members_info(params: Mapping[str, Any], warn: Callable[[str], None]) -> dict[str, Any]:
    """The module's result for its parameters."""
    with Cluster(params, Deadline(params["timeout"]), warn) as cluster:
        if params["pools"] is not None:
            sources = [Source.from_options(item, params, f"pools[{index}]") for index, item in enumerate(params["pools"])]
            pools = _all_or_failure(cluster.pools(sources))
            result: dict[str, Any] = {}
        else:
            pools, refused = cluster.discover(params, params["namespaces"], params["label_selector"])
            result = {"not_served": [_not_served(source, reason) for source, reason in refused]}
        for pool in pools:
            for text in pool.warnings:
                warn(f"{pool.namespace}/{pool.service} port {pool.port}: {text}")
        return {"changed": False, "pools": [pool.as_dict() for pool in pools], "summary": _summary(pools, cluster.requests), **result}


def _all_or_failure(outcomes: Sequence[Pool | Failure]) -> list[Pool]:
    failed = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    if len(failed) == 1:
        raise failed[0]
    if failed:
        said = " ".join(item.message for item in failed)
        raise failure("pools_failed", f"{len(failed)} of {len(outcomes)} pools failed", said=said, pools=[item.as_dict() for item in failed])
    return [outcome for outcome in outcomes if isinstance(outcome, Pool)]


def _not_served(source: Source, reason: Failure) -> dict[str, Any]:
    return {"namespace": source.namespace, "service": source.name, "port": source.port, "reason": reason.code, "message": reason.message}


def _summary(pools: Sequence[Pool], requests: int) -> dict[str, Any]:
    return {
        "pools": len(pools),
        "members": sum(len(pool.members) for pool in pools),
        "left_out": dict(sorted(Counter(item.reason for pool in pools for item in pool.left_out).items())),
        "pool_member_types": dict(sorted(Counter(pool.pool_member_type for pool in pools).items())),
        "requests": requests,
    }
