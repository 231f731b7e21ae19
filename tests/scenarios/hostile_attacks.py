# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of attacks: the objects that the editor of namespace evil plants, and the conditions after all runs.

All of them are planted at once, so each condition must hold with all attacks together.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ansible_collections.vks.bigip.tests.unit.support.hostile_texts import DEEP, DIGITS, SECRET

from .hostile import Stage, workload
from .hostile_fields import NAMESPACE

Object = tuple[str, dict[str, Any]]  # a kind of KINDS, and what differs from the smallest object of it
CIS = "f5networks/k8s-bigip-ctlr:2.20.3"
AGENT = {"app": "antrea", "component": "antrea-agent"}
NUMBER = "9" * DIGITS


class Attack(NamedTuple):
    name: str
    plants: Callable[[Stage], Iterator[Object] | list[Object]]
    must: str  # the conditions
    holds: Callable[[Stage], bool]
    manager: str = "kubectl"  # whom managedFields name as the writer
    all_taken: bool = True  # the API server takes all of it


# -- the planted objects


def named(name: str, **meta: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, **meta}}


def named_anew(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {**body, "metadata": {**body["metadata"], "name": name}}


def deployment(name: str, *arguments: str, image: str = CIS, **spec: Any) -> Object:
    """A Deployment that looks like a CIS. It is paused, so it creates no Pod."""
    labels = {"app": name}
    box = {"name": "ctlr", "image": image, "args": [*arguments]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [box]}}
    return "Deployment", {**named(name), "spec": {"replicas": 1, "paused": True, "selector": {"matchLabels": labels}, "template": template, **spec}}


def daemon_set(name: str, image: str, labels: dict[str, str], config: str = "") -> Object:
    """One that looks like a CNI, for nodes that do not exist."""
    volumes = [{"name": "antrea-config", "configMap": {"name": config}}] if config else []
    pod = {"nodeSelector": {"nowhere": "x"}, "containers": [{"name": name, "image": image}], "volumes": volumes}
    spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}}
    return "DaemonSet", {**named(name, labels=labels), "spec": spec}


def config_map(name: str, template: str) -> Object:
    return "ConfigMap", {**named(name, labels={"f5type": "virtual-server", "as3": "true"}), "data": {"template": template}}


def declared(name: str, **tenants: Any) -> Object:
    return config_map(name, json.dumps({"class": "AS3", "declaration": {"class": "ADC", "schemaVersion": "3.50.0", **tenants}}))


def tenant(address: str, name: str = "app", **objects: Any) -> dict[str, Any]:
    server = {"class": "Service_HTTP", "virtualAddresses": [address], "virtualPort": 80}
    return {"class": "Tenant", name: {"class": "Application", "template": "generic", "vs": server, **objects}}


def labelled(name: str, pool: str) -> Object:
    labels = {"cis.f5.com/as3-tenant": "Bank", "cis.f5.com/as3-app": "pay", "cis.f5.com/as3-pool": pool}
    noted = {"nodeportlocal.antrea.io/enabled": "true"}
    ports = [{"name": "a", "port": 8080}, {"name": "b", "port": 8443}]
    return "Service", {**named(name, labels=labels, annotations=noted), "spec": {"selector": {"app": "quiet"}, "ports": ports}}


def virtual_server(name: str, address: str, monitor: Any = None, label: str = "quiet", partition: str = "EvilMoved", **spec: Any) -> Object:
    pool = {"name": f"pool_{name.replace('-', '_')}", "service": "quiet", "servicePort": 80}
    pools = [{**pool, "monitor": {"type": "http", "send": "GET /", **monitor} if monitor else {"reference": "bigip", "name": "/Common/http"}}]
    whole = {"virtualServerAddress": address, "partition": partition, "pools": pools, **spec}
    return "VirtualServer", {**named(name, labels={"f5cr": label}), "spec": whole}


