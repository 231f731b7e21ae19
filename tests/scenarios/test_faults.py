# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault of the table ends in success or in one clear error, in time.

It does not harm our pools or applications of others, leaves no token, and prints no secret. The next run, without the fault,
succeeds.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .faults import IN_PROGRESS, TABLE, TASK, WHOLE, Row, bigip
from .faulty_api import ApiFault, FaultyApi
from .site import Site
from .stage import Ran, Stage
from .waiting import HANGS

# Signing out comes on top of the task's own time.
SLACK = 6
ROWS = [pytest.param(row, id=f"{kind}: {row.name}") for kind, rows in TABLE.items() for row in rows]


@pytest.fixture(scope="module")
def stage(site: Site) -> Iterator[Stage]:
    with FaultyApi(site.kubeconfig()) as api:
        stage = Stage(site, api)
        yield stage
        stage.calm()
        site.kubectl("delete", "secret", "shop-tls")


@pytest.fixture(autouse=True)
def clean(stage: Stage) -> None:
    """In place of the scenarios' empty BIG-IP."""
    stage.reset()


def judge(stage: Stage, ran: Ran, row: Row) -> None:
    print(f"{ran.seconds:.1f} s, {ran.codes}: {ran.result.get('msg', '')}")
    stage.quiet()
    stage.calm()
    assert ran.seconds <= row.timeout + SLACK
    assert "Traceback" not in ran.output and "exception" not in ran.result
    assert set(ran.codes) <= set(row.ends.split()), ran.result.get("msg")
    if "ok" not in ran.codes:
        assert ran.result["failed"] and ran.result["failure"]["summary"] and ran.result["failure"]["message"] == ran.result["failure"]["summary"]
        assert row.text in ran.result["msg"]
    assert not stage.secrets_in(ran.output)
    stage.nothing_lost()
    stage.nothing_overwritten()
    left = stage.tokens()
    assert not left or row.token and "could not be deleted" in ran.output, f"{left} tokens were left behind"


@pytest.mark.parametrize("row", ROWS)
def test_fault(stage: Stage, row: Row) -> None:
    row.before(stage)
    job = stage.job(timeout=row.timeout, **row.options(stage))
    ran = stage.play(job) if row.playbook else stage.run(job)
    judge(stage, ran, row)
    if ran.codes != ["ok"]:
        again = stage.run(stage.job())
        assert again.codes == ["ok"], again.output
    assert stage.members() == stage.after
    for place in row.within:
        tenant, name = place.split("/")
        assert name in stage.stored(tenant), f"{place} was overwritten"


def reading(stage: Stage, reached: threading.Event) -> None:
    stage.api.faults.append(ApiFault("hang", "/endpointslices", count=0, run=reached.set))


def posting(stage: Stage, reached: threading.Event) -> None:
    bigip(WHOLE, "hang", count=0, limit=30)(stage)
    stage.at_request(WHOLE, reached.set)


def following(stage: Stage, reached: threading.Event) -> None:
    bigip(TASK, "answer", status=200, body=IN_PROGRESS, count=0)(stage)
    stage.at_request(TASK, reached.set)


@pytest.mark.parametrize("moment", [reading, posting, following], ids=["reading the cluster", "posting", "following the task"])
def test_cancelled(stage: Stage, moment: Callable[[Stage, threading.Event], None]) -> None:
    """AWX ends a job with SIGTERM: no token stays, nothing is lost, and the next run goes on from there."""
    reached = threading.Event()
    moment(stage, reached)
    process = stage.start(stage.job())
    assert reached.wait(HANGS)
    process.send_signal(signal.SIGTERM)
    output, _nothing = process.communicate(timeout=HANGS)
    assert process.returncode != 0 and "Traceback" not in output
    stage.quiet()
    assert not stage.tokens() and not stage.secrets_in(output)
    stage.calm()
    stage.nothing_lost()
    stage.nothing_overwritten()
    assert stage.run(stage.job()).codes == ["ok"] and stage.members() == stage.after


@pytest.mark.parametrize("bulk_create", [False, True])
def test_two_jobs_create_the_same_tenant_at_once(stage: Stage, bulk_create: bool) -> None:
    def job(name: str, last: int, owner: str) -> dict[str, Any]:
        server = {"class": "Service_HTTP", "virtualAddresses": [f"192.0.2.{last}"], "virtualPort": 80}
        return stage.job(applications=[stage.site.application(tenant="Fresh", application=name, virtual_server=server)], owner=owner, bulk_create=bulk_create)

    one, other = job("one", 91, "team-one"), job("other", 92, "team-other")
    for ran in stage.both(one, other):
        assert ran.codes == ["ok"] and ran.result["changed"] and ran.result["tenants"]["Fresh"]["action"] == "create", ran.output
    assert {"one", "other"} <= set(stage.stored("Fresh"))
    pools = stage.site.control("GET", "/_lab/pools")
    assert len(pools["/Fresh/one/pool"]) == len(pools["/Fresh/other/pool"]) == 6
    for mine in (one, other):
        again = stage.run(mine)
        assert again.codes == ["ok"] and not again.result["changed"]


_LOUD = ("all tokens end before a POST", "a script fails in both", "an expired token", "no ca_cert")
LOUD = [row for rows in TABLE.values() for row in rows if row.name in _LOUD]


@pytest.mark.parametrize("row", LOUD, ids=lambda row: row.name)
def test_no_secret_in_vvv(stage: Stage, row: Row) -> None:
    """The same by ansible-playbook with -vvv and --diff, which prints whatever there is."""
    row.before(stage)
    ran = stage.play(stage.job(timeout=row.timeout, details="all", **row.options(stage)), "-vvv", "--diff")
    assert '"timings"' in ran.output or '"failure"' in ran.output
    judge(stage, ran, row)
