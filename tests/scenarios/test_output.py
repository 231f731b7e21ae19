# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of ansible-playbook for publish and verify, for a person and for a program, and publish with async. BIG-IP is a script; there is no lab."""

from __future__ import annotations

import json
import os
import pty
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from ansible_collections.vks.bigip.tests.unit.plugins.modules.test_publish import DONE, INFO, LOGIN, LOGOUT, STANDALONE, STORED
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer
from support import tree

POST = Exchange("POST", "/mgmt/shared/appsvcs/declare?async=true", 200, json=DONE)
REMOVAL = [LOGIN, STORED, INFO, POST, STANDALONE, LOGOUT]
REFUSAL = [LOGIN, STORED, LOGOUT]
LINES = ["publish: [localhost] posting T1", "publish: [localhost] 1 of 1 tenants done", "publish: [localhost] T1: deleted, 2 members in 1 pool"]
# As the callback json of ansible.posix does: one document at the end.
AS_JSON = """
import json
from ansible.plugins.callback import CallbackBase
DOCUMENTATION = "name: as_json\\ntype: stdout\\nshort_description: x\\ndescription: x\\n"

class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME = 2.0, "stdout", "as_json"

    def v2_playbook_on_stats(self, stats):
        self._display.display(json.dumps({host: stats.summarize(host) for host in stats.processed}))
"""
AS_TEXT = """
from ansible.plugins.callback import default
DOCUMENTATION = "name: as_text\\ntype: stdout\\nshort_description: x\\ndescription: x\\nextends_documentation_fragment: [default_callback]\\n"

class CallbackModule(default.CallbackModule):
    CALLBACK_NAME = "as_text"
"""


@pytest.fixture(autouse=True)
def clean() -> None:
    """In place of the scenarios' lab."""


@pytest.fixture(scope="module")
def authority() -> Any:
    return trustme.CA()


class Stage:
    """A folder with a playbook, and a BIG-IP that plays a script."""

    def __init__(self, folder: Path, authority: Any, script: list[Exchange], any_order: bool) -> None:
        self.folder = folder
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        for name, text in (("as_json", AS_JSON), ("as_text", AS_TEXT)):
            (folder / f"{name}.py").write_text(text)
        self.bigip = ScriptedServer(list(script), any_order)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        self.bigip._server.socket = context.wrap_socket(self.bigip._server.socket, server_side=True, do_handshake_on_connect=False)

    def play(self, *tasks: dict[str, Any], hosts: str = "localhost,", stderr: int | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        """With ansible-playbook, without the settings of this process for Ansible. stderr: a file for standard error in place of a pipe."""
        interpreter = {"ansible_python_interpreter": sys.executable}
        play = {"hosts": "all", "gather_facts": False, "connection": "local", "vars": interpreter, "tasks": list(tasks)}
        (self.folder / "play.yml").write_text(json.dumps([play]))
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "F5_", "K8S_AUTH_", "VKS_"))}
        environ |= {
            "ANSIBLE_ASYNC_DIR": str(self.folder / "async"),
            "ANSIBLE_COLLECTIONS_PATH": str(tree.link()),
            "ANSIBLE_CALLBACK_PLUGINS": str(self.folder),
            "ANSIBLE_HOME": str(self.folder / "home"),
            "F5_SERVER": f"127.0.0.1:{self.bigip.port}",
            "F5_USER": "admin",
            "F5_PASSWORD": "pass-word",
            "F5_CA_CERT": str(self.folder / "ca.pem"),
            **variables,
        }
        command = [sys.executable, "-m", "ansible", "playbook", "-i", hosts, "play.yml"]
        return subprocess.run(
            command, cwd=self.folder, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr or subprocess.PIPE, text=True, check=False
        )


