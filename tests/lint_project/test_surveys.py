# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks and roles with the answers of a survey of AWX: empty, as text, and wrong. Generated for every variable of each.

The cases are followed in one process (play.py): all variables of a play at once, and one by one where that differs.
tests/unit/plugins/modules/test_every_option.py does the same for the options of modules.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import argument_specs
import compiled
from ansible_collections.vks.bigip.plugins.module_utils._boundary.role_options import checked
from runner.places import BUILD, ROOT

Variables = dict[str, Any]
Case = tuple[Any, ...]
"""playbook or role, its name, and the variables of -e; for some also the world (answers.py) and variables of the environment."""

ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())
OPTIONS: dict[str, dict[str, Any]] = {
    role: yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"] for role in ROLES
}
APPLICATIONS = [{"tenant": "Shop", "application": "web", "service": {"name": "web"}, "virtual_server": {"class": "Service_HTTP"}}]
REQUESTS = [{"url": "http://192.0.2.10/", "count": 2}]
CIS = {"cis_bigip_url": "https://192.0.2.1", "cis_bigip_partition": "kubernetes", "cis_bigip_username": "cis", "cis_bigip_password": "secret"}
BASE: dict[str, Variables] = {
    "antrea_npl": {"canary": True},
    "cis_to_publish": {},
    "deploy_cis": CIS,
    "notify": {},
    "pod_network": {},
    "preflight": {},
    "publish": {"applications": APPLICATIONS},
    "publish_to_cis": {"applications": APPLICATIONS, **CIS},
    "site": {"publish_applications": APPLICATIONS},
    "status_report": {},
    "teardown": {"applications": APPLICATIONS, "remove_pod_network": True},
    "verify": {"applications": APPLICATIONS, "requests": REQUESTS},
}
"""Variables with which each playbook runs all of its parts."""
OF_ROLE: dict[str, Variables] = {
    "antrea_npl": {"antrea_npl_canary": True, "antrea_npl_state": "enabled"},
    "cis": CIS,
    "pod_network": {"pod_network_method": "routes"},
    "preflight": {},
    "publish": {"publish_applications": APPLICATIONS},
    "verify": {"verify_applications": APPLICATIONS, "verify_requests": REQUESTS},
}
"""The same for the roles."""
LENGTHS = {
    **{"antrea_npl": 10, "cis_to_publish": 11, "deploy_cis": 13, "notify": 1, "pod_network": 2, "preflight": 2, "publish": 1},
    **{"publish_to_cis": 17, "site": 32, "status_report": 2, "teardown": 2, "verify": 5},
}
"""How many modules each playbook calls then."""


# -- the variables


def assigned(document: Any) -> Iterator[str]:
    """Variables that the playbook sets itself."""
    if isinstance(document, dict):
        yield from document.get("vars") or {}
        yield from document.get("ansible.builtin.set_fact") or {}
        yield from [document["register"]] if "register" in document else []
        for value in document.values():
            yield from assigned(value)
    elif isinstance(document, list):
        for value in document:
            yield from assigned(value)


def roles_of(document: Any) -> Iterator[tuple[str, set[str]]]:
    """The roles that a playbook runs, and the variables that it sets for each."""
    if isinstance(document, dict):
        given = document.get("ansible.builtin.include_role") or (document if "role" in document else None)
        if given and "tasks_from" not in given:
            yield (given.get("name") or given["role"]).removeprefix("vks.bigip."), set(document.get("vars") or ())
        for value in document.values():
            yield from roles_of(value)
    elif isinstance(document, list):
        for value in document:
            yield from roles_of(value)


def variables_of(playbook: str) -> list[str]:
    document = yaml.safe_load((ROOT / "playbooks" / f"{playbook}.yml").read_text())
    read = {name for text in argument_specs.templates(document) for name in argument_specs.names_in(text)}
    read |= {name for role, given in roles_of(document) for name in OPTIONS[role] if name not in given}
    known = {"dict", "item", "lookup", "now", "omit", "range", *assigned(document)}
    return sorted(name for name in read - known if not re.match("ansible_|__|migration_|[a-z_]+_result$", name))


def kind_of(role: str, name: str) -> str:
    return argument_specs.kind_of(OPTIONS[role][name])


