# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that the charts of CIS render."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from cis_use import CHART, FIC_CHART
from vkslab import build

# -- charts


def render(chart: Path, values: dict[str, Any], fails: bool = False) -> Any:
    command = [str(build.ensure() / "helm"), "template", "cis", str(chart), "-f", "-"]
    done = subprocess.run(command, input=yaml.safe_dump(values), capture_output=True, text=True)
    assert (done.returncode != 0) == fails, done.stderr
    return done.stderr if fails else {item["kind"]: item for item in yaml.safe_load_all(done.stdout) if item}


REQUIRED = {"bigip_url": "https://b", "bigip_partition": "p"}


def container(made: Any) -> Any:
    return made["Deployment"]["spec"]["template"]["spec"]["containers"][0]


def default_class(made: Any) -> Any:
    return made["IngressClass"]["metadata"]["annotations"]["ingressclass.kubernetes.io/is-default-class"]


def test_arguments_of_the_chart() -> None:
    args = {
        "pool_member_type": "nodeportlocal",
        "namespaces": ["a", "b"],
        "log-level": "INFO",
        "log_level": "DEBUG",
        "flannel_name": None,
        "insecure": False,
    }
    assert container(render(CHART, {"args": {**REQUIRED, **args}}))["args"] == [
        "--ingress-class=f5",
        "--credentials-directory",
        "/tmp/creds",
        "--bigip-partition=p",
        "--bigip-url=https://b",
        "--flannel-name=",
        "--insecure=false",
        "--log-level=INFO",
        "--log-level=DEBUG",
        "--namespace=a",
        "--namespace=b",
        "--pool-member-type=nodeportlocal",
    ]


def test_oddities_of_the_chart() -> None:
    plain = render(
        CHART,
        {"args": REQUIRED, "securityContext": {"runAsUser": 0}, "podSecurityContext": {"runAsNonRoot": True}},
    )
    spec = plain["Deployment"]["spec"]
    assert (
        spec["selector"] == {"matchLabels": {"app": "f5-bigip-ctlr"}}
        and spec["replicas"] == 1
        and "strategy" not in spec
    )
    pod = spec["template"]["spec"]
    assert pod["securityContext"] == {"runAsUser": 1000, "runAsGroup": 1000, "fsGroup": 1000}
    assert container(plain)["securityContext"] == {"runAsNonRoot": True}
    assert (
        container(plain)["image"] == "f5networks/k8s-bigip-ctlr:latest"
        and container(plain)["imagePullPolicy"] == "Always"
    )
    assert {container(plain)[probe]["httpGet"]["path"] for probe in ("livenessProbe", "readinessProbe")} == {
        "/health"
    }
    assert plain["Deployment"]["metadata"]["namespace"] == "kube-system"
    # The template does not read the key below ingressClass that values.yaml documents.
    assert [
        default_class(render(CHART, {"args": REQUIRED, **values}))
        for values in ({}, {"isDefaultIngressController": True})
    ] == ["false", "true"]
    assert plain["ServiceAccount"]["metadata"]["name"] == "f5-bigip-ctlr-serviceaccount"
    assert not any("fic.f5.com" in rule["apiGroups"] for rule in plain["ClusterRole"]["rules"])

    other = {
        "args": {**REQUIRED, "ipam": True},
        "bigip_secret": {"create": True, "username": "u", "password": "p"},
        "bigip_login_secret": "mine",
    }
    without = {"serviceAccount": {"create": False}, "ingressClass": {"create": False}}
    made = render(CHART, {**other, **without, "nameOverride": "two", "image": {"pullSecrets": ["s"]}})
    assert made["Secret"]["metadata"]["name"] == "f5-bigip-ctlr-login"
    pod = made["Deployment"]["spec"]["template"]["spec"]
    assert pod["volumes"][0]["secret"]["secretName"] == "f5-bigip-ctlr-login" and pod["imagePullSecrets"] == [
        {"name": "s"}
    ]
    assert (
        made["Deployment"]["metadata"]["name"] == "cis-two"
        and "ServiceAccount" not in made
        and "IngressClass" not in made
    )
    assert any("fic.f5.com" in rule["apiGroups"] for rule in made["ClusterRole"]["rules"])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"bigip_partition": "p"}, "BIG-IP url not specified"),
        ({"bigip_url": "https://b"}, "BIG-IP partition not specified"),
        ({**REQUIRED, "log_level": "a # b: c"}, None),
        ({**REQUIRED, "log_level": "a\n- b"}, "YAML parse error"),
    ],
)
def test_arguments_that_the_chart_does_not_take(args: dict[str, Any], said: str | None) -> None:
    if said is None:
        # Unquoted, so YAML reads the rest as a comment.
        assert "--log-level=a" in container(render(CHART, {"args": args}))["args"]
    else:
        assert said in render(CHART, {"args": args}, fails=True)


def test_the_chart_of_the_ipam_controller() -> None:
    made = render(
        FIC_CHART,
        {
            "args": {"ip_range": '{"a_b":"192.0.2.1-192.0.2.2"}'},
            "pvc": {"create": True, "storage": "1Gi", "storageClassName": "fast"},
        },
    )
    args = container(made)["args"]
    assert '--ip-range={"a-b":"192.0.2.1-192.0.2.2"}' in args and "--ipam-provider=f5-ip-provider" in args
    claim = made["Deployment"]["spec"]["template"]["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"]
    assert claim == made["PersistentVolumeClaim"]["metadata"]["name"] == "cis-f5-ipam-controller"
    infoblox = render(
        FIC_CHART,
        {"args": {"provider": "infoblox", "infoblox_labels": '{"Dev":{}}', "infoblox_password": "p"}},
    )
    assert (
        "--infoblox-password=p" in container(infoblox)["args"]
        and "volumes" not in infoblox["Deployment"]["spec"]["template"]["spec"]
    )
