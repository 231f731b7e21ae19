# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The configuration of the kubernetes package: from options, a kubeconfig, or inside a Pod."""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import logging
import os
from importlib import import_module
from typing import Any, Iterator, Mapping
from urllib.parse import urlsplit

from .._boundary import kubeconfig as kubeconfigs
from .._boundary.unset import is_empty_file
from .._errors import Failure
from .errors import unusable
from .memory import instead_of_files

_FILES = ("ca_cert", "client_cert", "client_key")
_TARGETS = {
    "ca_cert": "ssl_ca_cert",
    "client_cert": "cert_file",
    "client_key": "key_file",
    "proxy": "proxy",
    "no_proxy": "no_proxy",
    "username": "username",
    "password": "password",
}
"""Options by the attribute of kubernetes.client.Configuration that they set."""


def load_libraries() -> None:
    """Import the packages, which takes most of a module's start: when a cluster is met, not before.

    Raises Failure if one is missing. Functions that need them import them again, which costs nothing then.
    """
    try:
        for name in ("kubernetes", "urllib3"):
            import_module(name)
    except ImportError as error:
        raise Failure(
            "kubernetes_library",
            "Python packages kubernetes and urllib3 could not be imported",
            said=f"{type(error).__name__}: {error}",
            remedy="Install it (pip install kubernetes) for the Python that runs the modules.",
        ) from None


def configure(options: Mapping[str, Any]) -> Any:
    """A kubernetes.client.Configuration of these options (see options.KUBERNETES_OPTIONS).

    It comes from the options alone, from a kubeconfig, or from inside a Pod, as in kubernetes.core. Raises
    Failure for options that cannot be used, and ValueError for a malformed URL.
    """
    load_libraries()
    import kubernetes
    import urllib3

    options = {
        name: None if name in _FILES and is_empty_file(value) else value for name, value in options.items()
    }
    configuration = kubernetes.client.Configuration()
    host = options.get("host")
    credentials = any(options.get(name) for name in ("api_key", "username", "client_cert"))
    # With both, a kubeconfig does not count, as in kubernetes.core: K8S_AUTH_KUBECONFIG may be anything.
    if not (host and credentials):
        _load(
            options,
            configuration,
            required=not host or bool(options.get("kubeconfig") or options.get("context")),
        )
    for name, target in _TARGETS.items():
        if options.get(name):
            setattr(configuration, target, options[name])
    if host:
        configuration.host = host
    if options.get("validate_certs") is not None:
        configuration.verify_ssl = options["validate_certs"]
    if options.get("api_key"):
        configuration.refresh_api_key_hook = None
        configuration.api_key = {"authorization": f"Bearer {options['api_key']}"}
    for name in ("ssl_ca_cert", "cert_file", "key_file"):
        _check_readable(getattr(configuration, name))
    headers = {name: value for name, value in (options.get("proxy_headers") or {}).items() if value}
    if headers:
        configuration.proxy_headers = urllib3.util.make_headers(**headers)
    return configuration


def server_of(host: str, allow_http: bool) -> str:
    """The URL of the API server, without a user and a password, which are not sent.

    Raises Failure if it is not encrypted, before anything is sent.
    """
    scheme, separator, server = host.strip().partition("://")
    bare = f"{scheme}{separator}{server.rpartition('@')[2]}" if separator else host.strip().rpartition("@")[2]
    if not kubeconfigs.is_encrypted(host) and not allow_http:
        raise Failure(
            "kubernetes_config",
            f"connecting to the Kubernetes API at {bare}",
            said="its URL does not begin with https://, so the credentials would be sent without encryption",
            remedy=(
                "Set host, or server in the kubeconfig, to an https URL. "
                "allow_http: true permits it, for a server on this machine."
            ),
        )
    return bare.rstrip("/")


