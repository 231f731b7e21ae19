# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of paths and addresses."""

from __future__ import annotations

import contextlib
import ipaddress


def partition_of(path: str) -> str:
    """T1 of /T1/A1/pool."""
    return path.split("/", 2)[1]


def bare(address: str) -> str:
    """An address without its route domain."""
    return address.partition("%")[0]


def canonical(address: str, default_route_domain: int = 0) -> tuple[str, int]:
    """One key for every spelling of an address."""
    host, _, domain = address.partition("%")
    host = host.partition("/")[0]
    with contextlib.suppress(ValueError):
        host = ipaddress.ip_address(host).compressed
    return host, int(domain.partition("/")[0]) if domain else default_route_domain
