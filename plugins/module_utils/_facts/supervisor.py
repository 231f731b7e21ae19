# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Facts of a Supervisor about one cluster."""

from __future__ import annotations

from dataclasses import dataclass

from .cluster import Provider
from .unknown import NOT_READ, Unknown


@dataclass(frozen=True)
class AddonConfig:
    """The settings of an addon (VKS 3.6 and later).

    npl_path  where its schema has nodePortLocal; None: nowhere
    """

    name: str  # namespace/name
    cluster_name: str
    definition: str
    ready: bool | None
    npl_path: str | None | Unknown = NOT_READ


@dataclass(frozen=True)
class SubnetSet:
    """Subnets of an NSX VPC."""

    name: str  # namespace/name
    access_mode: str
    networks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Supervisor:
    """One cluster as the Supervisor describes it. None: the Supervisor has no such object."""

    namespace: str
    cluster: str
    cluster_class: str | None | Unknown = NOT_READ
    cni: str | None | Unknown = NOT_READ
    antrea_config: str | None | Unknown = NOT_READ  # namespace/name
    addon_config: AddonConfig | None | Unknown = NOT_READ
    provider: Provider | Unknown = NOT_READ
    subnet_sets: tuple[SubnetSet, ...] | Unknown = NOT_READ
