# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The option only_services of `publish`: only the applications whose pools get members from these Services.

The input is checked before it is restricted. So a fault of any application is reported.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Collection, Iterable, Mapping, Sequence

from .._as3.types import Json
from .._errors import some
from .._ownership import mark
from .sources import Sources
from .wanted import Namespaces, Place, Problems, Wanted

if TYPE_CHECKING:
    from .labels import Service

OPTION = "only_services"
Services = Collection[str]
"""Each as namespace/name."""
NAME = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_SERVICE = re.compile(f"{NAME}/{NAME}")


def check(services: Sequence[str] | None, state: str, problems: Problems) -> frozenset[str] | None:
    """The Services of this option; None if it is not given, which means all applications."""
    if services is None:
        return None
    wrong = [service for service in services if not _SERVICE.fullmatch(str(service))]
    if state != "present":
        problems.add(OPTION, f"is for state: present only: omit it for state: {state}")
    elif not services:
        problems.add(OPTION, "is empty, which never means all: omit it to publish all applications")
    elif wrong:
        named = some(f"{service!r:.60}" for service in wrong)
        problems.add(OPTION, f"has {named}: name each Service as namespace/name, such as shop/web")
    return frozenset(map(str, services))


def restrict(wanted: Wanted, labelled: Namespaces, sources: Sources, services: Services) -> Namespaces:
    """Leave out the applications that cannot have a pool of these Services.

    Returns the part of labelled that is still needed. An application whose pools labels may fill stays until
    the Services are read (`restrict_labelled`).
    """
    places = _by_source(wanted, sources, services)
    if labelled:
        from . import labels  # few runs need it

        to_fill = labels.by_application(wanted, labelled)
        own = {service.partition("/")[0] for service in services}
        places |= {place for place, namespaces in to_fill.items() if own & set(namespaces)}
        left = {tenant for tenant, _name in places & set(to_fill)}
        labelled = {tenant: namespaces for tenant, namespaces in labelled.items() if tenant in left}
    wanted.restrict(places)
    return labelled


def restrict_labelled(
    wanted: Wanted,
    labelled: Namespaces,
    sources: Sources,
    services: Services,
    found: Iterable[Service],
    stored: Mapping[str, Mapping[str, Json]],
) -> None:
    """Leave out the applications without a pool of these Services, before labels fill pools.

    found   the Services that have the labels
    stored  the tenants of BIG-IP. A Service that a mark there names filled a pool before. It may have lost
            its labels, or no longer exist
    """
    from . import labels

    places = _by_source(wanted, sources, services)
    for service in found:
        tenant, name, _pool = (service.labels.get(label, "") for label in labels.LABELS)
        if _text(service) in services and service.namespace in labelled.get(tenant, ()):
            places.add((tenant, name))
    for tenant, name in labels.by_application(wanted, labelled):
        if mark.services(stored.get(tenant, {}).get(name)) & set(services):
            places.add((tenant, name))
    wanted.restrict(places)


def _by_source(wanted: Wanted, sources: Sources, services: Services) -> set[Place]:
    return {
        (pool.tenant, pool.application)
        for pool in wanted.cluster_pools
        if sources.of(pool).service_name in services
    }


def _text(service: Service) -> str:
    return f"{service.namespace}/{service.name}"
