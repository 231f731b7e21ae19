# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of a BIG-IP: its objects, the rules that mcpd checks, and transactions."""

from __future__ import annotations

from .addresses import bare, canonical, partition_of
from .device import Device
from .objects import (
    DeviceError,
    Folder,
    Missing,
    Monitor,
    Node,
    Other,
    Pool,
    PoolMember,
    Properties,
    Virtual,
    VirtualAddress,
)

__all__ = [
    "Device",
    "DeviceError",
    "Folder",
    "Missing",
    "Monitor",
    "Node",
    "Other",
    "Pool",
    "PoolMember",
    "Properties",
    "Virtual",
    "VirtualAddress",
    "bare",
    "canonical",
    "partition_of",
]
