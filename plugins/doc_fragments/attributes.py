# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attributes of a module: check mode, diff mode, repetition and action groups."""

from __future__ import annotations


class ModuleDocFragment:
    # Each module that uses this part names the support of all three.
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when
      in diff mode.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates
        no change.
      - This assumes that the system controlled or queried by the module has not changed in a relevant way.
"""

    # For modules that only read. Used together with the main part.
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This action does not modify state.
  diff_mode:
    support: N/A
    details:
      - This action does not modify state.
  idempotent:
    support: full
    details:
      - This action does not modify state.
"""

    ACTIONGROUP_KUBERNETES = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/vks.bigip.kubernetes) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - vks.bigip.kubernetes
"""

    ACTIONGROUP_BIGIP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/vks.bigip.bigip) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - vks.bigip.bigip
"""

    # Modules that connect to both systems are in both groups.
    ACTIONGROUP_BOTH = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/vks.bigip.kubernetes) and C(group/vks.bigip.bigip) in C(module_defaults) to set
      defaults for this module.
    support: full
    membership:
      - vks.bigip.kubernetes
      - vks.bigip.bigip
"""
