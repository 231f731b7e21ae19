# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of the API of AWX 24.6.1 that the playbook vks.bigip.awx needs: their fields, and what AWX refuses.

From the serializers and models of AWX. It is stricter in one point: AWX ignores fields that it does not know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Item = dict[str, Any]


class Refused(Exception):
    """The answer 400, with the body of AWX."""

    def __init__(self, **errors: Any) -> None:
        super().__init__(json.dumps(errors))
        self.errors = errors


@dataclass(frozen=True)
class Kind:
    """A collection of objects. refers: fields with the id of another object. unique: fields that together have a value only once."""

    type: str
    fields: Mapping[str, Any]
    required: tuple[str, ...] = ("name",)
    refers: Mapping[str, str] = field(default_factory=dict)
    unique: tuple[str, ...] = ("name",)
    related: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    check: Callable[[Item], None] = lambda item: None


TEXT = {"name": "", "description": ""}
ERRORS = {f"notification_templates_{when}": "notification_templates" for when in ("started", "success", "error")}
ASKED = [
    *("credential", "diff_mode", "execution_environment", "forks", "instance_groups", "inventory", "job_slice_count", "job_type", "labels", "limit"),
    *("scm_branch", "skip_tags", "tags", "timeout", "variables", "verbosity"),
]
PROMPTS: dict[str, Any] = {
    **{"inventory": None, "limit": "", "scm_branch": "", "job_tags": "", "skip_tags": "", "extra_data": {}},
    **{"diff_mode": None, "verbosity": None},
}


# -- what AWX refuses


def credential_type(item: Item) -> None:
    """awx/main/fields.py: the schema of inputs, and templates of injectors that name unknown fields."""
    fields = item["inputs"].get("fields", [])
    names = [one["id"] for one in fields]
    if item["kind"] not in ("cloud", "net"):
        raise Refused(kind=["Must be 'cloud' or 'net'."])
    if set(item["inputs"]) - {"fields", "required"} or len({*names}) < len(names) or {*item["inputs"].get("required", [])} - {*names}:
        raise Refused(inputs=["fields and required do not fit together."])
    for one in fields:
        unknown = set(one) - {"id", "label", "type", "help_text", "secret", "multiline", "choices", "format", "ask_at_runtime", "default"}
        if unknown or not re.fullmatch("[a-zA-Z_]+[a-zA-Z0-9_]*", one["id"]) or one.get("type", "string") not in ("string", "boolean") or "label" not in one:
            raise Refused(inputs=[f"{one} is not valid."])
        if one.get("type") == "boolean" and ("choices" in one or one.get("secret")):
            raise Refused(inputs=[f"{one['id']}: a boolean has no choices and is not secret."])
    if set(item["injectors"]) - {"env", "extra_vars", "file"}:
        raise Refused(injectors=["Only env, extra_vars and file."])
    for kind, values in item["injectors"].items():
        for name, text in values.items():
            if kind == "file" and not re.fullmatch(r"template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?", name):
                raise Refused(injectors=[f"{name} is not a file."])
            for inside in re.findall(r"{[{%](.*?)[%}]}", text):
                used = {word for word in re.findall(r"(?<![.\w])[a-z_]+\b", inside) if word not in ("if", "else", "endif", "not", "and", "or")}
                if used - {*names, "tower"}:
                    raise Refused(injectors=[f"{name} uses undefined {', '.join(sorted(used - {*names, 'tower'}))}."])


def credential(item: Item, its_type: Item) -> None:
    known = {one["id"] for one in its_type["inputs"].get("fields", [])}
    if unknown := set(item["inputs"]) - known:
        raise Refused(inputs=[f"Additional properties are not allowed ({', '.join(sorted(unknown))})"])


def project(item: Item) -> None:
    if item["scm_type"] not in ("", "git", "svn", "insights", "archive"):
        raise Refused(scm_type=["is not a valid choice."])
    if item["scm_type"] and not item["scm_url"]:
        raise Refused(scm_url=["SCM URL is required."])
    if not item["scm_type"] and (item["scm_url"] or not item["local_path"]):
        raise Refused(local_path=["A manual project needs a path, and no URL."])
    if item["scm_type"] and item["local_path"]:
        raise Refused(local_path=["Only for manual projects."])


def variables(item: Item) -> None:
    if item["variables"] and not isinstance(json.loads(item["variables"]), dict):
        raise Refused(variables=["Not a dictionary."])


