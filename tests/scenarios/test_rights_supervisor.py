# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As test_rights.py, on the Supervisor. No single cluster has every object. A rule that one run does not use is used by another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support import tree
from support.labs import Labs

from .rights import exact, maker, succeeds
from .site import Site

BOOTSTRAP = "get clusterbootstraps.run.tanzu.vmware.com in team-a"
OF_3_5 = {f"{verb} antreaconfigs.cni.tanzu.vmware.com in team-a" for verb in ("get", "patch")}
SCHEMA = "get addonconfigdefinitions.addons.kubernetes.vmware.com in vmware-system-vks-public"
OF_3_6 = {f"{verb} addonconfigs.addons.kubernetes.vmware.com in team-a" for verb in ("get", "patch")}
NETWORKS = {f"list {kind} in team-a" for kind in ("networks.netoperator.vmware.com", "virtualnetworks.vmware.com")}
SETTINGS, SUBNETS = "list networksettings.netoperator.vmware.com in team-a", "list subnetsets.crd.nsx.vmware.com in team-a"
# A VKS release and a network provider: the rules that are not needed there.
RUNS: dict[tuple[str, str], set[str]] = {
    ("3.6", "vsphere"): {BOOTSTRAP, "patch antreaconfigs.cni.tanzu.vmware.com in team-a"},
    ("3.5", "nsx_t1"): {SCHEMA, *OF_3_6, *NETWORKS, SUBNETS},
    ("3.6-no-schema", "nsx_vpc"): {BOOTSTRAP, *OF_3_5, "patch addonconfigs.addons.kubernetes.vmware.com in team-a", *NETWORKS, SETTINGS},
}
# `make test` has the first.
MARKED = [pytest.param(*run, marks=[pytest.mark.exhaustive] if number else []) for number, run in enumerate(RUNS)]


@pytest.fixture(autouse=True)
def clean() -> None:
    """Each test has a lab of its own."""


def test_each_rule_is_needed_somewhere() -> None:
    assert set.intersection(*RUNS.values()) == set()


@pytest.mark.parametrize(("release", "provider"), MARKED)
def test_supervisor(release: str, provider: str, labs: Labs, tmp_path: Path) -> None:
    with Site(labs.give("--vks", release, "--network-provider", provider, "--nodes", "2"), tree.link()) as site:
        below = maker(site, tmp_path, "below")(antrea_npl=None, info=None)
        above = maker(site, tmp_path, "above")(supervisor=None, on_supervisor=True)
        given = site.variables()
        named = {"supervisor_namespace": given["VKS_SUPERVISOR_NAMESPACE"], "cluster_name": given["VKS_SUPERVISOR_CLUSTER_NAME"]}
        options: dict[str, Any] = {"supervisor_kubeconfig": str(above.kubeconfig), **named}
        succeeds(site, below, "cluster_info", **options)
        succeeds(site, below, "preflight_info", provider={"server": []}, **options)
        result = site.module("antrea_npl", kubeconfig=str(below.kubeconfig), state="disabled", restart_agents="never", **options)
        assert not result.get("failed") or release == "3.6-no-schema", result["msg"]
        if provider == "vsphere":
            # No object names the provider now. The module reads it from the networks of the namespace.
            on_supervisor = (f"--kubeconfig={given['VKS_SUPERVISOR_KUBECONFIG']}", "-n", "team-a")
            site.kubectl(*on_supervisor, "delete", "vsphereclusters,networksettings", "--all")
            assert succeeds(site, below, "cluster_info", **options)["network"]["provider"] == provider
        exact(above, *RUNS[release, provider])
        assert not below.denied() and "list packageinstalls.packaging.carvel.dev" not in below.unneeded()
