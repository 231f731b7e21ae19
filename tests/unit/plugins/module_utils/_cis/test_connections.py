# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections of the role cis: the variables first, then the environment, then what CIS gets."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis.connections import AnsibleHost, Connections
from ansible_collections.vks.bigip.tests.unit.support.cis_world import World, options

CONTENT = {
    "current-context": "main",
    "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in ("main", "other")],
    "clusters": [{"name": name, "cluster": {"server": f"https://{name}"}} for name in ("main", "other")],
    "users": [{"name": name, "user": {"token": name}} for name in ("main", "other")],
}
HIDDEN = {"secrets": "in memory", **CONTENT}


def connect(
    changed: World | None = None, environment: dict[str, str] | None = None, local: bool = True
) -> Connections:
    """The file /empty has no content, and the kubeconfig at /path is read."""

    def in_memory(given: Any) -> Any:
        return HIDDEN if given == "/path" else given

    ansible_host = AnsibleHost(environment or {}, "/empty".__eq__, in_memory if local else None, "python3")
    return Connections(options(**changed or {}), ansible_host)


def only(name: str) -> World:
    """The kubeconfig with this context alone."""
    own = "vks-bigip-role-cis"
    return {
        "clusters": [{"name": own, "cluster": {"server": f"https://{name}"}}],
        "users": [{"name": own, "user": {"token": name}}],
        "contexts": [{"name": own, "context": {"cluster": own, "user": own}}],
        "current-context": own,
    }


NAMELESS = {"contexts": [{"context": {"cluster": "main"}}], "clusters": CONTENT["clusters"]}


def content(
    context: World | None = None, clusters: Any = CONTENT["clusters"], **parts: World
) -> tuple[World, World, bool, World]:
    """A kubeconfig with a nameless user and this context; the parts that the one for kubernetes.core has."""
    contexts = [{"name": "main", "context": context or {"cluster": "main", "user": "main"}}]
    users = [{"user": {"token": "nameless"}}, *CONTENT["users"]]
    given = {"current-context": "main", "contexts": contexts, "clusters": clusters, "users": users}
    made = only("main")
    for kind, part in parts.items():
        made[f"{kind}s"] = [{"name": "vks-bigip-role-cis", kind: part}]
    return {"kubeconfig": given}, {}, True, {"kubeconfig": made}


KUBECONFIG = {"kubeconfig": CONTENT}
KUBERNETES: dict[str, tuple[World, dict[str, str], bool, World]] = {
    # variables, the environment, whether modules run here, the arguments
    "nothing": ({}, {}, True, {}),
    "a token": (
        {"host": "https://h", "api_key": "t", "validate_certs": False},
        {},
        True,
        {"host": "https://h", "api_key": "t", "validate_certs": False},
    ),
    "the environment is left to the modules": (
        {},
        {"K8S_AUTH_HOST": "https://h", "K8S_AUTH_CONTEXT": "c"},
        True,
        {},
    ),
    "a path that is not read": (
        {"kubeconfig": "/other", "context": "c"},
        {},
        True,
        {"kubeconfig": "/other", "context": "c"},
    ),
    "a path": ({"kubeconfig": "/path"}, {}, True, {"kubeconfig": only("main")}),
    "a path in the environment": ({}, {"K8S_AUTH_KUBECONFIG": "/path"}, True, {"kubeconfig": only("main")}),
    "a path, elsewhere": (
        {"kubeconfig": "/path", "context": "other"},
        {},
        False,
        {"kubeconfig": "/path", "context": "other"},
    ),
    "content": (KUBECONFIG, {}, True, {"kubeconfig": only("main")}),
    "another context": ({**KUBECONFIG, "context": "other"}, {}, True, {"kubeconfig": only("other")}),
    "another context in the environment": (
        KUBECONFIG,
        {"K8S_AUTH_CONTEXT": "other"},
        True,
        {"kubeconfig": only("other")},
    ),
    "an unknown context": ({**KUBECONFIG, "context": "none"}, {}, True, {"kubeconfig": CONTENT}),
    "content, elsewhere": (KUBECONFIG, {}, False, {"kubeconfig": only("main")}),
    "a path in the environment, elsewhere": ({}, {"K8S_AUTH_KUBECONFIG": "/path"}, False, {}),
    "a path of the user first": (
        {"kubeconfig": "/other"},
        {"K8S_AUTH_KUBECONFIG": "/path"},
        True,
        {"kubeconfig": "/other"},
    ),
    "a context without a user": content(context={"cluster": "main"}, user={}),
    "a cluster that is not there": content(clusters=None, cluster={}),
    "an empty context": (
        {"kubeconfig": (odd := {**CONTENT, "contexts": [{"name": "main", "context": None}]})},
        {},
        True,
        {"kubeconfig": odd},
    ),
    "no contexts": ({"kubeconfig": (none := {**CONTENT, "contexts": None})}, {}, True, {"kubeconfig": none}),
    "no names": ({"kubeconfig": NAMELESS}, {}, True, {"kubeconfig": NAMELESS}),
}


