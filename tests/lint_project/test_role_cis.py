# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role cis has no module behind it: its argument_specs, defaults, README, tasks and the filter's words agree."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

import argument_specs
from ansible_collections.vks.bigip.plugins.filter.cis_connection import DOCUMENTATION as cis_connection_documentation
from ansible_collections.vks.bigip.plugins.filter.cis_connection import KINDS, cis_connection
from ansible_collections.vks.bigip.plugins.filter.cis_connection import FilterModule as ConnectionFilters
from ansible_collections.vks.bigip.plugins.filter.cis_plan import STEPS, FilterModule, cis_plan
from ansible_collections.vks.bigip.plugins.module_utils._cis import refusals, values
from runner.places import LAB, ROOT
from test_surveys import CIS, follow

ROLE = ROOT / "roles" / "cis"
OPTIONS: dict[str, Any] = argument_specs.options_of_role("cis")
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
README = (ROLE / "README.md").read_text()
ROWS = {row[0]: row[1:] for row in re.findall(r"^\| `(cis_\w+)` \| ([^|]*) \| ([^|]*) \| ([^|]*) \| `(.*)` \|$", README, re.MULTILINE)}


def examples(name: str) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", (ROOT / name).read_text(), re.MULTILINE | re.DOTALL)


def test_every_variable_has_a_row() -> None:
    assert set(ROWS) == set(OPTIONS)
    assert set(re.findall(r"`(cis_[a-z_]+)`", README)) - {"cis_result"} == set(OPTIONS)


@pytest.mark.parametrize("name", OPTIONS)
def test_a_row_has_type_default_and_a_fitting_example(name: str) -> None:
    option, (kind, default, meaning, example) = OPTIONS[name], ROWS[name]
    assert kind == option["type"] + (f" of {option['elements']}" if "elements" in option else "")
    assert (None if default == "none" else yaml.safe_load(default.strip("`"))) == option.get("default")
    assert meaning
    assert option["description"]
    value = yaml.safe_load(example)
    assert not ArgumentSpecValidator({name: option}).validate({name: value}).error_messages
    assert value != option.get("default") or name in ("cis_chart_version", "cis_version", "cis_ingress_class")


def test_defaults() -> None:
    assert {name: option["default"] for name, option in OPTIONS.items() if "default" in option} == DEFAULTS


def test_tasks_use_every_variable_and_no_other() -> None:
    text = "".join(path.read_text() for folder in ("tasks", "vars") for path in sorted((ROLE / folder).rglob("*.yml")))
    assert set(re.findall(r"(?<![\w.'/])cis_(?!chart\b|info|values\b)\w+", text)) | {"cis_values"} == set(OPTIONS) | {"cis_result"}


def test_the_filter_names_variables_that_there_are() -> None:
    text = "".join(path.read_text() for path in sorted((ROOT / "plugins" / "module_utils" / "_cis").glob("*.py")))
    named = set(re.findall(r"cis_[a-z_]+", text)) - {"cis_info", "cis_to_publish"}
    assert set(refusals.OWNED.values()) <= set(OPTIONS)
    assert named <= set(OPTIONS)


@pytest.mark.parametrize("file", ["roles/cis/README.md", "docs/cis.md", "docs/cis-migration.md"])
def test_examples_of_the_role(file: str) -> None:
    plays = [play for text in examples(file) for document in yaml.safe_load_all(text) if isinstance(document, list) for play in document]
    found = [entry["vars"] for play in plays for entry in play.get("roles", ()) if entry["role"] == "vks.bigip.cis"]
    assert found
    for variables in found:
        assert not ArgumentSpecValidator(OPTIONS).validate(variables).error_messages


def test_the_playbook() -> None:
    (play,) = yaml.safe_load((ROOT / "playbooks" / "deploy_cis.yml").read_text())
    assert play["roles"] == [{"role": "vks.bigip.cis"}]


# -- what is refused ------------------------------------------------------------------------------------------------

