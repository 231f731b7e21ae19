# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One POST: what goes together, in which order, and what a refusal of one tenant means for the others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import Outcome, outcome_of
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import Step, TenantPlan
from ansible_collections.vks.bigip.plugins.module_utils._publish.poster import Poster
from ansible_collections.vks.bigip.plugins.module_utils._publish.tenant_run import Verdict
from ansible_collections.vks.bigip.tests.unit.support.publishing import WEB, World, addresses, app, pool


def test_others_in_the_tenant_stay_and_are_not_posted() -> None:
    world = World(WEB)
    world.bigip.stored["T1"] = {
        "class": "Tenant",
        "Theirs": {"class": "Application", "cert": {"class": "Certificate", "privateKey": "THEIR-KEY"}},
    }
    world.publish(applications=[app()])
    assert set(mark.applications(world.bigip.stored["T1"])) == {"Theirs", "A1"}
    world.cluster.by_service["web"] = pool("10.0.0.1:61001")
    world.publish(applications=[app()])
    assert (
        all(tenant == "T1" and "Theirs" not in body for tenant, body in world.bigip.posts)
        and len(world.bigip.posts) == 2
    )
    world.publish(state="absent", applications=[app()])
    assert world.bigip.removed == [("T1", "A1")] and set(mark.applications(world.bigip.stored["T1"])) == {
        "Theirs"
    }


def test_the_fault_comes_before_the_tenants_it_kept_from_their_turn() -> None:
    world = World(WEB)

    def forbidden(bigip: Any, body: Any, tenant: Any) -> Any:
        raise Failure("bigip_forbidden", "Sending the declaration", said="HTTP 403")

    world.bigip.answers.append(forbidden)
    world.bigip.stored["T9"] = {"class": "Tenant"}
    done = world.publish(applications=[app("T9"), app("T1", virtual_server=None)], tenants_per_post=1)
    assert {entry["tenant"]: entry["code"] for entry in done["failure"]["tenants"]} == {
        "T1": "stopped",
        "T9": "bigip_forbidden",
    }
    assert "First, tenant T9: Sending the declaration: HTTP 403" in done["failure"]["message"]


def test_one_bad_tenant_does_not_stop_the_others() -> None:
    world = World(WEB)
    items = [app(), app("T2", virtual_server=None), app("T3", virtual_server=None)]
    world.publish(applications=items)
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    error = "/T2/A1/pool/members/0/servicePort: should be <= 65535"
    invalid = {"code": 422, "errors": [error], "message": "declaration is invalid", "tenant": ["T2"]}
    world.bigip.answers.append(lambda bigip, body, tenant: outcome_of(invalid))
    done = world.publish(applications=items, tenants_per_post=10)
    failure = done["failure"]["tenants"][0]
    assert (
        failure["tenant"] == "T2"
        and failure["response"] == error
        and failure["path"] == "/T2/A1/pool/members/0/servicePort"
    )
    assert failure["input"] == "applications[1].pool.members.0.servicePort"
    assert [len(addresses(world, f"/T{number}/A1/pool")) for number in (1, 2, 3)] == [3, 2, 3]
    assert [sorted(key for key in post[1] if key.startswith("T")) for post in world.bigip.posts[3:]] == [
        ["T1", "T2", "T3"],
        ["T1", "T3"],
    ]


def test_tenant_properties_of_a_new_tenant_come_after_a_claim() -> None:
    world = World(WEB)
    done = world.publish(applications=[app()], tenants={"T1": {"label": "ours"}})
    assert done["tenants"]["T1"]["action"] == "create"
    assert [tenant for tenant, dummy in world.bigip.posts] == ["T1", None]
    assert world.bigip.stored["T1"]["label"] == "ours" and len(addresses(world)) == 2
    assert not world.publish(applications=[app()], tenants={"T1": {"label": "ours"}})["changed"]


def test_bulk_create_posts_new_tenants_together() -> None:
    world = World(WEB)
    items = [app(f"T{number}", virtual_server=None) for number in range(1, 6)]
    done = world.publish(applications=items, bulk_create=True, tenants_per_post=2)
    assert done["counts"]["create"] == 5 and [tenant for tenant, dummy in world.bigip.posts] == [None] * 3


