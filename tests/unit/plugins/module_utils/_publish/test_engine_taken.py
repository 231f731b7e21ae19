# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An address and port that another tenant has is refused in check mode and in the run."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.tests.unit.support.publishing import World, app, pool

WEB = {"web": pool("10.0.0.1:61001")}
HTTP = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": 80}
OTHER_PORT = {**HTTP, "virtualPort": 8080}
SHARED = {**OTHER_PORT, "shareAddresses": True}
HTTPS = {**HTTP, "class": "Service_HTTPS", "virtualPort": 443, "serverTLS": {"bigip": "/Common/clientssl"}}
ADDRESS = {"class": "Service_Address", "virtualAddress": "192.0.2.10"}
ELSEWHERE = {"virtualAddresses": ["192.0.2.99"]}
VLAN = {"allowVlans": [{"bigip": "/Common/inside"}]}


def using(pointer: str, **more: Any) -> dict[str, Any]:
    return {**HTTP, "virtualAddresses": [{"use": pointer}], **more}


def on(address: str, **more: Any) -> dict[str, Any]:
    return {**HTTP, "virtualAddresses": [address], **more}


def tenant(
    application: str = "A9",
    owner: str | None = None,
    properties: dict[str, Any] | None = None,
    **objects: Any,
) -> dict[str, Any]:
    constants = {"constants": {"class": "Constants", "vks_bigip": {"owner": owner}}} if owner else {}
    return {
        "class": "Tenant",
        **(properties or {}),
        application: {"class": "Application", **objects, **constants},
    }


def stored(name: str, **objects: Any) -> dict[str, Any]:
    return {name: tenant("Shared" if name == "Common" else "A9", **objects)}


# The stored tenants, the virtual server wanted in T1 (and further objects), and a part of the refusal.
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = {
    "the same": (
        stored("T9", vs=HTTP),
        HTTP,
        {},
        "Virtual server /T1/A1/vs needs 192.0.2.10 port 80 (tcp), which virtual server /T9/A9/vs of tenant T9 has. "
        "Use another address, or another port with shareAddresses: true in both virtual servers. Or remove it from tenant T9 first.",
    ),
    "with an owner": (
        stored("T9", vs=HTTP, owner="team-web"),
        HTTP,
        {},
        "of tenant T9 (owner 'team-web') has. Use",
    ),
    "in another spelling": (
        stored("T9", vs=on("192.0.2.10/32")),
        HTTP,
        {},
        "needs 192.0.2.10 port 80 (tcp), which virtual server /T9/A9/vs",
    ),
    "IPv6": (stored("T9", vs=on("2001:DB8:0::1")), on("2001:db8::1"), {}, "needs 2001:db8::1 port 80 (tcp)"),
    "one of several": (
        stored("T9", vs=on("192.0.2.9"), v2=HTTP),
        {**HTTP, "virtualAddresses": ["192.0.2.8", "192.0.2.10"]},
        {},
        "/T9/A9/v2 of tenant T9",
    ),
    "another class": (
        stored("T9", vs={**HTTP, "class": "Service_L4"}),
        {**HTTP, "class": "Service_TCP"},
        {},
        "192.0.2.10 port 80 (tcp)",
    ),
    "the same, shared by both": (
        stored("T9", vs={**HTTP, "shareAddresses": True}),
        {**HTTP, "shareAddresses": True},
        {},
        "or another port. Or",
    ),
    "the same source": (
        stored("T9", vs={**HTTP, "sourceAddress": "10.0.0.0/8"}),
        {**HTTP, "virtualAddresses": [["192.0.2.10", "10.0.0.0/8"]]},
        {},
        "port 80",
    ),
    "every source, said": (
        stored("T9", vs={**HTTP, "sourceAddress": "0.0.0.0/0"}),
        HTTP,
        {},
        "port 80 (tcp)",
    ),
    "a route domain, said and by default": (
        {"T9": tenant(vs=HTTP, properties={"defaultRouteDomain": 2})},
        on("192.0.2.10%2"),
        {},
        "needs 192.0.2.10%2 port 80 (tcp)",
    ),
    "the redirect of theirs": (
        stored("T9", vs=HTTPS),
        HTTP,
        {},
        "which the redirect of virtual server /T9/A9/vs of tenant T9 has. Use",
    ),
    "the redirect of ours": (
        stored("T9", vs=HTTP),
        HTTPS,
        {},
        "The redirect of virtual server /T1/A1/vs needs 192.0.2.10 port 80 (tcp), which virtual server /T9/A9/vs of tenant T9 has. "
        "Set redirect80: false and shareAddresses: true in both virtual servers. Or use another address.",
    ),
    "the redirect of ours, shared": (
        stored("T9", vs={**HTTP, "shareAddresses": True}),
        {**HTTPS, "shareAddresses": True},
        {},
        "has. Set redirect80: false. Or use another address.",
    ),
    "a wildcard": (stored("T9", vs=on("0.0.0.0")), on("0.0.0.0"), {}, "needs 0.0.0.0 port 80"),
    "by its name on the device": (
        stored("T9", vs={**HTTP, "virtualAddresses": [{"bigip": "/Common/192.0.2.10"}], "virtualPort": 80}),
        HTTP,
        {},
        "port 80",
    ),
    "by a Service_Address of Common": (
        {**stored("Common", va=ADDRESS), **stored("T9", vs=using("/Common/Shared/va"))},
        using("/Common/Shared/va"),
        {},
        "needs 192.0.2.10 port 80 (tcp), which virtual server /T9/A9/vs",
    ),
    "another port": (
        stored("T9", vs=HTTP),
        OTHER_PORT,
        {},
        "Virtual server /T1/A1/vs needs 192.0.2.10, which tenant T9 has in its own partition, for virtual server /T9/A9/vs. "
        "Set shareAddresses: true in both virtual servers, and publish tenant T9 first. Or use another address.",
    ),
    "another port, ours shared": (
        stored("T9", vs=HTTP),
        SHARED,
        {},
        "Set shareAddresses: true in both virtual servers",
    ),
    "other VLANs": (
        stored("T9", vs={**HTTP, **VLAN}),
        {**HTTP, **VLAN},
        {},
        "Set shareAddresses: true in both",
    ),
    "theirs is a Service_Address": (
        stored("T9", va=ADDRESS),
        HTTP,
        {},
        "has in its own partition, for Service_Address /T9/A9/va. Use another address. "
        "Or move the Service_Address /T9/A9/va to /Common/Shared, and refer to it from both tenants.",
    ),
    "ours is a Service_Address": (
        stored("T9", vs=SHARED),
        using("va"),
        {"va": ADDRESS},
        "Service_Address /T1/A1/va needs 192.0.2.10, which tenant T9 has in /Common, for virtual server /T9/A9/vs. "
        "List the address itself with shareAddresses: true in place of the Service_Address, in both tenants. Or use another address.",
    ),
    "a Service_Address of Common that is not referred to": (
        stored("Common", va=ADDRESS),
        HTTP,
        {},
        "which tenant Common has in /Common/Shared, for Service_Address /Common/Shared/va. Refer to it: virtualAddresses: [{use: /Common/Shared/va}].",
    ),
    "a virtual server of Common": (
        stored("Common", vs=HTTP),
        OTHER_PORT,
        {},
        "tenant Common has in /Common/Shared, for virtual server /Common/Shared/vs",
    ),
}


