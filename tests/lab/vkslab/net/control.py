# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes of the data path itself, below /_lab on the proxy's port, for tests and the simulated Antrea.

README-net.md lists them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import h11

from .http import HttpStream
from .routes import Kind, NplKey

if TYPE_CHECKING:
    from .proxy import Proxy

FAULTS = (Kind.SILENT.value, Kind.REFUSED.value)


class Control:
    def __init__(self, proxy: Proxy, synced: Callable[[], bool]) -> None:
        self._proxy = proxy
        self._synced = synced
        #: Simulated Antrea sends everything again when this value changes.
        self._instance = uuid.uuid4().hex

    async def __call__(self, stream: HttpStream, request: h11.Request) -> None:
        body = await stream.read_body()
        path = request.target.decode("latin-1").partition("?")[0]
        status, answer = self._handle(request.method.decode(), path, body)
        await stream.answer_json(status, answer)

    def _handle(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        table = self._proxy.table
        match method, path.split("/", 3)[1:]:
            case "GET", ["_lab", "status"]:
                counts = {
                    "pods": len(table.pods),
                    "nodes": len(table.nodes),
                    "services": len(table.services),
                    "npl": len(table.npl),
                }
                return (200 if self._synced() else 503), {"synced": self._synced(), **counts}
            case "GET", ["_lab", "routes"]:
                return 200, table.describe()
            case "GET", ["_lab", "route", target]:
                host, _colon, port = target.rpartition(":")
                if not port.isdigit():
                    return 400, {"error": f"{target} is not ADDRESS:PORT"}
                route = table.resolve(host.removeprefix("[").removesuffix("]"), int(port))
                pod = table.pods.get(route.pod)
                return 200, {"kind": route.kind.value, "reason": route.reason, "pod": pod.key if pod else ""}
            case "GET", ["_lab", "answers"]:
                return 200, self._proxy.answers
            case "DELETE", ["_lab", "answers"]:
                self._proxy.answers.clear()
                return 200, {}
            case "GET", ["_lab", "faults"]:
                return 200, table.faults
            case "PUT", ["_lab", "faults", what]:
                fault = body.decode().strip()
                if fault not in FAULTS or what.split("/")[0] not in ("node", "pod", "address"):
                    return 400, {
                        "error": (
                            f"a fault is one of {', '.join(FAULTS)}, set on node/NAME, "
                            "pod/NAMESPACE/NAME or address/IP[:PORT]"
                        )
                    }
                table.faults[what] = fault
                return 200, table.faults
            case "DELETE", ["_lab", "faults", what]:
                table.faults.pop(what, None)
                return 200, table.faults
            case "DELETE", ["_lab", "faults"]:
                table.faults.clear()
                return 200, {}
            case "POST", ["_lab", "npl"]:
                return self._npl(json.loads(body))
        return 404, {"error": f"{method} {path}: no such route of the lab's data path"}

    def _npl(self, change: dict[str, Any]) -> tuple[int, Any]:
        """``put``: rows of node, family, protocol, port, Pod address, Pod port; ``drop``: rows of the first
        four.

        ``instance`` is what the last answer named. When it is another one, the change is not applied: the
        sender sends everything again, with ``all``.
        """
        if not change.get("all") and change.get("instance") != self._instance:
            return 409, {"instance": self._instance}
        put: dict[NplKey, tuple[str, int]] = {
            (row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in change["put"]
        }
        drop: list[NplKey] = [(row[0], row[1], row[2], row[3]) for row in change["drop"]]
        self._proxy.table.npl_changed(drop, put, replace_all=bool(change.get("all")))
        return 200, {"instance": self._instance}
