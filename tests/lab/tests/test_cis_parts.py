# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the simulated CIS that need no lab."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vkslab.cis import fic
from vkslab.cis.configmaps import declare as declare_config_maps
from vkslab.cis.declare import Declared, Resources, declare
from vkslab.cis.flags import Settings, parse
from vkslab.cis.images import pull_error
from vkslab.cis.members import Member, View, find
from vkslab.cis.program import Exit
from vkslab.cis.routes import wanted

BASE = ["--bigip-url=https://b", "--bigip-partition=kubernetes", "--credentials-directory", "/tmp/creds"]


# -- arguments


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "missing a BIG-IP partition"),
        (
            ["--bigip-partition=Common", "--credentials-directory=/c"],
            "Common cannot be one of the specified partitions",
        ),
        (["--bigip-partition=k"], "Missing BIG-IP URL"),
        (
            ["--bigip-partition=k", "--bigip-url=https://b"],
            "BIG-IP username, password and URL must be provided",
        ),
        ([*BASE, "--no-such-flag=1"], "unknown flag: --no-such-flag"),
        (
            [*BASE, "--insecure=maybe"],
            (
                'invalid argument "maybe" for "--insecure" flag: strconv.ParseBool: parsing "maybe": '
                "invalid syntax"
            ),
        ),
        (
            [*BASE, "--verify-interval="],
            'invalid argument "" for "--verify-interval" flag: strconv.ParseInt: parsing "": invalid syntax',
        ),
        ([*BASE, "--flannel-name="], "Missing required parameter flannel-name"),
        (
            [*BASE, "--namespace=a", "--namespace-label=b=c"],
            "Can not specify both namespace and namespace-label",
        ),
        ([*BASE, "--pool-member-type=npl"], "'npl' is not a valid Pool Member Type"),
        (
            [*BASE, "--pool-member-type=auto"],
            "--pool-member-type auto is supported in CRD/NextGen routes mode only",
        ),
        (
            [*BASE, "--pool-member-type=nodeportlocal", "--static-routing-mode"],
            "Cannot run NodePort mode or nodeportlocal mode while supplying",
        ),
        ([*BASE, "--log-level="], "Unknown log level requested: "),
        ([*BASE, "--multi-cluster-mode=primary"], "missing --local-cluster-name parameter"),
        ([*BASE, "--multi-cluster-mode=both"], "'both' is not a valid multi cluster mode"),
    ],
)
def test_arguments_that_end_it(words: list[str], said: str) -> None:
    with pytest.raises(Exit) as ended:
        parse(words)
    assert str(ended.value).startswith(said) and ended.value.usage and ended.value.code == 1


def test_arguments() -> None:
    settings = parse(
        [
            *BASE,
            "--namespace=a",
            "--namespace=b",
            "--custom-resource-mode=true",
            "--log-level=debug",
            "--ipam",
        ]
    )
    assert (settings.partition, settings.credentials, settings.namespaces) == (
        "kubernetes",
        "/tmp/creds",
        ("a", "b"),
    )
    assert (settings.custom_resources, settings.level, settings.ipam, settings.mode, settings.insecure) == (
        True,
        "DEBUG",
        True,
        "nodeport",
        False,
    )


# -- images


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("f5networks/k8s-bigip-ctlr:2.20.3", ""),
        ("registry.example:5000/f5/k8s-bigip-ctlr:2.20.4", ""),
        ("f5networks/k8s-bigip-ctlr", ""),
        ("f5networks/k8s-bigip-ctlr:2.20.3@sha256:00", ""),
        ("f5networks/f5-ipam-controller:0.1.12", ""),
        ("f5networks/k8s-bigip-ctlr:2.21.0", "f5networks/k8s-bigip-ctlr:2.21.0: not found"),
        ("f5networks/f5-ipam-controller:2.20.3", "f5networks/f5-ipam-controller:2.20.3: not found"),
        ("registry.invalid:443/k8s-bigip-ctlr:2.20.3", "lookup registry.invalid: no such host"),
    ],
)
def test_images(image: str, said: str) -> None:
    error = pull_error(image)
    assert error.endswith(said) and bool(error) == bool(said)


# -- members


