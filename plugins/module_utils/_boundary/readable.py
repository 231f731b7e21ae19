# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Makes a result safe for terminals and for Ansible.

Its sentences contain words of the cluster and of BIG-IP, and playbooks print them unchanged. Values for
programs stay unchanged.
"""

from __future__ import annotations

from typing import Any, Mapping

from .. import _foreign

SENTENCES = frozenset(
    (
        "because",
        "blocking",
        "chosen_because",
        "message",
        "msg",
        "not_proven_because",
        "note",
        "problems",
        "reason",
        "reasons",
        "remedy",
        "report",
    )
    + ("restart_needed", "sign", "status", "summary", "title", "warnings")
)
"""Names of texts, and of lists of texts, that are a line each."""
QUOTES = frozenset({"exception", "response", "said"})
"""The other system's own words, and a traceback: they may have several lines."""
DATA = frozenset(
    {
        "applications",
        "config_maps",
        "content",
        "declaration",
        "invocation",
        "query_result",
        "settings",
        "tasks",
    }
)
"""Values that are returned as they were read."""
_FAILURE, _DIFF = "failure", "diff"
_OF_ANSIBLE = ("_ansible_", "__ansible_")
"""Beginnings of keys that Ansible obeys: it drops them, converts what is beside them, or fails the task."""


def result(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A result in which characters that a terminal obeys are escapes, wherever a person reads it."""
    parts = {name: value for name, value in raw.items() if name not in DATA}
    shown = {
        name: _all(name, value) if name == _DIFF else _part(name, value, name == _FAILURE)
        for name, value in parts.items()
    }
    return {_plain(name): with_plain_keys(value) for name, value in {**raw, **shown}.items()}


def with_plain_keys(value: Any) -> Any:
    """A value without keys that Ansible obeys, at any level.

    The first character of such a key becomes an escape.
    """
    if isinstance(value, dict):
        return {_plain(key): with_plain_keys(part) for key, part in value.items()}
    return (
        [with_plain_keys(part) if isinstance(part, (dict, list)) else part for part in value]
        if isinstance(value, list)
        else value
    )


def _plain(key: Any) -> Any:
    return rf"\x5f{key[1:]}" if isinstance(key, str) and key.startswith(_OF_ANSIBLE) else key


def _part(name: str, value: Any, failed: bool) -> Any:
    """failed: below `failure` each text is for a person."""
    if isinstance(value, str):
        return (
            _foreign.line(value)
            if name in SENTENCES
            else _foreign.visible(value)
            if failed or name in QUOTES
            else value
        )
    if isinstance(value, dict):
        return {
            key: inner if key in DATA and not failed else _part(key, inner, failed)
            for key, inner in value.items()
        }
    return [_part(name, item, failed) for item in value] if isinstance(value, list) else value


def _all(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _all(key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_all(name, item) for item in value]
    if not isinstance(value, str):
        return value
    return _foreign.line(value) if name.endswith("_header") else _foreign.visible(value)