SCENARIOS = ROOT / "extensions" / "molecule"
CASES: list[dict[str, Any]] = yaml.safe_load((SCENARIOS / "cis_refused" / "vars" / "cases.yml").read_text())["cases"]
# A text of the filter and why no scenario meets it; each has a case in test_values.py.
NOT_MET = {
    "cis_multi_cluster is a dictionary with": "its conversion refuses it first",
    "CIS makes no static routes for the CNI": "the lab has no CNI that CIS does not know",
}


PURE = ROOT / "plugins" / "module_utils" / "_cis"
AFTER_READS = {"obstacles.py", "removal.py"}
"""They refuse what does not fit the cluster, the chart or BIG-IP."""


def texts_of(file: Path) -> Iterator[list[ast.expr]]:
    """The parts of each sentence that a function of the file yields or returns."""
    for function in (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)):
        kind = {"Iterator[str]": ast.Yield, "str": ast.Return}.get(ast.unparse(function.returns or function))
        for node in ast.walk(function):
            if kind and isinstance(node, kind) and isinstance(node.value, (ast.JoinedStr, ast.Constant)):
                yield node.value.values if isinstance(node.value, ast.JoinedStr) else [node.value]


def sentences() -> Iterator[str]:
    """A regular expression for each sentence with which values.plan() can refuse."""
    for path in sorted(PURE.glob("*.py")):
        if path.name in AFTER_READS | {"wanted.py"}:  # test_role_cis_refusals.py has the cases of the latter
            continue
        for function in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)):
            if ast.unparse(function.returns or function) != "Iterator[str]":
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Yield) and isinstance(node.value, (ast.JoinedStr, ast.Constant)):
                    parts = node.value.values if isinstance(node.value, ast.JoinedStr) else [node.value]
                    yield "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".*" for part in parts)


def refused(case: dict[str, Any]) -> list[str]:
    """The refusals of the filter for a case of the scenario. Its variables are added to those that work."""
    given = {
        **{"bigip_url": "https://192.0.2.1", "bigip_partition": "cis", "bigip_username": "u", "bigip_password": "p"},
        **{"namespace": "cis", "namespaces": ["default"], "pool_member_type": "nodeport", "version": "2.20.3"},
        **case["variables"],
    }
    given["values"] = given.pop("chart_values", {})
    return list(values.plan(given)["refusals"])


@pytest.mark.parametrize("sentence", sorted(set(sentences())), ids=lambda text: re.sub(r"\\|\.\*", "", text)[:60])
def test_each_refusal_of_the_filter_has_a_case_with_its_message(sentence: str) -> None:
    met = [text for case in CASES for text in refused(case) if re.fullmatch(sentence, text) and any(message in text for message in case["messages"])]
    assert bool(met) != any(text in sentence.replace("\\", "") for text in NOT_MET)


