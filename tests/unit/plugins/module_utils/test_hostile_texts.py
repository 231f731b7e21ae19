# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A function that reads foreign text takes time in proportion to its length, whatever the text is.

Each case runs in a child process of its own, a fork of one that has imported the function. Its text of a megabyte repeats what the
function looks for. Where a pattern takes the square of that, the child would run for hours. It has 60 s, so the speed of the machine does not count.
"""

from __future__ import annotations

import base64
import dataclasses
import gzip
import ipaddress
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import tracemalloc
import zlib
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from ansible_collections.vks.bigip.plugins.module_utils import _foreign
from ansible_collections.vks.bigip.plugins.module_utils._antrea import conf
from ansible_collections.vks.bigip.plugins.module_utils._as3 import given, members, secrets, vocabulary
from ansible_collections.vks.bigip.plugins.module_utils._cis import helm, neighbours
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Facts
from ansible_collections.vks.bigip.plugins.module_utils._facts.version import version_in
from ansible_collections.vks.bigip.plugins.module_utils._kube import snapshot
from ansible_collections.vks.bigip.plugins.module_utils._members import believed, mapping
from ansible_collections.vks.bigip.plugins.module_utils._members.service import find_port
from ansible_collections.vks.bigip.plugins.module_utils._preflight import table
from ansible_collections.vks.bigip.plugins.module_utils._request import template
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import Problems

MODULE_UTILS = "ansible_collections.vks.bigip.plugins.module_utils"
ROOT = os.path.abspath(os.path.join(os.path.dirname(_foreign.__file__), *[os.pardir] * 5))
SECONDS = 60
SIZE = 1_000_000

# module, an expression for each text, the texts' repeated parts and what ends the text
CASES: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "arguments.shown": (
        "_cis.arguments",
        "it.LONGEST = len(text); it.shown([text]); it.shown(['-c', text])",
        [
            ("secret", "!"), ("token-", " x"), ("token ", ""), ("token = ", ""), ("password='", ' "'), ("token=\"' ", ""), ("secret   ", "="),
            ("://a", ""), ("://@", " "), ("a@", " ://"), ("token=\\", ""), (" ", "x"), ("=", " secret"), ("username=\n", ""), ("passwd\t\t", "\\"),
        ],
    ),
    "arguments.names": ("_cis.arguments", "it.names([text, '--o=' + text, text], '--o')", [("--o=", ""), (",", ""), (" ,", "a")]),
    "controller": (
        "_cis.controller",
        "spec = {'template': {'spec': {'containers': [{'image': 'k8s-bigip-ctlr' + text}]}}}; it.controller({'spec': spec}).as_dict()",
        [(":a@", "\nx"), (":", "\n"), ("@", "\n@"), (":a", "@\n")],
    ),
    "log": (
        "_cis.log",
        "it._LONGEST = len(text) + 200\nL, K = '2026/11/25 17:00:00 [ERROR] ', 'E1125 17:00:00.123456       1 informers.go:1672] '"
        "\nfor start in ('', L, L + '[AS3] REST call error: ', L + '[AS3] REST call error: Get \"', L + '[', L + 'Failed to update ',"
        " K, K + 'Failed to watch ', K + 'Failed to watch x: failed to list ', K + 'Failed to watch x: failed to list x: '): it.findings(start + text)",
        [
            ("[ERROR] status code: 404 ", ""), ("configmap with name x ", ""), ("requested partition x ", ""),
            ("[ERROR]\n", ""), ("post resulted in ", ""), ("[", "ERROR]"), ("\\\"", ""), ("Get http://", " "), ("connection refuse", ""), (": ", ""),
            ("x ", "ERROR]"), ("1 ", " ERROR"), ("x: Failed to watch x in cluster ", ""), ('x is forbidden: User "', ""), ("\n", "x"),
        ],
    ),
    "helm.manifest_digest": ("_cis.helm", "it.manifest_digest(text)", [("---\n", ""), ("--- \t", "x"), ("kind:\t", "x"), ("kind: \"", ""), ("\n---", "kind:")]),
    "chart.facts": (
        "_cis.chart",
        "meta, box = {'labels': {'chart': text}}, {'args': ['--bigip-partition=p']};"
        " d = {'kind': 'Deployment', 'metadata': meta, 'spec': {'template': {'spec': {'containers': [box]}}}};"
        " it.facts({'objects': [d], 'partition': 'p', 'text': text, 'present': [], 'served': None})",
        [("1.", "x"), ("1", "x")],
    ),
    "versions": ("_cis.obstacles", "it._version(text); it._with_scheme(text)", [("1", "x"), ("1.", "x"), ("1.1", "x"), ("https:", "")]),
    "tenants": ("_cis.seen", "it.is_tenant(text)", [("A", "\n"), ("a.", ""), ("1", "")]),
    "charts": (
        "_cis.removal",
        "given = {'options': {'namespace': 'n'}, 'wanted': {'releases': [{'name': 'r', 'by': '', 'of': '', 'charts': ['c', text[:9]]}]},"
        " 'releases': [{'status': {'chart': text}}]}; list(it._other_charts(given))",
        [("c-", "v"), ("c-v1", ""), ("(", ")")],
    ),
    "applications": ("_cis.applications", "it._name(text)", [(".", "x"), (":", "")]),
    "version_in": ("_facts.version", "it.version_in(text)", [("1", ""), ("v1", ""), ("1.", ""), ("v", "1"), ("1.1.1", "x"), ("1234567890.", "")]),
    "ports_of": ("_npl.port_range", "it.believed.ports(text); it.fault(text)", [("1", "-"), ("1-", "1"), ("-", "")]),
    "image_version": (
        "_kube.objects",
        "it.image_version(text); it.cis({'spec': {'template': {'spec': {'containers': [{'image': text}]}}}})",
        [(":1", "@"), ("/", ":"), ("@", ":")],
    ),
    "selector": (
        "_members.selector",
        "\ntry: it.parse(text, 'pools[0]')\nexcept Exception as error: assert error.code == 'node_selector_invalid', error",
        [(",", ""), ("(,", ""), ("a=", "!"), ("a ", "in"), ("a in (b,", ")"), ("a", "!"), ("! ", "")],
    ),
    "names": (
        "_as3.names",
        "it.container_fault('tenant', text); it.CONTAINER.match(text); it.ITEM.match(text)",
        [("a", "!"), ("a.", "\n"), ("a", "")],
    ),
    "posting": (
        "_publish.verdicts",
        "it._PATH.findall(text); it._NODE_CONFLICT.search(text)",
        [("/a", ""), ("/", "a"), ("The node /", ""), ("/a ", "/"), ("The node /x ", "")],
    ),
    "property": ("_publish.failures", "it._PROPERTY.search(text)", [("Invalid data property: ", ""), ("Invalid data property: x", " x")]),
    "pointer": ("_request.validate", "it._ONE_LETTER.search(text)", [("/a", ""), ("/", "a#"), ("a#", "b")]),
    "unset": ("_boundary.unset", "it._LIKE_A_LIST.match(text); it._BRACKETED_ADDRESS.match(text)", [(" ", ""), ("[", ""), ("[::", "%"), ("[1:", "]")]),
    "visible": ("_foreign", "it.visible(text)", [("\x1b[", ""), ("\u202e", "")]),
}
WHOLE = [(name, part, end) for name, (_module, _run, texts) in CASES.items() for part, end in texts]


PARENT = """
import importlib, json, os, sys
sys.path.insert(0, sys.argv[1])
for line in sys.stdin:
    module, program = json.loads(line)
    imported = importlib.import_module(module)
    child = os.fork()
    if child == 0:
        exec(program, {"it": imported})
        os._exit(0)
    print("\\nended with", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Parent:
    """A process that imports a module once, and runs each program in a fork. A start and an import for each program would take most of the time."""

    def __init__(self) -> None:
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        self._process = subprocess.Popen([sys.executable, "-c", PARENT, ROOT], start_new_session=True, **pipes)

    def run(self, module: str, program: str) -> str:
        """All that the program printed, and the line `ended with STATUS`. After SECONDS, subprocess.TimeoutExpired."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps([module, program])}\n".encode())
        self._process.stdin.flush()
        printed, until = b"", time.monotonic() + SECONDS
        while not re.search(rb"\nended with -?\d+\n$", printed):
            if not select.select([self._process.stdout], [], [], max(until - time.monotonic(), 0))[0]:
                raise subprocess.TimeoutExpired(program, SECONDS)
            part = os.read(self._process.stdout.fileno(), 65536)
            assert part, f"the process has ended: {printed.decode()}"
            printed += part
        return printed.decode()

    def end(self) -> None:
        """With the fork that still runs, if there is one."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


@pytest.fixture(scope="module")
def parents() -> Iterator[list[Parent]]:
    """The process that runs the cases: one, unless a case does not end."""
    made = [Parent()]
    yield made
    made[0].end()


@pytest.mark.parametrize(("name", "part", "end"), WHOLE, ids=[f"{name}-{part!r}-{end!r}" for name, part, end in WHOLE])
def test_time_grows_with_the_length_only(name: str, part: str, end: str, parents: list[Parent]) -> None:
    module, run, _texts = CASES[name]
    program = f"text = {part!r} * ({SIZE} // len({part!r})) + {end!r}\n{run}"
    try:
        printed = parents[0].run(f"{MODULE_UTILS}.{module}", program)
    except (subprocess.TimeoutExpired, AssertionError) as error:
        parents.pop().end()
        parents.append(Parent())
        late = f"after {SECONDS} s it still reads {SIZE} characters of {part!r}"
        pytest.fail(late if isinstance(error, subprocess.TimeoutExpired) else str(error))
    assert printed == "\nended with 0\n", printed[-2000:]


NUMBER, BRACKETS, DEEP = "9" * 5000, "[" * 200_000, "[" * 400 + "]" * 400
# The functions that read a foreign text as a number, JSON or another form, and their result for a spoiled one.
READERS: dict[str, tuple[Callable[[str], Any], list[Any]]] = {
    "a range of Antrea": (believed.ports, [None]),
    "a version": (lambda text: version_in(f"v{text}.1"), [None]),
    "a time": (snapshot.seconds, [None]),
    "a number": (_foreign.whole, [0]),
    "a port that a resource names": (lambda text: _failed(lambda: find_port(WEB, text, "here")), ["service_port_not_found"]),
    "a route domain of an address": (lambda text: members.canonical(f"192.0.2.1%{text}")[:10], ["192.0.2.1", "192.0.2.1%"]),
    "a port of a declaration": (lambda text: len(members.flatten([{"servicePort": text, "serverAddresses": ["192.0.2.1"]}]).static), [1]),
    "a number of a declaration": (lambda text: vocabulary.convert_member({"servicePort": text})["servicePort"] == text, [True]),
    "an annotation of a Pod": (lambda text: (mapping.parse(text).entries, len(mapping.parse(text).faults)), [([], 1)]),
    "one that Antrea reads": (lambda text: mapping.unreadable(text) != "", [True]),
    "an entry of it": (lambda text: len(mapping.parse(f'[{{"nodeIP": {text}, "podPort": {text}}}]').faults), [1]),
    "a URL of another CIS": (lambda text: isinstance(neighbours._host(f"https://[{text}"), str), [True]),
    "a release of Helm": (lambda text: helm.release([_secret(text.encode())]), [{}]),
    "and compressed": (lambda text: helm.release([_secret(gzip.compress(text.encode()))]), [{}]),
    "its revision": (lambda text: helm.release([{"metadata": {"labels": {"version": text}}}]), [{}]),
    "its content": (lambda text: helm.release([_secret(json.dumps({"info": text, "chart": [text], "config": text}).encode())]), [{}]),
    "a declaration": (lambda text: template.parse(text, Problems()), [{}]),
    "a declaration as text": (lambda text: given.structure(text) == text, [True]),
    "protected": (lambda text: secrets.is_stored_cipher({"ciphertext": "", "protected": base64.urlsafe_b64encode(text.encode()).decode()}), [False]),
    "antrea-agent.conf": (lambda text: _failed(lambda: conf.edit(text, {("nodePortLocal", "enable"): True}, "it")), ["npl_text", "None"]),
}
WEB = snapshot.service({"metadata": {"namespace": "default", "name": "web"}, "spec": {"ports": [{"port": 80}]}})


def _secret(stored: bytes) -> dict[str, Any]:
    return {"data": {"release": base64.b64encode(base64.b64encode(stored)).decode()}}


def _failed(work: Callable[[], Any]) -> str:
    try:
        work()
    except Failure as failure:
        return failure.code
    return "None"


@pytest.mark.parametrize("text", [NUMBER, BRACKETS, DEEP, "²", "\x00"], ids=["number", "brackets", "deep", "two", "nul"])
@pytest.mark.parametrize(("read", "answers"), READERS.values(), ids=READERS.keys())
def test_a_spoiled_text_is_an_answer_and_no_crash(read: Callable[[str], Any], answers: list[Any], text: str) -> None:
    assert read(text) in answers


@pytest.mark.parametrize("depth", range(100, 1000, 50))
def test_a_text_that_only_its_parser_can_go_through(depth: int) -> None:
    """JSON is read to the last level that Python's recursion allows; what walks through it has less left."""
    text = "[" * depth + "]" * depth
    assert mapping.parse(f'[{{"nodeIP": {text}}}]').faults
    assert template.parse(json.dumps({"class": "ADC"})[:-1] + f', "T1": {text}}}', Problems()) == {}


def test_a_release_of_a_gigabyte_is_not_unpacked() -> None:
    """A Secret holds a megabyte, of which gzip makes a thousand. Memory is counted, not time."""
    reader = zlib.compressobj(9, wbits=31)
    bomb = b"".join(reader.compress(b" " * 2**20) for _megabyte in range(256)) + reader.flush()
    tracemalloc.start()
    try:
        assert helm.release([_secret(bomb)]) == {}
        assert tracemalloc.get_traced_memory()[1] < 200 * 2**20
    finally:
        tracemalloc.stop()


def test_a_check_that_meets_a_strange_object_is_unknown() -> None:
    def judge(_facts: Facts) -> Any:
        return ipaddress.ip_address("no address")

    verdict = table.judge(dataclasses.replace(table.CHECKS[0], judge=judge), Facts())
    assert verdict.status == "unknown" and "it has an unexpected structure (ValueError)" in verdict.message


# The patterns that Ansible applies to foreign text in playbooks and roles.
IN_YAML = {
    "playbooks/publish_to_cis.yml": ("(?s)[%/].*", "sub", [("%", "\nx"), ("/", "\n"), ("a", "")]),
    "playbooks/cis_to_publish.yml": ("([^.])$", "sub", [(".", "\nx"), ("a\n", ".")]),
}
PATTERNS = [(name, part, end) for name, (_pattern, _how, texts) in IN_YAML.items() for part, end in texts]


@pytest.mark.parametrize(("name", "part", "end"), PATTERNS, ids=[f"{name}-{part!r}-{end!r}" for name, part, end in PATTERNS])
def test_patterns_of_playbooks(name: str, part: str, end: str) -> None:
    pattern, how, _texts = IN_YAML[name]
    assert f"'{pattern}'" in Path(ROOT, "ansible_collections/vks/bigip", name).read_text(encoding="utf-8")
    call = f"re.sub({pattern!r}, '', text)" if how == "sub" else f"re.search({pattern!r}, text)"
    program = f"import re\ntext = {part!r} * ({SIZE} // len({part!r})) + {end!r}\n{call}"
    subprocess.run([sys.executable, "-c", program], timeout=SECONDS, check=True)
