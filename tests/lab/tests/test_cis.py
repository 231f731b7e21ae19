# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CIS in a lab: installed by Helm, observed in its log, its Pod, its resources and BIG-IP, and failing in
each way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from cis_use import CHART, CHARTS, FIC_CHART, Site, text, virtual_server
from lab_use import deployment, rolled_out, service
from running_lab import RunningLab, eventually

pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
ADDRESS, OTHER = "192.0.2.61", "192.0.2.62"


@pytest.fixture(scope="module")
def site(lab: Callable[..., RunningLab]) -> Iterator[Site]:
    made = Site(lab(cni="antrea", nodes=2))
    made.lab.pod_routes()  # for mode cluster: the tests of CIS's own routes are in test_cis_parts
    made.lab.apply(
        deployment("hello", ports=[{"containerPort": 8080, "name": "web"}]),
        service(
            "hello",
            npl="true",
            type="LoadBalancer",
            ports=[{"name": "http", "port": 80, "targetPort": "web"}],
        ),
    )
    rolled_out(made.lab, "hello")
    yield made
    made.delete("deployment,service", "hello")
    made.delete("namespace", made.namespace)


@pytest.fixture(autouse=True)
def clean(site: Site) -> Iterator[None]:
    """CIS's objects stay when it is removed. Two tenants cannot have one address."""
    eventually(site.emptied)
    site.bigip("POST", "/mgmt/tm/auth/partition", {"name": "kubernetes"})
    yield
    site.bigip("DELETE", "/_lab/faults")
    site.bigip("POST", "/_lab/system", {"as3": True})
    site.bigip("POST", "/_lab/certificate", {"kind": "good"})
    site.remove("cis", "second", "fic")
    for kind in ("virtualservers", "transportservers", "ingresses"):
        site.delete(kind, "--all")


def hello(site: Site) -> set[str]:
    return {pod["metadata"]["name"] for pod in site.lab.get("pods", "-l", "app=hello")["items"]}


def members(site: Site, pool: str = "hello_80_default") -> set[str]:
    found = site.tenant().get("Shared", {}).get(pool, {}).get("members") or []
    return {f"{address}:{member['servicePort']}" for member in found for address in member["serverAddresses"]}


# -- what works


def test_each_mode_from_install_to_removal(site: Site) -> None:
    nodes = [
        address["address"]
        for node in site.lab.get("nodes")["items"]
        for address in node["status"]["addresses"]
        if address["type"] == "InternalIP"
    ]
    port = site.lab.get("service", "hello")["spec"]["ports"][0]["nodePort"]
    addresses = [pod["status"]["podIP"] for pod in site.lab.get("pods", "-l", "app=hello")["items"]]
    found: dict[str, set[str]] = {}
    site.install("--wait", args={"pool_member_type": "nodeport"})
    site.lab.apply(virtual_server("hello", ADDRESS))
    for mode in ("nodeport", "nodeportlocal", "cluster"):
        site.install("--wait", args={"pool_member_type": mode})
        site.lab.kubectl("wait", "pods", "-n", site.namespace, "-l", "release=cis", "--for=condition=Ready")
        found[mode] = eventually(lambda: (now := members(site)) not in found.values() and now)
    assert found["nodeport"] == {f"{address}:{port}" for address in nodes}
    assert {place.partition(":")[0] for place in found["nodeportlocal"]} <= set(nodes) and len(
        found["nodeportlocal"]
    ) == 2
    assert found["cluster"] == {f"{address}:8080" for address in addresses}
    site.wait_for_status("virtualserver", "hello", status="Ok", vsAddress=ADDRESS)
    assert eventually(lambda: site.ask(ADDRESS)) in hello(site)
    assert site.tenant()["label"] == "kubernetes"

    # It follows changes while it runs, and its objects stay when it is removed.
    pod = site.wait_until_ready()
    assert (site.probe(pod, "health"), site.probe(pod, "ready")) == ("Ok", "Ok")
    assert "2.20.3" in site.log() and "CCCL Error" not in site.log()
    site.lab.kubectl("scale", "deployment/cis-f5-bigip-ctlr", "-n", site.namespace, "--replicas=0")
    eventually(lambda: not site.pods())
    site.delete("virtualserver", "hello")
    site.helm("uninstall", "cis", "--wait")
    assert site.ask(ADDRESS) in hello(site)

    # After its next start it does not know them. It removes only what it created since.
    site.install("--wait", args={"pool_member_type": "nodeportlocal"})
    site.lab.apply(virtual_server("other", OTHER))
    eventually(lambda: site.ask(OTHER))
    site.delete("virtualserver", "other")
    eventually(lambda: set(site.tenant()["Shared"]) == {"class", "template"})


