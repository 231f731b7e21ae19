# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook cis_to_publish where a resource names a tenant that a team published itself, by ansible-playbook with scripted modules."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from scripted import Scripted, tail

CORES = ("2.16", "2.21")
OWN, FOREIGN = "shop/web:80/TCP", "evil/web:80/TCP"
ADDED = {"members_added": [{"application": "web", "pool": "pool", "address": "10.0.0.9", "port": 80}]}


def tenant(service: str | None, mark: bool = True) -> dict[str, Any]:
    pools = {"pool": {"service": service, "pool_member_type": "cluster"}} if service else {}
    constants = {"constants": {"class": "Constants", "vks_bigip": {"owner": "us", "pools": pools}}} if mark else {}
    return {"class": "Tenant", "web": {"class": "Application", "pool": {"class": "Pool"}, **constants}}


def follow(folder: Path, core: str, stored: dict[str, Any], planned: dict[str, Any], **more: Any) -> tuple[Scripted, str, int]:
    """The playbook over one AS3 ConfigMap, whose tenant Shop would be updated so."""
    found = {"namespace": "evil", "name": "as3", "declaration": "{}", "label_namespaces": ["evil"]}
    entry = {"action": "update", "applications": {"web": "update"}, "members_added": [], "members_removed": [], **more}
    world = {"controllers": [{"custom_resource_mode": False}], "objects": {"Deployment": [{"metadata": {"managedFields": []}}]}, "stored": {"Shop": stored}}
    more = {
        "vks.bigip.cis_info": {"config_maps": [found], "applications": [], "left_out": []},
        "vks.bigip.publish": {"tenants": {"Shop": entry}, "declaration": {"class": "ADC", "Shop": planned}},
    }
    site = Scripted(folder, {"world": world, "more": more})
    done = site.run(core, "cis_to_publish")
    return site, re.sub(r"\s+", " ", tail(done)), done.returncode


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize(
    ("stored", "planned", "more"),
    [
        (tenant(OWN), tenant(OWN), {"properties": {"web": ["vs/virtualPort"]}}),
        (tenant(OWN), tenant(OWN), {"applications": {"api": "create"}}),
        (tenant(OWN), tenant(FOREIGN), ADDED),
        (tenant(OWN), tenant(None), ADDED),
        (tenant(None), tenant(None), {"members_removed": ADDED["members_added"]}),
        (tenant(OWN), tenant(OWN), {}),
    ],
    ids=["a property", "an application", "another Service", "own addresses", "addresses", "settings of members"],
)
def test_what_a_team_published_itself_stays(core: str, stored: dict[str, Any], planned: dict[str, Any], more: dict[str, Any], tmp_path: Path) -> None:
    site, said, code = follow(tmp_path, core, stored, planned, **more)
    assert code != 0
    assert "Shop on BIG-IP already belongs to vks.bigip.publish" in said
    assert len(site.calls("vks.bigip.publish")) == 1  # in check mode


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize(
    ("stored", "planned", "more"),
    [(tenant(OWN), tenant(OWN), ADDED), (tenant(None, mark=False), tenant(OWN), {**ADDED, "properties": {"web": ["constants/vks_bigip"]}})],
    ids=["Pods of the same Service", "a tenant of CIS"],
)
def test_other_updates_go_on(core: str, stored: dict[str, Any], planned: dict[str, Any], more: dict[str, Any], tmp_path: Path) -> None:
    site, said, code = follow(tmp_path, core, stored, planned, **more)
    assert code == 0, said
    assert len(site.calls("vks.bigip.publish")) == 2
