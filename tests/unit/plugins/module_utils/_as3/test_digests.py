# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a secret is compared without being kept, and what that may cost."""

from __future__ import annotations

import base64
import concurrent.futures
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
HOSTILE += [f"pbkdf2-sha256${rounds}$c2FsdA==$x" for rounds in ("0", "-1", "1" + "0" * 12, "9" * 5000, "x", "2000001")]
HOSTILE += ["pbkdf2-sha256$600000$c2Fs*dA==$x", ("pbkdf2-sha256$600000$c2FsdA==$" + "x" * 200)[:201]]


@pytest.mark.parametrize("known", HOSTILE)
def test_a_text_of_bigip_that_is_no_digest_costs_nothing(known: Any, made: list[int]) -> None:
    assert not digests.matches(PLAIN, known) and not digests.is_current(known) and not made


def test_the_limits_of_a_digest_that_is_made_again(made: list[int]) -> None:
    """BIG-IP sends the text: it may have any number of rounds up to a limit, and 200 characters."""
    longest = ("pbkdf2-sha256$600000$c2FsdA==$" + "x" * 200)[:200]
    known = ["pbkdf2-sha256$1$c2FsdA==$x", "pbkdf2-sha256$2000000$c2FsdA==$x", longest]
    assert [digests.matches(PLAIN, one) for one in known] == [False] * 3
    assert made == [1, 2_000_000, 600_000]


def test_the_rounds_of_today() -> None:
    known = [f"pbkdf2-sha256${rounds}$c2FsdA==$x" for rounds in (599_999, 600_000, 600_001)]
    assert [digests.is_current(one) for one in known] == [False, True, True]


def test_a_digest_in_detail(made: list[int]) -> None:
    """It has a salt of its own; the order of keys does not count."""
    one = digests.digest({"a": 1, "b": 2})
    assert [len(base64.b64decode(word)) for word in one.split("$")[2:]] == [12, 32]
    assert digests.matches({"b": 2, "a": 1}, one) and digests.digest({"b": 2, "a": 1}) == one


MONITOR = {"class": "Monitor", "monitorType": "http", "passphrase": PLAIN, "url": {"authentication": {"token": "T"}}}
APPLICATION = {"class": "Application", "mon": MONITOR, "plain": {"class": "Certificate", "passphrase": "text"}}


def marked(secrets: Any) -> dict[str, Any]:
    return mark.put({"class": "Application"}, {"owner": "us", "secrets": secrets})


def test_the_digests_of_an_application(made: list[int]) -> None:
    """Those that match are kept, unless they are renewed; the others are made anew."""
    place, token = "mon/passphrase", "mon/url/authentication/token"
    old, current = earlier(PLAIN), digests.digest(PLAIN)
    new = {place: digests.digest(PLAIN), token: digests.digest("T")}
    for before in (None, {}, marked("text"), marked({}), marked({place: 5, token: current})):
        assert digests.of_application(APPLICATION, before) == new
    assert digests.of_application(APPLICATION, marked({place: old})) == {**new, place: old}
    assert digests.of_application(APPLICATION, marked({place: old}), renew=True) == new
    digests._salt.cache_clear()  # as in another run
    kept = digests.of_application(APPLICATION, marked(new), renew=True)
    assert kept == new and digests.digest(PLAIN) != new[place]


@pytest.mark.parametrize(
    ("rounds", "current"), [((), True), ((600_000,), True), ((600_000, 60_000), False), ((60_000, 600_000), False)]
)
def test_digests_that_are_current(rounds: tuple[int, ...], current: bool) -> None:
    known = {str(number): f"pbkdf2-sha256${number}$c2FsdA==$x" for number in rounds}
    assert digests.are_current(marked(known)) is current


@pytest.mark.parametrize(
    ("cpus", "values", "threads"),
    [(None, 5, None), (1, 5, None), (2, 5, 2), (4, 5, 4), (64, 20, 8), (64, 3, 3), (4, 1, None), (4, 0, None)],
)
def test_the_threads_that_make_digests(
    made: list[int], monkeypatch: pytest.MonkeyPatch, cpus: int | None, values: int, threads: int | None
) -> None:
    """With one thread they are made when they are needed."""
    real = concurrent.futures.ThreadPoolExecutor
    started: list[int] = []
    monkeypatch.setattr("os.cpu_count", lambda: cpus)
    monkeypatch.setattr("concurrent.futures.ThreadPoolExecutor", lambda number: started.append(number) or real(1))
    application = {f"mon{place}": {**MONITOR, "passphrase": {**PLAIN, "n": place}, "url": {}} for place in range(values)}
    digests.prepare([(application, None), (application, {})])
    assert started == ([] if threads is None else [threads])
    assert made == [600_000] * (0 if threads is None else values)


def test_what_is_made_before_is_not_made_again(made: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    before = marked({"mon/passphrase": earlier(PLAIN)})
    made.clear()
    digests.prepare([(APPLICATION, before)])
    assert sorted(made) == [60_000, 600_000]
    digests.of_application(APPLICATION, before)
    assert len(made) == 2


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
