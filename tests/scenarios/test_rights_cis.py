# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As test_rights.py, over the life of a CIS: the role cis, cis_info, and the playbooks from CIS to publish and back."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner import environments
from runner.places import LAB

from .rights import Account, Make, exact, maker, objects, runs, succeeds
from .site import SERVICE, VIRTUAL, Site
from .test_cis_migration import virtual_server
from .waiting import eventually

CIS, TENANT = "f5-cis", "Shop"
POOL = f"~{TENANT}~Shared~{SERVICE}_80_default"
CHARTS = LAB.parent / "charts"
NEWER = "0.0.37"


@pytest.fixture(autouse=True)
def clean() -> None:
    """The tenants of CIS stay for the next test."""


@pytest.fixture(scope="module")
def shop(site: Site) -> Site:
    site.deploy(2, "LoadBalancer")
    site.kubectl("apply", "-f", "-", stdin=json.dumps(objects("cis.yml")[0]))
    return site


@pytest.fixture
def account(shop: Site, tmp_path: Path, request: pytest.FixtureRequest) -> Make:
    return maker(shop, tmp_path, request.node.name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cis")


@pytest.fixture(scope="module")
def installer(shop: Site, folder: Path) -> Account:
    """The account of the role cis, which all tests here share."""
    return maker(shop, folder, "test_role_cis")(cis=None, beside={"cis_info": None, "info": None})


@pytest.fixture(scope="module")
def variables(shop: Site, folder: Path) -> dict[str, Any]:
    given = shop.variables()
    package = [CHARTS / "package", "f5-bigip-ctlr", NEWER, folder]
    subprocess.run(package, check=True, capture_output=True, env={**environments.variables("main"), "HELM": given["LAB_HELM"]})
    return {
        "cis_namespace": CIS,
        "cis_helm_binary": given["LAB_HELM"],
        "cis_chart_ref": str(CHARTS / "f5-bigip-ctlr"),
        "cis_bigip_url": f"https://{given['F5_SERVER']}:{given['F5_SERVER_PORT']}",
        "cis_bigip_partition": "kubernetes",
        "cis_bigip_username": given["F5_USER"],
        "cis_bigip_password": given["F5_PASSWORD"],
        "cis_bigip_ca_cert": Path(given["F5_CA_CERT"]).read_text(),
        "cis_pool_member_type": "nodeportlocal",
        "cis_namespace_label": "kubernetes.io/metadata.name=default",
    }


@pytest.fixture(scope="module")
def installed(shop: Site, installer: Account, folder: Path, variables: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """CIS as the role installed it, and then upgraded it: another chart, and another user of BIG-IP."""
    runs(shop, installer, folder, "vks.bigip.deploy_cis", **variables)
    shop.kubectl("apply", "-f", "-", stdin=json.dumps(virtual_server("web", virtualServerAddress=VIRTUAL)))
    users = json.loads(Path(shop.variables()["LAB_DIR"], "bigip.json").read_text())["users"]
    login = {"cis_bigip_username": "publisher", "cis_bigip_password": users["publisher"]}
    upgraded = {**variables, **login, "cis_chart_ref": str(folder / f"f5-bigip-ctlr-{NEWER}.tgz"), "cis_chart_version": NEWER}
    runs(shop, installer, folder, "vks.bigip.deploy_cis", **upgraded)
    yield upgraded


def test_cis_info(shop: Site, installed: dict[str, Any], account: Make) -> None:
    one = account(cis_info=None)
    every = ["health", "resources", "config_maps", "applications", "tenants"]
    found = succeeds(shop, one, "cis_info", gather=every)
    assert found["applications"] and found["controllers"][0]["ready"] and not found.get("warnings")
    exact(one)


def test_cis_to_publish(shop: Site, installed: dict[str, Any], account: Make, tmp_path: Path) -> None:
    assert eventually(lambda: bool(shop.members(POOL)))
    beside = {"cis_info": None, "publish": None, "nodeportlocal": ["vks-bigip-nodeportlocal"]}
    one = account(cis_to_publish=None, beside=beside)
    runs(shop, one, tmp_path, "vks.bigip.cis_to_publish", cis_namespace=CIS)
    exact(one)


def test_publish_to_cis(shop: Site, installed: dict[str, Any], installer: Account, folder: Path) -> None:
    """It needs what the role cis needs."""
    runs(shop, installer, folder, "vks.bigip.publish_to_cis", **installed, applications=[{"tenant": TENANT}])
    assert not installer.denied()


def test_cis(shop: Site, installed: dict[str, Any], installer: Account, folder: Path) -> None:
    """Last: CIS is removed, and so are its resources and tenants."""
    rules = shop.get("clusterrole", "f5-bigip-ctlr-f5-bigip-ctlr")
    runs(shop, installer, folder, "vks.bigip.deploy_cis", **installed, cis_state="absent")
    assert not shop.get("deployments", "-n", CIS)["items"]
    exact(installer, created=[rules])


@pytest.mark.exhaustive
def test_cis_ipam(shop: Site, variables: dict[str, Any], account: Make, tmp_path: Path) -> None:
    """F5's IPAM controller beside CIS: installed, with another range, and removed. Without the preflight, which needs more."""
    one = account(cis_ipam=None, beside={"cis_info": None, "cis": None, "info": ["vks-bigip-info"]})
    shop.kubectl("apply", "-f", "-", stdin=json.dumps(objects("cis_ipam.yml")[0]))
    volume = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Mi"}, "hostPath": {"path": "/none"}}
    spec = {**volume, "claimRef": {"namespace": CIS, "name": "f5-bigip-ctlr-ipam"}}
    shop.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "ipam"}, "spec": spec}))
    given = {**variables, "cis_preflight": False, "cis_verify": False}
    for last in ("91", "95"):
        ipam = {"chart_ref": str(CHARTS / "f5-ipam-controller"), "ip_range": {"Production": f"192.0.2.90-192.0.2.{last}"}, "storage_size": "1Mi"}
        runs(shop, one, tmp_path, "vks.bigip.deploy_cis", **given, cis_ipam=ipam)
    rules = [shop.get("clusterrole", name) for name in ("f5-bigip-ctlr-f5-bigip-ctlr", "f5-ipam-f5-ipam-controller")]
    runs(shop, one, tmp_path, "vks.bigip.deploy_cis", **given, cis_ipam=ipam, cis_state="absent")
    exact(one, created=rules)
