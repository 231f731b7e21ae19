# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The difference as a person reads it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3.difference import ApplicationChange
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import TenantPlan
from ansible_collections.vks.bigip.plugins.module_utils._publish.diff import diff as shown
from ansible_collections.vks.bigip.tests.unit.support.publishing import OWNER, WEB, World, app, pool


def diff(world: World, **options: Any) -> tuple[str, str]:
    (one,) = world.publish(True, **options)["diff"]
    assert one["before_header"] == one["after_header"] == "tenant T1"
    return one["before"], one["after"]


def test_a_new_application_is_all_after() -> None:
    before, after = diff(World(WEB), applications=[app()])
    assert before == "" and after.startswith("A1:\n")
    assert "    class: Pool\n" in after
    assert (
        "    - 10.0.0.1:61001 Pod web-61001 on node-1\n    - 10.0.0.2:61002 Pod web-61002 on node-2\n"
        in after
    )


def test_members_of_before_and_after() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.3:61003")
    before, after = diff(world, applications=[app(member={"ratio": 3})])
    # Both sides show the known facts of a member; the one that leaves has no Pod any more.
    assert "    - 10.0.0.1:61001 Pod web-61001 on node-1\n    - 10.0.0.2:61002\n" in before
    assert '    - 10.0.0.1:61001 Pod web-61001 on node-1 {"ratio": 3}\n' in after and "owner" not in after


def test_a_removed_application_is_all_before() -> None:
    world = World(WEB)
    world.publish(applications=[app(), app(application="A2", virtual_server=None)])
    before, after = diff(
        world, state="absent", owner=OWNER, applications=[{"tenant": "T1", "application": "A2"}]
    )
    assert before.startswith("A2:\n") and after == ""


def test_a_release_and_a_restored_pool_are_one_line() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    released = diff(world, state="released", owner=OWNER, tenants={"T1": {}})
    assert released == ("A1: owner uid-of-kube-system\n", "A1: without an owner\n")
    del world.bigip.device["/T1/A1/pool"][("10.0.0.2", 61002)]
    restored = diff(world, applications=[app()])
    assert restored == ("A1: members on the device differ from what is stored\n", "A1: as stored\n")


def test_an_application_that_is_adopted_gets_an_owner() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.publish(state="released", owner=OWNER, tenants={"T1": {}})
    before, after = diff(world, applications=[app()], adopt="unmarked")
    assert "  owner: uid-of-kube-system\n" in after and "owner" not in before


def test_properties_of_the_tenant() -> None:
    world = World(WEB)
    before, after = diff(world, applications=[app()], tenants={"T1": {"label": "one"}})
    assert before == "label: null\n" and after.endswith("\nlabel: one\n")
    world.publish(applications=[app()], tenants={"T1": {"label": "one"}})
    before, after = diff(world, applications=[app()], tenants={"T1": {"label": "two", "remark": "new"}})
    assert (before, after) == ("label: one\nremark: null\n", "label: two\nremark: new\n")


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        (
            "when HTTP_REQUEST {\n  drop\n}\n",
            "    iRule: |\n      when HTTP_REQUEST {\n        drop\n      }\n",
        ),
        ("drop", "    iRule: drop\n"),
    ],
)
def test_a_text_of_several_lines_is_a_block(value: str, lines: str) -> None:
    item = app(objects={"rule": {"class": "iRule", "iRule": value}})
    assert lines in diff(World(WEB), applications=[item])[1]


def test_a_changed_secret_is_masked_and_named_as_changed() -> None:
    world = World(WEB)

    def item(key: str) -> dict[str, Any]:
        return app(objects={"cert": {"class": "Certificate", "certificate": "CERT", "privateKey": key}})

    world.publish(applications=[item("OLD-KEY")])
    before, after = diff(world, applications=[item("NEW-KEY")])
    assert "OLD-KEY" not in before + after and "NEW-KEY" not in before + after
    assert "(changed)" in after and "(changed)" not in before


def test_an_option_of_the_source_shows_what_the_mark_says() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    before, after = diff(world, applications=[app(node_weight="endpoints")])
    assert "node_weight" in after and "node_weight" not in before


def test_tenants_are_in_order() -> None:
    world = World(WEB)
    items = [app("T2"), app("T1", virtual_server=None)]
    assert [one["after_header"] for one in world.publish(True, applications=items)["diff"]] == [
        "tenant T1",
        "tenant T2",
    ]
    world.publish(applications=[app("T0", virtual_server=None)])
    pruned = world.publish(True, applications=[app("T1", virtual_server=None)], prune="owner")["diff"]
    assert [one["after_header"] for one in pruned] == ["tenant T0", "tenant T1"]


NAMES = {
    ("T1", "A1", "pool"): {
        ("10.0.0.1", 80): {"pod": "web-1", "node": "node-1"},
        ("10.0.0.2", 80): {"pod": "web-2"},
        ("10.0.0.3%2", 80): {"node": "node-3"},
    }
}


