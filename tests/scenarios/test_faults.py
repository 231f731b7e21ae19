# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault of the table ends in success or in one clear error, in time, and harms nobody: not our pools, not the applications of
others, no token stays, no secret is printed. The run after it, without the fault, ends well."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from .faults import TABLE, Row
from .faulty_api import FaultyApi, eventually
from .site import Site
from .stage import Ran, Stage

# Starting Python and signing out come on top of the task's own time.
SLACK = 6
ROWS = [
    pytest.param(row, id=f"{kind}: {row.name}", marks=[pytest.mark.exhaustive] if row.slow else []) for kind, rows in TABLE.items() for row in rows
]


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
    stage.calm()
    assert ran.seconds <= row.timeout + SLACK
    assert "Traceback" not in ran.output and "exception" not in ran.result
    assert set(ran.codes) <= set(row.ends.split()), ran.result.get("msg")
    if "ok" not in ran.codes:
        assert ran.result["failed"] and ran.result["msg"] == ran.result["failure"]["message"]
        assert row.says in ran.result["msg"]
    assert not stage.secrets_in(ran.output)
    stage.nothing_lost()
    stage.nothing_overwritten()
    left = 0 if eventually(1, lambda: stage.tokens() == 0) else stage.tokens()
    assert not left or row.token and "could not be deleted" in ran.output, f"{left} tokens were left behind"


@pytest.mark.parametrize("row", ROWS)
def test_fault(stage: Stage, row: Row) -> None:
    row.before(stage)
    ran = stage.run(stage.job(timeout=row.timeout, **row.options(stage)))
    judge(stage, ran, row)
    if ran.codes != ["ok"]:
        again = stage.run(stage.job())
        assert again.codes == ["ok"], again.output
    assert stage.members() == stage.after
    for place in row.within:
        tenant, name = place.split("/")
        assert name in stage.stored(tenant), f"{place} was overwritten"


@pytest.mark.parametrize("seconds", [pytest.param(0.9, marks=pytest.mark.exhaustive), 1.2, pytest.param(1.6, marks=pytest.mark.exhaustive)])
def test_cancelled(stage: Stage, seconds: float) -> None:
    """AWX ends a job with SIGTERM: no token stays, nothing is lost, and the next run goes on from there."""
    stage.site.control("POST", "/_lab/delay", {"ms": 400})
    process = stage.start(stage.job())
    time.sleep(seconds)
    process.send_signal(signal.SIGTERM)
    output, _nothing = process.communicate(timeout=30)
    assert process.returncode != 0 and "Traceback" not in output
    assert eventually(1, lambda: stage.tokens() == 0) and not stage.secrets_in(output)
    stage.calm()
    stage.nothing_lost()
    stage.nothing_overwritten()
    assert stage.run(stage.job()).codes == ["ok"] and stage.members() == stage.after


def test_two_jobs_create_the_same_tenant_at_once(stage: Stage) -> None:
    def job(name: str, last: int, owner: str) -> dict[str, Any]:
        server = {"class": "Service_HTTP", "virtualAddresses": [f"192.0.2.{last}"], "virtualPort": 80}
        return stage.job(applications=[stage.site.application(tenant="Fresh", application=name, virtual_server=server)], owner=owner)

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
    """The same through ansible with -vvv and --diff, which prints whatever there is."""
    row.before(stage)
    arguments = stage.job(timeout=row.timeout, details="all", **row.options(stage))
    process = stage.site.spawn("ansible", "localhost", "-vvv", "--diff", "-m", "vks.bigip.publish", "-a", json.dumps(arguments))
    output, _nothing = process.communicate(timeout=120)
    assert '"timings"' in output or '"failure"' in output
    assert not stage.secrets_in(output)
    assert (process.returncode == 0) == (row.ends == "ok"), output[-2000:]
