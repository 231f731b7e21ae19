# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's BIG-IP.

```
http        requests, answers, errors and routes
server      the listener: HTTPS on loopback
auth        users, Basic, tokens
device/     the configuration: objects, the rules of mcpd, transactions
network     self IPs, routes, route domains, VLANs, tunnels
system      version, modules, failover, and the pair of two units
resources/  iControl REST over these, one file for each resource
as3/        the AS3 engine over device
dataplane   the virtual servers for traffic; monitors, balance: the members that may take it
faults      the faults that a test can order; control: the /_lab routes of the tests
sync        config-sync
unit        one BIG-IP made of all these; a pair of them shares failover and config-sync
```
"""
