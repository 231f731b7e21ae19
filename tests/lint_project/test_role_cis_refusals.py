# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role cis and the playbooks around it, followed (play.py): what they refuse, and what they remove of a given world (answers.py)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml

from runner.places import ROOT
from test_surveys import CIS, follow

World = dict[str, Any]
Case = tuple[str, str, dict[str, Any], World]


def marked(owner: str) -> World:
    """An application that vks.bigip.publish published."""
    return {"class": "Application", "constants": {"class": "Constants", "vks_bigip": {"owner": owner}}}


def tenant(**more: Any) -> World:
    return {"class": "Tenant", **more}


def named(name: str, **more: Any) -> World:
    """A tenant of a resource, as cis_info gives it."""
    return {"kind": "VirtualServer", "namespace": "evil", "name": "vs", "tenant": name, "addresses": [], **more}


WRITERS = ("kubernetes.core.helm", "kubernetes.core.k8s", "kubernetes.core.k8s_json_patch", "vks.bigip.partition", "vks.bigip.as3_declaration")
"""The modules that change something. publish is not among them: its check mode is not visible here."""


def writes(calls: list[Any]) -> list[Any]:
    return [module for module, _arguments in calls if module in WRITERS]


# -- names

OF_ROLES = sorted(path for folder in ("tasks", "vars") for path in (ROOT / "roles").glob(f"*/{folder}/**/*.yml"))


def facts(document: Any) -> Iterator[str]:
    """Names of facts and of registered results. They win over a variable of a role, a block or a task."""
    if isinstance(document, dict):
        yield from (name for name in document.get("ansible.builtin.set_fact") or {} if name != "cacheable")
        yield from [document["register"]] if isinstance(document.get("register"), str) else []
        for key, value in document.items():
            yield from facts(value) if key != "vars" else ()
    elif isinstance(document, list):
        for value in document:
            yield from facts(value)


def variables(document: Any) -> Iterator[str]:
    """Names under `vars`, at any depth."""
    if isinstance(document, dict):
        yield from document.get("vars") or {}
        for key, value in document.items():
            yield from variables(value) if key != "vars" else ()
    elif isinstance(document, list):
        for value in document:
            yield from variables(value)


def test_no_fact_has_the_name_of_a_variable() -> None:
    """Facts live as long as the play, so those of one role count for all others too."""
    documents = {path: yaml.safe_load(path.read_text()) for path in [*OF_ROLES, *(ROOT / "playbooks").glob("*.yml")]}
    set_names = {name for document in documents.values() for name in facts(document)}
    used = {name for document in documents.values() for name in variables(document)}
    used |= {name for path, document in documents.items() if "vars" in path.relative_to(ROOT).parts for name in document}
    assert len(set_names) > 50 < len(used)
    assert sorted(set_names & used) == []


# -- state present

OTHER = {"name": "other", "namespace": "elsewhere", "release": "other", "release_namespace": "elsewhere"}
PRESENT: dict[str, tuple[World, World, str]] = {
    # variables beside CIS, the world, the beginning of the message
    "a tenant with the mark of another owner": (
        {},
        {"stored": {"kubernetes": tenant(api=marked("team-b"))}},
        "Tenant kubernetes on BIG-IP belongs to vks.bigip.publish (owner team-b)",
    ),
    "a partition of another CIS": ({}, {"controllers": [OTHER]}, "cis_bigip_partition kubernetes belongs to CIS elsewhere/other already"),
    "a release that Helm keeps elsewhere": (
        {},
        {"controllers": [{"release_namespace": "default"}]},
        "Deployment f5-cis/f5-bigip-ctlr belongs to the Helm release f5-bigip-ctlr of the namespace",
    ),
    "a resource that names a tenant of another owner": (
        {},
        {"stored": {"Shop": tenant(api=marked("team-b"))}, "named": [named("Shop")]},
        "Tenant Shop on BIG-IP belongs to vks.bigip.publish (owner team-b), with the application api, and CIS would replace it whole, "
        "since VirtualServer evil/vs names it. Give CIS another tenant there, delete it, or name other cis_namespaces, or hand",
    ),
    "nothing is wrong": ({}, {"stored": {}}, ""),
}


