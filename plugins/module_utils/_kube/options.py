# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The options of a connection to Kubernetes: names, aliases and variables of kubernetes.core.

They are documented in plugins/doc_fragments/kubernetes.py.
"""

from __future__ import annotations

from typing import Any

from .._boundary.unset import environment

DEFAULT_MB = 64  # a larger page of a list is asked for again in smaller ones


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
    "allow_http": _option("bool", "ALLOW_HTTP"),
    "allow_exec": _option("bool", "ALLOW_EXEC"),
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
