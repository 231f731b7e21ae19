# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The mark in an application's constants: who published it, and from what.

AS3 keeps it, and configures nothing from it.

    "constants": {"class": "Constants", "vks_bigip": {"owner": ..., "cluster": ..., "pool_member_type": ...,
                  "pools": {"web_pool": {"service": "default/web:80/TCP", "pool_member_type": "nodeport",
                                         "route_domain": 2}},
                  "disabled_by_hand": {"web_pool": ["192.0.2.1:30080"]},
                  "draining": {"web_pool": ["192.0.2.2:30080"]},
                  "from_secret": ["/web_cert/certificate"],
                  "secrets": {"web_cert/passphrase": "pbkdf2-sha256$600000$<salt>$<digest>"}}}

pools             the source of each pool: its Service, its mode, and the options that decide its members and
                  are not the defaults
from_secret       the places of values that came from a Secret and that are not masked anyway (origin.py).
                  Marks of earlier releases have none
disabled_by_hand  the members whose stored adminState repeats what an operator set on BIG-IP
draining          the members that publish disables on BIG-IP until their connections are closed

The mark holds no time and no version, and the comparison of applications leaves it out. Only `differs` causes
a POST for the mark alone. Another writer may store any value in it, so each reader here checks the types.
"""

from __future__ import annotations

from typing import Mapping

WORD = "vks_bigip"
PATH = f"constants/{WORD}"
_SOURCE = ("service", "pool_member_type")

Application = dict[str, object]
"""An AS3 Application, as JSON."""
Mark = dict[str, object]
"""The value of WORD in an application's constants, as JSON."""


def of(application: object) -> Mark | None:
    """The mark of a stored application; None if it has none."""
    mark = _mapping(_mapping(application).get("constants")).get(WORD)
    return mark if isinstance(mark, dict) and isinstance(mark.get("owner"), str) else None


def owner(application: object) -> str | None:
    """Who published this application; None for one that is not marked."""
    mark = of(application)
    return None if mark is None else str(mark["owner"])


def put(application: Application, mark: Mark) -> Application:
    """A copy with this mark; other constants stay."""
    constants = _mapping(application.get("constants"))
    others = {key: value for key, value in constants.items() if key != "class"}
    return {**application, "constants": {"class": "Constants", **others, WORD: mark}}


def without(application: Application) -> Application:
    """A copy without the mark, and without constants that held nothing else."""
    constants = _mapping(application.get("constants"))
    if WORD not in constants:
        return dict(application)
    others = {key: value for key, value in constants.items() if key != WORD}
    unmarked = {key: value for key, value in application.items() if key != "constants"}
    return {**unmarked, "constants": others} if set(others) - {"class"} else unmarked


def applications(tenant: Mapping[str, object] | None) -> dict[str, Application]:
    """The applications of an AS3 Tenant."""
    return {
        name: value
        for name, value in _mapping(tenant).items()
        if isinstance(value, dict) and value.get("class") == "Application"
    }


def application(tenant: Mapping[str, object] | None, name: str) -> Application | None:
    """One application of a tenant, which may have tens of thousands."""
    value = (tenant or {}).get(name)
    return value if isinstance(value, dict) and value.get("class") == "Application" else None


def modes(application: object) -> dict[str, str]:
    """Pool -> pool_member_type with which it was published; "" for pools that the mark does not name."""
    mark = of(application) or {}
    known = {name: value.get("pool_member_type") for name, value in _pools(mark).items()}
    every = {"": mark.get("pool_member_type"), **known}
    return {name: str(mode) for name, mode in every.items() if mode}


def with_source(mark: Mark, pool: str, before: Mark | None) -> Mark:
    """A copy in which this pool's source is that of an earlier mark, or unknown."""
    others = {name: value for name, value in _mapping(mark.get("pools")).items() if name != pool}
    earlier = _pools(before or {}).get(pool)
    return {**mark, "pools": others if earlier is None else {**others, pool: earlier}}


