# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""iControl REST of the network: self IPs, routes, route domains, VLANs; and partitions.

A lab starts with one VLAN towards the nodes, a self IP in their network, one in the network of the virtual servers and a default
route. Tests change them (POST, PATCH, DELETE) to see what a preflight makes of it; the lab's data path does not look at them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

from .device import Device, DeviceError
from .http import Reply, Request, RestError, Router, TmError, full_path, uri_name
from .rest import Item, collection, in_partition, named, partition_of, select

_NET = "/mgmt/tm/net"
_VLAN_INSIDE, _VLAN_OUTSIDE = "/Common/internal", "/Common/external"
_TITLES = {
    "self": "self IP",
    "route": "Route Entry",
    "route-domain": "Route Domain",
    "vlan": "VLAN",
    "tunnels/tunnel": "Tunnel",
}


def _self_ip(address: str, vlan: str) -> Item:
    return {
        "address": address,
        "addressSource": "from-user",
        "allowService": ["default"],
        "floating": "disabled",
        "inheritedTrafficGroup": "false",
        "trafficGroup": "/Common/traffic-group-local-only",
        "unit": 0,
        "vlan": vlan,
    }


def _factory() -> dict[str, dict[str, Item]]:
    return {
        "self": {
            "/Common/self-nodes": _self_ip("198.18.255.254/16", _VLAN_INSIDE),
            "/Common/self-nodes-v6": _self_ip("2001:db8:18::ffff:fffe/64", _VLAN_INSIDE),
            "/Common/self-virtuals": _self_ip("192.0.2.254/24", _VLAN_OUTSIDE),
        },
        "route": {"/Common/default": {"gw": "198.18.255.1", "mtu": 0, "network": "default"}},
        "route-domain": {
            "/Common/0": {
                "id": 0,
                "strict": "enabled",
                "connectionLimit": 0,
                "vlans": [_VLAN_INSIDE, _VLAN_OUTSIDE],
            },
        },
        "vlan": {
            _VLAN_INSIDE: {"tag": 4094, "mtu": 1500, "failsafe": "disabled"},
            _VLAN_OUTSIDE: {"tag": 4093, "mtu": 1500, "failsafe": "disabled"},
        },
        "tunnels/tunnel": {},
    }