def settings(mode: str, *more: str) -> Settings:
    return parse([*BASE, "--custom-resource-mode", f"--pool-member-type={mode}", *more])


def view(
    mode: str,
    service: dict[str, Any] | None = None,
    addresses: tuple[str, ...] = ("n1", "n2"),
    name: str = "http",
    annotate: bool = True,
) -> View:
    ports = [
        {"name": "http", "port": 80, "targetPort": "web", "nodePort": 30080},
        {"name": "admin", "port": 81, "targetPort": 9000, "nodePort": 30081},
    ]
    meta = {
        "namespace": "default",
        "name": "web",
        "annotations": {"nodeportlocal.antrea.io/enabled": "false"} if annotate else {},
    }
    spec = {
        "type": "LoadBalancer",
        "selector": {"app": "web"},
        "ports": ports,
        "clusterIP": "100.64.0.9",
        **(service or {}),
    }
    made = View(settings(mode), services={("default", "web"): {"metadata": meta, "spec": spec}})
    points = [
        {"ip": f"100.96.0.{number}", "nodeName": node} for number, node in enumerate(addresses, start=1)
    ]
    made.endpoints["default", "web"] = {
        "subsets": [{"addresses": points, "ports": [{"name": name, "port": 8080}]}]
    }
    for number, node in enumerate(("n1", "n2", "down"), start=1):
        conditions = [{"type": "Ready", "status": "False" if node == "down" else "True"}]
        addressed = [
            {"type": "InternalIP", "address": f"198.18.0.{number}"},
            {"type": "Hostname", "address": node},
        ]
        made.nodes["", node] = {
            "metadata": {"name": node, "labels": {"pool": node}},
            "status": {"conditions": conditions, "addresses": addressed},
        }
    note = json.dumps(
        [
            {"podPort": 8080, "nodeIP": "198.18.0.1", "nodePort": 61001},
            {"podPort": 9000, "nodeIP": "198.18.0.1", "nodePort": 61000},
        ]
    )
    web = {"containers": [{"ports": [{"name": "web", "containerPort": 8080}]}]}
    for pod, text in (("a", note), ("b", "{broken"), ("c", "")):
        made.pods["default", pod] = {
            "metadata": {
                "labels": {"app": "web"},
                "annotations": {"nodeportlocal.antrea.io": text} if text else {},
            },
            "spec": web,
        }
    return made


@pytest.mark.parametrize(
    ("made", "port", "label", "members"),
    [
        pytest.param(
            view("nodeport"),
            80,
            "",
            [("198.18.0.1", 30080), ("198.18.0.2", 30080)],
            id="nodeport: all nodes that are ready",
        ),
        pytest.param(
            view("nodeport"), "http", "pool=n2", [("198.18.0.2", 30080)], id="nodeport: nodes by label"
        ),
        pytest.param(view("nodeport", addresses=()), 80, "", [], id="nodeport: without endpoints"),
        pytest.param(view("nodeport", {"type": "ClusterIP"}), 80, "", [], id="nodeport: no node port"),
        pytest.param(view("nodeport"), 82, "", [], id="no such port"),
        pytest.param(
            view("nodeportlocal"),
            80,
            "",
            [("198.18.0.1", 61001)],
            id="nodeportlocal: by the name of a container port",
        ),
        pytest.param(
            view("nodeportlocal", annotate=False), 80, "", [], id="nodeportlocal: Service without annotation"
        ),
        pytest.param(view("nodeportlocal", {"type": "NodePort"}), 80, "", [], id="nodeportlocal: NodePort"),
        pytest.param(view("cluster"), 80, "", [("100.96.0.1", 8080), ("100.96.0.2", 8080)], id="cluster"),
        pytest.param(
            view("cluster", addresses=("n1", "unknown")),
            80,
            "",
            [("100.96.0.1", 8080)],
            id="cluster: a node that it does not know",
        ),
        pytest.param(
            view("cluster", {"clusterIP": "None"}, ("unknown",)),
            80,
            "",
            [("100.96.0.1", 8080)],
            id="cluster: headless",
        ),
        pytest.param(
            view("auto", {"type": "ClusterIP"}),
            80,
            "",
            [("100.96.0.1", 8080), ("100.96.0.2", 8080)],
            id="auto: ClusterIP",
        ),
        pytest.param(
            view("auto"), 80, "", [("198.18.0.1", 30080), ("198.18.0.2", 30080)], id="auto: LoadBalancer"
        ),
    ],
)
def test_members(made: View, port: int | str, label: str, members: list[Member]) -> None:
    found = find(made, "default", "web", port, label)
    assert found.members == members and bool(found.complaint) == (not members)


