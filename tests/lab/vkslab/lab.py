# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a lab up, reset it, take it down, say how it is."""

from __future__ import annotations

import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import build, paths, processes
from .baseline import Baseline
from .cluster import Cluster
from .control_plane import CONTROLLER, Command
from .errors import LabError
from .reset import followed
from .reset import reset as restore
from .state import Lab, Options
from .supervisor.control_plane import SupervisorPlane
from .supervisor.era import ERAS
from .waiting import wait


def up(lab: Lab, options: Options) -> None:
    with lab.locked():
        if lab.exists():
            if lab.is_up():
                there = lab.options()
                if there != options:
                    raise LabError(
                        f"The lab {lab.name} is up already, with {there.spelled() if there else 'other options'}, and not with {options.spelled()}. "
                        f"Take it down first (lab down --name {lab.name}), or choose another --name."
                    )
                _say(f"The lab {lab.name} is up already.")
                return
            dead = [process.name for process in lab.processes() if not process.alive()]
            _say(f"Removing what is left of the lab {lab.name} ({', '.join(dead) + ' no longer run' if dead else 'it never came up'}).")
            lab.remove()
        programs = build.ensure()
        start = time.monotonic()
        with _ended_by_signals():
            try:
                lab.create(options)
                _Start(lab, options, programs).all()
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
            raise LabError(f"The lab {lab.name} is not up (lab status says more). Start it: lab up --name {lab.name}")
        restore(lab, baseline)
        _say(f"The lab {lab.name} is as it was after `lab up`; it took {time.monotonic() - start:.1f} s.")


def down(lab: Lab) -> None:
    with lab.locked():
        if not lab.exists():
            _say(f"There is no lab {lab.name}.")
            return
        lab.remove()
        _say(f"The lab {lab.name} is gone.")


class _Start:
    """The order in which a lab comes up."""

    def __init__(self, lab: Lab, options: Options, programs: Path) -> None:
        self._lab = lab
        self._options = options
        self._programs = programs

    def all(self) -> None:
        lab, options = self._lab, self._options
        _say(f"Starting the lab {lab.name}.")
        cluster = Cluster(lab, self._programs, options)
        above = SupervisorPlane(lab, self._programs) if options.vks != "none" else None
        for plane in filter(None, (cluster, above)):
            self._run(plane.etcd())
        self._python("net")
        self._python("bigip", "--units", str(options.bigip_units), "--sync", options.sync, "--monitor-interval", str(options.monitor_interval))
        self._python("kubelet", *cluster.kubelet_arguments())
        kubelet_port = self._content("kubelet", "kubelet.json")["port"]
        for plane in filter(None, (cluster, above)):
            self._run(plane.api_server())
        self._wait("kube-apiserver", "its API answers", cluster.answers)
        for command in cluster.controllers():
            self._run(command)
        cluster.publish(kubelet_port)
        cluster.create_nodes()
        if above:
            self._supervisor(above, cluster.kubeconfig(CONTROLLER))
        self._python("cis")
        if options.cni == "antrea":
            arguments = ["--npl", options.npl, "--update-strategy", options.update_strategy]
            version = options.antrea_version or (ERAS[options.vks].antrea if above else "")
            for name, value in (("--antrea-version", version), ("--npl-port-range", options.npl_port_range)):
                arguments += [name, value] if value else []
            self._python("antrea", *arguments)
        else:
            self._python("calico")
        self._wait("kube-controller-manager", "nodes and CNI are ready", cluster.is_ready)
        self._content("bigip", "bigip.json")
        baseline = Baseline.take(lab)
        self._wait("net", "it has read the cluster", lambda: followed(lab, baseline))

    def _supervisor(self, above: SupervisorPlane, workload: Path) -> None:
        """Antrea's ConfigMap is the Supervisor's, so it is there before any agent reads it."""
        options = self._options
        self._wait("supervisor-apiserver", "its API answers", above.answers)
        files = ["--supervisor-kubeconfig", str(above.publish()), "--workload-kubeconfig", str(workload)]
        chosen = {
            "--cluster": self._lab.name,
            "--vks": options.vks,
            "--cni": options.cni,
            "--antrea-version": options.antrea_version,
            "--network-provider": options.network_provider,
            "--npl": options.npl,
            "--npl-port-range": options.npl_port_range,
            "--sync": str(options.vks_sync),
        }
        self._python("supervisor", *files, *(word for option, value in chosen.items() if value for word in (option, value)))
        self._content("supervisor", "supervisor.json")

    def _run(self, command: Command) -> None:
        processes.start(command.name, command.arguments, self._lab.folder, command.environment)

    def _python(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", f"vkslab.{module}", "--lab-dir", str(self._lab.folder), *arguments]
        processes.start(module, command, self._lab.folder, {"PYTHONPATH": str(paths.LAB_SOURCE)})

    def _content(self, process: str, file: str) -> dict[str, Any]:
        self._wait(process, f"{file} is there", lambda: self._lab.read(file) is not None)
        return self._lab.read(file) or {}

    def _wait(self, process: str, until: str, reached: Callable[[], bool]) -> None:
        wait(self._lab, f"The lab {self._lab.name} did not come up", process, until, reached)


def variables(lab: Lab) -> dict[str, str]:
    """What a shell needs to use the lab."""
    if not lab.exists():
        raise LabError(f"There is no lab {lab.name}. Start it: lab up --name {lab.name}")
    bigip, net = lab.read("bigip.json") or {}, lab.read("net.json") or {}
    if not lab.came_up():
        raise LabError(f"The lab {lab.name} did not come up (lab status says more). Start it again: lab up --name {lab.name}")
    for process in lab.processes():
        if not process.alive():
            _say(f"Of the lab {lab.name}, {process.name} has ended; see {process.log}. To start anew: lab up --name {lab.name}")
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
    }


def _of_supervisor(lab: Lab) -> dict[str, str]:
    """What the modules and the tests need of it; nothing in a lab without one."""
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
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables(lab).items())


def status(lab: Lab) -> tuple[bool, str]:
    """Whether all of it is up, and a table of it."""
    options = lab.options()
    good = lab.is_up()
    lines = [f"{lab.name}: {'up' if good else 'not up'}{', ' + options.spelled() if options else ''}"]
    lines.append(f"  folder       {lab.folder}")
    shown = {"API server": ("cluster.json", "api"), "Supervisor": ("supervisor.json", "api"), "BIG-IP": ("bigip.json", "url"), "proxy": ("net.json", "proxy")}
    for title, (file, key) in shown.items():
        content = lab.read(file)
        if content:
            lines.append(f"  {title:<12} {content[key]}")
    for process in lab.processes():
        lines.append(f"  {process.name:<24} {f'runs, pid {process.pid}' if process.alive() else f'has ended; see {process.log}'}")
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


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
