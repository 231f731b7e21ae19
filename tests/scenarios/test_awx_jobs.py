# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook of each job template, through ansible-runner and from the tarball, as AWX starts it.

The applications are a variable of the host, the answers those of a survey, and AWX's own code injects the credentials.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from lint_project.injected import KUBERNETES, inject
from runner import environments
from runner.places import LAB
from support import awx_objects, galaxy

from .awx_jobs import Jobs
from .site import Site


def credentials(site: Site, folder: Path) -> dict[str, str]:
    """The variables of the credentials of a job: BIG-IP, and the cluster with an account that may do everything."""
    site.kubectl("create", "serviceaccount", "awx")
    site.kubectl("create", "clusterrolebinding", "awx", "--clusterrole=cluster-admin", "--serviceaccount=default:awx")
    (cluster,) = yaml.safe_load(site.kubeconfig().read_text())["clusters"]
    authority = base64.b64decode(cluster["cluster"]["certificate-authority-data"]).decode()
    token = site.kubectl("create", "token", "awx", "--duration=4h").strip()
    bigip = site.provider()
    of_bigip = {"server": ",".join(bigip["server"]), "server_port": str(bigip["server_port"]), "user": bigip["user"], "password": bigip["password"]}
    (credential_type,) = [one for one in awx_objects.templated({})["controller_credential_types"] if one["name"].startswith("BIG-IP")]
    given = {"host": cluster["cluster"]["server"], "bearer_token": token, "verify_ssl": True, "ssl_ca_cert": authority}
    (first,) = inject(credential_type, [{**of_bigip, "ca_cert": Path(bigip["ca_cert"]).read_text()}], folder / "bigip")
    (second,) = inject(KUBERNETES, [given], folder / "cluster")
    return {**first.variables, **second.variables}


@pytest.fixture
def jobs(site: Site, tmp_path: Path) -> Any:
    application = {**site.application(), "wait_for_mappings": 60}
    del application["pool_member_type"]
    hosts = {"east": {"applications": [application], "wait_up": 0}}
    made = Jobs(tmp_path, galaxy.build_own("awx_jobs"), hosts, credentials(site, tmp_path))
    yield made
    site.kubectl("delete", "serviceaccount,clusterrolebinding", "awx", "--ignore-not-found")


def recap(output: str) -> dict[str, int]:
    """The numbers of the only host."""
    (line,) = re.findall(r"^east +: (.*)$", output, re.MULTILINE)
    return {name: int(value) for name, value in (pair.split("=") for pair in line.split())}


def test_from_preflight_to_teardown(site: Site, jobs: Jobs) -> None:
    site.deploy(2)
    answer = {"pool_member_type": "nodeportlocal"}
    assert recap(jobs.start("preflight", answer))["failed"] == 0
    shown = jobs.start("publish (check)", answer)
    assert recap(shown)["changed"] == 1 and "+++ after" in shown and not site.control("GET", "/mgmt/tm/ltm/pool").get("items")
    assert recap(jobs.start("publish", {**answer, "max_removed_percent": 50, "empty_pool": "fail", "prune": "false"}))["changed"] == 1
    members = site.members()
    assert len(members) == 2
    assert recap(jobs.start("publish", {**answer, "only_services": ["default/shop"]}))["changed"] == 0
    requests = yaml.safe_dump([{"url": "http://192.0.2.80/", "count": 2}])
    assert recap(jobs.start("verify", {"requests": requests, "requests_proxy": site.proxy(), "timeout": 60, "min_members": 2}))["changed"] == 0
    report = jobs.start("status report", {"fail_on": ["offline", "out_of_sync", "unreadable"], "tenant": "Shop"})
    assert "1 pools, of which 0 differ from the cluster. 2 members: 2 available" in report and "/Shop/web/pool: " in report
    site.control("PATCH", f"/mgmt/tm/ltm/pool/~Shop~web~pool/members/~Common~{quote(members[0])}", {"session": "user-disabled", "state": "user-down"})
    assert "has results of fail_on: offline" in jobs.start("status report", {"fail_on": ["offline"]}, fails=True)
    assert recap(jobs.start("teardown", {"applications": "- {tenant: Shop, application: web}"}))["changed"] == 1
    assert not site.control("GET", "/mgmt/tm/ltm/pool").get("items")


def test_antrea_npl_and_deploy_cis(site: Site, jobs: Jobs) -> None:
    assert recap(jobs.start("antrea_npl", {"state": "enabled"}))["failed"] == 0
    prompted = {"cis_chart_ref": str(LAB.parent / "charts" / "f5-bigip-ctlr"), "cis_helm_binary": site.variables()["LAB_HELM"], "cis_verify_timeout": 60}
    answer = {"cis_bigip_partition": "awx", "cis_pool_member_type": "nodeportlocal", "cis_namespaces": "default"}
    assert recap(jobs.start("deploy_cis", {**answer, **prompted}))["changed"] > 0
    (deployment,) = site.get("deployments", "-n", "f5-cis")["items"]
    assert deployment["status"]["availableReplicas"] == 1
    assert recap(jobs.start("deploy_cis", {**answer, **prompted}))["changed"] == 0
    jobs.start("deploy_cis", {**answer, **prompted, "cis_state": "absent"})
    assert not site.get("deployments", "-n", "f5-cis")["items"]


def test_notify(jobs: Jobs) -> None:
    event = {"type": "degraded", "problem": {"said": "{{ 'for' ~ 'ged' }}"}}
    output = jobs.start("notify", {"vks_bigip_event": quote(json.dumps(event))})
    assert "degraded" in output and "forged" not in output


def test_navigator_without_an_execution_environment(site: Site, tmp_path: Path) -> None:
    """As docs/awx.md shows it."""
    collections = tmp_path / "collections"
    galaxy.install(galaxy.build_own("awx_navigator"), collections)
    variables = {**site.environ(), **environments.variables("controller"), "ANSIBLE_COLLECTIONS_PATH": str(collections), "HOME": str(tmp_path)}
    variables |= {name: value for name, value in site.variables().items()}
    guide = (LAB.parents[2] / "docs" / "awx.md").read_text()
    (settings,) = re.findall(r"^```yaml\n(---\nansible-navigator:.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    (tmp_path / "ansible-navigator.yml").write_text(settings)
    (command,) = re.findall(r"^ansible-navigator run .*--ee false.*$", guide, re.MULTILINE)
    done = subprocess.run(command.split(), cwd=tmp_path, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 pools" in done.stdout and "failed=0" in done.stdout
