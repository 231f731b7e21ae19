# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide docs/keep-in-sync.md and the examples of extensions/eda agree with each other and with the code."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.vks.bigip.plugins.module_utils._kube.options import KUBERNETES_OPTIONS
from ansible_collections.vks.bigip.plugins.module_utils._watch import journal, metrics
from ansible_collections.vks.bigip.plugins.module_utils._watch.options import OPTIONS, ChangesOptions
from ansible_collections.vks.bigip.plugins.module_utils._watch.totals import Totals
from runner.places import REQUIREMENTS, ROOT
from support import tree
from test_rulebooks import rendered, source

GUIDE = (ROOT / "docs" / "keep-in-sync.md").read_text()
EXAMPLES = ROOT / "extensions" / "eda" / "examples"
UNIT, CONTAINER, DECISION = EXAMPLES / "vks-bigip-changes.service", EXAMPLES / "Containerfile", EXAMPLES / "decision-environment.yml"
OF_RULEBOOKS = {"notification_tasks": None, "job_template": "Publish on BIG-IP", "notification_job_template": "Notify of changes", "organization": "Default"}
"""Options under `changes` that the source does not get, with their defaults."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```$", GUIDE, re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    return GUIDE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def five_commands() -> list[str]:
    (found,) = [text for text in blocks("sh") if "ansible-rulebook" in text]
    return found.splitlines()


def without_folders(command: list[str]) -> list[str]:
    return [Path(word).name if word.startswith("/") else word for word in command]


def unit() -> configparser.RawConfigParser:
    """Of a setting that occurs several times, the last one."""
    found = configparser.RawConfigParser(strict=False)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read_string(UNIT.read_text())
    return found


def variables() -> dict[str, Any]:
    """The file variables.yml of the guide."""
    (found,) = [text for text in blocks("yaml") if text.startswith("pool_member_type:")]
    return dict(yaml.safe_load(found))


# -- the commands


def test_five_commands_lead_to_a_running_rulebook() -> None:
    assert len(five_commands()) == 5 and five_commands()[-1].startswith("ansible-rulebook -r vks.bigip.publish ")


def test_the_unit_and_the_container_run_the_command_of_the_guide() -> None:
    command = five_commands()[-1].split()
    assert without_folders(unit()["Service"]["ExecStart"].split()) == command
    (words,) = re.findall(r"^CMD (\[.*\])$", CONTAINER.read_text(), re.MULTILINE)
    assert without_folders(json.loads(words)) == command


def test_one_version_of_ansible_rulebook_is_named_and_tested() -> None:
    (tested,) = re.findall(r"^ansible-rulebook==\S+$", (REQUIREMENTS / "eda.in").read_text(), re.MULTILINE)
    for text in ("\n".join(five_commands()), CONTAINER.read_text(), DECISION.read_text()):
        assert re.findall(r"ansible-rulebook==[\d.]+", text) == [tested]


def test_the_variables_of_the_guide_reach_the_source() -> None:
    options = ChangesOptions.from_arguments(rendered(source("publish"), {**variables(), "host": "https://192.0.2.1"}))
    assert options.services == {("default", "f5-hello-world")} and options.mode == "nodeportlocal" and options.journal
    inventories = [yaml.safe_load(text) for text in blocks("yaml") if text.startswith("all:")]
    assert inventories == [{"all": {"hosts": {"localhost": {"ansible_connection": "local"}}}}]


# -- the descriptions


def test_the_table_has_each_option_with_its_default() -> None:
    table = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", section("Options"), re.MULTILINE))
    own = {name: option.get("default") for name, option in OPTIONS.items() if name not in (*KUBERNETES_OPTIONS, "applications", "pools", "label_namespaces")}
    assert set(table) == {*own, *OF_RULEBOOKS}
    defaults = {name: yaml.safe_load(text.strip("`")) for name, text in table.items() if text.startswith("`")}
    wanted = {name: value for name, value in {**own, **OF_RULEBOOKS}.items() if value is not None and name != "pool_member_type"}
    assert defaults == wanted


def test_the_lines_of_the_journal_are_complete() -> None:
    (text,) = blocks("json")
    event, run = (line.encode() + b"\n" for line in text.splitlines())
    parsed = journal.parse(event), journal.parse(run)
    assert isinstance(parsed[0], journal.Event) and isinstance(parsed[1], journal.Run)
    assert (journal.event_line(parsed[0]), journal.run_line(parsed[1])) == (event, run)


def test_the_metrics_exist() -> None:
    named = set(re.findall(r"`(\w+(?:_total|_seconds)|degraded)`", section("Journal and metrics")))
    known = set(re.findall(r"^# TYPE vks_bigip_changes_(\w+) ", metrics.text(Totals(), "shop"), re.MULTILINE))
    assert len(named) > 4 and named <= known


def test_each_type_of_event_is_described() -> None:
    assert re.findall(r"^\| `(\w+)` \|", section("Events"), re.MULTILINE) == ["resync", "changed", "degraded", "recovered"]


# -- the examples


def test_they_are_in_the_tarball() -> None:
    shipped = tree.shipped()
    folder = ROOT / "extensions" / "eda"
    files = {path.relative_to(ROOT) for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert {UNIT.relative_to(ROOT), CONTAINER.relative_to(ROOT), DECISION.relative_to(ROOT)} <= files <= shipped


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    program = unit()["Service"]["ExecStart"].split()[0]
    file = tmp_path / UNIT.name
    file.write_text(UNIT.read_text().replace(program, str(shutil.which("true"))))  # the program of the user is not on this machine
    done = subprocess.run([analyze, "verify", "--man=no", str(file)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_restarts_and_keeps_secrets() -> None:
    service = unit()["Service"]
    assert service["Restart"] == "always" and int(service["TimeoutStopSec"]) > 2 and unit()["Unit"]["StartLimitIntervalSec"] == "0"
    assert service["User"] not in ("", "root") and service["PrivateTmp"] == "yes" and service["ProtectSystem"] == "strict"
    assert service["EnvironmentFile"].startswith("/etc/")
    assert set(service["SuccessExitStatus"].split()) == {"130", "143"}  # Java's, after SIGINT and SIGTERM


def test_the_container_runs_without_root() -> None:
    text = CONTAINER.read_text()
    assert re.findall(r"^USER (.*)$", text, re.MULTILINE) == ["10001"]
    assert "openjdk-17" in text and "--read-only" in text and not re.search(r"^(ENV|ARG).*(PASSWORD|API_KEY|TOKEN)", text, re.MULTILINE)


def test_the_decision_environment_has_what_ansible_rulebook_needs() -> None:
    found = yaml.safe_load(DECISION.read_text())
    assert found["version"] == 3 and set(found) == {"version", "images", "dependencies", "options"}
    dependencies = found["dependencies"]
    assert set(dependencies) == {"python_interpreter", "ansible_core", "ansible_runner", "system", "python", "galaxy"}
    assert any(line.startswith("java-17-") for line in dependencies["system"])
    assert dependencies["galaxy"]["collections"] == [{"name": "vks.bigip"}]
