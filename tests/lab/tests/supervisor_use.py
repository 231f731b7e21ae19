# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab with a Supervisor for one file of tests, and both of its clusters at hand."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from api_client import Api
from running_lab import RunningLab, eventually, run_lab
from support.labs import variables
from vkslab.supervisor.era import NAMESPACE

ROOT = Path(__file__).resolve().parents[3]
SYNC = 1.0


class Both(RunningLab):
    """The workload cluster as in any lab, and the Supervisor above it."""

    @property
    def cluster(self) -> str:
        return self.env["VKS_SUPERVISOR_CLUSTER_NAME"]

    @cached_property
    def api_above(self) -> Api:
        return Api(self.folder, "supervisor", NAMESPACE)

    def above(self, *arguments: str, stdin: str | None = None) -> str:
        return self.kubectl(
            f"--kubeconfig={self.env['VKS_SUPERVISOR_KUBECONFIG']}",
            f"--namespace={NAMESPACE}",
            *arguments,
            stdin=stdin,
        )

    def get_above(self, *arguments: str) -> Any:
        return self.api_above.get(*arguments)

    def patch_above(self, what: str, **spec: Any) -> None:
        self.above("patch", what, "--type=merge", "--patch", json.dumps({"spec": spec}))

    def config_map(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("configmap", "antrea-config", "-n", "kube-system")
        return found

    def conf(self) -> dict[str, Any]:
        """antrea-agent.conf as it is now."""
        conf: dict[str, Any] = yaml.safe_load(self.config_map()["data"]["antrea-agent.conf"])
        return conf

    def npl(self) -> tuple[bool, Any]:
        """The gate, and the value of nodePortLocal."""
        conf = self.conf()
        return conf["featureGates"]["NodePortLocal"], conf["nodePortLocal"]

    def comes_to(self, gate: bool, section: Any) -> None:
        eventually(lambda: self.npl() == (gate, section))

    def install(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get(
            "packageinstall", f"{self.cluster}-antrea", "-n", "vmware-system-tkg"
        )
        return found

    def rounds_pass(self) -> None:
        """Wait for a full round of the controllers, by their Secret: each round removes a foreign key."""
        secret = ("secret", f"{self.cluster}-antrea-data-values", "--namespace=vmware-system-tkg")
        for _ in range(2):
            self.kubectl("patch", *secret, "--type=merge", "--patch", '{"data":{"by-hand":"eA=="}}')
            eventually(lambda: "by-hand" not in self.get(*secret)["data"])

    def syncs_pass(self) -> None:
        """The same by kapp's label on the ConfigMap, which each round restores at its end, even without new
        values."""
        for _ in range(2):
            self.kubectl(
                "label", "configmap", "antrea-config", "--namespace=kube-system", "kapp.k14s.io/app-"
            )
            eventually(lambda: "kapp.k14s.io/app" in self.config_map()["metadata"]["labels"])

    def writers(self, resource: str) -> list[tuple[str, str]]:
        """(user, verb) of the requests to the Supervisor that were to change such an object."""
        events = [
            json.loads(line) for line in Path(self.env["LAB_SUPERVISOR_AUDIT_LOG"]).read_text().splitlines()
        ]
        concerned = [event for event in events if event.get("objectRef", {}).get("resource") == resource]
        return [
            (event["user"]["username"], event["verb"])
            for event in concerned
            if event["verb"] not in ("get", "list", "watch")
        ]


@contextmanager
def supervised(vks: str, *more: str) -> Iterator[Both]:
    """It ends with the file: the two control planes of each release need not be up together."""
    name = f"pytest-{os.getpid()}-{vks.replace('.', '')}"
    try:
        started = run_lab("up", "--name", name, "--vks", vks, "--nodes", "1", "--vks-sync", str(SYNC), *more)
        assert started.returncode == 0, started.stderr
        yield Both(name, variables(run_lab("env", "--name", name).stdout))
    finally:
        ended = run_lab("down", "--name", name)
        assert ended.returncode == 0, ended.stderr


def module(name: str, lab: Both, tree: Path, **options: Any) -> dict[str, Any]:
    """A module of the collection, with the variables of `lab env`."""
    if "ansible_collections" not in sys.modules:
        (tree / "ansible_collections" / "vks").mkdir(parents=True)
        (tree / "ansible_collections" / "vks" / "bigip").symlink_to(ROOT)
        sys.path.insert(0, str(tree))
    import importlib

    from ansible_collections.vks.bigip.tests.unit.support.run_module import run_module

    main = importlib.import_module(f"ansible_collections.vks.bigip.plugins.modules.{name}").main
    access = {
        "kubeconfig": lab.env["K8S_AUTH_KUBECONFIG"],
        "supervisor_kubeconfig": lab.env["VKS_SUPERVISOR_KUBECONFIG"],
        "supervisor_namespace": lab.env["VKS_SUPERVISOR_NAMESPACE"],
        "cluster_name": lab.cluster,
    }
    result: dict[str, Any] = run_module(main, {**access, **options})
    assert not result.get("failed"), result["msg"]
    return result
