# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose Secrets from_secret may name, and that what they hold is never shown."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from ansible.module_utils.common.parameters import remove_values

from ansible_collections.vks.bigip.plugins.module_utils._as3 import origin, secrets
from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.tests.unit.support.publishing import World, app, pool

WEB = {"web": pool("10.0.0.1:61001", "10.0.0.2:61002")}
SECRETS = {
    ("victim", "db"): {"password": b"password-of-the-victim"},
    ("default", "own"): {"password": b"password-of-ours"},
}


def of(namespace: str, name: str = "db") -> dict[str, Any]:
    return {"from_secret": {"namespace": namespace, "name": name, "key": "password"}}


def rule(value: Any) -> dict[str, Any]:
    return {"taken": {"class": "iRule", "iRule": value}}


def adc(tenant: str = "T1", **application: Any) -> dict[str, Any]:
    return {"class": "ADC", tenant: {"class": "Tenant", "A1": {"class": "Application", **application}}}


VICTIM = of("victim")
STATIC = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["10.1.0.1"]}]}
DISCOVERED = {"servicePort": 80, "addressDiscovery": "aws", "secretAccessKey": VICTIM}
COMMON = {"class": "ADC", "Common": {"class": "Tenant", "Shared": {"class": "Application", **rule(VICTIM)}}}
FILLED = [{"tenant": "T1", "application": "A1", "pool": "web", "service": {"name": "web"}}]
OTHER = {"namespace": "victim", "name": "web", "port": "80"}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "object": (
        {"applications": [app(objects=rule(VICTIM))]},
        "applications[0].objects.taken.iRule.from_secret",
    ),
    "deep in an object": (
        {"applications": [app(objects=rule({"a": [VICTIM]}))]},
        "applications[0].objects.taken.iRule.a[0].from_secret",
    ),
    "Service of another application": (
        {
            "applications": [
                app(objects=rule(VICTIM)),
                app(application="A2", virtual_server=None, service=None) | {"service": OTHER},
            ]
        },
        "applications[0].objects.taken.iRule.from_secret",
    ),
    "virtual server": (
        {"applications": [app(virtual_server={"class": "Service_HTTP", "remark": VICTIM})]},
        "applications[0].virtual_server.remark.from",
    ),
    "pool": ({"applications": [app(pool={"remark": VICTIM})]}, "applications[0].pool.remark.from_secret"),
    "members of a Service": (
        {"applications": [app(member={"remark": VICTIM})]},
        "applications[0].member.remark.from_secret",
    ),
    "members beside those": (
        {"applications": [app(pool={"members": [DISCOVERED]})]},
        "applications[0].pool.members[0].secretAccessKey.from_secret",
    ),
    "declaration": (
        {"declaration": adc(**rule(VICTIM)), "pools": []},
        "declaration.T1.A1.taken.iRule.from_secret",
    ),
    "property of its application": (
        {"declaration": adc(remark=VICTIM, web=STATIC), "pools": []},
        "declaration.T1.A1.remark.from_secret",
    ),
    "constants": (
        {"declaration": adc(constants={"class": "Constants", "x": VICTIM}), "pools": []},
        "declaration.T1.A1.constants.x.from_secret",
    ),
    "Common": ({"declaration": COMMON, "pools": []}, "declaration.Common.Shared.taken.iRule.from_secret"),
    "no namespace": (
        {"applications": [app(objects=rule(of("default")))], "secret_namespaces": []},
        "applications[0].objects.taken.iRule.from_secret",
    ),
    "a namespace that looks the same": (
        {"applications": [app(objects=rule(of("dеfault")))]},
        "applications[0].objects.taken.iRule.from_secret",
    ),
    "instead of the own one": (
        {"applications": [app(objects=rule(of("default")))], "secret_namespaces": ["victim"]},
        "applications[0].objects.taken.iRule",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_secret_of_another_namespace_is_refused_before_anything_is_read(name: str) -> None:
    options, place = REFUSED[name]
    world = World(WEB, secrets=SECRETS)
    with pytest.raises(Failure) as caught:
        world.publish(**options)
    assert caught.value.code == "invalid_options" and str(caught.value.details["path"]).startswith(place)
    assert "secret_namespaces" in caught.value.message and "/db" in caught.value.message
    assert (
        not world.cluster.asked
        and not world.cluster.entered
        and not world.bigip.reads
        and not world.bigip.posts
    )


TAKES = [
    ({"applications": [app(objects=rule(of("default", "own")))]}, ("default", "own"), "password-of-ours"),
    (
        {"applications": [app(objects=rule(VICTIM))], "secret_namespaces": ["victim"]},
        ("victim", "db"),
        "password-of-the-victim",
    ),
    (
        {"declaration": adc(web={"class": "Pool"}, **rule(of("default", "own"))), "pools": FILLED},
        ("default", "own"),
        "password-of-ours",
    ),
]


@pytest.mark.parametrize(("options", "secret", "text"), TAKES)
def test_a_secret_of_the_own_namespace_or_of_one_that_is_named_is_taken(
    options: dict[str, Any], secret: tuple[str, str], text: str
) -> None:
    world = World(WEB, secrets=SECRETS)
    world.publish(**options)
    assert world.cluster.asked == [secret] and world.bigip.stored["T1"]["A1"]["taken"]["iRule"] == text


def test_members_of_a_service_may_hold_a_value_of_a_secret() -> None:
    world = World(WEB, secrets=SECRETS)
    discovered = {**DISCOVERED, "secretAccessKey": of("default", "own")}
    world.publish(applications=[app(pool={"members": [discovered]}, member={"remark": of("default", "own")})])
    entries = world.bigip.stored["T1"]["A1"]["pool"]["members"]
    assert entries[0]["remark"] == "password-of-ours" and "ciphertext" in entries[-1]["secretAccessKey"]


LINES = ["when HTTP_REQUEST {", '    HTTP::header insert X-Key "kéy-of-the-first-rotation"', "}"]
RULE = "\n".join(LINES) + "\n"
ROTATED = RULE.replace("first", "second")
OWN = ("default", "own")
FIRST, SECOND = "-of-the-first-rotation", "-of-the-second-rotation"


def with_rule(text: str = RULE) -> World:
    return World(WEB, secrets={OWN: {"password": text.encode()}})


def shown(world: World, done: Any) -> str:
    """The result as Ansible prints it. It masks in the order of a set: the first mask leaves nothing of the rest."""
    orders = (sorted(world.hidden, key=len), sorted(world.hidden, key=len, reverse=True))
    return "\n".join(json.dumps(remove_values(done, order), ensure_ascii=False) for order in orders)


def test_a_value_of_a_secret_is_masked_wherever_it_is_also_after_a_rotation() -> None:
    world = with_rule()
    items = {"applications": [app(objects=rule(of(*OWN)))]}
    first = world.publish(**items, details="all")
    assert world.bigip.stored["T1"]["A1"]["taken"]["iRule"] == RULE
    world.cluster.secrets[OWN]["password"] = ROTATED.encode()
    rotated = world.publish(**items, details="all", check_mode=True)
    again = world.publish(**items, details="all")
    for done in (first, rotated, again):
        assert FIRST not in str(done) and SECOND not in str(done) and "HTTP_REQUEST" not in str(done)
        assert done["declaration"]["T1"]["A1"]["taken"]["iRule"] == secrets.MASK
    assert rotated["changed"] and "iRule: ******** (changed)" in rotated["diff"][0]["after"]


def test_the_mark_names_the_places_that_are_not_masked_anyway() -> None:
    world = with_rule()
    certificate = {
        "class": "Certificate",
        "certificate": of(*OWN),
        "privateKey": of(*OWN),
        "passphrase": of(*OWN),
    }
    odd = {"class": "Data_Group", "records": [{"key": of(*OWN), "value~/": of(*OWN)}, {"key": of(*OWN)}]}
    member = {**DISCOVERED, "secretAccessKey": of(*OWN), "remark": of(*OWN)}
    items = {"applications": [app(objects={"cert": certificate, "odd": odd}, pool={"members": [member]})]}
    world.publish(**items)
    stored = world.bigip.stored["T1"]["A1"]
    assert mark.from_secret(stored) == [
        "/cert/certificate",
        "/odd/records/*/key",
        "/odd/records/*/value~0~1",
        "/pool/members/*/remark",
    ]
    assert FIRST not in str(origin.masked_everywhere(world.bigip.stored)) and FIRST in str(stored)
    assert not world.publish(**items)["changed"]


def test_a_mark_of_an_earlier_release_gets_the_places_by_one_post() -> None:
    world = with_rule()
    items = {"applications": [app(objects=rule(of(*OWN)))]}
    world.publish(**items)
    del world.bigip.stored["T1"]["A1"]["constants"]["vks_bigip"]["from_secret"]
    world.cluster.secrets[OWN]["password"] = ROTATED.encode()
    before = world.publish(**items, check_mode=True, details="all")
    assert FIRST not in shown(world, before) and SECOND not in shown(world, before)
    world.cluster.secrets[OWN]["password"] = RULE.encode()
    done = world.publish(**items)
    assert done["changed"] and "values from Secrets" in done["diff"][0]["after"] and FIRST not in str(done)
    assert (
        mark.from_secret(world.bigip.stored["T1"]["A1"]) == ["/taken/iRule"]
        and not world.publish(**items)["changed"]
    )


def test_a_literal_in_the_place_of_a_secret_does_not_show_what_was_stored() -> None:
    world = with_rule()
    world.publish(applications=[app(objects=rule(of(*OWN)))])
    done = world.publish(applications=[app(objects=rule("when HTTP_RESPONSE { }"))], details="all")
    assert (
        done["changed"] and FIRST not in str(done) and mark.from_secret(world.bigip.stored["T1"]["A1"]) == []
    )
    removed = world.publish(applications=[app()], details="all")
    assert "HTTP_RESPONSE" in str(removed["diff"])
    again = with_rule()
    again.publish(applications=[app(objects=rule(of(*OWN)))])
    assert FIRST not in str(again.publish(applications=[app()], details="all"))
    assert FIRST not in str(again.publish(applications=[{"tenant": "T1"}], state="absent"))


REPEATED = {
    "whole": RULE,
    "trimmed": RULE.strip(),
    "JSON": json.dumps(RULE),
    "JSON of its own characters": json.dumps(RULE, ensure_ascii=False),
    "base64": base64.b64encode(RULE.encode()).decode(),
    "base64 without padding": base64.b64encode(RULE.strip().encode()).decode().rstrip("="),
    "base64 of URLs": base64.urlsafe_b64encode(RULE.encode()).decode(),
    "a line": f"error in line 2: [{LINES[1]}]",
    "a line trimmed": f"error in line 2: [{LINES[1].strip()}]",
    "a line as JSON": f"error in line 2: [{json.dumps(LINES[1])}]",
}


@pytest.mark.parametrize("form", REPEATED)
def test_an_answer_of_as3_that_repeats_a_value_is_masked(form: str) -> None:
    world = with_rule()
    said = f"declaration is invalid: {REPEATED[form]} should match format"
    answer = {
        "results": [
            {
                "code": 422,
                "message": "declaration is invalid",
                "errors": [said],
                "response": said,
                "tenant": "T1",
            }
        ],
        "code": 422,
    }
    world.bigip.answers.append(lambda bigip, body, tenant: outcome_of(answer))
    done = world.publish(applications=[app(objects=rule(of(*OWN)))])
    text = shown(world, done)
    assert "failure" in done and REPEATED[form] not in text and FIRST not in text
    assert "declaration is invalid" in text and base64.b64encode(RULE.encode()).decode()[40:60] not in text


def test_a_base64_value_is_hidden_as_the_text_that_as3_decodes() -> None:
    world = with_rule(base64.b64encode(RULE.encode()).decode())
    world.publish(applications=[app(objects=rule({"base64": of(*OWN)}))])
    assert RULE in world.hidden and LINES[1].strip() in world.hidden


def test_a_secret_of_many_lines_or_keys_hides_no_more_than_the_result_can_be_searched_for() -> None:
    world = with_rule("".join(f"line-number-{number}\n" for number in range(50_000)))
    world.cluster.secrets[OWN].update({f"key{number}": b"another-value" for number in range(9_000)})
    world.publish(applications=[app(objects=rule(of(*OWN)))])
    assert (
        "line-number-999" in world.hidden
        and len(world.hidden) < 1_100
        and "another-value" not in world.hidden
    )


def test_short_lines_and_lines_of_certificates_are_not_hidden() -> None:
    certificate = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ\n-----END CERTIFICATE-----\n"
    world = with_rule(f"{certificate}pool\nsuccess\nuser: admin-of-ours\n")
    world.publish(applications=[app(objects=rule(of(*OWN)))])
    assert "user: admin-of-ours" in world.hidden
    assert not {"pool", "success", "MIIBszCCAVmgAwIBAgIUQ"} & world.hidden


def test_the_secrets_of_a_request_are_hidden_before_anything_is_read() -> None:
    world = World(WEB)

    def declaration(tenants: Any = None) -> Any:
        assert "KEY-MATERIAL" in world.hidden
        raise Failure("as3_refused", "Reading the declaration from AS3", said="KEY-MATERIAL")

    world.bigip.declaration = declaration  # type: ignore[method-assign]
    certificate = {"class": "Certificate", "certificate": "CERT", "privateKey": "KEY-MATERIAL"}
    with pytest.raises(Failure, match="Reading the declaration"):
        world.publish(applications=[app(objects={"cert": certificate})])
