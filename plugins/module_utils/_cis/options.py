# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The namespaces whose CIS is believed.

The option is documented in plugins/doc_fragments/cis.py.
"""

from __future__ import annotations

from typing import Any, Collection, Sequence

from .._errors import some

NAMESPACES = ("kube-system", "f5-cis")
CIS_OPTIONS: dict[str, dict[str, Any]] = {
    "cis_namespaces": {"type": "list", "elements": "str", "default": list(NAMESPACES)}
}


def elsewhere(names: Collection[str], namespaces: Sequence[str]) -> str:
    """The warning about CIS Deployments (namespace/name) in other namespaces.

    An editor of such a namespace must not decide about tenants of other users.
    """
    one = len(names) == 1
    return (
        f"CIS Deployment{'' if one else 's'} {some(sorted(names), most=5)} {'is' if one else 'are'} not in a namespace of cis_namespaces "
        f"({', '.join(namespaces) or 'none'}), so {'its' if one else 'their'} arguments do not count: no tenant is kept for {'it' if one else 'them'}. "
        f"If {'it is' if one else 'they are'} yours, add the namespace to cis_namespaces."
    )
