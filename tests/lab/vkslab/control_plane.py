# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An etcd and a kube-apiserver of a lab: what the workload cluster and the Supervisor have in common."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .pki import Pki
from .state import Lab

#: The simulated Supervisor signs in to both clusters as this user, which the audit logs omit.
CONTROLLER, CONTROLLER_USER = "supervisor-controllers", "system:lab-supervisor"


@dataclass(frozen=True)
class Command:
    """A program to start."""

    name: str
    arguments: list[str]
    environment: dict[str, str]


class ControlPlane:
    """Ports, certificates, and the two programs. `prefix` distinguishes the names of a second one."""

    def __init__(self, lab: Lab, programs: Path, folder: str, prefix: str = "") -> None:
        self._lab = lab
        self._called = f"{lab.name}-{prefix}".rstrip("-")
        self._programs = programs
        self._prefix = prefix
        self._folder = lab.folder / folder
        self._folder.mkdir(mode=0o700)
        ports = lab.ports(*(f"{prefix}{name}" for name in ("etcd", "etcd-peer", "api")))
        self._etcd_port, self._etcd_peer_port, self._api_port = ports.values()
        self.url = f"https://127.0.0.1:{self._api_port}"
        self._pki = Pki(self._folder / "pki")
        self._pki.issue("service-accounts", "service-accounts")
        self._pki.issue("admin", "kubernetes-admin", group="system:masters")
        self._pki.issue(CONTROLLER, CONTROLLER_USER, group="system:masters")
        self._tls = ssl.create_default_context(cafile=str(self._pki.ca))
        self._tls.load_cert_chain(self._pki.certificate("admin"), self._pki.key("admin"))

    def etcd(self) -> Command:
        client, peer = (f"http://127.0.0.1:{port}" for port in (self._etcd_port, self._etcd_peer_port))
        return self._command(
            "etcd",
            f"--data-dir={self._folder / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            # A lab's cluster does not outlive its machine, so its disk is not waited for.
            "--unsafe-no-fsync=true",
            "--quota-backend-bytes=8589934592",
            "--auto-compaction-retention=5m",
            "--log-level=warn",
        )

    def _api_server(self, *more: str) -> Command:
        pki = self._pki
        return self._command(
            "kube-apiserver",
            f"--etcd-servers=http://127.0.0.1:{self._etcd_port}",
            "--bind-address=127.0.0.1",
            f"--secure-port={self._api_port}",
            f"--tls-cert-file={pki.certificate('api')}",
            f"--tls-private-key-file={pki.key('api')}",
            f"--client-ca-file={pki.ca}",
            f"--service-account-key-file={pki.key('service-accounts')}",
            f"--service-account-signing-key-file={pki.key('service-accounts')}",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            "--allow-privileged=true",
            "--max-requests-inflight=0",
            "--max-mutating-requests-inflight=0",
            "--enable-priority-and-fairness=false",
            f"--audit-policy-file={paths.MANIFESTS / 'audit-policy.yaml'}",
            f"--audit-log-path={self.audit_log}",
            "--audit-log-maxsize=2000",
            "--profiling=false",
            *more,
        )

    @property
    def audit_log(self) -> Path:
        return self._lab.folder / f"{self._prefix}audit.log"

    def kubeconfig(self, name: str) -> Path:
        """A file with which one of the lab's own programs signs in."""
        path = self._folder / f"{name}.kubeconfig"
        path.touch(mode=0o600)
        path.write_text(self._pki.kubeconfig(name, self.url, self._called))
        return path

    def of_administrator(self) -> str:
        """The kubeconfig that the lab's user gets."""
        return self._pki.kubeconfig("admin", self.url, self._called)

    def answers(self) -> bool:
        return self._get("/readyz") is not None

    def _get(self, path: str) -> bytes | None:
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self._tls)
        )
        try:
            with opener.open(self.url + path, timeout=5) as answer:
                content: bytes = answer.read()
                return content
        except (OSError, urllib.error.URLError):
            return None

    def _command(self, name: str, *arguments: str, **environment: str) -> Command:
        known_as = f"{self._prefix}{name.removeprefix('kube-')}" if self._prefix else name
        # Go's default collects garbage twice as often, which costs a tenth of a start.
        return Command(known_as, [str(self._programs / name), *arguments], {"GOGC": "200", **environment})
