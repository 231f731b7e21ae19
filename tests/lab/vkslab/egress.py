# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API server's way to nodes and Pods: a Unix socket that leads to the lab's proxy.

kube-apiserver reaches a proxy by HTTP CONNECT over TCP only with TLS (without, 1.35 ends with a nil pointer),
and in clear over a Unix socket. The lab's proxy speaks clear TCP; this joins the two.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from urllib.parse import urlsplit

#: Below the lab's folder, which is the working folder of its processes: the path of a Unix socket may have
# 107 letters only.
SOCKET = "egress.sock"


async def serve(lab_dir: Path) -> asyncio.AbstractServer:
    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            proxy = urlsplit(json.loads((lab_dir / "net.json").read_text())["proxy"])
            far_reader, far_writer = await asyncio.open_connection(proxy.hostname, proxy.port)
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        writer.close()

    return await asyncio.start_unix_server(carry, SOCKET)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
        if target.can_write_eof():
            target.write_eof()
    except OSError:
        target.close()