def without(variables: Variables, name: str) -> Variables:
    return {key: value for key, value in variables.items() if key != name}


# -- following


def follow(cases: list[Any]) -> list[Any]:
    """Of each case, the modules that it calls with their arguments, and what failed."""
    program = [sys.executable, str(Path(__file__).with_name("play.py")), str(compiled.folder_of("main"))]
    environment = {name: value for name, value in os.environ.items() if not re.match("F5_|K8S_AUTH_|VKS_|ANSIBLE_|KUBECONFIG$", name)}
    environment |= {"PYTHONPATH": str(BUILD / "dev")}
    done = subprocess.run(program, input=json.dumps(cases), capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return list(json.loads(done.stdout))


def key(case: Case) -> str:
    return json.dumps(case, sort_keys=True)


class Followed:
    """All cases of this file are followed at once, when the first is asked for."""

    def __init__(self, files: Path) -> None:
        cases = [*every_case(), *cases_with_a_ca(files), *cases_with_helm(files), *(case_of_content(*case) for case in OF_CONTENT)]
        unique = {key(case): case for case in cases}
        self._results = dict(zip(unique, follow([*unique.values()])))

    def __call__(self, *case: Any) -> tuple[list[Any], str]:
        calls, failed = self._results[key(case)]
        return calls, failed


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two files in which there is nothing."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "newline").write_text("\n")
    (folder / "empty").write_text("")
    return folder


@pytest.fixture(scope="module")
def followed(files: Path) -> Followed:
    return Followed(files)


def different(kind: str, name: str, base: Variables, left: Variables, right: Variables) -> list[str]:
    """The variables with which a play does not do the same, one by one: only asked for when a test fails."""
    pairs = [({**base, one: left[one]}, {**base, one: right[one]} if one in right else base) for one in left]
    results = follow([(kind, name, variables) for pair in pairs for variables in pair])
    return [one for one, first, second in zip(left, results[::2], results[1::2]) if first != second] or ["all of them together"]


# -- empty

Group = tuple[str, str, Variables, list[str]]
"""A play, and variables that it is given at once: all that the base leaves out, or one that is in the base."""


SELECTING = {"cis_to_publish": ("cis_namespace",)}
"""Variables that select the tenants to transfer: empty is refused (test_role_cis_refusals.py)."""


def groups() -> Iterator[Group]:
    plays = [("playbook", name, base, variables_of(name)) for name, base in BASE.items() if name != "site"]
    plays += [("playbook", "site", OF_ROLE[role], [name for name in variables_of("site") if name.startswith(f"{role}_")]) for role in IN_SITE]
    plays += [("role", role, OF_ROLE[role], list(OPTIONS[role])) for role in ROLES]
    for kind, name, base, names in plays:
        yield kind, name, base, [one for one in names if one not in base and one not in SELECTING.get(name, ())]
        yield from ((kind, name, without(base, one), [one]) for one in names if one in base)


OWNED = ("vks.bigip.publish", "vks.bigip.pod_bgp", "vks.bigip.pod_routes")
IN_SITE = ("antrea_npl", "cis", "pod_network", "publish")
GROUPS = [pytest.param(*group, id=f"{group[0]}-{group[1]}-{len(group[3])}-{group[3][0]}") for group in groups()]
NAMES = ("cis_namespace", "cis_release_name")
EMPTY = ("", " ", None)


@pytest.mark.parametrize(("kind", "name", "base", "names"), GROUPS)
def test_empty_counts_as_unset(kind: str, name: str, base: Variables, names: list[str], followed: Followed) -> None:
    calls, failed = followed(kind, name, {**base, **dict.fromkeys(names, "")})
    for module, arguments in calls:
        if module in OWNED and arguments["state"] != "present" and arguments["owner"] == "":
            arguments["owner"] = None  # test_an_empty_owner_of_what_is_removed_reaches_the_module
    if (calls, failed) != followed(kind, name, base):
        pytest.fail(f"not as if unset: {different(kind, name, base, dict.fromkeys(names, ''), {})}")


@pytest.mark.parametrize(("playbook", "calls"), LENGTHS.items())
def test_a_playbook_is_followed_to_its_end(playbook: str, calls: int, followed: Followed) -> None:
    """Otherwise the cases would compare little."""
    bases = [(kind, name, base) for kind, name, base, names in groups() if name == playbook and len(names) > 1]
    done = [followed(*case) for case in bases if case[0] == "playbook"]
    assert [failed for _calls, failed in done if failed] == []
    assert sum(len(each) for each, _failed in done) == calls


# -- an empty file, which AWX writes for an empty field of a credential

CA: list[tuple[Any, ...]] = [
    # a play, and its variable for the CA of the API server
    ("role", "cis", CIS, "cis_ca_cert"),
    ("role", "cis", {"cis_state": "absent"}, "cis_ca_cert"),
    ("entry", "cis/rest", {}, "cis_ca_cert"),
    ("role", "antrea_npl", OF_ROLE["antrea_npl"], "antrea_npl_ca_cert"),
    ("playbook", "cis_to_publish", {}, "ca_cert"),
]
HELM_ALONE = {"controllers": [{}], "module_fails": True}
"""Helm runs without its module: with a kubeconfig of the role, or by its own variables."""


IN_ENVIRONMENT = ("K8S_AUTH_SSL_CA_CERT", "K8S_AUTH_CA_CERT")
TOKENS = ("", "secret")


def cases_with_a_ca(files: Path) -> list[Case]:
    """Each play without a CA, with an empty file in its variable, and with one in the environment."""
    cases: list[Case] = []
    for kind, name, base, variable in CA:
        cases += [(kind, name, base), (kind, name, {**base, variable: str(files / "newline")})]
        cases += [(kind, name, base, {}, {one: str(files / "empty")}) for one in IN_ENVIRONMENT]
    return cases


def cases_with_helm(files: Path) -> list[Case]:
    environment = {"K8S_AUTH_SSL_CA_CERT": str(files / "empty")}
    return [("role", "cis", {"cis_state": "absent", "cis_api_key": token}, HELM_ALONE, environment) for token in TOKENS]


def test_an_empty_file_for_a_ca_counts_as_unset(files: Path, followed: Followed) -> None:
    # kubernetes.core hands the file on; our own modules get the path and do not read it
    for kind, name, base, variable in CA:
        unset, empty = followed(kind, name, base), followed(kind, name, {**base, variable: str(files / "newline")})
        assert not unset[1] and not empty[1], (kind, name, unset[1], empty[1])
        assert [call for call in empty[0] if call[0].startswith("kubernetes.core")] == [call for call in unset[0] if call[0].startswith("kubernetes.core")]


@pytest.mark.parametrize("name", IN_ENVIRONMENT)
def test_an_empty_file_in_the_environment_counts_as_unset(name: str, files: Path, followed: Followed) -> None:
    for kind, play, base, _variable in CA:
        calls, failed = followed(kind, play, base, {}, {name: str(files / "empty")})
        ours = [given for module, given in calls if module.startswith("kubernetes.core")]
        assert not failed and ours and all(given["environment"] == {name: ""} for given in ours)


@pytest.mark.parametrize("token", TOKENS)
def test_helm_without_its_module_does_not_get_an_empty_file(token: str, files: Path, followed: Followed) -> None:
    calls, failed = followed(*cases_with_helm(files)[TOKENS.index(token)])
    assert not failed
    (helm,) = [given for module, given in calls if module == "ansible.builtin.command" and "uninstall" in given["argv"]]
    assert "HELM_KUBECAFILE" not in helm["environment"] and "KUBECONFIG" not in helm["environment"]
    assert bool(helm.get("stdin")) == bool(token) and str(files) not in json.dumps(helm.get("stdin"))


CONTENT = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "other",
    "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": "default"}} for name in ("other", "main")],
    "clusters": [{"name": name, "cluster": {"server": f"https://{name}.example:6443"}} for name in ("other", "main")],
    "users": [{"name": name, "user": {"token": f"t-{name}", "client-key-data": f"key-{name}"}} for name in ("other", "main")],
}


