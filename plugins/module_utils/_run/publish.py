# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Joins the engine of `publish` with the real cluster and the real BIG-IP."""

from __future__ import annotations

import contextlib
import functools
from typing import Any, Callable, Iterable, Iterator, Mapping

from .._bigip.as3 import As3
from .._bigip.config_sync import synchronise
from .._bigip.ltm import Ltm
from .._bigip.session import Session
from .._collect.claims import CisClaims
from .._collect.cluster import Cluster
from .._deadline import Deadline
from .._members.model import Source
from .._publish import ports
from .._publish.progress import progress
from .._publish.routable import routable


def edges(options: Mapping[str, Any], hide: Callable[[Iterable[str]], None]) -> ports.Edges:
    """The outside of one task."""
    deadline = Deadline(float(options["timeout"]))
    warnings: list[str] = []

    @contextlib.contextmanager
    def kubernetes() -> Iterator[ports.Kubernetes]:
        with Cluster(options, deadline, warnings.append) as cluster:
            claims = CisClaims(cluster, options["cis_namespaces"], warnings.append)
            yield ports.Kubernetes(cluster, claims.read)

    @contextlib.contextmanager
    def bigip() -> Iterator[ports.BigIp]:
        with Session(options["provider"], deadline, hide) as session:
            ltm = Ltm(session)
            sync = functools.partial(synchronise, session)
            yield ports.BigIp(As3(session), ltm, routable(ltm), sync, session.requests, session.warnings)

    return ports.Edges(
        kubernetes=kubernetes,
        bigip=bigip,
        source=lambda item, path: Source.from_options(item, options, path),
        deadline=deadline,
        hide=hide,
        progress=progress(options.get("progress_file"), warnings.append),
        warnings=warnings,
    )