WEBHOOK: dict[str, tuple[type, Any]] = {
    "url": (str, None),
    "http_method": (str, "POST"),
    "disable_ssl_verification": (bool, False),
    "username": (str, ""),
    "password": (str, ""),
    "headers": (dict, None),
}


def notification(item: Item) -> None:
    """As its serializer: it adds defaults, which a second run of awx.awx then sees as a difference."""
    if item["notification_type"] != "webhook":
        raise Refused(notification_type=["This mock knows only webhook."])
    given = item["notification_configuration"]
    if unknown := set(given) - set(WEBHOOK):
        raise Refused(notification_configuration=[f"unknown: {sorted(unknown)}"])
    for name, (kind, default) in WEBHOOK.items():
        if name not in given and default is None:
            raise Refused(notification_configuration=[f"Missing required fields for Notification Configuration: {name}."])
        if type(given.setdefault(name, default)) is not kind:
            raise Refused(notification_configuration=[f"Configuration field '{name}' incorrect type, expected {kind.__name__}."])
    if given["http_method"] not in ("POST", "PUT"):
        raise Refused(notification_configuration=["HTTP method must be either 'POST' or 'PUT'."])


def rrule(text: str) -> None:
    """SchedulePreviewSerializer.validate_rrule, without its rare cases."""
    found = re.fullmatch(r"DTSTART(;TZID=[\w/]+)?:\d{8}T\d{6}Z? RRULE:(.+)", text)
    parts = dict(part.split("=", 1) for part in found.group(2).split(";")) if found else {}
    if not found or "FREQ" not in parts:
        raise Refused(rrule=["Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ"])
    if not parts.get("INTERVAL", "").isdecimal():
        raise Refused(rrule=["INTERVAL required in rrule."])
    if parts["FREQ"] == "SECONDLY" or parts["FREQ"] not in ("MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise Refused(rrule=["SECONDLY is not supported."])


TYPES = {"text": str, "textarea": str, "password": str, "multiplechoice": str, "multiselect": list, "integer": int, "float": float}


def survey(spec: Any) -> None:
    """JobTemplateSurveySpec._validate_spec_data."""
    if set(spec) != {"name", "description", "spec"} or not spec["spec"]:
        raise Refused(error="name, description and spec are required.")
    names = [question["variable"] for question in spec["spec"]]
    if len({*names}) < len(names):
        raise Refused(error="'variable' duplicated in survey.")
    for question in spec["spec"]:
        known = {"type", "question_name", "question_description", "variable", "required", "default", "choices", "min", "max", "new_question"}
        if set(question) - known or {"type", "question_name", "variable", "required"} - set(question) or type(question["required"]) is not bool:
            raise Refused(error=f"survey question {question} is not valid.")
        if question["type"] not in TYPES or ("choices" in question) is not question["type"].startswith("multi"):
            raise Refused(error=f"survey question {question['variable']}: its type or choices are not valid.")
        if any(type(question.get(limit, 0)) is not int for limit in ("min", "max")):
            raise Refused(error=f"survey question {question['variable']}: a limit is not an integer.")
        if not all(isinstance(choice, str) for choice in question.get("choices", ())):
            raise Refused(error=f"survey question {question['variable']}: a choice is not a text.")
        default = question.get("default", "")
        chosen = question["type"] != "multiplechoice" or default in question["choices"]
        if default != "" and not (isinstance(default, (TYPES[question["type"]], str)) and chosen):
            raise Refused(error=f"survey question {question['variable']}: the default is not valid.")


def answers(template: Item, given: Item) -> None:
    """SurveyJobTemplateMixin._accept_or_ignore_variables: required answers, types and choices, and variables that are not asked."""
    questions = {question["variable"]: question for question in template["survey_spec"].get("spec", [])} if template["survey_enabled"] else {}
    faults = [f"'{name}' value missing" for name, question in questions.items() if question["required"] and name not in given]
    for name, value in given.items():
        question = questions.get(name)
        if question and not isinstance(value, TYPES[question["type"]]):
            faults.append(f"Value {value} for '{name}' expected to be of another type.")
        elif question and "choices" in question and {*([value] if isinstance(value, str) else value)} - {*question["choices"]}:
            faults.append(f"Value {value} for '{name}' expected to be one of {question['choices']}.")
        elif question and question["type"] == "integer" and not question.get("min", value) <= value <= question.get("max", value):
            faults.append(f"'{name}' value {value} is too small or too large.")
    if faults:
        raise Refused(variables_needed_to_start=faults)
    if not template["ask_variables_on_launch"] and (unknown := set(given) - set(questions)):
        raise Refused(extra_vars=[f"Variables {', '.join(sorted(unknown))} are not allowed on launch."])


# -- the collections

KINDS: dict[str, Kind] = {
    "organizations": Kind("organization", TEXT),
    "credential_types": Kind(
        "credential_type", {**TEXT, "kind": "", "inputs": {}, "injectors": {}}, ("name", "kind"), ignored=("managed",), check=credential_type
    ),
    "credentials": Kind(
        "credential",
        {**TEXT, "organization": None, "credential_type": None, "inputs": {}},
        ("name", "credential_type"),
        {"organization": "organizations", "credential_type": "credential_types"},
        ("name", "organization", "credential_type"),
    ),
    "execution_environments": Kind(
        "execution_environment",
        {**TEXT, "organization": None, "image": "", "pull": "", "credential": None},
        ("name", "image"),
        {"organization": "organizations", "credential": "credentials"},
    ),
    "notification_templates": Kind(
        "notification_template",
        {**TEXT, "organization": None, "notification_type": "", "notification_configuration": {}, "messages": None},
        ("name", "organization", "notification_type", "notification_configuration"),
        {"organization": "organizations"},
        ("name", "organization"),
        check=notification,
    ),
    "projects": Kind(
        "project",
        {**TEXT, "organization": None, "scm_type": "", "scm_url": "", "scm_branch": "", "local_path": "", "credential": None, "scm_update_on_launch": False},
        ("name",),
        {"organization": "organizations", "credential": "credentials"},
        ("name", "organization"),
        ERRORS,
        check=project,
    ),
    "inventories": Kind(
        "inventory",
        {**TEXT, "organization": None, "kind": "", "host_filter": None, "variables": ""},
        ("name", "organization"),
        {"organization": "organizations"},
        ("name", "organization"),
        check=variables,
    ),
    "hosts": Kind(
        "host",
        {**TEXT, "inventory": None, "enabled": True, "variables": ""},
        ("name", "inventory"),
        {"inventory": "inventories"},
        ("name", "inventory"),
        check=variables,
    ),
    "job_templates": Kind(
        "job_template",
        {
            **{**TEXT, "organization": None, "job_type": "run", "inventory": None, "project": None, "playbook": "", "execution_environment": None, "limit": ""},
            **{"verbosity": 0, "timeout": 0, "forks": 0, "extra_vars": "", "diff_mode": False, "allow_simultaneous": False, "survey_enabled": False},
            **{f"ask_{name}_on_launch": False for name in ASKED},
        },
        ("name", "project", "playbook"),
        {"organization": "organizations", "inventory": "inventories", "project": "projects", "execution_environment": "execution_environments"},
        ("name", "organization"),
        {**ERRORS, "credentials": "credentials"},
    ),
    "workflow_job_templates": Kind(
        "workflow_job_template",
        {
            **{**TEXT, "organization": None, "inventory": None, "limit": "", "extra_vars": "", "allow_simultaneous": False, "survey_enabled": False},
            **{f"ask_{name}_on_launch": False for name in ("inventory", "labels", "limit", "scm_branch", "skip_tags", "tags", "variables")},
        },
        ("name",),
        {"organization": "organizations", "inventory": "inventories"},
        ("name", "organization"),
        {**ERRORS, "notification_templates_approvals": "notification_templates"},
    ),
    "workflow_job_template_nodes": Kind(
        "workflow_job_template_node",
        {**PROMPTS, "workflow_job_template": None, "unified_job_template": None, "identifier": "", "all_parents_must_converge": False},
        ("workflow_job_template", "identifier"),
        {"workflow_job_template": "workflow_job_templates", "unified_job_template": "unified_job_templates", "inventory": "inventories"},
        ("identifier", "workflow_job_template"),
        {f"{when}_nodes": "workflow_job_template_nodes" for when in ("always", "failure", "success")},
        ignored=("type",),  # read-only
    ),
    "workflow_approval_templates": Kind(
        "workflow_approval_template",
        {**TEXT, "timeout": 0},
        unique=("id",),
    ),
    "schedules": Kind(
        "schedule",
        {**TEXT, **PROMPTS, "unified_job_template": None, "rrule": "", "enabled": True},
        ("name", "unified_job_template", "rrule"),
        {"unified_job_template": "unified_job_templates", "inventory": "inventories"},
        ("name", "unified_job_template"),
        check=lambda item: rrule(item["rrule"]),
    ),
}
UNIFIED = ("job_templates", "workflow_job_templates", "projects", "workflow_approval_templates")
"""unified_job_templates has the objects of these."""
