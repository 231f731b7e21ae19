# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster's control plane: which programs, with which settings, and when they are ready.

The programs are started here and not by kwokctl: only so does each have the identity that `down` needs, the
audit log, the way through the lab's proxy, and a second IP family.
"""

from __future__ import annotations

import ipaddress
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import yaml

from . import egress, nodes, paths
from .addresses import FAMILIES
from .calico.api import APIS
from .calico.settled import is_complete
from .control_plane import Command, ControlPlane
from .errors import LabError
from .state import Lab, Options

#: The lab needs no protection of the API server from its users.
_CLIENT_LIMITS = ("--kube-api-qps=5000", "--kube-api-burst=10000")

_AGENT_INFOS = "/apis/crd.antrea.io/v1beta1/antreaagentinfos"


class Cluster(ControlPlane):
    """The control plane of one lab's workload cluster: files, commands, and questions to its API server."""

    def __init__(self, lab: Lab, programs: Path, options: Options) -> None:
        super().__init__(lab, programs, "cluster")
        self._options = options
        self._families = FAMILIES[options.ip_family]
        self._issue()

    # -- what runs

    def api_server(self) -> Command:
        pki = self._pki
        return self._api_server(
            # The address of the Service `kubernetes`: one of the cluster, not a loopback one.
            f"--advertise-address={self._families[0].api_server()}",
            f"--service-cluster-ip-range={self._joined('services')}",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            f"--egress-selector-config-file={self._egress()}",
            f"--kubelet-client-certificate={pki.certificate('api-kubelet')}",
            f"--kubelet-client-key={pki.key('api-kubelet')}",
            "--kubelet-preferred-address-types=InternalIP",
            f"--requestheader-client-ca-file={pki.ca}",
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            f"--proxy-client-cert-file={pki.certificate('front-proxy')}",
            f"--proxy-client-key-file={pki.key('front-proxy')}",
        )

    def controllers(self) -> list[Command]:
        """The objects that make a cluster of an API server."""
        masks = {4: "ipv4", 6: "ipv6"}
        mask_flags = (
            [
                f"--node-cidr-mask-size-{masks[6 if ':' in family.pods else 4]}={family.node_prefix}"
                for family in self._families
            ]
            if len(self._families) > 1
            else [f"--node-cidr-mask-size={self._families[0].node_prefix}"]
        )
        return [
            self._command(
                "kube-controller-manager",
                f"--kubeconfig={self.kubeconfig('kube-controller-manager')}",
                f"--cluster-name={self._lab.name}",
                "--allocate-node-cidrs=true",
                f"--cluster-cidr={self._joined('pods')}",
                *mask_flags,
                f"--service-cluster-ip-range={self._joined('services')}",
                f"--root-ca-file={self._pki.ca}",
                f"--service-account-private-key-file={self._pki.key('service-accounts')}",
                "--leader-elect=false",
                "--secure-port=0",
                # A node that is not ready is noticed within a second, not five.
                "--node-monitor-period=1s",
                "--concurrent-deployment-syncs=20",
                "--concurrent-replicaset-syncs=20",
                "--concurrent-service-endpoint-syncs=20",
                "--concurrent-endpoint-syncs=20",
                *_CLIENT_LIMITS,
            ),
            self._command(
                "kube-scheduler",
                f"--kubeconfig={self.kubeconfig('kube-scheduler')}",
                "--leader-elect=false",
                "--secure-port=0",
                *_CLIENT_LIMITS,
            ),
            self._command(
                "kwok",
                f"--kubeconfig={self.kubeconfig('kwok')}",
                f"--config={paths.MANIFESTS / 'stages.yaml'}",
                "--manage-all-nodes",
                "--node-lease-duration-seconds=40",
                KWOK_WORKDIR=str(self._folder / "kwok"),
                # At its start, kwok 0.8 writes to one map from several goroutines, and now and then ends with
                # "concurrent map writes".
                GOMAXPROCS="1",
            ),
        ]

    def kubelet_arguments(self) -> list[str]:
        """The files that the simulated kubelets need to serve, to trust the API server, and to sign in."""
        return [
            f"--ca={self._pki.ca}",
            f"--certificate={self._pki.certificate('kubelet')}",
            f"--key={self._pki.key('kubelet')}",
            f"--kubeconfig={self.kubeconfig('kubelet-client')}",
        ]

    # -- what it publishes

    def publish(self, kubelet_port: int) -> None:
        """Inform the other processes.

        cluster.json comes first, because readers of the kubeconfig may need it.
        """
        self._lab.write(
            "cluster.json",
            {
                "api": self.url,
                # On loopback. Every node reports port 10250, and the lab's proxy leads from there to here.
                "kubelet_port": kubelet_port,
                "ip_family": self._options.ip_family,
                "node_cidr": self._joined("nodes"),
                "pod_cidr": self._joined("pods"),
                "service_cidr": self._joined("services"),
            },
        )
        self._lab.write("kubeconfig", self.of_administrator())

    def create_nodes(self) -> None:
        made = [
            nodes.manifest(self._lab.name, index, self._options.ip_family)
            for index in range(self._options.nodes)
        ]
        done = subprocess.run(
            [
                str(self._programs / "kubectl"),
                f"--kubeconfig={self._lab.folder / 'kubeconfig'}",
                "create",
                "--validate=false",  # on a busy machine, kubectl waits too short for the schemas
                "-f",
                "-",
            ],
            input=json.dumps({"apiVersion": "v1", "kind": "List", "items": made}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "HOME": str(self._folder)},
        )
        if done.returncode:
            raise LabError(f"The lab's nodes could not be created. kubectl said:\n{done.stdout.strip()}")

    # -- questions

    def is_ready(self) -> bool:
        """Its nodes are ready, its controllers work, and its CNI runs on every node."""
        if not self._get("/api/v1/namespaces/default/serviceaccounts/default"):
            return False
        items = self._items("/api/v1/nodes")
        if len(items) < self._options.nodes or not all(_is_ready(node) for node in items):
            return False
        # The CNI's Pods, from the simulated DaemonSet and Deployment, and the objects of each node.
        workloads = [
            each
            for kind in ("daemonsets", "deployments")
            for each in self._items(f"/apis/apps/v1/namespaces/kube-system/{kind}")
        ]
        ready = [_ready_pods(each) for each in workloads]
        if len(ready) < 2 or not all(ready):
            return False
        if self._options.cni == "calico":
            return is_complete(self._items, APIS[self._options.calico_api])
        return len(self._items(_AGENT_INFOS)) >= len(items)

    def _items(self, path: str) -> list[dict[str, Any]]:
        listed = self._get(path)
        items: list[dict[str, Any]] = json.loads(listed)["items"] if listed else []
        return items

    # -- files

    def _issue(self) -> None:
        services = [f"{_first(family.services)}" for family in self._families]
        dns = (
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
        )
        addresses = [family.api_server() for family in self._families]
        self._pki.issue("api", "kube-apiserver", "127.0.0.1", "localhost", *services, *addresses, *dns)
        self._pki.issue("kubelet", "system:node", "127.0.0.1", group="system:nodes")
        self._pki.issue("front-proxy", "front-proxy-client")
        self._pki.issue("api-kubelet", "kube-apiserver-kubelet-client", group="system:masters")
        # The audit log separates the control plane from other clients by these users.
        self._pki.issue("kube-controller-manager", "system:kube-controller-manager", group="system:masters")
        self._pki.issue("kube-scheduler", "system:kube-scheduler", group="system:masters")
        self._pki.issue("kwok", "system:lab-kwok", group="system:masters")
        self._pki.issue("kubelet-client", "system:lab-kubelet", group="system:masters")

    def _egress(self) -> Path:
        path = self._folder / "egress.yaml"
        connection: dict[str, Any] = {
            "proxyProtocol": "HTTPConnect",
            "transport": {"uds": {"udsName": egress.SOCKET}},
        }
        selection = {"name": "cluster", "connection": connection}
        path.write_text(
            yaml.safe_dump(
                {
                    "apiVersion": "apiserver.k8s.io/v1beta1",
                    "kind": "EgressSelectorConfiguration",
                    "egressSelections": [selection],
                }
            )
        )
        return path

    def _joined(self, part: str) -> str:
        return ",".join(getattr(family, part) for family in self._families)


def _first(network: str) -> str:
    return str(ipaddress.ip_network(network)[1])


def _is_ready(node: dict[str, Any]) -> bool:
    ready = any(
        condition["type"] == "Ready" and condition["status"] == "True"
        for condition in node["status"].get("conditions", [])
    )
    # The control plane takes its taint from a new node a moment after the node is ready.
    return ready and not any(
        taint["key"] == "node.kubernetes.io/not-ready" for taint in node["spec"].get("taints", [])
    )


def _ready_pods(workload: dict[str, Any]) -> bool:
    status = workload["status"]
    wanted = status.get("desiredNumberScheduled") or workload["spec"].get("replicas")
    return bool(wanted) and (status.get("numberReady") or status.get("readyReplicas")) == wanted