FOREIGN = {**OTHER, "namespace": "f5-cis", "release": "", "release_namespace": ""}
UNREAD: dict[str, tuple[World, str]] = {
    # variables, the beginning of the message
    "the word for a CIS without Helm": ({"cis_state": "absent", "cis_release_name": "none"}, "cis_release_name is none"),
    "the word, to deploy": ({**CIS, "cis_release_name": " none"}, "cis_release_name is none"),
    "a namespace without a name": ({**CIS, "cis_namespaces": [""]}, "cis_namespaces has only empty elements"),
    "one of two namespaces without a name": ({**CIS, "cis_namespaces": ["shop", ""]}, "cis_namespaces has an empty element"),
    "a null namespace": ({**CIS, "cis_namespaces": ["shop", None]}, "cis_namespaces has an empty element"),
    "a comma": ({**CIS, "cis_namespaces": ","}, "cis_namespaces has only empty elements"),
    "a comma at the end": ({**CIS, "cis_namespaces": "shop, "}, "cis_namespaces has an empty element"),
    "no name of the IPAM release": ({"cis_state": "absent", "cis_ipam": {"release_name": ""}}, "cis_ipam.release_name is empty"),
    "a null name of the IPAM release": ({"cis_state": "absent", "cis_ipam": {"release_name": None}}, "cis_ipam.release_name is empty"),
    "a blank name of the IPAM release, as text": ({"cis_state": "absent", "cis_ipam": "{release_name: ' '}"}, "cis_ipam.release_name is empty"),
}


@pytest.mark.parametrize(("variables", "message"), UNREAD.values(), ids=UNREAD.keys())
def test_refused_before_anything_is_read(variables: World, message: str) -> None:
    calls, failed = followed(variables, {"controllers": [FOREIGN]})
    assert calls == [] and failed.startswith(message), failed


# -- the playbooks that hand tenants over, and the entry point rest

RESTING = (("playbook", "cis_to_publish"), ("entry", "cis/rest"))
# The playbook continues with one CIS only, so it needs no release.
NAMES = {"cis_to_publish": ("cis_namespace",), "cis/rest": ("cis_namespace", "cis_release_name")}
UNNAMED = [(kind, name, {variable: empty}) for kind, name in RESTING for variable in NAMES[name] for empty in ("", " ", None)]


@pytest.mark.parametrize(("kind", "name", "variables"), UNNAMED)
def test_an_empty_name_of_a_cis_to_scale_to_0_is_refused(kind: str, name: str, variables: World) -> None:
    """Otherwise it would be the CIS with the default name, or any."""
    calls, failed = followed(variables, {}, kind=kind, name=name)
    (variable,) = variables
    assert calls == [] and failed.startswith(f"{variable} is empty") and "Nothing was changed." in failed, failed


@pytest.mark.parametrize(("kind", "name"), RESTING)
def test_a_cis_without_helm_may_be_scaled_to_0(kind: str, name: str) -> None:
    calls, failed = followed({"cis_release_name": "none"}, {"controllers": [FOREIGN]}, kind=kind, name=name)
    assert not failed
    assert [given["name"] for module, given in calls if module == "kubernetes.core.k8s_json_patch"] == ["other", "other"]


ALLOWED = {"allow_exec": True, "allow_http": True}


def test_what_is_allowed_reaches_the_modules_that_know_it() -> None:
    """Those of kubernetes.core do not."""
    calls, failed = followed(ALLOWED, {"controllers": [FOREIGN]}, kind="playbook", name="cis_to_publish")
    assert not failed
    ours = [given for module, given in calls if module in ("vks.bigip.cis_info", "vks.bigip.publish")]
    assert len(ours) > 3 and all(given.items() >= ALLOWED.items() for given in ours)
    assert not any(given.keys() & ALLOWED.keys() for module, given in calls if module.startswith("kubernetes.core."))


WEB = [{"tenant": "Shop", "application": "web"}]
HANDED: World = {"tenants": {"Shop": {"action": "release", "applications": {"web": "release"}}}}
HALF: dict[str, tuple[World, str]] = {
    # the tenant Shop, the beginning of the message
    "an application of another owner": (tenant(web=marked("us"), api=marked("team-b")), "Tenant Shop on BIG-IP belongs to vks.bigip.publish (owner team-b)"),
    "an application that is not named": (tenant(web=marked("us"), api=marked("us")), "Tenant Shop on BIG-IP belongs to vks.bigip.publish (owner us)"),
    "all of it is released": (tenant(web=marked("us")), ""),
    "all of it is released, and one was before": (tenant(web=marked("us"), old={"class": "Application"}), ""),
}


def handing_over(shop: World) -> Case:
    return ("playbook", "publish_to_cis", {"applications": WEB, **CIS, "cis_bigip_partition": "Shop"}, {**HANDED, "stored": {"Shop": shop}})


