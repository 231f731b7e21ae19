# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Lists that are complete, or the error read_incomplete: a part that is missing must not look like a removal."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from .._errors import Failure
from .._foreign import SPOILED
from . import lists
from .client import Client, NotFound
from .lists import Kind

T = TypeVar("T")
CONNECTION = frozenset(
    {
        "kubernetes_config",
        "kubernetes_credential_plugin",
        "kubernetes_library",
        "kubernetes_not_json",
        "kubernetes_timeout",
        "kubernetes_tls",
        "kubernetes_unauthorized",
        "kubernetes_unreachable",
    }
)
"""Before the first answer, these describe the fault better than read_incomplete does."""

_OPTIONAL = (".projectcalico.org", "crd.antrea.io")


class Complete:
    """The lists of one task. answered: the cluster has sent something that can be read."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.answered = False

    def uid(self) -> str:
        """The cluster's identity: the UID of namespace kube-system. Raises Failure if it cannot be read."""
        doing = "finding the default owner (the UID of namespace kube-system)"
        remedy = "Set owner, or allow get on that Namespace."
        try:
            found = lists.one(self._client, lists.NAMESPACES, None, "kube-system")["metadata"]["uid"]
        except Failure as failure:
            if failure.code in CONNECTION:
                raise
            raise Failure("owner_required", doing, said=failure.said, remedy=remedy) from None
        except SPOILED:
            raise Failure("owner_required", doing, said="it has no UID", remedy=remedy) from None
        self.answered = True
        return str(found)

    def all(self, kind: Kind, keep: Callable[[dict[str, Any]], T | None]) -> list[T]:
        """All objects of a kind. One that was left out is a part that is missing."""
        left_out: list[str] = []
        self._client.warn = left_out.append
        found: list[T] = self.readable(kind, keep)
        if left_out:
            raise incomplete(f"listing {kind.name} in the whole cluster", left_out[0], "Correct that object.")
        return found

    def optional(self, kind: Kind, keep: Callable[[dict[str, Any]], T | None]) -> list[T] | None:
        """All objects of a kind; None if the cluster does not have the kind."""
        try:
            return self.all(kind, keep)
        except NotFound:
            return None

    def readable(self, kind: Kind, keep: Callable[[dict[str, Any]], Any]) -> list[Any]:
        """The objects of a kind that can be read. The client warns of the others."""

        def kept(raw: dict[str, Any]) -> Any:
            self.answered = True
            return keep(raw)

        try:
            return lists.each(self._client, kind, None, kept)
        except Failure as failure:
            is_missing = isinstance(failure, NotFound) and f".{kind.group}".endswith(_OPTIONAL)
            if is_missing or not self.answered and failure.code in CONNECTION:
                raise
            details = {name: value for name, value in failure.details.items() if name != "path"}
            raise incomplete(
                failure.what, failure.said, failure.remedy, cause=failure.code, **details
            ) from None


def incomplete(what: str, said: str | None, remedy: str | None, **details: Any) -> Failure:
    remedy = f"Nothing was changed. {remedy or ''}".strip()
    return Failure("read_incomplete", what, said=said, remedy=remedy, **details)
