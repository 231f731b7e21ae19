# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`lab reset` restores cluster, data path and BIG-IP to the state after `lab up`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from cis_use import Site
from lab_use import deployment, rolled_out, service
from running_lab import RunningLab, eventually, run_lab

pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
Labs = Callable[..., RunningLab]
BIGIP_VIEWS = (
    *(
        f"/_lab/{name}"
        for name in ("requests", "calls", "tokens", "faults", "engine", "system", "pools", "dataplane")
    ),
    *(f"/mgmt/tm/ltm/{name}" for name in ("virtual", "pool", "node", "data-group/internal")),
    *(f"/mgmt/tm/net/{name}" for name in ("self", "route", "vlan")),
    "/mgmt/tm/auth/partition",
    "/mgmt/shared/appsvcs/declare",
    "/mgmt/shared/appsvcs/task",
    "/mgmt/tm/cm/failover-status",
)


def bigip(lab: RunningLab, method: str, path: str, body: Any = None, unit: int = 0) -> requests.Response:
    url = f"https://{lab.env['F5_SERVER'].split(',')[unit]}:{lab.env['F5_SERVER_PORT']}{path}"
    with requests.Session() as session:
        session.trust_env, session.verify, session.auth = (
            False,
            lab.env["F5_CA_CERT"],
            (lab.env["F5_USER"], lab.env["F5_PASSWORD"]),
        )
        return session.request(method, url, json=body)


def data_path(lab: RunningLab, method: str, path: str, body: str = "") -> Any:
    return requests.request(
        method, f"{lab.env['LAB_PROXY']}/_lab/{path}", data=body, proxies={"no_proxy": "*"}
    ).json()


def objects(lab: RunningLab, *access: str) -> dict[str, Any]:
    """Each object of each kind, but for what is written all the time, by kind, namespace and name."""
    kinds = set(lab.kubectl("api-resources", "--verbs=list", "-o", "name", *access).split()) - {
        "events",
        "events.events.k8s.io",
        "leases.coordination.k8s.io",
    }
    listed = json.loads(lab.kubectl("get", ",".join(sorted(kinds)), "-A", "-o", "json", *access))["items"]
    return {
        "/".join(
            (
                each["apiVersion"],
                each["kind"],
                each["metadata"].get("namespace", ""),
                each["metadata"]["name"],
            )
        ): lasting(each)
        for each in listed
    }


def lasting(value: Any) -> Any:
    """Without fields that a controller writes again when it confirms a state."""
    if isinstance(value, list):
        return [lasting(each) for each in value]
    if isinstance(value, dict):
        passing = (
            "resourceVersion",
            "managedFields",
            "lastTransitionTime",
            "lastUpdateTime",
            "lastHeartbeatTime",
        )
        return {key: lasting(each) for key, each in value.items() if key not in passing}
    return value


def views(lab: RunningLab, unit: int) -> dict[str, Any]:
    answers = {path: bigip(lab, "GET", path, unit=unit) for path in BIGIP_VIEWS}
    return {path: (answer.status_code, answer.text and answer.json()) for path, answer in answers.items()}


def logs(lab: RunningLab) -> dict[str, int]:
    """Lines of each log that `kubectl logs` shows."""
    return {
        str(path): len(path.read_text().splitlines()) for path in (lab.folder / "pod-logs").glob("*/*/*.log")
    }


def snapshot(lab: RunningLab) -> dict[str, Any]:
    units = range(len(lab.env["F5_SERVER"].split(",")))
    return {
        "objects": objects(lab),
        "bigip": [views(lab, unit) for unit in units],
        "data path": {
            name: data_path(lab, "GET", name) for name in ("status", "routes", "faults", "answers")
        },
        "logs": logs(lab),
    }


