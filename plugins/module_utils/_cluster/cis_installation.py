# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Reads of one CIS installation, for the role cis: _kube reads, _cis describes."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Callable, Mapping

from .._cis import definitions, helm
from .._cis import installation as shown
from .._kube import lists
from .._kube.client import Client, Forbidden, NotFound
from .._kube.lists import Kind

_DEFINITIONS = Kind("CustomResourceDefinitions", "/apis/apiextensions.k8s.io/v1", "customresourcedefinitions")
_INGRESS_CLASSES = Kind("IngressClasses", "/apis/networking.k8s.io/v1", "ingressclasses")


def installation(client: Client, of: Mapping[str, Any]) -> dict[str, Any]:
    """Return the namespace, the Helm release and the objects beside it.

    Only what `of` asks for is read: the rest may be forbidden.
    """
    namespace, labels = of["namespace"], of["labels"]
    stored = f"owner=helm,name={of['release']}"
    installed: dict[str, Any] = {
        "namespace": _metadata(client, lists.NAMESPACES, namespace, "labels"),
        "helm_release": helm.release(lists.each(client, lists.SECRETS, namespace, lambda raw: raw, stored)),
        "secrets": [
            shown.secret(path, _secret(client, path), of["digests"].get(path)) for path in of["secrets"]
        ],
    }
    if labels:
        selector = ",".join(f"{name}={value}" for name, value in sorted(labels.items()))
        installed["config_maps"] = lists.each(
            client, lists.CONFIG_MAPS, namespace, shown.config_map, selector
        )
    if of["definitions"]:
        installed["definitions"] = lists.each(
            client, _DEFINITIONS, None, definitions.seen, definitions.VERSION_LABEL
        )
    if of["custom_resources"]:
        installed["custom_resources"] = _served(client)
    if of["ingress_class"]:
        installed["ingress_class"] = _metadata(client, _INGRESS_CLASSES, of["ingress_class"], "annotations")
    return installed


def _served(client: Client) -> list[str] | None:
    """Return the resources of CIS's API group, by their plural names; None if that is forbidden."""
    path = f"/apis/{definitions.GROUP}/v1"
    right = {"verb": "get", "resource": path, "group": ""}
    try:
        answer = client.get(path, doing="reading which custom resources of CIS are served", right=right)
    except NotFound:
        return []
    except Forbidden:
        return None
    return [str(one.get("name")) for one in answer.get("resources") or []]


def _metadata(client: Client, kind: Kind, name: str, part: str) -> dict[str, Any] | None:
    return _present(lambda: lists.one(client, kind, None, name)["metadata"].get(part) or {})


def _secret(client: Client, path: str) -> dict[str, Any]:
    namespace, _slash, name = path.partition("/")
    return _present(lambda: lists.one(client, lists.SECRETS, namespace, name)) or {}


def _present(read: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """Return the object; None if it does not exist."""
    with suppress(NotFound):
        return read()
    return None
