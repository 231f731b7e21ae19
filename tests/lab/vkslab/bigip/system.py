# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""iControl REST of the system: version, readiness, modules, failover and config-sync; and the pair that two units make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .http import Reply, Request, Router, TmError
from .rest import TMOS, Item, collection, named, self_link, stat, stats

GROUP = "/Common/lab-group"


class Pair:
    """What two units share: who is active, and whether both have the same configuration.

    ``sync`` is ``manual`` (the group stays "Changes Pending" until somebody syncs) or ``automatic``.
    """

    def __init__(self, copy: Callable[[int, int], None], *, automatic: bool = False) -> None:
        self.active = 0
        self.automatic = automatic
        self.changed_on: set[int] = set()
        self.syncs = 0
        self._copy = copy
        self._copying = False
        self._listeners: list[Callable[[int], None]] = []

    def on_failover(self, callback: Callable[[int], None]) -> None:
        self._listeners.append(callback)

    def failover(self, to: int | None = None) -> int:
        self.active = 1 - self.active if to is None else to
        for callback in self._listeners:
            callback(self.active)
        return self.active

    def note_change(self, unit: int) -> None:
        if self._copying:
            return
        self.changed_on.add(unit)
        if self.automatic:
            self.sync(unit)

    def sync(self, source: int) -> None:
        """The other unit becomes as this one."""
        self._copying = True
        try:
            self._copy(source, 1 - source)
        finally:
            self._copying = False
        self.changed_on.clear()
        self.syncs += 1


