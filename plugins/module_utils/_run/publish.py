# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Joins the engine of `publish` with the real cluster and the real BIG-IP."""

from __future__ import annotations

import contextlib
import functools
import time
from dataclasses import replace
from typing import Any, Callable, ContextManager, Iterable, Iterator, Mapping

from .._bigip import transport
from .._bigip.as3 import As3
from .._bigip.config_sync import synchronise
from .._bigip.ltm import Ltm
from .._bigip.session import Session
from .._collect.cluster import Cluster
from .._deadline import Deadline
from .._kube import client
from .._ownership.owners import CisClaim
from .._plan.tenant import plan
from .._publish.cluster_goals import ClusterGoals
from .._publish.engine import Engine, Parts
from .._publish.interfaces import BigIp, Interfaces, Kubernetes
from .._publish.options import PublishOptions
from .._publish.pod_paths import PodPaths
from .._publish.progress import progress
from .._publish.result import result
from .._request import publishing
from .._request.removal import RemovalRequest

Hide = Callable[[Iterable[str]], None]


def preload() -> None:
    """Import the packages that each run needs, for several runs. Raises ImportError."""
    client.preload()
    transport.preload()


def publish(params: Mapping[str, Any], hide: Hide, check_mode: bool) -> dict[str, Any]:
    """The result of publish; it holds `failure` if the task must fail."""
    began = time.time()
    options = PublishOptions.from_params(params)
    deadline = Deadline(options.run.timeout)
    warnings: list[str] = []

    @contextlib.contextmanager
    def bigip() -> Iterator[BigIp]:
        with Session(params["provider"], deadline, hide) as session:
            ltm = Ltm(session)
            sync = functools.partial(synchronise, session)
            yield BigIp(As3(session), ltm, PodPaths(ltm), sync, session.requests, session.warnings)

    @contextlib.contextmanager
    def kubernetes() -> Iterator[Kubernetes]:
        with Cluster(params, deadline, warnings.append) as cluster:

            def cis_claims() -> list[CisClaim]:
                from .._collect.claims import CisClaims  # few runs need it

                return CisClaims(cluster, options.cis_namespaces, warnings.append).read()

            yield Kubernetes(cluster, cis_claims)

    write = progress(options.run.progress_file, warnings.append)
    interfaces = Interfaces(bigip, deadline, warnings, hide, write)
    returned = run(options, interfaces, kubernetes, check_mode)
    returned["timings"]["began"] = round(began, 3)
    return returned


def run(
    options: PublishOptions,
    interfaces: Interfaces,
    kubernetes: Callable[[], ContextManager[Kubernetes]],
    check_mode: bool,
) -> dict[str, Any]:
    """One run of publish against these interfaces."""
    request = publishing.check(options, check_mode)
    if isinstance(request, RemovalRequest):
        from .._publish.removal_goals import RemovalGoals  # state: present needs none

        parts = Parts(request, RemovalGoals(options, request, kubernetes), plan, result)
        run_options = replace(options.run, detect_drift=False)  # nothing is restored
    else:
        parts = Parts(request, ClusterGoals(options, request, interfaces, kubernetes), plan, result)
        run_options = options.run
    return Engine(parts, run_options, interfaces, check_mode).run()
