# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that are refused before anything is read."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._npl.options import NplOptions


@pytest.mark.parametrize(
    "text",
    [
        "61000",
        "62000-61000",
        "61000-61000",
        "a-b",
        "61000 - 62000",
        "500-600",
        "30000-31000",
        "40000-41000",
        "61000-70000",
        "",
    ],
)
def test_ranges_that_are_refused(text: str) -> None:
    with pytest.raises(Failure) as caught:
        NplOptions(port_range=text).check()
    assert caught.value.code == "npl_range" and "61000-62000" in caught.value.message


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"namespace": "", "name": "web"}, "services[1].namespace is empty"),
        ({"namespace": "shop", "name": " "}, "services[1].name is empty"),
        (
            {"namespace": "", "label_selector": ""},
            "services[1].namespace and services[1].label_selector are empty",
        ),
        (
            {"namespace": "shop", "name": None, "label_selector": None},
            "services[1].name and services[1].label_selector are empty",
        ),
    ],
)
def test_services_that_would_select_all_are_refused(item: dict[str, Any], words: str) -> None:
    with pytest.raises(Failure) as caught:
        NplOptions(services=({"namespace": "shop", "name": "web"}, item)).check()
    assert (
        caught.value.code == "npl_services"
        and words in caught.value.message
        and "Nothing was written." in caught.value.message
    )


def test_options_that_are_good() -> None:
    NplOptions(
        port_range="61000-62000", services=({"namespace": "shop", "label_selector": "app=web"},)
    ).check()
    NplOptions().check()
