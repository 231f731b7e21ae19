# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The canary of the role antrea_npl, and the rights in docs/rbac/antrea_npl.yml."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.plugins.filter.core import FilterModule
from jinja2 import Environment

from runner.places import ROOT
from test_surveys import follow

ROLE = ROOT / "roles" / "antrea_npl"
PLAIN = "node-1.example.com"
HOSTILE = [
    "a: b",
    "a # b",
    '"',
    "'",
    "a\nkind: ClusterRoleBinding",
    "---",
    "n\n---\napiVersion: v1\nkind: Secret\n",
    "{{ lookup('pipe', 'id') }}",
    "{% raw %}",
    "!!python/object/apply:os.system [id]",
    "*alias",
    "&anchor",
    "@x",
    "yes",
    "1e3",
    "null",
    "",
    "\x1b[2J\u202e\u2028",
    "\\",
    "x" * 5000,
]


def canary(nodes: list[str], image: str = "antrea", namespace: str = "vks-bigip-canary", name: str = "vks-bigip-npl-canary") -> list[dict[str, Any]]:
    """The objects of the template, as Ansible renders it and kubernetes.core reads them."""
    environment = Environment(autoescape=False, trim_blocks=True)
    environment.filters.update(FilterModule().filters())
    text = environment.from_string((ROLE / "templates" / "canary.yml.j2").read_text()).render(
        __antrea_npl_canary_name=name, __antrea_npl_canary_on=nodes, __antrea_npl_canary_with=image, __antrea_npl_options={"canary_namespace": namespace}
    )
    return list(yaml.safe_load_all(text))


def test_the_canary_is_a_service_and_a_pod_on_each_node() -> None:
    service, *pods = canary([PLAIN, "node-2"], "registry/antrea@sha256:0")
    assert [item["kind"] for item in (service, *pods)] == ["Service", "Pod", "Pod"]
    assert {item["metadata"]["namespace"] for item in (service, *pods)} == {"vks-bigip-canary"}
    assert [pod["spec"]["nodeName"] for pod in pods] == [PLAIN, "node-2"] and len({pod["metadata"]["name"] for pod in pods}) == 2
    assert {pod["spec"]["containers"][0]["image"] for pod in pods} == {"registry/antrea@sha256:0"}
    assert all(pod["metadata"]["labels"] == service["spec"]["selector"] for pod in pods)


@pytest.mark.parametrize("text", HOSTILE, ids=[f"{number}: {text[:12]!r}" for number, text in enumerate(HOSTILE)])
def test_no_value_is_anything_but_a_value(text: str) -> None:
    service, *pods = canary([text, text + "2"], text, text, text)
    assert service["metadata"]["name"] == service["metadata"]["namespace"] == service["spec"]["selector"]["app"] == text
    assert [pod["spec"]["nodeName"] for pod in pods] == [text, text + "2"]
    for pod in pods:
        assert pod["metadata"]["name"].startswith(f"{text}-") and pod["metadata"]["namespace"] == pod["metadata"]["labels"]["app"] == text
        assert pod["spec"]["containers"][0]["image"] == text and pod["kind"] == "Pod" and set(pod) == {"apiVersion", "kind", "metadata", "spec"}


def test_the_pods_are_what_the_policy_restricted_takes() -> None:
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/"""
    _service, pod = canary([PLAIN])
    spec, (container,) = pod["spec"], pod["spec"]["containers"]
    assert not {"volumes", "hostNetwork", "hostPID", "hostIPC", "initContainers", "ephemeralContainers"} & set(spec)
    assert spec["automountServiceAccountToken"] is False and "ports" not in container
    rules = spec["securityContext"]
    assert rules["runAsNonRoot"] is True and isinstance(rules["runAsUser"], int) and rules["runAsUser"] > 0
    assert rules["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def test_the_role_removes_the_namespace_that_it_created() -> None:
    ((calls, failed),) = follow([("role", "antrea_npl", {"antrea_npl_canary": True, "antrea_npl_state": "enabled"})])
    assert not failed
    made = [arguments for module, arguments in calls if module == "kubernetes.core.k8s"]
    namespace = made[0]["definition"]
    assert namespace["kind"] == "Namespace" and namespace["metadata"]["name"] == made[-1]["name"] == "vks-bigip-canary"
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert [item.get("state") for item in made] == [None, None, "absent", "absent"] and made[-1]["kind"] == "Namespace"


# -- the rights --------------------------------------------------------------------------------------------------

MANIFEST = yaml.safe_load((ROOT / "docs" / "rbac" / "antrea_npl.yml").read_text())["items"]
READS = {"get", "list"}
EVERYWHERE = {"nodes", "pods", "daemonsets", "packageinstalls", "antreaagentinfos"}  # of which lists are read


def rules(kind: str) -> list[tuple[str, str | None, dict[str, Any]]]:
    """(name, namespace, rule) of all rules of one kind of role."""
    roles = [item for item in MANIFEST if item["kind"] == kind]
    return [(item["metadata"]["name"], item["metadata"].get("namespace"), rule) for item in roles for rule in item["rules"]]


def test_nothing_may_be_written_in_the_whole_cluster() -> None:
    for name, _namespace, rule in rules("ClusterRole"):
        if name != "vks-bigip-antrea-npl-services":  # which is bound in the namespaces of these Services
            assert set(rule["verbs"]) <= READS
            assert set(rule["resources"]) <= EVERYWHERE or rule["resourceNames"] == ["vks-bigip-canary"]


def test_the_canary_has_a_namespace_of_its_own_that_takes_restricted_pods_only() -> None:
    (namespace,) = [item for item in MANIFEST if item["kind"] == "Namespace"]
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    assert namespace["metadata"]["name"] == defaults["antrea_npl_canary_namespace"] == "vks-bigip-canary"
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert {place for _name, place, _rule in rules("Role")} == {"vks-bigip-canary", "kube-system"}


@pytest.mark.parametrize(("name", "changed"), [
    ("vks-bigip-antrea-npl", {("configmaps", "antrea-config"): {"patch"}}),
    ("vks-bigip-antrea-npl-rollout", {("daemonsets", "antrea-agent"): {"patch"}}),
    ("vks-bigip-antrea-npl-delete", {("pods", None): {"delete"}}),  # their names are random
    ("vks-bigip-antrea-npl-log", {}),
    ("vks-bigip-antrea-npl-image", {}),
])
def test_what_may_be_written_in_kube_system_is_named(name: str, changed: dict[tuple[str, str | None], set[str]]) -> None:
    found = {}
    for role, namespace, rule in rules("Role"):
        if (role, namespace) == (name, "kube-system"):
            for resource in rule["resources"]:
                for only in rule.get("resourceNames", [None]):
                    if set(rule["verbs"]) - READS:
                        found[(resource, only)] = set(rule["verbs"]) - READS
    assert found == changed
    assert any((role, namespace) == (name, "kube-system") for role, namespace, _rule in rules("Role"))
