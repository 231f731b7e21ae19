# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AS3 ConfigMaps as declarations: their order, and what is left out."""

from __future__ import annotations

from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._cis.applications import Expressed
from ansible_collections.vks.bigip.plugins.module_utils._cis.config_maps import declarations
from ansible_collections.vks.bigip.plugins.module_utils._cis.tenants import MOST_TEXTS


def config_map(name: str, *texts: str, namespace: str = "shop", made: str = "2026-01-01") -> dict[str, Any]:
    metadata = {"namespace": namespace, "name": name, "creationTimestamp": made}
    return {"metadata": metadata, "data": {str(number): text for number, text in enumerate(texts)}}


def gathered(
    *raw: dict[str, Any], refused: str = "", skipped: str = ""
) -> tuple[list[tuple[str, str]], list[str]]:
    expressed = Expressed()
    made = declarations(
        raw,
        lambda namespace: [] if namespace == skipped else [namespace],
        lambda namespace, name, text: ("field", "No.") if text == refused else None,
        expressed,
    )
    return [(item["name"], item["declaration"]) for item in made], [
        f"{item['name']}: {item['message']}" for item in expressed.left_out
    ]


def test_the_older_one_comes_first() -> None:
    made, left_out = gathered(config_map("new", "n", made="2026-02-01"), config_map("old", "o"))
    assert (made, left_out) == ([("old", "o"), ("new", "n")], [])


def test_a_namespace_without_label_namespaces_is_skipped() -> None:
    other = config_map("b", "y", namespace="web")
    assert gathered(config_map("a", "x"), other, skipped="shop") == ([("b", "y")], [])
    assert gathered({**config_map("a"), "data": None}) == ([], [])


def test_a_refused_text_is_left_out() -> None:
    assert gathered(config_map("a", "bad", "good"), refused="bad") == ([("a", "good")], ["a: No."])


def test_a_report_names_the_config_map_and_the_field() -> None:
    expressed = Expressed()
    raw = [config_map("a", "x"), config_map("b", *["x"] * 21)]
    assert (
        list(declarations(raw, lambda namespace: [namespace], lambda *args: ("field", "No."), expressed))
        == []
    )
    texts = "It has more than 20 texts. An AS3 ConfigMap has one."
    assert expressed.left_out == [
        {"kind": "ConfigMap", "namespace": "shop", "name": "a", "field": "field", "message": "No."},
        {"kind": "ConfigMap", "namespace": "shop", "name": "b", "field": "", "message": texts},
    ]


def test_many_texts_are_left_out_as_a_whole() -> None:
    made, left_out = gathered(config_map("a", *["x"] * (MOST_TEXTS + 1)), config_map("b", "y"))
    assert made == [("b", "y")]
    assert left_out == [f"a: It has more than {MOST_TEXTS} texts. An AS3 ConfigMap has one."]
    assert len(gathered(config_map("a", *["x"] * MOST_TEXTS))[0]) == MOST_TEXTS


def test_a_declaration_names_its_label_namespaces() -> None:
    (made,) = declarations(
        [config_map("a", "x")], lambda namespace: ["one", "two"], lambda *args: None, Expressed()
    )
    assert made == {"namespace": "shop", "name": "a", "declaration": "x", "label_namespaces": ["one", "two"]}
