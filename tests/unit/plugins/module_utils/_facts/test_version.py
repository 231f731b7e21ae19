# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version in a text."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.version import version_in


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v2.5.2---vmware.1", "2.5.2"),
        ("2.5.2+vmware.2-tkg.1", "2.5.2"),
        ("v2.5.2_vmware.1", "2.5.2"),
        ("1.35", "1.35"),
        ("release 17.5.1 build 0.0.5", "17.5.1"),
        ("latest", None),
        ("2", None),
        ("1234567890.1", None),
        ("", None),
        (None, None),
    ],
)
def test_version_in(text: str | None, version: str | None) -> None:
    assert version_in(text) == version
