# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options are documented as they are: types, choices, defaults, aliases and environment variables."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.doc_fragments import bigip
from ansible_collections.vks.bigip.plugins.module_utils._bigip.options import ARGUMENT_SPEC
from ansible_collections.vks.bigip.tests.unit.support import documented


def test_the_fragment_documents_the_options() -> None:
    assert documented.fragment(bigip) == documented.spec(ARGUMENT_SPEC)


def test_the_fragment_names_each_environment_variable() -> None:
    named = documented.named(bigip)
    for option, variables in documented.variables(ARGUMENT_SPEC).items():
        assert set(variables) <= set(named.get(option, ())), option
