# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures of publish: its time for the user and its load on BIG-IP, and the same job with a usual playbook."""

from __future__ import annotations

from typing import Any

from . import plot
from .findings import Finding, at_most, table
from .machine import Command, Spread, in_turns, number, ratio, run
from .measures import Book, memory, own, seconds
from .world import HERE, World

SIZES = (1, 5, 10, 20, 50, 100)


def options(world: World, count: int, **more: Any) -> dict[str, Any]:
    """publish for the first `count` Services, one tenant each."""
    return {"pool_member_type": "nodeportlocal", "applications": world.applications(count), "owner": "bench", "timeout": 3000, **more}


def changed(given: dict[str, Any], tenants: int) -> dict[str, Any]:
    """The same with another description on the virtual servers of the first tenants."""
    items = [
        {**item, "virtual_server": {**item["virtual_server"], "remark": "changed"}} if number < tenants else item
        for number, item in enumerate(given["applications"])
    ]
    return {**given, "applications": items}


def batches(world: World, book: Book) -> None:
    """tenants_per_post: all new by whole tenants, then all changed."""
    count = world.size.batch_tenants
    rows, calls = [], {}
    for size in [size for size in SIZES if size <= count]:
        world.control("POST", "reset")
        new = options(world, count, tenants_per_post=size, bulk_create=True)
        made = world.counted(world.module("publish", **new))
        again = world.counted(world.module("publish", **changed(new, count)))
        calls[str(size)] = again["calls"] / count
        rows.append((size, *_cost(made, count), *_cost(again, count), f"{again['largest'] / 1000:.0f}"))
    head = ("tenants_per_post", "new: POSTs", "calls", "for each tenant", "s", "changed: POSTs", "calls", "for each tenant", "s", "largest POST, kB")
    book.tables["batches"] = table(head, rows)
    book.plots["batches"] = plot.bars(f"AS3's calls to its own device for each of {count} changed tenants", "calls", calls)
    book.add(Finding(f"AS3's calls for each changed tenant, by tenants_per_post, {count} tenants", "", ", ".join(f"{k}: {v:.0f}" for k, v in calls.items())))


def _cost(found: dict[str, Any], count: int) -> tuple[Any, ...]:
    return found["posts"], f"{found['calls']:,}", number(found["calls"] / count), number(own([found["run"]])[0])


def publish(world: World, book: Book) -> None:
    size = world.size
    world.control("POST", "reset")
    given = options(world, size.services)
    # all new: one safe POST for each application, and in batches
    single = world.counted(world.module("publish", **given))
    world.control("POST", "reset")
    bulk = world.counted(world.module("publish", **given, bulk_create=True))
    for name, found in (("one POST each, the safe default", single), ("bulk_create", bulk)):
        shown = f"{found['calls']:,} calls in {found['posts']} POSTs, {found['requests']} requests, {number(own([found['run']])[0])} s"
        book.add(Finding(f"publish, all {size.services} tenants new, {name}", "only changed tenants", shown))
    # nothing changed
    same, members = world.module("publish", **given), world.module("pool_members_info", pool_member_type="nodeportlocal", pools=_pools(given))
    runs = in_turns({"members": members, "publish": same}, size.rounds)
    times = ratio(own(runs["publish"]), own(runs["members"]))
    shown = f"{times} times; {Spread.of(own(runs['publish']))} s against {Spread.of(own(runs['members']))} s"
    book.add(at_most(f"publish, {size.services} tenants, nothing changed / the collection itself", "under 2", 2, times.middle, shown))
    again = world.counted(same)
    none = again["posts"] == 0 and not again["run"].said["changed"]
    book.add(Finding("requests to BIG-IP in that run", "at most 5", f"{again['requests']}, {again['posts']} POSTs", none and again["requests"] <= 5))
    # one changed
    one = world.counted(world.module("publish", **changed(given, 1)))
    shown = f"{one['calls']} calls in {one['posts']} POST, {one['requests']} requests, {number(own([one['run']])[0])} s"
    book.add(Finding(f"publish, 1 of {size.services} tenants changed", "only that tenant's calls (about 150)", shown, one["posts"] == 1 and one["calls"] < 300))
    run(same)  # puts it back