CONTEXTS: list[tuple[Variables, str]] = [({}, "other"), ({"cis_context": "main"}, "main")]
PLAYS: list[Case] = [("role", "cis", CIS), ("role", "cis", {"cis_state": "absent"}), ("entry", "cis/rest", {})]
OF_CONTENT = [(*play, more) for play in PLAYS for more, _context in CONTEXTS]


def case_of_content(kind: str, name: str, base: Variables, more: Variables) -> Case:
    return kind, name, {**base, "cis_kubeconfig": CONTENT, **more}, HELM_ALONE if base.get("cis_state") == "absent" else {}


@pytest.mark.parametrize("more, context", CONTEXTS)
@pytest.mark.parametrize(("kind", "name", "base"), PLAYS)
def test_a_kubeconfig_that_is_a_dictionary_is_never_in_a_file(kind: str, name: str, base: Variables, more: Variables, context: str, followed: Followed) -> None:
    """A file remains if the play is killed. And kubernetes.core masks each value of the dictionary in its results."""
    case = case_of_content(kind, name, base, more)
    calls, failed = followed(*case)
    world = case[3]
    assert not failed
    assert not [module for module, _given in calls if module in ("ansible.builtin.copy", "ansible.builtin.tempfile", "ansible.builtin.template")]
    given = [arguments for module, arguments in calls if module.startswith("kubernetes.core")]
    assert given and all("context" not in arguments for arguments in given)
    piped = [json.loads(arguments["stdin"]) for _module, arguments in calls if arguments.get("stdin")]
    for kubeconfig in [*(arguments["kubeconfig"] for arguments in given), *(found for found in piped if "users" in found)]:
        assert [user["user"] for user in kubeconfig["users"]] == [{"token": f"t-{context}", "client-key-data": f"key-{context}"}]
        assert [one["cluster"] for one in kubeconfig["clusters"]] == [{"server": f"https://{context}.example:6443"}]
        assert not re.search('"(v1|Config|default|main|other)"', json.dumps(kubeconfig))
    assert not world or [given for module, given in calls if module == "ansible.builtin.command" and "uninstall" in given["argv"] and given.get("stdin")]


