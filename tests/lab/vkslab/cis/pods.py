# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kubelets' part in the life of a Pod whose program the lab plays: pull, mount, start, probe, restart,
end.

An image can be pulled unless its registry is below .invalid or F5 never published its tag. A program that
ends is started again after 1, 2, 4, 8, 10 s (a kubelet takes ten times as long). Probes come every second,
whatever periodSeconds says, and the liveness probe is not asked.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import re
import time
from collections.abc import Coroutine
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from ..kube import Kube, KubeError
from ..net.objects import SERVES
from ..net.process import write_json
from ..podlog import PodLog
from .program import Answer, Exit, Json, Program

log = logging.getLogger(__name__)

READY = "lab.vks.bigip/ready"
CRASH_FIRST, CRASH_LAST = 1.0, 10.0
PROBE = 1.0
_TAGS = {
    "k8s-bigip-ctlr": re.compile(r"latest|2\.(\d|1\d|20)(\.\d+)*"),
    "f5-ipam-controller": re.compile(r"latest|0\.1\.\d+"),
}
_IMAGE = re.compile(
    r"(?:(?P<registry>[^/]*[.:][^/]*)/)?(?:[^:@]*/)?(?P<name>[^/:@]+)(?::(?P<tag>[^@]+))?(?:@.*)?"
)
#: What a request to the API server may end with while the cluster is busy, or going down.
TROUBLE = (KubeError, aiohttp.ClientError, asyncio.TimeoutError)


def image_name(image: str) -> str:
    found = _IMAGE.fullmatch(image)
    return found["name"] if found else ""


def tag_of(image: str) -> str:
    found = _IMAGE.fullmatch(image)
    return (found["tag"] or "latest") if found else "latest"


def pull_error(image: str) -> str:
    """Why an image cannot be pulled; empty if it can."""
    found = _IMAGE.fullmatch(image)
    registry = (found["registry"] or "docker.io") if found else ""
    host = registry.partition(":")[0]
    start = f'failed to pull and unpack image "{image}": failed to resolve reference "{image}"'
    if host.endswith(".invalid"):
        return (
            f'{start}: failed to do request: Head "https://{registry}/v2/": dial tcp: lookup {host}: no '
            "such host"
        )
    known = _TAGS.get(image_name(image))
    if known and not known.fullmatch(tag_of(image)):
        return f"{start}: {image}: not found"
    return ""


