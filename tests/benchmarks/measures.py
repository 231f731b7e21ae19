# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures of the collection of members: whole playbooks, a module's own time, growth, start-up, the pure core."""

from __future__ import annotations

import json
import pstats
from dataclasses import dataclass, field, replace
from typing import Any

from . import plot, profiles, startup
from .findings import Finding, at_most, table
from .machine import Command, Run, Spread, in_turns, line, number, ratio, run
from .sizes import MORE, ONE
from .world import FOLDER, HERE, World, profiled, say

MODES = ("nodeportlocal", "nodeport", "cluster")


@dataclass
class Book:
    """All that was found."""

    findings: list[Finding] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)
    plots: dict[str, str] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        self.findings.append(finding)
        say(f"{finding.measure}: {finding.result} (goal: {finding.goal or 'none'}) {finding.verdict}".strip())


def seconds(runs: list[Run]) -> list[float]:
    return [one.seconds for one in runs]


def own(runs: list[Run]) -> list[float]:
    return [float(one.said["seconds"]) for one in runs]


def memory(runs: list[Run]) -> Spread:
    return Spread.of([one.megabytes for one in runs])


def playbooks(world: World, book: Book) -> None:
    """Whole runs of ansible-playbook against the empty one, and against kubernetes.core's way to the same Pods."""
    size = world.size
    ours = world.playbook("members", {"vks.bigip.pool_members_info": {"pool_member_type": "nodeportlocal"}, "register": "members"})
    empty = world.playbook("empty")
    one = world.playbook("one", {"empty_module": {}})
    quick = in_turns({"empty": empty, "one": one, "members": ours}, size.rounds)
    times = ratio(seconds(quick["members"]), seconds(quick["empty"]))
    shown = f"{times} times; {Spread.of(seconds(quick['members']))} s against {Spread.of(seconds(quick['empty']))} s"
    book.add(at_most(f"pool_members_info, {size.services} Services, NPL, whole playbook / empty playbook", "at most 3", 3, times.middle, shown))
    times, spent = ratio(seconds(quick["one"]), seconds(quick["empty"])), Spread.of(seconds(quick["one"]))
    book.add(Finding("for comparison: a playbook with one task of an empty module / the empty playbook", "", f"{times} times; {spent} s"))

    pods = world.playbook("k8s_info", {"kubernetes.core.k8s_info": {"kind": "Pod"}, "register": "pods"})
    slow = in_turns({"k8s_info": pods, "members": ours}, size.slow_rounds)
    faster = ratio(seconds(slow["k8s_info"]), seconds(slow["members"]))
    shown = f"{faster} times; k8s_info takes {Spread.of(seconds(slow['k8s_info']))} s"
    book.add(Finding("one k8s_info of the Pods / pool_members_info, whole playbooks", "at least 20", shown, faster.middle >= 20))
    ours_mb, theirs_mb = memory(slow["members"]), memory(slow["k8s_info"])
    share = ours_mb.middle / theirs_mb.middle
    shown = f"1/{number(1 / share)}; {ours_mb} MB against {theirs_mb} MB"
    book.add(at_most("memory of the largest process, the same two", "at most 1/5", 0.2, share, shown))


def own_time(world: World, book: Book) -> None:
    """From the first byte to members, against the bare script that reads the same lists."""
    rows = []
    for mode in MODES:
        ours = world.module("pool_members_info", pool_member_type=mode, namespaces=world.namespaces)
        runs = in_turns({"bare": world.bare(mode, *world.namespaces), "module": ours}, world.size.rounds)
        told = runs["module"][0].said["summary"]
        times = ratio(own(runs["module"]), own(runs["bare"]))
        spent = ratio(*([float(one.said["cpu"]) for one in runs[name]] for name in ("module", "bare")))
        shown = f"{times} times; {Spread.of(own(runs['module']))} s against {Spread.of(own(runs['bare']))} s, {told['members']} members"
        shown += f"; in processor time {spent} times"
        book.add(at_most(f"{mode}: module's own time / bare script", "at most 1.5", 1.5, times.middle, shown))
        sent = runs["bare"][0].said
        rows.append((mode, told["members"], told["requests"], sent["requests"], number(sent["bytes"] / 1e6), memory(runs["module"]), memory(runs["bare"])))
        profile = FOLDER / f"{mode}.prof"
        run(profiled(ours, profile))
        book.tables[f"profile-{mode}"] = _profile_of(pstats.Stats(str(profile)))
    head = ("mode", "members", "requests", "of the bare script", "MB on the wire", "MB of memory", "of the bare script")
    book.tables["lists"] = table(head, rows)


def compression(world: World, book: Book) -> None:
    """From which speed of the network on gzip pays: what it saves in bits, over what it costs in seconds without any network."""
    plain = world.bare("nodeportlocal", *world.namespaces)
    runs = in_turns({"plain": plain, "gzip": replace(plain, env={**plain.env, "COMPRESSED": "1"})}, world.size.rounds)
    bits = [runs[name][0].said["bytes"] * 8 / 1e6 for name in ("plain", "gzip")]
    costs = Spread.of([slow - quick for slow, quick in zip(own(runs["gzip"]), own(runs["plain"]))])
    even = f"; it pays below {number((bits[0] - bits[1]) / costs.middle)} Mbit/s" if costs.middle > 0 else "; it always pays"
    shown = f"{number(bits[0] / 8)} MB become {number(bits[1] / 8)} MB and cost {costs} s more{even}"
    book.add(Finding("gzip for the lists of NPL", "", shown))


def _profile_of(stats: pstats.Stats) -> str:
    rows = profiles.rows(stats)
    return table(("function", "calls", "own s", "with calls s"), [(name, calls, f"{inside:.3f}", f"{whole:.3f}") for name, calls, inside, whole in rows])


