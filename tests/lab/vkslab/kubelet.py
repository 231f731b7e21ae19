# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a kubelet that kwok lacks: the logs of each Pod, and the effect of a node's readiness on its
Pods.

Logs are files: lab_dir/pod-logs/NAMESPACE/POD/CONTAINER.log, plain lines, each with or without an RFC 3339
time before it. A simulated program appends its lines there. A Pod without a file has an empty log.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime
import logging
import re
import signal
import ssl
import time
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from . import egress
from .kube import Informer, Kube, KubeError
from .podlog import previous
from .state import write_file

log = logging.getLogger(__name__)

FOLLOW_SECONDS = 0.2
#: How long and how often a node's word is held up to its Pods: the controller manager looks at nodes every
# five seconds.
SETTLE_SECONDS = 15
SETTLE_PAUSE = 0.5
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ")


class Logs:
    """The container logs of all nodes' kubelets."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def answer(self, request: web.Request) -> web.StreamResponse:
        names = [request.match_info[part] for part in ("namespace", "pod", "container")]
        if any(name in ("", ".", "..") or "/" in name for name in names):
            return web.Response(status=400, text="a namespace, a Pod or a container cannot have this name")
        path = self._folder.joinpath(*names[:2], f"{names[2]}.log")
        query = request.query
        if query.get("previous") == "true":
            path = previous(path)
        answer = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await answer.prepare(request)
        content = _read(path, 0)
        position = len(content)
        await answer.write(_selected(content.decode(errors="replace"), query, path))
        while query.get("follow") == "true" and query.get("previous") != "true":
            await asyncio.sleep(FOLLOW_SECONDS)
            content = _read(path, position)
            position += len(content)
            if content:
                await answer.write(
                    _selected(
                        content.decode(errors="replace"), {"timestamps": query.get("timestamps", "")}, path
                    )
                )
        await answer.write_eof()
        return answer


def _read(path: Path, position: int) -> bytes:
    """Whole lines only: the last one may still be in the writing."""
    try:
        with path.open("rb") as file:
            file.seek(position)
            content = file.read()
    except FileNotFoundError:
        return b""
    return content[: content.rfind(b"\n") + 1]


def _selected(text: str, query: Any, path: Path) -> bytes:
    """The lines of a log that a request selects."""
    lines = []
    since = _since(query)
    for line in text.splitlines():
        found = _TIME.match(line)
        written = datetime.datetime.fromisoformat(_python_time(found[1])) if found else None
        if (
            since
            and (written or datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.timezone.utc))
            < since
        ):
            continue
        bare = line[found.end() :] if found else line
        if query.get("timestamps") == "true":
            moment = written or datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.timezone.utc)
            bare = f"{moment.astimezone(datetime.timezone.utc):%Y-%m-%dT%H:%M:%S.%f}Z {bare}"
        lines.append(f"{bare}\n")
    if query.get("tailLines"):
        count = int(query["tailLines"])
        lines = lines[-count:] if count else []
    content = "".join(lines).encode()
    return content[: int(query["limitBytes"])] if query.get("limitBytes") else content


def _since(query: Any) -> datetime.datetime | None:
    if query.get("sinceSeconds"):
        return datetime.datetime.fromtimestamp(
            time.time() - int(query["sinceSeconds"]), datetime.timezone.utc
        )
    if query.get("sinceTime"):
        return datetime.datetime.fromisoformat(_python_time(query["sinceTime"]))
    return None


def _python_time(text: str) -> str:
    """Python 3.10 reads neither Z nor nanoseconds."""
    head, _, rest = text.replace("Z", "+00:00").partition(".")
    if not rest:
        return head
    digits, zone = re.fullmatch(r"(\d+)(.*)", rest).groups()  # type: ignore[union-attr]
    return f"{head}.{digits[:6]:0<6}{zone}"


class Nodes:
    """The readiness of a node's Pods, as far as the node decides it.

    The control plane removes it when a node has been unknown for a minute. The lab removes it at once, when
    the annotation makes the node unknown. When the node is ready again, its kubelet restores it, and repeats
    that for a while: until its next check of the node, the controller manager removes the readiness of each
    Pod that it processes (`processPod` of its node lifecycle controller).
    """

    def __init__(self, kube: Kube) -> None:
        self._kube = kube
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.informer: Informer[tuple[str, str]] = Informer(kube, "/api/v1/nodes", _readiness, self._changed)

    def _changed(self, old: tuple[str, str] | None, new: tuple[str, str] | None) -> None:
        if old and old[1] != (new[1] if new else ""):
            if former := self._tasks.pop(old[0], None):
                former.cancel()
            if new and new[1] in ("True", "Unknown"):
                self._tasks[new[0]] = asyncio.get_running_loop().create_task(
                    self._settle(new[0], "True" if new[1] == "True" else "False")
                )

    async def _settle(self, node: str, ready: str) -> None:
        log.info("%s: Ready is %s, and so it is for its Pods", node, ready)
        until = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < until:
            try:
                await self._mark(node, ready)
            except (KubeError, aiohttp.ClientError, asyncio.TimeoutError) as error:
                log.warning("%s: %s", node, error)
            await asyncio.sleep(SETTLE_PAUSE)

    async def _mark(self, node: str, ready: str) -> None:
        async for pods, _ in self._kube.pages(
            "/api/v1/pods", {"fieldSelector": f"spec.nodeName={node},status.phase=Running"}
        ):
            for pod in pods:
                conditions = {
                    condition["type"]: condition for condition in pod["status"].get("conditions", [])
                }
                # A Pod whose containers are not ready stays unready on any node.
                if (
                    conditions.get("Ready", {}).get("status") == ready
                    or conditions.get("ContainersReady", {}).get("status") != "True"
                ):
                    continue
                now = datetime.datetime.now(datetime.timezone.utc)
                conditions["Ready"] = {
                    **conditions.get("Ready", {"type": "Ready"}),
                    "status": ready,
                    "lastTransitionTime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
                }
                meta = pod["metadata"]
                path = f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}/status"
                # All conditions are written together, with the version, so no concurrent one is lost. A
                # conflict is tried again.
                body = {
                    "metadata": {"resourceVersion": meta["resourceVersion"]},
                    "status": {"conditions": list(conditions.values())},
                }
                try:
                    await self._kube.merge_patch(path, body)
                except KubeError as error:
                    log.warning("%s", error)


def _readiness(node: dict[str, Any]) -> tuple[str, str]:
    conditions = {
        condition["type"]: condition["status"] for condition in node["status"].get("conditions", [])
    }
    return node["metadata"]["name"], conditions.get("Ready", "")


async def run(lab_dir: Path, kubeconfig: Path, ca: Path, certificate: Path, key: Path) -> None:
    logs = lab_dir / "pod-logs"
    logs.mkdir(exist_ok=True)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(ca))
    tls.load_cert_chain(certificate, key)
    tls.verify_mode = ssl.CERT_REQUIRED
    app = web.Application()
    app.router.add_get("/containerLogs/{namespace}/{pod}/{container}", Logs(logs).answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    await egress.serve(lab_dir)
    write_file(lab_dir, "kubelet.json", {"port": runner.addresses[0][1]})
    # The API server's certificate exists by now. This file shows that the API server answers.
    while not (lab_dir / "kubeconfig").exists():
        await asyncio.sleep(FOLLOW_SECONDS)
    async with Kube.from_kubeconfig(kubeconfig) as kube:
        await Nodes(kube).informer.run()


async def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m vkslab.kubelet", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--lab-dir", type=Path, required=True)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--ca", type=Path, required=True)
    parser.add_argument("--certificate", type=Path, required=True)
    parser.add_argument("--key", type=Path, required=True)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    work = asyncio.ensure_future(run(**vars(arguments)))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await work


if __name__ == "__main__":
    asyncio.run(main())
