# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From CIS to publish and back with the shipped playbooks, during requests. None may be lost, wherever a playbook stops."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.places import LAB

from .site import SERVICE, VIRTUAL, Site
from .test_no_lost_request import Check, unharmed, wait_for_answer  # noqa: F401 a fixture

NAMESPACE, PARTITION, TENANT = "f5-cis", "kubernetes", "Shop"
DEPLOYMENT = "f5-bigip-ctlr-f5-bigip-ctlr"
HOST = "192.0.2.82"


class Playbooks:
    """Those of the collection, as a user runs them in a shell with the lab's variables."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder
        given = site.variables()
        self.cis = {
            "cis_namespace": NAMESPACE,
            "cis_helm_binary": given["LAB_HELM"],
            "cis_chart_ref": str(LAB.parent / "charts" / "f5-bigip-ctlr"),
            "cis_bigip_url": f"https://{given['F5_SERVER'].split(',')[0]}:{given['F5_SERVER_PORT']}",
            "cis_bigip_partition": PARTITION,
            "cis_bigip_username": given["F5_USER"],
            "cis_bigip_password": given["F5_PASSWORD"],
            "cis_bigip_ca_cert": Path(given["F5_CA_CERT"]).read_text(),
            "cis_pool_member_type": "nodeportlocal",
            # Molecule tests this; here it would only take time.
            "cis_preflight": False,
            "cis_manage_crds": False,
        }

    def run(self, name: str, variables: dict[str, Any], *words: str, fails: str = "") -> str:
        """Its output. fails: the expected message if it must fail."""
        variables = {"ansible_python_interpreter": str(self.site.warm()), **variables}
        (self.folder / "variables.json").write_text(json.dumps(variables))
        done = self.site.ansible("ansible-playbook", f"vks.bigip.{name}", "-e", "@variables.json", *words, cwd=self.folder)
        said = re.sub(r"\s+", " ", done.stdout)
        assert (done.returncode != 0) == bool(fails) and fails in said, done.stdout
        return done.stdout

    def deploy(self, *words: str, fails: str = "", **more: Any) -> str:
        return self.run("deploy_cis", {**self.cis, **more}, *words, fails=fails)

    def to_publish(self, *words: str, fails: str = "", **more: Any) -> str:
        return self.run("cis_to_publish", {"cis_namespace": NAMESPACE, **more}, *words, fails=fails)

    def to_cis(self, *words: str, fails: str = "", **more: Any) -> str:
        return self.run("publish_to_cis", {**self.cis, **more}, *words, fails=fails)


def changed(output: str) -> int:
    return int(re.findall(r"changed=(\d+)", output)[-1])


@pytest.fixture
def playbooks(site: Site, tmp_path: Path) -> Iterator[Playbooks]:
    site.deploy(3)
    yield Playbooks(site, tmp_path)
    # CIS is removed first, because it would remove its tenants, or those of the next scenario.
    for namespace in (NAMESPACE, "default"):
        site.kubectl("delete", "deployment", "-n", namespace, "-l", "app in (f5-bigip-ctlr,k8s-bigip-ctlr)", "--ignore-not-found", "--cascade=foreground")
    site.kubectl("delete", "deployment", "k8s-bigip-ctlr", "--ignore-not-found", "--cascade=foreground")
    helm = [site.variables()["LAB_HELM"], "--kubeconfig", str(site.kubeconfig()), "uninstall", "f5-bigip-ctlr", "-n", NAMESPACE, "--ignore-not-found"]
    subprocess.run(helm, check=True, capture_output=True)
    site.kubectl("delete", "configmap", "shop-as3", "--ignore-not-found")
    if "cis.f5.com" in site.kubectl("api-resources", "--api-group=cis.f5.com", "-o", "name"):
        site.kubectl("delete", "virtualservers", "--all")


def virtual_server(name: str, **spec: Any) -> dict[str, Any]:
    meta = {"name": name, "labels": {"f5cr": "true"}}
    pool = {"service": SERVICE, "servicePort": 80, "monitor": {"reference": "bigip", "name": "/Common/http"}}
    return {"apiVersion": "cis.f5.com/v1", "kind": "VirtualServer", "metadata": meta, "spec": {"partition": TENANT, "pools": [pool], **spec}}


def by_hand(port: str = "80") -> list[dict[str, Any]]:
    """The AS3 objects of CIS for the VirtualServer with a host, written by its user."""
    name, pool = f"crd_{HOST.replace('.', '_')}_80", f"{SERVICE}_80_default_shop_example"
    policy = f"{name}_shop_example_policy"
    condition = {"type": "httpHeader", "name": "host", "event": "request", "all": {"operand": "equals", "values": ["shop.example"]}}
    forward = {"type": "forward", "event": "request", "select": {"pool": {"use": pool}}}
    rule = {"name": "shop", "conditions": [condition], "actions": [forward]}
    there = {"tenant": TENANT, "application": "Shared"}
    virtual = {"class": "Service_HTTP", "virtualAddresses": [HOST], "virtualPort": 80, "policyEndpoint": policy}
    policies = {policy: {"class": "Endpoint_Policy", "strategy": "first-match", "rules": [rule]}}
    balanced = {"loadBalancingMode": "least-connections-member", "monitors": [{"bigip": "/Common/http"}]}
    return [
        {**there, "virtual_server_name": name, "virtual_server": virtual, "objects": policies},
        {**there, "pool_name": pool, "pool": balanced, "service": {"namespace": "default", "name": SERVICE, "port": port}},
    ]


def stored(site: Site) -> dict[str, Any]:
    return dict(site.control("GET", f"/mgmt/shared/appsvcs/declare/{TENANT}")[TENANT])


def replicas(site: Site) -> int:
    return int(site.get("deployment", DEPLOYMENT, "-n", NAMESPACE)["spec"]["replicas"])


@pytest.mark.exhaustive
def test_virtual_servers(site: Site, unharmed: Check, playbooks: Playbooks) -> None:  # noqa: F811
    applied = [virtual_server(SERVICE, virtualServerAddress=VIRTUAL), virtual_server("hosted", virtualServerAddress=HOST, host="shop.example")]
    not_ours = {**virtual_server("unlabelled", virtualServerAddress="192.0.2.83"), "metadata": {"name": "unlabelled"}}
    site.kubectl("apply", "--server-side", "-f", str(LAB.parent / "charts" / "f5-bigip-ctlr" / "crds"))
    site.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": [*applied, not_ours]}))
    playbooks.deploy()
    wait_for_answer(site)
    pool = f"~{TENANT}~Shared~{SERVICE}_80_default"
    before, members = stored(site), site.members(pool)
    file = playbooks.folder / "applications.yml"
    given = {"cis_leave_out": True, "applications": by_hand(), "cis_applications_file": str(file)}
    with site.stream() as stream:
        # Resources that cannot be converted, or that publish would refuse, stop the playbook. CIS still runs.
        said = playbooks.to_publish(fails="1 resources cannot be converted to applications")
        assert "VirtualServer default/hosted, host: CIS routes a host by a policy" in said and "unlabelled" not in said
        playbooks.to_publish(fails="Service default/shop has no port 81: it has 80/TCP", **{**given, "applications": by_hand("81")})
        assert replicas(site) == 1
        shown = playbooks.to_publish("--check", **given)
        assert f"Tenant {TENANT}: update of Shared, 0 members added, 0 removed" in shown and changed(shown) > 0
        assert stored(site) == before and replicas(site) == 1 and not file.exists()
        # BIG-IP rejects the POST after CIS was scaled to 0. The playbook scales CIS up again.
        site.control("POST", "/_lab/fail", {"message": "01070734:3: Configuration error"})
        playbooks.to_publish(fails="01070734:3: Configuration error", **given)
        assert replicas(site) == 1 and "constants" not in stored(site)["Shared"]
        assert changed(playbooks.to_publish(**given)) > 0
        assert changed(playbooks.to_publish(**given)) == 0
        taken = stored(site)
        assert replicas(site) == 0 and site.members(pool) == members
        assert taken["Shared"].pop("constants")["vks_bigip"]["owner"]
        assert set(taken["Shared"]) == set(before["Shared"])
        # From now on, the file contains the applications to publish.
        site.kubectl("scale", f"deployment/{SERVICE}", "--replicas=4")
        site.settle(4)
        playbooks.run("publish", yaml.safe_load(file.read_text()))
        assert len(site.members(pool)) == 4
        # The role alone does not take the tenant back, because a VirtualServer names it.
        playbooks.deploy(fails=f"Tenant {TENANT} on BIG-IP belongs to vks.bigip.publish")
        named = {"applications": [{"tenant": TENANT}]}
        playbooks.to_cis(fails="/nowhere/helm is not Helm 3 or 4", **{**named, "cis_helm_binary": "/nowhere/helm"})
        site.kubectl("delete", "virtualserver", "hosted")
        playbooks.to_cis(fails=f"serves {HOST}", **named)
        site.kubectl("apply", "-f", "-", stdin=json.dumps(applied[1]))
        shown = playbooks.to_cis("--check", **named)
        assert f"Tenants to release: {TENANT}" in shown and "constants" in stored(site)["Shared"]
        last = site.last_cis_post()
        playbooks.to_cis(**named)
        assert replicas(site) == 1 and "constants" not in stored(site)["Shared"] and site.last_cis_post() > last
        stream.more()
    unharmed(stream.result)
    assert len(site.members(pool)) == 4


def test_config_maps(site: Site, unharmed: Check, playbooks: Playbooks) -> None:  # noqa: F811
    """A CIS that no Helm release installed, and a text that stays as it is."""
    labels = {"cis.f5.com/as3-tenant": TENANT, "cis.f5.com/as3-app": "web", "cis.f5.com/as3-pool": "pool"}
    site.kubectl("label", "service", SERVICE, *(f"{name}={value}" for name, value in labels.items()))
    virtual = {"class": "Service_HTTP", "virtualAddresses": [VIRTUAL], "virtualPort": 80, "pool": "pool"}
    pool = {"class": "Pool", "monitors": ["http"], "members": [{"servicePort": 8080, "serverAddresses": [], "shareNodes": True}]}
    application = {"class": "Application", "template": "generic", "vs": virtual, "pool": pool}
    adc = {"class": "ADC", "schemaVersion": "3.50.0", TENANT: {"class": "Tenant", "web": application}}
    text = json.dumps({"class": "AS3", "declaration": adc}, indent=3)
    meta = {"name": "shop-as3", "labels": {"f5type": "virtual-server", "as3": "true"}}
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"template": text}}
    site.cis(PARTITION, config_map, custom_resources=False)
    wait_for_answer(site)
    members = site.members()
    assert len(members) == 3
    with site.stream() as stream:
        mine = {"cis_namespace": "default"}
        shown = playbooks.to_publish("--check", **mine)
        assert f"Tenant {TENANT}: update of web, 0 members added, 0 removed" in shown
        assert changed(playbooks.to_publish(**mine)) > 0
        assert changed(playbooks.to_publish(**mine)) == 0
        assert site.members() == members and stored(site)["web"]["constants"]["vks_bigip"]["owner"]
        # It stopped between the release of the tenant and the role.
        assert site.publish({"tenant": TENANT}, state="released")["changed"]
        site.kubectl("delete", "deployment", "k8s-bigip-ctlr", "--cascade=foreground")
        back = {"cis_custom_resource_mode": False, "declaration": text}
        assert "No tenant to release" in playbooks.to_cis(**back)
        assert changed(playbooks.to_cis(**back)) == 0
        stream.more()
    unharmed(stream.result)
    assert site.get("configmap", "shop-as3")["data"] == {"template": text}
    assert replicas(site) == 1 and site.members() == members and "constants" not in stored(site)["web"]
