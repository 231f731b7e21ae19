# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start a lab, reset it, end it, and report its state."""

from __future__ import annotations

import shlex
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from . import build, paths
from .baseline import Baseline
from .errors import LabError
from .etcd import Etcd
from .paths import COMMAND
from .reset import reset as restore
from .restart import restart as restart_program
from .state import Lab, Options


def up(lab: Lab, options: Options) -> None:
    with lab.locked():
        if lab.exists():
            if lab.is_up():
                there = lab.options()
                if there != options:
                    raise LabError(
                        f"The lab {lab.name} is up already, with "
                        f"{there.spelled() if there else 'other options'}, and not with "
                        f"{options.spelled()}. "
                        f"Take it down first ({COMMAND} down --name {lab.name}), or choose another --name."
                    )
                _say(f"The lab {lab.name} is up already.")
                return
            dead = [process.name for process in lab.processes() if not process.alive()]
            _say(
                f"Removing the rest of the lab {lab.name} "
                f"({', '.join(dead) + ' no longer run' if dead else 'it never came up'})."
            )
            lab.remove()
        programs = build.ensure()
        start = time.monotonic()
        with _ended_by_signals():
            try:
                # Here, as the other commands need none of what a start imports, and take half as long without
                # it.
                from .start import Start

                _say(f"Starting the lab {lab.name}.")
                lab.create(options)
                Start(lab, options, programs).all()
                lab.set_up()
            except BaseException:
                lab.remove()
                raise
        _say(f"The lab {lab.name} is up: {options.spelled()}; it took {time.monotonic() - start:.1f} s.")


def reset(lab: Lab) -> None:
    with lab.locked():
        start = time.monotonic()
        baseline = Baseline.of(lab) if lab.exists() and lab.is_up() else None
        if baseline is None:
            raise LabError(
                f"The lab {lab.name} is not up (see {COMMAND} status). Start it: {_start(lab)}"
            )
        restore(lab, baseline)
        _say(
            f"The lab {lab.name} is as it was after `{COMMAND} up`; it took {time.monotonic() - start:.1f} s."
        )


def restart(lab: Lab, name: str) -> None:
    with lab.locked():
        for before, after in restart_program(lab, name):
            _say(f"Restarted {after.name} of the lab {lab.name}: pid {after.pid} instead of {before.pid}.")


def compact(lab: Lab) -> None:
    with lab.locked():
        port = lab.known_ports().get("etcd")
        if port is None:
            raise LabError(f"There is no lab {lab.name}. Start it: {_start(lab)}")
        _say(f"Compacted etcd of the lab {lab.name} at revision {Etcd(port).compact()}.")


def down(lab: Lab) -> None:
    with lab.locked():
        if not lab.exists():
            _say(f"There is no lab {lab.name}.")
            return
        lab.remove()
        _say(f"Ended the lab {lab.name}.")


def variables(lab: Lab) -> dict[str, str]:
    """The variables for a shell that uses the lab."""
    if not lab.exists():
        raise LabError(f"There is no lab {lab.name}. Start it: {_start(lab)}")
    bigip, net = lab.read("bigip.json") or {}, lab.read("net.json") or {}
    if not lab.came_up():
        raise LabError(
            f"The lab {lab.name} did not come up (see {COMMAND} status). Start it again: {_start(lab)}"
        )
    for process in lab.processes():
        if not process.alive():
            _say(
                f"Of the lab {lab.name}, {process.name} has ended; see {process.log}. "
                f"To start anew: {_start(lab)}"
            )
    programs = build.folder()
    kubeconfig = str(lab.folder / "kubeconfig")
    return {
        "K8S_AUTH_KUBECONFIG": kubeconfig,
        "KUBECONFIG": kubeconfig,
        "F5_SERVER": ",".join(unit["host"] for unit in bigip.get("units", [])),
        "F5_SERVER_PORT": str(bigip.get("port", "")),
        "F5_USER": str(bigip.get("user", "")),
        "F5_PASSWORD": str(bigip.get("password", "")),
        "F5_CA_CERT": str(bigip.get("ca", "")),
        "LAB_PROXY": str(net.get("proxy", "")),
        "LAB_NAME": lab.name,
        "LAB_DIR": str(lab.folder),
        "LAB_AUDIT_LOG": str(lab.folder / "audit.log"),
        **_of_supervisor(lab),
        "LAB_KUBECTL": str(programs / "kubectl"),
        "LAB_HELM": str(programs / "helm"),
        "LAB_HELM4": str(programs / "helm4"),
        "LAB_CHARTS": str(paths.CHARTS),
    }


def _of_supervisor(lab: Lab) -> dict[str, str]:
    """The Supervisor's variables. Empty in a lab without one."""
    there = lab.read("supervisor.json")
    if there is None:
        return {}
    return {
        "VKS_SUPERVISOR_KUBECONFIG": str(lab.folder / "supervisor.kubeconfig"),
        "VKS_SUPERVISOR_NAMESPACE": there["namespace"],
        "VKS_SUPERVISOR_CLUSTER_NAME": there["cluster"],
        "LAB_SUPERVISOR_AUDIT_LOG": str(lab.folder / "supervisor-audit.log"),
    }


def exports(lab: Lab) -> str:
    """The variables, for `eval` in a shell."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables(lab).items())


def status(lab: Lab) -> tuple[bool, str]:
    """True if all of it runs, and a table of its processes and addresses."""
    options = lab.options()
    good = lab.is_up()
    lines = [f"{lab.name}: {'up' if good else 'not up'}{', ' + options.spelled() if options else ''}"]
    lines.append(f"  folder       {lab.folder}")
    shown = {
        "API server": ("cluster.json", "api"),
        "Supervisor": ("supervisor.json", "api"),
        "BIG-IP": ("bigip.json", "url"),
        "proxy": ("net.json", "proxy"),
    }
    for title, (file, key) in shown.items():
        content = lab.read(file)
        if content:
            lines.append(f"  {title:<12} {content[key]}")
    for process in lab.processes():
        lines.append(
            f"  {process.name:<24} "
            f"{f'runs, pid {process.pid}' if process.alive() else f'has ended; see {process.log}'}"
        )
    return good, "\n".join(lines)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A signal that would end this command lets it clean up first."""

    def end(number: int, frame: object) -> None:
        # Once: cleaning up is not interrupted.
        for each in handled:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    handled = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {each: signal.signal(each, end) for each in handled}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _start(lab: Lab) -> str:
    return f"{COMMAND} up --name {lab.name}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