def of(**objects: Any) -> dict[str, Any]:
    return {"class": "Application", **objects}


SHARED = {"servicePort": 80, "shareNodes": True}
POOL: dict[str, Any] = {
    "class": "Pool",
    "monitors": ["http", "tcp"],
    "members": [
        {**SHARED, "serverAddresses": ["10.0.0.1"], "ratio": 3, "connectionLimit": 9},
        {**SHARED, "serverAddresses": ["10.0.0.2"]},
        {**SHARED, "serverAddresses": ["10.0.0.3%2"]},
        {"servicePort": 80, "serverAddresses": ["10.0.0.4"]},
        {"servicePort": 81, "addressDiscovery": "fqdn", "hostname": "web.example.com"},
    ],
}


CERTIFICATE = {
    "class": "Certificate",
    "certificate": "CERT",
    "privateKey": "KEY",
    "passphrase": {"ciphertext": "a", "protected": "b"},
}
RULES = {"r1": {"class": "iRule", "iRule": "from a Secret"}, "r2": {"class": "iRule", "iRule": "open"}}
TRUSTED = {"pools": {"pool": {"service": "x", "pool_member_type": "cluster", "trust": "all"}}}
VALUES = {
    "class": "X",
    "text": {"one": "x", "many": "1\n2"},
    "list": [{"b": 1, "a": 2}, "x", [3]],
    "empty": [],
    "more": {"of": {}, "none": None, "true": True},
}


@pytest.mark.parametrize(
    ("stored", "wanted", "change", "before", "after"),
    [
        pytest.param(
            of(label="one"),
            of(pool=POOL, plain={"class": "Pool"}),
            ApplicationChange("update"),
            "A1:\n  class: Application\n  label: one\n",
            """A1:
  class: Application
  plain:
    class: Pool
  pool:
    class: Pool
    members:
    - 10.0.0.1:80 Pod web-1 on node-1 {"connectionLimit": 9, "ratio": 3}
    - 10.0.0.2:80 Pod web-2
    - 10.0.0.3%2:80 on node-3
    - 10.0.0.4:80
    - [{"addressDiscovery": "fqdn", "hostname": "web.example.com", "servicePort": 81}]
    monitors:
    - http
    - tcp
""",
            id="members",
        ),
        pytest.param(
            None,
            mark.put(of(other={"class": "Pool", "members": POOL["members"][1:2]}), {"owner": "us"}),
            ApplicationChange("create"),
            "",
            "A1:\n  class: Application\n  other:\n    class: Pool\n    members:\n    - 10.0.0.2:80\n",
            id="a new one is ours anyway",
        ),
        pytest.param(
            mark.put(of(), {"owner": "us"}),
            mark.put(
                of(cert=CERTIFICATE, **RULES), {"owner": "us", "from_secret": ["/r1/iRule"], **TRUSTED}
            ),
            ApplicationChange("update", ["cert/privateKey", mark.PATH]),
            "A1:\n  class: Application\n  constants/vks_bigip: {}\n",
            """A1:
  cert:
    certificate: CERT
    class: Certificate
    passphrase: ********
    privateKey: ******** (changed)
  class: Application
  constants/vks_bigip:
    pool:
      trust: all
    values from Secrets:
    - /r1/iRule
  r1:
    class: iRule
    iRule: ********
  r2:
    class: iRule
    iRule: open
""",
            id="secrets and the mark",
        ),
        pytest.param(
            of(label="one"),
            mark.put(of(label="two"), {"owner": "us"}),
            ApplicationChange("update", ["label", mark.PATH]),
            "A1:\n  class: Application\n  label: one\n",
            "A1:\n  class: Application\n  label: two\n  owner: us\n",
            id="an owner",
        ),
        pytest.param(
            of(constants={"class": "Constants", mark.WORD: 5}),
            of(),
            ApplicationChange("update", [mark.PATH]),
            "A1:\n  class: Application\n",
            "A1:\n  class: Application\n",
            id="what is not a mark",
        ),
        pytest.param(
            of(x=VALUES),
            None,
            ApplicationChange("delete"),
            """A1:
  class: Application
  x:
    class: X
    empty: []
    list:
    - {"a": 2, "b": 1}
    - x
    - [3]
    more:
      none: null
      of: {}
      true: true
    text:
      many: |
        1
        2
      one: x
""",
            "",
            id="values",
        ),
    ],
)
def test_the_text_of_an_application(
    stored: Any, wanted: Any, change: ApplicationChange, before: str, after: str
) -> None:
    """Application A1 changes, and A2 does not."""
    plan = TenantPlan(
        "T1",
        "update",
        stored=None if stored is None else {"class": "Tenant", "A1": stored},
        wanted={} if wanted is None else {"A1": wanted},
        changes={"A2": ApplicationChange("none"), "A1": change},
    )
    head = {"before_header": "tenant T1", "after_header": "tenant T1"}
    assert shown([plan], NAMES) == [{**head, "before": before, "after": after}]  # type: ignore[arg-type]