def false_mappings(stage: Stage) -> Iterator[Object]:
    """Annotations of Pods behind a Service. Antrea's agent cannot read their last entry, so it does not change the annotation."""
    (shop,) = [pod for pod in stage.site.get("pods", "-n", "shop")["items"]][:1]
    node = shop["status"]["hostIP"]
    stolen = json.loads(shop["metadata"]["annotations"]["nodeportlocal.antrea.io"])
    places = [(node, 10250), (node, 22), (node, 30000), (node, 65535), ("169.254.169.254", 8100), ("127.0.0.1", 61001), ("0.0.0.0", 61002)]
    places += [("224.0.0.1", 61003), ("255.255.255.255", 61004), ("192.0.2.80", 61005), ("198.51.100.1", 61006)]
    places += [("::1", 61007), ("fe80::1", 61008), ("::ffff:127.0.0.1", 61009)]
    entries = [{"podPort": 8080, "nodeIP": address, "nodePort": port, "protocol": "tcp"} for address, port in places]
    odd = [{**entries[0], "nodePort": int("9" * 4000)}, {**entries[0], "nodePort": 61010.0}, {**entries[0], "nodeIP": {"x": 1}}, [[[[]]]], None, "x"]
    for number, given in enumerate([stolen, *([entry] for entry in entries), odd]):
        text = json.dumps([*given, {"podPort": "x"}])
        meta = named(f"own-{number}", labels={"app": "own"}, annotations={"nodeportlocal.antrea.io": text})
        box = {"name": "web", "image": "x:1", "ports": [{"containerPort": 8080}]}
        yield "Pod", {**meta, "spec": {"containers": [box], "nodeName": shop["spec"]["nodeName"]}}
    noted = {"nodeportlocal.antrea.io/enabled": "true"}
    yield "Service", {**named("own", annotations=noted), "spec": {"selector": {"app": "own"}, "ports": [{"port": 80, "targetPort": 8080}]}}


def release(name: str, version: int, content: bytes) -> Object:
    """A Secret of Helm: it encodes and compresses, and then Kubernetes encodes."""
    labels = {"owner": "helm", "name": name, "version": str(version), "status": "deployed"}
    text = base64.b64encode(base64.b64encode(content)).decode()
    return "Secret", {**named(f"sh.helm.release.v1.{name}.v{version}", labels=labels), "type": "helm.sh/release.v1", "data": {"release": text}}