# -- what is removed


REMOVED = [{"tenant": "Shop", "application": ""}, {"tenant": "", "application": "web"}, {"tenant": "Shop", "application": None}]
EMPTIED = [{**item, "application": item["application"] or ""} for item in REMOVED]
REMOVALS: dict[str, Case] = {
    "teardown": ("playbook", "teardown", {"applications": REMOVED, "tenants": {"": {}}}),
    "teardown, text": ("playbook", "teardown", {"applications": yaml.safe_dump(REMOVED), "tenants": '{"": {}}'}),
    "absent": ("playbook", "publish", {"applications": REMOVED, "tenants": {"": {}}, "state": "absent"}),
    "released": ("playbook", "publish", {"applications": REMOVED, "tenants": {"": {}}, "state": "released"}),
    "role": ("role", "publish", {"publish_applications": REMOVED, "publish_tenants": {"": {}}, "publish_state": "absent"}),
}


@pytest.mark.parametrize("case", REMOVALS.values(), ids=REMOVALS.keys())
def test_an_empty_name_of_what_is_removed_reaches_the_module(case: Case, followed: Followed) -> None:
    """Which refuses it: unset would mean more than the user named."""
    calls, _failed = followed(*case)
    (arguments,) = [arguments for module, arguments in calls if module == "vks.bigip.publish"]
    assert [{key: item[key] for key in ("tenant", "application")} for item in arguments["applications"]] == EMPTIED
    assert arguments["tenants"] == {"": {}}


ROLE_OWNER = {"publish_applications": APPLICATIONS, "publish_owner": ""}
OWNERS: dict[str, Case] = {
    "teardown": ("playbook", "teardown", {"applications": APPLICATIONS, "owner": ""}),
    "absent": ("playbook", "publish", {"applications": APPLICATIONS, "owner": "", "state": "absent"}),
    "prune": ("playbook", "publish", {"applications": APPLICATIONS, "owner": "", "prune": "owner"}),
    "released": ("playbook", "publish_to_cis", {"applications": APPLICATIONS, **CIS, "owner": ""}),
    "role": ("role", "publish", {**ROLE_OWNER, "publish_state": "absent"}),
    "role, prune": ("role", "publish", {**ROLE_OWNER, "publish_prune": True}),
}


