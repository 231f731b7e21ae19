# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The connections of the role. The environment has what the variables leave out, as modules read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .obstacles import decoded, url_of
from .wanted import Options

_ONLY = "vks-bigip-role-cis"
"""The name of the cluster, the user and the context in a kubeconfig for kubernetes.core.

kubernetes.core takes each value of a dictionary for a secret, and would mask v1 or default in its results.
"""

_CA_VARIABLES = ("K8S_AUTH_CA_CERT", "K8S_AUTH_SSL_CA_CERT")
_TRUE = ("1", "on", "t", "true", "y", "yes")

_IN_MEMORY = """\
import os, sys, tempfile
memory = getattr(os, "memfd_create", None)
file = os.fdopen(memory("kubeconfig"), "wb") if memory else tempfile.TemporaryFile()
file.write(sys.stdin.buffer.read())
file.flush()
file.seek(0)
os.set_inheritable(file.fileno(), True)
folder = "/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"
os.environ["KUBECONFIG"] = f"{folder}/{file.fileno()}"
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Starts a program with the kubeconfig of standard input. A file would stay when the play is killed."""


@dataclass(frozen=True)
class AnsibleHost:
    """Where Ansible runs.

    in_memory: puts the secrets of a kubeconfig, or of the file at a path, into memory. None if modules run
    elsewhere.
    """

    environment: Mapping[str, str]
    is_empty_file: Callable[[str], bool]
    in_memory: Callable[[Any], Any] | None
    python: str