@pytest.mark.parametrize(("changed", "environment", "local", "expected"), KUBERNETES.values(), ids=KUBERNETES)
def test_kubernetes(changed: World, environment: dict[str, str], local: bool, expected: World) -> None:
    connections = connect(changed, environment, local)
    assert connections.kubernetes() == expected
    assert connections.helm() == {**expected, "binary_path": "helm"}
    assert connect({**changed, "helm_binary": "/helm"}, environment, local).helm() == {
        **expected,
        "binary_path": "/helm",
    }


def test_what_modules_of_this_collection_know() -> None:
    assert connect({"allow_exec": True, "allow_http": False}).allowed() == {
        "allow_exec": True,
        "allow_http": False,
    }
    assert connect().allowed() == {}


def test_an_empty_file_in_the_environment_counts_as_unset() -> None:
    given = {"K8S_AUTH_CA_CERT": "/empty", "K8S_AUTH_SSL_CA_CERT": "/full", "F5_CA_CERT": "/empty"}
    assert connect(environment=given).environment() == {"K8S_AUTH_CA_CERT": ""}


VERIFIED = {"HELM_KUBEINSECURE_SKIP_TLS_VERIFY": "false"}
OF_ENVIRONMENT = {
    **{
        "K8S_AUTH_HOST": "https://h",
        "K8S_AUTH_SSL_CA_CERT": "/full",
        "K8S_AUTH_CONTEXT": "c",
        "KUBECONFIG": "/k",
    },
    "K8S_AUTH_VERIFY_SSL": "no",
}
HELM: dict[str, tuple[World, dict[str, str], World]] = {
    # variables, the environment, the environment of Helm
    "nothing": ({}, {}, VERIFIED),
    "not verified": (
        {"validate_certs": False},
        {"K8S_AUTH_VERIFY_SSL": "yes"},
        {"HELM_KUBEINSECURE_SKIP_TLS_VERIFY": "true"},
    ),
    "the variables": (
        {"kubeconfig": "/other", "context": "c", "host": "https://h", "ca_cert": "/ca"},
        {},
        {
            **VERIFIED,
            "KUBECONFIG": "/other",
            "HELM_KUBECONTEXT": "c",
            "HELM_KUBEAPISERVER": "https://h",
            "HELM_KUBECAFILE": "/ca",
        },
    ),
    "the environment": (
        {},
        OF_ENVIRONMENT,
        {
            "KUBECONFIG": "/k",
            "HELM_KUBECONTEXT": "c",
            "HELM_KUBEAPISERVER": "https://h",
            "HELM_KUBECAFILE": "/full",
            "HELM_KUBEINSECURE_SKIP_TLS_VERIFY": "true",
        },
    ),
    "an empty CA": ({}, {"K8S_AUTH_SSL_CA_CERT": "/empty"}, VERIFIED),
    "the variables first": (
        {
            "kubeconfig": "/other",
            "context": "c",
            "host": "https://i",
            "ca_cert": "/ca",
            "validate_certs": True,
        },
        OF_ENVIRONMENT,
        {
            **VERIFIED,
            "KUBECONFIG": "/other",
            "HELM_KUBECONTEXT": "c",
            "HELM_KUBEAPISERVER": "https://i",
            "HELM_KUBECAFILE": "/ca",
        },
    ),
    **{
        f"verified by {word}": ({}, {"K8S_AUTH_VERIFY_SSL": word}, VERIFIED)
        for word in ("1", "On", "t", "true", "y", "yes", "True")
    },
    **{
        f"not verified by {word}": (
            {},
            {"K8S_AUTH_VERIFY_SSL": word},
            {"HELM_KUBEINSECURE_SKIP_TLS_VERIFY": "true"},
        )
        for word in ("0", "off", "x")
    },
}


