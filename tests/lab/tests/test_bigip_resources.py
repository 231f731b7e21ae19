# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of REST resources: each has its file, and implements what it offers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bigip_machine import machine
from vkslab.bigip import resources
from vkslab.bigip.resources.base import Collection, Resource
from vkslab.bigip.resources.registry import RESOURCES
from vkslab.bigip.resources.statistics import Measured, Report

FOLDER = Path(resources.__file__).parent
COLLECTIONS = [resource for resource in RESOURCES if issubclass(resource, Collection)]
IMPLEMENTED = {"POST": ("create", "post"), "PATCH": ("update", "patch"), "DELETE": ("remove", "delete")}


def _name(resource: type[Resource]) -> str:
    return getattr(resource, "component", resource.__name__)


@pytest.mark.parametrize("resource", COLLECTIONS, ids=_name)
def test_offers_what_it_implements(resource: type[Collection]) -> None:
    base = [getattr(one, "__dict__", {}) for one in (Collection, Measured)]
    own = {name for one in resource.__mro__ if one.__dict__ not in base for name in vars(one)}
    assert {method for method, names in IMPLEMENTED.items() if own.intersection(names)} == resource.methods


def test_no_component_is_twice_in_the_table() -> None:
    components = Counter(
        resource.component
        for resource in RESOURCES
        if issubclass(resource, (Collection, Report)) and hasattr(resource, "component")
    )
    assert max(components.values()) == 1


def test_each_file_is_in_the_table() -> None:
    """Except for pool members, which pools register."""
    files = {
        path.relative_to(FOLDER).with_suffix("").as_posix()
        for path in FOLDER.glob("*/*.py")
        if path.stem not in ("__init__", "base", "kept")
    }
    named = {
        resource.__module__.removeprefix(f"{resources.__name__}.").replace(".", "/") for resource in RESOURCES
    }
    assert files - named == {"ltm/pool_members"}


@pytest.mark.parametrize(
    "item",
    [
        "ltm/node/~T~10.1.0.1",
        "net/self/self-nodes",
        "auth/partition/T",
        "sys/folder/~T~A",
        "cm/device/bigip1.lab.test",
    ],
)
def test_every_item_knows_select(tmp_path: Path, item: str) -> None:
    with machine(tmp_path) as bigip:
        bigip.pool("/T/A/pool", "10.1.0.1")
        assert bigip.get(f"/mgmt/tm/{item}?$select=name").keys() == {"name"}


def test_a_folder_is_part_of_the_name(tmp_path: Path) -> None:
    """A network object's, too."""
    with machine(tmp_path) as bigip:
        bigip.pool("/T/A/pool")
        body = {"name": "s1", "partition": "T", "subPath": "A", "address": "10.9.0.1/24"}
        assert bigip.call("POST", "/mgmt/tm/net/self", body).status_code == 200
        assert bigip.get("/mgmt/tm/net/self/~T~A~s1")["subPath"] == "A"
