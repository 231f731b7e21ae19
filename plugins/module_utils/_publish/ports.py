# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The Protocols of the engine: the parts of BIG-IP, of the cluster and of the modules that it uses.

They are needed to check types only, so no module imports this file when it runs.
"""

from __future__ import annotations

from typing import Collection, Mapping, Protocol, Sequence

from .._as3.members import Key
from .._as3.types import Json, Object
from .._errors import Failure
from .._members.auto import Routable
from .._members.model import Pool
from .._members.source import Source
from .._plan import model
from .._request.labels import Service
from .._routes.model import Block


class MemberState(model.MemberState, Protocol):
    """The part of _bigip.ltm.MemberState in use."""

    @property
    def name(self) -> str: ...

    @property
    def route_domain(self) -> int | None: ...


class MemberStats(Protocol):
    """The part of _bigip.member.MemberStats in use."""

    @property
    def route_domain(self) -> int | None: ...

    @property
    def current_connections(self) -> int: ...


Devices = Mapping[str, Mapping[Key, MemberState]]
"""Pool path -> its members in LTM."""


class TenantResult(Protocol):
    """The part of _bigip.outcome.TenantResult in use. tenant is "" where AS3 names none."""

    @property
    def tenant(self) -> str: ...

    @property
    def code(self) -> int | str: ...

    @property
    def message(self) -> str: ...

    @property
    def response(self) -> str | None: ...

    @property
    def warnings(self) -> Sequence[str]: ...

    @property
    def errors(self) -> Sequence[str]: ...

    @property
    def dry_run(self) -> bool: ...

    @property
    def ok(self) -> bool: ...

    @property
    def changed(self) -> bool: ...

    @property
    def busy(self) -> bool: ...

    @property
    def lock_conflict(self) -> bool: ...


class Outcome(Protocol):
    """The part of _bigip.outcome.Outcome in use. known False: the result is unknown; why names the reason."""

    @property
    def results(self) -> Sequence[TenantResult]: ...

    @property
    def errors(self) -> Sequence[str]: ...

    @property
    def known(self) -> bool: ...

    @property
    def why(self) -> str | None: ...


class Writer(Protocol):
    """The part of _bigip.as3.As3 that POSTs need."""

    def info(self) -> Mapping[str, Json]: ...

    def submit(self, body: Mapping[str, Json], *, tenant: str | None = None) -> Outcome: ...

    def remove(self, tenant: str, application: str | None = None) -> Outcome: ...


class As3(Writer, Protocol):
    """The part of _bigip.as3.As3 in use."""

    def declaration(self, tenants: Collection[str] | None = None) -> dict[str, Object]: ...

    def others(self, tenants: Collection[str]) -> dict[str, Object]: ...


class SyncStatus(Protocol):
    """The part of _bigip.ltm.SyncStatus in use."""

    @property
    def mode(self) -> str: ...

    @property
    def status(self) -> str: ...

    @property
    def summary(self) -> str: ...


class Ltm(Protocol):
    """The part of _bigip.ltm.Ltm in use."""

    def pools(self, partitions: Collection[str] | None = None) -> Devices: ...

    def members_stats(self, pool: str) -> Mapping[Key, MemberStats]: ...

    def set_session(self, pool: str, member: str, session: str) -> None: ...

    def common_addresses(self) -> Sequence[str]: ...

    def sync_status(self) -> SyncStatus: ...


class ClusterReader(Protocol):
    """The part of _collect.cluster.Cluster in use."""

    def pools(
        self,
        sources: Sequence[Source],
        *,
        published: Mapping[str, str],
        pod_network_routable: Routable | None,
    ) -> Sequence[Pool | Failure]: ...

    def uid(self) -> str: ...

    def pod_networks(self) -> Sequence[Block]: ...

    def secret(self, namespace: str, name: str) -> Mapping[str, bytes]: ...

    def list_services(self, label_selector: str, namespaces: Sequence[str]) -> Sequence[Service]: ...

    @property
    def requests(self) -> int: ...
