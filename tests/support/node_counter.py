# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes that AWX counts for the events of a job, by awx/main/tasks/host_indirect.py: with the library jq, and the same conditions.

It runs as a program in the environment that has jq. It reads {"queries": text, "events": [{"resolved_action", "res"}]} from
stdin, and writes the nodes to stdout. AWX skips a row without canonical facts or with a null in them. Here such a row is an error.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

AUDIT = Path("extensions", "audit", "event_query.yml")


def count(python: Path, queries: str, events: Sequence[Any]) -> list[dict[str, Any]]:
    """The nodes, each with its name, facts, canonical facts, and the modules that managed it. python: the one that has jq."""
    given = json.dumps({"queries": queries, "events": events})
    done = subprocess.run([python, __file__], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    nodes: list[dict[str, Any]] = json.loads(done.stdout)
    return nodes


def _hashable(data: Any) -> Any:
    """As AWX does it: a null cannot be part of canonical facts."""
    if isinstance(data, (int, float, str, bool)):
        return data
    if isinstance(data, dict):
        return tuple(sorted((_hashable(key), _hashable(value)) for key, value in data.items()))
    if isinstance(data, list):
        return tuple(_hashable(item) for item in data)
    raise SystemExit(f"canonical facts contain {data!r}, so AWX counts nothing")


def main() -> None:
    import jq
    import yaml

    given = json.load(sys.stdin)
    queries: dict[str, dict[str, str]] = yaml.safe_load(given["queries"])
    nodes: dict[Any, dict[str, Any]] = {}
    for event in given["events"]:
        action = event["resolved_action"]
        if action not in queries:
            continue
        for row in jq.compile(queries[action]["query"]).input(event["res"]).all():
            if not row.get("canonical_facts") or not row.get("name"):
                raise SystemExit(f"{action}: {row} has no name or no canonical facts")
            node = nodes.setdefault(_hashable(row["canonical_facts"]), {**row, "events": []})
            if action not in node["events"]:
                node["events"].append(action)
    json.dump(list(nodes.values()), sys.stdout)


if __name__ == "__main__":
    main()
