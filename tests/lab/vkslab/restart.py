# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kill a program of the control plane, and start it again."""

from __future__ import annotations

import subprocess

from . import build, processes
from .errors import LabError
from .paths import COMMAND
from .processes import Process
from .state import Lab
from .waiting import wait

#: The programs that keep their port over a restart.
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")

#: In a cluster, both lose their lease without an API server, and end. In the lab they have no lease. They would
#: stay, and read each kind again after a back-off of its own, of up to a minute. In the meantime, the controller
#: manager drops a Service whose EndpointSlices it cannot see ("Retry budget exceeded").
LEASED = ("kube-controller-manager", "kube-scheduler")


def restart(lab: Lab, name: str) -> list[tuple[Process, Process]]:
    """The program ends as by a crash. The processes before and after: more than one with the API server.

    This returns when they run again. Only the API server answers by then.
    """
    restarted = [_restart(lab, name)]
    if name == "kube-apiserver":
        wait(lab, f"{name} of the lab {lab.name} was restarted", name, "it answers", lambda: _answers(lab))
        restarted += [_restart(lab, leased) for leased in LEASED]
    return restarted


def _restart(lab: Lab, name: str) -> tuple[Process, Process]:
    process = processes.recorded(lab.folder, name)
    if process is None or not process.alive():
        raise LabError(f"{name} of the lab {lab.name} does not run (see {COMMAND} status).")
    return process, processes.restart(process)


def _answers(lab: Lab) -> bool:
    command = [
        build.folder() / "kubectl",
        f"--kubeconfig={lab.folder / 'kubeconfig'}",
        "get",
        "--raw",
        "/readyz",
    ]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
