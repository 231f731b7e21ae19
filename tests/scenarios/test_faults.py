# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault of the table ends in success or in one clear error, in time, and harms nobody: not our pools, not the applications of
others, no token stays, no secret is printed. The run after it, without the fault, ends well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .faults import TABLE, Row
from .faulty_api import FaultyApi, eventually
from .site import Site
from .stage import Ran, Stage

# Starting Python and signing out come on top of the task's own time.
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
