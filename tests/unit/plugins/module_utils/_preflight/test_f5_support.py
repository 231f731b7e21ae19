# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""F5's table: what is refused, and the document that shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Wishes
from ansible_collections.vks.bigip.plugins.module_utils._preflight import table
from ansible_collections.vks.bigip.plugins.module_utils._preflight.f5_support import (
    FEATURES,
    MODES,
    TABLE,
    UNSUPPORTED,
    VALIDATED,
    validated,
)
from ansible_collections.vks.bigip.tests.unit.support.preflight import base

DOCS = Path(table.__file__).parents[3] / "docs" / "checks.md"


@pytest.mark.parametrize("feature", FEATURES)
@pytest.mark.parametrize("mode", MODES)
def test_each_row_of_f5s_table(mode: str, feature: str) -> None:
    """Refused with F5's reason and the way round it, a warning where the user allows it, and nothing where F5 states no limit."""
    said = TABLE[feature][mode]
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


def test_a_limit_that_f5_adds_is_refused_without_more_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        UNSUPPORTED, ("cluster", "ingress"), "F5 does not support Ingress with cluster any more"
    )
    (result,) = table.run(base(wishes=Wishes("cluster", features=frozenset(["ingress"]))), ["P11"])
    assert result.status == "fail" and result.message.startswith(
        "F5 does not support Ingress with cluster any more, and features names it."
    )


def test_the_document_has_f5s_table() -> None:
    if not DOCS.exists():
        pytest.skip("docs/ is not part of this copy of the collection")
    text_ = DOCS.read_text()
    for feature, row in TABLE.items():
        assert (
            "| "
            + " | ".join([feature, *("not supported" if row[mode] else "no limit" for mode in MODES)])
            + " |"
            in text_
        )
    for product, versions in VALIDATED.items():
        assert f"| {product} | {', '.join(versions)} |" in text_


@pytest.mark.parametrize(
    "version, fits", [("1.35.6", True), ("v1.35", True), ("1.350", False), ("1.3", False)]
)
def test_a_version_fits_by_its_parts(version: str, fits: bool) -> None:
    assert validated("Kubernetes", version) is fits
