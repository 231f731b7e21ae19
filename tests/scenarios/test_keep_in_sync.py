# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real ansible-rulebook keeps BIG-IP in sync: each change in the cluster reaches BIG-IP, and no playbook is run by hand."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from runner import environments
from runner.places import ROOT
from support import galaxy

from . import rulebook
from .rulebook import Rulebook
from .shop import NODES, SECRET, Shop
from .site import SERVICE, Site
from .waiting import HANGS, eventually

CHANGES = {"settle": 0.2, "min_interval": 1, "resync": 86400, "secrets": [f"default/{SECRET}"]}
"""The first resync is the only one, so only events explain the changes on BIG-IP."""

OF_WEB, OF_SECURE = f"default/{SERVICE}", f"default/{NODES}"


@pytest.fixture(scope="module")
def tarball() -> Path:
    return galaxy.build_own("keep_in_sync")


@pytest.fixture
def shop(site: Site) -> Iterator[Shop]:
    made = Shop(site)
    yield made
    made.end()


class Step(NamedTuple):
    """A change in the cluster, and the Services that its events name. None: an event concerns all applications.

    Another event can follow, for example when a Pod ends later.
    """

    change: Callable[[Site, Shop], object]
    services: set[str] | None


def scale(site: Site, shop: Shop) -> None:
    site.kubectl("scale", f"deployment/{SERVICE}", "--replicas=5")
    site.settle(5)


def roll(site: Site, shop: Shop) -> None:
    site.kubectl("rollout", "restart", f"deployment/{SERVICE}")
    site.kubectl("rollout", "status", f"deployment/{SERVICE}", f"--timeout={HANGS}s")


def drain(site: Site, shop: Shop) -> None:
    node = site.pods()[0]["spec"]["nodeName"]
    site.kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data")


def renew(site: Site, shop: Shop) -> None:
    shop.renew()


def change_node_port(site: Site, shop: Shop) -> None:
    port = shop.node_port()
    change = {"op": "replace", "path": "/spec/ports/0/nodePort", "value": port + 1 if port < 32767 else port - 1}
    site.kubectl("patch", "service", NODES, "--type=json", "-p", json.dumps([change]))


def change_target_port(site: Site, shop: Shop) -> None:
    change = {"op": "replace", "path": "/spec/ports/0/targetPort", "value": 8081}
    site.kubectl("patch", "service", SERVICE, "--type=json", "-p", json.dumps([change]))


STEPS = {
    "scale": Step(scale, {OF_WEB, OF_SECURE}),
    "roll": Step(roll, {OF_WEB, OF_SECURE}),
    "drain": Step(drain, None),
    "renew": Step(renew, None),
    "node port": Step(change_node_port, {OF_SECURE}),
    "target port": Step(change_target_port, {OF_WEB}),
}


