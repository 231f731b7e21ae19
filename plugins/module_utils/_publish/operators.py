# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""as3_declaration and members that an operator disabled on BIG-IP. This module util is PRIVATE to the collection.

publish keeps them disabled and notes that in its mark. An application of as3_declaration has no mark, so they stay disabled only
until a POST of their tenant.
"""

from __future__ import annotations

from typing import Mapping

from .._as3 import difference, members
from .._errors import some
from .._plan import by_hand
from .._plan.model import Hands, TenantPlan
from . import report
from .rounds import Run


def warnings(first: TenantPlan, operators: Mapping[str, Hands], run: Run, check_mode: bool) -> list[str]:
    """What becomes of the members that operators disabled: at most one warning of those that stay so, and one of those that a POST enables."""
    kept, enabled = [], []
    answer = run.verdict.message if run.verdict else ""
    will_post = first.action in report.CHANGES and (check_mode or run.posts > 0 and answer != "no change")
    for name, hands in sorted(operators.items()):
        for pool, states in sorted(hands.items()):
            wanted = members.flatten(difference.pools_of(first.wanted[name])[pool].get("members"), first.route_domain).static
            for key in sorted(states, key=members.order):
                member = f"/{first.tenant}/{name}/{pool} {members.text(key)}"
                if will_post and (first.whole or first.changes[name].kind != "none"):
                    enabled.append(f"{member} ({states[key]}, then {by_hand.admin_state(wanted[key])})")
                else:
                    kept.append(f"{member} ({states[key]})")
    found = []
    if kept:
        found.append(
            f"members_disabled_by_hand: tenant {first.tenant} keeps {_count(kept)} that an operator disabled on BIG-IP: {some(kept)}. "
            "A POST of this tenant for another reason enables them. To keep them disabled, set their adminState in content."
        )
    if enabled:
        who = "the run would enable, as AS3 does," if check_mode else "AS3 enabled" if run.verdict and run.verdict.ok else "AS3 may have enabled"
        found.append(
            f"members_disabled_by_hand: {who} {_count(enabled)} of tenant {first.tenant} that an operator disabled on BIG-IP: {some(enabled)}. "
            "To disable them for longer, set their adminState in content."
        )
    return found


def _count(found: list[str]) -> str:
    return f"{len(found)} member{'' if len(found) == 1 else 's'}"