def is_here(server: str) -> bool:
    """True if an API server is on this machine.

    The client asks any other server for lists as gzip, a seventeenth of their size. That pays on every network below
    some Gbit/s (docs/performance.md).
    """
    host = str(urlsplit(server).hostname)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def impersonation(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The headers (name, value) of impersonate_user and impersonate_groups.

    Raises Failure for groups without a user.
    """
    groups = options.get("impersonate_groups") or []
    user = options.get("impersonate_user")
    if groups and not user:
        doing = "impersonate_groups is set without impersonate_user"
        raise Failure("kubernetes_config", doing, remedy="Set impersonate_user too.")
    return [("Impersonate-User", user)] * bool(user) + [("Impersonate-Group", group) for group in groups]


def credentials_in(header: str) -> Iterator[str]:
    """The secrets in an Authorization header: the token, and for Basic the password too."""
    scheme, _blank, value = header.partition(" ")
    yield value.rstrip("=")
    if scheme.lower() == "basic":
        with contextlib.suppress(ValueError):
            yield base64.b64decode(value).decode(errors="ignore").partition(":")[2]


def _load(options: Mapping[str, Any], configuration: Any, required: bool) -> None:
    """Fill the configuration from a kubeconfig, or, if nothing is given, from a Pod's ServiceAccount."""
    import kubernetes

    kubeconfig, context = options.get("kubeconfig"), options.get("context")
    content = _content(kubeconfig, context, bool(options.get("allow_exec")))
    common = {
        "context": context,
        "client_configuration": configuration,
        "persist_config": bool(options.get("persist_config")),
    }
    plugin = _PluginErrors()
    try:
        with plugin, instead_of_files(kubernetes.config.kube_config):
            if content is not None:
                kubernetes.config.load_kube_config_from_dict(config_dict=content, **common)
            elif kubeconfig or context or not _load_in_cluster(configuration):
                # The package takes an empty KUBECONFIG for the name of a file.
                default = "~/.kube/config" if os.environ.get("KUBECONFIG") == "" else None
                kubernetes.config.load_kube_config(config_file=kubeconfig or default, **common)
    # The package lets KeyError, TypeError, YAMLError and others pass for a broken file.
    except Exception as error:  # noqa: BLE001
        if not required and isinstance(error, kubernetes.config.ConfigException):
            return  # only a host was given, and there is no kubeconfig to take the rest from
        where = (
            "the kubeconfig given as content"
            if content is not None
            else f"kubeconfig {kubeconfig or 'of this user'}"
        )
        raise Failure(
            "kubernetes_config",
            f"loading {where}" + (f", context {context}" if context else ""),
            said=f"{error}".strip() or type(error).__name__,
            remedy="Set kubeconfig (a path, or its content), or host with api_key or client_cert.",
        ) from None
    if plugin.said:
        raise Failure(
            "kubernetes_credential_plugin",
            "asking the kubeconfig's credential plugin (users[].user.exec) for credentials",
            said="; ".join(plugin.said),
            remedy="Run its command by hand; it must work without a terminal and print an ExecCredential.",
        )


def _content(kubeconfig: Any, context: str | None, allow_exec: bool) -> dict[str, Any] | None:
    """The kubeconfig, if it is given as content; None for a path, or if there is none."""
    fault = kubeconfigs.fault(kubeconfig) if kubeconfig else None
    if fault:
        raise Failure(
            "kubernetes_config",
            "loading the kubeconfig that was given",
            said=fault,
            remedy="Set kubeconfig to a path, or to its whole content as a dictionary or as text.",
        )
    content = kubeconfigs.inline(kubeconfig)
    program = None if content is None or allow_exec else kubeconfigs.program(content, context)
    if program:
        raise Failure(
            "kubernetes_config",
            "loading the kubeconfig given as content",
            said=f"{program}, which starts a program on this machine",
            remedy=(
                "Write it to a file and set its path, or set host and api_key in place of it, "
                "or set allow_exec: true if you trust its author."
            ),
        )
    return content


def _check_readable(path: str | None) -> None:
    """A missing file would otherwise be reported as a TLS fault, or not at all while no server answers."""
    try:
        if path:
            with open(path, "rb"):
                pass
    except OSError as error:
        raise unusable(error) from None


def _load_in_cluster(configuration: Any) -> bool:
    """Fill the configuration from a Pod's ServiceAccount. False outside of a Pod."""
    import kubernetes

    try:
        kubernetes.config.load_incluster_config(client_configuration=configuration)
    except kubernetes.config.ConfigException:
        return False
    return True


class _PluginErrors(logging.Handler):
    """Collects what the kubernetes package only logs: a credential plugin that failed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())

    def __enter__(self) -> None:
        logging.getLogger().addHandler(self)

    def __exit__(self, *exc: Any) -> None:
        logging.getLogger().removeHandler(self)
