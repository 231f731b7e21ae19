# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each role and playbook runs once on the oldest ansible-core: its filters and tests know fewer arguments than those of a newer one."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner import environments
from runner.places import LAB, ROOT
from support.interpreter import Interpreter

from .site import Site

OLDEST = min(environments.CORES, key=lambda version: [int(part) for part in version.split(".")])
DEMO = ROOT / "tests" / "demo"
Run = Callable[..., str]


@pytest.fixture(scope="module")
def warm() -> Iterator[Path]:
    """The Python of the oldest ansible-core, which has its libraries imported already."""
    name = environments.CORES[OLDEST]
    with Interpreter(environments.make(name) / "bin" / "python", environments.variables(name)) as made:
        yield made.path


@pytest.fixture
def run(site: Site, warm: Path, tmp_path: Path) -> Run:
    """Runs a playbook of the collection, and returns its output."""
    folder = environments.make(environments.CORES[OLDEST])
    quiet = {"ANSIBLE_LOCALHOST_WARNING": "False", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False", "ANSIBLE_COLLECTIONS_PATH": str(site.collections)}
    environment = {**environments.variables(environments.CORES[OLDEST]), **site.variables(), **quiet}

    def play(name: str, variables: dict[str, Any], *flags: str, fails: bool = False) -> str:
        (tmp_path / "variables.json").write_text(json.dumps({"ansible_python_interpreter": str(warm), **variables}))
        command = [str(folder / "bin" / "ansible-playbook"), f"vks.bigip.{name}", "-e", f"@{tmp_path / 'variables.json'}", *flags]
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        assert bool(done.returncode) == fails, done.stdout
        assert not re.search("unexpected keyword|template error|Traceback|is undefined", done.stdout), done.stdout
        return done.stdout

    return play


def test_the_route_without_a_controller(site: Site, run: Run) -> None:
    site.kubectl("apply", "-f", str(DEMO / "hello-world.yml"))
    site.kubectl("wait", "--for=condition=Available", "deployment/f5-hello-world", "--timeout=300s")
    (item,) = yaml.safe_load((DEMO / "applications.yml").read_text())["applications"]
    applications = [{**item, "pool_member_type": "nodeportlocal", "wait_for_mappings": 60}]
    run("preflight", {"pool_member_type": "nodeportlocal"})
    run("antrea_npl", {"state": "enabled", "canary": True}, "--check", "--diff")
    run("publish", {"applications": applications, "wait_up": 0}, "--diff")
    requests = [{"url": "http://192.0.2.10/", "count": 2}]
    run("verify", {"applications": applications, "requests": requests, "requests_proxy": site.proxy(), "timeout": 60})
    assert "1 pools, of which 0 differ from the cluster." in run("status_report", {"tenant": "AS3"})
    assert "At least 5 should be up." in run("verify", {"applications": applications, "min_members": 5, "timeout": 1}, fails=True)
    assert "/No/such/pool is not on BIG-IP" in run("verify", {"applications": [{**item, "tenant": "No", "application": "such"}], "timeout": 1}, fails=True)
    run("site", {"publish_applications": applications, "antrea_npl_state": "enabled", "publish_verify": True})
    run("pod_network", {"method": "routes"}, "--check", "--diff")
    run("pod_network", {"method": "routes"})
    run("pod_network", {"method": "existing"})
    run("teardown", {"applications": applications, "remove_pod_network": True})


def test_the_route_with_cis(site: Site, run: Run) -> None:
    """The kubeconfig is a dictionary, which the role keeps out of every file, and the image is named by its digest."""
    bigip, values = site.provider(), site.variables()
    cis = {
        "cis_chart_ref": str(LAB.parent / "charts" / "f5-bigip-ctlr"),
        "cis_helm_binary": values["LAB_HELM"],
        "cis_image": "f5networks/k8s-bigip-ctlr@sha256:" + "0a" * 32,
        "cis_kubeconfig": yaml.safe_load(site.kubeconfig().read_text()),
        "cis_bigip_url": f"https://{bigip['server'][0]}:{bigip['server_port']}",
        "cis_bigip_partition": "oldest",
        "cis_bigip_username": bigip["user"],
        "cis_bigip_password": bigip["password"],
        "cis_bigip_ca_cert": Path(bigip["ca_cert"]).read_text(),
        "cis_namespaces": ["default"],
        "cis_pool_member_type": "nodeportlocal",
    }
    run("deploy_cis", cis, "--check", "--diff")
    run("deploy_cis", cis)
    (deployment,) = site.get("deployments", "-n", "f5-cis")["items"]
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "f5networks/k8s-bigip-ctlr:2.20.3@sha256:" + "0a" * 32
    assert "changed=0" in run("deploy_cis", cis)
    (item,) = yaml.safe_load((DEMO / "applications.yml").read_text())["applications"]
    run("publish_to_cis", {**cis, "applications": [item]}, "--check")
    run("cis_to_publish", {"cis_namespace": "f5-cis", "applications": [item]}, "--check", fails=True)  # this CIS has no tenant
    run("deploy_cis", {**cis, "cis_state": "absent"})
