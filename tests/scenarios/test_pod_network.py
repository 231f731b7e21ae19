# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide docs/calico-direct-to-pod.md: its files and commands lead to answers of Pods, by static routes and by BGP."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.places import ROOT
from support import tree
from support.labs import Labs

from .site import Site
from .waiting import HANGS

GUIDE = (ROOT / "docs" / "calico-direct-to-pod.md").read_text()
NODES = 3


@pytest.fixture(scope="module")
def site(labs: Labs) -> Iterator[Site]:
    with Site(labs.give("--cni", "calico", "--nodes", str(NODES)), tree.link()) as made:
        made.kubectl("apply", "-f", str(ROOT / "tests" / "demo" / "hello-world.yml"))
        made.kubectl("rollout", "status", "deployment/f5-hello-world", f"--timeout={HANGS}s")
        yield made


class Reader:
    """Follows the guide in a folder of its own, on a machine with kubectl and a proxy to the lab's addresses."""

    def __init__(self, site: Site, folder: Path) -> None:
        self._folder, self._own = folder, site.variables()
        (folder / ".kube").mkdir()
        shutil.copy(self._own["K8S_AUTH_KUBECONFIG"], folder / ".kube" / "config")
        shutil.copy(self._own["F5_CA_CERT"], folder / "bigip-ca.pem")
        (folder / "kubectl").symlink_to(self._own["LAB_KUBECTL"])
        for name, text in files().items():
            (folder / name).write_text(text)
        environ = {name: value for name, value in site.environ().items() if name != "KUBECONFIG"}
        path = os.pathsep.join([str(folder), environ["PATH"]])
        self._environ = {**environ, "PATH": path, "HOME": str(folder), "http_proxy": site.proxy()}

    def run(self, *commands: str) -> str:
        """The output of blocks of the guide. Only the names of the user's machine and account are replaced."""
        (exports,) = blocks("Before you begin")
        exports = exports.replace("bigip.example.com", self._own["F5_SERVER"]).replace("admin", self._own["F5_USER"])
        script = "\n".join([exports.replace("...", self._own["F5_PASSWORD"]), *commands])
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        done = subprocess.run(["bash", "-ec", script], cwd=self._folder, env=self._environ, text=True, check=False, **pipes)  # type: ignore[call-overload]
        assert done.returncode == 0, done.stdout
        return str(done.stdout)


@pytest.fixture
def reader(site: Site, tmp_path: Path) -> Reader:
    return Reader(site, tmp_path)


def blocks(heading: str, language: str = "sh") -> list[str]:
    """The blocks under a heading."""
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def files() -> dict[str, str]:
    """The files that the commands name with @, in the order of the guide."""
    names = dict.fromkeys(re.findall(r" @(\w+\.yml)$", GUIDE, re.MULTILINE))
    texts = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    return dict(zip(names, texts, strict=True))


def changes(output: str) -> list[int]:
    """The number of changed tasks of each playbook."""
    return [int(number) for number in re.findall(r"\bchanged=(\d+)", output)]


def pod_routes(site: Site) -> list[str]:
    return [route["network"] for route in site.control("GET", "/mgmt/tm/net/route")["items"] if route["name"].startswith("vks-")]


def answered(output: str) -> bool:
    return bool(re.search(r"^f5-hello-world-[0-9a-z]+-[0-9a-z]+$", output, re.MULTILINE))


def test_the_guide_of_static_routes(site: Site, reader: Reader) -> None:
    create, publish, everything = blocks("Static routes")
    assert changes(reader.run(create)) == [1, 1]  # check mode, and the run
    assert len(pod_routes(site)) == NODES
    assert changes(reader.run(publish)) == [1, 0]
    assert changes(reader.run(everything)) == [0]
    assert answered(reader.run(*blocks("Check the result")))
    assert changes(reader.run(blocks("Remove it")[0])) == [2]
    assert pod_routes(site) == [] and site.control("GET", "/mgmt/tm/ltm/virtual").get("items", []) == []


def test_the_guide_of_bgp(site: Site, reader: Reader) -> None:
    """From static routes to BGP."""
    reader.run(blocks("Static routes")[0])
    connect, show, publish, remove_routes, imish = blocks("BGP")
    assert changes(reader.run(connect)) == [1, 1]
    self_ips = [one["address"].partition("/")[0] for one in site.control("GET", "/mgmt/tm/net/self")["items"]]
    shown = reader.run(show)
    assert sum(shown.count(f" {address}=Established") for address in self_ips) == NODES, shown
    assert changes(reader.run(publish)) == [1, 0]
    assert changes(reader.run(remove_routes)) == [1] and pod_routes(site) == []
    assert answered(reader.run(*blocks("Check the result")))
    assert "router bgp" in reader.run(imish)
    assert changes(reader.run(blocks("Remove it")[1])) == [2]
    assert site.control("GET", "/mgmt/tm/net/routing/bgp").get("items", []) == []
    assert site.get("bgppeers")["items"] == [] and site.get("caliconodestatuses")["items"] == []


def test_all_commands_of_the_guide_are_run() -> None:
    """Each is in a block of a section above."""
    sections = ("Before you begin", "Static routes", "BGP", "Check the result", "Remove it")
    known = [text for heading in sections for text in blocks(heading)]
    assert known == re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert [len(blocks(heading)) for heading in sections] == [1, 3, 5, 1, 2]
    outside = re.sub(r"^```\w*\n.*?^```$", "", GUIDE, flags=re.MULTILINE | re.DOTALL)
    assert not re.findall("ansible-playbook|kubectl|curl", outside)
