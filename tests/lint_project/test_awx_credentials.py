# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of AWX reach every module: AWX's own code injects each combination of fields, and each module reads what it injects.

test_awx_credentials_used.py then connects with them.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from ansible_collections.vks.bigip.plugins.module_utils._boundary.unset import is_empty_file
from ansible_collections.vks.bigip.plugins.module_utils._cis.connections import AnsibleHost, Connections
from ansible_collections.vks.bigip.plugins.module_utils._watch.options import ChangesOptions
from ansible_collections.vks.bigip.tests.unit.plugins.modules.test_every_option import MODULES, params_of, spec_of, value_of
from ansible_collections.vks.bigip.tests.unit.support import own_machine
from injected import KUBERNETES, Injected, inject
from runner.places import ROOT

FILE = ROOT / "playbooks" / "vars" / "awx" / "credential_types.yml"
LEFT_OUT = object()
"""A client of AWX's API left the field out. AWX's form sends an empty text instead."""
PEM = trustme.CA().cert_pem.bytes().decode()
Inputs = dict[str, Any]
Case = tuple[Inputs, Injected]


class _Loader(yaml.SafeLoader):
    """Reads !unsafe as text, as Ansible does."""


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))  # type: ignore[arg-type]


def credential_type(name: str) -> dict[str, Any]:
    (found,) = [each for each in yaml.load(FILE.read_text(), Loader=_Loader)["controller_credential_types"] if each["name"].startswith(name)]
    return dict(found)


def combinations(always: Mapping[str, Any], fields: Mapping[str, tuple[Any, ...]]) -> list[Inputs]:
    """Every combination of the values of the fields, beside those that each credential has."""
    every = (dict(zip(fields, values)) for values in itertools.product(*fields.values()))
    return [{**always, **{name: value for name, value in one.items() if value is not LEFT_OUT}} for one in every]


EMPTY = (LEFT_OUT, "")
OF_BIGIP = combinations(
    {"server": "bigip.example.com", "user": "publisher", "password": "{{ pass }} word"},
    {"server_port": (*EMPTY, "8443"), "auth_provider": (*EMPTY, "radius"), "ca_cert": (*EMPTY, "\n", PEM), "insecure": (LEFT_OUT, False, True)},
)
OF_KUBERNETES = combinations(
    {"host": "https://cluster.example:6443", "bearer_token": "t0ken-of-awx"}, {"verify_ssl": (LEFT_OUT, False, True), "ssl_ca_cert": (*EMPTY, PEM)}
)
KUBECONFIG = "apiVersion: v1\nkind: Config\nclusters: []\n"
OF_SUPERVISOR = combinations({"kubeconfig": KUBECONFIG}, {"context": (*EMPTY, "main"), "namespace": (*EMPTY, "team-a"), "cluster_name": (*EMPTY, "shop")})
# AWX's form refuses it, but an older credential may lack the field, or an external secret store may return nothing.
EMPTY_SUPERVISOR = combinations({}, {"kubeconfig": EMPTY, "namespace": ("", "team-a")})


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own_machine.hide(monkeypatch, tmp_path)


def cases(name: str, credentials: list[Inputs], factory: pytest.TempPathFactory) -> list[Case]:
    of = name if name == KUBERNETES else credential_type(name)
    return list(zip(credentials, inject(of, credentials, factory.mktemp("awx"))))


