# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""YAML: written for a person, and read from a ConfigMap with limits."""

from __future__ import annotations

from typing import Any

from . import _foreign

try:
    import yaml
except ImportError:  # comes with the kubernetes package, whose absence _kube.client reports
    pass


def dump(content: Any) -> str:
    return str(yaml.safe_dump(content)) if content else ""


def load(text: str | None) -> dict[str, Any]:
    """The content of a text that was read before."""
    return dict(yaml.safe_load(text or "") or {})


LONGEST = 128 * 1024  # characters; the parser takes some seconds for a megabyte. antrea-agent.conf has 20 KB
_LONGEST_NUMBER = 100  # characters; 1:1:1:... is a number too, and takes the square of its length


def foreign(text: str | None) -> Any:
    """The content of a foreign text in YAML; None if it is empty. Raises _foreign.Unreadable."""
    return _foreign.checked(text or "", _load_foreign, "YAML", LONGEST)


def _load_foreign(text: str) -> Any:
    class Loader(yaml.SafeLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise ValueError("an alias: a few of them stand for a value of any size")
            return super().compose_node(parent, index)

        def construct_object(self, node: Any, deep: bool = False) -> Any:
            if node.tag.endswith((":int", ":float", ":timestamp")) and len(node.value) > _LONGEST_NUMBER:
                raise ValueError("a number that is too long")
            return super().construct_object(node, deep)

    try:
        return yaml.load(text, Loader=Loader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None
