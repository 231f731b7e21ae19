# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose Secrets from_secret may name, and that what they hold is never shown."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.plugins.module_utils.publishing import World, app, pool

WEB = {"web": pool("10.0.0.1:61001", "10.0.0.2:61002")}
SECRETS = {("victim", "db"): {"password": b"password-of-the-victim"}, ("default", "own"): {"password": b"password-of-ours"}}


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
    "object": ({"applications": [app(objects=rule(VICTIM))]}, "applications[0].objects.taken.iRule.from_secret"),
    "deep in an object": ({"applications": [app(objects=rule({"a": [VICTIM]}))]}, "applications[0].objects.taken.iRule.a[0].from_secret"),
    "Service of another application": (
        {"applications": [app(objects=rule(VICTIM)), app(application="A2", virtual_server=None, service=None) | {"service": OTHER}]},
        "applications[0].objects.taken.iRule.from_secret",
    ),
    "virtual server": ({"applications": [app(virtual_server={"class": "Service_HTTP", "remark": VICTIM})]}, "applications[0].virtual_server.remark.from"),
    "pool": ({"applications": [app(pool={"remark": VICTIM})]}, "applications[0].pool.remark.from_secret"),
    "members of a Service": ({"applications": [app(member={"remark": VICTIM})]}, "applications[0].member.remark.from_secret"),
    "members beside those": ({"applications": [app(pool={"members": [DISCOVERED]})]}, "applications[0].pool.members[0].secretAccessKey.from_secret"),
    "declaration": ({"declaration": adc(**rule(VICTIM)), "pools": []}, "declaration.T1.A1.taken.iRule.from_secret"),
    "property of its application": ({"declaration": adc(remark=VICTIM, web=STATIC), "pools": []}, "declaration.T1.A1.remark.from_secret"),
    "constants": ({"declaration": adc(constants={"class": "Constants", "x": VICTIM}), "pools": []}, "declaration.T1.A1.constants.x.from_secret"),
    "Common": ({"declaration": COMMON, "pools": []}, "declaration.Common.Shared.taken.iRule.from_secret"),
    "no namespace": ({"applications": [app(objects=rule(of("default")))], "secret_namespaces": []}, "applications[0].objects.taken.iRule.from_secret"),
    "a namespace that looks alike": ({"applications": [app(objects=rule(of("dеfault")))]}, "applications[0].objects.taken.iRule.from_secret"),
    "instead of the own one": ({"applications": [app(objects=rule(of("default")))], "secret_namespaces": ["victim"]}, "applications[0].objects.taken.iRule"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_secret_of_another_namespace_is_refused_before_anything_is_read(name: str) -> None:
    options, place = REFUSED[name]
    world = World(WEB, secrets=SECRETS)
    with pytest.raises(Failure) as caught:
        world.publish(**options)
    assert caught.value.code == "invalid_options" and str(caught.value.details["path"]).startswith(place)
    assert "secret_namespaces" in caught.value.message and "/db" in caught.value.message
    assert not world.cluster.asked and not world.cluster.entered and not world.bigip.reads and not world.bigip.posts


TAKES = [
    ({"applications": [app(objects=rule(of("default", "own")))]}, ("default", "own"), "password-of-ours"),
    ({"applications": [app(objects=rule(VICTIM))], "secret_namespaces": ["victim"]}, ("victim", "db"), "password-of-the-victim"),
    (
        {"declaration": adc(web={"class": "Pool"}, **rule(of("default", "own"))), "pools": FILLED},
        ("default", "own"),
        "password-of-ours",
    ),
]


@pytest.mark.parametrize(("options", "secret", "text"), TAKES)
def test_a_secret_of_the_own_namespace_or_of_one_that_is_named_is_taken(options: dict[str, Any], secret: tuple[str, str], text: str) -> None:
    world = World(WEB, secrets=SECRETS)
    world.publish(**options)
    assert world.cluster.asked == [secret] and world.bigip.stored["T1"]["A1"]["taken"]["iRule"] == text


def test_members_of_a_service_may_hold_a_value_of_a_secret() -> None:
    world = World(WEB, secrets=SECRETS)
    discovered = {**DISCOVERED, "secretAccessKey": of("default", "own")}
    world.publish(applications=[app(pool={"members": [discovered]}, member={"remark": of("default", "own")})])
    entries = world.bigip.stored["T1"]["A1"]["pool"]["members"]
    assert entries[0]["remark"] == "password-of-ours" and "ciphertext" in entries[-1]["secretAccessKey"]
