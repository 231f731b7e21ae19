# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""From a snapshot of the cluster to one pool.

The same snapshot always gives the same pool: sorted, without duplicates.
"""

from __future__ import annotations

from . import auto, cluster, nodeport, nodeportlocal
from .addresses import order
from .model import LeftOut, Pool, Snapshot
from .service import families, find, find_port
from .source import Source

MODES = {"nodeport": nodeport.members, "nodeportlocal": nodeportlocal.members, "cluster": cluster.members}


def resolve(
    snapshot: Snapshot, source: Source, published: str | None = None, routable: auto.Routable | None = None
) -> Pool:
    """The pool of one source; a Failure if the source cannot have one.

    `published` is the mode that the pool has on BIG-IP already.
    """
    service = find(snapshot, source)
    port = find_port(service, source.port, source.path)
    wanted = families(service, source)
    if source.mode == "auto":
        mode, because = auto.choose(snapshot, source, service, port, published, routable)
    else:
        mode, because = source.mode, "pool_member_type asks for it"
    result = MODES[mode](snapshot, source, service, port, wanted)
    if not result.in_order:
        result.members.sort(key=lambda member: order(member.address, member.port))
    return Pool(
        namespace=service.namespace,
        service=service.name,
        port_name=port.name or None,
        port=port.port,
        protocol=port.protocol,
        mode=mode,
        chosen_because=because,
        members=tuple(result.members),
        left_out=tuple(sorted(set(result.left_out), key=_order)),
        warnings=tuple(dict.fromkeys(sorted(result.warnings))),
        health_check_node_port=result.health_check_node_port,
        route_domain=source.route_domain,
        target_ports=(port.target_port,) if isinstance(port.target_port, int) else (),
        draining=tuple(sorted(result.draining, key=lambda member: order(member.address, member.port))),
    )


def _order(item: LeftOut) -> tuple[str, ...]:
    return item.kind, item.name, item.node or "", item.reason, item.message
