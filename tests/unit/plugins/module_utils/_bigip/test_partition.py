# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A partition of BIG-IP: the requests that read, create and remove it, and the meaning of each answer."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import partition
from ansible_collections.vks.bigip.plugins.module_utils._bigip.contact import NoAnswer
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

PATH = "/mgmt/tm/auth/partition"
ERROR: dict[str, Any] = {"code": 400, "message": "01070734:3: Configuration error"}
SAID = "HTTP 400: 01070734:3: Configuration error"
MISSING = {"code": 404, "message": "01020036:3: The requested folder (/cis) was not found."}
UNREGISTERED = {"code": 404, "message": "Public URI path not registered"}
ADMINISTRATOR = "The account needs the role Administrator in all partitions."


def run(clock: Clock, script: list[Exchange], work: Callable[[Session], Any]) -> Any:
    """work(session) against the script, with a token that was given, so only its requests count."""
    with ScriptedServer(script) as server:
        with Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
            return work(session)


def failure(clock: Clock, script: list[Exchange], work: Callable[[Session], Any]) -> dict[str, Any]:
    with pytest.raises(Failure) as caught:
        run(clock, script, work)
    return caught.value.as_dict()


def refused(what: str, remedy: str | None = None, said: str = SAID) -> dict[str, Any]:
    return {**Failure("bigip_refused", what, said=said, remedy=remedy).as_dict()}


def late(clock: Clock, exchange: Exchange) -> Exchange:
    """An answer after the task's deadline: the session returns it as it is."""
    exchange.expect = lambda request: clock.sleep(60)
    return exchange


def found(status: int = 200, json: Any = None, **more: Any) -> Exchange:
    return Exchange("GET", f"{PATH}/cis", status, json={"name": "cis"} if json is None else json, **more)


def exists(session: Session) -> bool:
    return partition.exists(session, "cis")


def test_a_partition_exists_or_not(clock: Clock) -> None:
    assert run(clock, [found()], exists) is True
    assert run(clock, [found(404, MISSING)], exists) is False


def test_another_answer_does_not_show_whether_a_partition_exists(clock: Clock) -> None:
    doing = "Reading the partition cis of BIG-IP"
    assert failure(clock, [found(400, ERROR)], exists) == refused(doing)
    shown = refused(doing, said="HTTP 404: Public URI path not registered")
    assert failure(clock, [late(clock, found(404, UNREGISTERED))], exists) == shown


def test_the_name_of_a_partition_is_quoted(clock: Clock) -> None:
    script = [Exchange("GET", f"{PATH}/a%2Fb"), Exchange("DELETE", f"{PATH}/a%2Fb")]
    run(clock, script, lambda s: [partition.exists(s, "a/b"), partition.remove(s, "a/b")])


# -- create ------------------------------------------------------------------------------------------------


def made(status: int = 200, json: Any = None, **more: Any) -> Exchange:
    return Exchange("POST", PATH, status, json=json or {"name": "cis"}, **more)


def create(session: Session) -> None:
    partition.create(session, "cis", None)


@pytest.mark.parametrize(
    ("description", "body"),
    [
        ("For CIS", {"name": "cis", "description": "For CIS"}),
        ("", {"name": "cis"}),
        (None, {"name": "cis"}),
    ],
)
def test_a_new_partition_has_a_name_and_perhaps_a_description(
    clock: Clock, description: str | None, body: dict[str, str]
) -> None:
    bodies: list[Any] = []
    script = [made(expect=lambda request: bodies.append(request.json))]
    run(clock, script, lambda session: partition.create(session, "cis", description))
    assert bodies == [body]


EXISTS = {"code": 409, "message": "01020066:3: The requested folder (/cis) already exists."}


@pytest.mark.parametrize("script", [[made(409, EXISTS), found()], [made(drop=True), found()]])
def test_a_partition_that_exists_after_all_is_created(clock: Clock, script: list[Exchange]) -> None:
    """Another user was faster, or BIG-IP's answer was lost."""
    run(clock, script, create)


def test_a_partition_is_not_created(clock: Clock) -> None:
    doing = "Making the partition cis on BIG-IP"
    assert failure(clock, [made(400, ERROR)], create) == refused(doing, ADMINISTRATOR)
    script = [made(409, EXISTS), found(404, MISSING)]
    assert failure(clock, script, create) == refused(doing, ADMINISTRATOR, f"HTTP 409: {EXISTS['message']}")
    with pytest.raises(NoAnswer) as caught:
        run(clock, [made(drop=True), found(404, MISSING)], create)
    assert caught.value.what == doing


# -- remove ------------------------------------------------------------------------------------------------

REMOVING = "Removing the partition cis from BIG-IP"


def removed(status: int = 200, json: Any = None, **more: Any) -> Exchange:
    return Exchange("DELETE", f"{PATH}/cis", status, json=json or {}, **more)


def remove(session: Session) -> None:
    partition.remove(session, "cis")


@pytest.mark.parametrize(
    "script", [[removed()], [removed(404, MISSING)], [removed(drop=True), found(404, MISSING)]]
)
def test_a_partition_is_removed(clock: Clock, script: list[Exchange]) -> None:
    """By this task, or by another user at the same time."""
    run(clock, script, remove)


