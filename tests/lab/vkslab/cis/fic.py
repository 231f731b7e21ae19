# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""F5's IPAM controller with its own provider: addresses of a label's range, given in the status of IPAM
objects."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from ipaddress import ip_address

import aiohttp

from ..kube import Informer, Kube, KubeError
from .ipam import GROUP
from .logs import Log
from .program import Exit, Host, Json

RETRY = 1.0


def ranges(arguments: list[str]) -> dict[str, list[str]]:
    """Label to addresses, of --ip-range."""
    given = next((word.partition("=")[2] for word in arguments if word.startswith("--ip-range=")), "")
    if not given:
        raise Exit("IP range not provided for F5 IP Provider")
    try:
        return {label: list(_between(text)) for label, text in json.loads(given).items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise Exit(f"[PROV] Provided IP range is not valid: {given}: {error}")


def _between(text: str) -> Iterator[str]:
    first, _dash, last = text.partition("-")
    start, end = ip_address(first), ip_address(last or first)
    for number in range(int(start), int(end) + 1):
        yield str(type(start)(number))


def assign(asked: list[Json], given: list[Json], free: dict[str, list[str]], taken: set[str]) -> list[Json]:
    """Existing addresses stay.

    A new host gets the first free address of the label; a removed host releases its own.
    """

    def who(entry: Json) -> tuple[str, str]:
        return entry["ipamLabel"], entry.get("host") or entry.get("key", "")

    known = {who(entry): entry for entry in given}
    result = []
    for entry in asked:
        if who(entry) in known:
            result.append(known[who(entry)])
            continue
        address = next((each for each in free.get(entry["ipamLabel"], ()) if each not in taken), "")
        if address:
            taken.add(address)
            result.append({**entry, "ip": address})
    return result


class Fic:
    """The program of the image f5-ipam-controller."""

    image = "f5-ipam-controller"

    async def run(self, host: Host) -> None:
        log = Log(host.log)
        log.info("[INIT] Starting: F5 IPAM Controller - Version: 0.1.12, BuildInfo: lab")
        provider = next(
            (word.partition("=")[2] for word in host.arguments if word.startswith("--ipam-provider=")), ""
        )
        try:
            if provider != "f5-ip-provider":
                raise Exit(f"[INIT] the lab has no IPAM provider {provider}")
            free = ranges(host.arguments)
        except Exit as error:
            log.error(str(error))
            raise
        # It has no port for a probe.
        await host.serve(8080, True, {})
        async with await host.client() as kube:
            await _Work(kube, log, free).go()


class _Work:
    def __init__(self, kube: Kube, log: Log, free: dict[str, list[str]]) -> None:
        self._kube, self._log, self._free = kube, log, free
        self._changed = asyncio.Event()
        self._ipams: dict[tuple[str, str], Json] = {}

    async def go(self) -> None:
        # CIS creates the kind at its first start.
        while True:
            try:
                await self._kube.get(f"/apis/{GROUP}/v1/ipams")
                break
            except (KubeError, aiohttp.ClientError, asyncio.TimeoutError) as error:
                self._log.error(f"[CORE] Failed to list ipams: {error}")
                await asyncio.sleep(RETRY)
        informer = asyncio.ensure_future(
            Informer(self._kube, f"/apis/{GROUP}/v1/ipams", lambda item: item, self._note).run()
        )
        try:
            while True:
                await self._changed.wait()
                self._changed.clear()
                await self._round()
        finally:
            informer.cancel()
            await asyncio.gather(informer, return_exceptions=True)

    def _note(self, old: Json | None, new: Json | None) -> None:
        meta = (new or old or {})["metadata"]
        key = meta["namespace"], meta["name"]
        if new is None:
            self._ipams.pop(key, None)
        else:
            self._ipams[key] = new
        self._changed.set()

    async def _round(self) -> None:
        taken = {entry["ip"] for ipam in self._ipams.values() for entry in _given(ipam)}
        for (namespace, name), ipam in self._ipams.items():
            wanted = assign((ipam.get("spec") or {}).get("hostSpecs") or [], _given(ipam), self._free, taken)
            if wanted == _given(ipam):
                continue
            try:
                await self._kube.merge_patch(
                    f"/apis/{GROUP}/v1/namespaces/{namespace}/ipams/{name}/status",
                    {"status": {"IPStatus": wanted}},
                )
            except (KubeError, aiohttp.ClientError, asyncio.TimeoutError) as error:
                self._log.error(f"[CORE] could not update IPAM {namespace}/{name}: {error}")
                self._changed.set()
                await asyncio.sleep(RETRY)


def _given(ipam: Json) -> list[Json]:
    return (ipam.get("status") or {}).get("IPStatus") or []