@pytest.mark.parametrize(("changed", "environment", "expected"), HELM.values(), ids=HELM)
def test_helm_by_its_own_variables(changed: World, environment: dict[str, str], expected: World) -> None:
    assert connect(changed, environment).helm_command() == {
        "argv": ["helm"],
        "kubeconfig": {},
        "environment": expected,
    }


def test_helm_with_a_kubeconfig() -> None:
    command = connect({**KUBECONFIG, "helm_binary": "/helm"}).helm_command()
    assert command["argv"][::3] == ["python3", "/helm"] and command["kubeconfig"] == only("main")
    assert command["environment"] == VERIFIED
    changed = {**KUBECONFIG, "host": "https://h", "ca_cert": "/ca", "context": "other"}
    command = connect(changed, {"KUBECONFIG": "/k"}).helm_command()
    assert command["kubeconfig"] == only("other")
    assert command["environment"] == {**VERIFIED, "HELM_KUBEAPISERVER": "https://h", "HELM_KUBECAFILE": "/ca"}


@pytest.mark.parametrize(
    ("changed", "environment"),
    [
        (
            {**KUBECONFIG, "api_key": "t", "host": "https://h", "ca_cert": "/ca", "validate_certs": False},
            {"K8S_AUTH_API_KEY": "u"},
        ),
        (
            {},
            {
                **{"K8S_AUTH_API_KEY": "t", "K8S_AUTH_HOST": "https://h", "K8S_AUTH_SSL_CA_CERT": "/ca"},
                "K8S_AUTH_VERIFY_SSL": "no",
            },
        ),
    ],
)
def test_a_token_is_in_no_environment(changed: World, environment: dict[str, str]) -> None:
    command = connect(changed, environment).helm_command()
    assert command["environment"] == {} and command["argv"][::3] == ["python3", "helm"]
    assert command["kubeconfig"] == {
        **{"apiVersion": "v1", "kind": "Config", "current-context": "context"},
        "clusters": [
            {
                "name": "cluster",
                "cluster": {
                    "server": "https://h",
                    "certificate-authority": "/ca",
                    "insecure-skip-tls-verify": True,
                },
            }
        ],
        "users": [{"name": "user", "user": {"token": "t"}}],
        "contexts": [{"name": "context", "context": {"cluster": "cluster", "user": "user"}}],
    }
    verified = connect({"api_key": "t"}).helm_command()["kubeconfig"]["clusters"][0]["cluster"]
    assert verified == {"server": "", "certificate-authority": "", "insecure-skip-tls-verify": False}


