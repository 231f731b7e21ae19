# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that AS3 reserves hold their own tenant, and never reach BIG-IP."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.tests.unit.support.publishing import OWNER, World, app, pool

WEB = {"web": pool("10.0.0.1:61001")}
MONITOR = {"class": "Monitor", "monitorType": "http"}
TENANT = {
    "class": "Tenant",
    "A1": {
        "class": "Application",
        "web": {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["10.0.0.9"]}]},
    },
}
ADC = {"class": "ADC", "schemaVersion": "3.50.0"}


def other(tenant: str, **more: Any) -> dict[str, Any]:
    return app(tenant, virtual_server={"class": "Service_HTTP", "virtualAddresses": ["192.0.2.11"]}, **more)


# The tenants beside T1, the tenant that is held, the place in the input, and a part of the message.
CASES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "class": (
        {"applications": [app(), other("class")]},
        "class",
        "applications[1].tenant",
        "the tenant name 'class' is reserved: in AS3 it is a",
    ),
    "schemaVersion": (
        {"applications": [app(), other("schemaVersion")]},
        "schemaVersion",
        "applications[1].tenant",
        "property of the declaration",
    ),
    "label": (
        {"applications": [app(), other("T2", application="label")]},
        "T2",
        "applications[1].application",
        "application name 'label' is reserved",
    ),
    "an application beside others": (
        {"applications": [app(), other("T2"), app("T2", application="schemaVersion", virtual_server=None)]},
        "T2",
        "applications[2].application",
        "application name 'schemaVersion' is reserved: in AS3 it is a property of the tenant",
    ),
    "a pool": (
        {"applications": [app(), other("T2", pool_name="template")]},
        "T2",
        "applications[1].pool_name",
        "object name 'template' is reserved",
    ),
    "an object": (
        {"applications": [app(), other("T2", objects={"class": MONITOR})]},
        "T2",
        "applications[1].objects.class",
        "property of the application",
    ),
    "a declaration": (
        {"declaration": {**ADC, "T1": TENANT, "id": TENANT}, "pools": []},
        "id",
        "declaration.id",
        "tenant name 'id'",
    ),
    "an application of a declaration": (
        {
            "declaration": {
                **ADC,
                "T1": TENANT,
                "T2": {"class": "Tenant", "remark": {"class": "Application"}},
            },
            "pools": [],
        },
        "T2",
        "declaration.T2.remark",
        "application name 'remark'",
    ),
    "an object of a declaration": (
        {
            "declaration": {
                **ADC,
                "T1": TENANT,
                "T2": {"class": "Tenant", "A1": {"class": "Application", "label": MONITOR}},
            },
            "pools": [],
        },
        "T2",
        "declaration.T2.A1.label",
        "object name 'label'",
    ),
    "a pool of a declaration that is filled": (
        {
            "declaration": {
                **ADC,
                "T1": TENANT,
                "T2": {"class": "Tenant", "A1": {"class": "Application", "label": {"class": "Pool"}}},
            },
            "pools": [{"tenant": "T2", "application": "A1", "pool": "label", "service": {"name": "web"}}],
        },
        "T2",
        "declaration.T2.A1.label",
        "object name 'label'",
    ),
}


@pytest.mark.parametrize(("options", "held", "path", "message"), CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "run"])
def test_a_reserved_name_holds_its_tenant_only(
    options: dict[str, Any], held: str, path: str, message: str, check_mode: bool
) -> None:
    world = World(WEB)
    done = world.publish(check_mode=check_mode, **options)
    (failure,) = done["failure"]["tenants"]
    assert (failure["tenant"], failure["code"], failure["path"]) == (held, "reserved_name", path)
    assert message in failure["message"] and failure["message"].endswith("Use another name.")
    assert {tenant: entry["action"] for tenant, entry in done["tenants"].items()} == {
        "T1": "create",
        held: "hold",
    }
    assert list(world.bigip.stored) == ([] if check_mode else ["T1"])


@pytest.mark.parametrize("state", ["absent", "released"])
def test_a_reserved_name_holds_its_tenant_only_in_a_removal(state: str) -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    done = world.publish(
        state=state,
        owner=OWNER,
        applications=[{"tenant": tenant, "application": "A1"} for tenant in ("T1", "class")],
    )
    (failure,) = done["failure"]["tenants"]
    assert (failure["tenant"], failure["code"], failure["path"]) == (
        "class",
        "reserved_name",
        "applications[1].tenant",
    )
    assert done["changed"] and done["tenants"]["T1"]["action"] in ("delete", "release")


@pytest.mark.parametrize(
    "options", [{"applications": [app("serviceMain", "Shared"), app("T1", "template", virtual_server=None)]}]
)
def test_names_that_are_free(options: dict[str, Any]) -> None:
    assert "failure" not in World(WEB).publish(**options)


def test_all_applications_of_a_tenant_are_named_where_the_tenant_itself_has_the_fault() -> None:
    items = [app(), other("label"), other("label", application="A2", virtual_server_name="vs2")]
    items[2]["virtual_server"] = None
    (failure,) = World(WEB).publish(applications=items)["failure"]["tenants"]
    assert (failure["tenant"], failure["applications"]) == ("label", ["A1", "A2"])
