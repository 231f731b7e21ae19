# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook vks.bigip.awx, from the tarball, with the real awx.awx and a mock of AWX. There is no lab."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from runner import environments
from runner.places import ROOT
from support import galaxy, tree
from support.awx_api import PASSWORD, USER, Awx
from support.awx_fields import KINDS, Refused, answers
from support.interpreter import Interpreter

TEMPLATES = {"preflight", "publish (check)", "publish", "verify", "status report", "teardown", "antrea_npl", "deploy_cis", "notify"}
READING = {"preflight", "publish (check)", "verify", "status report", "notify"}
"""Jobs that change nothing, so several at once are safe."""

NODES = ["preflight", "check", "approval", "publish", "verify"]
ANSWERS: dict[str, dict[str, Any]] = {
    "teardown": {"applications": "- {tenant: Shop, application: web}"},
    "antrea_npl": {"state": "enabled"},
    "deploy_cis": {"cis_bigip_partition": "kubernetes"},
}
"""The required answers of each template."""

APPLICATIONS = [{"tenant": "Shop", "application": "web", "service": {"name": "web"}, "virtual_server": {"class": "Service_HTTP"}}]
SETTINGS = {
    "vks_awx_image": "registry.example.com/vks-bigip-ee:1",
    "vks_awx_clusters": [
        {"name": "east", "description": "The shop", "variables": {"applications": APPLICATIONS, "pool_member_type": "nodeport"}},
        {"name": "west", "variables": {"supervisor_namespace": "shop", "cluster_name": "west"}},
    ],
    "vks_awx_notification_configuration": {
        **{"url": "https://chat.example.com/hook", "http_method": "POST", "headers": {}},
        **{"username": "vks", "password": "pass-word", "disable_ssl_verification": False},
    },
    "controller_credentials": [
        {"name": "BIG-IP", "credential_type": "BIG-IP (vks.bigip)", "inputs": {"server": "192.0.2.1", "user": "admin", "password": "pass-word"}},
        {"name": "Second BIG-IP", "credential_type": "BIG-IP (vks.bigip)", "inputs": {"server": "192.0.2.9", "user": "admin", "password": "pass-word"}},
        {
            "name": "Cluster east",
            "credential_type": "OpenShift or Kubernetes API Bearer Token",
            "inputs": {"host": "https://192.0.2.2:6443", "bearer_token": "token", "verify_ssl": True, "ssl_ca_cert": "PEM"},
        },
    ],
}

FEW: dict[str, Any] = {f"controller_{kind}": [] for kind in ("hosts", "templates", "workflows", "schedules")}
"""Settings of a shorter run. The objects of these lists stay as they are."""