@pytest.fixture
def stage(tmp_path: Path, authority: Any, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Its script removes a tenant, unless the test gives another one as the parameter."""
    script, any_order = getattr(request, "param", (REMOVAL, False))
    made = Stage(tmp_path, authority, script, any_order)
    with made.bigip:
        yield made


def removal(owner: str = "UID", **more: Any) -> dict[str, Any]:
    return {"name": "Remove", "vks.bigip.publish": {"state": "absent", "owner": owner, "applications": [{"tenant": "T1", "application": "A1"}]}, **more}


def shown(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.splitlines() if line.startswith("publish: ")]


@pytest.mark.parametrize("callback", ["default", "ansible.builtin.default", "as_text"])
def test_a_person_sees_each_step_and_each_tenant(stage: Stage, callback: str) -> None:
    done = stage.play(removal(), ANSIBLE_STDOUT_CALLBACK=callback)
    assert done.returncode == 0, done.stdout + done.stderr
    assert shown(done.stdout) == LINES and not shown(done.stderr)


def test_a_program_reads_nothing_but_json(stage: Stage) -> None:
    done = stage.play(removal(), ANSIBLE_STDOUT_CALLBACK="as_json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["localhost"]["changed"] == 1 and not shown(done.stderr)


def test_a_person_at_a_terminal_sees_the_steps_while_a_program_reads(stage: Stage) -> None:
    ours, theirs = pty.openpty()
    done = stage.play(removal(), stderr=theirs, ANSIBLE_STDOUT_CALLBACK="as_json")
    os.close(theirs)
    assert json.loads(done.stdout)["localhost"]["changed"] == 1
    assert shown(os.read(ours, 65536).decode()) == LINES
    os.close(ours)


def test_a_variable_switches_it_off(stage: Stage) -> None:
    done = stage.play(removal(vars={"vks_bigip_progress": "{{ 'no' }}"}))
    assert done.returncode == 0 and "changed=1" in done.stdout and not shown(done.stdout + done.stderr)


@pytest.mark.parametrize("stage", [(REMOVAL * 2, True)], indirect=True)
def test_lines_of_several_hosts_name_them(stage: Stage) -> None:
    done = stage.play(removal(), hosts="cluster-a,cluster-b,")
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(shown(done.stdout)) == sorted(line.replace("localhost", host) for line in LINES for host in ("cluster-a", "cluster-b"))


@pytest.mark.parametrize("stage", [(REFUSAL, False)], indirect=True)
def test_a_failure_appears_once(stage: Stage) -> None:
    done = stage.play(removal(owner="another team"))
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("fatal:")]
    result = json.loads(line[line.index("{") :])
    assert result["msg"].endswith("Set owner if it is yours.") and line.count(json.dumps(result["msg"])[1:-1]) == 1
    assert shown(done.stdout) == ["publish: [localhost] T1: held (not_ours)"]


# As ansible-rulebook passes it; the source never sends such texts.
EVENT = {
    "vks": {"type": "resync", "cluster": "{{ 'for' ~ 'ged' }}", "sequence": 7, "waited": 0.5, "services": ["{{ 'for' ~ 'ged' }}"]},
    "meta": {"received_at": "{{ 'for' ~ 'ged' }}"},
}
JOURNAL = {"vks_bigip_journal": "{{ playbook_dir }}/journal", "ansible_eda": {"event": EVENT}}


def journal(stage: Stage) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (stage.folder / "journal").read_text().splitlines()]


def test_the_journal_has_a_line_and_the_event_is_not_a_template(stage: Stage) -> None:
    done = stage.play(removal(vars=JOURNAL))
    assert done.returncode == 0 and "forged" not in done.stdout + done.stderr + (stage.folder / "journal").read_text()
    (line,) = journal(stage)
    assert (line["type"], line["sequence"], line["failed"], line["changed"], line["members_removed"]) == ("resync", 7, False, True, 2)


@pytest.mark.parametrize("stage", [(REFUSAL, False)], indirect=True)
def test_the_journal_has_a_line_of_a_failure(stage: Stage) -> None:
    done = stage.play(removal(owner="another team", vars=JOURNAL))
    (line,) = journal(stage)
    assert done.returncode == 2 and (line["failed"], line["changed"], line["code"], line["codes"]) == (True, False, "tenants_failed", ["not_ours"])


@pytest.mark.parametrize("stage", [([], False)], indirect=True)
def test_the_journal_has_a_line_of_a_task_that_timed_out(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        done = stage.play(removal(vars=JOURNAL, timeout=2), F5_SERVER=f"127.0.0.1:{silent.getsockname()[1]}")
    (line,) = journal(stage)
    assert done.returncode == 2 and (line["failed"], line["code"]) == (True, None) and 2 <= line["seconds"]


def pool(tenant: str, name: str, members: int, state: str = "up") -> dict[str, Any]:
    items = [{"name": f"10.1.0.{number}:80", "address": f"10.1.0.{number}", "state": state, "session": "monitor-enabled"} for number in range(members)]
    path, partition = f"/{tenant}/A1/{name}", {"partition": tenant}
    return {"fullPath": path, **partition, "membersReference": {"items": [{**item, **partition} for item in items]}}


def status(*pools: dict[str, Any]) -> list[Exchange]:
    tenants: dict[str, Any] = {}
    for value in pools:
        _empty, tenant, application, name = value["fullPath"].split("/")
        mark = {"class": "Constants", "vks_bigip": {"owner": "me"}}
        tenants.setdefault(tenant, {"class": "Tenant", application: {"class": "Application", "constants": mark}})[application][name] = {"class": "Pool"}
    ltm = "/mgmt/tm/ltm/pool?expandSubcollections=true&$select=fullPath,partition,membersReference"
    declared = Exchange("GET", "/mgmt/shared/appsvcs/declare?show=base", json={"class": "ADC", **tenants})
    return [LOGIN, declared, Exchange("GET", ltm, json={"items": list(pools)}), LOGOUT]


@pytest.mark.parametrize("stage", [(status(pool("Shop", "api", 1), pool("Shop", "web", 2), pool("S", "web", 1)), False)], indirect=True)
def test_verify_reports_what_it_verified(stage: Stage) -> None:
    with ScriptedServer([Exchange("GET", "/", text="web-1")] * 4) as web:
        requests = [{"url": f"{web.url}/", "count": 2}, {"url": f"{web.url}/", "contains": "web"}]
        variables = {"verify_read_cluster": False, "verify_timeout": 5, "verify_requests": requests}
        done = stage.play({"name": "Verify", "ansible.builtin.include_role": {"name": "vks.bigip.verify"}, "vars": variables})
    assert done.returncode == 0, done.stdout + done.stderr
    report = done.stdout.partition("Report the result")[2]
    assert json.loads(report[report.index("{") : report.index("}") + 1])["verify_result.summary"] == [
        "S: 1 member is up in 1 pool",
        "Shop: 3 members are up in 2 pools",
        f"{web.url}/: 2 of 2 answers were good",
        f"{web.url}/: 1 of 1 answer was good",
    ]


def checks(*that: str) -> dict[str, Any]:
    return {"name": "See the result", "ansible.builtin.assert": {"that": list(that)}}


WAITS = {
    "name": "Wait",
    "ansible.builtin.async_status": {"jid": "{{ done.ansible_job_id }}"},
    "register": "ended",
    "until": "ended.finished | bool",
    "retries": 60,
    "delay": 1,
}
RESULT = ("{0} is changed", "{0}.ansible_job_id is defined", "{0}.tenants.T1.action == 'delete'", "{0}.summary == ['T1: deleted, 2 members in 1 pool']")
ROLE = {
    "name": "Run the role",
    "ansible.builtin.include_role": {"name": "vks.bigip.publish"},
    "vars": {"publish_state": "absent", "publish_owner": "UID", "publish_tenants": {"T1": {}}, "publish_async": 60},
}


@pytest.mark.parametrize(
    "tasks",
    [
        [removal(register="done", **{"async": 60, "poll": 1}), checks(*(text.format("done") for text in RESULT))],
        [removal(register="done", **{"async": 60, "poll": 0}), WAITS, checks(*(text.format("ended") for text in RESULT))],
        [{**ROLE, "vars": {**ROLE["vars"], "publish_poll": 1}}, checks(*(text.format("publish_result") for text in RESULT))],
        [
            {**ROLE, "vars": {**ROLE["vars"], "publish_poll": 0}},
            json.loads(json.dumps(WAITS).replace("done.", "publish_result.")),
            checks(*(text.format("ended") for text in RESULT)),
        ],
    ],
    ids=["poll", "poll 0", "role", "role, poll 0"],
)
def test_async(stage: Stage, tasks: list[dict[str, Any]]) -> None:
    done = stage.play(*tasks)
    assert done.returncode == 0, done.stdout + done.stderr
