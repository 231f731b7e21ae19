# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of playbooks/vars/awx agree with the playbooks, with each other and with the guide. tests/scenarios/test_awx.py applies them."""

from __future__ import annotations

import re
from typing import Any

import jinja2
import pytest
import yaml
from ansible.plugins.filter.core import FilterModule
from ansible.plugins.test import core as tests_of_core

import argument_specs
from runner.places import ROOT
from support import awx_objects
from support.awx_fields import TYPES, Refused, answers, rrule, survey
from test_surveys import OPTIONS, variables_of

GUIDE = (ROOT / "docs" / "awx.md").read_text()
NAMES = ["preflight", "publish (check)", "publish", "verify", "status report", "teardown", "antrea_npl", "deploy_cis", "notify"]
KINDS = {"int": "integer", "bool": "multiplechoice", "list of str": "multiselect"}
OWN = {"remove_pod_network": "bool", "changes_notification_tasks": "str", "prune": "raw", "fail_on": "list of str"}
"""Types of the variables that only the playbook has, or that have another type in the module."""


@pytest.fixture(scope="module")
def objects() -> dict[str, Any]:
    (settings,) = [block for block in re.findall(r"^ *```yaml\n(.*?)^ *```$", GUIDE, re.MULTILINE | re.DOTALL) if "vks_awx_image" in block]
    return awx_objects.templated(yaml.safe_load(settings))


def question_options(playbook: str, variable: str) -> dict[str, Any]:
    """The option that a variable of the playbook sets."""
    module = {"preflight": "preflight_info", "publish": "publish", "teardown": "publish", "status_report": "pool_status_info"}.get(playbook)
    if module and variable in argument_specs.spec_of(module)["argument_spec"]:
        return dict(argument_specs.spec_of(module)["argument_spec"][variable])
    role = {"deploy_cis": "cis"}.get(playbook, playbook)
    options = OPTIONS.get(role, {})
    name = variable if variable in options else f"{role}_{variable}"
    return dict(argument_specs._in_words(options[name])) if name in options else {}


def test_the_templates_are_those_of_the_guide(objects: dict[str, Any]) -> None:
    assert [one["name"] for one in objects["controller_templates"]] == [f"vks.bigip {name}" for name in NAMES]
    rows = re.findall(r"^\| \*([^|]+)\* \| `(\w+)`[^|]*\| ([^|]+) \| (yes|no) \|$", GUIDE, re.MULTILINE)
    assert [name for name, *_rest in rows] == NAMES
    for template, (name, playbook, questions, several) in zip(objects["controller_templates"], rows):
        assert template["playbook"] == f"playbooks/{playbook}.yml" and (ROOT / template["playbook"]).is_file()
        assert template["allow_simultaneous"] is (several == "yes"), name
        required = [one["question_name"].lower() for one in template["survey_spec"]["spec"] if one["required"]]
        assert len(re.findall(r"\*\*", questions)) == 2 * len(required), name


@pytest.mark.parametrize("name", NAMES)
def test_surveys(objects: dict[str, Any], name: str) -> None:
    """Each answer is a variable of the playbook, of its type, and one of its choices."""
    (template,) = [one for one in objects["controller_templates"] if one["name"] == f"vks.bigip {name}"]
    assert template["survey_enabled"] and template["ask_variables_on_launch"]
    survey(template["survey_spec"])
    playbook = template["playbook"].removeprefix("playbooks/").removesuffix(".yml")
    for question in template["survey_spec"]["spec"]:
        variable = question["variable"]
        assert variable in variables_of(playbook), variable
        assert "default" not in question, f"{variable}: its default would replace the variable of the host"
        assert question["question_description"].endswith("."), variable
        option = question_options(playbook, variable)
        kind = OWN.get(variable) or option.get("type", "str") + (f" of {option['elements']}" if "elements" in option else "")
        assert question["type"] in (KINDS.get(kind, ""), "text", "textarea", "password", "multiplechoice"), variable
        if option.get("choices"):
            assert {*question["choices"]} <= {*option["choices"]}, variable


CREDENTIALS = [
    # F5_SERVER, F5_SERVER_PORT, F5_VALIDATE_CERTS, the URL of CIS, if CIS accepts any certificate
    ("bigip.example.com", "", "True", "https://bigip.example.com", False),
    ("bigip.example.com", "8443", "", "https://bigip.example.com:8443", False),
    (" one.example.com , two.example.com", "443", "True", "https://one.example.com:443", False),
    ("https://bigip.example.com/", "443", "True", "https://bigip.example.com:443", False),
    ("192.0.2.1:8443", "443", "False", "https://192.0.2.1:8443", True),
    ("2001:db8::1", "8443", "True", "https://[2001:db8::1]:8443", False),
    ("[2001:db8::1]:8443", "443", "True", "https://[2001:db8::1]:8443", False),
]


@pytest.mark.parametrize(("server", "port", "validate", "url", "insecure"), CREDENTIALS, ids=[row[0] for row in CREDENTIALS])
def test_cis_gets_the_connection_of_the_credential(
    objects: dict[str, Any], server: str, port: str, validate: str, url: str, insecure: bool
) -> None:
    """As the modules read it. With a CA, CIS verifies, because the role refuses both."""
    (template,) = [one for one in objects["controller_templates"] if one["name"] == "vks.bigip deploy_cis"]
    variables = {"F5_SERVER": server, "F5_SERVER_PORT": port, "F5_VALIDATE_CERTS": validate, "F5_CA_CERT": ""}
    found = evaluated(template["extra_vars"], variables)
    assert (found["cis_bigip_url"], found["cis_insecure"], found["cis_bigip_ca_cert"]) == (url, str(insecure), "")
    found = evaluated(template["extra_vars"], {**variables, "F5_CA_CERT": "/a/file"})
    assert (found["cis_insecure"], found["cis_bigip_ca_cert"]) == ("False", "content of /a/file")