def publish(
    world: World,
    virtual_server: dict[str, Any],
    objects: dict[str, Any],
    check_mode: bool = False,
    **options: Any,
) -> dict[str, Any]:
    items = [app(virtual_server=virtual_server, objects=objects), app("T2", virtual_server=on("192.0.2.77"))]
    return world.publish(check_mode=check_mode, applications=items, **options)


@pytest.mark.parametrize(("there", "wanted", "objects", "message"), REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "run"])
def test_what_another_tenant_has_is_refused(
    there: dict[str, Any], wanted: dict[str, Any], objects: dict[str, Any], message: str, check_mode: bool
) -> None:
    world = World(WEB)
    world.bigip.stored.update(there)
    done = publish(world, wanted, objects, check_mode)
    (failure,) = done["failure"]["tenants"]
    assert (failure["tenant"], failure["code"]) == ("T1", "address_taken") and message in failure["message"]
    assert (
        failure["taken_by"]["tenant"] in there
        and failure["path"].startswith("/T1/A1/v")
        and failure["input"].startswith("applications[0].")
    )
    assert (done["tenants"]["T1"]["action"], done["tenants"]["T2"]["action"]) == ("hold", "create")
    assert {post[0] for post in world.bigip.posts} == (set() if check_mode else {"T2"})