def test_a_program_gets_the_kubeconfig_in_memory() -> None:
    """It starts with the path of a file that has no name in any folder."""
    argv = connect(KUBECONFIG).helm_command()["argv"][1:-1]
    program = [sys.executable, "-c", "import os; print(open(os.environ['KUBECONFIG']).read())"]
    done = subprocess.run(
        [sys.executable, *argv, *program],
        input=json.dumps(CONTENT),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == CONTENT


OWN = {"server": ["192.0.2.1"], "server_port": 443, "user": "cis", "password": "secret"}
BIGIP: dict[str, tuple[World, dict[str, str], World]] = {
    # variables, the environment, the provider
    "what CIS gets": ({}, {}, OWN),
    "another port": ({"bigip_url": "192.0.2.1:8443"}, {}, {**OWN, "server_port": 8443}),
    "a CA": ({"bigip_ca_cert": "PEM"}, {}, {**OWN, "ca_cert": "PEM"}),
    "a CA in the environment": ({"bigip_ca_cert": "PEM"}, {"F5_CA_CERT": "/full"}, OWN),
    "an empty CA in the environment": (
        {"bigip_ca_cert": "PEM"},
        {"F5_CA_CERT": "/empty"},
        {**OWN, "ca_cert": "PEM"},
    ),
    "any certificate": ({"insecure": True}, {}, {**OWN, "validate_certs": False}),
    "any certificate, but not for us": (
        {"insecure": True, "provider": {"validate_certs": True}},
        {},
        {**OWN, "validate_certs": True},
    ),
    "any certificate, and the environment": ({"insecure": True}, {"F5_VALIDATE_CERTS": "true"}, OWN),
    "any certificate, and a CA": (
        {"insecure": True, "bigip_ca_cert": "PEM"},
        {},
        {**OWN, "ca_cert": "PEM", "validate_certs": False},
    ),
    "a CA of a provider": (
        {"bigip_ca_cert": "PEM", "provider": {"ca_cert": "own"}},
        {},
        {**OWN, "ca_cert": "own"},
    ),
    "the environment": ({}, {"F5_SERVER": "s", "F5_USER": "u"}, {}),
    "a server in the environment": ({}, {"F5_SERVER": "s"}, {"user": "cis", "password": "secret"}),
    "a user in the environment": ({}, {"F5_USER": "u"}, {"server": ["192.0.2.1"], "server_port": 443}),
    "a server of a provider": (
        {"provider": {"server": ["b"]}},
        {},
        {"server": ["b"], "user": "cis", "password": "secret"},
    ),
    "a user of a provider": (
        {"provider": {"user": "u"}},
        {},
        {"server": ["192.0.2.1"], "server_port": 443, "user": "u"},
    ),
    "a provider": (
        {
            "provider": {"server": ["b"], "user": "u", "password": "p", "ca_cert": "", "proxy": None},
            "bigip_ca_cert": "PEM",
        },
        {},
        {"server": ["b"], "user": "u", "password": "p", "ca_cert": "PEM"},
    ),
    "a token": (
        {"provider": {"token": "t"}},
        {},
        {"server": ["192.0.2.1"], "server_port": 443, "token": "t"},
    ),
    "a login Secret": (
        {"bigip_username": "", "bigip_password": ""},
        {},
        {"server": ["192.0.2.1"], "server_port": 443},
    ),
    "no BIG-IP": ({"bigip_url": "", "bigip_username": ""}, {}, {}),
}


@pytest.mark.parametrize(("changed", "environment", "expected"), BIGIP.values(), ids=BIGIP)
def test_bigip(changed: World, environment: dict[str, str], expected: World) -> None:
    assert connect(changed, environment).bigip() == expected


SECRET = {
    "data": {name: base64.b64encode(f"{name}\n".encode()).decode() for name in ("username", "password")}
}
LOGIN = {"bigip_login_secret": "own", "bigip_username": "", "bigip_password": ""}
OF_CIS = {"auth_provider": "tmos"}


def test_the_login_of_cis() -> None:
    assert connect().bigip_of_cis({}) == OWN  # the same
    named = connect(LOGIN).bigip_of_cis(SECRET)
    assert named == {
        "server": ["192.0.2.1"],
        "server_port": 443,
        "user": "username",
        "password": "password",
        **OF_CIS,
    }
    given = {"provider": {"token": "t", "pwd": "x", "pass": "y", "auth_provider": "local", "proxy": "p"}}
    assert connect(given).bigip_of_cis({}) == {**OWN, **OF_CIS, "proxy": "p"}
    assert connect(environment={"F5_USER": "u"}).bigip_of_cis({}) == {**OWN, **OF_CIS}


def test_whether_cis_has_another_login() -> None:
    assert not connect().differs_from_cis()
    assert connect(LOGIN).differs_from_cis() and connect(environment={"F5_USER": "u"}).differs_from_cis()
