# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m vkslab.bigip --lab-dir DIR``: a BIG-IP, or a pair of them, until SIGTERM.

SIGHUP: as after the start.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import secrets
import signal
from pathlib import Path
from typing import Any

from ..bgp.peering import Peerings
from .auth import User
from .dataplane import DataPlane, DataProxy
from .reach import Reach
from .server import Authority, Server
from .system import Pair
from .unit import Unit, make_pair

CA_FILE = "bigip-ca.pem"


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m vkslab.bigip", description=__doc__)
    options.add_argument("--lab-dir", type=Path, required=True)
    options.add_argument(
        "--units",
        type=int,
        choices=(1, 2),
        default=1,
        help="2: an active and a standby unit in one device group",
    )
    options.add_argument(
        "--sync", choices=("manual", "automatic"), default="manual", help="config-sync of the pair"
    )
    options.add_argument(
        "--monitor-interval",
        type=float,
        default=2.0,
        metavar="SECONDS",
        help=(
            "the time of a monitor's interval of 5 s; the same factor applies to all intervals and timeouts "
            "(default %(default)s)"
        ),
    )
    return options


class Lab:
    """The units, and the one data proxy in front of them."""

    def __init__(
        self, lab_dir: Path, *, units: int = 1, automatic_sync: bool = False, monitor_interval: float = 2.0
    ) -> None:
        self._dir = lab_dir
        # "admin" may hold any number of tokens; "publisher" has the same rights and a BIG-IP's limit; "guest"
        # reads LTM
        names = {"admin": "admin", "publisher": "admin", "guest": "guest"}
        self.users = [User(name, secrets.token_urlsafe(12), role) for name, role in names.items()]
        self._authority, self._reach = Authority(), Reach(lab_dir)
        self._servers = [Server(self._authority, f"127.0.0.{number + 1}") for number in range(units)]
        self._automatic_sync, self._monitor_interval = automatic_sync, monitor_interval
        self.peerings = Peerings(lab_dir, lambda: {unit.number: unit.network for unit in self.units})
        self._following: asyncio.Task[None] | None = None
        self.units = self._make_units()
        self.proxy = DataProxy(self._active_plane)
        self.data_proxy = ""
        self._renewals = 0

    def _make_units(self) -> list[Unit]:
        def make(number: int, pair: Pair | None) -> Unit:
            return Unit(
                self.users,
                self._reach,
                self._servers[number],
                number=number,
                pair=pair,
                monitor_interval=self._monitor_interval,
                sessions=lambda: self.peerings.sessions,
            )

        return [make(0, None)] if len(self._servers) == 1 else make_pair(make, automatic=self._automatic_sync)

    def _active_plane(self) -> DataPlane | None:
        return next((unit.plane for unit in self.units if unit.system.active), None)

    async def start(self) -> None:
        self._authority.write(self._dir / CA_FILE)
        self.data_proxy = f"http://127.0.0.1:{await self.proxy.start()}"
        await self._start_units()
        self._following = asyncio.create_task(self.peerings.run())

    async def _start_units(self) -> None:
        port = 0
        for unit in self.units:  # the second unit has the same port on the next loopback address
            await unit.start(port)
            port = unit.server.port
        self._write()

    async def renew(self) -> None:
        """As after the start, behind the same ports, with the same users and certificates."""
        await self._stop_units()
        self.units = self._make_units()
        self._renewals += 1
        await self._start_units()

    async def stop(self) -> None:
        if self._following:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        await self.proxy.stop()
        await self._stop_units()
        for server in self._servers:
            await server.stop()

    async def _stop_units(self) -> None:
        for unit in self.units:
            await unit.stop()

    def facts(self) -> dict[str, Any]:
        first, passwords = self.units[0].server, {user.name: user.password for user in self.users}
        return {
            "url": first.url,
            "host": first.host,
            "port": first.port,
            "user": "admin",
            "password": passwords["admin"],
            "users": passwords,
            "ca": str(self._dir / CA_FILE),
            "data_proxy": self.data_proxy,
            "renewals": self._renewals,
            "units": [
                {
                    "name": unit.system.hostname,
                    "url": unit.server.url,
                    "host": unit.server.host,
                    "port": unit.server.port,
                }
                for unit in self.units
            ],
        }

    def _write(self) -> None:
        unfinished = self._dir / f".bigip.json.{os.getpid()}"
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(self.facts(), indent=2) + "\n")
        unfinished.replace(self._dir / "bigip.json")


async def main() -> None:
    options = parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    stop, renew = asyncio.Event(), asyncio.Event()
    for number, event in ((signal.SIGTERM, stop), (signal.SIGINT, stop), (signal.SIGHUP, renew)):
        asyncio.get_running_loop().add_signal_handler(number, event.set)
    lab = Lab(
        options.lab_dir,
        units=options.units,
        automatic_sync=options.sync == "automatic",
        monitor_interval=options.monitor_interval,
    )
    await lab.start()
    logging.info(
        "listening: %s, virtual servers by %s",
        ", ".join(unit.server.url for unit in lab.units),
        lab.data_proxy,
    )
    renewing = asyncio.create_task(_renew(lab, renew))
    await stop.wait()
    renewing.cancel()
    await lab.stop()


async def _renew(lab: Lab, asked: asyncio.Event) -> None:
    while True:
        await asked.wait()
        asked.clear()
        await lab.renew()
        logging.info("as after the start")


if __name__ == "__main__":
    asyncio.run(main())
