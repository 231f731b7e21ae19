# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The measured world: a lab with a filled cluster that only `reaction` changes, its BIG-IP, and the commands that use both."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Iterator

from runner import environments
from runner.places import BUILD, LAB, ROOT
from support import labs

from .machine import BenchError, Command, run
from .objects import applications
from .sizes import MORE, ONE, PODS_PER_SERVICE, Size

HERE = Path(__file__).resolve().parent
FOLDER = BUILD / "bench"
# The objects do not change: during a measurement, no other process may use the two cores.
NOT_NEEDED = ("kwok", "antrea", "cis", "kube-scheduler", "kube-controller-manager", "kubelet", "net")


class World:
    """A lab, and how it is used."""

    def __init__(self, size: Size, variables: dict[str, str]) -> None:
        self.size = size
        self.lab = variables
        self.namespaces = list(size.in_namespaces())
        self.python = sys.executable
        self.ansible = ["ansible-playbook", "-i", "localhost,", "-c", "local"]
        self.env = {
            **variables,
            "PYTHONPATH": os.pathsep.join((str(BUILD / "dev"), str(ROOT / "tests"), str(ROOT / "tests" / "lab"))),
            "ANSIBLE_COLLECTIONS_PATH": str(BUILD / "dev"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_LIBRARY": str(HERE / "library"),
            "ANSIBLE_PYTHON_INTERPRETER": self.python,
        }
        self.bigip = json.loads((Path(variables["LAB_DIR"]) / "bigip.json").read_text())
        self._tls = ssl.create_default_context(cafile=self.bigip["ca"])

    # -- commands ---------------------------------------------------------------------------------------------------------

    def playbook(self, name: str, *tasks: dict[str, Any]) -> Command:
        """A play on localhost."""
        file = FOLDER / f"{name}.yml"
        file.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}]))
        return Command([*self.ansible, file], self.env)

    def module(self, name: str, profile: Path | None = None, **arguments: Any) -> Command:
        """A module's own time."""
        file = FOLDER / f"{name}-{len(list(FOLDER.glob('*.args.json')))}.args.json"
        file.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}))
        words = [self.python, HERE / "module.py", name, *(["--profile", profile] if profile else [])]
        return Command(words, self.env, json=True, stdin=file)

    def bare(self, mode: str, *namespaces: str) -> Command:
        return Command([self.python, HERE / "bare.py", mode, *namespaces], self.env, json=True)

    def applications(self, count: int) -> list[dict[str, Any]]:
        """One application in a tenant of its own for each of the first Services."""
        services = [(namespace, f"app-{number:04d}") for namespace, share in self.size.in_namespaces().items() for number in range(share)]
        made = applications(count)
        for item, (namespace, name) in zip(made, services):
            item["service"] = {"namespace": namespace, "name": name, "port": "80"}
        return made

    # -- the cluster ------------------------------------------------------------------------------------------------------

    def fill(self) -> float:
        """The Services of the three namespaces. Returns the seconds that it took."""
        begin, first = time.monotonic(), 0
        for namespace, services in self.size.in_namespaces().items():
            self._fill(namespace, services, PODS_PER_SERVICE, first)
            first += services * PODS_PER_SERVICE
        return time.monotonic() - begin

    def fill_more(self) -> None:
        """As many Pods again, and one Service with very many."""
        size = self.size
        self._fill(MORE, size.services, PODS_PER_SERVICE, size.pods)
        self._fill(ONE, 1, size.one_service, 2 * size.pods)

    def _fill(self, namespace: str, services: int, pods: int, first: int) -> None:
        say(f"filling namespace {namespace}: {services} Services with {pods} Pods each")
        words = [self.python, "-m", "benchmarks.fill", self.lab["LAB_DIR"], namespace, str(services), str(pods), str(first)]
        run(Command(words, self.env))

    # -- BIG-IP -----------------------------------------------------------------------------------------------------------

    def control(self, method: str, path: str) -> dict[str, Any]:
        """One of the lab's own routes of its BIG-IP."""
        request = urllib.request.Request(f"{self.bigip['url']}/_lab/{path}", method=method, data=b"{}" if method == "POST" else None)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self._tls))
        with opener.open(request, timeout=600) as answer:
            content: dict[str, Any] = json.loads(answer.read() or b"{}")
            return content

    def counted(self, command: Command) -> dict[str, Any]:
        """Runs a command and counts its load on BIG-IP: requests, POSTs of declarations, AS3's calls to its own device."""
        before = self.control("GET", "calls")["calls"]
        self.control("DELETE", "requests")
        done = run(command)
        requests = self.control("GET", "requests")["items"]
        posts = [item for item in requests if item["method"] == "POST" and "/appsvcs/declare" in item["path"]]
        return {
            "run": done,
            "requests": len(requests),
            "posts": len(posts),
            "calls": self.control("GET", "calls")["calls"] - before,
            "largest": max((item["bytes_in"] for item in posts), default=0),
        }


@contextmanager
def world(size: Size) -> Iterator[World]:
    """From `lab up` to `lab down`."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    env = environments.variables("main")
    os.environ.update(env)
    name = f"bench-{os.getpid()}"
    try:
        command: list[str | Path] = [LAB, "up", "--name", name, "--nodes", str(size.nodes)]
        if subprocess.run(command, check=False).returncode:
            raise BenchError("The lab did not start, see the messages above.")
        exports = subprocess.run([LAB, "env", "--name", name], check=True, capture_output=True, text=True).stdout
        made = World(size, labs.variables(exports))
        _leave_alone(name)
        yield made
    finally:
        subprocess.run([LAB, "down", "--name", name], check=False)


def _leave_alone(name: str) -> None:
    """Stop the programs that would change the cluster. `lab down` stops the others."""
    code = (
        "import sys; from vkslab import processes; from vkslab.state import Lab; "
        "processes.end([one for one in Lab(sys.argv[1]).processes() if one.name in sys.argv[2:]])"
    )
    subprocess.run([sys.executable, "-c", code, name, *NOT_NEEDED], check=True, env={**os.environ, "PYTHONPATH": str(LAB.parent)})


def profiled(command: Command, file: Path) -> Command:
    """The same command of module(), under cProfile."""
    return replace(command, words=[*command.words, "--profile", file])


def say(text: str) -> None:
    print(f"# {text}", file=sys.stderr, flush=True)