class Connections:
    """Each method returns the arguments or the environment of one kind of module."""

    def __init__(self, options: Options, ansible_host: AnsibleHost) -> None:
        self._options, self._ansible_host = options, ansible_host

    # The cluster

    def environment(self) -> dict[str, str]:
        """A file without content counts as unset. Modules of kubernetes.core read the variables too."""
        return {name: "" for name in _CA_VARIABLES if self._ansible_host.is_empty_file(self._variable(name))}

    def kubernetes(self) -> dict[str, Any]:
        """For modules of kubernetes.core."""
        return self._kubernetes(self._own_kubeconfig())

    def allowed(self) -> dict[str, Any]:
        """For modules of this collection, which know these options."""
        return _given({name: self._options[name] for name in ("allow_exec", "allow_http")})

    def helm(self) -> dict[str, Any]:
        return {**self.kubernetes(), "binary_path": self.helm_program()}

    def helm_program(self) -> str:
        return str(self._options["helm_binary"] or "helm")

    def helm_command(self) -> dict[str, Any]:
        """How Helm starts without a module: `argv`, `kubeconfig` for its standard input, and `environment`.

        A token must not be in the environment of a command, so it is in a kubeconfig.
        """
        own, token = self._own_kubeconfig(), self._token()
        kubeconfig = self._kubeconfig_of_token() if token else own
        return {
            "argv": [
                *((self._ansible_host.python, "-c", _IN_MEMORY) if kubeconfig else ()),
                self.helm_program(),
            ],
            "kubeconfig": kubeconfig,
            "environment": {} if token else self._of_helm(own),
        }

    def _kubernetes(self, own: Any) -> dict[str, Any]:
        names = ("api_key", "ca_cert", "context", "host", "kubeconfig", "validate_certs")
        options = {name: self._options[name] for name in names}
        return _given({**options, "kubeconfig": own, "context": ""} if own else options)

    def _own_kubeconfig(self) -> dict[str, Any]:
        """A kubeconfig whose secrets are in memory, reduced to one context. Empty if a path is used."""
        kubeconfig = self._path_or_content()
        whole = self._ansible_host.in_memory(kubeconfig) if self._ansible_host.in_memory else kubeconfig
        if not isinstance(whole, Mapping):
            return {}
        used = _named(whole, "context", self._context() or whole.get("current-context") or "")
        if not used.get("cluster"):
            return dict(whole)
        context = {"cluster": _ONLY, "user": _ONLY}
        cluster = _named(whole, "cluster", used["cluster"])
        user = _named(whole, "user", used.get("user") or "")
        return {
            "clusters": [{"name": _ONLY, "cluster": cluster}],
            "users": [{"name": _ONLY, "user": user}],
            "contexts": [{"name": _ONLY, "context": context}],
            "current-context": _ONLY,
        }

    def _kubeconfig_of_token(self) -> dict[str, Any]:
        cluster = {
            "server": self._host(),
            "certificate-authority": self._authority(),
            "insecure-skip-tls-verify": not self._verifies(),
        }
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "cluster", "cluster": cluster}],
            "users": [{"name": "user", "user": {"token": self._token()}}],
            "contexts": [{"name": "context", "context": {"cluster": "cluster", "user": "user"}}],
            "current-context": "context",
        }

    def _of_helm(self, own: Mapping[str, Any]) -> dict[str, str]:
        """Helm reads no variable of K8S_AUTH_*. A kubeconfig of the role needs none."""
        path = "" if own else self._path_or_content() or self._variable("KUBECONFIG")
        environment = {
            "KUBECONFIG": path,
            "HELM_KUBECONTEXT": "" if own else self._context(),
            "HELM_KUBEAPISERVER": self._host(),
            "HELM_KUBECAFILE": self._authority(),
            "HELM_KUBEINSECURE_SKIP_TLS_VERIFY": "false" if self._verifies() else "true",
        }
        return {name: value for name, value in environment.items() if value}

    def _path_or_content(self) -> Any:
        return self._options["kubeconfig"] or self._variable("K8S_AUTH_KUBECONFIG")

    def _token(self) -> str:
        return str(self._options["api_key"] or self._variable("K8S_AUTH_API_KEY"))

    def _host(self) -> str:
        return str(self._options["host"] or self._variable("K8S_AUTH_HOST"))

    def _context(self) -> str:
        return str(self._options["context"] or self._variable("K8S_AUTH_CONTEXT"))

    def _authority(self) -> str:
        name = "K8S_AUTH_SSL_CA_CERT"
        return str(self._options["ca_cert"] or ("" if name in self.environment() else self._variable(name)))

    def _verifies(self) -> bool:
        validate_certs = self._options["validate_certs"]
        return (
            str(self._variable("K8S_AUTH_VERIFY_SSL") or True).lower() in _TRUE
            if validate_certs is None
            else bool(validate_certs)
        )

    def _variable(self, name: str) -> str:
        return self._ansible_host.environment.get(name, "")

    # BIG-IP: cis_provider, then the environment, then what CIS gets.

    def bigip(self) -> dict[str, Any]:
        """The provider of the role's own requests."""
        return {**self._server(), **self._user(), **self._trust(), **self._provider()}

    def bigip_of_cis(self, secret: Mapping[str, Any]) -> dict[str, Any]:
        """The provider with the login of CIS: a wrong password is found before it replaces one that works.

        secret: the login Secret that the user names, or nothing.
        """
        if not self.differs_from_cis():
            return self.bigip()
        named = bool(self._options["bigip_login_secret"])
        login = {
            "user": decoded(secret, "username") if named else self._options["bigip_username"],
            "password": decoded(secret, "password") if named else self._options["bigip_password"],
            "auth_provider": "tmos",
        }
        kept = {name: value for name, value in self.bigip().items() if name not in ("token", "pass", "pwd")}
        return {**kept, **login}

    def differs_from_cis(self) -> bool:
        """True if the role's own requests have another login than CIS."""
        return bool(self._options["bigip_login_secret"]) or not self._user()

    def _provider(self) -> dict[str, Any]:
        provider = self._options["provider"] or {}
        return {name: value for name, value in provider.items() if value not in ("", None)}

    def _server(self) -> dict[str, Any]:
        if "server" in self._provider() or self._variable("F5_SERVER") or not self._options["bigip_url"]:
            return {}
        parts = urlsplit(url_of(self._options))
        return {"server": [parts.hostname], "server_port": parts.port or 443}

    def _user(self) -> dict[str, Any]:
        user = self._options["bigip_username"]
        if {"user", "token"} & self._provider().keys() or self._variable("F5_USER") or not user:
            return {}
        return {"user": user, "password": self._options["bigip_password"]}

    def _trust(self) -> dict[str, Any]:
        """bigip() lets what the provider has come before this."""
        file, trust = self._variable("F5_CA_CERT"), {}
        in_environment = file and not self._ansible_host.is_empty_file(file)
        if self._options["bigip_ca_cert"] and not in_environment:
            trust["ca_cert"] = self._options["bigip_ca_cert"]
        if self._options["insecure"] and not self._variable("F5_VALIDATE_CERTS"):
            trust["validate_certs"] = False
        return trust


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value not in (None, "")}


def _named(kubeconfig: Mapping[str, Any], kind: str, name: str) -> Mapping[str, Any]:
    """The cluster, user or context with this name."""
    items = kubeconfig.get(f"{kind}s") or []
    return next((one.get(kind) or {} for one in items if one.get("name") == name), {})
