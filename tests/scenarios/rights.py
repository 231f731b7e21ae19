# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ServiceAccounts with exactly the roles of docs/rbac, and the rules that each used, from the API server's audit log."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, product
from pathlib import Path
from typing import Any

import yaml

from runner.places import ROOT

from .site import Site
from .waiting import HANGS

RBAC = ROOT / "docs" / "rbac"
HOME = "robots"  # the namespace of the accounts
# Placeholders in the files for values of the user.
YOURS = {"namespace: TEAM": "namespace: team-a"}
# ClusterRoles that the documentation binds in the namespace of some Services.
IN_NAMESPACE = {"vks-bigip-antrea-npl-services": "default"}
# The right that every account has: to query its own rights.
_OF_ALL = ("authorization.k8s.io", "authentication.k8s.io")

Objects = list[dict[str, Any]]


@dataclass(frozen=True, order=True)
class Right:
    """One verb on one resource. An empty namespace or name means all of them. In a request, it means that the request names none."""

    verb: str
    resource: str
    group: str = ""
    namespace: str = ""
    name: str = ""

    def allows(self, request: Right) -> bool:
        same = (self.verb, self.resource, self.group) == (request.verb, request.resource, request.group)
        return same and self.namespace in ("", request.namespace) and self.name in ("", request.name)

    def __str__(self) -> str:
        kind = f"{self.resource}.{self.group}" if self.group else self.resource
        return f"{self.verb} {kind}{f' {self.name}' if self.name else ''}{f' in {self.namespace}' if self.namespace else ''}"


def objects(file: str) -> Objects:
    """The objects of a file. A Role without a namespace is for `default` here."""
    text = (RBAC / file).read_text()
    for word, ours in YOURS.items():
        text = text.replace(word, ours)
    manifest = yaml.safe_load(text)
    found = list(manifest["items"] if manifest["kind"] == "List" else [manifest])
    for each in found:
        if each["kind"] == "Role":
            each["metadata"].setdefault("namespace", "default")
    return found


def is_role(each: dict[str, Any]) -> bool:
    return each["kind"] in ("Role", "ClusterRole")


def names_of(each: dict[str, Any]) -> set[str]:
    """The name of an object, alone and with its kind."""
    name = each["metadata"]["name"]
    return {name, f"{each['kind']}/{name}"}


def bound_in(role: dict[str, Any]) -> str:
    """The namespace of the binding; empty for a ClusterRoleBinding."""
    return str(role["metadata"].get("namespace") or IN_NAMESPACE.get(role["metadata"]["name"], ""))


def rights_of(role: dict[str, Any]) -> Iterator[Right]:
    namespace = bound_in(role)
    for rule in role["rules"] if is_role(role) else ():
        for verb, resource, group, name in product(rule["verbs"], rule["resources"], rule["apiGroups"], rule.get("resourceNames", [""])):
            yield Right(verb, resource, group, namespace, name)


class Account:
    """One ServiceAccount with these roles, each bound by the command of docs/rbac/README.md. `beside`: roles that another account tests."""

    def __init__(self, site: Site, folder: Path, name: str, given: Objects, beside: Objects, supervisor: bool) -> None:
        self._site, self._name = site, name
        self._rights = {right for role in given for right in rights_of(role)}
        self._all = self._rights | {right for role in beside for right in rights_of(role)}
        variables = site.variables()
        self._log = Path(variables["LAB_SUPERVISOR_AUDIT_LOG" if supervisor else "LAB_AUDIT_LOG"])
        self._admin = variables["VKS_SUPERVISOR_KUBECONFIG" if supervisor else "K8S_AUTH_KUBECONFIG"]
        home: dict[str, Any] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": HOME}}
        account: dict[str, Any] = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": HOME}}
        manifest = {"apiVersion": "v1", "kind": "List", "items": [home, account, *given, *beside]}
        self._kubectl("apply", "-f", "-", stdin=json.dumps(manifest))
        for role in filter(is_role, [*given, *beside]):
            self._bind(role)
        self.kubeconfig = folder / f"{name}.kubeconfig"
        self.kubeconfig.write_text(json.dumps(self._signed_in(self._kubectl("-n", HOME, "create", "token", name).strip())))

    def _kubectl(self, *words: str, stdin: str | None = None) -> str:
        return self._site.kubectl(f"--kubeconfig={self._admin}", *words, stdin=stdin)

    def _bind(self, role: dict[str, Any]) -> None:
        of, namespace = role["metadata"]["name"], bound_in(role)
        words = [f"{self._name}-{of}", f"--{role['kind'].lower()}={of}", f"--serviceaccount={HOME}:{self._name}"]
        if namespace:
            self._kubectl("-n", namespace, "create", "rolebinding", *words)
        else:
            self._kubectl("create", "clusterrolebinding", *words)

    def _signed_in(self, token: str) -> dict[str, Any]:
        """The lab's kubeconfig, whose user is this account."""
        config: dict[str, Any] = json.loads(self._kubectl("config", "view", "--raw", "--flatten", "-o", "json"))
        config["users"] = [{**config["users"][0], "user": {"token": token}}]
        return config

    # -- the used rules

    def _events(self) -> Iterator[dict[str, Any]]:
        who = f"system:serviceaccount:{HOME}:{self._name}"
        with self._log.open() as lines:
            for line in lines:
                if who in line and (event := json.loads(line))["user"]["username"] == who and "objectRef" in event:
                    yield event

    def _requests(self, decision: str) -> set[Right]:
        """The requests with this decision. A request that applied a missing object also needed the right to create it."""
        found: set[Right] = set()
        for event in self._events():
            if event["annotations"].get("authorization.k8s.io/decision") == decision:
                of = event["objectRef"]
                resource = "/".join(filter(None, (of["resource"], of.get("subresource"))))
                # A POST has the name in its body, which no rule can match.
                name = "" if event["verb"] == "create" else of.get("name", "")
                verbs = [event["verb"]] + ["create"] * (event["verb"] == "patch" and event["responseStatus"]["code"] == 201)
                found |= {Right(verb, resource, of.get("apiGroup", ""), of.get("namespace", ""), name) for verb in verbs}
        return found

    def denied(self) -> set[str]:
        return {str(request) for request in self._requests("forbid")}

    def unneeded(self, created: Iterable[dict[str, Any]] = ()) -> set[str]:
        """The unused rights: without them, every request would still have been allowed.

        A ClusterRole's right to list is needed only if one list was of the whole cluster. Otherwise a Role is enough. A user who
        creates a role needs each right in it: `created`.
        """
        allowed = {request for request in self._requests("allow") if request.group not in _OF_ALL}
        needed = {own for role in created for right in rights_of(role) for own in self._rights if own.allows(right)}
        for request in allowed:
            by = [right for right in self._all if right.allows(request)]
            assert by, f"{request} was allowed, and not by what {self._name} was given"
            if len(by) == 1 and (by[0].verb not in ("list", "watch") or by[0].namespace == request.namespace or by[0].name):
                needed.add(by[0])
        return {str(right) for right in self._rights - needed}