def source(application: object, pool: str) -> tuple[str | None, str | None]:
    """(service, pool_member_type) that filled this pool last, as far as the mark records it."""
    value = _pools(of(application) or {}).get(pool, {})
    service, mode = (value.get(name) for name in _SOURCE)
    return service if isinstance(service, str) else None, mode if isinstance(mode, str) else None


def services(application: object) -> set[str]:
    """The Services (namespace/name) that filled its pools last, as far as the mark records them."""
    texts = [value.get("service") for value in _pools(of(application) or {}).values()]
    return {text.partition(":")[0] for text in texts if isinstance(text, str)}


def options(application: object, pool: str) -> dict[str, object]:
    """The options that decided the members of this pool last, where they were not the defaults.

    Earlier releases recorded none.
    """
    value = _pools(of(application) or {}).get(pool, {})
    return {name: option for name, option in value.items() if name not in _SOURCE}


def draining(application: object, pool: str) -> frozenset[str]:
    """The members of this pool that publish disables, not an operator."""
    return frozenset(_texts(_mapping((of(application) or {}).get("draining")).get(pool)))


def with_draining(mark: Mark, members: Mapping[str, list[str]]) -> Mark:
    """A copy that names these members as draining, by pool, and no others."""
    return _naming(mark, "draining", members)


def by_hand(application: object, pool: str) -> frozenset[str]:
    """The members of this pool ("10.0.0.1:8080") whose stored adminState is that of an operator."""
    return frozenset(_texts(_mapping((of(application) or {}).get("disabled_by_hand")).get(pool)))


def with_by_hand(mark: Mark, members: Mapping[str, list[str]]) -> Mark:
    """A copy that names these members, by pool, and no others."""
    return _naming(mark, "disabled_by_hand", members)


def _naming(mark: Mark, word: str, members: Mapping[str, list[str]]) -> Mark:
    others = {name: value for name, value in mark.items() if name != word}
    named = {pool: texts for pool, texts in sorted(members.items()) if texts}
    return {**others, word: named} if named else others


def from_secret(application: object) -> list[str]:
    """The places of values that came from a Secret, as JSON pointers below the application."""
    return [place for place in _texts((of(application) or {}).get("from_secret")) if place.startswith("/")]


def with_digests(application: Application, digests: Mapping[str, str]) -> Application:
    """A copy of a marked application with these digests of its secrets."""
    mark = of(application)
    if mark is None:
        return application
    others = {name: value for name, value in mark.items() if name != "secrets"}
    return put(application, {**others, "secrets": dict(digests)} if digests else others)


def differs(stored: object, wanted: object) -> bool:
    """True if later runs and other modules decide differently by the wanted mark than by the stored one.

    These count: the options, the members disabled by hand, those that drain, the places of values from
    Secrets. The mode does not count, because auto may choose it anew. An option at its default is not
    recorded, as in earlier releases.
    """
    return judged_by(stored) != judged_by(wanted) or from_secret(stored) != from_secret(wanted)


def judged_by(application: object) -> dict[str, Mark]:
    """By pool, what counts in `differs`; pools without such an entry are left out."""
    mark = of(application) or {}
    judged: dict[str, Mark] = {}
    members = {**_mapping(mark.get("disabled_by_hand")), **_mapping(mark.get("draining"))}
    for pool in {**_mapping(mark.get("pools")), **members}:
        named, ending = by_hand(application, pool), draining(application, pool)
        judged[pool] = {
            **options(application, pool),
            **({"disabled_by_hand": sorted(named)} if named else {}),
            **({"draining": sorted(ending)} if ending else {}),
        }
    return {pool: value for pool, value in judged.items() if value}


def _pools(mark: Mark) -> dict[str, dict[str, object]]:
    """The sources that have the form of one, by pool."""
    return {name: value for name, value in _mapping(mark.get("pools")).items() if isinstance(value, dict)}


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