def test_a_partition_is_not_removed(clock: Clock) -> None:
    assert failure(clock, [removed(400, ERROR)], remove) == refused(REMOVING, ADMINISTRATOR)
    assert failure(clock, [late(clock, removed(404, UNREGISTERED))], remove) == refused(
        REMOVING, ADMINISTRATOR, "HTTP 404: Public URI path not registered"
    )
    with pytest.raises(NoAnswer) as caught:
        run(clock, [removed(drop=True), found()], remove)
    assert caught.value.what == REMOVING


@pytest.mark.parametrize(
    "message",
    [
        "0107082a:3: All objects must be removed from a partition (cis) before the partition may be removed",
        "010713f9:3: The folder /cis cannot be deleted because it contains configuration item (folder /cis/a)",
    ],
)
def test_bigip_keeps_a_partition_with_objects(clock: Clock, message: str) -> None:
    remedy = (
        "On BIG-IP, 'tmsh -q -c \"cd /cis; list recursive one-line\"' shows the contents. "
        "Remove them, then run again."
    )
    expected = Failure("partition_not_empty", REMOVING, said=f"HTTP 400: {message}", remedy=remedy)
    script = [removed(400, {"code": 400, "message": message})]
    assert failure(clock, script, remove) == expected.as_dict()


# -- contents ----------------------------------------------------------------------------------------------

CONTENTS = """
sys/folder                   folder
ltm/virtual                  virtual server
ltm/virtual-address          virtual address
ltm/pool                     pool
ltm/node                     node
ltm/policy                   policy
ltm/rule                     iRule
ltm/snatpool                 SNAT pool
ltm/snat-translation         SNAT translation
ltm/data-group/internal      data group
ltm/monitor/external         monitor
ltm/monitor/gateway-icmp     monitor
ltm/monitor/http             monitor
ltm/monitor/https            monitor
ltm/monitor/tcp              monitor
ltm/monitor/tcp-half-open    monitor
ltm/monitor/udp              monitor
ltm/persistence/cookie       persistence profile
ltm/persistence/source-addr  persistence profile
ltm/profile/client-ssl       profile
ltm/profile/fastl4           profile
ltm/profile/http             profile
ltm/profile/http2            profile
ltm/profile/one-connect      profile
ltm/profile/server-ssl       profile
ltm/profile/tcp              profile
ltm/profile/udp              profile
sys/file/ssl-cert            certificate
sys/file/ssl-key             key
net/self                     self IP
net/route                    route
net/route-domain             route domain
net/vlan                     VLAN
net/tunnels/tunnel           tunnel
"""
"""Collections of iControl REST that BIG-IP files under a partition, and F5's word for an object of each."""
WORDS = dict(line.split(maxsplit=1) for line in CONTENTS.strip().splitlines())


def collections(**answers: tuple[int, Any]) -> list[Exchange]:
    """BIG-IP's answers: each collection is empty, but those given by the last part of their paths."""
    return [
        Exchange(
            "GET",
            f"/mgmt/tm/{kind}?$select=fullPath{'' if kind == 'sys/folder' else '&$filter=partition%20eq%20cis'}",
            *answers.get(kind.rsplit("/", 1)[1], (200, {}))[:1],
            json=answers.get(kind.rsplit("/", 1)[1], (200, {}))[1],
        )
        for kind in WORDS
    ]


def check_empty(session: Session) -> None:
    partition.check_empty(session, "cis")


def test_an_object_of_any_kind_is_content(clock: Clock) -> None:
    script = collections()
    for exchange in script:
        exchange.json = {"items": [{"fullPath": "/cis/b/x"}, {"fullPath": "/cis/a"}]}
    shown = failure(clock, script, check_empty)
    assert shown["contents"] == [f"{word} {path}" for word in WORDS.values() for path in ("/cis/a", "/cis/b/x")]


def test_the_report_of_contents(clock: Clock) -> None:
    items = [{"fullPath": path} for path in ("/Common", "/cis", "/cis/web", "/cis2/web", None, 5, "/x/cis/y")]
    expected = Failure(
        "partition_not_empty",
        REMOVING,
        said="it contains folder /cis/web",
        remedy=(
            "Remove its contents first: applications of vks.bigip.publish, and a tenant by "
            "vks.bigip.as3_declaration, each with state: absent."
        ),
        contents=["folder /cis/web"],
    )
    script = collections(folder=(200, {"items": [*items, "text", {}]}))
    assert failure(clock, script, check_empty) == expected.as_dict()


def test_an_empty_partition(clock: Clock) -> None:
    run(clock, collections(), check_empty)
    unknown = {"code": 404, "message": "Found unexpected URI tmapi_mapper/ltm/profile/http2."}
    items = {"items": [{"name": "/cis/web"}, {"fullPath": None}]}
    run(clock, collections(http2=(404, unknown), pool=(200, items)), check_empty)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [(400, ERROR, SAID), (200, [], "HTTP 200: []"), (404, UNREGISTERED, f"HTTP 404: {UNREGISTERED['message']}")],
)
def test_contents_that_cannot_be_read(clock: Clock, status: int, body: Any, said: str) -> None:
    script = collections(virtual=(status, body))[:2]
    late(clock, script[1])
    doing = "Reading what the partition cis of BIG-IP contains (ltm/virtual)"
    assert failure(clock, script, check_empty) == refused(doing, said=said)
