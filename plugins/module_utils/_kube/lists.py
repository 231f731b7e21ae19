# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Paged lists of the Kubernetes API, one for each kind and scope."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Callable, Iterable, Iterator, NamedTuple
from urllib.parse import quote

from .._foreign import SPOILED, Unreadable, flat, unexpected
from .client import JSON, METADATA_ONLY, Client
from .errors import Expired, Forbidden, NotJson, TooLarge
from .pages import apart

LIMIT = 500
ATTEMPTS = 5  # to read all pages of a list, if continue tokens expire


class Kind(NamedTuple):
    """One resource of the API. `metadata_only`: the server sends the objects without spec and status."""

    name: str
    prefix: str
    resource: str
    metadata_only: bool = False

    @property
    def group(self) -> str:
        return self.prefix.split("/")[2] if self.prefix.startswith("/apis/") else ""

    @property
    def singular(self) -> str:
        return self.name.removesuffix("es" if self.name.endswith("sses") else "s")

    def path(self, namespace: str | None) -> str:
        return (
            f"{self.prefix}/namespaces/{quote(namespace, safe='')}/{self.resource}"
            if namespace
            else f"{self.prefix}/{self.resource}"
        )


SERVICES = Kind("Services", "/api/v1", "services")
ENDPOINT_SLICES = Kind("EndpointSlices", "/apis/discovery.k8s.io/v1", "endpointslices")
POD_METADATA = Kind("Pods", "/api/v1", "pods", metadata_only=True)
PODS = Kind("Pods", "/api/v1", "pods")
NODES = Kind("Nodes", "/api/v1", "nodes")
NODE_METADATA = Kind("Nodes", "/api/v1", "nodes", metadata_only=True)
DAEMON_SETS = Kind("DaemonSets", "/apis/apps/v1", "daemonsets")
DEPLOYMENTS = Kind("Deployments", "/apis/apps/v1", "deployments")
CONFIG_MAPS = Kind("ConfigMaps", "/api/v1", "configmaps")
SECRETS = Kind("Secrets", "/api/v1", "secrets")
NAMESPACES = Kind("Namespaces", "/api/v1", "namespaces")
CALICO_GROUPS = ("crd.projectcalico.org/v1", "projectcalico.org/v3")
"""In the order of reading: a cluster of Calico's own API server has v3 too, but v1 is what it stores."""


def calico(name: str, group: str) -> Kind:
    """A kind of Calico in one of its groups, such as BlockAffinities."""
    return Kind(name, f"/apis/{group}", name.lower())


def each(
    client: Client,
    kind: Kind,
    namespace: str | None,
    keep: Callable[[dict[str, Any]], Any],
    label_selector: str | None = None,
    field_selector: str | None = None,
) -> list[Any]:
    """The results of `keep` for every object of one kind in one scope, without None.

    Pages are dropped as they are read. An expired continue token (410) restarts the list, because the pages
    before it belong to another moment. A page that is too large is asked for in smaller ones. An object that
    cannot be read is left out, with a warning: it must not hide those of others.
    """
    scope = f"in namespace {namespace}" if namespace else "in the whole cluster"
    selectors = {
        name: text
        for name, text in (("labelSelector", label_selector), ("fieldSelector", field_selector))
        if text
    }
    where = f" with {' and '.join(selectors.values())}" if selectors else ""
    doing = f"listing {kind.name} {scope}{where}"
    for _attempt in range(ATTEMPTS - 1):
        with suppress(Expired):
            return list(_pages(client, kind, namespace, keep, selectors, doing))
    return list(_pages(client, kind, namespace, keep, selectors, doing))


def each_allowed(
    client: Client, kind: Kind, namespaces: Iterable[str], keep: Callable[[dict[str, Any]], Any]
) -> list[Any]:
    """The same of the whole cluster, or, where a Role does not allow it, of each of these namespaces.

    Raises Forbidden if it does not allow those either.
    """
    try:
        return each(client, kind, None, keep)
    except Forbidden as denied:
        try:
            return [
                kept
                for namespace in dict.fromkeys(namespaces)
                for kept in each(client, kind, namespace, keep)
            ]
        except Forbidden:
            raise denied from None


def _pages(
    client: Client,
    kind: Kind,
    namespace: str | None,
    keep: Callable[[dict[str, Any]], Any],
    selectors: dict[str, str],
    doing: str,
) -> Iterator[Any]:
    query = {"limit": str(LIMIT), **selectors}
    right = {
        "verb": "list",
        "resource": kind.resource,
        "group": kind.group,
        **({"namespace": namespace} if namespace else {}),
    }
    while True:
        try:
            data = client.raw(
                kind.path(namespace),
                query,
                doing=doing,
                right=right,
                accept=METADATA_ONLY if kind.metadata_only else JSON,
            )
        except TooLarge:
            if query["limit"] == "1":
                raise
            query["limit"] = str(max(1, int(query["limit"]) // 8))
            continue
        page = _page(client, kind, data, doing)
        for item in page["items"]:
            try:
                kept = keep(item)
                if kept is item:
                    flat(kept)
            except Unreadable as unreadable:
                _leave_out(client, kind, f"{_name(item)}: {unreadable}")
                continue
            except SPOILED as error:
                _leave_out(client, kind, f"{_name(item)}: {unexpected(error)}")
                continue
            if kept is not None:
                yield kept
        token = page["metadata"].get("continue")
        if not token:
            return
        query["continue"] = str(token)
        query["limit"] = str(min(LIMIT, int(query["limit"]) * 2))


def _page(client: Client, kind: Kind, data: bytes, doing: str) -> dict[str, Any]:
    """metadata and items of a page."""
    try:
        # Levels are counted only in objects that are kept whole: counting all takes three times as long as
        # parsing the page.
        page = client.decoded(data, doing, any_depth=True)
    except NotJson:
        readable = apart(data, lambda text: _leave_out(client, kind, text))
        if readable is None:
            raise
        page = readable
    items, metadata = page.get("items") or [], page.get("metadata") or {}
    if not isinstance(items, list) or not isinstance(metadata, dict):
        raise client.not_json(data, doing, "it is not a Kubernetes list")
    return {"items": items, "metadata": metadata}


def _leave_out(client: Client, kind: Kind, text: str) -> None:
    client.left_out(f"One of the {kind.name} was left out, because it cannot be read. {text}.")


def _name(item: Any) -> str:
    metadata = item.get("metadata") if isinstance(item, dict) else None
    names = [metadata.get(key) for key in ("namespace", "name")] if isinstance(metadata, dict) else []
    return "/".join(str(name)[:253] for name in names if name) or "an object without a name"


def one(client: Client, kind: Kind, namespace: str | None, name: str) -> dict[str, Any]:
    """One object by its name, for the few that are known by name (a Secret, namespace kube-system)."""
    right = {
        "verb": "get",
        "resource": kind.resource,
        "group": kind.group,
        **({"namespace": namespace} if namespace else {}),
    }
    doing = f"reading {kind.singular} {namespace}/{name}" if namespace else f"reading {kind.singular} {name}"
    return client.get(address(kind, namespace, name), doing=doing, right=right)


def address(kind: Kind, namespace: str | None, name: str) -> str:
    """The path of one object."""
    return f"{kind.path(namespace)}/{quote(name, safe='')}"
