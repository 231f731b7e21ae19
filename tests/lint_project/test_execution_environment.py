# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The definitions of the execution and the decision environment, as ansible-builder reads them, and their parts. No image is built."""

from __future__ import annotations

import hashlib
import io
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from runner import environments
from runner.places import LAB, ROOT
from support import galaxy, tree

HERE = ROOT / "extensions" / "execution_environment"
DECISION = ROOT / "extensions" / "eda" / "examples" / "decision-environment.yml"
GUIDE = (ROOT / "docs" / "execution-environments.md").read_text()
REQUIREMENTS = (ROOT / "meta" / "ee-requirements.txt").read_text().splitlines()


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collections path of an image, with the files that ship."""
    folder = tmp_path_factory.mktemp("image")
    shutil.copytree(tree.copy("image"), folder / "ansible_collections" / "vks" / "bigip", ignore=shutil.ignore_patterns(".git"))
    return folder


@pytest.mark.parametrize("definition", [HERE / "execution-environment.yml", DECISION], ids=lambda file: str(file.stem))
def test_create(definition: Path, tmp_path: Path) -> None:
    """The build context: the collection by its name, the system's packages, and Helm in the image of the role cis."""
    words = ("ansible-builder", "create", "--file", definition, "--context", tmp_path, "--output-filename", "Containerfile")
    galaxy.run("certification", *words, cwd=definition.parent)
    made = tmp_path / "_build"
    assert yaml.safe_load((made / "requirements.yml").read_text()) == {"collections": [{"name": "vks.bigip"}]}
    text = (tmp_path / "Containerfile").read_text()
    assert text.count("\nFROM ") == 4 and text.rstrip().splitlines()[-3] == "USER 1000"
    assert 'ANSIBLE_INSTALL_REFS="ansible-core>=2.19,<2.22 ansible-runner"' in text
    packages = (made / "bindep.txt").read_text()
    if definition == DECISION:
        assert "java-17-openjdk-headless" in packages and "ansible-rulebook==" in (made / "requirements.txt").read_text()
    else:
        final = text.partition(" AS final")[2]
        assert "COPY _build/helm/install_helm.py /tmp/install_helm.py\nRUN $PYCMD /tmp/install_helm.py" in final
        assert (made / "helm" / "install_helm.py").read_text() == (HERE / "install_helm.py").read_text()


def test_introspect(collections: Path) -> None:
    """The packages that ansible-builder adds to each image with this collection."""
    found = yaml.safe_load(galaxy.run("certification", "ansible-builder", "introspect", collections, cwd=collections))
    packages = {line.partition("  #")[0].strip() for line in found["python"]}
    assert packages == {line for line in REQUIREMENTS if not line.startswith("pyyaml")}  # ansible-builder leaves it to ansible-core
    assert [line.partition("  #")[0].strip() for line in found["system"]] == ["helm [platform:fedora]"]


@pytest.mark.parametrize(("system", "packages"), [("fedora", ["helm"]), ("centos", []), ("debian", [])])
def test_bindep(system: str, packages: list[str], tmp_path: Path) -> None:
    """Only Fedora has a package of Helm. Where bindep names one that does not exist, the build of the image fails."""
    program = (
        "import bindep.depends as d, io; x = d.Depends(open('bindep.txt').read());"
        f"print(*[rule[0] for rule in x.active_rules(['default', 'platform:{system}'])])"
    )
    assert galaxy.run("certification", "python", "-c", program, cwd=ROOT).split() == packages


# -- Helm


class Release:
    """A server of Helm's releases as a folder, with an archive for this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.script = HERE / "install_helm.py"
        text = self.script.read_text()
        (self.version,) = re.findall(r'^VERSION = "(.*)"$', text, re.MULTILINE)
        self.architecture = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
        with tarfile.open(folder / f"helm-v{self.version}-linux-{self.architecture}.tar.gz", "w:gz") as archive:
            for name, content in (("LICENSE", b"x"), ("helm", f"#!/bin/sh\necho v{self.version} $1\n".encode())):
                info = tarfile.TarInfo(f"linux-{self.architecture}/{name}")
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))

    def accept(self) -> None:
        """Use a copy of the script with the checksum of this archive."""
        (archive,) = self.folder.glob("*.tar.gz")
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        text = re.sub(rf'("{self.architecture}"): "[0-9a-f]{{64}}"', rf'\1: "{digest}"', self.script.read_text())
        self.script = self.folder / "install_helm.py"
        self.script.write_text(text)

    def install(self) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-I", self.script, self.folder.as_uri(), self.folder / "bin"]
        return subprocess.run(words, capture_output=True, text=True, check=False)


def test_helm_is_installed(tmp_path: Path) -> None:
    """The program, and nothing else of the archive."""
    release = Release(tmp_path)
    release.accept()
    done = release.install()
    assert (done.returncode, done.stdout) == (0, f"v{release.version} version\n"), done.stderr
    assert [(file.name, file.stat().st_mode & 0o777) for file in (tmp_path / "bin").iterdir()] == [("helm", 0o755)]


def test_another_archive_is_refused(tmp_path: Path) -> None:
    done = Release(tmp_path).install()
    assert done.returncode == 1 and "Nothing was installed." in done.stderr and "SHA-256" in done.stderr
    assert not (tmp_path / "bin").exists()


def test_the_image_has_the_helm_of_the_tests(tmp_path: Path) -> None:
    """The role cis is tested with it, and the guide names it."""
    (tested,) = re.findall(r'^HELM = "(.*)"', (LAB.parent / "vkslab/build.py").read_text(), re.MULTILINE)
    assert Release(tmp_path).version == tested.removeprefix("v") and f"Helm {tested} " in GUIDE


# -- ansible-navigator


def test_the_settings_of_navigator(tmp_path: Path) -> None:
    """ansible-navigator accepts them, and they name the image that the guide builds."""
    settings = HERE / "ansible-navigator.yml"
    shutil.copy(settings, tmp_path)
    image = yaml.safe_load(settings.read_text())["ansible-navigator"]["execution-environment"]["image"]
    assert re.findall(r"ansible-builder build \S+ \S+ -t (\S+)", GUIDE) == [image]
    shown = galaxy.run("certification", "ansible-navigator", "settings", "--effective", "--ee", "false", "--mode", "stdout", cwd=tmp_path, TERM="dumb")
    assert image in shown and "K8S_AUTH_HOST" in shown


def test_navigator_without_an_image(collections: Path, tmp_path: Path) -> None:
    """The command of the guide, with the Python that it names."""
    (command,) = re.findall(r"^ansible-navigator run .*$", GUIDE, re.MULTILINE)
    ask = {"name": "Name the Python", "ansible.builtin.command": "{{ ansible_python_interpreter }} -c 'import sys; print(sys.prefix)'", "changed_when": False}
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": [ask | {"register": "asked"}, {"ansible.builtin.debug": {"var": "asked.stdout"}}]}]
    (tmp_path / "playbook.yml").write_text(yaml.safe_dump(play))
    words = ("bash", "-ec", f"{command} --pae false --log-file {shlex.quote(str(tmp_path / 'log'))}")
    shown = galaxy.run("certification", *words, cwd=tmp_path, ANSIBLE_COLLECTIONS_PATH=str(collections), TERM="dumb")
    assert f'"asked.stdout": "{environments.ENVIRONMENTS / "certification"}"' in shown
