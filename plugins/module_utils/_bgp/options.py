# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The options of pod_bgp."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Collection

from .._routes import option_checks
from .._routes.model import Address, Network
from .._routes.option_checks import refused

_LONGEST_PASSWORD = 80  # characters; Calico and TCP MD5 accept no more
_LARGEST_AS = 2**32 - 1


@dataclass(frozen=True)
class PodBgpOptions:
    """The options beside those of the connections."""

    state: str = "present"
    mode: str = "tmos"
    as_number: int | None = None
    bigip_as_number: int | None = None
    peers: tuple[str, ...] | None = None
    password: str | None = None
    username: str | None = None
    enable_tmos_routing: bool = False
    partition: str = "Common"
    route_domain: int = 0
    node_network: tuple[str, ...] | None = None
    owner: str | None = None
    cluster_name: str | None = None
    exclude_nodes: tuple[str, ...] | None = None
    max_removed_percent: int = 50
    prune: bool = True
    sync_to_group: str | None = None
    save: bool = True
    wait: bool | None = None
    timeout: float = 300

    @property
    def present(self) -> bool:
        return self.state == "present"

    @property
    def on_bigip(self) -> bool:
        """True if the task changes BIG-IP."""
        return self.mode == "tmos"

    @property
    def excluded(self) -> frozenset[str]:
        return frozenset(self.exclude_nodes or ())

    @property
    def waits(self) -> bool:
        """True if the task waits for the sessions. With mode external, the user configures BIG-IP later."""
        return self.present and (self.on_bigip if self.wait is None else self.wait)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The addresses of `peers`. `check` has refused other texts."""
        return tuple(ipaddress.ip_address(text) for text in self.peers or ())

    @property
    def node_networks(self) -> tuple[Network, ...]:
        """The networks of `node_network`. `check` has refused other texts."""
        return tuple(ipaddress.ip_network(text) for text in self.node_network or ())

    def check(self, emptied: Collection[str] = ()) -> None:
        """Raise Failure if an option is not valid. emptied: the options that were given without a value."""
        if not self.present and "owner" in emptied:
            remedy = "Name the owner whose neighbors and objects are removed, or omit the option."
            raise refused("owner: is empty", remedy)
        option_checks.partition(self.partition)
        if self.username:
            remedy = "The option password is that of the BGP sessions. Use kubeconfig or api_key."
            raise refused("username: pod_bgp does not sign in to Kubernetes with a password", remedy)
        option_checks.number("route_domain", self.route_domain, 0, option_checks.LARGEST_DOMAIN)
        option_checks.number("max_removed_percent", self.max_removed_percent, 0, 100)
        option_checks.number("as_number", self.as_number, 1, _LARGEST_AS)
        option_checks.number("bigip_as_number", self.bigip_as_number, 1, _LARGEST_AS)
        option_checks.name_in_marks("owner", self.owner)
        option_checks.name_in_marks("cluster_name", self.cluster_name)
        option_checks.networks(self.node_network or ())
        for text in self.peers or ():
            _check_address(text)
        if self.password is not None:
            _check_password(self.password)


def _check_address(text: str) -> None:
    remedy = "Set the self IPs of the units as addresses, such as 10.0.0.11."
    try:
        address = ipaddress.ip_address(text)
    except ValueError as error:
        raise refused(f"peers: {error}", remedy) from None
    if address.is_link_local or address.is_multicast or address.is_unspecified or address.is_loopback:
        raise refused(f"peers: {address} is not the address of a self IP", remedy)


def _check_password(password: str) -> None:
    """Raise Failure without a part of the password in it."""
    if (
        len(password) > _LONGEST_PASSWORD
        or not password.isascii()
        or not password.isprintable()
        or " " in password
    ):
        remedy = f"It has at most {_LONGEST_PASSWORD} visible characters of ASCII, and no blank."
        raise refused("password: is not valid", remedy)