# -- declarations


def test_a_tenant_of_custom_resources() -> None:
    spec = {
        "virtualServerAddress": "192.0.2.1",
        "host": "a.test",
        "pools": [{"path": "/x", "service": "web", "servicePort": 80}],
    }
    again = {**spec, "host": "b.test", "pools": [{"service": "web", "servicePort": 81}]}
    balanced = view("nodeport")
    balanced.services["default", "web"]["metadata"]["annotations"] = {"cis.f5.com/ip": "192.0.2.3"}
    transport = {
        "virtualServerAddress": "192.0.2.2",
        "virtualServerPort": 53,
        "type": "udp",
        "partition": "dns",
        "pool": {"service": "web", "servicePort": 80},
    }
    made = declare(
        balanced,
        Resources(
            virtual_servers={("default", "one"): {"spec": spec}, ("default", "two"): {"spec": again}},
            transport_servers={("default", "dns"): {"spec": transport}},
        ),
    )
    shared = made.tenants["kubernetes"]["Shared"]
    assert made.tenants["kubernetes"]["label"] == made.tenants["dns"]["label"] == "kubernetes"
    assert shared["crd_192_0_2_1_80"]["policyEndpoint"] == "/kubernetes/Shared/crd_192_0_2_1_80_a_test_policy"
    rules = shared["crd_192_0_2_1_80_a_test_policy"]["rules"]
    assert [[condition["type"] for condition in rule["conditions"]] for rule in rules] == [
        ["httpHeader", "httpUri"],
        ["httpHeader"],
    ]
    assert shared["web_80_default_a_test_x"]["members"][0] == {
        "addressDiscovery": "static",
        "serverAddresses": ["198.18.0.1"],
        "servicePort": 30080,
        "shareNodes": True,
    }
    assert made.tenants["dns"]["Shared"]["crd_192_0_2_2_53"]["class"] == "Service_UDP"
    assert shared["vs_lb_svc_default_web_192_0_2_3_80"]["pool"] == {
        "use": "/kubernetes/Shared/web_80_default"
    }
    assert {(outcome.kind, outcome.address, outcome.partition) for outcome in made.outcomes} == {
        ("VirtualServer", "192.0.2.1", "kubernetes"),
        ("TransportServer", "192.0.2.2", "dns"),
        ("Service", "192.0.2.3", "kubernetes"),
    }


def virtual(**spec: Any) -> Resources:
    return Resources(
        virtual_servers={
            ("default", "one"): {"spec": {"pools": [{"service": "web", "servicePort": 80}], **spec}}
        }
    )


def test_tls_profiles() -> None:
    tls = {"virtualServerAddress": "192.0.2.1", "tlsProfileName": "edge", "httpTraffic": "redirect"}
    missing = declare(view("nodeport"), virtual(**tls))
    assert "TLSProfile default/edge not found" in missing.outcomes[0].error
    there = virtual(**tls)
    there.tls_profiles = {
        ("default", "edge"): {"spec": {"tls": {"reference": "bigip", "clientSSL": "/Common/clientssl"}}}
    }
    server = declare(view("nodeport"), there).tenants["kubernetes"]["Shared"]["crd_192_0_2_1_443"]
    assert (server["class"], server["serverTLS"], server["redirect80"]) == (
        "Service_HTTPS",
        {"bigip": "/Common/clientssl"},
        True,
    )
    there.tls_profiles = {
        ("default", "edge"): {"spec": {"tls": {"reference": "secret", "clientSSL": "pair"}}}
    }
    there.secrets = {("default", "pair"): {"data": {"tls.crt": "Y2VydA==", "tls.key": "a2V5"}}}
    shared = declare(view("nodeport"), there).tenants["kubernetes"]["Shared"]
    assert (
        shared["crd_192_0_2_1_443"]["serverTLS"] == "pair_clientssl" and shared["pair"]["privateKey"] == "key"
    )


