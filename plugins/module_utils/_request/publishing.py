# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The request of `publish`: everything that can be refused before anything is read."""

from __future__ import annotations

from typing import Mapping, NamedTuple, Protocol, Sequence

from .._as3.names import LOCK
from .._as3.types import Json
from .._foreign import is_deep
from . import build, from_secret, only, removal, template, validate
from .scope import NONE, OWNER
from .sources import Sources
from .wanted import Namespaces, Place, Problems, Wanted

Items = Sequence[Mapping[str, Json]]


class PublishInput(removal.RemovalInput, Protocol):
    """The options of `publish` that say what to publish."""

    @property
    def pools(self) -> Items | str | None: ...

    @property
    def label_namespaces(self) -> Json: ...

    @property
    def secret_namespaces(self) -> Sequence[str] | None: ...

    @property
    def only_services(self) -> Sequence[str] | None: ...

    @property
    def assume_cis_at_rest(self) -> Sequence[str]: ...

    @property
    def dry_run(self) -> bool: ...

    @property
    def allow_unvalidated(self) -> bool: ...

    @property
    def source_defaults(self) -> Mapping[str, Json]: ...


class PublishRequest(NamedTuple):
    """The applications to publish.

    tenants  those that AS3 can have
    prune    with only_services, none: such a request does not list everything
    labelled tenant -> the namespaces whose Services may fill its pools by their labels
    only     the Services of only_services; None: all applications
    """

    wanted: Wanted
    tenants: Sequence[str]
    prune: str
    labelled: Namespaces
    sources: Sources
    only: only.Services | None


def check(options: PublishInput, check_mode: bool) -> PublishRequest | removal.RemovalRequest:
    """The request, without a fault. Raises Failure with all that is wrong."""
    problems = Problems()
    _refuse_deep(options, problems)
    if options.dry_run and not check_mode:
        hint = 'Run with --check, or set dry_run: "{{ ansible_check_mode }}"'
        text = f"is for check mode only. Otherwise the run would publish, whatever AS3 reports first. {hint}"
        problems.add("dry_run", text)
    if options.state != "present" or (options.prune_scope or NONE) != NONE:
        removal.refuse_empty(options, problems)
    services = only.check(options.only_services, options.state, problems)
    if options.state != "present":
        return removal.request(options, problems)
    wanted = Wanted()
    with wanted.warning_with_failure():
        return _present(options, wanted, services, check_mode, problems)


def _refuse_deep(options: PublishInput, problems: Problems) -> None:
    """Alone and first: the other checks walk through these values."""
    for name, value in (
        ("applications", options.applications),
        ("tenants", options.tenants),
        ("pools", options.pools),
    ):
        if is_deep(value):
            problems.add(name, template.TOO_DEEP)
    problems.raise_if_any()


def _present(
    options: PublishInput,
    wanted: Wanted,
    services: only.Services | None,
    check_mode: bool,
    problems: Problems,
) -> PublishRequest:
    if options.assume_cis_at_rest and not check_mode:
        text = "is for check mode only: it predicts what a run does once these CIS are scaled to 0"
        problems.add("assume_cis_at_rest", text)
    if not options.applications and not options.declaration:
        problems.add("applications", "is missing: give applications, or a declaration")
    _add_properties(wanted, options.tenants or {}, problems)
    build.add_items(wanted, options.applications or [], problems)
    labelled = _add_declaration(wanted, options, problems)
    validate.check(wanted, problems)
    validate.member_warnings(wanted)
    _warn_of_empty_tenants(wanted)
    _check_prune(wanted, options, problems)
    for tenant in wanted.properties:
        if tenant not in wanted.applications:
            problems.add(f"tenants.{tenant}", "names a tenant in which nothing is published")
    from_secret.check(wanted, options.secret_namespaces, _by_application(wanted, labelled), problems)
    problems.raise_if_any()
    sources = Sources(options.source_defaults, options.allow_unvalidated)
    for pool in wanted.cluster_pools:
        sources.of(pool)
    prune = options.prune_scope or NONE
    if services is not None:
        labelled = only.restrict(wanted, labelled, sources, services)
        prune = NONE
    tenants = wanted.possible(wanted.tenants, [])  # a reserved name is held since it was added
    return PublishRequest(wanted, tenants, prune, labelled, sources, services)


def _add_properties(wanted: Wanted, tenants: Mapping[str, Json], problems: Problems) -> None:
    for tenant, properties in tenants.items():
        if isinstance(properties, dict):
            own = {key: value for key, value in properties.items() if key not in ("class", LOCK)}
            wanted.properties[tenant] = own
        else:
            problems.add(f"tenants.{tenant}", "must be a dictionary of AS3 Tenant properties")


def _add_declaration(wanted: Wanted, options: PublishInput, problems: Problems) -> Namespaces:
    """Returns the namespaces of the Services that may fill pools by their labels."""
    pools = options.pools
    if not options.declaration:
        if pools:
            problems.add("pools", "fills the pools of a declaration, but there is no declaration")
        return {}
    if isinstance(pools, str):
        hint = "leave the key out if Services name them by their labels"
        problems.add("pools", f"is empty: name the pools of the declaration to fill, or {hint}")
        return {}
    template.add(wanted, options.declaration, pools, problems)
    if pools is not None:
        return {}
    from . import labels  # few runs need it

    return labels.namespaces(wanted, options.label_namespaces, problems)


def _by_application(wanted: Wanted, labelled: Namespaces) -> Mapping[Place, Sequence[str]]:
    """By application, the namespaces whose Services may fill its pools by their labels."""
    if not labelled:
        return {}
    from . import labels

    return labels.by_application(wanted, labelled)


def _warn_of_empty_tenants(wanted: Wanted) -> None:
    for tenant, applications in wanted.applications.items():
        if not applications:
            text = "has no application and is left alone. state: absent removes what is yours in it."
            wanted.warnings.append(f"Tenant {tenant} of the declaration {text}")


def _check_prune(wanted: Wanted, options: PublishInput, problems: Problems) -> None:
    if options.prune_scope is None:
        problems.add("prune", f"is {options.prune!r}: set it to false, true or owner")
    elif options.prune_scope == OWNER and not any(wanted.applications.values()) and not problems.found:
        text = "is owner, but no application is listed: every application of the owner would be removed."
        problems.add("prune", f"{text} Use state: absent for that")