@pytest.mark.parametrize("case", OWNERS.values(), ids=OWNERS.keys())
def test_an_empty_owner_of_what_is_removed_reaches_the_module(case: Case, followed: Followed) -> None:
    """Which refuses it: unset would mean the owner that the cluster's UID names."""
    calls, _failed = followed(*case)
    assert {arguments["owner"] for module, arguments in calls if module == "vks.bigip.publish"} == {""}


@pytest.mark.parametrize("empty", EMPTY, ids=["empty", "blank", "null"])
@pytest.mark.parametrize("name", NAMES)
def test_an_empty_name_of_a_cis_to_remove_is_refused(name: str, empty: str | None, followed: Followed) -> None:
    calls, failed = followed("role", "cis", {"cis_state": "absent", name: empty})
    assert not calls and failed.startswith(f"{name} is empty") and "Nothing was removed." in failed
    assert not followed("role", "cis", {"cis_state": "absent"})[1]


# -- text

KUBECONFIG = {"apiVersion": "v1", "clusters": [], "contexts": [], "users": []}
SAMPLES: dict[str, Any] = {
    **{"canary_nodes": ["node-1"], "int": 7, "float": 1.5, "list of str": ["a", "b"], "dict": {"name": "value"}, "raw": KUBECONFIG},
    **{"applications": APPLICATIONS, "requests": REQUESTS, "pools": [{"tenant": "Shop", "application": "web", "pool": "pool"}]},
    **{"services": [{"name": "web", "namespace": "shop"}], "tolerations": [{"operator": "Exists"}], "proxy_headers": {"user_agent": "awx"}},
    **{"tenants": {"Shop": {"label": "shop"}}, "declaration": {"class": "ADC", "Shop": {"class": "Tenant"}}, "provider": {"server": ["192.0.2.1"]}},
}
"""By the name of the variable, or else by its type."""
BESIDE = {"supervisor_namespace": "team-a", "cluster_name": "shop"}
"""The options that supervisor_kubeconfig needs."""


def sample(role: str, name: str, number: int) -> Any:
    """A value of the variable. A boolean has two."""
    choices = [choice for choice in OPTIONS[role][name].get("choices", ()) if choice]
    if kind_of(role, name) in ("bool", "raw") and number:
        return False if kind_of(role, name) == "bool" or name in ("cis_ipam", "cis_static_routing") else KUBECONFIG
    if kind_of(role, name) == "bool":
        return True
    return choices[:2] if choices else SAMPLES.get(name.removeprefix(f"{role}_"), SAMPLES.get(kind_of(role, name)))


def text(value: Any, number: int) -> str:
    """The text of this value in a survey, or in -e name=value. There are two ways to write each."""
    if isinstance(value, (bool, int, float)):
        return (str(value), str(value).lower())[number]
    if isinstance(value, dict) or isinstance(value[0], dict):
        return (json.dumps(value), yaml.safe_dump(value))[number]
    return (",".join(value), ",".join([*value, ""]))[number]  # Ansible's own check of a role's choices knows no blanks


def converted(role: str, number: int) -> Variables:
    """Every variable of another type than text, with a value. A module gets what is raw as it was given; the role cis describes it."""
    names = [name for name in OPTIONS[role] if kind_of(role, name) not in ("str", "path", "raw" if role != "cis" else "")]
    return {name: sample(role, name, number) for name in names}


def in_text(values: Variables, number: int) -> Variables:
    return {name: text(value, number) for name, value in values.items()}


FOLLOWED = [role for role in ROLES if role != "cis"]
"""Of the role cis, many variables exclude each other."""


def beside(role: str) -> Variables:
    return {**OF_ROLE[role], **{f"{role}_{name}": value for name, value in BESIDE.items() if f"{role}_{name}" in OPTIONS[role]}}


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("role", FOLLOWED)
def test_text_is_converted(role: str, number: int, followed: Followed) -> None:
    base, values = beside(role), converted(role, number)
    calls, failed = followed("role", role, {**base, **values})
    assert not failed and calls
    if followed("role", role, {**base, **in_text(values, number)}) != (calls, failed):
        pytest.fail(f"not converted: {different('role', role, base, values, in_text(values, number))}")