def test_hosts_paths_and_transport_servers(site: Site) -> None:
    site.lab.apply(deployment("cart"), service("cart", npl="true", ports=[{"port": 80, "targetPort": 8080}]))
    pools = [
        {"path": "/", "service": "hello", "servicePort": "http"},
        {"path": "/cart", "service": "cart", "servicePort": 80},
    ]
    transport = {
        "virtualServerAddress": OTHER,
        "virtualServerPort": 8000,
        "type": "tcp",
        "pool": {"service": "cart", "servicePort": 80},
    }
    meta = {"name": "cart", "labels": {"f5cr": "true"}}
    site.install(args={"pool_member_type": "auto"})
    site.lab.apply(
        virtual_server("shop", ADDRESS, host="shop.test", pools=pools),
        {"apiVersion": "cis.f5.com/v1", "kind": "TransportServer", "metadata": meta, "spec": transport},
    )
    try:
        site.wait_for_status("virtualserver", "shop", status="Ok")
        site.wait_for_status("transportserver", "cart", status="Ok", vsAddress=OTHER)
        assert eventually(lambda: site.ask(ADDRESS, "shop.test")) in hello(site)
        assert eventually(lambda: site.ask(ADDRESS, "shop.test", "/cart/1")).startswith("cart-")
        assert eventually(lambda: site.ask(f"{OTHER}:8000")).startswith("cart-")
        assert site.ask(ADDRESS, "other.test") == ""
    finally:
        site.delete("deployment,service", "cart")


def test_ingresses_and_as3_config_maps(site: Site) -> None:
    backend = {"service": {"name": "hello", "port": {"number": 80}}}
    meta = {"name": "hello", "annotations": {"virtual-server.f5.com/ip": ADDRESS}}
    rules = [
        {"host": "shop.test", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    ]
    pool = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": [], "shareNodes": True}]}
    app = {
        "class": "Application",
        "vs": {"class": "Service_HTTP", "virtualAddresses": [OTHER], "pool": "pool"},
        "pool": pool,
    }
    adc = {"class": "ADC", "schemaVersion": "3.50.0", "Team": {"class": "Tenant", "A1": app}}
    template, labels = text({"class": "AS3", "declaration": adc}), {"f5type": "virtual-server", "as3": "true"}
    kinds = {
        f"cis.f5.com/as3-{part}": value
        for part, value in (("tenant", "Team"), ("app", "A1"), ("pool", "pool"))
    }
    ours = service("templated", type="NodePort", ports=[{"port": 80, "targetPort": 8080}])
    ours["metadata"]["labels"] = kinds
    ours["spec"]["selector"] = {"app": "hello"}
    site.install(
        "--wait",
        ingressClass={"create": True, "isDefaultIngressController": False},
        args={"custom_resource_mode": False},
    )
    assert "false" in text(site.lab.get("ingressclass", "f5")["metadata"]["annotations"])
    site.lab.apply(
        ours,
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": meta,
            "spec": {"ingressClassName": "f5", "rules": rules},
        },
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "as3", "labels": labels},
            "data": {"template": template},
        },
    )
    try:
        assert eventually(lambda: site.ask(ADDRESS, "shop.test")) in hello(site)
        assert eventually(lambda: site.ask(OTHER)) in hello(site)
        eventually(
            lambda: site.status("ingress", "hello").get("loadBalancer") == {"ingress": [{"ip": ADDRESS}]}
        )
        site.delete("configmap", "as3")
        eventually(lambda: not site.tenant("Team"))
    finally:
        site.delete("service", "templated")
        site.delete("configmap", "as3")


def test_addresses_from_the_ipam_controller(site: Site) -> None:
    claim = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "",
        "resources": {"requests": {"storage": "1Mi"}},
    }
    volume = {
        **claim,
        "capacity": {"storage": "1Mi"},
        "hostPath": {"path": "/none"},
        "claimRef": {"namespace": site.namespace, "name": "fic"},
    }
    del volume["resources"]
    values = {
        "namespace": site.namespace,
        "pvc": {"name": "fic"},
        "args": {"ip_range": '{"test":"192.0.2.70-192.0.2.71"}'},
    }
    site.install("--wait", args={"pool_member_type": "nodeport", "ipam": True})
    site.helm("install", "fic", FIC_CHART, values=values)
    site.lab.apply(virtual_server("hello", ipamLabel="test", host="shop.test"))
    assert not site.container("fic")  # the Pod waits for its volume
    meta = {"name": "fic", "namespace": site.namespace}
    site.lab.apply(
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "fic"}, "spec": volume},
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": meta,
            "spec": {**claim, "volumeName": "fic"},
        },
    )
    try:
        site.wait_for_status("virtualserver", "hello", status="Ok", vsAddress="192.0.2.70")
        assert eventually(lambda: site.ask("192.0.2.70", "shop.test")) in hello(site)
        site.wait_until_ready("fic")
        (asked,) = site.lab.get("ipams.fic.f5.com", "-n", "kube-system")["items"]
        assert asked["metadata"]["name"] == "cis-f5-bigip-ctlr.kubernetes.ipam"
    finally:
        site.delete("ipams.fic.f5.com", "-n", "kube-system", "--all")
        site.helm("uninstall", "fic", "--wait")
        site.delete("pvc", "-n", site.namespace, "fic", "--wait=false")
        site.delete("pv", "fic", "--wait=false")