@pytest.mark.parametrize(("shop", "message"), HALF.values(), ids=HALF.keys())
def test_publish_to_cis_hands_over_whole_tenants(shop: World, message: str) -> None:
    kind, name, *case = handing_over(shop)
    calls, failed = followed(*case, kind=kind, name=name)
    assert failed.startswith(message) and bool(failed) == bool(message), failed
    assert [given["state"] for module, given in calls if module == "vks.bigip.publish"] == ["released"] * (1 if message else 2)


def every_case() -> Iterator[Case]:
    yield from ((kind, name, variables, {}) for kind, name, variables in UNNAMED)
    yield from ((kind, name, {"cis_release_name": "none"}, {"controllers": [FOREIGN]}) for kind, name in RESTING)
    yield "role", "cis", CIS, {**MANY, "named": MANY["named"][: len(STRANGE) + 1]}
    yield "role", "cis", FROM_CONFIG_MAPS, MANY
    yield from (("role", "cis", variables, world) for variables, world, _message in CLAIMED.values())
    yield "playbook", "cis_to_publish", ALLOWED, {"controllers": [FOREIGN]}
    yield from (handing_over(shop) for shop, _message in HALF.values())
    yield from (("role", "cis", variables, {"controllers": [FOREIGN]}) for variables, _message in UNREAD.values())
    yield from (("role", "cis", {**CIS, **more}, world) for more, world, _message in PRESENT.values())
    yield from (("role", "cis", {"cis_state": "absent", **more}, world) for more, world, _wanted in [*ABSENT.values(), *REFUSED.values()])


@cache
def results() -> dict[str, Any]:
    """All cases are followed in one process."""
    cases = [*every_case()]
    return dict(zip(map(json.dumps, cases), follow(cases)))


def followed(*case: Any, kind: str = "role", name: str = "cis") -> tuple[list[Any], str]:
    calls, failed = results()[json.dumps((kind, name, *case))]
    return calls, " ".join(failed.split())


@pytest.mark.parametrize(("more", "world", "message"), PRESENT.values(), ids=PRESENT.keys())
def test_present(more: World, world: World, message: str) -> None:
    calls, failed = followed({**CIS, **more}, world)
    assert failed.startswith(message) and bool(failed) == bool(message), failed
    assert bool(writes(calls)) != bool(message)


STRANGE = ["../x", "a/b", "", "a?b", "a b", "1a", "Ok\n", "{{ 1 }}", "\x1b[2J", "A" * 191]
MANY: World = {"stored": {}, "named": [*map(named, [*STRANGE, "Shop"]), *(named(f"T{number}", kind="ConfigMap") for number in range(5_000))]}
FROM_CONFIG_MAPS = {**CIS, "cis_custom_resource_mode": False}


def test_tenants_that_as3_cannot_have_are_not_asked_for() -> None:
    """Of an annotation of a Service anything may be the value."""
    calls, failed = followed(CIS, {**MANY, "named": MANY["named"][: len(STRANGE) + 1]})
    assert not failed
    assert next(given["tenant"] for module, given in calls if module == "vks.bigip.as3_info") == ["kubernetes", "Shop"]


def test_thousands_of_tenants_in_a_config_map_take_no_time() -> None:
    """The refusal looks only at those that BIG-IP has."""
    calls, failed = followed(FROM_CONFIG_MAPS, MANY)
    assert not failed and writes(calls)


ACCEPTED = {"kind": "VirtualServer", "address": "192.0.2.1", "status": "Ok", "message": "", "ok": True}
OURS = {**ACCEPTED, "namespace": "shop", "name": "vs", "partition": ""}
GHOSTS = [{**ACCEPTED, "namespace": "evil", "name": f"vs{number}", "partition": name} for number, name in enumerate(["Ghost", *STRANGE[:2]])]
SERVING = tenant(label="other", web={"class": "Application", "vs": {"class": "Service_HTTP"}})
CLAIMED: dict[str, tuple[World, World, str]] = {
    # variables, the world, the beginning of the message
    "to deploy": (CIS, {"stored": {"kubernetes": tenant()}, "resources": [OURS, *GHOSTS]}, ""),
    "to deploy, without the tenant of CIS": (CIS, {"stored": {}, "resources": [OURS, *GHOSTS]}, "Wait for the tenants waits for ever"),
    "to remove": (
        {"cis_state": "absent", "cis_remove_resources": True},
        {"controllers": [{}], "charts": {}, "objects": {}, "stored": {"kubernetes": tenant(), "Ghost": SERVING}, "resources": [OURS, *GHOSTS]},
        "",
    ),
}


