# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image as the chart writes it, with its tag or digest."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import image

DIGEST = "sha256:" + "0a" * 32


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("f5networks/cis", ("f5networks", "cis", "2.20")),
        ("registry.example.com:5000/f5/cis", ("registry.example.com:5000/f5", "cis", "2.20")),
        (f"f5/cis@{DIGEST}", ("f5", "cis", f"2.20@{DIGEST}")),
        (f"f5/cis:2.20@{DIGEST}", ("f5", "cis", f"2.20@{DIGEST}")),
    ],
)
def test_split(given: str, expected: tuple[str, str, str]) -> None:
    assert image.split(given, "2.20") == expected
    assert not image.fault(given, "2.20")


@pytest.mark.parametrize(
    "given",
    [
        "cis",
        "f5/",
        "/cis",
        "f5/cis:2.20",
        f"f5/cis:2.19@{DIGEST}",
        "f5/cis@sha256:0a",
        f"f5/cis@{DIGEST}0",
        f"@{DIGEST}",
    ],
)
def test_fault(given: str) -> None:
    assert image.fault(given, "2.20")