def differences(before: Any, after: Any, place: str = "") -> dict[str, tuple[Any, Any]]:
    """The differences, by their place; lists without regard to their order."""
    if isinstance(before, dict) and isinstance(after, dict):
        both = before.keys() | after.keys()
        return {
            path: pair
            for key in both
            for path, pair in differences(before.get(key), after.get(key), f"{place}/{key}").items()
        }
    if isinstance(before, list) and isinstance(after, list):
        before, after = (sorted(each, key=json.dumps) for each in (before, after))
    return {} if before == after else {place: (before, after)}


CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "things.lab.test"},
    "spec": {
        "group": "lab.test",
        "scope": "Namespaced",
        "names": {"kind": "Thing", "plural": "things", "singular": "thing"},
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
        ],
    },
}


def change_the_cluster(lab: RunningLab) -> None:
    first, second = (node["metadata"]["name"] for node in lab.get("nodes")["items"])
    lab.apply(deployment("slow", 3, grace=600), service("slow", npl="true", type="LoadBalancer"), CRD)
    rolled_out(lab, "slow")
    lab.kubectl("wait", "--for=condition=Established", "crd/things.lab.test")
    cis = Site(lab, "team")
    cis.install()
    cis.wait_until_ready()
    thing = {
        "apiVersion": "lab.test/v1",
        "kind": "Thing",
        "metadata": {"name": "held", "namespace": "team", "finalizers": ["lab.test/never"]},
    }
    lab.apply(
        thing, {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "secret", "namespace": "team"}}
    )
    # The end of these two never comes by itself.
    lab.kubectl("delete", "deployment/slow", "--wait=false")
    lab.kubectl("delete", "namespace/team", "--wait=false")
    # Objects of `lab up`, changed and deleted.
    lab.kubectl(
        "patch",
        "configmap/antrea-config",
        "-n=kube-system",
        "-p",
        '{"data":{"antrea-agent.conf":"nodePortLocal: {enable: false}"}}',
    )
    lab.kubectl("delete", "pods", "--all", "-n=kube-system", "--wait=false")
    lab.kubectl(
        "patch",
        "daemonset/antrea-agent",
        "-n=kube-system",
        "-p",
        '{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}',
    )
    lab.kubectl("delete", "clusterrole/view", "serviceaccount/default", "configmap/kube-root-ca.crt")
    lab.kubectl("annotate", "node", first, "lab.vks.bigip/ready=unknown")
    eventually(lambda: lab.get("node", first)["spec"].get("taints"))
    lab.kubectl("delete", "node", second)
    lab.apply(
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": "joined"},
            "spec": {"podCIDR": "100.97.0.0/24", "podCIDRs": ["100.97.0.0/24"]},
        }
    )