@pytest.mark.parametrize("path", refusals.OWNED, ids=".".join)
def test_each_value_that_the_role_answers_for_has_a_case(path: tuple[str, ...]) -> None:
    wanted = f"cis_values.{'.'.join(path)} would undo what the role checks. Set it by {refusals.OWNED[path]}."
    assert [case for case in CASES if wanted in case["messages"] and wanted in refused(case)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_a_case_meets_what_the_filter_says_or_else_the_tasks(case: dict[str, Any]) -> None:
    told = refused(case)
    assert not told or all(any(message in text for text in told) for message in case["messages"])


def refusing_texts() -> Iterator[tuple[str, list[str]]]:
    """The refusals before anything is written: a name, and the constant parts of the message."""
    for name in sorted(AFTER_READS):
        for number, parts in enumerate(texts_of(PURE / name)):
            constant = [str(part.value) for part in parts if isinstance(part, ast.Constant)]
            if any(len(part) >= 18 for part in constant):
                yield f"{name} {number}", constant
    for task in yaml.safe_load((ROLE / "tasks" / "absent.yml").read_text()):
        message = str(task.get("ansible.builtin.assert", {}).get("fail_msg", ""))
        if "Install Helm" in message:
            yield task["name"], re.split(r"\s*\{\{.*?\}\}\s*", message, flags=re.DOTALL)


@pytest.mark.parametrize("parts", [parts for _name, parts in refusing_texts()], ids=[name for name, _parts in refusing_texts()])
def test_each_refusal_of_the_tasks_is_met_by_a_scenario(parts: list[str]) -> None:
    texts = [text for case in CASES for text in case["messages"]]
    for file in sorted(SCENARIOS.glob("cis*/verify.yml")):
        texts += re.findall(r"'([^']{12,})' in fails_message", file.read_text())
    common = (SequenceMatcher(None, part, text, autojunk=False).find_longest_match().size for part in parts for text in texts)
    assert max(common) >= 18, "no message of a scenario has 18 letters in a row of it"


REFUSING = ("'wanted'", "'plan.unfit'", "'plan.deployment'", "'plan.judgement'", "'removal'", "'removal.judgement'")


def test_every_refusal_is_asked_for() -> None:
    """18 texts in the core, and that of Helm in state absent: one that no task uses would refuse nothing."""
    assert len(list(refusing_texts())) == 19
    files = [*sorted((ROLE / "tasks").glob("*.yml")), ROLE / "vars" / "main.yml", ROOT / "playbooks" / "cis_to_publish.yml"]
    used = "".join(path.read_text() for path in files)
    assert all(f"cis_plan({name})" in used for name in REFUSING)
    assert set(re.findall(r"cis_plan\('([a-z_.]+)'\)", used)) == set(STEPS)


GIVEN: dict[str, Any] = {
    "bigip_url": "https://bigip.example.com:8443",
    "bigip_partition": "kubernetes",
    "bigip_login_secret": "login",
    "namespace": "f5-cis",
    "pool_member_type": "nodeport",
    "version": "2.20.3",
}
RENDERED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "plain": ({}, {"--bigip-url=https://bigip.example.com:8443", "--bigip-partition=kubernetes", "--pool-member-type=nodeport", "--insecure=false"}),
    "custom resources by NPL": ({"pool_member_type": "nodeportlocal"}, {"--pool-member-type=nodeportlocal", "--custom-resource-mode=true"}),
    "Ingresses": ({"custom_resource_mode": False}, {"--custom-resource-mode=false", "--ingress-class=f5"}),
    "static routes": (
        {"pool_member_type": "cluster", "static_routing": {"shared": True}, "cni": "calico"},
        {"--static-routing-mode=true", "--orchestration-cni=calico-k8s", "--shared-static-routes=true", "--pool-member-type=cluster"},
    ),
    "namespaces": ({"namespaces": ["a", "b"]}, {"--namespace=a", "--namespace=b"}),
    "a label": ({"namespace_label": "f5=true"}, {"--namespace-label=f5=true"}),
    "a CA": ({"bigip_ca_cert": True}, {"--trusted-certs-cfgmap=f5-cis/f5-bigip-ctlr-trusted-certs"}),
    "options": (
        {"disable_teems": True, "log_level": "debug", "node_label_selector": "a=b", "load_balancer_class": "f5.com/cis", "ipam": True},
        {"--disable-teems=true", "--log-level=DEBUG", "--node-label-selector=a=b", "--load-balancer-class=f5.com/cis", "--ipam=true"},
    ),
    "several clusters": (
        {"multi_cluster": {"mode": "standalone", "local_cluster_name": "one"}},
        {"--multi-cluster-mode=standalone", "--local-cluster-name=one", "--extended-spec-configmap=f5-cis/f5-bigip-ctlr-extended-spec"},
    ),
    "a large number": ({"values": {"args": {"as3_post_delay": 1000000}}}, {"--as3-post-delay=1000000"}),
}


@cache
def helm() -> str:
    built = subprocess.run([LAB, "build"], check=True, capture_output=True, text=True)
    return str(Path(built.stdout.strip()) / "helm")