class System:
    def __init__(self, unit: int, pair: Pair | None, save: Callable[[], None]) -> None:
        self.unit, self.pair = unit, pair
        self._save = save
        self.version = TMOS
        self.standby = False  # of a single unit, by a fault
        self.modules = {"ltm": "nominal", "asm": "none", "gtm": "none", "apm": "none", "afm": "none"}

    def routes(self, router: Router) -> None:
        router.add("/mgmt/tm/sys/version", GET=self._version)
        router.add("/mgmt/tm/sys/ready", GET=self._ready)
        router.add("/mgmt/tm/sys/available", GET=self._available)
        router.add("/mgmt/tm/sys/provision", GET=self._provision)
        router.add("/mgmt/tm/sys/global-settings", GET=self._global_settings)
        router.add("/mgmt/tm/sys/config", POST=self._save_config)
        router.add("/mgmt/tm/sys/failover", GET=self._failover, POST=self._command_failover)
        router.add("/mgmt/tm/cm", POST=self._command_sync)
        router.add("/mgmt/tm/cm/config-sync", POST=self._command_sync)
        router.add("/mgmt/tm/cm/device", GET=self._devices)
        router.add("/mgmt/tm/cm/device/{name}", GET=self._device)
        router.add("/mgmt/tm/cm/failover-status", GET=self._failover_status)
        router.add("/mgmt/tm/cm/sync-status", GET=self._sync_status)
        router.add("/mgmt/tm/cm/device-group", GET=self._device_groups)
        router.add("/mgmt/tm/cm/device-group/{name}", GET=self._device_group)
        router.add("/mgmt/tm/cm/device-group/{name}/devices", GET=self._group_devices)
        router.add("/mgmt/shared/identified-devices/config/device-info", GET=self._device_info)

    @property
    def active(self) -> bool:
        return not self.standby if self.pair is None else self.pair.active == self.unit

    @property
    def hostname(self) -> str:
        return _hostname(self.unit)

    # --- what it is -----------------------------------------------------------------------------------------------------

    def _version(self, request: Request) -> Reply:
        values = {
            "Build": "0.0.8",
            "Date": "Tue Oct 17 04:20:44 PDT 2023",
            "Edition": "Point Release 1",
            "Product": "BIG-IP",
            "Title": "Main Package",
            "Version": self.version,
        }
        return Reply(
            body=stats("tm:sys:version:versionstats", "sys/version", {"sys/version/0": stat(values)})
        )

    def _ready(self, request: Request) -> Reply:
        values = {"configReady": "yes", "licenseReady": "yes", "provisionReady": "yes"}
        return Reply(body=stats("tm:sys:ready:readystats", "sys/ready", {"sys/ready/0": stat(values)}))

    def _available(self, request: Request) -> Reply:
        return Reply(body={})

    def _provision(self, request: Request) -> Reply:
        items = [
            {
                "kind": "tm:sys:provision:provisionstate",
                "name": name,
                "fullPath": name,
                "generation": 1,
                "selfLink": self_link(f"sys/provision/{name}"),
                "cpuRatio": 0,
                "diskRatio": 0,
                "level": level,
                "memoryRatio": 0,
            }
            for name, level in self.modules.items()
        ]
        return Reply(
            body=collection("tm:sys:provision:provisioncollectionstate", "sys/provision", items, request)
        )

    def _global_settings(self, request: Request) -> Reply:
        return Reply(
            body={
                "kind": "tm:sys:global-settings:global-settingsstate",
                "selfLink": self_link("sys/global-settings"),
                "hostname": self.hostname,
            }
        )

    def _save_config(self, request: Request) -> Reply:
        body = request.json()
        if body.get("command") != "save":
            raise TmError(400, f'invalid property value "command":"{body.get("command")}"', 26214401)
        self._save()
        return Reply(body={"kind": "tm:sys:config:savestate", "command": "save"})

    def _device_info(self, request: Request) -> Reply:
        return Reply(
            body={
                "baseMac": "52:54:00:00:00:01",
                "hostname": self.hostname,
                "version": self.version,
                "product": "BIG-IP",
                "platform": "Z100",
                "build": "0.0.8",
                "machineId": f"00000000-0000-4000-8000-{self.unit:012d}",
                "managementAddress": "127.0.0.1",
                "generation": 0,
                "lastUpdateMicros": 0,
                "kind": "shared:resolver:device-groups:deviceinfostate",
                "selfLink": "https://localhost/mgmt/shared/identified-devices/config/device-info",
            }
        )

    # --- failover -------------------------------------------------------------------------------------------------------

    def _state_of(self, unit: int) -> str:
        active = self.active if self.pair is None or unit == self.unit else self.pair.active == unit
        return "active" if active else "standby"

    def _device_item(self, unit: int) -> Item:
        return {
            **named("tm:cm:device:devicestate", "cm/device", f"/Common/{_hostname(unit)}"),
            "build": "0.0.8",
            "configsyncIp": f"198.51.100.{unit + 1}",
            "edition": "Point Release 1",
            "failoverState": self._state_of(unit),
            "haCapacity": 0,
            "hostname": _hostname(unit),
            "managementIp": "127.0.0.1",
            "marketingName": "BIG-IP Virtual Edition",
            "platformId": "Z100",
            "product": "BIG-IP",
            # as on a device: "true" on the item of the unit that answers
            "selfDevice": "true" if unit == self.unit else "false",
            "unicastAddress": [
                {
                    "effectiveIp": f"198.51.100.{unit + 1}",
                    "effectivePort": 1026,
                    "ip": f"198.51.100.{unit + 1}",
                    "port": 1026,
                }
            ],
            "version": self.version,
        }

    def _units(self) -> range:
        return range(1 if self.pair is None else 2)

    def _devices(self, request: Request) -> Reply:
        return Reply(
            body=collection(
                "tm:cm:device:devicecollectionstate",
                "cm/device",
                map(self._device_item, self._units()),
                request,
            )
        )

    def _device(self, request: Request, name: str) -> Reply:
        for unit in self._units():
            if name.rpartition("~")[2] == _hostname(unit):
                return Reply(body=self._device_item(unit))
        raise TmError(404, f"01020036:3: The requested device ({name.replace('~', '/')}) was not found.")

    def _failover_status(self, request: Request) -> Reply:
        active = self.active
        values = {
            "color": "green" if active else "gray",
            "status": "ACTIVE" if active else "STANDBY",
            "summary": "1/1 active" if active else "",
        }
        return Reply(
            body=stats(
                "tm:cm:failover-status:failover-statusstats",
                "cm/failover-status",
                {"cm/failover-status/0": stat(values)},
            )
        )

    def _failover(self, request: Request) -> Reply:
        text = f"Failover {'active' if self.active else 'standby'} for 0d 01:00:00\n"
        return Reply(
            body={
                "kind": "tm:sys:failover:failoverstats",
                "selfLink": self_link("sys/failover"),
                "apiRawValues": {"apiAnonymous": text},
            }
        )

    def _command_failover(self, request: Request) -> Reply:
        body = request.json()
        if self.pair is None:
            raise TmError(
                400, "01070812:3: Cannot go standby: this device is not in a failover device group."
            )
        if body.get("standby") and self.active:
            self.pair.failover()
        return Reply(body={"kind": "tm:sys:failover:runstate", **body})

    # --- config-sync ----------------------------------------------------------------------------------------------------

    def _sync_status(self, request: Request) -> Reply:
        values = {"mode": "high-availability"}
        if self.pair is None:
            values = {"color": "green", "mode": "standalone", "status": "Standalone", "summary": " "}
        elif not self.pair.changed_on:
            values |= {
                "color": "green",
                "status": "In Sync",
                "summary": "All devices in the device group are in sync",
            }
        elif len(self.pair.changed_on) == 1:
            values |= {
                "color": "yellow",
                "status": "Changes Pending",
                "summary": "There is a possible change conflict between the devices in the device group",
            }
        else:
            values |= {
                "color": "red",
                "status": "Changes Pending",
                "summary": "There is a conflict of changes on both devices",
            }
        return Reply(
            body=stats(
                "tm:cm:sync-status:sync-statusstats", "cm/sync-status", {"cm/sync-status/0": stat(values)}
            )
        )

    def _group_item(self) -> Item:
        assert self.pair is not None
        return {
            **named("tm:cm:device-group:device-groupstate", "cm/device-group", GROUP),
            "asmSync": "disabled",
            "autoSync": "enabled" if self.pair.automatic else "disabled",
            "fullLoadOnSync": "false",
            "networkFailover": "enabled",
            "saveOnAutoSync": "false",
            "type": "sync-failover",
            "devicesReference": {
                "link": self_link(f"cm/device-group/{GROUP.replace('/', '~')}/devices"),
                "isSubcollection": True,
            },
        }

    def _device_groups(self, request: Request) -> Reply:
        items = [] if self.pair is None else [self._group_item()]
        return Reply(
            body=collection(
                "tm:cm:device-group:device-groupcollectionstate", "cm/device-group", items, request
            )
        )

    def _known_group(self, name: str) -> None:
        path = "/Common/" + name.replace("~", "/").rpartition("/")[2]
        if self.pair is None or path != GROUP:
            raise TmError(404, f"01020036:3: The requested device group ({path}) was not found.")

    def _device_group(self, request: Request, name: str) -> Reply:
        self._known_group(name)
        return Reply(body=self._group_item())

    def _group_devices(self, request: Request, name: str) -> Reply:
        self._known_group(name)
        where = f"cm/device-group/{GROUP.replace('/', '~')}/devices"
        items = (
            named("tm:cm:device-group:devices:devicesstate", where, f"/Common/{_hostname(unit)}")
            for unit in self._units()
        )
        return Reply(
            body=collection("tm:cm:device-group:devices:devicescollectionstate", where, items, request)
        )

    def _command_sync(self, request: Request) -> Reply:
        """``{"command": "run", "utilCmdArgs": "config-sync to-group G"}``, or ``options: [{"to-group": G}]``."""
        body: dict[str, Any] = request.json()
        words = str(body.get("utilCmdArgs", "")).split()
        group = next((words[i + 1] for i, word in enumerate(words[:-1]) if word == "to-group"), "")
        for option in body.get("options") or []:
            group = group or str(option.get("to-group", ""))
        if body.get("command") != "run" or not group:
            raise TmError(
                400, "01070734:3: Configuration error: config-sync needs to-group and a device group."
            )
        self._known_group(group)
        assert self.pair is not None
        self.pair.sync(self.unit)
        return Reply(body={"kind": "tm:cm:config-sync:runstate", **body})


def _hostname(unit: int) -> str:
    return f"bigip{unit + 1}.lab.test"