ACCEPTED: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "another address": (stored("T9", vs=on("192.0.2.11")), HTTP, {}),
    "another route domain": (stored("T9", vs=on("192.0.2.10%2")), HTTP, {}),
    "another route domain by default": (
        {"T9": tenant(vs=HTTP, properties={"defaultRouteDomain": 2})},
        HTTP,
        {},
    ),
    "route domain 0, said": (
        {"T9": tenant(vs=on("192.0.2.10%0"), properties={"defaultRouteDomain": 2})},
        on("192.0.2.10%2"),
        {},
    ),
    "both shared, other ports": (stored("T9", vs={**HTTP, "shareAddresses": True}), SHARED, {}),
    "both shared, other protocols": (
        stored("T9", vs={**SHARED, "virtualPort": 80}),
        {**HTTP, "class": "Service_UDP", "shareAddresses": True},
        {},
    ),
    "both shared, other sources": (
        stored("T9", vs={**HTTP, "shareAddresses": True}),
        {**HTTP, "shareAddresses": True, "sourceAddress": "10.0.0.0/8"},
        {},
    ),
    "both shared, a list of sources": (
        stored("T9", vs={**HTTP, "shareAddresses": True}),
        {**HTTP, "shareAddresses": True, "sourceAddress": {"bigip": "/Common/list"}},
        {},
    ),
    "theirs shared": (stored("T9", vs={**HTTP, "shareAddresses": True}), OTHER_PORT, {}),
    "both of Common's Service_Address": (
        {**stored("Common", va=ADDRESS), **stored("T9", vs=using("/Common/Shared/va"))},
        using("/Common/Shared/va", virtualPort=81),
        {},
    ),
    "one of the device": (
        stored("T9", vs=HTTP),
        {**OTHER_PORT, "virtualAddresses": [{"bigip": "/Common/192.0.2.10"}]},
        {},
    ),
    "a wildcard on another port": (stored("T9", vs=on("0.0.0.0")), on("0.0.0.0", virtualPort=81), {}),
    "a disabled virtual server": (stored("T9", vs={**HTTP, "enable": False}), HTTP, {}),
    "a disabled tenant": ({"T9": tenant(vs=HTTP, properties={"enable": False})}, HTTP, {}),
    "an internal virtual server": (
        stored(
            "T9", vs={"class": "Service_TCP", "virtualType": "internal", "virtualAddresses": ["192.0.2.10"]}
        ),
        HTTP,
        {},
    ),
    "a list of addresses": (
        stored("T9", vs={**HTTP, "virtualAddresses": {"bigip": "/Common/list"}}),
        HTTP,
        {},
    ),
    "no redirect": (
        stored("T9", vs={**HTTP, "shareAddresses": True}),
        {**HTTPS, "redirect80": False, "shareAddresses": True},
        {},
    ),
}


@pytest.mark.parametrize(("there", "wanted", "objects"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_no_other_tenant_has_is_published(
    there: dict[str, Any], wanted: dict[str, Any], objects: dict[str, Any]
) -> None:
    world = World(WEB)
    world.bigip.stored.update(there)
    assert "failure" not in publish(world, wanted, objects)
    assert world.bigip.reads["common_addresses"] == 0


WITHIN: dict[str, tuple[dict[str, Any], dict[str, Any], str | None]] = {
    "of another owner": (
        tenant(vs=HTTP, owner="team-web"),
        HTTP,
        "Virtual server /T1/A1/vs needs 192.0.2.10 port 80 (tcp), which virtual server /T1/A9/vs of application A9 (owner 'team-web') has. "
        "Use another address or port. Or remove it from application A9 first.",
    ),
    "without a mark": (tenant(vs=HTTP), HTTP, "which virtual server /T1/A9/vs of application A9 has."),
    "the redirect of ours": (
        tenant(vs=HTTP, owner="team-web"),
        HTTPS,
        "(owner 'team-web') has. Set redirect80: false. Or use another address.",
    ),
    "the redirect of theirs": (
        tenant(vs=HTTPS, owner="team-web"),
        HTTP,
        "which the redirect of virtual server /T1/A9/vs of application A9",
    ),
    "another port": (tenant(vs=HTTP, owner="team-web"), OTHER_PORT, None),
    "another address": (tenant(vs=HTTP, owner="team-web"), on("192.0.2.11"), None),
    "one that is disabled": (tenant(vs={**HTTP, "enable": False}, owner="team-web"), HTTP, None),
    "other VLANs": (tenant(vs={**HTTP, **VLAN}, owner="team-web"), {**HTTP, **VLAN}, None),
}


@pytest.mark.parametrize(("there", "wanted", "message"), WITHIN.values(), ids=WITHIN.keys())
@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "run"])
def test_what_another_application_of_the_tenant_has_is_refused(
    there: dict[str, Any], wanted: dict[str, Any], message: str | None, check_mode: bool
) -> None:
    world = World(WEB)
    world.bigip.stored["T1"] = there
    done = publish(world, wanted, {}, check_mode)
    assert done["tenants"]["T2"]["action"] == "create" and done["tenants"]["T1"]["action"] == (
        "hold" if message else "update"
    )
    for failure in done["failure"]["tenants"] if message else ():
        assert (failure["tenant"], failure["code"]) == ("T1", "address_taken") and message in failure["message"]
        assert failure["taken_by"]["application"] == "A9" and failure["input"].startswith("applications[0].")
    assert ("failure" in done) == bool(message) and ("T1" in {post[0] for post in world.bigip.posts}) == (
        not message and not check_mode
    )