def test_two_at_once_both_post(site: Site, tmp_path: Path) -> None:
    """Helm upgrades the chart: the new Pod starts beside the old one, and CRDs stay."""
    site.install("--wait", args={"pool_member_type": "nodeportlocal"})
    site.lab.apply(virtual_server("hello", ADDRESS))
    site.wait_for_status("virtualserver", "hello", status="Ok")
    site.helm(
        "install",
        "second",
        CHART,
        "--set",
        "nameOverride=second",
        "--skip-crds",
        values=site.values({}, rbac={"create": False}),
    )
    site.wait_until_ready("second")
    site.helm("uninstall", "second", "--wait")
    before = site.posts()
    site.lab.kubectl("scale", "deployment/cis-f5-bigip-ctlr", "-n", site.namespace, "--replicas=2")
    eventually(lambda: site.posts() >= before + 1)
    site.lab.kubectl("scale", "deployment/hello", "--replicas=3")
    eventually(lambda: site.posts() >= before + 3)
    site.lab.kubectl("scale", "deployment/hello", "--replicas=2")

    site.lab.kubectl("scale", "deployment/cis-f5-bigip-ctlr", "-n", site.namespace, "--replicas=1")
    package = [str(CHARTS / "package"), CHART.name, "0.0.37", str(tmp_path)]
    site.run(package)
    (archive,) = tmp_path.glob("*.tgz")
    site.helm("upgrade", "cis", archive, "--reuse-values", "--wait")
    assert "hostGroupVirtualServerName" in site.helm("show", "crds", archive)
    assert "hostGroupVirtualServerName" not in text(site.lab.get("crd", "virtualservers.cis.f5.com"))


# -- what fails


def wrong_password(site: Site) -> dict[str, Any]:
    site.login(password="wrong")
    return {}


def wrong_url(site: Site) -> dict[str, Any]:
    site.login(url="https://127.0.0.1:1")
    return {}


def other_authority(site: Site) -> dict[str, Any]:
    site.trust(trustme.CA().cert_pem.bytes().decode())
    return {}


def as3_is_missing(site: Site) -> dict[str, Any]:
    site.bigip("POST", "/_lab/system", {"as3": False})
    return {}


def certificate(kind: str) -> Callable[[Site], dict[str, Any]]:
    def arrange(site: Site) -> dict[str, Any]:
        site.bigip("POST", "/_lab/certificate", {"kind": kind})
        return {}

    return arrange


def arguments(**args: Any) -> Callable[[Site], dict[str, Any]]:
    return lambda site: args


@pytest.mark.parametrize(
    ("arrange", "said"),
    [
        pytest.param(
            wrong_password,
            r"\[ERROR\] \[Token Manager\] .*unauthorized to fetch Token from BIGIP\. Please check the "
            r"credentials, status code: 401",
            id="password",
        ),
        pytest.param(
            wrong_url,
            r"REST call error: Get \"https://127.0.0.1:1/mgmt/shared/appsvcs/info\": dial tcp .*: connect: "
            r"connection refused",
            id="url",
        ),
        pytest.param(other_authority, "x509: certificate signed by unknown authority", id="authority"),
        pytest.param(certificate("expired"), "x509: certificate has expired", id="expired"),
        pytest.param(certificate("other_name"), "x509: .*127.0.0.1", id="name"),
        pytest.param(
            as3_is_missing,
            r"\[AS3\]\[BigIP\] RPM is not installed on BIGIP, Error response from BIGIP with status code 404",
            id="as3",
        ),
        pytest.param(
            arguments(trusted_certs_cfgmap="cis/nothing"),
            "ConfigMap with name nothing not found in namespace: cis",
            id="no ConfigMap",
        ),
        pytest.param(
            arguments(pool_member_type="nodeportlocal", static_routing_mode=True),
            "Cannot run NodePort mode or nodeportlocal mode",
            id="arguments",
        ),
    ],
)
def test_what_ends_it(site: Site, arrange: Callable[[Site], dict[str, Any]], said: str) -> None:
    args = arrange(site)
    try:
        site.install(args=args)
        container = site.wait_for("CrashLoopBackOff")
        assert (container["ready"], container["lastState"]["terminated"]["exitCode"]) == (False, 1)
        # Between two starts it is as long as one that has just begun.
        eventually(lambda: re.search(said, site.log()))
        assert site.lab.env["F5_PASSWORD"] not in site.log()
        if arrange is wrong_password:
            # A Secret's new content is enough to repair CIS. A restarted container has a new log.
            eventually(lambda: site.container().get("restartCount"))
            site.login()
            site.wait_until_ready()
            assert re.search(said, site.log("--previous")) and not re.search(said, site.log())
    finally:
        site.login()
        site.trust(Path(site.lab.env["F5_CA_CERT"]).read_text())


