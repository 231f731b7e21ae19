# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarball that `ansible-galaxy collection build` makes: nothing in it needs a file that it does not ship."""

from __future__ import annotations

import ast
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
import yaml

from runner.places import ROOT
from support import galaxy, tree

TRY = "## Try it from a checkout"
OF_A_CHECKOUT = re.compile(r"(?<![\w/.-])(?:make (?:demo|test|lab|lint|docs|bench|setup|release)\b|tests/(?!config\.yml)\w+|\.build/|\.ci/run|\$LAB_\w+)")
"""Commands and folders that only a checkout has."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collections path with the tarball in it, and kubernetes.core."""
    folder = tmp_path_factory.mktemp("tarball")
    tarball = galaxy.build(tree.copy("tarball"), folder)
    galaxy.install(tarball, folder / "collections")
    (folder / "collections" / "ansible_collections" / "kubernetes").symlink_to(tree.others() / "ansible_collections" / "kubernetes")
    with tarfile.open(tarball) as files:
        (folder / "names").write_text("\n".join(files.getnames()))
    return folder


def shipped(installed: Path, suffix: str) -> Iterator[tuple[PurePosixPath, str]]:
    """The files with this suffix in the tarball, and their texts."""
    top = installed / "collections" / "ansible_collections" / "vks" / "bigip"
    for file in sorted(top.rglob(f"*{suffix}")):
        yield PurePosixPath(file.relative_to(top)), file.read_text()


def names(installed: Path) -> set[str]:
    return set((installed / "names").read_text().splitlines())


def test_the_files(installed: Path) -> None:
    """The tree that the other checks read is the tarball. No test is in it, but what `ansible-test sanity` reads."""
    files = {str(file) for file in tree.shipped()} - {"galaxy.yml"}
    folders = {str(folder) for file in files for folder in PurePosixPath(file).parents} - {"."}
    found = names(installed) - {"MANIFEST.json", "FILES.json"}
    assert files <= found <= files | folders
    assert {file for file in files if file.startswith(("tests/", "extensions/molecule"))} == {"tests/config.yml"}
    assert {"bindep.txt", "meta/ee-requirements.txt", "extensions/audit/event_query.yml", "CHANGELOG.rst", "LICENSE"} <= files


def test_relative_links_lead_to_files_of_the_tarball(installed: Path) -> None:
    missing = []
    for file, text in shipped(installed, ".md"):
        links = re.findall(r"\]\(([^)\s:#]+)(?:#[^)]*)?\)", text) + re.findall(r'(?:src|srcset|href)="([^":]+)"', text)
        missing += [f"{file}: {link}" for link in links if str(file.parent / link) not in names(installed)]
    assert not missing


def test_only_one_section_needs_a_checkout(installed: Path) -> None:
    """Other pages, and the other sections of the README, name no command and no folder that a user of the tarball lacks."""
    found = []
    for file, text in shipped(installed, ".md"):
        if file.name == "README.md" and TRY in text:
            before, after = text.split(TRY)
            text = before + after[after.index("\n## ") :]
        text = re.sub(r"https://\S+", "", text)
        for block in [*re.findall(r"^ *```.*?^ *```", text, re.MULTILINE | re.DOTALL), *re.findall(r"`[^`\n]+`", text)]:
            found += [f"{file}: {hit[0]}" for hit in OF_A_CHECKOUT.finditer(block)]
    assert not found


def test_the_check_finds_what_needs_a_checkout() -> None:
    assert all(OF_A_CHECKOUT.search(text) for text in ("make demo", "`tests/lab/lab up`", "cat .build/log", '"$LAB_KUBECTL"'))
    assert not any(OF_A_CHECKOUT.search(text) for text in ("tests/config.yml", "Make its Pods ready", "make a lab", "contests/x"))


def test_python_imports_what_ships(installed: Path) -> None:
    """Each import of this collection names a file of the tarball."""
    missing = []
    for file, text in shipped(installed, ".py"):
        for node in ast.walk(ast.parse(text)):
            modules: list[str] = []
            if isinstance(node, ast.ImportFrom) and node.level:
                base = file.parents[node.level - 1]
                modules = [str(base / (node.module or "").replace(".", "/"))]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ansible_collections.vks.bigip."):
                modules = [str(node.module).removeprefix("ansible_collections.vks.bigip.").replace(".", "/")]
            missing += [f"{file}: {name}" for name in modules if name not in names(installed) and f"{name}.py" not in names(installed)]
    assert not missing


def test_yaml_needs_no_lab(installed: Path) -> None:
    """No playbook, role or definition reads a variable or a file of the lab."""
    found = [str(file) for suffix in (".yml", ".j2") for file, text in shipped(installed, suffix) if re.search(r"LAB_|lab_environment|tests/lab", text)]
    assert not found


def test_metadata_names_files_of_the_tarball(installed: Path) -> None:
    documents = {str(file): yaml.safe_load(text) for file, text in shipped(installed, ".yml") if file.parent.name == "meta" and file.parts[0] == "meta"}
    files = [*documents["meta/execution-environment.yml"]["dependencies"].values()]
    files += [f"extensions/{entry['args']['ext_dir']}" for entry in documents["meta/extensions.yml"]["extensions"]]
    assert len(files) >= 3 and set(files) <= names(installed)
    assert documents["meta/runtime.yml"]["requires_ansible"] == ">=2.16.0"  # AAP's oldest, and the oldest of the checker


def test_playbooks_load_from_the_tarball(installed: Path) -> None:
    """Their roles, tasks and plugins are all in it."""
    playbooks = [f"vks.bigip.{file.stem}" for file in sorted((ROOT / "playbooks").glob("*.yml"))]
    text = galaxy.run(
        *("main", "ansible-playbook", "--syntax-check", "-i", "localhost,", *playbooks),
        cwd=installed,
        ANSIBLE_COLLECTIONS_PATH=str(installed / "collections"),
        ANSIBLE_COLLECTIONS_SCAN_SYS_PATH="False",
    )
    assert len(re.findall(r"^playbook: ", text, re.MULTILINE)) == len(playbooks)
