# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The next hop that the BIG-IP names in its CONNECT, and the connections that this hop does not deliver.

* A connection on the link reaches any node and any Pod.
* A node delivers to its own Pods, also if their addresses are in the block of another node. It drops a
  connection to any other Pod, as no test may depend on the way between two nodes.
* The nodes' router has no route to Pods and Services. It answers that it has none.
* A gateway that no machine has never answers.
"""

from __future__ import annotations

import re

HEADER = "X-Lab-Next-Hop"
LINK = "link"

_IN_HEAD = re.compile(rb"\r\n" + HEADER.encode() + rb":[\t ]*(\S+)", re.IGNORECASE)


def next_hop(head: bytes) -> str | None:
    """The next hop in the head of a CONNECT. None: the client is not the BIG-IP."""
    found = _IN_HEAD.search(head)
    return found[1].decode("latin-1") if found else None
