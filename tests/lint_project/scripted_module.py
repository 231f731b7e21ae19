# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of a module of scripted.py, in its own process and with its own Python."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import answers


def answer(name: str, arguments: dict[str, Any], script: str) -> dict[str, Any]:
    """The module's result. The script's `texts` map a pattern of a path to a text that is put behind each text there, as {"applications.*": "..."}."""
    given = json.loads(Path(script).read_text())
    own = {key: value for key, value in arguments.items() if not key.startswith("_ansible_")}
    with open(given["calls"], "a", encoding="utf-8") as file:
        file.write(json.dumps([name, own]) + "\n")
    known = {"namespace": None, "release": None, "gather": [], "installation": None, "tenant": None, "name": "", **own}
    if known["installation"]:
        known["installation"] = {"secrets": [], **known["installation"]}
    of_world = answers.of(given["world"])[name]
    found = {
        "changed": False,
        **(of_world(known) if callable(of_world) else of_world),
        **given["more"].get(name, {}),
        "check_mode": bool(arguments.get("_ansible_check_mode")),
    }
    return dict(planted(found, {re.compile(path): text for path, text in given["texts"].get(name, {}).items()}))


def planted(value: Any, texts: Mapping[re.Pattern[str], str], path: str = "") -> Any:
    """A copy with a text put behind each text whose path fits a pattern."""
    if isinstance(value, dict):
        return {key: planted(part, texts, f"{path}.{key}".lstrip(".")) for key, part in value.items()}
    if isinstance(value, list):
        return [planted(part, texts, path) for part in value]
    if isinstance(value, str):
        return value + "".join(text for pattern, text in texts.items() if pattern.fullmatch(path))
    return value
