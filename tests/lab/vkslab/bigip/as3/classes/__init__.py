# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about the classes of AS3 3.56: properties with type, values, limits and default. Tables, no logic.

There is one file for each family, as F5's reference groups them. Each file has up to three tables:

```
CLASSES  classes that an application may contain, known to the last property
PARTS    rules that these refer to
NAMES    further classes, of which only the names of the properties are known
```
"""

from __future__ import annotations

from ..terms import Rule, use
from . import (
    addresses,
    core,
    dns,
    enforcement,
    logs,
    monitors,
    persistence,
    policies,
    pools,
    profiles_http,
    profiles_other,
    profiles_transport,
    security,
    service_parts,
    services,
    tls,
    values,
)

_CLASSES: tuple[dict[str, Rule], ...] = (
    services.CLASSES,
    pools.CLASSES,
    monitors.CLASSES,
    persistence.CLASSES,
    profiles_transport.CLASSES,
    profiles_http.CLASSES,
    tls.CLASSES,
    policies.CLASSES,
    addresses.CLASSES,
    security.CLASSES,
)
_PARTS: tuple[dict[str, Rule], ...] = (
    core.PARTS,
    service_parts.PARTS,
    pools.PARTS,
    monitors.PARTS,
    persistence.PARTS,
    profiles_transport.PARTS,
    profiles_http.PARTS,
    tls.PARTS,
    policies.PARTS,
    values.PARTS,
)
_NAMES: tuple[dict[str, Rule], ...] = (
    profiles_other.NAMES,
    tls.NAMES,
    policies.NAMES,
    addresses.NAMES,
    security.NAMES,
    dns.NAMES,
    enforcement.NAMES,
    logs.NAMES,
)

#: The rule of each class that an application may contain.
ITEMS: dict[str, Rule] = {
    **{name: use(name) for table in _CLASSES for name in table},
    **{name: rule for table in _NAMES for name, rule in table.items()},
}
#: All rules by name, for ``terms.use``.
RULES: dict[str, Rule] = {
    **{name: rule for table in (*_CLASSES, *_PARTS) for name, rule in table.items()},
    "Item": {"properties": {"class": {"type": "string", "enum": list(ITEMS)}}, "select": ITEMS},
}
