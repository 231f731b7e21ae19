# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The namespaces whose resources a CIS handles: one line a case."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis.controller import Controller
from ansible_collections.vks.bigip.plugins.module_utils._cis.watched import Watched

BY_LABEL = {"": {"a", "b", "c"}, "team=x": {"b", "c"}}


def cis(*arguments: str) -> Controller:
    return Controller("f5", "cis", "", "", "k8s-bigip-ctlr:2", arguments, 1, 1, True, "", "")


def watched(*without: str) -> Watched:
    return Watched(lambda label: BY_LABEL[label], without)


@pytest.mark.parametrize(
    ("arguments", "handled"),
    [
        ((), "a b c d"),
        (("--namespace=a", "--namespace=d"), "a d"),
        (("--namespace-label=team=x",), "b c"),
        (("--namespace-label=team=x", "--namespace=a"), "b c"),
    ],
)
def test_handles(arguments: tuple[str, ...], handled: str) -> None:
    assert " ".join(name for name in "abcd" if watched().handles(cis(*arguments), name)) == handled


HUB = "--hubmode=true"
LABELS: dict[str, tuple[list[Controller], tuple[str, ...], str]] = {
    # the CIS, the namespaces left out, where labelled Services fill the pools of a ConfigMap in b
    "no CIS": ([], (), "b"),
    "one that does not handle it": ([cis("--namespace=a")], (), ""),
    "its own namespace": ([cis()], (), "b"),
    "left out": ([cis()], ("b",), ""),
    "left out of a hub": ([cis(HUB)], ("b",), ""),
    "hub mode": ([cis(HUB)], (), "a b c"),
    "hub mode by label": ([cis(HUB, "--namespace-label=team=x")], (), "b c"),
    "hub mode by label and names": ([cis(HUB, "--namespace-label=team=x", "--namespace=a")], (), "b c"),
    "two hubs": (
        [cis(HUB, "--namespace=b", "--namespace=d"), cis(HUB, "--namespace=b", "--namespace=a")],
        (),
        "a b d",
    ),
    "hub mode by names": ([cis(HUB, "--namespace=b", "--namespace=d")], (), "b d"),
    "hub mode without one": ([cis(HUB)], ("c",), "a b"),
    "a hub that does not handle it adds nothing": ([cis(), cis(HUB, "--namespace=a")], (), "b"),
}


@pytest.mark.parametrize(("controllers", "without", "expected"), LABELS.values(), ids=LABELS.keys())
def test_label_namespaces(controllers: list[Controller], without: tuple[str, ...], expected: str) -> None:
    assert " ".join(watched(*without).label_namespaces(controllers, "b")) == expected


def test_left_out() -> None:
    assert watched("a").is_left_out("a") and not watched("a").is_left_out("b")
