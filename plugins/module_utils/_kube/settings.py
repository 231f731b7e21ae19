# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The settings of a connection to Kubernetes, for a client without the kubernetes package.

As a program, it reads options as JSON from stdin and writes settings to stdout. The event source runs it at
each connect: the kubernetes package takes a second and 40 MB, and may start a credential plugin.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Mapping

from .._deadline import Deadline
from .._errors import Failure
from .client import Client

SECONDS = 60.0  # a credential plugin may ask another service


def settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that a request needs, with secrets. Raises Failure."""
    client = Client(options, Deadline(SECONDS))
    configuration = client.configuration
    # Read first: with the token, the kubernetes package reads the kubeconfig again and takes the option back.
    verify = bool(configuration.verify_ssl)
    headers = [[name, value] for name, value in client.headers("").iteritems()]
    return {
        "server": client.server,
        "headers": [pair for pair in headers if pair[0].lower() not in ("accept", "accept-encoding")],
        "verify": verify,
        "verify_hostname": configuration.assert_hostname is not False,
        "server_name": configuration.tls_server_name,
        "ca": _content(configuration.ssl_ca_cert),
        "certificate": _content(configuration.cert_file),
        "key": _content(configuration.key_file),
        "proxy": _proxy(configuration, client.server),
        "proxy_headers": dict(configuration.proxy_headers or {}),
        "warning": client.unverified,
    }


def _content(path: str | None) -> str | None:
    if not path:
        return None
    # PEM is ASCII. A comment beside it can be any text.
    with open(path, encoding="ascii", errors="ignore") as file:
        return file.read()


def _proxy(configuration: Any, server: str) -> str | None:
    from kubernetes.client import rest

    if not configuration.proxy or rest.should_bypass_proxies(server, no_proxy=configuration.no_proxy or ""):
        return None
    return str(configuration.proxy)


def main() -> None:
    """Write {settings: ...}, or {failure: the sentence}."""
    result: dict[str, Any]
    try:
        result = {"settings": settings(json.load(sys.stdin))}
    except Failure as failure:
        result = {"failure": failure.message}
    except (OSError, ValueError) as error:
        result = {"failure": f"Setting up the connection to Kubernetes: {error}."}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
