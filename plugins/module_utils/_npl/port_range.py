# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The port ranges that NodePortLocal can use.

_members.believed.ports reads a range as Antrea does: `61000-62000`, without blanks.
"""

from __future__ import annotations

from .._members import believed

NODE_PORTS = (30000, 32767)  # of kube-apiserver, unless it is configured differently
EPHEMERAL = (32768, 60999)  # of Linux (ip_local_port_range), unless the node is configured differently
DEFAULT = "-".join(map(str, believed.DEFAULT))
CHOOSE = f"Choose a range such as {DEFAULT}, which is outside of both."


def fault(text: str) -> str | None:
    """Return what is wrong with a port range, as the end of a sentence."""
    ports = believed.ports(text)
    if ports is None or ports[0] >= ports[1] or ports[1] > 65535:
        return "is not a range start-end; the agents do not start with it"
    if ports[0] < 1024:
        return "has ports below 1024"
    for name, other in (("the NodePort range", NODE_PORTS), ("the nodes' ephemeral ports", EPHEMERAL)):
        if ports[0] <= other[1] and other[0] <= ports[1]:
            return f"overlaps {name} {other[0]}-{other[1]} (their default)"
    return None
