# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kubelets' part in the life of a Pod with a program of the lab: pull, mount, start, probe, restart, end.

An image can be pulled unless its registry is below .invalid or F5 never published its tag. A program that
exits is started again after 1, 2, 4, 8, 10 s (a kubelet takes ten times as long). Readiness is probed every
second, whatever periodSeconds is. There is no liveness probe.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from ..kube import Kube
from ..net.objects import SERVES
from ..net.process import write_json
from ..podlog import PodLog
from .images import image_name, pull_error
from .mounts import Mounts
from .pod_object import TROUBLE, PodObject, now
from .program import Answer, Exit, Json, Program

log = logging.getLogger(__name__)

READY = "lab.vks.bigip/ready"
CRASH_FIRST, CRASH_LAST = 1.0, 10.0
PROBE = 1.0


class Container:
    """One container of one Pod: its Host."""

    def __init__(self, kube: Kube, lab_dir: Path, program: Program, pod: Json) -> None:
        self._kube, self._lab_dir, self._program = kube, lab_dir, program
        spec = _container(pod, program)
        self._name, self._image = spec["name"], spec["image"]
        self.arguments = [*(spec.get("command") or [""])[1:], *(spec.get("args") or [])]
        self._object = PodObject(kube, pod, self._name, self._image)
        self._mounts = Mounts(kube, self._object)
        folder = lab_dir / "pod-logs" / self._object.namespace / self._object.name
        self.log = PodLog(folder / f"{self._name}.log")
        self._changed = asyncio.Event()
        self._server: web.AppRunner | None = None
        self._served: tuple[int, int] | None = None
        self._serving = asyncio.Event()
        self._started = ""

    @property
    def pod(self) -> Json:
        return self._object.pod

    def update(self, pod: Json) -> None:
        self._object.pod = pod
        self._changed.set()

    def files(self, directory: str) -> dict[str, str]:
        return self._mounts.files(directory)

    async def live(self) -> None:
        try:
            while not self.pod.get("status", {}).get("podIP"):
                await self._next()
            await self._pull()
            await self._mounts.mount()
            pause = CRASH_FIRST
            while True:
                began = time.monotonic()
                ended = await self._run()
                if time.monotonic() - began > 60:
                    pause = CRASH_FIRST
                await self._crashed(ended)
                await asyncio.sleep(pause)
                pause = min(pause * 2, CRASH_LAST)
                self._object.restarts += 1
                # Files of a mounted Secret follow it.
                await self._mounts.mount()
                self.log.restart()
        finally:
            await self._close()

    async def end(self) -> None:
        await self._object.remove()

    async def _next(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    async def _pull(self) -> None:
        error = pull_error(self._image)
        if not error:
            return
        await self._object.event("Failed", f'Failed to pull image "{self._image}": {error}', "Warning")
        await self._object.show({"state": {"waiting": {"reason": "ErrImagePull", "message": error}}})
        await asyncio.sleep(0.5)
        await self._object.event("BackOff", f'Back-off pulling image "{self._image}"', "Normal")
        await self._object.show(
            {
                "state": {
                    "waiting": {
                        "reason": "ImagePullBackOff",
                        "message": f'Back-off pulling image "{self._image}": ErrImagePull: {error}',
                    }
                }
            }
        )
        await asyncio.Event().wait()

    async def _run(self) -> Exit:
        self._started = now()
        self._server = self._served = None
        self._serving.clear()
        await self._object.show(
            {"state": {"running": {"startedAt": self._started}}, "started": True}, phase="Running"
        )
        probing = asyncio.ensure_future(self._probe())
        try:
            await self._program.run(self)
        except Exit as ended:
            return ended
        except Exception as error:
            log.exception("%s/%s", self._object.namespace, self._object.name)
            return Exit(f"the lab's program failed: {error!r}", 2)
        finally:
            probing.cancel()
            await asyncio.gather(probing, return_exceptions=True)
            await self._close()
        return Exit("", 0)

    async def _close(self) -> None:
        if self._server:
            await self._server.cleanup()
            self._server = None

    async def client(self) -> Kube:
        account = self.pod["spec"].get("serviceAccountName", "default")
        path = f"/api/v1/namespaces/{self._object.namespace}/serviceaccounts/{account}/token"
        body = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"expirationSeconds": 86400},
        }
        while True:
            try:
                token = (await self._kube.request("POST", path, body=body))["status"]["token"]
                return Kube.from_kubeconfig(self._lab_dir / "kubeconfig", self._program.image, token=token)
            except TROUBLE as error:
                log.info("%s/%s has no token as yet: %s", self._object.namespace, self._object.name, error)
                await asyncio.sleep(1)

    async def serve(self, port: int, loopback: bool, routes: dict[str, Answer]) -> None:
        def handler(answer: Answer) -> Any:
            async def handle(request: web.Request) -> web.Response:
                status, text = await answer()
                return web.Response(status=status, text=text)

            return handle

        app = web.Application()
        for path, answer in routes.items():
            app.router.add_get(path, handler(answer))
        self._server = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._server.setup()
        await web.TCPSite(self._server, "127.0.0.1", 0).start()
        if not loopback:
            self._served = port, self._server.addresses[0][1]
            await self._object.patch(
                {"metadata": {"annotations": {SERVES: "{}={}".format(*self._served)}}}, ""
            )
        self._serving.set()

    async def _probe(self) -> None:
        """The readiness probe, and the annotation that makes any Pod of the lab unready."""
        shown = False
        probe = (self._object.spec.get("readinessProbe") or {}).get("httpGet")
        # A program that exits at once never becomes ready.
        await self._serving.wait()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            while True:
                held = (self.pod["metadata"].get("annotations") or {}).get(READY) == "false"
                ready = not held and (probe is None or await self._asked(session, probe))
                if ready != shown:
                    shown = ready
                    await self._object.show(
                        {"state": {"running": {"startedAt": self._started}}, "started": True, "ready": ready},
                        phase="Running",
                    )
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._next(), PROBE)

    async def _asked(self, session: aiohttp.ClientSession, probe: Json) -> bool:
        if self._served is None or str(probe["port"]) != str(self._served[0]):
            return False
        try:
            async with session.get(f"http://127.0.0.1:{self._served[1]}{probe.get('path', '/')}") as answer:
                return answer.status < 400
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False

    async def _crashed(self, ended: Exit) -> None:
        ids = {
            "startedAt": self._started,
            "finishedAt": now(),
            "containerID": f"lab://{self._object.uid}/{self._object.restarts}",
        }
        reason = "Error" if ended.code else "Completed"
        self._object.last = {"terminated": {"exitCode": ended.code, "reason": reason, **ids}}
        where = f"{self._object.name}_{self._object.namespace}({self._object.uid})"
        message = f"back-off restarting failed container={self._name} pod={where}"
        await self._object.show({"state": {"waiting": {"reason": "CrashLoopBackOff", "message": message}}})
        event = f"Back-off restarting failed container {self._name} in pod {where}"
        await self._object.event("BackOff", event, "Warning")


