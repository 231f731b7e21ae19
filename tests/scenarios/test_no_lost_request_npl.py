# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another port range of NodePortLocal while requests run: every Pod gets another port, and no request may be lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from .site import Site
from .test_no_lost_request import Check, same_again, unharmed, up  # noqa: F401 a fixture
from .waiting import HANGS

BEFORE: dict[str, Any] = {"exclude_nodes": ["{{ antrea_npl_node }}"]}
AFTER: dict[str, Any] = {}


def hook(site: Site, file: Path, options: dict[str, Any]) -> str:
    """A user's task file: publish, without the node or with all of them."""
    file.write_text(yaml.safe_dump([{"name": "Publish", "vks.bigip.publish": {"applications": [site.application()], **options}}]))
    return str(file)


def change_range(site: Site, folder: Path, ports: str, *words: str) -> str:
    variables = {
        "antrea_npl_port_range": ports,
        "antrea_npl_before_node": hook(site, folder / "before.yml", BEFORE),
        "antrea_npl_after_node": hook(site, folder / "after.yml", AFTER),
    }
    play = {"hosts": "localhost", "gather_facts": False, "roles": [{"role": "vks.bigip.antrea_npl", "vars": variables}]}
    (folder / "play.yml").write_text(json.dumps([play]))
    process = site.spawn("ansible-playbook", "-i", "localhost,", "-c", "local", "-e", "ansible_python_interpreter=python", str(folder / "play.yml"), *words)
    output, _nothing = process.communicate(timeout=HANGS)
    assert process.returncode == 0, output
    return output


def test_another_port_range_node_by_node(site: Site, unharmed: Check, tmp_path: Path) -> None:  # noqa: F811
    site.deploy(4)
    up(site)
    assert len({pod["spec"]["nodeName"] for pod in site.pods()}) >= 2
    old = site.members()
    ports = next(text for text in ("61500-62500", "63000-64000") if not any(inside(member, text) for member in old))
    with site.stream() as stream:
        stream.more()
        said = change_range(site, tmp_path, ports)
        stream.more()
    unharmed(stream.result)
    assert said.count(" : Publish]") == 2 * len(site.get("nodes")["items"]), said
    new = site.members()
    assert len(new) == len(old) and all(inside(member, ports) for member in new), (old, new)
    assert "changed=0" in change_range(site, tmp_path, ports)
    same_again(site)


def inside(member: str, ports: str) -> bool:
    first, last = ports.split("-")
    return int(first) <= int(member.rpartition(":")[2]) <= int(last)