@pytest.mark.parametrize(("variables", "world", "message"), CLAIMED.values(), ids=CLAIMED.keys())
def test_a_resource_that_names_a_tenant_which_cis_does_not_write(variables: World, world: World, message: str) -> None:
    """Its status may be of a time when it named another one. The role must neither fail nor bring the former CIS back."""
    calls, failed = followed(variables, world)
    assert failed.startswith(message) and bool(failed) == bool(message), failed
    assert all("a/b" not in (given["tenant"] or ()) for module, given in calls if module in ("vks.bigip.as3_info", "vks.bigip.pool_status_info"))


# -- state absent

MARKS = {"app.kubernetes.io/managed-by": "vks.bigip", "app.kubernetes.io/instance": "f5-bigip-ctlr"}
SHARED = {"class": "Application", "template": "shared"}
OF_CIS = tenant(label="kubernetes", Shared=SHARED)
PAYROLL = tenant(label="kubernetes", Wages={"class": "Application"})
ODD = tenant(label="kubernetes", Shared="text")
CHART = {"f5-bigip-ctlr": "f5-bigip-ctlr-0.0.36"}
ALONE: World = {"controllers": [{}], "charts": CHART, "objects": {}, "stored": {"kubernetes": OF_CIS}}
"""The CIS of the defaults, its release and its tenant."""
NONE: World = {"controllers": [], "charts": {}, "objects": {}, "stored": {}}


def rights(namespace: str = "f5-cis", labels: World | None = MARKS) -> World:
    """The ClusterRole and its Binding for Calico's blocks."""
    metadata = {"name": "f5-bigip-ctlr-blockaffinities", **({"labels": labels} if labels else {})}
    binding = {"kind": "ClusterRoleBinding", "metadata": metadata, "subjects": [{"kind": "ServiceAccount", "name": "x", "namespace": namespace}]}
    return {"ClusterRole": [{"kind": "ClusterRole", "metadata": metadata}], "ClusterRoleBinding": [binding]}