def evaluated(extra_vars: dict[str, str], environ: dict[str, str]) -> dict[str, str]:
    """With the filters and tests of Ansible, and these variables of the environment."""
    engine = jinja2.Environment(undefined=jinja2.StrictUndefined)
    engine.filters.update(FilterModule().filters())
    engine.tests.update(tests_of_core.TestModule().tests())
    engine.globals["lookup"] = lambda name, word: environ.get(word, "") if name.endswith(".env") else f"content of {word}"
    return {name: engine.from_string(text).render() for name, text in extra_vars.items()}


def test_the_schedule_and_the_workflow_start(objects: dict[str, Any]) -> None:
    """AWX refuses both if a required question has no answer."""
    templates = {one["name"]: one for one in objects["controller_templates"]}
    assert [schedule["enabled"] for schedule in objects["controller_schedules"]] == [True], "the guide has one cluster, with applications"
    for schedule in objects["controller_schedules"]:
        answers(templates[schedule["unified_job_template"]], schedule["extra_data"])
        rrule(schedule["rrule"])
    (workflow,) = objects["controller_workflows"]
    nodes = [node for node in workflow["workflow_nodes"] if node["unified_job_template"]["type"] == "job_template"]
    asked = {question["variable"]: "x" if "choices" not in question else question["choices"][0] for question in workflow["survey_spec"]["spec"]}
    for node in nodes:
        answers(templates[node["unified_job_template"]["name"]], {})
        answers(templates[node["unified_job_template"]["name"]], asked)
    assert [node["identifier"] for node in workflow["workflow_nodes"]] == ["preflight", "check", "approval", "publish", "verify"]


def test_required_answers_are_missed(objects: dict[str, Any]) -> None:
    (teardown,) = [one for one in objects["controller_templates"] if one["name"] == "vks.bigip teardown"]
    with pytest.raises(Refused, match="'applications' value missing"):
        answers(teardown, {})


def test_every_template_reports_its_errors(objects: dict[str, Any]) -> None:
    (notification,) = [one["name"] for one in objects["controller_notifications"]]
    for one in (*objects["controller_templates"], *objects["controller_workflows"], *objects["controller_projects"]):
        assert one["notification_templates_error"] == [notification]


def test_the_activation_fits_the_rulebook(objects: dict[str, Any]) -> None:
    (activation,) = objects["eda_rulebook_activations"]
    rulebook = (ROOT / "extensions" / "eda" / "rulebooks" / activation["rulebook"]).read_text()
    variables = yaml.safe_load(activation["extra_vars"])
    templates = {one["name"] for one in objects["controller_templates"]}
    assert {variables["changes"][name] for name in ("job_template", "notification_job_template")} <= templates
    assert all(f"default({{}}, true)).{name}" in rulebook for name in variables["changes"])
    assert all(f"{name} | default" in rulebook for name in set(variables) - {"changes"})
    assert activation["decision_environment"] in [one["name"] for one in objects["eda_decision_environments"]]
    assert activation["project"] in [one["name"] for one in objects["eda_projects"]]
    assert activation["restart_policy"] in ("always", "never", "on-failure")


def test_the_credentials_of_the_guide_have_known_fields(objects: dict[str, Any]) -> None:
    (settings,) = [block for block in re.findall(r"^ *```yaml\n(.*?)^ *```$", GUIDE, re.MULTILINE | re.DOTALL) if "vks_awx_image" in block]
    types = {one["name"]: {field["id"] for field in one["inputs"]["fields"]} for one in objects["controller_credential_types"]}
    types["OpenShift or Kubernetes API Bearer Token"] = {"host", "bearer_token", "verify_ssl", "ssl_ca_cert"}
    for credential in yaml.safe_load(settings)["controller_credentials"]:
        assert set(credential["inputs"]) <= types[credential["credential_type"]]
    labels = [field["label"] for one in objects["controller_credential_types"] for field in one["inputs"]["fields"]]
    table = {name.strip() for row in re.findall(r"^\| ([^|`]+) \| [^|]+ \|$", GUIDE, re.MULTILINE) for name in row.split(",")}
    assert not [label for label in labels if label not in table]


def test_every_setting_is_in_the_guide() -> None:
    files = [*awx_objects.FILES, ROOT / "playbooks" / "awx.yml", ROOT / "playbooks" / "tasks" / "awx.yml"]
    used = set(re.findall(r"(vks_awx_[a-z_]+) \| default", "".join(file.read_text() for file in files)))
    documented = set(re.findall(r"`(vks_awx_[a-z_]+)`", GUIDE))
    assert used == documented


def test_no_setting_has_the_prefix_of_awx() -> None:
    """AWX gives each job variables awx_*."""
    text = "".join(file.read_text() for file in (*awx_objects.FILES, ROOT / "playbooks" / "awx.yml", ROOT / "playbooks" / "tasks" / "awx.yml"))
    assert not re.findall(r"(?<![\w.])awx_[a-z]+(?= \||:)", text)


def test_the_types_of_answers() -> None:
    assert set(TYPES) >= {"text", "textarea", "password", "multiplechoice", "multiselect", "integer"}
