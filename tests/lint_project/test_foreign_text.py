# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the cluster and of BIG-IP is never a template: playbooks run by a real ansible-playbook, on the oldest and the newest core.

A template that Ansible evaluates makes a file, whose absence each test asserts. The modules only answer (scripted.py), with the template in every
text that others can write.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scripted import Scripted, tail

CORES = ("2.16", "2.21")
HARMLESS = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n"


def templates(mark: Path) -> list[str]:
    """Texts that make the file if Ansible evaluates them. The second names marks of its own, and the last two are harmful only side by side."""
    call = f"lookup('ansible.builtin.pipe', 'touch {mark}')"
    return [
        f"{{{{ {call} }}}} {{% if {call} %}}{{% endif %}}",
        f"#jinja2:variable_start_string:'[[',variable_end_string:']]'\n[[ {call} ]]",
        "{",
        f"{{ {call} }}}}",
    ]


def application(mark: Path) -> dict[str, Any]:
    whole, own_marks, first, second = templates(mark)
    monitor = {"class": "Monitor", "monitorType": "http", "send": whole, "receive": own_marks, "remark": HARMLESS}
    return {
        "tenant": "Shop",
        "application": f"Shared{first}",
        "virtual_server_name": f"vs {whole}",
        "virtual_server": {"class": "Service_HTTP", "virtualAddresses": [whole], "virtualPort": 80, "iRules": [{"bigip": own_marks}]},
        "pool": {"loadBalancingMode": whole},
        "pool_name": second,
        "service": {"namespace": whole, "name": own_marks, "port": whole},
        "objects": {"monitor": monitor},
    }


def converted(folder: Path, core: str, **more: Any) -> tuple[Scripted, Path, dict[str, Any]]:
    """What cis_to_publish wrote, in check mode and then for good, for an application with templates everywhere."""
    mark, file = folder / "mark", folder / "applications.yml"
    given = application(mark)
    world = {"objects": {"Deployment": [{"metadata": {"managedFields": []}}]}}
    site = Scripted(folder, {"world": world, "more": {"vks.bigip.cis_info": {"applications": [given], "left_out": [], **more}}})
    for words in (["--check", "--diff"], []):
        done = site.run(core, "cis_to_publish", "-e", f"cis_applications_file={file}", "-v", *words)
        assert done.returncode == 0, tail(done)
        assert not mark.exists()
        assert file.exists() != bool(words)
    return site, file, given


@pytest.mark.parametrize("core", CORES)
def test_the_applications_file_is_data(core: str, tmp_path: Path) -> None:
    site, file, given = converted(tmp_path, core)
    assert oct(file.stat().st_mode)[-3:] == "600"
    for words in (["--check"], []):
        done = site.run(core, "publish", "-e", f"@{file}", *words)
        assert done.returncode == 0, tail(done)
        assert site.calls("vks.bigip.publish")[-1]["applications"] == [given]
    for playbook in ("teardown", "verify", "publish_to_cis"):
        site.run(core, playbook, "-e", f"@{file}", "-e", "timeout=1")  # some fail, because there is no such pool
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("core", CORES)
def test_an_own_task_may_use_the_file(core: str, tmp_path: Path) -> None:
    """As a user's play does, which joins, converts and stores what it read."""
    site, file, _given = converted(tmp_path, core)
    joined = "{{ applications[0].application[6:] ~ applications[0].pool_name }}"
    tasks = [
        {"ansible.builtin.set_fact": {"joined": joined, "again": "{{ applications | to_json | from_json }}", "names": "{{ applications | map('dict2items') }}"}},
        {"ansible.builtin.debug": {"msg": "{{ joined }} {{ again }} {{ names }}"}},
        {"ansible.builtin.debug": {"msg": "{{ item }}"}, "loop": "{{ again }}"},
        {"ansible.builtin.copy": {"content": "{{ joined }}", "dest": str(tmp_path / "joined")}},
    ]
    play = tmp_path / "play.yml"
    play.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "connection": "local", "tasks": tasks}]))
    done = site.run(core, play, "-e", f"@{file}")
    assert done.returncode == 0, tail(done)
    assert (tmp_path / "joined").read_text() == "".join(templates(tmp_path / "mark")[2:])
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("core", CORES)
def test_a_name_that_is_a_template_is_refused(core: str, tmp_path: Path) -> None:
    """Nothing can mark a key of a dictionary as data."""
    mark, file = tmp_path / "mark", tmp_path / "applications.yml"
    given = {"tenant": "Shop", "application": "Shared", "objects": {templates(mark)[0]: {"class": "Monitor"}}}
    site = Scripted(tmp_path, {"more": {"vks.bigip.cis_info": {"applications": [given], "left_out": []}}})
    done = site.run(core, "cis_to_publish", "-e", f"cis_applications_file={file}")
    assert done.returncode != 0
    assert "applications[0].objects has a key that Ansible would take for a template" in re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert not file.exists()
    assert not mark.exists()