def change_the_bigip(lab: RunningLab) -> None:
    pool = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["100.96.0.9"]}]}
    app = {
        "class": "Application",
        "vs": {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.9"], "pool": "pool"},
        "pool": pool,
    }
    for method, path, body in (
        (
            "POST",
            "/mgmt/shared/appsvcs/declare",
            {"class": "ADC", "schemaVersion": "3.50.0", "Team": {"class": "Tenant", "A1": app}},
        ),
        (
            "POST",
            "/mgmt/shared/authn/login",
            {"username": lab.env["F5_USER"], "password": lab.env["F5_PASSWORD"], "loginProviderName": "tmos"},
        ),
        ("POST", "/mgmt/tm/auth/partition", {"name": "kubernetes"}),
        ("POST", "/_lab/faults", {"where": {}, "after": 9, "effect": {"kind": "lost"}}),
        ("POST", "/_lab/engine", {"store": 3}),
        ("POST", "/_lab/system", {"as3": False, "version": "15.0.0", "modules": {"gtm": "nominal"}}),
        ("POST", "/_lab/dataplane", {"reset_removed": True}),
        ("POST", "/_lab/system", {"standby": True}),
        ("POST", "/_lab/certificate", {"kind": "good"}),
        # Its port stays closed for longer than any test takes.
        ("POST", "/_lab/restart", {"down": 3600}),
    ):
        answer = bigip(lab, method, path, body)
        assert answer.ok, f"{path}: {answer.text}"
    with pytest.raises(requests.ConnectionError):
        bigip(lab, "GET", "/_lab/requests")


def change_the_data_path(lab: RunningLab) -> None:
    data_path(lab, "PUT", "faults/address/192.0.2.9", "silent")
    log = lab.folder / "pod-logs" / "default" / "gone" / "web.log"
    log.parent.mkdir(parents=True)
    log.write_text("line\n")


def test_reset_undoes_all_that_a_test_did(lab: Labs) -> None:
    mine = lab(cni="antrea", nodes=2)
    before = snapshot(mine)
    for _ in range(2):
        for change in (change_the_cluster, change_the_bigip, change_the_data_path):
            change(mine)
        reset = run_lab("reset", "--name", mine.name)
        assert reset.returncode == 0, reset.stderr
        assert "is as it was after `lab up`" in reset.stderr
        after = snapshot(mine)
        assert differences(before, after) == {}


def change_calico(lab: RunningLab) -> None:
    first, second = (node["metadata"]["name"] for node in lab.get("nodes")["items"])
    group = lab.kubectl("get", "crd", "-o", "name").partition("ippools.")[2].partition("\n")[0]
    web = deployment("web", 3, node=second)
    web["spec"]["template"]["metadata"]["annotations"] = {"lab.vks.bigip/block": "100.96.12.0/26"}
    lab.apply(web, deployment("many", 100))
    for name in ("web", "many"):
        lab.kubectl("rollout", "status", f"deployment/{name}")
    lab.kubectl(
        "annotate", "node", first, "lab.vks.bigip/release-blocks=true", "projectcalico.org/IPv4Address-"
    )
    kept = lab.get(f"blockaffinities.{group}")["items"][0]["metadata"]["name"]
    lab.kubectl(
        "patch", f"blockaffinities.{group}", kept, "--type=merge", "-p", '{"spec":{"state":"pending"}}'
    )
    lab.kubectl("delete", f"ipamblocks.{group}", "--all")
    lab.kubectl("delete", f"ippools.{group}", "--all")
    lab.kubectl("delete", "pods", "--all", "-n=kube-system", "--wait=false")
    lab.kubectl("delete", "node", second)


@pytest.mark.parametrize("api", ["v1", "v3"])
def test_reset_restores_the_blocks_of_calico(lab: Labs, api: str) -> None:
    mine = lab(cni="calico", nodes=2, **({"calico_api": api} if api != "v1" else {}))
    before = snapshot(mine)
    for _ in range(2):
        change_calico(mine)
        reset = run_lab("reset", "--name", mine.name)
        assert reset.returncode == 0, reset.stderr
        assert differences(before, snapshot(mine)) == {}


def test_a_reset_lab_works_as_a_new_one(lab: Labs) -> None:
    mine = lab(cni="antrea", nodes=2)
    names = []
    for _ in range(2):
        mine.apply(deployment("web", 2), service("web", npl="true"))
        rolled_out(mine, "web")
        names.append({pod["metadata"]["name"] for pod in mine.get("pods", "-l", "app=web")["items"]})
        mapped = eventually(
            lambda: (
                len(data_path(mine, "GET", "routes")["npl"]) == 2 and data_path(mine, "GET", "routes")["npl"]
            )
        )
        assert {each["port"] for each in mapped} <= set(range(61000, 62001))
        assert run_lab("reset", "--name", mine.name).returncode == 0
    assert not names[0] & names[1]


def test_a_lab_that_is_not_up_cannot_be_reset() -> None:
    refused = run_lab("reset", "--name", "nowhere")
    assert refused.returncode == 1
    assert (
        refused.stderr == "lab: The lab nowhere is not up (see lab status). Start it: lab up --name nowhere\n"
    )