class NetObjects:
    def __init__(self, device: Device) -> None:
        self._device = device
        self.tables = _factory()
        device.elsewhere.append(self._paths)

    def _paths(self) -> Iterator[str]:
        for table in self.tables.values():
            yield from table

    def reset(self) -> None:
        self.tables = _factory()

    def routes(self, router: Router) -> None:
        for kind in self.tables:
            router.add(f"{_NET}/{kind}", GET=self._list(kind), POST=self._create(kind))
            router.add(
                f"{_NET}/{kind}/{{name}}",
                GET=self._one(kind),
                PATCH=self._change(kind),
                DELETE=self._delete(kind),
            )
        router.add("/mgmt/tm/auth/partition", GET=self._partitions, POST=self._create_partition)
        router.add(
            "/mgmt/tm/auth/partition/{name}",
            GET=self._partition,
            PATCH=self._change_partition,
            DELETE=self._delete_partition,
        )
        router.add("/mgmt/tm/sys/folder", GET=self._folders, POST=self._create_partition)
        router.add("/mgmt/tm/sys/folder/{name}", GET=self._folder, DELETE=self._delete_partition)

    # --- network objects ------------------------------------------------------------------------------------------------

    def _item(self, kind: str, path: str) -> Item:
        name = kind.replace("/", ":")
        item = {
            **named(f"tm:net:{name}:{name.rpartition(':')[2]}state", f"net/{kind}", path),
            **self.tables[kind][path],
        }
        if "vlan" in item and kind == "self":
            item["vlanReference"] = {
                "link": f"https://localhost{_NET}/vlan/{uri_name(str(item['vlan']))}?ver=17.1.1"
            }
        return item

    def _path(self, kind: str, name: str) -> str:
        path = full_path(name)
        if path not in self.tables[kind]:
            raise TmError(404, f"01020036:3: The requested {_TITLES[kind]} ({path}) was not found.")
        return path

    def _list(self, kind: str) -> Callable[[Request], Reply]:
        def answer(request: Request) -> Reply:
            partition = in_partition(request, self._device)
            items = (
                self._item(kind, path)
                for path in self.tables[kind]
                if partition is None or partition_of(path) == partition
            )
            name = kind.replace("/", ":")
            return Reply(
                body=collection(
                    f"tm:net:{name}:{name.rpartition(':')[2]}collectionstate", f"net/{kind}", items, request
                )
            )

        return answer

    def _one(self, kind: str) -> Callable[..., Reply]:
        return lambda request, name: Reply(body=select(self._item(kind, self._path(kind, name)), request))

    def _create(self, kind: str) -> Callable[[Request], Reply]:
        def answer(request: Request) -> Reply:
            body = request.json()
            name = str(body.pop("name", ""))
            if not name:
                raise TmError(400, 'one or more properties must be specified: "name"', 26214401)
            path = name if name.startswith("/") else f"/{body.pop('partition', 'Common')}/{name}"
            if path.rpartition("/")[0] not in self._device.folders:
                raise TmError(
                    404, f"01020036:3: The requested folder ({path.rpartition('/')[0]}) was not found."
                )
            if path in self.tables[kind]:
                raise TmError(
                    409,
                    f"01020066:3: The requested {_TITLES[kind]} ({path}) already exists in partition {partition_of(path)}.",
                )
            self.tables[kind][path] = _checked(
                kind, {**(_self_ip("", _VLAN_INSIDE) if kind == "self" else {}), **body}
            )
            return Reply(body=self._item(kind, path))

        return answer

    def _change(self, kind: str) -> Callable[..., Reply]:
        def answer(request: Request, name: str) -> Reply:
            path = self._path(kind, name)
            self.tables[kind][path] = _checked(kind, {**self.tables[kind][path], **request.json()})
            return Reply(body=self._item(kind, path))

        return answer

    def _delete(self, kind: str) -> Callable[..., Reply]:
        def answer(request: Request, name: str) -> Reply:
            del self.tables[kind][self._path(kind, name)]
            return Reply()

        return answer

    # --- partitions -----------------------------------------------------------------------------------------------------

    def _partition_item(self, name: str) -> Item:
        return {
            "kind": "tm:auth:partition:partitionstate",
            "name": name,
            "fullPath": name,
            "generation": 1,
            "selfLink": f"https://localhost/mgmt/tm/auth/partition/{name}?ver=17.1.1",
            "defaultRouteDomain": self._device.route_domain(name),
        }

    def _partition_names(self) -> list[str]:
        return sorted({path.split("/")[1] for path in self._device.folders})

    def _known_partition(self, name: str) -> str:
        plain = name.strip("~/")
        if plain not in self._partition_names():
            raise TmError(404, f"01070734:3: The requested partition ({plain}) was not found.")
        return plain

    def _partitions(self, request: Request) -> Reply:
        items = (self._partition_item(name) for name in self._partition_names())
        return Reply(
            body=collection("tm:auth:partition:partitioncollectionstate", "auth/partition", items, request)
        )

    def _partition(self, request: Request, name: str) -> Reply:
        return Reply(body=select(self._partition_item(self._known_partition(name)), request))

    def _create_partition(self, request: Request) -> Reply:
        body = request.json()
        name = str(body.get("name", "")).strip("/")
        if not name or "/" in name:
            raise TmError(400, f"01070734:3: The partition name ({name}) is invalid.")
        if name in self._partition_names():
            raise TmError(
                409, f"01020066:3: The requested folder (/{name}) already exists in partition {name}."
            )
        self._device.create_folder(f"/{name}", int(body.get("defaultRouteDomain", 0)))
        return Reply(body=self._partition_item(name))

    def _change_partition(self, request: Request, name: str) -> Reply:
        plain = self._known_partition(name)
        domain = request.json().get("defaultRouteDomain")
        if domain is not None:
            self._device.create_folder(f"/{plain}", int(domain))
        return Reply(body=self._partition_item(plain))

    def _delete_partition(self, request: Request, name: str) -> Reply:
        plain = self._known_partition(name)
        if plain == "Common":
            raise RestError(
                400, "01070734:3: Configuration error: Can't delete folder (/Common), it is a system folder."
            )
        try:
            self._device.remove_folder(f"/{plain}")
        except DeviceError as refusal:
            raise TmError(400, str(refusal)) from None
        return Reply()

    def _folder_item(self, path: str) -> Item:
        _root, partition, *sub = path.split("/")
        return {
            "kind": "tm:sys:folder:folderstate",
            "name": path.rpartition("/")[2],
            **({"partition": partition} if sub else {}),
            "fullPath": path,
            "generation": 1,
            "selfLink": f"https://localhost/mgmt/tm/sys/folder/{uri_name(path)}?ver=17.1.1",
            "deviceGroup": "none",
            "hidden": "false",
            "inheritedDevicegroup": "true",
            "inheritedTrafficGroup": "true",
            "noRefCheck": "false",
            "trafficGroup": "/Common/traffic-group-1",
        }

    def _folders(self, request: Request) -> Reply:
        return Reply(
            body=collection(
                "tm:sys:folder:foldercollectionstate",
                "sys/folder",
                map(self._folder_item, sorted(self._device.folders)),
                request,
            )
        )

    def _folder(self, request: Request, name: str) -> Reply:
        path = full_path(name)
        if path not in self._device.folders:
            raise TmError(404, f"01020036:3: The requested folder ({path}) was not found.")
        return Reply(body=select(self._folder_item(path), request))


def _checked(kind: str, item: dict[str, Any]) -> Item:
    """Refuse an address that is none, as mcpd does."""
    text = (
        str(item.get("address", "")) if kind == "self" else str(item.get("gw", "")) if kind == "route" else ""
    )
    if kind == "self" or text:
        try:
            ipaddress.ip_interface(
                text.replace("%" + text.partition("%")[2].partition("/")[0], "") if "%" in text else text
            )
        except ValueError:
            raise TmError(400, f"invalid IP address: {text}", 26214401) from None
    return item