TENANTS = {"cis_remove_tenant": True}
TYPO = {"cis_release_name": "f5-bigip-ctrl", "cis_bigip_partition": "kubernetes"}
ELSEWHERE = {"cis_namespace": "f5-ci", "cis_bigip_partition": "kubernetes"}
ROLE = ["ClusterRoleBinding f5-bigip-ctlr-blockaffinities", "ClusterRole f5-bigip-ctlr-blockaffinities"]
ABSENT: dict[str, tuple[World, World, list[str]]] = {
    # variables, the world, what is removed
    "the CIS": ({}, ALONE, ["f5-cis/f5-bigip-ctlr"]),
    "with its tenant": (TENANTS, ALONE, ["f5-cis/f5-bigip-ctlr", "tenant kubernetes"]),
    "with its rights": ({}, {**ALONE, "objects": rights()}, ["f5-cis/f5-bigip-ctlr", *ROLE]),
    "the rights are those of another namespace": ({}, {**ALONE, "objects": rights(namespace="other")}, ["f5-cis/f5-bigip-ctlr"]),
    "the rights are not the role's": ({}, {**ALONE, "objects": rights(labels=None)}, ["f5-cis/f5-bigip-ctlr"]),
    "a wrong namespace, with rights": ({"cis_namespace": "f5-ci"}, {**ALONE, "charts": {}, "objects": rights()}, []),
    "nothing exists": ({**TENANTS, "cis_bigip_partition": "kubernetes"}, NONE, []),
    "the Deployment is gone, but not the release": ({}, {**NONE, "charts": CHART}, ["f5-cis/f5-bigip-ctlr"]),
    "the Deployment and the release are gone, but not the tenant": (
        {**TENANTS, "cis_bigip_partition": "kubernetes"},
        {**NONE, "stored": {"kubernetes": OF_CIS}},
        ["tenant kubernetes"],
    ),
    "a chart of another name, by cis_chart_ref": (
        {"cis_chart_ref": "/charts/cis-mirror-1.0.0.tgz"},
        {**NONE, "charts": {"f5-bigip-ctlr": "cis-mirror-1.0.0"}},
        ["f5-cis/f5-bigip-ctlr"],
    ),
    "the IPAM controller": (
        {"cis_ipam": {"ip_range": {"a": "192.0.2.1-192.0.2.9"}}},
        {**ALONE, "charts": {**CHART, "f5-ipam": "f5-ipam-controller-0.0.5"}},
        ["f5-cis/f5-bigip-ctlr", "f5-cis/f5-ipam"],
    ),
    "a tenant that CIS wrote for a resource": (
        TENANTS,
        {**ALONE, "stored": {"kubernetes": OF_CIS, "Two": OF_CIS}},
        ["f5-cis/f5-bigip-ctlr", "tenant kubernetes", "tenant Two"],
    ),
    "tenants with that label, but not of CIS": (
        TENANTS,
        {**ALONE, "stored": {"kubernetes": OF_CIS, "Payroll": PAYROLL, "Both": {**PAYROLL, **OF_CIS}, "Empty": tenant(label="kubernetes"), "Odd": ODD}},
        ["f5-cis/f5-bigip-ctlr", "tenant kubernetes"],
    ),
    "a tenant that CIS wrote, and that is the partition of another CIS": (
        TENANTS,
        {**ALONE, "controllers": [{}, {**OTHER, "partitions": ["Two"]}], "stored": {"kubernetes": OF_CIS, "Two": OF_CIS}},
        ["f5-cis/f5-bigip-ctlr", "tenant kubernetes"],
    ),
    "no CIS, and a tenant of another publisher": (
        {**TENANTS, "cis_bigip_partition": "Payroll"},
        {**NONE, "stored": {"Payroll": tenant(Wages={"class": "Application"})}},
        [],
    ),
    "a wrong release name, without tenants": (TYPO, {**ALONE, "charts": CHART}, []),
}
REFUSED: dict[str, tuple[World, World, str]] = {
    # variables, the world, the beginning of the message
    "a wrong release name": ({**TYPO, **TENANTS}, ALONE, "cis_remove_tenant would remove the tenant kubernetes of CIS f5-cis/f5-bigip-ctlr"),
    "a wrong namespace": ({**ELSEWHERE, **TENANTS}, ALONE, "cis_remove_tenant would remove the tenant kubernetes of CIS f5-cis/f5-bigip-ctlr"),
    "two CIS share a partition": (TENANTS, {**ALONE, "controllers": [{}, OTHER]}, "cis_remove_tenant would remove the tenant kubernetes of CIS else"),
    "the release of another product": (
        {"cis_namespace": "shop", "cis_release_name": "shop-db"},
        {**ALONE, "charts": {"shop-db": "postgresql-15.2.0"}},
        "Helm release shop/shop-db is of the chart postgresql-15.2.0",
    ),
    "a chart that has CIS among others": (
        {},
        {**ALONE, "charts": {"f5-bigip-ctlr": "platform-1.0.0"}},
        "Helm release f5-cis/f5-bigip-ctlr is of the chart platform-1.0.0, not of f5-bigip-ctlr.",
    ),
    "a chart whose name begins with the same text": (
        {},
        {**NONE, "charts": {"f5-bigip-ctlr": "f5-bigip-ctlr-exporter-1.0.0"}},
        "Helm release f5-cis/f5-bigip-ctlr is of the chart f5-bigip-ctlr-exporter-1.0.0",
    ),
    "the IPAM release is one of another product": (
        {"cis_ipam": {"release_name": "shop-db"}},
        {**ALONE, "charts": {**CHART, "shop-db": "postgresql-15.2.0"}},
        "Helm release f5-cis/shop-db is of the chart postgresql-15.2.0",
    ),
}


def removed(calls: list[Any]) -> list[str]:
    names = []
    for module, given in calls:
        if module == "vks.bigip.as3_declaration":
            names.append(f"tenant {given['tenant']}")
        elif module == "kubernetes.core.helm" and given["state"] == "absent":
            names.append(f"{given['namespace']}/{given['name']}")
        elif module == "kubernetes.core.k8s" and given["state"] == "absent":
            names.append(f"{given['kind']} {given['name']}")
    return names


@pytest.mark.parametrize(("variables", "world", "names"), ABSENT.values(), ids=ABSENT.keys())
def test_absent(variables: World, world: World, names: list[str]) -> None:
    calls, failed = followed({"cis_state": "absent", **variables}, world)
    assert not failed
    assert removed(calls) == names


def test_absent_names_the_tenants_beyond_the_partition() -> None:
    calls, _failed = followed({"cis_state": "absent", **TENANTS}, ABSENT["a tenant that CIS wrote for a resource"][1])
    said = [given["msg"] for module, given in calls if module == "ansible.builtin.debug"]
    assert [text for text in said if "Two" in text and "label" in text and "kubernetes," not in text]


@pytest.mark.parametrize(("variables", "world", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_absent_refused(variables: World, world: World, message: str) -> None:
    calls, failed = followed({"cis_state": "absent", **variables}, world)
    assert failed.startswith(message) and "Nothing was removed." in failed, failed
    assert writes(calls) == []
