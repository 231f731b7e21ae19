# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""REST of a BIG-IP: one file for each resource, in the folder of its URL. ``ltm/pool`` is ltm/pool.py,
/mgmt/shared/authn/login is shared/login.py.

```
registry    the table of all resources
base        collections and items: GET, POST, PATCH, DELETE, names, filters, errors
statistics  what has /stats below it, and reports of the system
shapes      the JSON of collections, items and statistics
backend     what the resources read and change: device, network, system, users
```
"""