@pytest.mark.parametrize("number", [0, 1])
def test_text_is_converted_for_the_role_cis(number: int) -> None:
    """All of its tasks use the variables as the filter returns them: test_role_cis.py."""
    values = converted("cis", number)
    kinds = yaml.safe_load((ROOT / "roles" / "cis" / "vars" / "main.yml").read_text())["__cis_given"]
    results = []
    for given in (values, in_text(values, number)):
        grouped = {kind: {name: given[name] for name in names if name in given} for kind, names in kinds.items()}
        results.append(checked(grouped, OPTIONS["cis"], "cis_"))
    assert results[0] == results[1] and results[0]["refused"] == []


def using(role: str, name: str) -> Variables:
    """Variables with which the role uses this one."""
    return {**OF_ROLE[role], **({"pod_network_method": "bgp"} if "Only for the method bgp." in OPTIONS[role][name]["description"] else {})}


WRONG = {"int": "seven", "float": "seven", "bool": "maybe"}
REFUSED = [
    (role, name, WRONG.get(kind_of(role, name), "nonsense"))
    for role in ROLES
    for name in OPTIONS[role]
    if kind_of(role, name) in WRONG or "choices" in OPTIONS[role][name]
]


@pytest.mark.parametrize(("role", "name", "wrong"), REFUSED)
def test_what_cannot_be_converted_is_refused_by_name(role: str, name: str, wrong: str, followed: Followed) -> None:
    _calls, failed = followed("role", role, {**using(role, name), name: wrong})
    assert re.search(rf"\b({name}|{name.removeprefix(role + '_')})\b", failed)


SENTENCES: list[tuple[str, Variables, str]] = [
    ("verify", {"requests": [{"url": "http://192.0.2.10/", "method": "POST"}]}, "value of method must be one of: GET, HEAD, OPTIONS, got: POST"),
    ("verify", {"applications": [{"tenant": "", "application": "web"}]}, "verify_applications: an element has no tenant."),
    ("cis_to_publish", {"cis_leave_out": "maybe"}, "cis_leave_out is maybe. Set it to true or false."),
    ("publish_to_cis", {"cis_leave_out": "maybe"}, "cis_leave_out is maybe. Set it to true or false."),
]


@pytest.mark.parametrize(("playbook", "variables", "sentence"), SENTENCES)
def test_a_playbook_refuses_what_its_role_refuses(playbook: str, variables: Variables, sentence: str, followed: Followed) -> None:
    calls, failed = followed("playbook", playbook, variables)
    assert not calls and failed.startswith(sentence)


def every_case() -> Iterator[Case]:
    for kind, name, base, names in groups():
        yield kind, name, base
        yield kind, name, {**base, **dict.fromkeys(names, "")}
    for role in FOLLOWED:
        for number in (0, 1):
            values = converted(role, number)
            yield "role", role, {**beside(role), **values}
            yield "role", role, {**beside(role), **in_text(values, number)}
    for role, name, wrong in REFUSED:
        yield "role", role, {**using(role, name), name: wrong}
    yield from (*REMOVALS.values(), *OWNERS.values())
    yield from (("playbook", playbook, variables) for playbook, variables, _sentence in SENTENCES)
    yield "role", "cis", {"cis_state": "absent"}
    for empty in EMPTY:
        yield from (("role", "cis", {"cis_state": "absent", name: empty}) for name in NAMES)


# -- the tables above


def test_every_playbook_has_its_cases() -> None:
    # The playbook awx runs no module of ours, and no job: test_awx_objects.py.
    assert set(BASE) == {path.stem for path in (ROOT / "playbooks").glob("*.yml")} - {"awx"}
    assert {role for role, _given in roles_of(yaml.safe_load((ROOT / "playbooks" / "site.yml").read_text()))} == set(IN_SITE)


@pytest.mark.parametrize(
    ("playbook", "some"),
    [
        ("publish", {"provider", "state", "route_domain", "min_members"}),
        ("cis_to_publish", {"cis_leave_out", "cis_release_name", "pool_member_type", "validate_certs"}),
        ("publish_to_cis", {"cis_verify", "applications", "provider", "cis_leave_out"}),
        ("verify", {"min_members", "requests", "provider"}),
        ("deploy_cis", {"cis_namespace"}),
    ],
)
def test_variables_are_found(playbook: str, some: set[str]) -> None:
    assert some <= set(variables_of(playbook))
    assert not set(variables_of(playbook)) & {"item", "omit", "migration_cis"}