def test_of_many_tenants_only_the_changed_one_is_posted() -> None:
    world = World({**WEB, "other": pool("10.0.9.1:61001")})
    items = [app(f"T{number}", virtual_server=None) for number in range(1, 30)] + [
        app("T30", service="other", virtual_server=None)
    ]
    world.publish(applications=items, bulk_create=True)
    world.bigip.posts.clear()
    world.bigip.reads.clear()
    world.cluster.by_service["other"] = pool("10.0.9.1:61001", "10.0.9.2:61001")
    done = world.publish(applications=items)
    assert list(done["tenants"]) == ["T30"] and done["counts"]["unchanged"] == 29
    assert [[key for key in post[1] if key.startswith("T")] for post in world.bigip.posts] == [["T30"]]
    assert world.bigip.reads == {"declaration": 1, "pools": 1, "info": 1}
    # Ansible's handling of a result costs more than ours. Without a change, the result is small, however many
    # tenants it has.
    same = world.publish(applications=items)
    assert not same["changed"] and len(json.dumps(same)) < 1000 < len(
        json.dumps(world.publish(applications=items, details="all"))
    )


def plan(tenant: str, action: Any = "update", **more: Any) -> TenantPlan:
    return TenantPlan(tenant, action, **{"whole": True, **more})


class Writer:
    """An AS3 that answers from a list, or with success for what was sent; it notes what is sent."""

    def __init__(self, *answers: Any, schema: str | None = "3.56.0") -> None:
        self.answers, self.schema = list(answers), schema
        self.sent: list[Any] = []
        self.infos = 0

    def info(self) -> dict[str, Any]:
        self.infos += 1
        return {"schemaCurrent": self.schema} if self.schema else {}

    def _answer(self, tenants: list[str]) -> Outcome:
        success = {"results": [{"code": 200, "message": "success", "tenant": tenant} for tenant in tenants]}
        if not self.answers:
            return outcome_of(success)
        answer = self.answers.pop(0)
        if isinstance(answer, Failure):
            raise answer
        return outcome_of(answer or success)

    def submit(self, body: dict[str, Any], *, tenant: str | None = None) -> Outcome:
        self.sent.append((tenant, body))
        return self._answer([tenant] if tenant else [name for name in body if name.startswith("T")])

    def remove(self, tenant: str, application: str | None = None) -> Outcome:
        self.sent.append((tenant, application))
        return self._answer([tenant])


INVALID = {"code": 422, "message": "declaration is invalid", "errors": ["bad"]}
REFUSED = {"results": [{"code": 422, "message": "declaration failed", "response": "no", "tenant": "T1"}]}
OTHER = {"results": [{"code": 200, "message": "success", "tenant": "T2"}]}
STEP = Step({"A1": {"class": "Application"}})


@pytest.mark.parametrize(
    ("size", "plans", "batches"),
    [
        (20, [plan("T2"), plan("T1")], [["T1", "T2"]]),
        (2, [plan("T3"), plan("T2"), plan("T1")], [["T1", "T2"], ["T3"]]),
        (1, [plan("T2"), plan("T1")], [["T1"], ["T2"]]),
        (0, [plan("T2"), plan("T1")], [["T1"], ["T2"]]),
        (20, [plan("T1", "create"), plan("T2"), plan("T3", "delete")], [["T3", "T2", "T1"]]),
        (20, [plan("T1", "restore"), plan("T2", "release"), plan("T3", "delete"), plan("T4", "update")],
         [["T3", "T1", "T2", "T4"]]),
        (20, [plan("T1", "create"), plan("T2", "update"), plan("T3", "release"), plan("T4", "delete")],
         [["T4", "T3", "T2", "T1"]]),
        (20, [plan("T1", "update"), plan("T2", "restore"), plan("T3", "delete")], [["T3", "T2", "T1"]]),
        # A tenant that is posted application by application is alone. It waits only for a whole tenant of an
        # earlier action.
        (20, [plan("T1"), plan("T2", whole=False), plan("T3")], [["T2"], ["T1", "T3"]]),
        (20, [plan("T1", "delete"), plan("T2", whole=False), plan("T3")], [["T1"], ["T2"], ["T3"]]),
        (20, [plan("T1", "delete"), plan("T2"), plan("T3", whole=False)], [["T1", "T2"], ["T3"]]),
        (20, [plan("T1", "create", reserve_first=True), plan("T2", "create")], [["T1"], ["T2"]]),
        (20, [], []),
    ],
)  # fmt: skip
def test_what_goes_together_and_in_which_order(
    size: int, plans: list[TenantPlan], batches: list[list[str]]
) -> None:
    poster = Poster(Writer(), size, {})
    found = poster.batches([(one, STEP) for one in plans])
    assert [[one.tenant for one, _step in batch] for batch in found] == batches


