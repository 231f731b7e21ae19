# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the suites that were asked for, two at a time, and sums up."""

from __future__ import annotations

import fcntl
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from . import ansible_test, environments
from .collections_of_others import fetch
from .counting import Count
from .places import LOGS, ROOT
from .suites import Suite, table
from .work import Failed, Work, end_all

WORKERS = max(2, min(4, (os.cpu_count() or 2) // 2))


def main(words: list[str]) -> int:
    options, names = [word for word in words if word.startswith("-")], [word for word in words if not word.startswith("-")]
    if unknown := set(options) - {"--all", "--list"}:
        raise SystemExit(f"{', '.join(sorted(unknown))}: no such option; there are --all and --list")
    everything = "--all" in options
    chosen = choose(table(everything), names, everything)
    if "--list" in options:
        for suite in chosen:
            print(f"{suite.group:12} {suite.name}")
        return 0
    os.environ.pop("PYTHONPATH", None)
    started = time.monotonic()
    prepare(chosen)
    try:
        results = run_all(chosen)
        run_again_alone(chosen, results)
    except BaseException:
        end_all()
        raise
    return summary(chosen, results, time.monotonic() - started)


def choose(suites: list[Suite], words: list[str], everything: bool) -> list[Suite]:
    """The suites of `make test`, or everything, in these groups; a suite that is named runs in any case."""
    names = {suite.name for suite in suites} | {suite.group for suite in suites}
    unknown = [word for word in words if word not in names]
    if unknown:
        raise SystemExit(f"{', '.join(unknown)}: no such suite or group; tests/run --all --list names them")
    in_target = [suite for suite in suites if everything or not suite.exhaustive]
    return [suite for suite in suites if suite.name in words or (suite in in_target and (not words or suite.group in words))]


def prepare(suites: list[Suite]) -> None:
    """Make everything that the suites need before the first one starts: its progress is shown here, not in their logs."""
    with ThreadPoolExecutor(WORKERS) as pool:
        names = {name for suite in suites for name in suite.uses}
        list(pool.map(environments.make, sorted(names, key=lambda name: (name.startswith("core-"), name))))  # the large ones first
    if any(suite.group != "lab" for suite in suites):
        fetch()
    if any(suite.uses[0].startswith("core-") for suite in suites):
        ansible_test.prepare()
    if any(suite.lab or suite.group == "scenarios" for suite in suites):
        environments.make_lab()


def run_all(suites: list[Suite]) -> dict[str, Count]:
    results: dict[str, Count] = {}
    (LOGS / "suites").mkdir(parents=True, exist_ok=True)
    # A suite with a lab waits, one without computes: the first worker has those with one, the others join it when theirs are done.
    queues = [[suite for suite in suites if suite.lab], [suite for suite in suites if not suite.lab]]
    running: list[Suite] = []
    changed = threading.Condition()

    def fits(suite: Suite) -> bool:
        return not running if suite.alone else not any(other.alone for other in running)

    def take(prefer: int) -> Suite | None:
        with changed:
            while any(queues):
                for queue in (queues[prefer], queues[1 - prefer]):
                    if suite := next(filter(fits, queue), None):
                        queue.remove(suite)
                        running.append(suite)
                        return suite
                changed.wait()
        return None

    def worker(number: int) -> None:
        while (suite := take(min(number, 1))) is not None:
            try:
                results[suite.name] = run_one(suite)
            finally:
                with changed:
                    running.remove(suite)
                    changed.notify_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            for future in as_completed([pool.submit(worker, number) for number in range(WORKERS)]):
                future.result()
        except BaseException:
            with changed:
                for queue in queues:
                    queue.clear()
                changed.notify_all()
            end_all()
            raise
    return results


def run_again_alone(suites: list[Suite], results: dict[str, Count]) -> None:
    """What failed beside another suite gets one more run on a quiet machine, and says so: two cores carry a lab and
    a linter, but not always within the time that a test allows."""
    for suite in suites if len(results) > 1 else []:
        if suite.watches_the_clock and not suite.alone and results[suite.name].failed:
            first = log_of(suite).replace(log_of(suite).with_suffix(".first.log"))
            say("\n".join(what_matters(first.read_text(errors="replace").splitlines())))
            say(f"       {suite.name} failed beside others ({first.relative_to(ROOT)}); once more, alone")
            results[suite.name] = run_one(suite)


def run_one(suite: Suite) -> Count:
    """Run a suite, alone in this checkout: two runs of the runner may go on side by side, but not in one copy."""
    path = log_of(suite)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _run_alone(suite, path)


def _run_alone(suite: Suite, path: Path) -> Count:
    started = time.monotonic()
    work = Work(path, suite.minutes * 60, gives_way=suite.gives_way)
    say(f"  ...  {suite.name}")
    try:
        try:
            status = suite.run(work)
        except Failed:
            status = 1
        except Exception as error:  # a suite that cannot run has failed; the others go on
            say(f"       {suite.name}: {type(error).__name__}: {error}")
            status = 1
        count = suite.count(work.text(), status)
    finally:
        work.close()
    word = "FAIL" if count.failed else "ok"
    say(f"{word:>5}  {suite.name}: {count} ({time.monotonic() - started:.0f} s)")
    return count


def log_of(suite: Suite) -> Path:
    return LOGS / "suites" / f"{suite.name.replace(' ', '-')}.log"


def say(text: str) -> None:
    """A line in one piece, though several workers write."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def summary(suites: list[Suite], results: dict[str, Count], seconds: float) -> int:
    total = Count()
    failed = [suite for suite in suites if results[suite.name].failed]
    for suite in failed:
        log = log_of(suite)
        print(f"\n---- {suite.name}: the end of {log.relative_to(ROOT)}")
        print("\n".join(what_matters(log.read_text(errors="replace").splitlines())))
    print(f"\n---- summary ({seconds:.0f} s)")
    for suite in suites:
        count = results[suite.name]
        total += count
        print(f"{'FAIL' if count.failed else 'ok':>5}  {suite.name}: {count}")
    print(total, flush=True)
    return 1 if total.failed else 0


def what_matters(lines: list[str]) -> list[str]:
    """The end of a log, and before it what ansible-test called an error further up."""
    end = lines[-40:]
    return [line for line in lines[:-40] if line.startswith(("ERROR:", "FATAL:"))] + end