def _pools(given: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"service": item["service"]} for item in given["applications"]]


def details(world: World, book: Book) -> None:
    """The time of each value of `details` in a whole playbook, without a change."""
    commands: dict[str, Command] = {}
    for value in ("changed", "all", "none"):
        task = {"vks.bigip.publish": options(world, world.size.services, details=value), "register": "published"}
        commands[value] = world.playbook(f"publish-{value}", task)
    run(world.module("publish", **options(world, world.size.services, bulk_create=True)))  # so that there is nothing to change
    runs = in_turns(commands, world.size.rounds)
    shown = ", ".join(f"{value}: {Spread.of(seconds(runs[value]))} s" for value in commands)
    book.add(Finding("publish as a whole playbook by details, nothing changed", "", shown))


def peer(world: World, book: Book) -> None:
    """The same job with k8s_info, Jinja and the requests of f5_bigip's module: first without a change, then with one changed tenant."""
    count = world.size.services
    plain = options(world, count)
    ours = {name: world.playbook(f"ours-{name}", _ours(given)) for name, given in (("same", plain), ("one", changed(plain, 1)))}
    theirs = {name: world.playbook(f"theirs-{name}", *_theirs(given)) for name, given in (("same", plain), ("one", changed(plain, 1)))}
    # The publishing of one side is a change for the other, so they cannot take turns. Forth and back are two
    # changes of one tenant.
    rounds = {"nothing changed": ("same", "same"), f"1 of {count} tenants changed": ("one", "same")}
    rows = []
    taken: dict[str, list[list[dict[str, Any]]]] = {what: [] for what in rounds}
    for whose, plays in (("vks.bigip.publish", ours), ("k8s_info, Jinja, whole declaration", theirs)):
        world.control("POST", "reset")
        run(plays["same"])
        for what, names in rounds.items():
            found = [world.counted(plays[name]) for name in names]
            taken[what].append(found)
            runs = [one["run"] for one in found]
            rows.append((whose, what, Spread.of(seconds(runs)), memory(runs), found[0]["requests"], f"{found[0]['calls']:,}"))
    book.tables["peer"] = table(("playbook", "what", "s", "MB", "requests to BIG-IP", "AS3's calls"), rows)
    for what, (mine, other) in taken.items():
        times = ratio(*([one["run"].seconds for one in side] for side in (other, mine)))
        room = ratio(*([one["run"].megabytes for one in side] for side in (other, mine)))
        shown = f"{times} times the seconds, {number(room.middle)} times the memory; AS3's calls: {other[0]['calls']:,} against {mine[0]['calls']:,}"
        book.add(Finding(f"the peer playbook / ours, {what}", "10 times", shown, times.middle >= 10))
    shown_bars = {"vks.bigip": rows[0][2].middle, "k8s_info and f5_bigip's way": rows[2][2].middle}
    book.plots["peer"] = plot.bars("the same job, nothing changed", "seconds", shown_bars)


def _ours(given: dict[str, Any]) -> dict[str, Any]:
    return {"vks.bigip.publish": given, "register": "published"}


def _theirs(given: dict[str, Any]) -> list[dict[str, Any]]:
    lists = [("Service", "v1", "services"), ("EndpointSlice", "discovery.k8s.io/v1", "slices"), ("Pod", "v1", "pods")]
    reads = [{"kubernetes.core.k8s_info": {"kind": kind, "api_version": version}, "register": name} for kind, version, name in lists]
    spread = {"endpoint_slices": "{{ slices.resources }}", "pods": "{{ found_pods.resources }}", "applications": given["applications"]}
    reads[2]["register"] = "found_pods"
    return [*reads, {"as3_deploy_peer": {"content": f"{{{{ lookup('template', '{HERE / 'library' / 'declaration.j2'}') }}}}"}, "vars": spread}]
