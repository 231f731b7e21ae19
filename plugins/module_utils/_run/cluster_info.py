# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module cluster_info: read the cluster and its Supervisor, and report the facts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any, Mapping

from .._boundary.parameters import field_values
from .._cis.options import NAMESPACES
from .._cluster import supervisor as supervisors
from .._cluster import supervisor_api
from .._cluster.reader import Reader
from .._cluster.workload import WorkloadCluster
from .._deadline import Deadline
from .._facts.facts import Facts
from .._facts.report import report
from .._kube.client import Client


@dataclass(frozen=True)
class ClusterInfoOptions:
    """The options beside those of the connections."""

    cis_namespaces: tuple[str, ...] = NAMESPACES
    supervisor_namespace: str | None = None
    cluster_name: str | None = None
    timeout: float = 60

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> ClusterInfoOptions:
        return cls(**field_values(cls, params))


def cluster_info(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the module's result for its parameters."""
    options = ClusterInfoOptions.from_params(params)
    deadline = Deadline(options.timeout)
    warnings: list[str] = []
    with closing(Client(params, deadline)) as client:
        client.warn = warnings.append
        cluster = WorkloadCluster(Reader(client), options.cis_namespaces)
        base = cluster.base()
        requests = client.requests
    supervisor = None
    above = supervisor_api.connect(params, deadline)
    if above is not None:
        with closing(above):
            # REQUIRED_BY: a connection comes with both names.
            names = str(options.supervisor_namespace), str(options.cluster_name)
            supervisor = supervisors.read(Reader(above), *names)
            requests += above.requests
    facts = Facts(supervisor=supervisor, **base)
    warnings += cluster.warnings
    return {"changed": False, **report(facts), "requests": requests, "warnings": warnings}
