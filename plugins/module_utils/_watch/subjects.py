# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The subjects of the event source: one stream for each kind and scope."""

from __future__ import annotations

from typing import NamedTuple

from .._collect.reads import FEW_NAMESPACES
from .._kube import lists
from .options import ChangesOptions

_MODES = {
    "Pod": ("nodeportlocal", "auto"),
    "Node": ("nodeport", "auto"),
}
"""The modes whose members depend on a kind. Services and EndpointSlices matter in each."""


class Subject(NamedTuple):
    """One stream.

    kind       as the API writes it: Service
    namespace  None: the whole cluster
    name       of the one object; None: all
    """

    kind: str
    namespace: str | None = None
    name: str | None = None
    label_selector: str | None = None

    @property
    def resource(self) -> lists.Kind:
        return _KINDS[self.kind]

    @property
    def text(self) -> str:
        """The subject in a message: "Services in namespace shop"."""
        if self.name:
            return f"{self.kind} {self.namespace}/{self.name}"
        where = f"in namespace {self.namespace}" if self.namespace else "in the whole cluster"
        return f"{self.resource.name} {where}"


_KINDS = {
    "Service": lists.SERVICES,
    "EndpointSlice": lists.ENDPOINT_SLICES,
    "Pod": lists.POD_METADATA,
    "Node": lists.NODES,
    "Secret": lists.SECRETS._replace(metadata_only=True),
}


def subjects(options: ChangesOptions) -> list[Subject]:
    """All streams. Up to eight namespaces have streams of their own, so a Role in each suffices."""
    namespaces = sorted(options.all_namespaces)
    scopes: list[str | None] = [*namespaces] if 0 < len(namespaces) <= FEW_NAMESPACES else [None]
    streams = [Subject("Service", scope, label_selector=options.label_selector) for scope in scopes]
    streams += [Subject("EndpointSlice", scope) for scope in scopes]
    if options.mode in _MODES["Pod"]:
        streams += [Subject("Pod", scope) for scope in scopes]
    if options.mode in _MODES["Node"]:
        streams.append(Subject("Node"))
    return streams + [Subject("Secret", namespace, name) for namespace, name in options.secrets]