class Kubelet:
    """The Pods with a program that the lab plays, from first to last."""

    def __init__(self, kube: Kube, lab_dir: Path, programs: list[Program]) -> None:
        self._kube, self._lab_dir = kube, lab_dir
        self._programs = {program.image: program for program in programs}
        self._lives: dict[str, tuple[Container, asyncio.Task[None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._publish()

    def _publish(self) -> None:
        """For `lab reset`, which waits until no program can write to BIG-IP."""
        write_json(self._lab_dir / "cis.json", {"pods": len(self._tasks)})

    def plays(self, images: list[str]) -> Program | None:
        return next(
            (self._programs[name] for name in map(image_name, images) if name in self._programs), None
        )

    def pod_changed(self, old: Json | None, new: Json | None) -> None:
        either = new or old
        if either is None:
            return
        uid = either["metadata"]["uid"]
        if new is None or new["metadata"].get("deletionTimestamp"):
            life = self._lives.pop(uid, None)
            if life:
                self._keep(self._end(*life, there=new is not None))
            return
        if uid in self._lives:
            self._lives[uid][0].update(new)
            return
        program = self.plays([container["image"] for container in new["spec"]["containers"]])
        if program:
            container = Container(self._kube, self._lab_dir, program, new)
            self._lives[uid] = container, self._keep(container.live())

    async def _end(self, container: Container, life: asyncio.Task[None], there: bool) -> None:
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
        if there:
            await container.end()

    def _keep(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        self._publish()
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._publish()
        if not task.cancelled() and task.exception():
            log.error("a Pod's life failed", exc_info=task.exception())


def _container(pod: Json, program: Program) -> Json:
    """The container with this program."""
    for container in pod["spec"]["containers"]:
        if image_name(container["image"]) == program.image:
            return dict(container)
    raise ValueError(f"no container with the image {program.image}")