def test_a_label_without_an_ipam_controller() -> None:
    made = declare(view("nodeport"), virtual(ipamLabel="test"))
    assert not made.tenants and "No IPAM configured" in made.outcomes[0].error


@pytest.mark.parametrize(
    ("mode", "wanted", "labels", "filled"),
    [
        ("cluster", 80, True, [("100.96.0.1", 8080), ("100.96.0.2", 8080)]),
        ("nodeport", 80, True, []),  # only of type NodePort, unlike with custom resources
        ("nodeportlocal", 9000, True, []),  # no endpoint has that port
        ("cluster", 80, False, []),
    ],
)
def test_as3_config_maps(mode: str, wanted: int, labels: bool, filled: list[Member]) -> None:
    made = view(mode)
    if labels:
        made.services["default", "web"]["metadata"]["labels"] = {
            f"cis.f5.com/as3-{part}": part for part in ("tenant", "app", "pool")
        }
    template = {"servicePort": wanted, "serverAddresses": ["192.0.2.99"], "ratio": 5}
    adc = {
        "class": "ADC",
        "tenant": {
            "class": "Tenant",
            "app": {"class": "Application", "pool": {"class": "Pool", "members": [template]}},
        },
    }
    maps = {
        ("default", "as3"): {"metadata": {"labels": {"as3": "true"}}, "data": {"template": json.dumps(adc)}}
    }
    maps["default", "staged"] = {
        "metadata": {"labels": {"as3": "false"}},
        "data": {"template": json.dumps({**adc, "tenant": None})},
    }
    declared = Declared()
    declare_config_maps(declared, made, maps)
    members = declared.tenants["tenant"]["app"]["pool"]["members"]
    assert [
        (address, member["servicePort"]) for member in members for address in member["serverAddresses"]
    ] == (filled or [("192.0.2.99", wanted)])
    assert all(member["ratio"] == 5 for member in members)


def test_static_routes() -> None:
    nodes = view("cluster").nodes
    nodes["", "n1"]["spec"] = {"podCIDRs": ["100.96.0.0/20", "2001:db8:96::/64"]}  # and no IPv6 address
    confirmed = {"spec": {"node": "n2", "cidr": "100.96.16.0/20", "state": "confirmed"}}
    pending = {"spec": {"node": "n1", "cidr": "100.96.32.0/20", "state": "pending"}}
    gone = {"spec": {"node": "n9", "cidr": "100.96.48.0/20", "state": "confirmed"}}
    affinities = {("", "a"): confirmed, ("", "b"): pending, ("", "c"): gone}
    antrea, calico = (
        settings("cluster", "--static-routing-mode", f"--orchestration-cni={cni}")
        for cni in ("antrea", "calico-k8s")
    )
    assert list(wanted(antrea, nodes, affinities).values()) == [("198.18.0.1", "100.96.0.0/20")]
    assert wanted(calico, nodes, affinities) == {
        "k8s-n2-198.18.0.2-100.96.16.0_20": ("198.18.0.2", "100.96.16.0/20")
    }


# -- the IPAM controller


def test_addresses_are_given_once_and_given_back() -> None:
    free = fic.ranges(['--ip-range={"a":"192.0.2.1-192.0.2.2","b":"192.0.2.9"}'])
    assert free == {"a": ["192.0.2.1", "192.0.2.2"], "b": ["192.0.2.9"]}
    asked = [
        {"ipamLabel": "a", "host": "x"},
        {"ipamLabel": "a", "key": "y"},
        {"ipamLabel": "a", "host": "z"},
        {"ipamLabel": "none", "host": "x"},
    ]
    given = fic.assign(asked, [], free, set())
    assert [entry["ip"] for entry in given] == ["192.0.2.1", "192.0.2.2"]
    assert [entry["ip"] for entry in fic.assign(asked[1:2], given, free, {"192.0.2.1", "192.0.2.2"})] == [
        "192.0.2.2"
    ]


@pytest.mark.parametrize(
    "words", [[], ["--ip-range={"], ['--ip-range={"a":"from here"}'], ["--ip-range=[1]"]]
)
def test_ranges_that_end_it(words: list[str]) -> None:
    with pytest.raises(Exit):
        fic.ranges(words)
