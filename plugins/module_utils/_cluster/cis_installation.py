# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""What the role cis has to know of an installation, for cis_info: reads with _kube, described by _cis."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from .._cis import definitions, helm
from .._cis import installation as shown
from .._kube import lists
from .._kube.client import Client, Forbidden, NotFound
from .._kube.lists import Kind

_DEFINITIONS = Kind("CustomResourceDefinitions", "/apis/apiextensions.k8s.io/v1", "customresourcedefinitions")
_INGRESS_CLASSES = Kind("IngressClasses", "/apis/networking.k8s.io/v1", "ingressclasses")


def installation(client: Client, of: Mapping[str, Any]) -> dict[str, Any]:
    """The namespace, the Helm release and the objects beside it.

    What `of` does not ask for is not read: it may be forbidden.
    """
    namespace, labels = of["namespace"], of["labels"]
    stored = f"owner=helm,name={of['release']}"
    found: dict[str, Any] = {
        "namespace": _metadata(client, lists.NAMESPACES, namespace, "labels"),
        "helm_release": helm.release(lists.each(client, lists.SECRETS, namespace, lambda raw: raw, stored)),
        "secrets": [
            shown.secret(path, _secret(client, path), of["digests"].get(path)) for path in of["secrets"]
        ],
    }
    if labels:
        selector = ",".join(f"{name}={value}" for name, value in sorted(labels.items()))
        found["config_maps"] = lists.each(client, lists.CONFIG_MAPS, namespace, shown.config_map, selector)
    if of["definitions"]:
        found["definitions"] = lists.each(
            client, _DEFINITIONS, None, definitions.seen, definitions.VERSION_LABEL
        )
    if of["custom_resources"]:
        found["custom_resources"] = _served(client)
    if of["ingress_class"]:
        found["ingress_class"] = _metadata(client, _INGRESS_CLASSES, of["ingress_class"], "annotations")
    return found


def _served(client: Client) -> list[str] | None:
    """The resources of CIS's API group, by their plural names. None if the API server may not be asked."""
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
    """None for an object that is not in the cluster."""
    try:
        return read()
    except NotFound:
        return None
