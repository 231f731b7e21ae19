# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab's folder: its identity, its options, and the lock against two commands at the same time."""

from __future__ import annotations

import fcntl
import json
import random
import re
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from . import paths, processes
from .errors import LabError

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")
#: Below the range from which the kernel takes ports for outgoing connections, so these do not conflict.
PORTS = range(20000, 29999)


@dataclass(frozen=True)
class Options:
    """The options of `lab up`."""

    cni: str = "antrea"
    antrea_version: str = ""
    nodes: int = 3
    ip_family: str = "ipv4"
    bigip_units: int = 1
    sync: str = "manual"
    monitor_interval: float = 2.0
    npl: str = "on"
    npl_port_range: str = ""
    update_strategy: str = "OnDelete"
    encap_mode: str = "encap"
    antrea_ipam: str = "off"
    calico_api: str = "v1"
    vks: str = "none"
    network_provider: str = "vsphere"
    vks_sync: float = 3.0

    def spelled(self) -> str:
        return " ".join(
            f"--{field.name.replace('_', '-')} {getattr(self, field.name)}"
            for field in fields(self)
            if self._is_spelled(field.name)
        )

    def _is_spelled(self, name: str) -> bool:
        """The main options always; of the others only those that differ from the default."""
        value = getattr(self, name)
        return value != "" and (
            name in ("cni", "antrea_version", "nodes", "ip_family", "bigip_units")
            or value != getattr(Options, name)
        )


class Lab:
    """The folder of one lab. Everything that the lab writes is below it."""

    def __init__(self, name: str) -> None:
        if not NAME.fullmatch(name):
            raise LabError(
                f"{name!r} cannot be a lab's name: lower-case letters, digits and dashes, up to 32 of them."
            )
        self.name = name
        self.folder = paths.labs() / name

    @property
    def _file(self) -> Path:
        return self.folder / "lab.json"

    def exists(self) -> bool:
        return self.folder.is_dir()

    def create(self, options: Options) -> None:
        self.folder.mkdir(parents=True, mode=0o700)
        self.write(
            "lab.json", {"name": self.name, "options": asdict(options), "status": "starting", "ports": {}}
        )

    def set_up(self) -> None:
        self.write("lab.json", {**self._content(), "status": "up"})

    def came_up(self) -> bool:
        return self._content().get("status") == "up"

    def is_up(self) -> bool:
        """It came up and everything that it started still runs."""
        return self.came_up() and all(process.alive() for process in self.processes())

    def options(self) -> Options | None:
        content = self._content().get("options")
        return Options(**content) if content else None

    def processes(self) -> list[processes.Process]:
        return processes.of(self.folder)

    def remove(self) -> None:
        """End what it started and delete its folder."""
        if self.exists():
            processes.end(self.processes())
            shutil.rmtree(self.folder)

    def ports(self, *names: str) -> dict[str, int]:
        """Free ports for programs that cannot choose one. They are recorded, so no other lab uses them."""
        with _locked(paths.labs() / ".ports.lock", wait=True):
            taken = {port for lab in all_labs() for port in lab.known_ports().values()}
            chosen: dict[str, int] = {}
            for port in random.sample(PORTS, len(PORTS)):
                if len(chosen) == len(names):
                    break
                if port not in taken and _is_free(port):
                    chosen[names[len(chosen)]] = port
            content = self._content()
            self.write("lab.json", {**content, "ports": {**content.get("ports", {}), **chosen}})
        return chosen

    def known_ports(self) -> dict[str, int]:
        """The ports that were chosen for its programs, by name."""
        ports: dict[str, int] = self._content().get("ports", {})
        return ports

    def write(self, name: str, content: Any) -> None:
        write_file(self.folder, name, content)

    def read(self, name: str) -> dict[str, Any] | None:
        try:
            content: dict[str, Any] = json.loads((self.folder / name).read_text())
        except FileNotFoundError:
            return None
        return content

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One command at a time changes a lab. The lock ends with the command, however that ends."""
        with _locked(paths.labs() / f".{self.name}.lock", wait=False, holder=f"the lab {self.name}"):
            yield

    def _content(self) -> dict[str, Any]:
        return self.read("lab.json") or {}


def all_labs() -> list[Lab]:
    root = paths.labs()
    return (
        [Lab(path.name) for path in sorted(root.iterdir()) if path.is_dir() and NAME.fullmatch(path.name)]
        if root.is_dir()
        else []
    )


def write_file(folder: Path, name: str, content: Any) -> None:
    """Text as it is, anything else as JSON. A reader sees all of it or nothing."""
    part = folder / f".{name}.part"
    part.touch(mode=0o600)
    part.write_text(content if isinstance(content, str) else json.dumps(content, indent=2) + "\n")
    part.rename(folder / name)


@contextmanager
def _locked(path: Path, *, wait: bool, holder: str = "") -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        deadline = time.monotonic() + (processes.HANG if wait else 0)
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise LabError(
                        f"Another command is at work on {holder or path}. Wait until it has ended, then try "
                        "again."
                    ) from None
                time.sleep(0.05)
        yield


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
