# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""F5's controllers as a process: ``python -m vkslab.cis --lab-dir DIR``.

It follows Deployments, and Pods only of those that run an image of F5: it costs nearly nothing while there
are none.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
from pathlib import Path

from ..kube import Informer, Kube
from ..net.process import run
from .controller import Cis
from .fic import Fic
from .pods import Kubelet
from .program import Json

log = logging.getLogger("vkslab.cis")


class Deployments:
    """For each Deployment with a program of ours, its Pods are followed."""

    def __init__(self, kube: Kube, kubelet: Kubelet) -> None:
        self._kube, self._kubelet = kube, kubelet
        self._followed: dict[tuple[str, str], asyncio.Task[None]] = {}
        self.informer: Informer[Json] = Informer(kube, "/apis/apps/v1/deployments", _slim, self._changed)

    def _changed(self, old: Json | None, new: Json | None) -> None:
        """Pods outlive their Deployment by some seconds, so what is followed once is followed for good."""
        if new is None or not self._kubelet.plays(new["images"]):
            return
        key = new["namespace"], new["selector"]
        if key in self._followed:
            return
        log.info("following the Pods %s of %s", new["selector"], new["namespace"])
        pods: Informer[Json] = Informer(
            self._kube,
            f"/api/v1/namespaces/{new['namespace']}/pods",
            lambda pod: pod,
            self._kubelet.pod_changed,
            {"labelSelector": new["selector"]},
        )
        self._followed[key] = asyncio.get_running_loop().create_task(pods.run())


def _slim(deployment: Json) -> Json:
    spec = deployment["spec"]
    labels = (spec["selector"].get("matchLabels") or {}).items()
    return {
        "namespace": deployment["metadata"]["namespace"],
        "selector": ",".join(f"{key}={value}" for key, value in sorted(labels)),
        "images": [container["image"] for container in spec["template"]["spec"]["containers"]],
    }


async def serve(lab_dir: Path) -> None:
    async with await Kube.when_there(lab_dir / "kubeconfig", "lab-cis") as kube:
        await Deployments(kube, Kubelet(kube, lab_dir, [Cis(), Fic()])).informer.run()


def main() -> None:
    parser = argparse.ArgumentParser(prog="vkslab.cis", description=__doc__)
    parser.add_argument("--lab-dir", type=Path, required=True)
    run(serve(parser.parse_args().lab_dir))


if __name__ == "__main__":
    main()