def test_a_body_of_whole_tenants() -> None:
    writer = Writer()
    stored = {
        "class": "Tenant",
        "label": "ours",
        "A2": {"class": "Application"},
        "A3": {"class": "Application"},
    }
    one = plan("T1", stored=stored, key="lock")
    found = Poster(writer, 20, {"logLevel": "debug"}).send(
        [(one, Step(STEP.applications, ["A2"])), (plan("T2"), STEP)]
    )
    ((tenant, body),) = writer.sent
    application = {"class": "Application"}
    assert tenant is None and body == {
        "class": "ADC",
        "schemaVersion": "3.56.0",
        "updateMode": "selective",
        "controls": {"class": "Controls", "userAgent": "vks.bigip", "logLevel": "debug"},
        "T1": {
            "class": "Tenant",
            "label": "ours",
            "A3": application,
            "A1": application,
            "optimisticLockKey": "lock",
        },
        "T2": {"class": "Tenant", "A1": application, "optimisticLockKey": "not stored"},
    }
    assert found == {"T1": Verdict(True, 200, "success"), "T2": Verdict(True, 200, "success")}


def test_the_schema_is_read_once() -> None:
    writer = Writer()
    poster = Poster(writer, 20, {})
    for one in (plan("T1"), plan("T2"), plan("T3", whole=False)):
        poster.send([(one, STEP)])
    assert writer.infos == 1 and [body["schemaVersion"] for _tenant, body in writer.sent] == ["3.56.0"] * 3


@pytest.mark.parametrize(("schema", "version"), [("3.48.0", "3.48.0"), (None, "3.50.0")])
@pytest.mark.parametrize(
    ("controls", "sent"),
    [({}, {}), ({"logLevel": "debug"}, {"controls": {"class": "Controls", "logLevel": "debug"}})],
)
def test_a_body_of_applications(controls: Any, sent: Any, schema: str | None, version: str) -> None:
    writer = Writer(schema=schema)
    Poster(writer, 20, controls).send([(plan("T1", whole=False), STEP)])
    assert writer.sent == [("T1", {"schemaVersion": version, **sent, **STEP.applications})]


def test_a_body_that_as3_refuses_as_a_whole_is_sent_tenant_by_tenant() -> None:
    writer = Writer(INVALID, INVALID)
    found = Poster(writer, 20, {}).send([(plan("T1"), STEP), (plan("T2"), STEP)])
    assert [[name for name in body if name.startswith("T")] for _tenant, body in writer.sent] == [
        ["T1", "T2"],
        ["T1"],
        ["T2"],
    ]
    failure = found["T1"].failure
    assert failure is not None and (failure.said, failure.code) == ("bad", "as3_refused")
    assert found == {
        "T1": Verdict(False, 422, failure.message, failure),
        "T2": Verdict(True, 200, "success"),
    }


def test_tenants_that_as3_did_not_name_are_sent_again() -> None:
    writer = Writer(REFUSED)
    found = Poster(writer, 20, {}).send([(plan("T1"), STEP), (plan("T2"), STEP), (plan("T3"), STEP)])
    assert [[name for name in body if name.startswith("T")] for _tenant, body in writer.sent][1:] == [
        ["T2", "T3"]
    ]
    assert {name: verdict.ok for name, verdict in found.items()} == {"T1": False, "T2": True, "T3": True}


def test_a_bigip_that_cannot_be_reached_is_fatal_for_each_tenant_of_the_body() -> None:
    lost = Failure("bigip_unreachable", "Sending the declaration to AS3")
    found = Poster(Writer(lost), 20, {}).send([(plan("T1"), STEP), (plan("T2"), STEP)])
    assert [(verdict.fatal, verdict.failure) for verdict in found.values()] == [(True, lost)] * 2
    (verdict,) = Poster(Writer(lost), 20, {}).send([(plan("T1", whole=False), STEP)]).values()
    assert verdict.fatal and not verdict.changed


