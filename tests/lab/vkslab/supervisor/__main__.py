# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Supervisor's controllers as a process: ``python -m vkslab.supervisor --lab-dir DIR --vks 3.6 ...``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from ..antrea.version import Version
from ..kube import Informer, Kube, KubeError
from ..net.process import all_of, read_json, run, write_json
from . import crds, objects, owners, package
from .era import ERAS, NAMESPACE, PACKAGES, Era
from .network import SPELLED
from .packages import INSTALLS, SECRETS, Packages, put_secret

log = logging.getLogger("vkslab.supervisor")

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


class Controllers:
    """From the owner's settings to the ConfigMap: at each change of an object, and after each period."""

    def __init__(
        self, above: Kube, below: Kube, owner: owners.Owner, packages: Packages, cluster: str, period: float
    ) -> None:
        self._above, self._owner, self._packages, self._cluster, self._period = (
            above,
            owner,
            packages,
            cluster,
            period,
        )
        self._changed = asyncio.Event()
        watched = [*((above, path) for path in owner.collections), (below, SECRETS), (below, INSTALLS)]
        self.informers: list[Informer[None]] = [
            Informer(kube, path, lambda raw: None, lambda old, new: self._changed.set())
            for kube, path in watched
        ]

    async def _reconcile(self) -> None:
        values = await self._owner.values()
        if values is not None:
            secret = owners.secret_of(self._cluster)
            await put_secret(self._above, objects.SECRETS, secret, yaml.safe_dump(values, sort_keys=False))
            await self._packages.put(values)
        verdict = await self._packages.sync()
        if verdict is not None:
            await self._owner.installed(*verdict)

    async def work(self, reconciled: Callable[[], None]) -> None:
        """Never ends; ``reconciled`` is called after each round that went through."""
        while True:
            try:
                await self._reconcile()
                reconciled()
                pause = self._period
            except (KubeError, aiohttp.ClientError, asyncio.TimeoutError) as error:
                # A kind that is not served yet, or a conflict with another write.
                log.info("again soon: %s", error)
                pause = 0.2
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._changed.wait(), pause)
            self._changed.clear()


async def install(above: Kube, below: Kube, era: Era, parts: list[tuple[str, dict[str, Any]]]) -> None:
    kinds = [above.install(CRDS, each) for each in crds.of_supervisor(era)] + [
        below.install(CRDS, each) for each in crds.of_workload()
    ]
    await asyncio.gather(
        *kinds,
        *(below.install(objects.NAMESPACES, objects.namespace(name)) for name in (PACKAGES, "tkg-system")),
    )
    for path, body in parts:
        await above.install(path, body)


async def serve(given: argparse.Namespace) -> None:
    era, lab_dir, cluster = ERAS[given.vks], given.lab_dir, given.cluster
    npl = given.npl == "on"
    async with (
        await Kube.when_there(given.supervisor_kubeconfig) as above,
        await Kube.when_there(given.workload_kubeconfig) as below,
    ):
        ranges, kubeconfig = read_json(lab_dir / "cluster.json"), (lab_dir / "kubeconfig").read_text()
        parts = objects.of_supervisor(
            era,
            cluster,
            given.cni,
            given.network_provider,
            ranges,
            kubeconfig,
            npl,
            given.npl_port_range,
            given.encap_mode,
        )
        await install(above, below, era, parts)
        here = {"api": above.server, "namespace": NAMESPACE, "cluster": cluster, "vks": given.vks}
        if given.cni != "antrea":
            # Nothing of Calico's settings is the lab's concern.
            write_json(lab_dir / "supervisor.json", here)
            await asyncio.Event().wait()
        owner = owners.of(era, above, cluster, owners.secret_of(cluster))
        # If the schema has no NodePortLocal, only the package decides if it is on.
        built_in = package.defaults() if era.npl_in_schema else package.defaults(npl, given.npl_port_range)
        packages = Packages(below, era, cluster, Version.read(given.antrea_version or era.antrea), built_in)
        controllers = Controllers(above, below, owner, packages, cluster, given.sync)
        ready = lab_dir / "supervisor.json"
        await all_of(
            *(informer.run() for informer in controllers.informers),
            controllers.work(lambda: None if ready.exists() else write_json(ready, here)),
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="vkslab.supervisor", description=__doc__)
    parser.add_argument("--lab-dir", type=Path, required=True)
    parser.add_argument("--supervisor-kubeconfig", type=Path, required=True)
    parser.add_argument("--workload-kubeconfig", type=Path, required=True)
    parser.add_argument("--cluster", required=True, help="its name in the vSphere Namespace")
    parser.add_argument("--vks", choices=sorted(ERAS), required=True)
    parser.add_argument("--cni", choices=("antrea", "calico"), default="antrea")
    parser.add_argument("--antrea-version", default="", help="default: that of the VKS release")
    parser.add_argument("--network-provider", choices=sorted(SPELLED), default="vsphere")
    parser.add_argument("--npl", choices=("on", "off"), default="on")
    parser.add_argument("--npl-port-range", default="")
    parser.add_argument("--encap-mode", default="encap")
    parser.add_argument(
        "--sync", type=float, default=3.0, help="seconds between two syncs of the package; really 10 minutes"
    )
    run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
