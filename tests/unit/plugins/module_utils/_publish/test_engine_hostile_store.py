# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another writer stores marks and members of any form. They stop no run, and cost none more digests."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import digests
from ansible_collections.vks.bigip.tests.unit.support.publishing import OWNER, World, app, pool

ODD: tuple[Any, ...] = (
    None,
    True,
    7,
    1e999,
    "x",
    [],
    ["x"],
    [[]],
    {"": []},
    {"web_pool": "x"},
    {"A1_pool": {"service": [], "pool_member_type": {}}},
)


def published() -> World:
    world = World({"web": pool("10.0.0.1:61001", "10.0.0.2:61002")})
    world.publish(applications=[app("T1", "A1")])
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.3:61002")
    return world


@pytest.mark.parametrize("part", ["pools", "disabled_by_hand", "secrets", "from_secret", "pool_member_type"])
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_a_mark_of_any_form_is_replaced(part: str, value: Any) -> None:
    world = published()
    world.bigip.stored["T1"]["A1"]["constants"]["vks_bigip"][part] = value
    result = world.publish(applications=[app("T1", "A1")])
    assert result["changed"] and "failure" not in result
    assert not world.publish(applications=[app("T1", "A1")])["changed"]


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("key", ["members", "serverAddresses", "servers", "servicePort", "adminState"])
def test_members_of_any_form_in_another_tenant_stop_nothing(key: str, value: Any) -> None:
    world = published()
    entry = {"servicePort": 80, "serverAddresses": ["10.9.9.9"], key: value}
    theirs = {"class": "Pool", "members": value if key == "members" else [entry]}
    constants = {"class": "Constants", "vks_bigip": {"owner": OWNER}}
    world.bigip.stored["Theirs"] = {
        "class": "Tenant",
        "Shared": {"class": "Application", "constants": constants, "p": theirs},
    }
    result = world.publish(applications=[app("T1", "A1")], prune="owner")
    assert result["changed"] and "failure" not in result


SECRETS = 5


def test_a_mark_makes_no_more_digests_than_there_are_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """In it, each has a salt of its own, the most rounds that count, and there are many more that belong to nothing."""
    rounds: list[int] = []

    def derive(_name: str, data: bytes, salt: bytes, number: int) -> bytes:
        rounds.append(number)
        return hashlib.sha256(data + salt).digest()

    monkeypatch.setattr(digests.hashlib, "pbkdf2_hmac", derive)
    digests._derived.cache_clear()
    secret = {
        "ciphertext": base64.b64encode(b"the same").decode(),
        "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJub25lIn0=",
    }
    item = app(
        "T1",
        "A1",
        objects={
            f"c{number}": {"class": "Certificate", "certificate": "x", "passphrase": secret}
            for number in range(SECRETS)
        },
    )
    world = World({"web": pool("10.0.0.1:61001")})
    world.publish(applications=[item])
    assert rounds == [digests.ROUNDS]
    for tenant in ("T1", "T2"):
        world.bigip.stored[tenant] = world.bigip.stored["T1"]
    mark = world.bigip.stored["T1"]["A1"]["constants"]["vks_bigip"]
    names = [*mark["secrets"], *(f"x{number}/passphrase" for number in range(1000))]
    mark["secrets"] = {
        name: f"pbkdf2-sha256$2000000${base64.b64encode(b'%05d' % place).decode()}$x"
        for place, name in enumerate(names)
    }
    mark["secrets"][names[0]] = "pbkdf2-sha256$2000001$AAAA$x"
    rounds.clear()
    digests._derived.cache_clear()
    world.publish(applications=[item], prune="owner", max_removed_percent=1)
    assert sorted(rounds) == [digests.ROUNDS, *[2_000_000] * (SECRETS - 1)]


def test_many_applications_that_claim_our_owner_cost_no_more_than_their_number() -> None:
    """The square of their number would be 900 million steps."""
    world = published()
    constants = {"class": "Constants", "vks_bigip": {"owner": OWNER, "from_secret": ["/x/y"]}}
    world.bigip.stored["Theirs"] = {
        "class": "Tenant",
        **{f"a{number}": {"class": "Application", "constants": constants} for number in range(30_000)},
    }
    result = world.publish(check_mode=True, applications=[app("T1", "A1")], prune="owner")
    assert len(result["tenants"]["Theirs"]["applications"]) == 30_000
