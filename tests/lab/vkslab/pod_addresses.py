# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods that ask the CNI for an address of a certain block or pool. Other Pods get theirs from kwok alone.

manifests/stages.yaml holds such a Pod back until the simulated CNI has answered by an annotation: with
addresses, or with an empty text if kwok is to choose them.
"""

from __future__ import annotations

from typing import Any

from .kube import Kube, KubeError

#: Calico: the Pod's address is one of this block; several, with commas, for several families.
BLOCK = "lab.vks.bigip/block"
#: AntreaIPAM, and its name in Antrea.
POOL = "ipam.antrea.io/ippools"
ANSWER = "lab.vks.bigip/pod-ips"


def asked(pod: dict[str, Any], annotation: str) -> str:
    """The value of the annotation, of a Pod that has a node and needs an address."""
    spec = pod["spec"]
    if spec.get("hostNetwork") or not spec.get("nodeName"):
        return ""
    return str((pod["metadata"].get("annotations") or {}).get(annotation) or "")


def waits(pod: dict[str, Any]) -> bool:
    """True if kwok holds the Pod back until it is answered."""
    return ANSWER not in (pod["metadata"].get("annotations") or {}) and any(
        asked(pod, each) for each in (BLOCK, POOL)
    )


def addresses_of(pod: dict[str, Any]) -> tuple[str, ...]:
    """Those that the Pod has or was promised; none of a Pod that has ended or is on the host's network."""
    status = pod.get("status") or {}
    if pod["spec"].get("hostNetwork") or status.get("phase") in ("Succeeded", "Failed"):
        return ()
    given = tuple(each["ip"] for each in status.get("podIPs") or ())
    promised = (pod["metadata"].get("annotations") or {}).get(ANSWER) or ""
    return given or tuple(each for each in promised.split(",") if each)


async def answer(kube: Kube, namespace: str, name: str, uid: str, addresses: tuple[str, ...]) -> None:
    """With its uid: a new Pod with the same name is another Pod."""
    body = {"metadata": {"uid": uid, "annotations": {ANSWER: ",".join(addresses)}}}
    try:
        await kube.merge_patch(f"/api/v1/namespaces/{namespace}/pods/{name}", body)
    except KubeError as error:
        if error.status not in (404, 409):
            raise
