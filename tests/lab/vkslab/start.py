# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a lab comes up: which process after which, and what is waited for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import paths, processes
from .baseline import Baseline, started_agents
from .cluster import Cluster
from .control_plane import CONTROLLER, Command
from .reset import followed
from .state import Lab, Options
from .supervisor.control_plane import SupervisorPlane
from .supervisor.era import ERAS
from .waiting import wait


class Start:
    """The order in which a lab comes up."""

    def __init__(self, lab: Lab, options: Options, programs: Path) -> None:
        self._lab = lab
        self._options = options
        self._programs = programs

    def all(self) -> None:
        lab, options = self._lab, self._options
        cluster = Cluster(lab, self._programs, options)
        above = SupervisorPlane(lab, self._programs) if options.vks != "none" else None
        planes: list[Cluster | SupervisorPlane] = [cluster, above] if above else [cluster]
        for plane in planes:
            self._run(plane.etcd())
            self._run(plane.api_server())
        self._python("net")
        self._python(
            "bigip",
            "--units",
            str(options.bigip_units),
            "--sync",
            options.sync,
            "--monitor-interval",
            str(options.monitor_interval),
        )
        self._python("kubelet", *cluster.kubelet_arguments())
        self._python("cis")
        if above is None:
            self._cni("")
        kubelet_port = self._content("kubelet", "kubelet.json")["port"]
        self._wait("kube-apiserver", "its API answers", cluster.answers)
        for command in cluster.controllers():
            self._run(command)
        cluster.publish(kubelet_port)
        cluster.create_nodes()
        if above:
            self._supervisor(above, cluster.kubeconfig(CONTROLLER))
            self._cni(ERAS[options.vks].antrea)
        self._wait("kube-controller-manager", "nodes and CNI are ready", cluster.is_ready)
        self._content("bigip", "bigip.json")
        if options.cni == "antrea":
            self._wait("antrea", "its agents have started", lambda: len(started_agents(lab)) == options.nodes)
        baseline = Baseline.take(lab)
        self._wait("net", "it has read the cluster", lambda: followed(lab, baseline))

    def _cni(self, antrea: str) -> None:
        """Simulated CNIs wait for the cluster. `antrea`: its version, if the options set none."""
        options = self._options
        if options.cni != "antrea":
            self._python("calico", "--calico-api", options.calico_api)
            return
        arguments = ["--npl", options.npl, "--update-strategy", options.update_strategy]
        arguments += ["--encap-mode", options.encap_mode, "--antrea-ipam", options.antrea_ipam]
        for name, value in (
            ("--antrea-version", options.antrea_version or antrea),
            ("--npl-port-range", options.npl_port_range),
        ):
            arguments += [name, value] if value else []
        self._python("antrea", *arguments)

    def _supervisor(self, above: SupervisorPlane, workload: Path) -> None:
        """The Supervisor writes Antrea's ConfigMap, so it exists before any agent reads it."""
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
            "--encap-mode": options.encap_mode,
            "--sync": str(options.vks_sync),
        }
        self._python(
            "supervisor",
            *files,
            *(word for option, value in chosen.items() if value for word in (option, value)),
        )
        self._content("supervisor", "supervisor.json")

    def _run(self, command: Command) -> None:
        processes.start(command.name, command.arguments, self._lab.folder, command.environment)

    def _python(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", f"vkslab.{module}", "--lab-dir", str(self._lab.folder), *arguments]
        processes.start(module, command, self._lab.folder, {"PYTHONPATH": str(paths.LAB_SOURCE)})

    def _content(self, process: str, file: str) -> dict[str, Any]:
        self._wait(process, f"{file} exists", lambda: self._lab.read(file) is not None)
        return self._lab.read(file) or {}

    def _wait(self, process: str, until: str, reached: Callable[[], bool]) -> None:
        wait(self._lab, f"The lab {self._lab.name} did not come up", process, until, reached)