def test_what_keeps_it_from_starting(site: Site) -> None:
    site.install(version="2.99.0")
    waiting = site.wait_for("ImagePullBackOff")["state"]["waiting"]
    assert "f5networks/k8s-bigip-ctlr:2.99.0: not found" in waiting["message"]
    site.install(image={"user": "registry.invalid/f5networks"})
    waiting = eventually(
        lambda: [w for pod in site.pods() if (w := _waiting(pod)).get("message", "").endswith("no such host")]
    )
    assert {each["reason"] for each in waiting} <= {"ErrImagePull", "ImagePullBackOff"}
    site.remove()

    site.install(bigip_login_secret="nothing")
    site.wait_for("ContainerCreating")
    eventually(
        lambda: 'secret "nothing" not found' in site.lab.kubectl("get", "events", "-n", site.namespace)
    )
    site.remove()

    # A probe without a server: CIS works, and is never ready.
    site.install(args={"http_listen_address": "0.0.0.0:9090"})
    site.wait_for_log("Controller started")
    assert site.container()["state"].get("running") and not site.container()["ready"]


def _waiting(pod: dict[str, Any]) -> dict[str, Any]:
    statuses = pod["status"].get("containerStatuses") or [{}]
    return dict(statuses[0].get("state", {}).get("waiting") or {})


def test_what_its_log_says_while_it_runs(site: Site) -> None:
    site.install(args={"pool_member_type": "nodeportlocal", "bigip_partition": "missing"})
    pod = site.wait_until_ready()
    site.wait_for_log("CCCL Error: The requested partition missing was not found.")
    site.bigip(
        "POST",
        "/_lab/faults",
        {"where": {"method": "POST", "path": "/declare"}, "count": 1, "effect": {"kind": "unavailable"}},
    )
    site.lab.apply(virtual_server("hello", ADDRESS))
    site.wait_for_log("[AS3][BigIP] post resulted in RETRY")
    site.wait_for_status("virtualserver", "hello", status="Ok")
    site.bigip(
        "POST",
        "/_lab/faults",
        {
            "where": {"method": "POST", "path": "/declare"},
            "count": 1,
            "effect": {"kind": "unauthorized", "keep_tokens": True},
        },
    )
    site.lab.apply(virtual_server("third", "192.0.2.63"))
    site.wait_for_log("authentication failed, Error response from BIGIP with status code: 401")

    # AS3 refuses the whole declaration, or the device refuses a tenant. The resource shows neither reason.
    said = "Big-IP Responded with error code: 422 -- verify the logs for detailed error"
    site.lab.apply(virtual_server("bad", OTHER, snat="/Common/no such pool"))
    site.wait_for_log("[AS3][BigIP] Big-IP Responded with error code: 422")
    site.wait_for_status("virtualserver", "bad", status="ERROR", error=said)
    site.bigip("POST", "/_lab/fail", {"message": "01070734:3: Configuration error"})
    site.delete("virtualserver", "bad")
    site.wait_for_log("esponse from BIG-IP: code: 422 --- tenant:missing --- message: declaration failed")
    site.wait_for_status("virtualserver", "hello", status="ERROR", error=said)

    site.bigip(
        "POST",
        "/_lab/faults",
        {"where": {"path": "appsvcs/info"}, "count": 0, "effect": {"kind": "unavailable"}},
    )
    assert "big-ip server is not reachable." in site.probe(pod, "ready") and site.probe(pod, "health") == "Ok"


def test_without_rights_or_custom_resource_definitions(site: Site) -> None:
    site.install(
        rbac={"create": False},
        serviceAccount={"name": "default"},
        args={"insecure": True, "trusted_certs_cfgmap": ""},
    )
    site.wait_for_log(
        'services is forbidden: User "system:serviceaccount:cis:default" cannot list resource "services"'
    )
    site.delete("crd", "virtualservers.cis.f5.com")
    try:
        site.install()
        site.wait_for_log("the server could not find the requested resource (get virtualservers.cis.f5.com)")
    finally:
        site.lab.kubectl("apply", "--server-side", "-f", str(CHART / "crds"))
    site.wait_for_log("Controller started")
