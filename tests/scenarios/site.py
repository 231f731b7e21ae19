# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab as a scenario sees it: kubectl, the publish module as a user runs it, faults, and a stream of requests."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import kubernetes
import urllib3

from runner import environments
from runner.places import LAB, ROOT
from support.interpreter import LIBRARIES, Interpreter

from .stream import Stream
from .waiting import HANGS

VIRTUAL = "192.0.2.80"
SERVICE = "shop"


class Site:
    """Use it in a with statement."""

    def __init__(self, variables: dict[str, str], collections: Path) -> None:
        self.name = variables["LAB_NAME"]
        self._variables = variables
        quiet = {"ANSIBLE_LOCALHOST_WARNING": "False", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False"}
        self._environ = {**environments.variables("main"), **variables, **quiet, "ANSIBLE_COLLECTIONS_PATH": str(collections)}
        self._pool = ThreadPoolExecutor(4)
        self.collections = collections
        self._warm: dict[tuple[str, ...], Path] = {}
        self._starting = threading.Lock()
        self._open = ExitStack()
        self._servers = variables["F5_SERVER"].split(",")  # of a pair both
        self._units = [f"https://{server}:{variables['F5_SERVER_PORT']}" for server in self._servers]
        self._bigip = self._units[0]
        # Connections stay open, because TLS takes most of a request's time. The certificate may be the fault.
        self._http = urllib3.PoolManager(cert_reqs="CERT_NONE", maxsize=4, retries=False)
        self._kube = kubernetes.config.new_client_from_config(variables["K8S_AUTH_KUBECONFIG"])
        self._basic = urllib3.make_headers(basic_auth=f"{variables['F5_USER']}:{variables['F5_PASSWORD']}")

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *exc: object) -> None:
        self._pool.shutdown()
        self._open.close()

    def forget(self, prefix: str) -> None:
        """Start everything from now on without these variables of the lab."""
        self._environ = {name: value for name, value in self._environ.items() if not name.startswith(prefix)}

    # -- the cluster

    def kubectl(self, *words: str, stdin: str | None = None) -> str:
        done = subprocess.run([self._variables["LAB_KUBECTL"], *words], env=self._environ, input=stdin, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"kubectl {' '.join(words)}: {done.stderr}"
        return done.stdout

    def get(self, *words: str) -> Any:
        return json.loads(self.kubectl("get", *words, "-o", "json"))

    def deploy(self, replicas: int, service_type: str = "ClusterIP", grace: int = 86400) -> None:
        """The shop: a Deployment and its Service, annotated for NodePortLocal, without objects of the former one.

        A Pod that is being deleted serves for `grace` seconds: by default until `end_pods`.
        """
        # The Pods stay at first: a ReplicaSet that still works would replace those that are deleted.
        self.kubectl("delete", "deployment,replicaset", "-l", f"app={SERVICE}", "--cascade=orphan", "--ignore-not-found")
        self.kubectl("delete", "service", SERVICE, "--ignore-not-found")
        self.kubectl("delete", "pods", "-l", f"app={SERVICE}", "--force", "--grace-period=0", "--ignore-not-found")
        labels = {"app": SERVICE}
        pod = {"terminationGracePeriodSeconds": grace, "containers": [{"name": "web", "image": "shop:1", "ports": [{"containerPort": 8080}]}]}
        deployment = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": SERVICE, "labels": labels},
            "spec": {
                "replicas": replicas,
                "selector": {"matchLabels": labels},
                "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
                "template": {"metadata": {"labels": labels}, "spec": pod},
            },
        }
        service = {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": SERVICE, "annotations": {"nodeportlocal.antrea.io/enabled": "true"}},
            "spec": {"type": service_type, "selector": labels, "ports": [{"port": 80, "targetPort": 8080}]},
        }
        self.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": [service, deployment]}))
        self.settle(replicas)

    def settle(self, replicas: int) -> None:
        """Wait until so many Pods are ready and in the EndpointSlices."""
        ready: dict[str, int] = {}
        api = kubernetes.client.DiscoveryV1Api(self._kube)
        given = {"namespace": "default", "label_selector": f"kubernetes.io/service-name={SERVICE}", "timeout_seconds": HANGS}
        for event in kubernetes.watch.Watch().stream(api.list_namespaced_endpoint_slice, **given):
            slice_ = event["raw_object"]
            points = [] if event["type"] == "DELETED" else slice_["endpoints"] or []
            ready[slice_["metadata"]["name"]] = sum(bool(point["conditions"].get("ready")) for point in points)
            if sum(ready.values()) == replicas:
                return
        raise AssertionError(f"{SERVICE} did not come to {replicas} ready endpoints; the slices had {ready}\n{self._situation()}")

    def _situation(self) -> str:
        """The answers of kubectl about Pods that do not become ready."""
        kinds = "deployments,replicasets,pods,endpointslices,nodes"
        return self.kubectl("get", kinds, "-o", "wide") + self.kubectl("get", "events", "--sort-by=.lastTimestamp")

    def end_pods(self) -> None:
        """End the Pods that are being deleted."""
        names = [item["metadata"]["name"] for item in self.get("pods", "-l", f"app={SERVICE}")["items"] if item["metadata"].get("deletionTimestamp")]
        if names:
            self.kubectl("delete", "pods", *names, "--force", "--grace-period=0")

    def pods(self) -> list[dict[str, Any]]:
        return [item for item in self.get("pods", "-l", f"app={SERVICE}")["items"] if not item["metadata"].get("deletionTimestamp")]

    def names(self) -> set[str]:
        return {pod["metadata"]["name"] for pod in self.pods()}

    def cis(self, partition: str, *applied: dict[str, Any], custom_resources: bool = True) -> None:
        """CIS without Helm, for custom resources or AS3 ConfigMaps, with its resources."""
        self.kubectl("apply", "--server-side", "-f", str(LAB.parent / "charts" / "f5-bigip-ctlr" / "crds"))
        labels = {"app": "k8s-bigip-ctlr"}
        v = self._variables
        signed_in = [f"--bigip-url={self._bigip}", f"--bigip-username={v['F5_USER']}", f"--bigip-password={v['F5_PASSWORD']}", "--insecure"]
        mode = [f"--custom-resource-mode={str(custom_resources).lower()}", "--pool-member-type=nodeportlocal"]
        box = {"name": "ctlr", "image": "f5networks/k8s-bigip-ctlr:2.20.3", "args": [f"--bigip-partition={partition}", *signed_in, *mode]}
        spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {"containers": [box]}}}
        deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": labels["app"]}, "spec": spec}
        rights = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": labels["app"]},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": "default"}],
        }
        self.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": [rights, *applied, deployment]}))
        self.scale_cis(1)

    def no_cis(self) -> None:
        """CIS is removed first, because it would remove its tenants."""
        self.kubectl("delete", "deployment", "k8s-bigip-ctlr", "--ignore-not-found", "--cascade=foreground")
        self.kubectl("delete", "virtualservers", "--all")

    def last_cis_post(self) -> int:
        """The number of CIS's last declaration in BIG-IP's log. Only CIS ends the path with a slash."""
        log = self.control("GET", "/_lab/requests")["items"]
        return max((int(entry["n"]) for entry in log if entry["path"].endswith("/declare/") and entry["status"] == 200), default=0)

    def scale_cis(self, replicas: int) -> None:
        self.kubectl("scale", "deployment/k8s-bigip-ctlr", f"--replicas={replicas}")
        self.kubectl("wait", f"--for=jsonpath={{.spec.replicas}}={replicas}", "deployment/k8s-bigip-ctlr", f"--timeout={HANGS}s")
        self.kubectl("rollout", "status", "deployment/k8s-bigip-ctlr", f"--timeout={HANGS}s")

    # -- publishing

    def application(self, **more: Any) -> dict[str, Any]:
        return {
            "tenant": "Shop",
            "application": "web",
            "virtual_server": {"class": "Service_HTTP", "virtualAddresses": [VIRTUAL], "virtualPort": 80, "persistenceMethods": []},
            "pool": {"monitors": ["http"]},
            "service": {"namespace": "default", "name": SERVICE},
            "pool_member_type": "nodeportlocal",
            "wait_for_mappings": HANGS,
            **more,
        }

    def run(self, arguments: dict[str, Any], counted: bool = False, module: str = "publish", memory: int = 0, limit: float = HANGS) -> tuple[str, float]:
        """All that a module prints, and its seconds: in a fork of a warm interpreter, whose clock may be a counted one.

        memory: the bytes that it may have. limit: the seconds after which it is stopped, with
          subprocess.TimeoutExpired.
        """
        clock = ["scenarios.counted"] if counted else []
        words = [self.warm(*clock, "scenarios.imported", *LIBRARIES), Path(__file__).with_name("module.py"), module, str(memory)]
        given = json.dumps({"ANSIBLE_MODULE_ARGS": arguments})
        done = subprocess.run(words, input=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self._environ, timeout=limit, check=True)
        output, _newline, seconds = done.stdout.rstrip("\n").rpartition("\n")
        return output, float(seconds)

    def environ(self) -> dict[str, str]:
        """The variables of a shell that has the lab's."""
        return dict(self._environ)

    def warm(self, *imported: str) -> Path:
        """A Python that has imported these modules, or else the libraries."""
        with self._starting:
            if imported not in self._warm:
                environ = {**self._environ, "PYTHONPATH": f"{self.collections}{os.pathsep}{ROOT / 'tests'}"}
                python = environments.make("main") / "bin" / "python"
                self._warm[imported] = self._open.enter_context(Interpreter(python, environ, imported or LIBRARIES)).path
            return self._warm[imported]

    def start(self, *applications: dict[str, Any], playbook: bool = False, counted: bool = False, **options: Any) -> Future[dict[str, Any]]:
        """Begin a publish: by ansible-playbook, or as `run` does."""
        arguments = {"applications": list(applications) or [self.application()], "wait_up": HANGS, **options}
        if playbook:
            return self._pool.submit(lambda: self.play(arguments)[0])
        return self._pool.submit(lambda: dict(json.loads(self.run(arguments, counted)[0].splitlines()[-1])))

    def module(self, name: str, **arguments: Any) -> dict[str, Any]:
        """The result of a module."""
        return dict(json.loads(self.run(arguments, module=name)[0].splitlines()[-1]))

    def route_pods(self, **options: Any) -> dict[str, Any]:
        """Let BIG-IP reach the Pods by their addresses, as mode cluster needs it."""
        result = self.module("pod_routes", provider=self.provider(), **options)
        assert not result.get("failed") and result["routes"], result
        return result

    def check(self, *applications: dict[str, Any], fails: bool = False, **options: Any) -> dict[str, Any]:
        """The changes that check mode shows for a publish now."""
        return promised(ended(self.start(*applications, _ansible_check_mode=True, **options), fails))

    def publish(self, *applications: dict[str, Any], fails: bool = False, checked: bool = True, playbook: bool = False, **options: Any) -> dict[str, Any]:
        """Publish, and check that --check showed the same before. Do not use it during other changes, or before an injected fault."""
        promise = self.check(*applications, fails=fails, **options) if checked else None
        result = ended(self.start(*applications, playbook=playbook, **options), fails)
        assert promise is None or promise == promised(result)
        return result

    def play(self, arguments: dict[str, Any], *flags: str) -> tuple[dict[str, Any], str]:
        """The result of the task and all that was printed: publish as a user runs it, by ansible-playbook."""
        tasks = [{"name": "Publish", "vks.bigip.publish": arguments}]
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "play.yml").write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
            done = self.ansible("env", "ANSIBLE_STDOUT_CALLBACK=minimal", "ansible-playbook", "play.yml", *flags, cwd=Path(folder))
        assert "localhost |" in done.stdout, done.stdout
        start = done.stdout.index("{", done.stdout.index("localhost |"))
        result: dict[str, Any] = json.JSONDecoder().raw_decode(done.stdout[start:])[0]
        return {**result, "failed": done.returncode != 0}, done.stdout

    def spawn(self, *command: str) -> subprocess.Popen[str]:
        """A process with the environment of an Ansible job, and open pipes."""
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(command, env={**self._environ, "PYTHONPATH": self._environ["ANSIBLE_COLLECTIONS_PATH"]}, cwd=ROOT, **pipes)

    def ansible(self, *command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """A command as a user types it, in a shell that has the lab's variables."""
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.run(command, env=self._environ, cwd=cwd, check=False, **pipes)

    def variables(self) -> dict[str, str]:
        return dict(self._variables)

    def proxy(self) -> str:
        return self._variables["LAB_PROXY"]

    # -- BIG-IP

    def provider(self) -> dict[str, Any]:
        v = self._variables
        port, user, password, authority = int(v["F5_SERVER_PORT"]), v["F5_USER"], v["F5_PASSWORD"], v["F5_CA_CERT"]
        return {"server": self._servers, "server_port": port, "user": user, "password": password, "ca_cert": authority}

    def kubeconfig(self) -> Path:
        return Path(self._variables["K8S_AUTH_KUBECONFIG"])

    def proxy_port(self) -> int:
        """A port that answers, in plain HTTP."""
        return int(urlsplit(self._variables["LAB_PROXY"]).port or 0)

    def network(self, method: str, path: str, body: str = "") -> None:
        """The control routes of the lab's data path."""
        self._ask(method, f"{self._variables['LAB_PROXY']}/_lab/{path}", body=body)

    def control(self, method: str, path: str, body: Any = None, unit: int = 0) -> Any:
        """BIG-IP's own control routes and REST, as its administrator."""
        answer = self._ask(method, f"{self._units[unit]}{path}", **({} if body is None else {"json": body}))
        return json.loads(answer) if answer else None

    def _ask(self, method: str, url: str, **body: Any) -> bytes:
        answer = self._http.request(method, url, headers=self._basic, timeout=HANGS, **body)
        assert answer.status < 400, f"{method} {url}: {answer.status} {answer.data.decode()}"
        return bytes(answer.data)

    def fault(self, effect: dict[str, Any], **spec: Any) -> None:
        self.control("POST", "/_lab/faults", {"effect": effect, **spec})

    def faults_met(self) -> list[int]:
        """How many requests each fault has hit."""
        return [int(fault["hits"]) for fault in self.control("GET", "/_lab/faults")["items"]]

    def clear(self) -> None:
        self.control("DELETE", "/_lab/faults")

    def members(self, pool: str = "~Shop~web~pool") -> list[str]:
        """The members of the shop's pool on the device, as address:port."""
        answer = self.control("GET", f"/mgmt/tm/ltm/pool/{pool}/members")
        return sorted(item["name"] for item in answer.get("items", []))

    # -- traffic

    def stream(self) -> Stream:
        """Directly to BIG-IP's side of the lab, because LAB_PROXY would be one more busy process."""
        return Stream(self.data_proxy(), f"http://{VIRTUAL}/")

    def data_proxy(self) -> str:
        return str(json.loads(Path(self._variables["LAB_DIR"], "bigip.json").read_text())["data_proxy"])


def ended(job: Future[dict[str, Any]], fails: bool = False) -> dict[str, Any]:
    result = job.result()
    assert bool(result.get("failed")) == fails, result
    return result


def promised(result: dict[str, Any]) -> dict[str, Any]:
    """The values that must be the same in --check and in the run."""
    parts = ("action", "applications", "members_added", "members_removed", "properties", "drifted")
    return {name: {part: entry.get(part) for part in parts} for name, entry in result.get("tenants", {}).items()}
