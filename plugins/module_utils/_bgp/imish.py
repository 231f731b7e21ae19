# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The configuration of BIG-IP for imish, with mode external."""

from __future__ import annotations

from typing import Iterable

from .model import Wanted

PASSWORD = "PASSWORD"
"""It marks the place of the password, which no result contains."""

_LONGEST = 80  # characters of a description


def lines(neighbors: Iterable[Wanted], local_as: int, password: bool) -> list[str]:
    """The lines for each unit. The same neighbors always give the same lines."""
    listed = list(neighbors)
    found = [f"! Replace {PASSWORD} with the password of the sessions."] if password else []
    found.append(f"router bgp {local_as}")
    for one in listed:
        found.append(f" neighbor {one.address} remote-as {one.remote_as}")
        found.append(f" neighbor {one.address} description {f'vks.bigip node={one.node}'[:_LONGEST]}")
        if password:
            found.append(f" neighbor {one.address} password {PASSWORD}")
    ipv6 = [one for one in listed if one.address.version == 6]
    if ipv6:
        found.append(" address-family ipv6")
        found += [f" neighbor {one.address} activate" for one in ipv6]
        found.append(" exit-address-family")
    return found