def rendered(chart: str, given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The Deployment that Helm makes of the values with the lab's chart."""
    (folder / "values.yml").write_text(yaml.safe_dump(given))
    command = [helm(), "template", "f5-bigip-ctlr", str(LAB.parent / "charts" / chart), "-f", str(folder / "values.yml")]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    (deployment,) = [one for one in yaml.safe_load_all(text) if one and one["kind"] == "Deployment"]
    assert "IngressClass" not in [one["kind"] for one in yaml.safe_load_all(text) if one]
    return dict(deployment)


@pytest.mark.parametrize(("more", "arguments"), RENDERED.values(), ids=RENDERED.keys())
def test_rendered_arguments(more: dict[str, Any], arguments: set[str], tmp_path: Path) -> None:
    planned = values.plan({**GIVEN, **more})
    assert planned["refusals"] == []
    deployment = rendered("f5-bigip-ctlr", planned["values"], tmp_path)
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert arguments <= set(container["args"])
    assert container["securityContext"] == values.RESTRICTED
    assert container["image"] == "f5networks/k8s-bigip-ctlr:2.20.3"
    assert deployment["metadata"]["namespace"] == "f5-cis"
    assert deployment["spec"]["template"]["spec"]["volumes"][0]["secret"] == {"secretName": "login"}


def test_rendered_ipam_controller(tmp_path: Path) -> None:
    planned = values.plan({**GIVEN, "ipam": {"ip_range": {"a": "192.0.2.1-192.0.2.9"}}})
    pod = rendered("f5-ipam-controller", planned["ipam_values"], tmp_path)["spec"]["template"]["spec"]
    assert '--ip-range={"a":"192.0.2.1-192.0.2.9"}' in pod["containers"][0]["args"]
    assert pod["containers"][0]["image"] == "f5networks/f5-ipam-controller:0.1.12"
    assert pod["volumes"][0]["persistentVolumeClaim"] == {"claimName": "f5-bigip-ctlr-ipam"}


def test_the_filter() -> None:
    """Here and not among the unit tests: what it imports turns a process into a controller, where a module returns no warnings."""
    assert FilterModule().filters() == {"cis_plan": cis_plan}
    assert cis_plan({"results": [{"failed": True, "msg": "a"}, {"msg": "b"}, {"failed": True, "msg": "c"}]}, "outcome.messages") == "a c"
    for wrong in (("text", "start"), ({}, "nothing")):
        with pytest.raises(AnsibleFilterError, match="takes a dictionary"):
            cis_plan(*wrong)  # type: ignore[arg-type]


def test_the_filter_of_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K8S_AUTH_CONTEXT", "main")
    unset = dict.fromkeys(["ca_cert", "context", "host", "validate_certs"])
    kubeconfig = {"contexts": [{"name": "main", "context": {"cluster": "c"}}], "clusters": [], "users": []}
    given = {"options": {**unset, "api_key": "token", "kubeconfig": kubeconfig}, "local": True, "python": "python3 "}
    assert ConnectionFilters().filters() == {"cis_connection": cis_connection}
    assert cis_connection(given, "kubernetes")["kubeconfig"]["current-context"] == "vks-bigip-role-cis"
    assert cis_connection({**given, "options": {**given["options"], "helm_binary": ""}}, "helm_program") == "helm"
    documented = yaml.safe_load(cis_connection_documentation)["options"]["kind"]["choices"]
    assert set(documented) == {*KINDS, "bigip_of_cis"}
    for wrong in (("text", "helm"), (given, "nothing")):
        with pytest.raises(AnsibleFilterError, match="takes a dictionary"):
            cis_connection(*wrong)  # type: ignore[arg-type]


# -- whether it works ------------------------------------------------------------------------------------------------

MANY = "CIS f5-cis/cis: CIS does not reach BIG-IP."
ONE = "CIS f5-cis/cis: BIG-IP rejects the declaration of CIS."


@cache
def verified() -> list[Any]:
    cases = [{"problems": [MANY, ONE], "blocking": [MANY], "lasting": True}, {"problems": [ONE]}, {}]
    return follow([("role", "cis", CIS, {"health": case}) for case in cases])


def test_the_role_fails_for_what_no_namespace_can_cause() -> None:
    _calls, failed = verified()[0]
    assert MANY in failed and ONE not in failed


@pytest.mark.parametrize(("case", "reported"), [(1, [[ONE]]), (2, [])])
def test_the_role_reports_what_one_resource_can_cause(case: int, reported: list[Any]) -> None:
    calls, failed = verified()[case]
    assert not failed and [arguments["msg"] for module, arguments in calls if module == "ansible.builtin.debug" and arguments.get("msg")] == reported
