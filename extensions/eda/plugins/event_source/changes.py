# Copyright (c) 2026 Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and wiring of the event source; the work is in plugins/module_utils/_watch."""

from __future__ import annotations

import asyncio
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

COLLECTION = "ansible_collections.vks.bigip"

DOCUMENTATION = r"""
module: changes
short_description: Report the changes in a cluster that pools on BIG-IP depend on
version_added: 1.1.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - An event source for Event-Driven Ansible. It watches the Services, EndpointSlices, Pods, Nodes and Secrets
    that pools depend on, and sends an event when a change affects a pool.
  - An event is a hint. The play of a rulebook reads the state of the cluster itself. So many changes become one
    event, and a change that affects no pool causes none.
  - The first event is of type V(resync), so a start publishes everything.
  - The source needs the Python packages aiohttp (3.10 or later) and kubernetes.
  - It watches only the metadata of Pods and Secrets. An event never contains a Secret or a whole object.
extends_documentation_fragment:
  - vks.bigip.kubernetes
options:
  applications:
    description:
      - The variable C(applications) of the play, as a list or as YAML text. The source uses only the Services and
        the values of C(pool_member_type) in it.
      - Without O(services), O(namespaces) and O(label_selector), the source watches these Services, and those of
        O(pools). If there are none, it watches all Services of the cluster.
    type: raw
  pools:
    description:
      - The variable C(pools) of the play, which names the Services of a declaration. See O(applications).
    type: raw
  label_namespaces:
    description:
      - The variable C(label_namespaces) of the play. Services of these namespaces can fill pools of a declaration
        by their labels. So without a selection of your own, the source watches all Services of these namespaces,
        and of the namespaces of O(applications) and O(pools).
    type: raw
  services:
    description:
      - Services that pools get their members from, as V(namespace/name).
      - By default, all Services of O(namespaces).
    type: list
    elements: str
  namespaces:
    description:
      - The namespaces to watch. By default those of O(services), or else the whole cluster.
      - Up to eight namespaces are watched one by one, so a Role in each suffices.
    type: list
    elements: str
  label_selector:
    description:
      - Selects Services by their labels, as C(kubectl) does, for example V(publish=yes).
      - With O(services) or O(namespaces), a Service must meet each of them.
    type: str
  pool_member_type:
    description:
      - The mode of the pools, which decides what is watched. V(nodeportlocal) needs Pods, V(nodeport) needs
        Nodes, and V(auto) needs both.
      - Items of O(applications) and O(pools) with a type of their own count too. If there are several types, the
        source watches as with V(auto).
    type: str
    choices: [auto, nodeport, nodeportlocal, cluster]
    default: auto
  secrets:
    description:
      - Secrets with certificates that C(from_secret) uses, as V(namespace/name). After a change of one of them,
        all applications are published.
      - Only their metadata is read.
    type: list
    elements: str
  settle:
    description:
      - An event is sent when there was no change for this time, in seconds. The first event after an idle time
        is sent this time after its first change, because its play reads the cluster later.
    type: float
    default: 0.5
  settle_max:
    description:
      - An event waits at most this time after its first change, in seconds.
    type: float
    default: 5
  min_interval:
    description:
      - The least time between two events, in seconds.
    type: float
    default: 2
  resync:
    description:
      - The time between two events of type V(resync), in seconds. Each publishes everything. It makes up for a
        run that failed, and for a change on BIG-IP.
    type: float
    default: 600
  all_over:
    description:
      - If more Services than this number changed, the event names none, and all applications are published.
    type: int
    default: 50
  journal:
    description:
      - Absolute path of a file to which the source appends a line of JSON for each event. The play appends one
        for each run, if its variable C(vks_bigip_journal) has the same path. C(~) is the home folder.
      - Each source needs a journal of its own.
      - With the lines of the runs, the source sends an event again if its run failed, and waits for the end of
        a run before it sends the next event. A play of the rulebook C(vks.bigip.publish) stays, and takes further events.
    type: path
  metrics:
    description:
      - Absolute path of a file for the textfile collector of Prometheus's node_exporter, which ends in C(.prom). The
        source replaces it after each event and run.
    type: path
"""

EXAMPLES = r"""
- name: Watch the Services of two namespaces
  vks.bigip.changes:
    namespaces: [shop, payments]
    pool_member_type: nodeportlocal
    journal: /var/log/vks-bigip/journal.jsonl

- name: Watch two Services and the certificate of one of them
  vks.bigip.changes:
    services: [shop/web, shop/api]
    secrets: [shop/web-tls]
    pool_member_type: cluster
"""


def _source() -> ModuleType:
    """Import the work. ansible-rulebook runs this file by its path, and imports no collection."""
    installed = Path(__file__).absolute().parents[6]
    if installed.name == "ansible_collections" and str(installed.parent) not in sys.path:
        sys.path.append(str(installed.parent))
    return importlib.import_module(f"{COLLECTION}.plugins.module_utils._watch.source")


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Send events until ansible-rulebook ends. Raises ValueError for wrong arguments."""
    source = await asyncio.to_thread(_source)  # it takes a second, in which the loop must go on
    await source.watch(args, queue)