def bomb() -> bytes:
    """600 MB of JSON in 600 KB: a list of empty lists, in members of gzip that are the same."""
    part = gzip.compress(b"[]," * 1_000_000)
    return gzip.compress(b"[") + part * (600_000 // len(part)) + gzip.compress(b"[]]")


def releases(stage: Stage) -> list[Object]:
    whole = {"name": "jinja", "info": {"status": "deployed"}, "chart": {"metadata": {"name": stage.texts["jinja"], "version": stage.texts["escape"]}}}
    return [
        release("bomb", 9, bomb()),
        release("deep", 1, gzip.compress(b"[" * DEEP)),
        release("number", 1, gzip.compress(f'{{"version": {NUMBER}}}'.encode())),
        release("jinja", 1, gzip.compress(json.dumps({**whole, "config": {"x": stage.texts["unsafe"]}}).encode())),
        release("broken", 1, b"\x1f\x8b" + b"\0" * 99),
    ]


def application() -> Iterator[Object]:
    """A working application of evil, for objects that refer to it."""
    for body in workload(NAMESPACE, "quiet", 1):
        yield body["kind"], {"metadata": body["metadata"], "spec": body["spec"]}


def quiet(stage: Stage) -> Iterator[Object]:
    """VirtualServers that can be converted: their texts get into the file, onto BIG-IP, and back."""
    for number, name in enumerate(("jinja", "block", "tag", "unsafe", "shell", "quotes", "format", "use")):
        yield virtual_server(name, f"192.0.2.{100 + number}", {"send": stage.texts[name], "recv": stage.texts[name]})


def odd_types(stage: Stage) -> Iterator[Object]:
    """Objects that F5's schema may accept: any type in any field."""
    values: list[Any] = [None, True, 0, -1.5, 1e308, "", [], {}, [[]], {"a": {}}, [None], {"from_secret": SECRET}]
    fields = "virtualServerName snat iRules allowVlans persistenceProfile additionalVirtualServerAddresses connectionMirroring pools x"
    for field in fields.split():
        for number, value in enumerate(values):
            yield virtual_server(f"odd-{field.lower()}-{number}", "192.0.2.150", label="true", **{field: value})
    for part in ("monitor", "monitors", "servicePort", "minimumMonitors", "name"):
        for number, value in enumerate(values):
            pool = {"service": "quiet", "servicePort": 80, part: value}
            yield virtual_server(f"odd-pool-{part.lower()}-{number}", "192.0.2.150", label="true", pools=[pool])
    for part in ("type", "send", "recv", "name", "reference", "interval"):
        for number, value in enumerate(values):
            yield virtual_server(f"odd-monitor-{part.lower()}-{number}", "192.0.2.150", {part: value}, label="true")


# -- the conditions


def same(*runs: str) -> Callable[[Stage], bool]:
    """These runs had the same results as before the attack."""
    return lambda stage: all(stage.ran[run].good and stage.shown(run) == stage.shown_before[run] for run in runs)


def nothing_stolen(stage: Stage) -> bool:
    """No output, no file and no object on BIG-IP contains it."""
    everything = [ran.output for ran in stage.ran.values()]
    paths = ("/mgmt/shared/appsvcs/declare?show=full", "/_lab/pools", "/mgmt/tm/ltm/rule")
    everything += [json.dumps(stage.site.control("GET", path)) for path in paths]
    everything += [file.read_text(errors="replace") for file in stage.files.rglob("*") if file.is_file()]
    return not any(secret in text for secret in stage.secrets()[:2] for text in everything)


def untouched(stage: Stage) -> bool:
    return stage.state() == stage.before


def nothing_ran(stage: Stage) -> bool:
    return not stage.canary.exists()


def ended(stage: Stage) -> bool:
    return not any(ran.hung for ran in stage.ran.values())


def own_members(run: str) -> Callable[[Stage], list[tuple[str, int]]]:
    return lambda stage: [(one["address"], one["port"]) for pool in stage.ran[run].result.get("pools", []) for one in pool["members"]]


def at_nodes_in_range(stage: Stage) -> bool:
    nodes = [each["address"] for node in stage.site.get("nodes")["items"] for each in node["status"]["addresses"]]
    ran = stage.ran["pool_members_info evil"]
    return ran.good and all(address in nodes and 61000 <= port <= 62000 for address, port in own_members("pool_members_info evil")(stage))


AUTO, FIRST, ALL_OF_BANK = "pool_members_info auto", "publish a first time", "publish by labels"

ATTACKS = [
    # Code
    Attack("Jinja in fields that become applications", quiet, "nothing runs, neither when it is converted nor by `publish -e @file`", nothing_ran),
    Attack(
        "Jinja, YAML and shell in an AS3 ConfigMap",
        lambda s: [
            declared("names", **{text: tenant(text) for text in s.texts.values() if len(text) < 200}),
            declared("texts", Evil=tenant("x", **s.texts)),
        ],
        "nothing runs",
        nothing_ran,
    ),
    # Secrets
    Attack(
        "from_secret in an AS3 ConfigMap",
        lambda s: [declared("theft", Stolen=tenant("192.0.2.120", rule={"class": "iRule", "iRule": {"from_secret": SECRET}}))],
        "the victim's password is nowhere",
        nothing_stolen,
    ),
    Attack(
        "from_secret in VirtualServers",
        lambda s: [
            virtual_server("theft-rule", "192.0.2.121", iRules=[{"from_secret": SECRET}]),
            virtual_server("theft-monitor", "192.0.2.122", {"send": {"from_secret": SECRET}}),
        ],
        "the victim's password is nowhere",
        nothing_stolen,
    ),
    # Labels
    Attack(
        "a labelled Service for a pool that has addresses",
        lambda s: [labelled("hijack", "paypool")],
        "the pool keeps its two members",
        lambda s: same(ALL_OF_BANK)(s) and untouched(s),
    ),
    Attack(
        "several labelled Services for a pool of another team",
        lambda s: [labelled("second", "labelled"), labelled("third", "labelled"), labelled("fourth", "paypool")],
        "the team publishes as before",
        same(ALL_OF_BANK),
    ),
    # Impersonation
    Attack(
        "a Deployment that looks like a CIS of others' tenants",
        lambda s: [deployment("cis", "--bigip-partition=Fresh", "--bigip-partition=Shop,Bank")],
        "another team publishes a first time",
        same(FIRST, "publish"),
    ),
    Attack(
        "AS3 ConfigMaps that declare others' tenants",
        lambda s: [
            declared("claim", Shop=tenant("192.0.2.130", "web"), Bank=tenant("192.0.2.131", "pay"), Fresh=tenant("192.0.2.132")),
            declared("common", Common=tenant("192.0.2.133", "Shared")),
            declared("pointers", **{"/Common/Shared": tenant("/Common/x"), "Shop/web": tenant("use"), "..": tenant("../..")}),
        ],
        "another team publishes a first time, and what is published stays",
        lambda s: same(FIRST, "publish")(s) and untouched(s),
    ),
    Attack(
        "DaemonSets that look like Calico and Cilium",
        lambda s: [
            daemon_set("calico-node", "calico/node:v3.30.1", {"k8s-app": "calico-node"}),
            daemon_set("cilium", "cilium/cilium:v1.17", {"k8s-app": "cilium"}),
        ],
        "every team has the same CNI, and antrea_npl works as before",
        same("cluster_info", "preflight_info", "antrea_npl", AUTO),
    ),
    Attack(
        "a DaemonSet that looks like Antrea, with a configuration of its own",
        lambda s: [
            daemon_set("antrea-agent", "antrea/antrea-agent-ubuntu:v9.9.9", AGENT, "antrea-config"),
            ("ConfigMap", {**named("antrea-config"), "data": {"antrea-agent.conf": "nodePortLocal: {enable: false}"}}),
        ],
        "`auto` chooses as before, and antrea_npl works as before",
        same("cluster_info", "preflight_info", "antrea_npl", AUTO),
    ),
    Attack(
        "DaemonSets whose configuration cannot be read",
        lambda s: [
            *(daemon_set(f"agent-{name}", "x:1", AGENT, f"conf-{name}") for name in ("deep", "number", "tag")),
            *(("ConfigMap", {**named(f"conf-{name}"), "data": {"antrea-agent.conf": s.texts[name]}}) for name in ("deep", "number", "tag")),
            daemon_set("agent-missing", "x:1", AGENT, "no-such-map"),
        ],
        "`auto` chooses as before, and antrea_npl works as before",
        same("cluster_info", "antrea_npl", AUTO),
    ),
    # Time and space
    Attack(
        "arguments of 40 KB that a pattern takes forever for",
        lambda s: [
            deployment("long-word", " " + "token" * 8_000, replicas=0, paused=False),
            deployment("long-name", " " + "-" * 20_000 + "password" + "-" * 20_000, replicas=0, paused=False),
            deployment("long-space", "password" + " " * 40_000, replicas=0, paused=False),
            deployment("long-url", "://" * 14_000, replicas=0, paused=False),
            deployment("long-image", image="k8s-bigip-ctlr:" + ":@" * 20_000, replicas=0, paused=False),
        ],
        "every run ends within its timeout",
        ended,
    ),
    Attack(
        "200,000 brackets in AS3 ConfigMaps",
        lambda s: [config_map("brackets", "[" * 200_000), config_map("braces", '{"a":' * 100_000), config_map("closed", "[" * 50_000 + "]" * 50_000)],
        "another team publishes a first time",
        same(FIRST),
    ),
    Attack(
        "numbers of 5,000 digits",
        lambda s: [
            config_map("digits", f'{{"class": "ADC", "schemaVersion": {NUMBER}, "x": -{NUMBER}.5e{NUMBER}}}'),
            deployment("digits", f"--http-listen-address=:{NUMBER}", f"--bigip-partition={NUMBER}"),
            virtual_server("digits", "192.0.2.123", label="true", virtualServerName=NUMBER, pools=[{"service": NUMBER, "servicePort": NUMBER}]),
        ],
        "another team publishes a first time",
        same(FIRST, "publish"),
    ),
    Attack(
        "Helm releases that are gzip bombs, or no releases",
        releases,
        "cis_info needs no more memory than others",
        lambda s: s.ran["cis_info of a release"].good,
    ),
    # NodePortLocal
    Attack(
        "annotations that map to foreign addresses and ports",
        false_mappings,
        "only ports of the NPL range on nodes become members",
        at_nodes_in_range,
    ),
    Attack(
        "the same, where Nodes may not be read",
        lambda s: [],
        "none of them becomes a member",
        lambda s: s.ran["pool_members_info without nodes"].good and not own_members("pool_members_info without nodes")(s),
    ),
    Attack(
        "another Pod's mapping, written as Antrea's agent writes it",
        lambda s: [(kind, named_anew(body, f"forged-{number}")) for number, (kind, body) in enumerate(false_mappings(s)) if kind == "Pod"],
        "the other team keeps all its members",
        lambda s: same("publish", "pool_members_info")(s) and untouched(s),
        manager="antrea-agent",
    ),
    # Virtual addresses and pools of others
    Attack(
        "resources for others' tenants, addresses and Services",
        lambda s: [
            virtual_server("tenant", "192.0.2.124", label="taken", partition="Shop"),
            virtual_server("address", "192.0.2.80", label="other", partition="Bank", virtualServerHTTPPort=443),
            virtual_server("service", "192.0.2.125", label="taken", pools=[{"service": "pay", "serviceNamespace": "bank", "servicePort": 80}]),
            virtual_server("path", "192.0.2.126", label="taken", virtualServerName="../../Shop/web/vs", iRules=["/Shop/web/x"], snat="/Shop/web/y"),
            ("Ingress", named("ingress", annotations={"virtual-server.f5.com/ip": "192.0.2.80", "virtual-server.f5.com/partition": "Shop"})),
            ("Service LoadBalancer", named("balanced", annotations={"cis.f5.com/ip": "192.0.2.80", "cis.f5.com/partition": "Shop"})),
        ],
        "what the teams published stays",
        untouched,
    ),
    Attack(
        "a VirtualServer of the same address as another team's",
        lambda s: [virtual_server("same-address", "192.0.2.90", partition="Moved")],
        "the other team's VirtualServer is taken over",
        lambda s: bool(s.site.members("~Moved~Shared~web_80_shop")),
    ),
    Attack(
        "any type in any field of a VirtualServer",
        odd_types,
        "each is expressed or left out, and none stops cis_info",
        lambda s: s.ran["cis_info"].good,
        all_taken=False,
    ),
]