@pytest.fixture(scope="module")
def of_bigip(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    return cases("BIG-IP", OF_BIGIP, tmp_path_factory)


@pytest.fixture(scope="module")
def of_kubernetes(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    return cases(KUBERNETES, OF_KUBERNETES, tmp_path_factory)


@pytest.fixture(scope="module")
def of_supervisor(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    return cases("VKS Supervisor", [*OF_SUPERVISOR, *EMPTY_SUPERVISOR], tmp_path_factory)


def each(found: list[Case], monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    """The cases, each with its variables in the environment."""
    for case in found:
        with monkeypatch.context() as patch:
            for name, value in case[1].variables.items():
                patch.setenv(name, value)
            yield case


def having(option: str) -> list[str]:
    return [module for module in MODULES if option in spec_of(module)]


def content(path: str | None) -> str | None:
    """The certificates that a path names; None if there is no path, or nothing in its file."""
    return None if not path or is_empty_file(path) else Path(path).read_text()


def given(inputs: Inputs, name: str) -> Any:
    """The field as its user means it: an empty one is unset."""
    return (inputs.get(name) or "").strip() and inputs[name] or None


# -- BIG-IP


def expected_provider(inputs: Inputs) -> dict[str, Any]:
    return {
        "server": [inputs["server"]],
        "server_port": int(given(inputs, "server_port") or 443),
        "user": inputs["user"],
        "password": inputs["password"],
        "auth_provider": given(inputs, "auth_provider") or "tmos",
        "validate_certs": not inputs.get("insecure", False),
        "ca_cert": given(inputs, "ca_cert"),
    }


@pytest.mark.parametrize("module", having("provider"))
def test_bigip(module: str, of_bigip: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    for inputs, _injected in each(of_bigip, monkeypatch):
        provider = params_of(module, value_of(spec_of(module)))["provider"]
        expected = expected_provider(inputs)
        assert {**{name: provider[name] for name in expected}, "ca_cert": content(provider["ca_cert"])} == expected, inputs
        assert provider["token"] is provider["proxy"] is None


def test_an_empty_field_for_a_ca_names_no_file(of_bigip: list[Case]) -> None:
    """Other collections read F5_CA_CERT too, and refuse an empty file."""
    for inputs, injected in of_bigip:
        assert bool(injected.variables["F5_CA_CERT"]) is bool(inputs.get("ca_cert"))


# -- the cluster, by AWX's own credential


def expected_connection(inputs: Inputs) -> dict[str, Any]:
    verified = inputs.get("verify_ssl", False) and bool(given(inputs, "ssl_ca_cert"))
    return {
        "host": inputs["host"],
        "api_key": inputs["bearer_token"],
        "validate_certs": verified,
        "ca_cert": given(inputs, "ssl_ca_cert") if verified else None,
        **dict.fromkeys(("kubeconfig", "context", "username", "password", "client_cert", "proxy")),
    }


def seen(options: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: options[name] for name in expected}, "ca_cert": content(options["ca_cert"])}


@pytest.mark.parametrize("module", having("kubeconfig"))
def test_kubernetes(module: str, of_kubernetes: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    for inputs, _injected in each(of_kubernetes, monkeypatch):
        expected = expected_connection(inputs)
        assert seen(params_of(module, value_of(spec_of(module))), expected) == expected, inputs


def test_kubernetes_for_the_event_source(of_kubernetes: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    for inputs, _injected in each(of_kubernetes, monkeypatch):
        expected = expected_connection(inputs)
        assert seen(ChangesOptions.from_arguments({}).connection, expected) == expected, inputs


ROLE_CIS = "cis_"


def test_kubernetes_for_helm(of_kubernetes: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    """The role cis starts Helm, which reads no variable of K8S_AUTH_*."""
    specs = yaml.safe_load((ROOT / "roles" / "cis" / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    options = dict.fromkeys(name.removeprefix(ROLE_CIS) for name in specs)
    for inputs, _injected in each(of_kubernetes, monkeypatch):
        command = Connections(options, AnsibleHost(os.environ, is_empty_file, None, "python3")).helm_command()
        (cluster,) = command["kubeconfig"]["clusters"]
        expected = expected_connection(inputs)
        assert cluster["cluster"]["server"] == expected["host"] and command["kubeconfig"]["users"][0]["user"] == {"token": expected["api_key"]}
        assert cluster["cluster"]["insecure-skip-tls-verify"] is not expected["validate_certs"]
        assert content(cluster["cluster"]["certificate-authority"]) == expected["ca_cert"]


# -- the Supervisor


@pytest.mark.parametrize("module", having("supervisor_kubeconfig"))
def test_supervisor(module: str, of_supervisor: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of a job template or a host name the cluster if the credential does not."""
    of_host = {"supervisor_namespace": "of-the-host", "cluster_name": "of-the-host"}
    for inputs, _injected in each(of_supervisor, monkeypatch):
        fields = {"supervisor_namespace": given(inputs, "namespace"), "cluster_name": given(inputs, "cluster_name")}
        of_template = {name: of_host[name] for name, value in fields.items() if not value}
        params = params_of(module, value_of(spec_of(module)) | of_template)
        assert content(params["supervisor_kubeconfig"]) == given(inputs, "kubeconfig"), inputs
        assert params["supervisor_context"] == given(inputs, "context")
        assert {name: params[name] for name in fields} == {**fields, **of_template}


# -- all of them


def test_a_secret_is_not_in_what_awx_shows(of_bigip: list[Case], of_supervisor: list[Case]) -> None:
    """AWX keeps these variables with the job, for everyone who may see it."""
    for inputs, injected in [*of_bigip, *of_supervisor]:
        secret = inputs.get("password") or inputs.get("kubeconfig")
        assert not secret or secret not in injected.shown.values()
        assert "password" not in inputs or inputs["user"] in injected.shown.values()  # others are


def test_all_credentials_of_a_job_at_once(of_bigip: list[Case], of_kubernetes: list[Case], of_supervisor: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    """They share no variable: AWX would take the one of the last credential."""
    names = [set(found[-1][1].variables) for found in (of_bigip, of_kubernetes, of_supervisor)]
    assert len(set.union(*names)) == sum(map(len, names))
    for found in (of_bigip, of_kubernetes, of_supervisor):
        for name, value in found[0][1].variables.items():
            monkeypatch.setenv(name, value)
    for module in MODULES:
        params_of(module, value_of(spec_of(module)) | ({"supervisor_namespace": "a", "cluster_name": "b"} if module in having("supervisor_kubeconfig") else {}))


# -- the file


@pytest.mark.parametrize("name", ["BIG-IP", "VKS Supervisor"])
def test_awx_accepts_the_type(name: str) -> None:
    """AWX checks the fields of a type, and it ignores some mistakes. The kind net adds the variables of AWX's network credential."""
    found = credential_type(name)
    assert set(found) == {"name", "description", "kind", "inputs", "injectors"} and found["kind"] == "cloud"
    fields = {field["id"]: field for field in found["inputs"]["fields"]}
    allowed = {"id", "label", "type", "help_text", "secret", "multiline"}  # a default of a boolean would be wrong for AWX's API
    assert all(set(field) <= allowed and field["label"] and field["type"] in ("string", "boolean") for field in fields.values())
    assert all(field["type"] == "string" or not field.get("secret") for field in fields.values())
    assert set(found["inputs"]["required"]) <= set(fields) and set(found["injectors"]) == {"file", "env"}
    files = {label.removeprefix("template.") for label in found["injectors"]["file"]}
    templates = [*found["injectors"]["file"].values(), *found["injectors"]["env"].values()]
    assert set(re.findall(r"tower\.filename\.(\w+)", "".join(templates))) == files
    assert all(re.search(rf"\b{field}\b", "".join(templates)) for field in fields)


def test_each_template_is_for_awx_and_not_for_ansible() -> None:
    """Ansible would replace a template that is not marked !unsafe, when infra.controller_configuration or our playbook reads the file."""
    lines = [line for line in FILE.read_text().splitlines() if "{{" in line or "{%" in line]
    assert lines and all("!unsafe " in line for line in lines)
