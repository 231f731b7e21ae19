# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of the cluster with adversarial texts in the fields that the API server leaves to their authors.

The pure core answers with a Failure, or with a result that names its reasons, and with no other exception.
A person can read its text.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils import _yaml
from ansible_collections.vks.bigip.plugins.module_utils._cis import (
    applications,
    controller,
    helm,
    log,
    tenants,
)
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._foreign import SPOILED, Unreadable
from ansible_collections.vks.bigip.plugins.module_utils._kube import objects, snapshot
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Pool, Snapshot
from ansible_collections.vks.bigip.plugins.module_utils._members.options import MODES
from ansible_collections.vks.bigip.plugins.module_utils._members.resolve import resolve
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.plugins.module_utils._ownership import claims
from ansible_collections.vks.bigip.plugins.module_utils._request import build, cis_accepted
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import Problems, Wanted
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.hostile_texts import SECRET, texts

LONGEST = 16 * 1024  # characters of one message
TEXTS = texts("/tmp/canary")
# Hypothesis does not make a failing example smaller: with texts of this size that takes minutes.
_LARGE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
quick = settings(max_examples=80, deadline=None, phases=[Phase.generate], suppress_health_check=_LARGE)

hostile = st.sampled_from([*TEXTS.values()]) | st.text(max_size=60)
# Values that F5's custom resources may hold: any JSON, references among it.
odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | hostile | st.just({"from_secret": SECRET}),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["use", "bigip", "name"]) | hostile, inner, max_size=3),
    max_leaves=6,
)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ():
        yield from strings(part)


def readable(*values: Any) -> None:
    """Messages are short. The boundary escapes control characters in all of them at once."""
    for message in strings(values):
        assert len(message) <= LONGEST, message[:200]


# -- members of pools