def test_each_change_reaches_bigip(site: Site, shop: Shop, tarball: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    play = {"applications": shop.applications(), "wait_up": HANGS}
    with Rulebook(tmp_path / "eda", tarball, site.variables(), play, CHANGES) as book:
        book.until(shop.is_published, "published by the first resync")
        for name, step in STEPS.items():
            book.until(lambda: idle(book.journal()), "idle")
            before, lines = (shop.wanted(), shop.certificate), len(book.journal())
            step.change(site, shop)
            assert (shop.wanted(), shop.certificate) != before, f"{name} changes nothing"
            book.until(shop.is_published, f"published after the step {name}")
            book.until(lambda: idle(book.journal()), "idle")
            events = of_kind("event", book.journal()[lines:])
            named = {service for event in events for service in event["services"]}
            assert any(event["all"] for event in events) if step.services is None else step.services <= named, (name, events)
        with site.stream() as stream:
            stream.more(20)
        assert not stream.result.failed, stream.result
    events = of_kind("event", book.journal())
    assert [event["type"] for event in events] == ["resync", *["changed"] * (len(events) - 1)]
    assert not any(run["failed"] for run in of_kind("run", book.journal())), book.journal()
    # It stood by. A change while the first play starts causes another one.
    assert book.log().count("PLAY [") <= 2 < len(of_kind("run", book.journal()))
    shown = book.log() + book.journal_file.read_text()
    assert not [secret for secret in (site.provider()["password"], *shop.key_lines()) if secret in shown]
    with capsys.disabled():
        print(f"\n  {len(STEPS)} changes, {len(events)} events, {len(of_kind('run', book.journal()))} runs")


def of_kind(kind: str, journal: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in journal if line["kind"] == kind]


def idle(journal: list[dict[str, Any]]) -> bool:
    """True if each event has its run."""
    done = {run["sequence"] for run in of_kind("run", journal)}
    return all(event["sequence"] in done for event in of_kind("event", journal))


GUIDE = (ROOT / "docs" / "keep-in-sync.md").read_text()
REPOSITORY = "git+https://github.com/vks-bigip/vks.bigip.git"


def test_the_guide_leads_to_a_running_rulebook(site: Site, tarball: Path, tmp_path: Path) -> None:
    """Its files and commands, unchanged but for the user's machines and files, and the place of the collection."""
    site.kubectl("apply", "-f", str(ROOT / "tests" / "demo" / "hello-world.yml"))
    home, own = tmp_path / "home", site.variables()
    (home / ".kube").mkdir(parents=True)
    shutil.copy(own["K8S_AUTH_KUBECONFIG"], home / ".kube" / "config")
    shutil.copy(own["F5_CA_CERT"], home / "bigip-ca.pem")
    exports, commands = [text for text in blocks("sh") if "F5_PASSWORD" in text or "ansible-rulebook" in text]
    variables, inventory = blocks("yaml")[:2]
    (tmp_path / "variables.yml").write_text(variables)
    (tmp_path / "inventory.yml").write_text(inventory)
    exports = exports.replace("bigip.example.com", own["F5_SERVER"]).replace("admin", own["F5_USER"]).replace("...", own["F5_PASSWORD"])
    python = environments.find_python(environments.TABLE["eda"])
    (tmp_path / "python3").symlink_to(python)
    script = f"{exports}{commands.replace(REPOSITORY, f'--no-deps {tarball}')}".rpartition("ansible-rulebook")
    environ = {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(tmp_path), *os.get_exec_path()]),
        "F5_SERVER_PORT": own["F5_SERVER_PORT"],
        **{f"PIP_{name.upper().replace('-', '_')}": value for name, value in environments.pip_settings().items()},
    }
    with (tmp_path / "log").open("wb") as log:
        words = ["bash", "-e", "-c", f"{script[0]}exec {script[1]}{script[2]}"]
        process = subprocess.Popen(words, cwd=tmp_path, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        for replicas in (2, 3):
            site.kubectl("scale", "deployment/f5-hello-world", f"--replicas={replicas}")
            assert eventually(lambda wanted=replicas: members(site) == wanted or process.poll() is not None)  # type: ignore[misc]
            assert process.poll() is None, (tmp_path / "log").read_text(errors="replace")[-5000:]
        log = tmp_path / "log"
        assert eventually(lambda: idle(rulebook.read(home / "vks-bigip-journal.jsonl")) and rulebook.is_quiet(log)), "a run does not end"
        process.send_signal(signal.SIGINT)
        assert process.wait(rulebook.ENDS) in rulebook.INTERRUPTED
        assert eventually(lambda: not rulebook.processes(home))
    finally:
        rulebook.end(home)
        process.wait()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def members(site: Site) -> int:
    """The number of members of the guide's pool; 0 before it exists."""
    pools = site.control("GET", "/mgmt/tm/ltm/pool").get("items", [])
    return len(site.members("~AS3~A1~pool")) if "/AS3/A1/pool" in [pool["fullPath"] for pool in pools] else 0
