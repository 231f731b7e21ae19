# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The AS numbers of a run, and the checks of BIG-IP's routing before the first change."""

from __future__ import annotations

from typing import Iterable

from .._errors import Failure
from .model import ANTREA, DEFAULT_AS, Cluster, Object, Speaker
from .options import PodBgpOptions

SWITCH = "tmrouted.tmos.routing"
_UNCHANGED = "Nothing was changed."
_LARGEST_OF_ANTREA = 65535


def as_number(cluster: Cluster, options: PodBgpOptions, owner: str) -> int:
    """The AS number of the nodes. Raises Failure if the BGPConfiguration has another one."""
    if cluster.cni == ANTREA:
        own = next((one for one in cluster.of_kind("BGPPolicy") if one.owner == owner), None)
        number = options.as_number or _number(own, "localASN") or DEFAULT_AS
        _check_antrea("as_number", number)
        return number
    configuration = cluster.find("BGPConfiguration", "default")
    if configuration is None:
        return options.as_number or DEFAULT_AS
    stored = _number(configuration, "asNumber") or DEFAULT_AS
    if options.as_number in (None, stored):
        return stored
    raise Failure(
        "as_number_conflict",
        f"BGPConfiguration default has AS number {stored}, and as_number is {options.as_number}",
        remedy=(
            f"{_UNCHANGED} Omit as_number, or set it to {stored}. The module does not change an existing "
            "BGPConfiguration, because a new number ends all sessions of the nodes. To have another number "
            "nevertheless, change the BGPConfiguration first."
        ),
    )


def bigip_as_number(speakers: Iterable[Speaker], options: PodBgpOptions, cluster: Cluster, nodes: int) -> int:
    """The AS number of BIG-IP. Default is that of its instance, then that of the nodes.

    Raises Failure if an instance has another number, which BIG-IP cannot change.
    """
    instances = [(speaker, speaker.instance) for speaker in speakers if speaker.instance]
    number = options.bigip_as_number or (instances[0][1].local_as if instances else nodes)
    for speaker, instance in instances:
        if instance.local_as != number:
            raise Failure(
                "as_number_conflict",
                f"BGP instance {instance.path} of BIG-IP {speaker.unit} has localAs {instance.local_as}, "
                f"and the AS number of BIG-IP is to be {number}",
                remedy=(
                    f"{_UNCHANGED} Set bigip_as_number to {instance.local_as}, or remove that instance. "
                    "BIG-IP cannot change localAs."
                ),
                unit=speaker.unit,
            )
    if cluster.cni == ANTREA:
        _check_antrea("bigip_as_number", number)
    return number


def check_speaker(speaker: Speaker, options: PodBgpOptions) -> None:
    """Raise Failure if BGP in TMOS mode cannot run in the route domain of this unit."""
    where = f"BIG-IP {speaker.unit}"
    if speaker.domain is None:
        raise Failure(
            "options",
            f"route_domain: {where} has no route domain {options.route_domain}",
            remedy="Set the number of a route domain that each unit has.",
        )
    if speaker.domain in speaker.legacy:
        raise _mixed(f"Route domain {speaker.domain} of {where} has BGP in routingProtocol", speaker.unit)
    if speaker.switch == "enable":
        return
    if not options.enable_tmos_routing or speaker.switch is None:
        value = "does not exist" if speaker.switch is None else f"is {speaker.switch!r}"
        change = (
            "Set enable_tmos_routing: true" if speaker.switch else "Update BIG-IP to version 14.0 or newer"
        )
        raise Failure(
            "tmos_routing_off",
            f"The database variable {SWITCH} of {where} {value}, so BIG-IP has no BGP in TMOS mode",
            remedy=f"{_UNCHANGED} {change}, or configure BGP by imish with mode: external.",
            unit=speaker.unit,
        )
    if speaker.legacy:
        raise _mixed(
            f"Route domain {speaker.legacy[0]} of {where} has BGP in routingProtocol, "
            f"and {SWITCH} would be enabled for all route domains",
            speaker.unit,
        )


def _mixed(what: str, unit: str) -> Failure:
    return Failure(
        "bgp_mode_mixed",
        what,
        remedy=(
            f"{_UNCHANGED} BIG-IP refuses both modes in one route domain (01071c3f: Cannot mix "
            "routing-protocol Legacy and TMOS mode). Use mode: external and apply imish_config, or remove BGP "
            "from routingProtocol of the route domain first. That ends its sessions."
        ),
        unit=unit,
    )


def _check_antrea(name: str, number: int) -> None:
    if number > _LARGEST_OF_ANTREA:
        raise Failure(
            "options",
            f"{name}: {number} is not valid for Antrea",
            remedy=f"A BGPPolicy accepts numbers up to {_LARGEST_OF_ANTREA}.",
        )


def _number(one: Object | None, name: str) -> int | None:
    """A number in the spec of an object."""
    value = one.spec.get(name) if one else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
