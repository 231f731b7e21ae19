# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""F5's table: what is refused, and the document that shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Wishes
from ansible_collections.vks.bigip.plugins.module_utils._preflight import table
from ansible_collections.vks.bigip.plugins.module_utils._preflight.f5_support import (
    TABLE,
    VALIDATED,
    limit,
    validated,
)
from ansible_collections.vks.bigip.tests.unit.support.preflight import MODES, base

DOCS = Path(table.__file__).parents[3] / "docs" / "checks.md"
GONE = "F5 does not support it with cluster any more"


@pytest.mark.parametrize("feature", TABLE)
@pytest.mark.parametrize("mode", MODES)
def test_each_row_of_f5s_table(mode: str, feature: str) -> None:
    """Refused with F5's reason and the way round it; a warning where the user allows it."""
    said = limit(mode, feature)
    for allowed, status in ((False, "fail"), (True, "warn")):
        results = table.run(
            base(wishes=Wishes(mode, features=frozenset([feature]), allow_unvalidated=allowed)),
            ["P11", "P12"],
        )
        hit = [item for item in results if item.status == status]
        assert [item.message.startswith(f"{said}, and features names ") for item in hit] == [True] * bool(
            said
        )
        assert all("allow_unvalidated: true goes on" in item.remedy for item in hit)


@pytest.mark.parametrize("named", ["ingress", "crd", "ingress crd"])
@pytest.mark.parametrize("limited", ["", "ingress", "crd", "ingress crd"])
def test_a_limit_that_f5_adds_is_refused_without_more_code(
    monkeypatch: pytest.MonkeyPatch, named: str, limited: str
) -> None:
    for feature in limited.split():
        monkeypatch.setitem(TABLE[feature], "cluster", f"{GONE}: {feature}")
    (result,) = table.run(base(wishes=Wishes("cluster", features=frozenset(named.split()))), ["P11"])
    both = [feature for feature in ("ingress", "crd") if feature in named and feature in limited]
    expected = (
        (
            "fail",
            f"{GONE}: {both[0]}, and features names it. Use another pool_member_type, or ask F5. "
            "allow_unvalidated: true goes on with a warning.",
        )
        if both
        else ("pass", "F5 states no limit for TransportServer with pool_member_type cluster.")
    )
    assert (result.status, result.message) == expected


def test_the_document_has_f5s_table() -> None:
    if not DOCS.exists():
        pytest.skip("docs/ is not part of this copy of the collection")
    combinations = DOCS.read_text().partition("\n## Combinations that F5 supports\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.*) \|$", combinations, re.MULTILINE)
    assert [row.split(" | ") for row in rows] == [
        ["feature of CIS", *MODES],
        *[
            [feature, *("no limit" if limit(mode, feature) is None else "not supported" for mode in MODES)]
            for feature in TABLE
        ],
        ["product", "validated"],
        *[[product, ", ".join(versions)] for product, versions in VALIDATED.items()],
    ]
    assert all(validated(product, f"v{version}.9") for product in VALIDATED for version in VALIDATED[product])


@pytest.mark.parametrize(
    ("product", "version", "fits"),
    [
        ("Kubernetes", "1.35.6", True),
        ("Kubernetes", "v1.35", True),
        ("Kubernetes", "1.350", False),
        ("Kubernetes", "1.3", False),
        ("BIG-IP", "17.5.1", True),
        ("BIG-IP", "21.0.0", True),
        ("BIG-IP", "16.1.4", False),
    ],
)
def test_a_version_fits_by_its_parts(product: str, version: str, fits: bool) -> None:
    assert validated(product, version) is fits
