# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a connection to Kubernetes: names, aliases and variables of kubernetes.core. This module util is PRIVATE to the collection.

They are documented in plugins/doc_fragments/kubernetes.py.
"""

from __future__ import annotations

from typing import Any, Iterator, Mapping

from .._unset import environment
from .client import DEFAULT_MB
from .kubeconfig import inline


def _option(kind: str, *words: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "fallback": (environment, [f"K8S_AUTH_{word}" for word in words]), **more}


KUBERNETES_OPTIONS: dict[str, dict[str, Any]] = {
    "kubeconfig": _option("raw", "KUBECONFIG"),
    "context": _option("str", "CONTEXT"),
    "host": _option("str", "HOST"),
    "api_key": _option("str", "API_KEY", no_log=True),
    "username": _option("str", "USERNAME"),
    "password": _option("str", "PASSWORD", no_log=True),
    "validate_certs": _option("bool", "VALIDATE_CERTS", "VERIFY_SSL", aliases=["verify_ssl"]),
    "ca_cert": _option("path", "CA_CERT", "SSL_CA_CERT", aliases=["ssl_ca_cert"]),
    "client_cert": _option("path", "CLIENT_CERT", "CERT_FILE", aliases=["cert_file"]),
    "client_key": _option("path", "CLIENT_KEY", "KEY_FILE", aliases=["key_file"], no_log=False),
    "proxy": _option("str", "PROXY"),
    "no_proxy": _option("str", "NO_PROXY"),
    "proxy_headers": {
        "type": "dict",
        "apply_defaults": True,
        "options": {
            "proxy_basic_auth": _option("str", "PROXY_HEADERS_PROXY_BASIC_AUTH", no_log=True),
            "basic_auth": _option("str", "PROXY_HEADERS_BASIC_AUTH", no_log=True),
            "user_agent": _option("str", "PROXY_HEADERS_USER_AGENT"),
        },
    },
    "max_response_mb": {"type": "int", "default": DEFAULT_MB},
    "persist_config": _option("bool", "PERSIST_CONFIG"),
    "impersonate_user": _option("str", "IMPERSONATE_USER"),
    "impersonate_groups": _option("list", "IMPERSONATE_GROUPS", elements="str"),
}


def secrets_of(params: Mapping[str, Any]) -> Iterator[str]:
    """The secrets inside a kubeconfig given as content; for Module(secrets_of=...). Nothing else of it is masked."""
    kubeconfig = inline(params.get("kubeconfig"))
    if kubeconfig is not None:
        yield from _secrets(kubeconfig)


def _secrets(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, content in value.items():
            if isinstance(content, str) and _is_secret(str(name)):
                yield content
            else:
                yield from _secrets(content)
    elif isinstance(value, list):
        for content in value:
            yield from _secrets(content)


def _is_secret(name: str) -> bool:
    return name in ("token", "password", "client-secret") or name.endswith(("-data", "-token"))
