# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of all resources. The first URL that matches a request counts."""

from __future__ import annotations

from ..http import Router
from .auth.partition import Partitions
from .backend import Backend
from .base import Resource
from .cm.config_sync import ConfigSync
from .cm.device import Devices
from .cm.device_group import DeviceGroups
from .cm.failover_status import FailoverStatus
from .cm.sync_status import SyncStatus
from .ltm.data_group import DataGroups
from .ltm.index import Ltm
from .ltm.monitor import MonitorTypes
from .ltm.node import Nodes
from .ltm.persistence import CookiePersistence
from .ltm.policy import Policies
from .ltm.pool import Pools
from .ltm.profile import ClientSslProfiles, ServerSslProfiles
from .ltm.rule import Rules
from .ltm.snatpool import SnatPools
from .ltm.virtual import Virtuals
from .ltm.virtual_address import VirtualAddresses
from .net.route import Routes
from .net.route_domain import RouteDomains
from .net.routing.bgp import BgpInstances
from .net.self_ip import SelfIps
from .net.tunnel import Tunnels
from .net.vlan import Vlans
from .shared.device_info import DeviceInfo
from .shared.login import Login
from .shared.tokens import Tokens
from .sys.config import Config
from .sys.db import Variables
from .sys.failover import Failover
from .sys.folder import Folders
from .sys.global_settings import GlobalSettings
from .sys.provision import Provision
from .sys.ready import Available, Ready
from .sys.version import Version
from .transaction import TransactionResource

RESOURCES: tuple[type[Resource], ...] = (
    Login,
    Tokens,
    DeviceInfo,
    # ltm
    Ltm,
    Pools,
    Virtuals,
    VirtualAddresses,
    Nodes,
    MonitorTypes,
    Rules,
    SnatPools,
    Policies,
    DataGroups,
    ClientSslProfiles,
    ServerSslProfiles,
    CookiePersistence,
    # net, auth, sys
    SelfIps,
    Routes,
    RouteDomains,
    Vlans,
    Tunnels,
    BgpInstances,
    Partitions,
    Folders,
    Version,
    Ready,
    Available,
    Provision,
    GlobalSettings,
    Config,
    Variables,
    Failover,
    TransactionResource,
    # cm
    ConfigSync,
    Devices,
    DeviceGroups,
    FailoverStatus,
    SyncStatus,
)


def router(backend: Backend) -> Router:
    """The routes of all resources of one BIG-IP."""
    made = Router()
    for resource in RESOURCES:
        resource(backend).routes(made)
    return made
