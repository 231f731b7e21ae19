# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The options of `publish` and `as3_declaration`, read once from a module's parameters, each default once.

A unit test compares these defaults with the argument specs and with the documentation of the modules.
Options may hold secrets, so their classes have no repr.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Mapping, Sequence

from .._as3.types import Json, Object
from .._cis.options import NAMESPACES
from .._members.options import SOURCE_DEFAULTS
from .._ownership.owners import CisClaim
from .._plan.guards import Limits
from .._plan.model import Rules
from .._request.publishing import Items
from .._request.scope import scope


@dataclass(frozen=True, repr=False, eq=False)
class RunOptions:
    """The options of the engine, for both modules."""

    detect_drift: bool = Rules.detect_drift
    details: str = "changed"
    dry_run: bool = False
    on_error: str = "continue"
    progress_file: str | None = None
    sync_to_group: str | None = None
    tenants_per_post: int = 20
    timeout: float = 600
    wait_up: float = 30


@dataclass(frozen=True, repr=False, eq=False)
class PublishOptions:
    """The options of `publish`. source_defaults: the task's own options of a source."""

    adopt: str = Rules.adopt
    allow_unvalidated: bool = False
    applications: Items | None = None
    assume_cis_at_rest: Sequence[str] = ()
    bulk_create: bool = Rules.bulk_create
    cis_namespaces: Sequence[str] = NAMESPACES
    declaration: Json = None
    drain_timeout: float = Rules.drain_timeout
    empty_pool: str = Limits.empty_pool
    enforce_member_state: bool = Rules.enforce_member_state
    label_namespaces: Json = None
    max_removed_percent: int = Limits.max_removed_percent
    min_members: int = Limits.min_members
    only_services: Sequence[str] | None = None
    owner: str | None = None
    pools: Items | str | None = None
    prune: Json = False
    secret_namespaces: Sequence[str] | None = None
    state: str = Rules.state
    tenants: Mapping[str, Json] | None = None
    run: RunOptions = RunOptions()
    source_defaults: Mapping[str, Json] = field(default_factory=dict)

    @staticmethod
    def from_params(params: Mapping[str, Json]) -> PublishOptions:
        """The options of a task. Null, and an empty text in the place of a default, count as not set."""
        sources = {name: params[name] for name in SOURCE_DEFAULTS if params.get(name) is not None}
        run = RunOptions(**_given(RunOptions(), params))
        return PublishOptions(**_given(PublishOptions(), params), run=run, source_defaults=sources)

    @property
    def prune_scope(self) -> str | None:
        """The scope of prune; None where its value is not valid."""
        return scope(self.prune)

    @property
    def dry_run(self) -> bool:
        return self.run.dry_run

    def rules(self, owner: str, cluster: str | None, claims: Sequence[CisClaim] = ()) -> Rules:
        """The rules of this task. cluster: its UID."""
        return Rules(
            state=self.state,
            owner=owner,
            cluster=cluster,
            adopt=self.adopt,
            bulk_create=self.bulk_create,
            limits=Limits(self.empty_pool, self.min_members, self.max_removed_percent),
            claims=tuple(claims),
            detect_drift=self.run.detect_drift,
            drain_timeout=self.drain_timeout,
            enforce_member_state=self.enforce_member_state,
        )


@dataclass(frozen=True, repr=False, eq=False)
class DeclarationOptions:
    """The options of `as3_declaration`. emptied: those that were given without a value."""

    adopt: str = Rules.adopt
    application: str | None = None
    content: Json = None
    state: str = Rules.state
    tenant: str | None = None
    run: RunOptions = RunOptions()
    emptied: Sequence[str] = ()

    @staticmethod
    def from_params(params: Mapping[str, Json]) -> DeclarationOptions:
        """The options of a task. Of content, tenant and application, params has only what was given."""
        named = [name for name in ("content", "tenant", "application") if name in params]
        emptied = [name for name in named if params[name] is None or not str(params[name]).strip()]
        run = RunOptions(**_given(RunOptions(), params))
        return DeclarationOptions(**_given(DeclarationOptions(), params), run=run, emptied=emptied)

    @property
    def absent(self) -> bool:
        return self.state == "absent"


def _given(defaults: RunOptions | PublishOptions | DeclarationOptions, params: Mapping[str, Json]) -> Object:
    """The parameters that this class has and that are set."""
    set_values: Object = {}
    for one in fields(defaults):
        value = params.get(one.name)
        if value is None or value == "" and getattr(defaults, one.name):
            continue
        set_values[one.name] = value
    return set_values
