# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP between the cluster's nodes and BIG-IP, as a part of the BIG-IP's process.

```
records    what the nodes' side reads of each object: small records
sessions   which sessions are established, and the networks that they report: pure
nodes      the nodes' side: the peers of each node, and its networks: pure
cluster    follows the objects of the cluster
status     the status of a CalicoNodeStatus: pure
peering    the loop: BIG-IP learns networks, and Calico's statuses are written
```
"""
