# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo, step by step. Each step prints its result, and raises DemoError if it fails."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any

from .stage import VIRTUAL, DemoError, Lab

KEEP = os.environ.get("KEEP", "") not in ("", "0")
MODE = "pool_member_type"
PORTS = {"nodeportlocal": range(61000, 62001), "nodeport": range(30000, 32768), "cluster": (8080,)}
_started = time.monotonic()
_steps = 0


def step(text: str) -> None:
    global _steps
    _steps += 1
    print(f"{_steps:4}  {text}  [{time.monotonic() - _started:.0f} s]", flush=True)


def expect(true: bool, otherwise: str) -> None:
    if not true:
        raise DemoError(otherwise)


def publish(lab: Lab, mode: str) -> None:
    run = lab.playbook("-e", f"{MODE}={mode}")
    expect(run.changed == 1, f"publishing in mode {mode} should have changed something:\n{run.output}")
    members = lab.members()
    ports = [int(member.rpartition(":")[2]) for member in members]
    expect(bool(ports) and all(port in PORTS[mode] for port in ports), f"these are not members of mode {mode}: {members}")
    step(f"Published in mode {mode}; BIG-IP's members: {', '.join(members)}")
    show_answers(lab, lab.pods())


def show_answers(lab: Lab, expected: set[str]) -> None:
    counts = lab.answers(expected)
    expect(set(counts) <= expected, f"answers came from {sorted(counts)}; the Pods are {sorted(expected)}")
    step(f"{counts.total()} requests to {VIRTUAL}, all answered, by {len(counts)} Pods:")
    for pod, number in sorted(counts.items()):
        print(f"      {pod}: {number}", flush=True)


def publish_again(lab: Lab, mode: str) -> None:
    before = lab.requests_of("POST", "/declare")
    run = lab.playbook("-e", f"{MODE}={mode}")
    posted = lab.requests_of("POST", "/declare") - before
    expect(before > 0, "BIG-IP's log should hold the POSTs of the runs before")
    expect(run.changed == 0 and posted == 0, f"nothing had changed, yet changed={run.changed} and {posted} declarations were posted:\n{run.output}")
    step("Published once more: changed=0, and BIG-IP's log shows that nothing was posted")


def scale(lab: Lab, mode: str, replicas: int) -> None:
    old = lab.pods()
    lab.kubectl("scale", "deployment/f5-hello-world", f"--replicas={replicas}")
    lab.wait_for_pods()
    new = lab.pods() - old
    step(f"Scaled to {replicas}: new are {', '.join(sorted(new))}")
    run = lab.playbook("-e", f"{MODE}={mode}", "--diff")
    for line in run.diff:
        print(f"      {line}")
    expect(run.changed == 1, f"new Pods should have been published:\n{run.output}")
    missing = [pod for pod in new if not any(line.startswith("+") and pod in line for line in run.diff)]
    expect(not missing, f"the diff does not name {missing}:\n{run.output}")
    step("Published: the diff names the new members by address and Pod")
    show_answers(lab, lab.pods())


def remove(lab: Lab) -> None:
    run = lab.playbook("-e", "state=absent")
    expect(run.changed == 1, f"removing should have changed something:\n{run.output}")
    expect(lab.tenants() == [], f"AS3 still holds {lab.tenants()}")
    expect(lab.virtual_servers() == [], f"BIG-IP still has {lab.virtual_servers()}")
    expect(lab.is_silent(), f"{VIRTUAL} still answers")
    step("Removed: BIG-IP holds no tenant and no virtual server, and nothing answers")


def antrea(lab: Lab) -> None:
    lab.apply()
    step(f"Applied F5's f5-hello-world: a ClusterIP Service, and the Pods {', '.join(sorted(lab.pods()))}")
    publish(lab, "nodeportlocal")
    scale(lab, "nodeportlocal", 4)
    publish_again(lab, "nodeportlocal")
    # A LoadBalancer Service has node ports and keeps its NodePortLocal mappings; one of type NodePort would lose them.
    lab.kubectl("patch", "service/f5-hello-world", "-p", '{"spec": {"type": "LoadBalancer"}}')
    step("Made the Service a LoadBalancer, so it has a node port")
    publish(lab, "nodeport")
    remove(lab)


def calico(lab: Lab) -> None:
    lab.apply()
    step(f"Applied f5-hello-world there: the Pods {', '.join(sorted(lab.pods()))}")
    routes(lab, "Created routes on BIG-IP to the Pods")
    publish(lab, "cluster")
    routes(lab, "Removed the routes", "-a", "state=absent")
    expect(lab.is_silent(), f"{VIRTUAL} still answers without the routes")
    step("Without the routes, nothing answers")
    routes(lab, "Created the routes again")
    show_answers(lab, lab.pods())
    remove(lab)
    routes(lab, "Removed the routes", "-a", "state=absent")


def routes(lab: Lab, text: str, *words: str) -> None:
    changed = lab.pod_routes(*words)
    expect(bool(changed), "the module changed no route")
    step(f"{text}: {', '.join(changed)}")


def main() -> None:
    stories = (("antrea", antrea), ("calico", calico))
    for cni, story in stories:
        lab = Lab(cni)
        keep = False
        try:
            lab.up()
            step(f"Up: a VKS-like cluster with {cni.capitalize()}, and a BIG-IP")
            story(lab)
            keep = KEEP and cni == stories[-1][0]
        finally:
            if not keep:
                lab.down()
        step(f"Kept the lab {lab.name}" if keep else f"Took the {cni.capitalize()} lab down")
    if keep:
        print(USE.format(name=lab.name))
    print(f"The demo succeeded in {time.monotonic() - _started:.0f} s.")


USE = """
To use the lab that was kept:
  . .build/env/main/bin/activate
  eval "$(tests/lab/lab env --name {name})"
  export ANSIBLE_COLLECTIONS_PATH="$PWD/.build/dev"
  ansible localhost -m vks.bigip.pod_routes
  ansible-playbook vks.bigip.publish -e @tests/demo/applications.yml -e pool_member_type=cluster
  curl -x "$LAB_PROXY" http://192.0.2.10/
To end it:
  tests/lab/lab down --name {name}
"""


def _terminated(*_args: Any) -> None:
    sys.exit("The demo was ended; its lab is down.")


signal.signal(signal.SIGTERM, _terminated)
try:
    main()
except DemoError as error:
    sys.exit(f"\nThe demo failed: {error}")
except KeyboardInterrupt:
    sys.exit("\nThe demo was interrupted; its lab is down.")
