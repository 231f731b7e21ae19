# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options are documented as they are: types, choices, defaults, aliases and environment variables."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.doc_fragments import kubernetes
from ansible_collections.vks.bigip.plugins.module_utils._kube.options import KUBERNETES_OPTIONS
from ansible_collections.vks.bigip.tests.unit.support import documented


def test_the_fragment_documents_the_options() -> None:
    assert documented.fragment(kubernetes) == documented.spec(KUBERNETES_OPTIONS)


def test_the_fragment_names_each_environment_variable() -> None:
    named = documented.named(kubernetes)
    for option, variables in documented.variables(KUBERNETES_OPTIONS).items():
        assert set(variables) <= set(named.get(option, ())), option
