# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""A right or a sign-in that the event source lacks."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from .._foreign import line
from .subjects import Subject

_VERBS = ["get", "list", "watch"]
_LONGEST = 500  # characters of the server's words
_TEMPLATE = re.compile(r"\{(?=[{%#])")
_ABOVE = re.compile("[\U00010000-\U0010ffff]")


class Problem(NamedTuple):
    """A 401 or 403 of one subject. said: the server's own words."""

    status: int
    verb: str
    resource: str
    group: str
    namespace: str | None
    name: str | None
    said: str

    @staticmethod
    def of(subject: Subject, verb: str, status: int, said: str) -> Problem:
        # Ansible would read a template in an event, so its marks are taken apart. ansible-rulebook hands
        # variables on in a form that has no characters above U+FFFF.
        words = _ABOVE.sub("?", _TEMPLATE.sub("{ ", line(said[:_LONGEST])))
        kind = subject.resource
        return Problem(status, verb, kind.resource, kind.group, subject.namespace, subject.name, words)

    @property
    def place(self) -> tuple[object, ...]:
        """Problems of one place are reported once: a sign-in concerns all streams, a right one resource."""
        return (401,) if self.status == 401 else self[:-1]

    def as_dict(self) -> dict[str, Any]:
        """`problem` of an event."""
        return {
            "status": self.status,
            "verb": self.verb,
            "resource": self.resource,
            "group": self.group,
            "namespace": self.namespace,
            "said": self.said,
            "remedy": self._remedy(),
            "role": self.role() if self.status == 403 else None,
        }

    def role(self) -> dict[str, Any]:
        """The least Role or ClusterRole that grants the right."""
        kind = "Role" if self.namespace else "ClusterRole"
        names = {"resourceNames": [self.name]} if self.name else {}
        # Each Secret has a role of its own: a second role of the same name would replace the first.
        metadata = {"name": "-".join(("vks-bigip-changes", self.resource, *filter(None, [self.name])))}
        if self.namespace:
            metadata["namespace"] = self.namespace
        return {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": kind,
            "metadata": metadata,
            "rules": [{"apiGroups": [self.group], "resources": [self.resource], **names, "verbs": _VERBS}],
        }

    def _remedy(self) -> str:
        if self.status == 401:
            return "Renew the token or the certificate. The event source reads them again at each attempt."
        return "Bind this role to the user of the event source (docs/rbac/events.yml has the roles of each mode)."
