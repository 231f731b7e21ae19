# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's BIG-IP.

```
http        listeners, request log, routing, the shapes of an answer and of an error
auth        users, Basic, tokens
as3/        the AS3 engine over device (a BIG-IP's object tree)
ltm         iControl REST of pools, members, virtuals, nodes, monitors
net_objects iControl REST of self IPs, routes, route domains, VLANs, partitions
system      iControl REST of version, readiness, failover and sync
dataplane   the virtual servers as traffic sees them; monitors: which members may take it
faults      what can be made to go wrong; control: the /_lab routes of the tests
unit        one BIG-IP made of all these; a pair of them shares failover and config-sync
```
"""
