# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a secret is compared without being kept, and what that may cost."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import digests
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.tests.unit.support.publishing import World, app, pool

PLAIN = {"ciphertext": base64.b64encode(b"word-of-mine").decode(), "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJub25lIn0", "miniJWE": True}
VAULT = {"ciphertext": "JE1J", "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJmNXN2In0=", "miniJWE": True}
WEB = {"web": pool("10.0.0.1:61001", "10.0.0.2:61002")}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rounds of each digest that is made. They are not carried out in full: that would only take time."""
    digests._derived.cache_clear()
    digests._salt.cache_clear()
    rounds: list[int] = []
    real = hashlib.pbkdf2_hmac

    def count(name: str, data: bytes, salt: bytes, number: int) -> bytes:
        rounds.append(number)
        return real(name, data, salt + str(number).encode(), 1)

    monkeypatch.setattr(hashlib, "pbkdf2_hmac", count)
    return rounds


def earlier(value: Any, salt: bytes = b"salt-of-before") -> str:
    """A digest as earlier releases made it."""
    data = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    return f"{base64.b64encode(salt).decode()}${base64.b64encode(hashlib.pbkdf2_hmac('sha256', data, salt, 60_000)).decode()}"


def test_a_digest_knows_its_value_and_no_other() -> None:
    one = digests.digest(PLAIN)
    digests._salt.cache_clear()  # as in another run
    two = digests.digest(PLAIN)
    assert one != two and digests.matches(PLAIN, one) and digests.matches(PLAIN, two) and one.startswith("pbkdf2-sha256$600000$")
    assert not digests.matches({**PLAIN, "ciphertext": "b3RoZXI="}, one) and "word" not in one
    assert digests.is_current(one) and digests.matches(PLAIN, earlier(PLAIN)) and not digests.is_current(earlier(PLAIN))


HOSTILE = ["nonsense", "", None, 7, ["a$b"], "a$b$c", "é$é", "c2FsdA==$é", "scrypt$600000$c2FsdA==$x", "pbkdf2-sha256$²$c2FsdA==$x", "c2FsdA==$" + "x" * 9999]
HOSTILE += [f"pbkdf2-sha256${rounds}$c2FsdA==$x" for rounds in ("0", "-1", "1" + "0" * 12, "9" * 5000, "x")]


@pytest.mark.parametrize("known", HOSTILE)
def test_a_text_of_bigip_that_is_no_digest_costs_nothing(known: Any, made: list[int]) -> None:
    assert not digests.matches(PLAIN, known) and not digests.is_current(known) and not made


def item(number: int = 1, word: str = "word") -> dict[str, Any]:
    """An application with so many secrets that AS3 encrypts."""
    monitor = {"class": "Monitor", "monitorType": "http", "username": "u"}
    secret = {key: PLAIN[key] for key in ("protected",)}
    words = [base64.b64encode(f"{word}-{place}".encode()).decode() for place in range(number)]
    return app(objects={f"mon{place}": {**monitor, "passphrase": {**secret, "ciphertext": text}} for place, text in enumerate(words)})


def stored(world: World) -> dict[str, Any]:
    """AS3 returns ciphers that only BIG-IP can read."""
    application: dict[str, Any] = world.bigip.stored["T1"]["A1"]
    for value in application.values():
        if isinstance(value, dict) and value.get("class") == "Monitor":
            value["passphrase"] = VAULT
    return application


def test_each_secret_costs_one_digest_a_run(made: list[int]) -> None:
    world = World(WEB)
    world.publish(applications=[item(50)])
    assert made == [digests.ROUNDS] * 50
    stored(world)
    digests._derived.cache_clear()
    made.clear()
    assert not world.publish(applications=[item(50)])["changed"] and made == [digests.ROUNDS] * 50
    assert len(set(mark.of(stored(world))["secrets"].values())) == 50  # type: ignore[index]


def test_the_same_secret_in_many_applications_costs_one_digest(made: list[int]) -> None:
    world = World(WEB)
    items = [{**item(2), "application": f"A{number}", "virtual_server": None} for number in range(20)]
    world.publish(applications=items)
    assert len(made) == 2
    digests._derived.cache_clear()
    assert not world.publish(applications=items)["changed"] and len(made) == 4


def test_earlier_digests_cost_no_post_and_are_renewed_with_the_next_one(made: list[int]) -> None:
    world = World(WEB)
    world.publish(applications=[item(2)])
    known = {f"mon{place}/passphrase": earlier(item(2)["objects"][f"mon{place}"]["passphrase"]) for place in range(2)}
    stored(world)["constants"]["vks_bigip"]["secrets"] = dict(known)
    made.clear()
    digests._derived.cache_clear()
    assert not world.publish(applications=[item(2)])["changed"] and made == [60_000, 60_000]
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    assert world.publish(applications=[item(2)])["changed"]
    renewed = mark.of(stored(world))["secrets"]  # type: ignore[index]
    assert set(renewed) == set(known) and all(digests.is_current(one) for one in renewed.values())
    assert not world.publish(applications=[item(2)])["changed"] and world.publish(applications=[item(2, "other")])["changed"]