@pytest.mark.parametrize(
    ("step", "answers", "sent", "verdict"),
    [
        (Step({}), (), [], Verdict(True, 200, "no change")),
        (Step({}, ["A2"]), (OTHER,), [("T1", "A2")], Verdict(True, 200, "no change")),
        (Step({}, ["A2", "A3"]), (None, OTHER), [("T1", "A2"), ("T1", "A3")], Verdict(True, 200, "success")),
    ],
    ids=["nothing is sent", "AS3 does not mention the tenant", "AS3 mentions it once"],
)
def test_a_tenant_that_as3_does_not_mention(
    step: Step, answers: Any, sent: list[Any], verdict: Verdict
) -> None:
    writer = Writer(*answers)
    assert Poster(writer, 20, {}).send([(plan("T1", whole=False), step)]) == {"T1": verdict}
    assert writer.sent == sent


def shop(address: str) -> dict[str, Any]:
    return {"class": "Application", "vs": {"class": "Service_HTTP", "virtualAddresses": [address]}}


STORED = {"class": "Tenant", "A2": shop("192.0.2.2"), "A3": shop("192.0.2.3")}


@pytest.mark.parametrize(
    ("address", "order"),
    [("192.0.2.1", ["write", "A2", "A3"]), ("192.0.2.2", ["A2", "A3", "write"])],
    ids=["frees nothing", "frees the address"],
)
@pytest.mark.parametrize("more", [{}, {"defaultRouteDomain": 7}], ids=["", "in a route domain"])
def test_removals_of_applications_are_last_unless_they_free_an_address(
    address: str, order: list[str], more: dict[str, Any]
) -> None:
    writer = Writer()
    step = Step({"A1": shop(address)}, ["A2", "A3"])
    one = plan("T1", whole=False, stored={**STORED, **more})
    (verdict,) = Poster(writer, 20, {}).send([(one, step)]).values()
    assert (
        verdict.ok and [sent if isinstance(sent, str) else "write" for _tenant, sent in writer.sent] == order
    )


@pytest.mark.parametrize(
    ("address", "answers", "sent", "changed", "note"),
    [
        # written, and then a removal fails: a part was carried out
        ("192.0.2.1", (None, REFUSED), ["write", "A2"], True, None),
        ("192.0.2.1", (None, None, REFUSED), ["write", "A2", "A3"], True, None),
        ("192.0.2.1", (REFUSED,), ["write"], False, None),
        ("192.0.2.2", (REFUSED,), ["A2"], False, None),
        # removed to free an address, and the new one fails: put back
        ("192.0.2.2", (None, None, REFUSED), ["A2", "A3", "write", "write"], False,
         "T1/A2, T1/A3, removed to free an address, was put back."),
        ("192.0.2.2", (None, REFUSED), ["A2", "A3", "write"], False, "T1/A2, removed to free an address, was put back."),
        ("192.0.2.2", (None, None, REFUSED, REFUSED), ["A2", "A3", "write", "write"], True,
         "T1/A2, T1/A3, removed to free an address, could not be put back: AS3 did not publish tenant T1 "
         "(declaration failed): no."),
    ],
)  # fmt: skip
def test_a_failure_on_the_way(
    address: str, answers: Any, sent: list[str], changed: bool, note: str | None
) -> None:
    writer = Writer(*answers)
    step = Step({"A1": shop(address)}, ["A2", "A3"])
    (verdict,) = Poster(writer, 20, {}).send([(plan("T1", whole=False, stored=STORED), step)]).values()
    assert [one if isinstance(one, str) else "write" for _tenant, one in writer.sent] == sent
    assert (verdict.ok, verdict.changed, verdict.note) == (False, changed, note)


def test_what_is_put_back_is_what_was_stored() -> None:
    writer = Writer(None, None, REFUSED)
    step = Step({"A1": shop("192.0.2.2")}, ["A3", "A2"])
    Poster(writer, 20, {}).send([(plan("T1", whole=False, stored=STORED), step)])
    new = {"schemaVersion": "3.56.0", "A1": shop("192.0.2.2")}
    back = {"schemaVersion": "3.56.0", "A2": STORED["A2"], "A3": STORED["A3"]}
    assert writer.sent == [("T1", "A3"), ("T1", "A2"), ("T1", new), ("T1", back)]


def test_nothing_is_put_back_while_the_result_is_unknown() -> None:
    """The new application may be there by now, with the address."""
    lost = {"code": 500, "message": "lost"}
    writer = Writer(None, None, lost)
    step = Step({"A1": shop("192.0.2.2")}, ["A2", "A3"])
    (verdict,) = Poster(writer, 20, {}).send([(plan("T1", whole=False, stored=STORED), step)]).values()
    assert verdict.unknown and verdict.changed and verdict.note is None and len(writer.sent) == 3
