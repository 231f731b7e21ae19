# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``net/routing/bgp/NAME/neighbor``: the neighbors of an instance, by their address.

The answers never contain a password.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from ....http import Request, TmError, uri_name
from ....network import NetworkObject
from ...backend import Backend
from ...base import Collection
from ...shapes import INVALID, Item, self_link

_DEFAULTS = {"ebgpMultihop": 1, "enabled": "true"}
_NAMES = frozenset(
    "name remoteAs peerGroup ebgpMultihop password updateSource vlan enabled description addressFamily".split()
)
_OF_READS = ("kind", "fullPath", "generation", "selfLink")
_HOPS = range(1, 256)


@dataclass(frozen=True)
class StoredNeighbor:
    path: str  # its address
    properties: Item


class Neighbors(Collection[StoredNeighbor]):
    component, title = "net/routing/bgp/neighbor", "BGP neighbor"
    methods = frozenset({"POST", "PATCH", "DELETE"})
    filtered = False

    def __init__(self, backend: Backend, instance: str) -> None:
        super().__init__(backend)
        self._path = instance

    @property
    def _instance(self) -> NetworkObject:
        """As it is now: each change replaces it."""
        return self.backend.network.tables["net/routing/bgp"][self._path]

    @property
    def uri(self) -> str:
        return f"net/routing/bgp/{uri_name(self._path)}/neighbor"

    def stored(self) -> Iterable[StoredNeighbor]:
        return [StoredNeighbor(name, one) for name, one in self._instance.properties["neighbor"].items()]

    def find(self, path: str) -> StoredNeighbor | None:
        return next((one for one in self.stored() if one.path == path), None)

    def path_of(self, name: str) -> str:
        return _address(name)

    def new_path(self, body: Item) -> str:
        return _address(str(body.get("name", "")))

    def existing(self, path: str) -> TmError:
        return TmError(409, f"01020066:3: The requested {self.title} ({self._path} {path}) already exists.")

    def missing(self, path: str) -> TmError:
        return TmError(404, f"01020036:3: The requested {self.title} ({self._path} {path}) was not found.")

    def item(self, one: StoredNeighbor, request: Request) -> Item:
        shown = {key: value for key, value in one.properties.items() if key != "password"}
        return {
            "kind": f"{self.kind}state",
            "name": one.path,
            "fullPath": one.path,
            "generation": self.generation,
            "selfLink": self_link(f"{self.uri}/{one.path}"),
            **shown,
        }

    def create(self, path: str, body: Item) -> None:
        self._put(path, {**body, "name": path})

    def update(self, one: StoredNeighbor, body: Item) -> None:
        self._put(one.path, {**one.properties, **body, "name": one.path})

    def remove(self, one: StoredNeighbor) -> None:
        self._replace(
            {name: other for name, other in self._instance.properties["neighbor"].items() if name != one.path}
        )

    def _put(self, path: str, given: Item) -> None:
        made = completed_neighbor(given, self._instance.properties["peerGroup"])
        self._replace({**self._instance.properties["neighbor"], path: made})

    def _replace(self, neighbors: Item) -> None:
        changed = {**self._instance.properties, "neighbor": neighbors}
        self.backend.network.put("net/routing/bgp", NetworkObject(self._path, changed))


def completed_neighbor(given: Item, groups: list[Item]) -> Item:
    """A neighbor as it is stored. Refuses what is not one."""
    unknown = given.keys() - _NAMES - set(_OF_READS)
    if unknown:
        raise TmError(400, f"one or more properties are not valid: {', '.join(sorted(unknown))}", INVALID)
    kept = {key: value for key, value in given.items() if key in _NAMES and value not in ("", "none", None)}
    made = {**_DEFAULTS, **kept, "name": _address(str(given.get("name", "")))}
    made["enabled"] = str(made["enabled"]).lower()
    if made["enabled"] not in ("true", "false"):
        raise TmError(400, f'invalid property value "enabled":"{made["enabled"]}"', INVALID)
    if not str(made["ebgpMultihop"]).isdigit() or int(made["ebgpMultihop"]) not in _HOPS:
        raise TmError(400, f'invalid property value "ebgpMultihop":"{made["ebgpMultihop"]}"', INVALID)
    group = made.get("peerGroup")
    if group and group not in [one["name"] for one in groups]:
        raise TmError(404, f"01020036:3: The requested peer group ({group}) was not found.")
    number = made.get("remoteAs")
    if number is None and not group:
        raise TmError(400, 'one or more properties must be specified: "remoteAs"', INVALID)
    if number is not None:
        if not str(number).isdigit() or not 0 < int(number) < 2**32:
            raise TmError(400, f'invalid property value "remoteAs":"{number}"', INVALID)
        made["remoteAs"] = int(number)
    return made


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise TmError(400, f"invalid IP address: {text}", INVALID) from None
