# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The namespaces whose CIS counts, and the warning about others."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis.options import CIS_OPTIONS, NAMESPACES, elsewhere


def test_the_default() -> None:
    assert CIS_OPTIONS["cis_namespaces"]["default"] == list(NAMESPACES)


@pytest.mark.parametrize(
    ("names", "namespaces", "parts"),
    [
        (["a/cis"], ["f5-cis"], ["CIS Deployment a/cis is not", "(f5-cis)", "If it is yours"]),
        (
            {"b/cis", "a/cis"},
            ["x", "y"],
            ["CIS Deployments a/cis, b/cis are not", "(x, y)", "If they are yours"],
        ),
        (["a/cis"], [], ["(none)"]),
    ],
)
def test_elsewhere(names: list[str], namespaces: list[str], parts: list[str]) -> None:
    text = elsewhere(names, namespaces)
    assert all(part in text for part in parts) and "cis_namespaces" in text