class Container:
    """One container of one Pod: its Host."""

    def __init__(self, kube: Kube, lab_dir: Path, program: Program, pod: Json) -> None:
        self._kube, self._lab_dir, self._program = kube, lab_dir, program
        self.pod = pod
        self._name, self._image, self.arguments = self._find(pod)
        meta = pod["metadata"]
        self.namespace, self.name, self.uid = meta["namespace"], meta["name"], meta["uid"]
        self._path = f"/api/v1/namespaces/{self.namespace}/pods/{self.name}"
        self.log = PodLog(lab_dir / "pod-logs" / self.namespace / self.name / f"{self._name}.log")
        self._changed = asyncio.Event()
        self._mounted: dict[str, dict[str, str]] = {}
        self._server: web.AppRunner | None = None
        self._served: tuple[int, int] | None = None
        self._serving = asyncio.Event()
        self._restarts = 0
        self._started = ""
        self._last: Json = {}

    def _find(self, pod: Json) -> tuple[str, str, list[str]]:
        for container in pod["spec"]["containers"]:
            if image_name(container["image"]) == self._program.image:
                return (
                    container["name"],
                    container["image"],
                    [*(container.get("command") or [""])[1:], *(container.get("args") or [])],
                )
        raise ValueError(f"no container with the image {self._program.image}")

    def update(self, pod: Json) -> None:
        self.pod = pod
        self._changed.set()

    # -- from its start to its end

    async def live(self) -> None:
        try:
            while not self.pod.get("status", {}).get("podIP"):
                await self._next()
            await self._pull()
            await self._mount()
            pause = CRASH_FIRST
            while True:
                began = time.monotonic()
                ended = await self._run()
                if time.monotonic() - began > 60:
                    pause = CRASH_FIRST
                await self._crashed(ended)
                await asyncio.sleep(pause)
                pause = min(pause * 2, CRASH_LAST)
                self._restarts += 1
                # Files of a mounted Secret follow it.
                await self._mount()
                self.log.restart()
        finally:
            await self._close()

    async def end(self) -> None:
        """The program has heard SIGTERM and is gone: the API server may forget the Pod before its grace
        period ends."""
        with contextlib.suppress(*TROUBLE):
            await self._kube.request(
                "DELETE", self._path, body={"gracePeriodSeconds": 0, "preconditions": {"uid": self.uid}}
            )

    async def _next(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    async def _pull(self) -> None:
        error = pull_error(self._image)
        if not error:
            return
        await self._event("Failed", f'Failed to pull image "{self._image}": {error}', "Warning")
        await self._show({"state": {"waiting": {"reason": "ErrImagePull", "message": error}}})
        await asyncio.sleep(0.5)
        await self._event("BackOff", f'Back-off pulling image "{self._image}"', "Normal")
        await self._show(
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

    async def _mount(self) -> None:
        """Secrets and ConfigMaps that are not there hold the Pod back."""
        told = ""
        volumes = {volume["name"]: volume for volume in self.pod["spec"].get("volumes") or ()}
        mounts = (
            next(each for each in self.pod["spec"]["containers"] if each["name"] == self._name).get(
                "volumeMounts"
            )
            or ()
        )
        for mount in mounts:
            volume = volumes[mount["name"]]
            while True:
                try:
                    self._mounted[mount["mountPath"]] = await self._content(volume)
                    break
                except TROUBLE as error:
                    if isinstance(error, KubeError) and error.message != told:
                        told = error.message
                        await self._event(
                            "FailedMount",
                            f'MountVolume.SetUp failed for volume "{volume["name"]}" : {told}',
                            "Warning",
                        )
                    await asyncio.sleep(0.5)

    async def _content(self, volume: Json) -> dict[str, str]:
        secret, config_map = volume.get("secret"), volume.get("configMap")
        source = secret or config_map
        if not source:
            return {}
        kind, name = ("secrets", source["secretName"]) if secret else ("configmaps", source["name"])
        try:
            data = (await self._kube.get(f"/api/v1/namespaces/{self.namespace}/{kind}/{name}")).get(
                "data"
            ) or {}
        except KubeError as error:
            if error.status == 404 and source.get("optional"):
                return {}
            if error.status == 404:
                raise KubeError(
                    "mounting", 404, error.reason, f'{kind.removesuffix("s")} "{name}" not found'
                ) from None
            raise
        return {key: base64.b64decode(value).decode() for key, value in data.items()} if secret else data

    async def _run(self) -> Exit:
        self._started = _now()
        self._server = self._served = None
        self._serving.clear()
        await self._show(
            {"state": {"running": {"startedAt": self._started}}, "started": True}, phase="Running"
        )
        probing = asyncio.ensure_future(self._probe())
        try:
            await self._program.run(self)
        except Exit as ended:
            return ended
        except Exception as error:
            log.exception("%s/%s", self.namespace, self.name)
            return Exit(f"the lab's stand-in failed: {error!r}", 2)
        finally:
            probing.cancel()
            await asyncio.gather(probing, return_exceptions=True)
            await self._close()
        return Exit("", 0)

    async def _close(self) -> None:
        if self._server:
            await self._server.cleanup()
            self._server = None

    # -- what the program asks for

    def files(self, directory: str) -> dict[str, str]:
        return self._mounted.get(directory.rstrip("/"), {})

    async def client(self) -> Kube:
        account = self.pod["spec"].get("serviceAccountName", "default")
        path = f"/api/v1/namespaces/{self.namespace}/serviceaccounts/{account}/token"
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
                log.info("%s/%s has no token as yet: %s", self.namespace, self.name, error)
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
            await self._patch({"metadata": {"annotations": {SERVES: "{}={}".format(*self._served)}}}, "")
        self._serving.set()

    # -- what is seen of it

    async def _probe(self) -> None:
        """The readiness probe, and the annotation that makes any Pod of the lab unready."""
        shown = False
        container = next(each for each in self.pod["spec"]["containers"] if each["name"] == self._name)
        probe = (container.get("readinessProbe") or {}).get("httpGet")
        # What is about to end at once shall never be ready.
        await self._serving.wait()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            while True:
                held = (self.pod["metadata"].get("annotations") or {}).get(READY) == "false"
                ready = not held and (probe is None or await self._asked(session, probe))
                if ready != shown:
                    shown = ready
                    await self._show(
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
            "finishedAt": _now(),
            "containerID": f"lab://{self.uid}/{self._restarts}",
        }
        reason = "Error" if ended.code else "Completed"
        self._last = {"terminated": {"exitCode": ended.code, "reason": reason, **ids}}
        message = (
            f"back-off restarting failed container={self._name} pod={self.name}_{self.namespace}({self.uid})"
        )
        await self._show({"state": {"waiting": {"reason": "CrashLoopBackOff", "message": message}}})
        await self._event(
            "BackOff",
            f"Back-off restarting failed container {self._name} in pod "
            f"{self.name}_{self.namespace}({self.uid})",
            "Warning",
        )

    async def _show(self, state: Json, phase: str = "") -> None:
        ready = bool(state.get("ready"))
        shown = {
            "ready": ready,
            "started": False,
            "restartCount": self._restarts,
            "lastState": self._last,
            "imageID": f"lab.invalid/{self._image}",
            **state,
        }
        status = self.pod.get("status") or {}
        statuses = [
            {**each, **shown} if each["name"] == self._name else each
            for each in status.get("containerStatuses") or ()
        ]
        text = "True" if ready else "False"
        reason = (
            {"reason": None, "message": None}
            if ready
            else {
                "reason": "ContainersNotReady",
                "message": f"containers with unready status: [{self._name}]",
            }
        )
        conditions = [
            {**each, "status": text, "lastTransitionTime": _now(), **reason}
            if each["type"] in ("Ready", "ContainersReady")
            else each
            for each in status.get("conditions") or ()
        ]
        body: Json = {"containerStatuses": statuses, "conditions": conditions}
        await self._patch({"status": {**body, "phase": phase} if phase else body}, "/status")

    async def _patch(self, body: Json, part: str) -> None:
        body["metadata"] = {**body.get("metadata", {}), "uid": self.uid}
        with contextlib.suppress(*TROUBLE):
            self.pod = await self._kube.merge_patch(self._path + part, body)

    async def _event(self, reason: str, message: str, kind: str) -> None:
        about = {
            "apiVersion": "v1",
            "kind": "Pod",
            "namespace": self.namespace,
            "name": self.name,
            "uid": self.uid,
        }
        about["fieldPath"] = f"spec.containers{{{self._name}}}"
        stamp = _now()
        body = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"generateName": f"{self.name}.", "namespace": self.namespace},
            "involvedObject": about,
            "reason": reason,
            "message": message,
            "type": kind,
            "source": {"component": "kubelet", "host": self.pod["spec"].get("nodeName", "")},
            "firstTimestamp": stamp,
            "lastTimestamp": stamp,
            "count": 1,
        }
        with contextlib.suppress(*TROUBLE):
            await self._kube.request("POST", f"/api/v1/namespaces/{self.namespace}/events", body=body)


class Kubelet:
    """The Pods with a program that the lab plays, from first to last."""

    def __init__(self, kube: Kube, lab_dir: Path, programs: list[Program]) -> None:
        self._kube, self._lab_dir = kube, lab_dir
        self._programs = {program.image: program for program in programs}
        self._lives: dict[str, tuple[Container, asyncio.Task[None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._tell()

    def _tell(self) -> None:
        """For `lab reset`: whether a program runs that could still write to BIG-IP."""
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
        self._tell()
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._tell()
        if not task.cancelled() and task.exception():
            log.error("a Pod's life failed", exc_info=task.exception())


def _now() -> str:
    return f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