@pytest.fixture(autouse=True)
def clean() -> None:
    """In place of the scenarios' lab."""


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection from its tarball, as a user installs it."""
    folder = tmp_path_factory.mktemp("awx")
    galaxy.install(galaxy.build_own("awx"), folder)
    assert (folder / "ansible_collections" / "vks" / "bigip").is_dir()
    return folder


def environ(core: str) -> dict[str, str]:
    """An environment, without the collections and the connections of the user and of the tests."""
    return {name: value for name, value in environments.variables(core).items() if not re.match("CONTROLLER_|TOWER_|ANSIBLE_|PYTHONPATH", name)}


@pytest.fixture(scope="module")
def awx() -> Iterator[Awx]:
    with Awx({str(path.relative_to(ROOT)) for path in ROOT.glob("playbooks/*.yml")}) as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def warm() -> Iterator[None]:
    """The modules of awx.awx start in a warm interpreter."""
    with ExitStack() as open_:
        for core in ("main", "core-2.16", "core-2.21"):
            python = environments.make(core) / "bin" / "python"
            WARM[core] = str(open_.enter_context(Interpreter(python, environments.variables(core), ("yaml",))).path)
        yield


WARM: dict[str, str] = {}
"""The interpreter of each environment."""


def apply(awx: Awx, collections: Path, settings: dict[str, Any], *flags: str, core: str = "main") -> str:
    """The output of the playbook."""
    file = collections / "settings.json"
    file.write_text(json.dumps({**settings, "ansible_python_interpreter": WARM[core]}))
    quiet = {"ANSIBLE_HOME": str(collections / "home"), "ANSIBLE_LOCALHOST_WARNING": "False"}
    variables = {**environ(core), **quiet, "ANSIBLE_COLLECTIONS_PATH": f"{collections}:{tree.others()}"}
    variables |= {"CONTROLLER_HOST": awx.url, "CONTROLLER_USERNAME": USER, "CONTROLLER_PASSWORD": PASSWORD, "NO_COLOR": "1"}
    command = [environments.make(core) / "bin" / "ansible-playbook", "vks.bigip.awx", "-e", f"@{file}", *flags]
    done = subprocess.run(command, env=variables, cwd=collections, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def first(awx: Awx, collections: Path) -> str:
    """The output of the first run."""
    return apply(awx, collections, SETTINGS)


def test_the_first_run_makes_the_objects(awx: Awx, first: str) -> None:
    assert int(*re.findall(r"changed=(\d+)", first)) == 12
    assert awx.names("credential_types") == {"OpenShift or Kubernetes API Bearer Token", "BIG-IP (vks.bigip)", "VKS Supervisor (vks.bigip)"}
    assert awx.names("credentials") == {"BIG-IP", "Second BIG-IP", "Cluster east"}
    assert awx.names("execution_environments") == awx.names("projects") == {"vks.bigip"}
    assert awx.names("inventories") == {"vks.bigip clusters"} and awx.names("hosts") == {"east", "west"}
    assert awx.names("notification_templates") == {"vks.bigip errors"}
    assert awx.names("job_templates") == {f"vks.bigip {name}" for name in TEMPLATES}
    assert awx.names("workflow_job_templates") == {"vks.bigip rollout"}
    assert awx.names("schedules") == {"vks.bigip publish every 15 minutes"}


def test_a_second_run_changes_nothing(awx: Awx, collections: Path, first: str) -> None:
    awx.writes.clear()
    shown = apply(awx, collections, SETTINGS)
    assert int(*re.findall(r"changed=(\d+)", shown)) == 0
    assert not awx.writes and not awx.open_tokens()


def test_a_changed_receiver_and_secrets_on_request_are_written(awx: Awx, collections: Path, first: str) -> None:
    receiver = {**SETTINGS["vks_awx_notification_configuration"], "url": "https://chat.example.com/other"}
    awx.writes.clear()
    shown = apply(awx, collections, {**SETTINGS, **FEW, "vks_awx_notification_configuration": receiver})
    assert int(*re.findall(r"changed=(\d+)", shown)) == 1 and [method for method, _path, _body in awx.writes] == ["PATCH"]
    assert awx.named("notification_templates", "vks.bigip errors")["notification_configuration"] == receiver
    awx.writes.clear()
    shown = apply(awx, collections, {**SETTINGS, **FEW, "vks_awx_update_secrets": True})
    assert int(*re.findall(r"changed=(\d+)", shown)) == 2
    assert sorted(path.partition("/")[0] for _method, path, _body in awx.writes) == [*["credentials"] * 3, "notification_templates"]


def test_check_mode_shows_a_change_and_writes_nothing(awx: Awx, collections: Path, first: str) -> None:
    awx.writes.clear()
    settings = {**SETTINGS, **FEW, "vks_awx_image": "registry.example.com/vks-bigip-ee:2"}
    shown = apply(awx, collections, settings, "--check")
    assert int(*re.findall(r"changed=(\d+)", shown)) == 1 and "changed: [localhost] => (item=vks.bigip)" in shown
    assert not awx.writes


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_job_templates(awx: Awx, first: str, name: str) -> None:
    template = awx.named("job_templates", f"vks.bigip {name}")
    assert template["survey_enabled"] and template["survey_spec"]["spec"]
    assert template["ask_variables_on_launch"] and template["ask_limit_on_launch"] and template["ask_credential_on_launch"]
    assert template["allow_simultaneous"] is (name in READING)
    assert template["job_type"] == ("check" if name == "publish (check)" else "run")
    assert json.loads(template["extra_vars"])["vks_bigip_hosts"] == "all"
    assert sorted(awx.associated("job_templates", f"vks.bigip {name}", "credentials")) == ([] if name == "notify" else ["BIG-IP", "Cluster east"])
    assert awx.associated("job_templates", f"vks.bigip {name}", "notification_templates_error") == ["vks.bigip errors"]


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_only_the_listed_answers_are_required(awx: Awx, first: str, name: str) -> None:
    """The workflow, the schedule and the event source start the others without an answer."""
    template = awx.named("job_templates", f"vks.bigip {name}")
    answers(template, {**ANSWERS.get(name, {}), "only_services": ["default/web"]})
    for required in ANSWERS.get(name, {}):
        with pytest.raises(Refused, match=f"'{required}' value missing"):
            answers(template, {})


def test_the_workflow_asks_between_the_check_and_publish(awx: Awx, first: str) -> None:
    nodes = {node["identifier"]: node for node in awx.all("workflow_job_template_nodes")}
    unified = {item["id"]: item["name"] for kind in ("job_templates", "workflow_approval_templates") for item in awx.all(kind)}
    assert [*nodes] == NODES
    names = [unified[node["unified_job_template"]] for node in nodes.values()]
    assert names == ["vks.bigip preflight", "vks.bigip publish (check)", "Publish these changes?", "vks.bigip publish", "vks.bigip verify"]
    for node, following in zip(NODES, [*NODES[1:], None]):
        assert awx.associated("workflow_job_template_nodes", node, "success_nodes") == [following] * (following is not None)
    assert not any(awx.associated("workflow_job_template_nodes", node, f"{when}_nodes") for node in NODES for when in ("always", "failure"))
    workflow = awx.named("workflow_job_templates", "vks.bigip rollout")
    assert workflow["ask_variables_on_launch"] and workflow["ask_limit_on_launch"] and not workflow["allow_simultaneous"]
    assert awx.associated("workflow_job_templates", "vks.bigip rollout", "notification_templates_approvals") == ["vks.bigip errors"]


def test_the_hosts_and_the_schedule(awx: Awx, first: str) -> None:
    inventory = json.loads(awx.named("inventories", "vks.bigip clusters")["variables"])
    assert inventory == {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    assert json.loads(awx.named("hosts", "east")["variables"])["applications"] == APPLICATIONS
    schedule = awx.named("schedules", "vks.bigip publish every 15 minutes")
    assert not schedule["enabled"], "one of two clusters has no applications, and both would get one credential"
    assert schedule["extra_data"] == {"empty_pool": "fail", "max_removed_percent": 50}
    assert schedule["unified_job_template"] == awx.named("job_templates", "vks.bigip publish")["id"]


def test_templates_of_awx_stay_templates(awx: Awx, first: str) -> None:
    injectors = awx.named("credential_types", "BIG-IP (vks.bigip)")["injectors"]
    assert injectors["env"]["F5_VALIDATE_CERTS"] == "{{ not insecure }}"
    variables = json.loads(awx.named("job_templates", "vks.bigip deploy_cis")["extra_vars"])
    assert variables["cis_bigip_username"] == "{{ lookup('ansible.builtin.env', 'F5_USER') }}"


def test_no_secret_is_shown(first: str) -> None:
    assert "pass-word" not in first and "token" not in first


def test_almost_without_settings_on_the_oldest_core(collections: Path) -> None:
    """Everything is made; the schedule waits for applications, and the output names what is not set. The secret causes no change."""
    with Awx({str(path.relative_to(ROOT)) for path in ROOT.glob("playbooks/*.yml")}) as awx:
        receiver = {"vks_awx_notification_configuration": SETTINGS["vks_awx_notification_configuration"]}
        shown = apply(awx, collections, receiver, core="core-2.16")
        assert awx.names("hosts") == {"cluster"} and not awx.named("schedules", "vks.bigip publish every 15 minutes")["enabled"]
        assert "Not set: vks_awx_image" in shown and "infra.aap_configuration" in shown
        assert int(*re.findall(r"changed=(\d+)", apply(awx, collections, receiver, core="core-2.16"))) == 0


def test_a_manual_project_on_the_newest_core(collections: Path) -> None:
    with Awx({str(path.relative_to(ROOT)) for path in ROOT.glob("playbooks/*.yml")}) as awx:
        settings = {"vks_awx_project_scm_type": "manual", "vks_awx_project_local_path": "vks_bigip", "vks_awx_prefix": "Shop"}
        apply(awx, collections, settings, core="core-2.21")
        assert awx.named("projects", "Shop")["local_path"] == "vks_bigip"
        assert awx.names("job_templates") == {f"Shop {name}" for name in TEMPLATES}


# -- the mock refuses what AWX refuses

WEBHOOK = {"name": "a", "organization": 1, "notification_type": "webhook"}
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("hosts", {"name": "a", "inventory": 999}, "does not exist"),
    ("hosts", {"name": "a"}, "required"),
    ("organizations", {"name": "Default"}, "already exists"),
    ("organizations", {"name": "other", "colour": "red"}, "not known"),
    ("projects", {"name": "a", "organization": 1, "scm_type": "git"}, "SCM URL is required"),
    ("projects", {"name": "a", "scm_type": "git", "scm_url": "x", "scm_update_on_launch": "yes"}, "not of type bool"),
    ("credential_types", {"name": "a", "kind": "cloud", "inputs": {"fields": []}, "injectors": {"env": {"A": "{{ b }}"}}}, "undefined b"),
    ("notification_templates", {**WEBHOOK, "notification_configuration": {"url": "x"}}, "Missing required"),
]


@pytest.mark.parametrize(("collection", "body", "said"), WRONG)
def test_the_mock_is_strict(collection: str, body: dict[str, Any], said: str) -> None:
    with Awx(set()) as awx, pytest.raises(Refused, match=said):
        awx.answer("POST", collection, {}, body)


def test_the_mock_knows_each_collection() -> None:
    with Awx(set()) as awx:
        assert all(awx.answer("GET", name, {}, None)[0] == 200 for name in KINDS)
        with pytest.raises(Refused, match="colour"):
            awx.answer("GET", "hosts", {"colour": "red"}, None)