def results(world: World, book: Book) -> None:
    """The time of Ansible for a large result: the whole playbook, minus the empty one, minus the module."""
    mode: dict[str, Any] = {"pool_member_type": "nodeportlocal", "namespaces": world.namespaces}
    task = {"vks.bigip.pool_members_info": mode, "register": "members"}
    commands = {"empty": world.playbook("empty"), "play": world.playbook("result", task), "module": world.module("pool_members_info", **mode)}
    runs = in_turns(commands, world.size.rounds)
    size = runs["module"][0].said["bytes"] / 1e6
    rest = Spread.of([play - empty - module for play, empty, module in zip(*(seconds(runs[name]) for name in ("play", "empty", "module")))])
    shown = f"{rest} s; the module as a process takes {Spread.of(seconds(runs['module']))} s"
    book.add(Finding(f"what Ansible adds for a result of {number(size)} MB", "", shown))


def growth(world: World, book: Book) -> None:
    """Time and memory over Pods and Services. The namespaces of fill() and fill_more() contain more and more objects."""
    size, shares = world.size, world.size.in_namespaces()
    names = [*shares, MORE]
    commands: dict[str, Command] = {}
    for count in range(1, len(names) + 1):
        commands[f"pods {count}"] = world.module("pool_members_info", pool_member_type="nodeportlocal", namespaces=names[:count])
    steps = sorted({max(1, size.services // 50), size.services // 5, size.services})
    for count in steps:
        pools = [{"service": item["service"]} for item in world.applications(count)]
        commands[f"services {count}"] = world.module("pool_members_info", pool_member_type="nodeportlocal", pools=pools)
    commands["one"] = world.module("pool_members_info", pool_member_type="nodeportlocal", namespaces=[ONE])
    runs = in_turns(commands, size.slow_rounds)
    over_pods = [found for name, found in runs.items() if name.startswith("pods")]
    points = [(float(found[0].said["summary"]["members"]), Spread.of(own(found)).middle, memory(found).middle) for found in over_pods]
    start, slope, fit = line([(pods, time) for pods, time, _ in points])
    text = f"{number(start)} s + {number(slope * 1000)} s for each 1,000 Pods, R² {fit:.3f}"
    book.add(Finding("growth over Pods, " + ", ".join(f"{pods:.0f}" for pods, _, _ in points), "linear", text, fit >= 0.95))
    low, high = min(mb for _, _, mb in points), max(mb for _, _, mb in points)
    book.add(at_most("memory over the same", "flat to within 2 times", 2, high / low, f"{number(high / low)} times: {number(low)}-{number(high)} MB"))
    rows: list[tuple[object, ...]] = [(f"{pods:.0f} Pods", number(time), number(mb)) for pods, time, mb in points]
    for count in steps:
        found = runs[f"services {count}"]
        rows.append((f"{count} of {size.services} Services, {size.pods} Pods", Spread.of(own(found)), memory(found)))
    rows.append((f"one Service with {size.one_service} endpoints", Spread.of(own(runs["one"])), memory(runs["one"])))
    book.tables["growth"] = table(("what is read", "s", "MB"), rows)
    for count in (steps[0], steps[-1]):
        book.add(Finding(f"{count} Services named, of {size.pods} Pods in their namespaces", "", f"{Spread.of(own(runs[f'services {count}']))} s"))
    book.add(Finding(f"one Service with {size.one_service} endpoints", "", f"{Spread.of(own(runs['one']))} s"))
    book.plots["growth-time"] = plot.lines("pool_members_info, NodePortLocal", "Pods", "seconds", {"own time": [(pods, time) for pods, time, _ in points]})
    book.plots["growth-memory"] = plot.lines("pool_members_info, NodePortLocal", "Pods", "MB", {"peak memory": [(pods, mb) for pods, _, mb in points]})


def pure_core(world: World, book: Book) -> None:
    size = world.size
    words = [world.python, HERE / "core.py", str(size.services), str(size.pods)]
    runs = in_turns({"core": Command(words, world.env, json=True)}, size.rounds)["core"]
    taken = Spread.of(own(runs))
    book.add(at_most(f"build and compare {size.services} applications, {size.pods} members", "under 0.5 s", 0.5, taken.middle, f"{taken} s of processor time"))
    found = run(Command([*words, "", "profile"], world.env, json=True)).said["top"]
    rows = [(name, calls, f"{inside:.3f}", f"{whole:.3f}") for name, calls, inside, whole in found]
    book.tables["profile-core"] = table(("function", "calls", "own s", "with calls s"), rows)


def starting(world: World, book: Book, root: Any) -> None:
    names = startup.modules(root)
    runs = startup.measure(names, FOLDER / "startup", world.ansible, world.python, world.env, world.size.rounds)
    empty = [one.cpu for one in runs[""]]
    rows = []
    for name in names:
        spent = [one.cpu for one in runs[name]]
        times = ratio(spent, empty)
        rows.append((name, times, Spread.of(spent), times))
    worst = max(rows, key=lambda row: row[3].middle)
    within = sum(row[3].middle <= 1.3 for row in rows)
    shown = f"{within} of {len(rows)} modules are within it; the slowest is {worst[0]}, {worst[1]} times"
    book.add(at_most("start of a module / of an empty one, as Ansible packs them", "at most 1.3", 1.3, worst[3].middle, shown))
    book.tables["startup"] = table(("module", "times the empty module", "s of processor time"), [row[:3] for row in rows])


def as_json(book: Book) -> str:
    return json.dumps({"findings": [vars(one) for one in book.findings], "tables": book.tables}, indent=1)
