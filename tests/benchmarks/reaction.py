# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures of a real ansible-rulebook: the seconds from a change in the cluster to BIG-IP, and where they are spent."""

from __future__ import annotations

import json
import re
import statistics
from datetime import datetime
from pathlib import Path
from typing import Any

from scenarios import rulebook
from support import galaxy

from . import posting
from .findings import Finding, at_most, table
from .machine import Command, run
from .measures import Book
from .reacted import PHASES, Play, Reaction, percentile, phases, plays, reactions, shown, within
from .world import FOLDER, World, say

MEDIAN, WORST, PLAYS = 2.5, 5.0, 3  # the goals: seconds, seconds, plays for a rollout
OWN = "$select=name"  # the query with which the rollout reads the pool


def reaction(world: World, book: Book) -> None:
    """Rolls one Service again and again while ansible-rulebook keeps BIG-IP in sync."""
    size = world.size
    given = posting.options(world, size.services)
    run(world.module("publish", **given, bulk_create=True))
    folder = FOLDER / "reaction"
    folder.mkdir()
    tarball = galaxy.build_own("bench")
    variables = {**world.lab, "ANSIBLE_LOG_PATH": str(folder / "ansible.log")}
    with rulebook.Rulebook(folder, tarball, variables, given, {}) as running:
        running.until(lambda: any(line["kind"] == "run" for line in running.journal()), "published by the first resync")
        world.control("DELETE", "requests")
        rollouts = [_parsed(line) for line in _roll(world, running.journal_file, folder).splitlines()]
        journal = running.journal()
    requests = [item["at"] for item in world.control("GET", "requests")["items"] if item["query"] != OWN]
    found = plays(journal, plays_begun((folder / "ansible.log").read_text()), requests)
    _report(book, size.rollouts, [one for one in rollouts if not one["late"]], found)
    (late,) = (one for one in rollouts if one["late"])
    (mapped,) = late["reactions"]
    without = within(found, late["begin"], mapped.changed)
    result = f"{mapped.seconds:.2f} s, after a run without it" if without else "no run came before the mapping"
    book.add(Finding("a Pod whose mapping comes 3 s after its endpoint is ready", "published without another event", result, bool(without)))


def _roll(world: World, journal: Path, folder: Path) -> str:
    """The output of the process that rolls the Service."""
    plan = {"lab_dir": world.lab["LAB_DIR"], "namespace": world.namespaces[0], "service": "app-0000", "pool": "/T0000/A1/pool"}
    file, output = folder / "plan.json", folder / "rollouts.jsonl"
    file.write_text(json.dumps({**plan, "rounds": world.size.rollouts, "journal": str(journal), "bigip": world.bigip, "output": str(output)}))
    say(f"rolling app-0000 {world.size.rollouts} times")
    run(Command([world.python, "-m", "benchmarks.rollout"], world.env, stdin=file))
    return output.read_text()


def _parsed(line: str) -> dict[str, Any]:
    content = json.loads(line)
    written = [tuple(row) for row in content["written"]]
    return {"late": content["late"], "begin": written[0][0], "end": content["end"], "reactions": reactions(written, [tuple(row) for row in content["seen"]])}


def plays_begun(log: str) -> list[float]:
    """When plays began, from the log of ansible-playbook, which has the local time."""
    found = re.findall(r"^(\S+ \S+),(\d+) .*\| PLAY \[", log, re.MULTILINE)
    return [datetime.strptime(text, "%Y-%m-%d %H:%M:%S").astimezone().timestamp() + int(part) / 1000 for text, part in found]


def _report(book: Book, count: int, rollouts: list[dict[str, Any]], found: list[Play]) -> None:
    every: list[Reaction] = [one for rollout in rollouts for one in rollout["reactions"]]
    for kind, words in (("added", "a new member is on BIG-IP"), ("removed", "an old member is removed from BIG-IP")):
        values = [one.seconds for one in every if one.kind == kind]
        middle, worst = percentile(values, 0.5), percentile(values, 0.99)
        goal = f"median at most {MEDIAN:g} s, 99 % at most {WORST:g} s"
        result = f"{shown(values)}; {len(values)} changes in {count} rollouts"
        book.add(Finding(f"reaction: from the change in the cluster until {words}", goal, result, middle <= MEDIAN and worst <= WORST))
    counts = [len(within(found, one["begin"], one["end"])) for one in rollouts]
    result = f"{statistics.median(counts):g} (at most {max(counts)})"
    book.add(at_most("plays for a rollout of 20 Pods", f"at most {PLAYS}", PLAYS, max(counts), result))
    spent = [phases(one, found) for one in every]
    whole = sum(map(sum, spent))
    rows = [
        (name, *(f"{percentile([one[place] for one in spent], share):.2f}" for share in (0.5, 0.95, 0.99)), f"{sum(one[place] for one in spent) / whole:.0%}")
        for place, name in enumerate(PHASES)
    ]
    book.tables["reaction"] = table(("phase", "median s", "95 % s", "99 % s", "share"), rows)
    parts = [(one.play - one.event, one.task - one.play, one.contact - one.task, one.end - one.contact) for one in found]
    of_run = [(name, *(f"{percentile([part[place] for part in parts], share):.2f}" for share in (0.5, 0.95, 0.99))) for place, name in enumerate(PHASES[1:])]
    book.tables["reaction-run"] = table(("part of a run", "median s", "95 % s", "99 % s"), of_run)