def test_an_application_that_is_adopted_keeps_its_address() -> None:
    world = World(WEB)
    world.bigip.stored["T1"] = {**tenant("A1", vs=HTTP), **tenant(vs=on("192.0.2.11"))}
    for _run in range(2):
        assert "failure" not in world.publish(applications=[app()], adopt="unmarked")
    assert world.bigip.reads["others"] == 0


def test_an_address_that_moves_within_a_tenant() -> None:
    world = World(WEB)
    world.publish(applications=[app("T1", "A1")])
    assert "failure" not in world.publish(applications=[app("T1", "A2")], prune=True) and list(
        world.bigip.stored["T1"]
    ) == ["class", "A2"]


def test_an_address_that_common_has_on_the_device_is_free_for_all() -> None:
    world = World(WEB)
    world.bigip.stored.update(stored("T9", vs=HTTP))
    world.bigip.in_common = ("192.0.2.10",)
    assert "failure" not in publish(world, OTHER_PORT, {})
    assert world.bigip.reads["common_addresses"] == 1


def test_others_are_read_only_for_an_address_that_the_tenant_does_not_have() -> None:
    world = World(WEB)
    items = [app()]
    world.publish(applications=items)
    assert world.bigip.reads["others"] == 1
    # A tenant published before this check existed stays publishable: BIG-IP has it.
    world.bigip.stored.update(stored("T9", vs=HTTP))
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002")
    assert world.publish(applications=items)["changed"]
    assert not world.publish(applications=items)["changed"]
    assert world.publish(applications=[app(virtual_server={**HTTP, "remark": "x"})])["changed"]
    world.publish(
        state="absent", owner="uid-of-kube-system", applications=[{"tenant": "T1", "application": "A1"}]
    )
    assert world.bigip.reads["others"] == 1


def test_two_tenants_of_one_task_on_one_address() -> None:
    """The second is refused, in the order in which they are posted; with shareAddresses both are published."""
    world = World(WEB)
    done = world.publish(applications=[app(), app("T2", virtual_server=OTHER_PORT)])
    assert [(entry["tenant"], entry["code"]) for entry in done["failure"]["tenants"]] == [
        ("T2", "address_taken")
    ]
    shared = [app(virtual_server={**HTTP, "shareAddresses": True}), app("T2", virtual_server=SHARED)]
    assert "failure" not in world.publish(applications=shared) and list(world.bigip.stored) == ["T1", "T2"]


def test_an_address_that_moves_in_one_run() -> None:
    world = World(WEB)
    world.publish(applications=[app("T2")])
    moved = [app("T2", virtual_server={**HTTP, **ELSEWHERE}), app("T3")]
    assert "failure" not in world.publish(applications=moved) and set(world.bigip.stored) == {"T2", "T3"}


def test_an_address_that_stays_because_its_tenant_is_held() -> None:
    """T2 would leave its address for one that T9 has: it is held, and so is T3, which would take what T2 keeps."""
    world = World(WEB)
    world.publish(applications=[app("T2")])
    world.bigip.stored.update(stored("T9", vs={**HTTP, **ELSEWHERE}))
    done = world.publish(applications=[app("T2", virtual_server={**HTTP, **ELSEWHERE}), app("T3")])
    failures = {entry["tenant"]: entry["taken_by"]["tenant"] for entry in done["failure"]["tenants"]}
    assert failures == {"T2": "T9", "T3": "T2"} and not done["changed"]


def test_an_address_that_a_pruned_application_leaves() -> None:
    world = World(WEB)
    world.publish(applications=[app("T2"), app("T2", "A2", virtual_server=on("192.0.2.77"))])
    done = world.publish(
        applications=[app("T2", "A2", virtual_server=on("192.0.2.77")), app("T3")], prune=True
    )
    assert "failure" not in done and set(world.bigip.stored) == {"T2", "T3"}


def test_on_error_stop_counts_it_as_found_before() -> None:
    world = World(WEB)
    world.bigip.stored.update(stored("T9", vs=HTTP))
    done = publish(world, HTTP, {}, on_error="stop")
    assert not done["changed"] and world.bigip.posts == []
