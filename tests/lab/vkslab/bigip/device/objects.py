# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a BIG-IP's configuration.

An object is replaced, not edited, when its configuration changes, so a transaction can restore the former
tables. Run-time facts (the result of a monitor) are fields that comparison leaves out, and are edited in
place. A member whose configuration did not change keeps its object, and with it the result of its monitor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Properties = dict[str, Any]


class DeviceError(Exception):
    """mcpd's refusal, word for word, as tmsh prints it."""


class Missing(DeviceError):
    """The refusal of a reference to an object that does not exist."""


@dataclass
class Virtual:
    path: str
    destination: str  # an address, with %RD where one is set
    port: int  # 0 is any
    ip_protocol: str = "tcp"
    pool: str | None = None
    enabled: bool = True
    source: str = "0.0.0.0/0"
    mask: str = "255.255.255.255"
    snat: str = "automap"  # automap, none, or the path of a SNAT pool
    profiles: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    persistence: tuple[str, ...] = ()
    connection_limit: int = 0
    description: str | None = None
    virtual_address: str = ""  # path of its virtual-address, in its own partition or /Common
    redirect_to: str | None = None  # set for the :80 companion of a Service_HTTPS
    properties: Properties = field(default_factory=dict)  # the rest of its configuration


@dataclass
class VirtualAddress:
    path: str
    address: str
    arp: bool = True
    icmp_echo: str = "enabled"
    route_advertisement: str = "disabled"
    traffic_group: str = "/Common/traffic-group-1"
    properties: Properties = field(default_factory=dict)


@dataclass
class PoolMember:
    name: str  # 10.1.0.1:8080, 2001:db8::1.8080 or node:8080
    node: str  # path of the node
    address: str  # without route domain; "any6" for an FQDN that has not been resolved
    port: int
    route_domain: int | None = None
    ratio: int = 1
    priority_group: int = 0
    connection_limit: int = 0
    rate_limit: str = "disabled"
    dynamic_ratio: int = 1
    monitor: str = "default"  # or paths joined by " and "
    session: str = "user-enabled"  # as configured: user-enabled, user-disabled
    state: str = "user-up"  # as configured: user-up, user-down
    description: str | None = None
    metadata: Properties = field(default_factory=dict)
    min_monitors: int | str = 1
    fqdn: str | None = None
    autopopulate: bool = False
    availability: str = field(
        default="unchecked", compare=False
    )  # as monitored: unchecked, checking, up, down
    reason: str = field(default="", compare=False)  # why a monitor marked it down

    @property
    def path(self) -> str:
        return f"{self.node.rpartition('/')[0]}/{self.name}"


@dataclass
class Pool:
    path: str
    monitors: tuple[str, ...] = ()  # paths
    members: dict[str, PoolMember] = field(default_factory=dict)  # by path: /T1/10.1.0.1:8080
    lb_mode: str = "round-robin"
    min_active: int = 1
    min_monitors: int | str = 1
    slow_ramp_time: int = 10
    service_down_action: str = "none"
    reselect_tries: int = 0
    allow_nat: bool = True
    allow_snat: bool = True
    description: str | None = None
    metadata: Properties = field(default_factory=dict)


@dataclass
class Node:
    path: str
    address: str  # with %RD where one is set; "any6" for FQDN
    session: str = "user-enabled"
    state: str = "user-up"
    metadata: Properties = field(default_factory=dict)
    fqdn: Properties | None = None
    description: str | None = None
    availability: str = field(default="unchecked", compare=False)


@dataclass
class Monitor:
    path: str
    type: str  # http, https, tcp, tcp-half-open, icmp, udp, ...
    interval: int = 5
    timeout: int = 16
    time_until_up: int = 0
    up_interval: int = 0
    send: str | None = None
    receive: str | None = None
    receive_down: str | None = None
    reverse: bool = False
    transparent: bool = False
    target_address: str = "*"
    target_port: int = 0  # 0: the member's own
    username: str | None = None
    password: str | None = None
    description: str | None = None
    properties: Properties = field(default_factory=dict)


@dataclass
class Other:
    """An object that the lab only keeps: profiles, iRules, certificates, SNAT pools, policies, data groups,
    ..."""

    kind: str  # tmsh's component: "ltm rule", "ltm snatpool", "ltm profile client-ssl", ...
    path: str
    properties: Properties = field(default_factory=dict)


@dataclass
class Folder:
    path: str  # /T1 or /T1/A1
    route_domain: int = 0
    properties: Properties = field(default_factory=dict)


def common_monitors() -> dict[str, Monitor]:
    """The monitors that every BIG-IP has."""
    get = "GET /\\r\\n"
    monitors = [
        Monitor("/Common/http", "http", send=get),
        Monitor("/Common/https", "https", send=get),
        Monitor("/Common/http2", "http2", send="GET /\\r\\n\\r\\n"),
        Monitor("/Common/icmp", "icmp"),
        Monitor("/Common/gateway_icmp", "gateway-icmp"),
        Monitor("/Common/tcp", "tcp"),
        Monitor("/Common/tcp_half_open", "tcp-half-open"),
        Monitor("/Common/udp", "udp", send="default send string"),
    ]
    return {m.path: m for m in monitors}
