# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AS3's rules for names: their characters, their lengths, and those that mean a property."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import names

BOTH = ["a", "A1", "web_1", "web.example.com", "web-1"]
NEITHER = ["", "1web", "_web", "-web", ".web", "web 1", "web/1", "wéb", "web\n", "web#"]


@pytest.mark.parametrize("name", [*BOTH, "web-", "a" * 190])
def test_names_of_tenants_and_applications(name: str) -> None:
    assert names.container_fault("tenant", name) is None


@pytest.mark.parametrize("name", NEITHER)
def test_names_that_no_tenant_may_have(name: str) -> None:
    assert str(names.container_fault("tenant", name)).startswith(f"tenant name {name!r} is not valid in AS3: it begins with a letter, ")


@pytest.mark.parametrize("name", [*BOTH, "a" * 190])
def test_names_of_objects(name: str) -> None:
    assert names.item_fault(name) is None


@pytest.mark.parametrize("name", [*NEITHER, "web-"])
def test_names_that_no_object_may_have(name: str) -> None:
    assert str(names.item_fault(name)).startswith(f"name {name!r} is not valid in AS3: it begins with a letter, ")


def test_the_longest_names() -> None:
    assert names.container_fault("application", "a" * 191) == f"application name {'a' * 191!r} has 191 characters; AS3 takes at most 190"
    assert names.item_fault("a" * 191) == f"name {'a' * 191!r} has 191 characters; AS3 takes at most 190"


def test_the_longest_path() -> None:
    """/T/A/ are five characters."""
    assert names.path_fault("T", "A", "a" * 190) is None
    assert names.path_fault("T", "A", "a" * 191) == f"the path /T/A/{'a' * 191} has 196 characters; AS3 takes at most 195"


RESERVED = [
    *(("tenant", name, "declaration") for name in ("schemaVersion", "updateMode", "controls", "class", "id", "$schema", "label", "remark")),
    *(("tenant", name, "declaration") for name in ("target", "constants", "scratch")),
    *(("application", name, "tenant") for name in ("class", "schemaVersion", "id", "controls", "defaultRouteDomain", "label", "enable")),
    *(("object", name, "application") for name in ("class", "template", "label", "enable", "schemaOverlay")),
]


@pytest.mark.parametrize("kind, name, holder", RESERVED)
def test_reserved_names(kind: str, name: str, holder: str) -> None:
    fault = f"the {kind} name {name!r} is reserved: in AS3 it is a property of the {holder}"
    assert names.reserved_fault(kind, name) == fault


FREE = [("tenant", "Common"), ("tenant", "template"), ("application", "Shared"), ("application", "template"), ("object", "serviceMain")]


@pytest.mark.parametrize("kind, name", [*FREE, ("object", "constants"), ("object", "id"), ("object", "defaultRouteDomain")])
def test_names_that_are_free(kind: str, name: str) -> None:
    assert names.reserved_fault(kind, name) is None