entries = st.fixed_dictionaries(
    {
        "podPort": st.just(8080) | odd,
        "nodeIP": st.sampled_from(["198.18.0.1", "198.18.0.2", "127.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "::1", "fe80::1%x"]) | odd,
        "nodePort": st.sampled_from([61000, 61001, 10250, 22, 0, -1, 10**4000]) | odd,
        "protocol": st.just("tcp") | odd,
    },
    optional={"protocols": odd, "ipFamily": odd},
)


def mappings(node: int) -> st.SearchStrategy[str]:
    """Annotations that a Pod on this node may have; one of three is as Antrea writes it."""
    good = {"podPort": 8080, "nodeIP": f"198.18.0.{node}", "nodePort": 61000, "protocol": "tcp"}
    spoiled = st.lists(st.just(good) | entries | odd, max_size=4).map(json.dumps)
    return st.one_of(st.just(json.dumps([good])), spoiled, hostile)


kinds = st.sampled_from(["ClusterIP", "ClusterIP", "NodePort", "LoadBalancer"])


@st.composite
def snapshots(draw: Any) -> Snapshot:
    """A Service with two Pods on two nodes, and adversarial texts in what is free text."""
    service = text.service(npl=draw(st.just("true") | st.just("true") | hostile), type=draw(kinds))
    service["metadata"]["annotations"][draw(hostile)] = draw(hostile)
    service["metadata"]["labels"] = {"cis.f5.com/as3-tenant": draw(hostile)}
    service["spec"]["selector"] = {"app": draw(hostile)}
    raw_pods = []
    for name, node in (("a", 1), ("b", 2)):
        meta = {"name": name, "namespace": "default", "uid": f"uid-{name}", "annotations": {"nodeportlocal.antrea.io": draw(mappings(node))}}
        written = {"f:metadata": {"f:annotations": {"f:nodeportlocal.antrea.io": {}}}}
        writer = {"manager": draw(st.just("antrea-agent") | hostile), "operation": "Update", "time": draw(hostile), "fieldsV1": written}
        raw_pods.append({"metadata": {**meta, "creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": [writer]}})
    nodes = [text.node("n1"), text.node("n2")]
    nodes[0]["metadata"]["annotations"] = {draw(hostile): draw(hostile)}
    slices = [text.endpoint_slice("http:8080/TCP | a@n1 b@n2")]
    return text.snapshot([service], slices, draw(st.sampled_from([nodes, nodes, nodes, None])), raw_pods)


@quick
@given(snapshots(), st.sampled_from(MODES), st.booleans())
def test_members(made: Snapshot, mode: str, routable: bool) -> None:
    try:
        pool = resolve(made, Source(namespace="default", name="web", port="80", mode=mode, pod_network_routable=routable))
    except Failure as failed:
        readable(failed.message)
        return
    assert isinstance(pool, Pool)
    readable(pool.warnings, pool.chosen_because, [item.message for item in pool.left_out], [item.name for item in pool.left_out])


def test_some_have_members() -> None:
    """Else the property proves little."""
    sizes: list[int] = []

    @settings(quick, max_examples=400, database=None, derandomize=True)
    @given(snapshots())
    def look(made: Snapshot) -> None:
        try:
            sizes.append(len(resolve(made, Source(namespace="default", name="web", port="80", mode="nodeportlocal")).members))
        except Failure:
            sizes.append(0)

    look()
    assert sum(size > 0 for size in sizes) > 10, str(sizes)


# -- CIS


def virtual_servers() -> st.SearchStrategy[dict[str, Any]]:
    monitor = st.dictionaries(st.sampled_from(["type", "send", "recv", "name", "reference", "interval", "timeout"]) | hostile, odd, max_size=4)
    monitor |= st.fixed_dictionaries({"type": st.just("http"), "send": hostile, "recv": hostile})
    pool = st.fixed_dictionaries(
        {"service": hostile, "servicePort": st.integers() | hostile},
        optional={
            "name": odd, "serviceNamespace": hostile, "monitor": monitor, "monitors": st.lists(monitor, max_size=2), "minimumMonitors": odd,
            "loadBalancingMethod": hostile, "weight": odd,
        },
    )  # fmt: skip
    names = "virtualServerName snat iRules allowVlans persistenceProfile connectionMirroring host httpTraffic waf partition".split()
    spec = st.fixed_dictionaries(
        {"virtualServerAddress": st.just("192.0.2.1") | hostile, "pools": st.lists(pool, min_size=1, max_size=2)},
        optional={**dict.fromkeys(names, odd), "additionalVirtualServerAddresses": odd, "virtualServerHTTPPort": st.integers(1, 65535)},
    )
    status = st.dictionaries(st.sampled_from(["vsAddress", "status", "error"]), hostile)
    return st.fixed_dictionaries({"metadata": st.just({"namespace": "evil", "name": "x"}), "spec": spec, "status": status})


@quick
@given(virtual_servers())
def test_virtual_servers(raw: dict[str, Any]) -> None:
    """Each becomes applications that publish takes, or is left out with a reason."""
    made = applications.express([raw], "kubernetes", cis_accepted.application_fault)
    assert made.applications or made.left_out
    readable([[item["field"], item["message"]] for item in made.left_out])
    problems = Problems()
    build.add_items(Wanted(), made.applications, problems)
    assert not problems.found
    with contextlib.suppress(*SPOILED):  # with these its caller passes over the resource, with a warning
        tenants.of_resource("VirtualServer", raw)
    with contextlib.suppress(*SPOILED):
        controller.resource("VirtualServer", raw)


adc = st.dictionaries(st.sampled_from(["class", "Shop", "declaration"]) | hostile, odd | st.just({"class": "Tenant", "app": {"vs": {}}}), max_size=3)
templates = hostile | adc.map(json.dumps) | st.sampled_from([f'{{"class": "ADC", "x": {TEXTS["number"]}}}', "[" * 200_000, '{"a":' * 100_000])


@quick
@given(templates)
def test_config_maps(template: str) -> None:
    raw = {"metadata": {"namespace": "evil", "name": "x"}, "data": {"template": template}}
    warnings: list[str] = []
    fault = cis_accepted.declaration_fault(template)
    if fault:
        made = applications.Expressed()
        made.leave_out("ConfigMap", raw, *fault)
        readable(list(made.left_out[0].values()))
    for tenant, addresses in tenants.of_config_map(raw, warnings.append):
        assert isinstance(tenant, str) and all(isinstance(address, str) for address in addresses)
    readable(warnings)


options = st.sampled_from(["--bigip-partition=Shop", "--bigip-partition", "--http-listen-address", "--custom-resource-mode"])
words = st.lists(hostile.filter(lambda word: len(word) < 10_000) | options, max_size=5)


@quick
@given(hostile, words, st.dictionaries(st.sampled_from(["meta.helm.sh/release-name", "vks.bigip/started-with"]), hostile), templates)
def test_deployments(image: str, arguments: list[str], annotations: dict[str, str], template: str) -> None:
    """They look like a CIS or not. Arguments that take a pattern forever have tests of their own."""
    for name in (image, f"f5networks/k8s-bigip-ctlr:{image}"):
        box = {"name": "x", "image": name, "args": arguments, "command": arguments}
        spec = {"selector": {"matchLabels": {"app": "x"}}, "template": {"spec": {"containers": [box]}}}
        raw = {"metadata": {"namespace": "evil", "name": "x", "annotations": annotations}, "spec": spec}
        found = controller.controller(raw)
        if found is not None:
            found.as_dict()
        objects.cis(raw)
        objects.ako("Deployment", raw)
        claims.claims([raw], [{"metadata": {"namespace": "evil", "name": "x"}, "data": {"template": template}}])


@quick
@given(hostile, hostile | odd.map(json.dumps))
def test_a_configuration_that_is_not_antreas(image: str, conf: str) -> None:
    labels = {"app": "antrea", "component": "antrea-agent"}
    spec = {"template": {"spec": {"containers": [{"name": "antrea-agent", "image": image}]}}}
    assert objects.cni({"metadata": {"namespace": "evil", "name": "x", "labels": labels}, "spec": spec}) is not None
    config = objects.npl_config({"metadata": {"namespace": "evil", "name": "x"}, "data": {"antrea-agent.conf": conf}})
    readable(config.fault)
    try:
        _yaml.foreign(conf)
    except Unreadable as refused:
        readable(str(refused))


DEPLOYED = {"info": st.just({"status": "deployed"})}
stored = st.fixed_dictionaries(DEPLOYED, optional=dict.fromkeys(["chart", "config", "manifest", "name", "version"], odd))


@quick
@given(st.binary(max_size=60) | hostile.map(str.encode) | (odd | stored).map(lambda value: json.dumps(value).encode()), st.booleans(), hostile)
def test_helm_releases(content: bytes, compressed: bool, version: str) -> None:
    encoded = base64.b64encode(base64.b64encode(gzip.compress(content) if compressed else content)).decode()
    found = helm.release([{"metadata": {"labels": {"version": version[:63]}}, "data": {"release": encoded}}])
    assert isinstance(found, dict)


@quick
@given(st.sampled_from(["Service", "Ingress"]), hostile, hostile, hostile)
def test_annotations_for_cis(kind: str, address: str, partition: str, other: str) -> None:
    prefix = "virtual-server.f5.com" if kind == "Ingress" else "cis.f5.com"
    notes = {f"{prefix}/ip": address, f"{prefix}/partition": partition, "cis.f5.com/ipamLabel": other, "kubernetes.io/ingress.class": other}
    raw = {"metadata": {"namespace": "evil", "name": "x", "annotations": notes}, "spec": {"type": "LoadBalancer"}}
    tenants.of_resource(kind, raw)
    applications.is_published(raw)
    applications.ingress_class(raw)
    snapshot.service(raw)


@quick
@given(st.lists(hostile.filter(lambda line: len(line) < 10_000).map(lambda line: f"2026/01/01 00:00:00 [ERROR] {line}"), max_size=4).map("\n".join))
def test_the_log_of_a_cis(lines: str) -> None:
    readable([found.message for found in log.findings(lines)])


@pytest.mark.parametrize("name", TEXTS)
def test_each_text_in_each_place(name: str) -> None:
    """Those that hypothesis may not have drawn."""
    raw = {"metadata": {"namespace": "evil", "name": "x"}, "data": {"template": TEXTS[name]}}
    assert list(tenants.of_config_map(raw, readable)) == []
    test_the_log_of_a_cis.hypothesis.inner_test(f"[ERROR] {TEXTS[name]}")  # type: ignore[attr-defined]