Make = Callable[..., Account]


def maker(site: Site, folder: Path, test: str) -> Make:
    """Makes an account with the roles of these files: all of a file, or those that are named.

    A file is named as an argument, with __ for a dash; `beside` has further ones. A name stands for the roles of each kind, or
    has its kind before it: "ClusterRole/vks-bigip-info".
    """
    name, numbers = re.sub("[^a-z]+", "-", test.removeprefix("test_")).strip("-"), count()

    def chosen(files: Mapping[str, Sequence[str] | None]) -> Objects:
        made: Objects = []
        for file, names in files.items():
            found = objects(f"{file.replace('__', '-')}.yml")
            assert set(names or []) <= {name for each in found for name in names_of(each)}
            made += [each for each in found if names is None or not is_role(each) or names_of(each) & set(names)]
        return made

    def make(*, beside: Mapping[str, Sequence[str] | None] | None = None, on_supervisor: bool = False, **files: Sequence[str] | None) -> Account:
        return Account(site, folder, f"{name}-{next(numbers)}", chosen(files), chosen(beside or {}), on_supervisor)

    return make


def succeeds(site: Site, account: Account, module: str, **arguments: Any) -> dict[str, Any]:
    result = site.module(module, kubeconfig=str(account.kubeconfig), **arguments)
    assert not result.get("failed"), result["msg"]
    return result


def plays(site: Site, account: Account, folder: Path, role: str, *flags: str, tasks_from: str = "main", **variables: Any) -> str:
    """The output of a play that runs a role, with the connections in the environment."""
    task = {"name": "Run the role", "ansible.builtin.include_role": {"name": f"vks.bigip.{role}", "tasks_from": tasks_from}}
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [task]}
    (folder / "play.yml").write_text(json.dumps([play]))
    return runs(site, account, folder, "play.yml", *flags, **variables)


def runs(site: Site, account: Account, folder: Path, playbook: str, *flags: str, **variables: Any) -> str:
    (folder / "variables.json").write_text(json.dumps({"ansible_python_interpreter": str(site.warm()), **variables}))
    connections = [f"{name}={account.kubeconfig}" for name in ("K8S_AUTH_KUBECONFIG", "KUBECONFIG")]
    done = site.ansible("env", *connections, "ansible-playbook", playbook, "-e", "@variables.json", *flags, cwd=folder)
    assert done.returncode == 0, f"{done.stdout}\n{account.denied()}"
    return done.stdout


def published(site: Site, account: Account, mode: str, **options: Any) -> dict[str, Any]:
    application = site.application(pool_member_type=mode)
    result = succeeds(site, account, "publish", applications=[application], provider=site.provider(), wait_up=HANGS, **options)
    assert result["changed"] and site.members()
    return result


def exact(account: Account, *unneeded: str, denied: Iterable[str] = (), created: Iterable[dict[str, Any]] = ()) -> None:
    """Only optional rights may be denied, and only a rule that another test uses may be unused."""
    asked, left_over = account.denied(), account.unneeded(created)
    assert asked == set(denied), f"denied: {sorted(asked)}, expected: {sorted(denied)}"
    assert left_over == set(unneeded), f"rules that were not needed: {sorted(left_over)}, expected: {sorted(unneeded)}"
