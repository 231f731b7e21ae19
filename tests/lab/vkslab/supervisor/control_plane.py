# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Supervisor's etcd and kube-apiserver. Nothing is scheduled there, so nothing else runs."""

from __future__ import annotations

from pathlib import Path

from ..control_plane import CONTROLLER, Command, ControlPlane
from ..state import Lab


class SupervisorPlane(ControlPlane):
    def __init__(self, lab: Lab, programs: Path) -> None:
        super().__init__(lab, programs, "supervisor", "supervisor-")
        self._pki.issue("api", "kube-apiserver", "127.0.0.1", "localhost")

    def api_server(self) -> Command:
        return self._api_server(
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/23",
            # The default is a routed address of this machine.
            "--advertise-address=192.0.2.1",
            # No controller manager makes the default ServiceAccounts that it would wait for.
            "--disable-admission-plugins=ServiceAccount",
        )

    def publish(self) -> Path:
        """The user's kubeconfig, and that of the simulated controllers."""
        self._lab.write("supervisor.kubeconfig", self.of_administrator())
        return self.kubeconfig(CONTROLLER)
