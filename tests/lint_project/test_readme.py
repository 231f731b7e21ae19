# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's commands, links and YAML fit the files of the project."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

import argument_specs
from runner import environments
from runner.places import ROOT
from tools.picture import DESCRIPTION

PAGES = ("README", "awx", "calico-direct-to-pod", "execution-environments", "first-application", "keep-in-sync")
FILES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs" / f"{name}.md" for name in PAGES)]
HERE = "https://github.com/vks-bigip/vks.bigip/"
RAW = "https://raw.githubusercontent.com/vks-bigip/vks.bigip/main/"


def blocks(*languages: str) -> list[tuple[str, str]]:
    """The fenced blocks of these languages: an id for the test, and the text."""
    found = []
    for file in FILES:
        for number, match in enumerate(re.finditer(r"^```(\w+)\n(.*?)^```$", file.read_text(), re.MULTILINE | re.DOTALL)):
            if match[1] in languages:
                found.append((f"{file.name}-{number}", match[2]))
    return found


def each(*languages: str) -> pytest.MarkDecorator:
    found = blocks(*languages)
    return pytest.mark.parametrize("text", [text for _name, text in found], ids=[name for name, _text in found])


def commands(text: str) -> list[list[str]]:
    """The commands of a shell block, word by word, without comments and variables in front."""
    joined = re.sub(r"\\\n\s*", " ", text)
    lines = [shlex.split(line, comments=True) for line in joined.splitlines()]
    without = [[word for number, word in enumerate(line) if not (re.fullmatch(r"[A-Z0-9_]+=.*", word) and number == 0)] for line in lines]
    return [line for line in without if line and line[0] not in ("export", "eval", ".")]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def fault(words: list[str]) -> str | None:
    """The reason why this command cannot work; None if it can. An unknown command is a fault too: add it here."""
    name, rest = words[0], words[1:]
    missing = [word for word in rest if word.removeprefix("@").startswith("tests/") and not (ROOT / word.removeprefix("@")).exists()]
    if missing:
        return f"there is no {missing[0]}"
    if name == "make":
        targets = [word for word in rest if "=" not in word]
        return None if targets and set(targets) <= make_targets() else f"make has no {targets}"
    if name == "ansible-playbook":
        playbook = rest[0].removeprefix(argument_specs.COLLECTION)
        exists = (ROOT / "playbooks" / f"{playbook}.yml").is_file() or not rest[0].startswith(argument_specs.COLLECTION)
        return None if exists else f"there is no playbook {rest[0]}"
    if name == "ansible-rulebook":
        rulebook = rest[1].removeprefix(argument_specs.COLLECTION)
        exists = (ROOT / "extensions" / "eda" / "rulebooks" / f"{rulebook}.yml").is_file()
        return None if rest[0] == "-r" and exists else f"there is no rulebook {rest[1]}"
    if name == "ansible-doc":
        module = rest[-1].removeprefix(argument_specs.COLLECTION)
        return None if module in argument_specs.MODULES else f"there is no module {rest[-1]}"
    if name == "ansible-galaxy":
        return None if rest[:2] in (["collection", "install"], ["collection", "build"]) else f"ansible-galaxy {rest[:2]}"
    if name in ("tests/run", "tests/setup", "tests/lab/lab", ".ci/run"):
        return None if (ROOT / name).is_file() else f"there is no {name}"
    if name in ("ansible-builder", "ansible-navigator"):
        return None if rest[0] in ("build", "run") else f"{name} {rest[0]}"
    if name in ("curl", "kubectl", "$LAB_KUBECTL", "git", "pip", "python3"):
        return None
    return f"{name} is not a command that this test knows"


@each("sh", "shell", "bash")
def test_commands(text: str) -> None:
    syntax = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    assert syntax.returncode == 0, syntax.stderr
    found = commands(text)
    assert found or text.startswith("export ")
    assert not [message for words in found if (message := fault(words))]


@each("yaml")
def test_yaml(text: str) -> None:
    document = yaml.safe_load(text)
    tasks = [(name, arguments) for name, arguments in argument_specs.tasks(document) if name in argument_specs.MODULES]
    if isinstance(document, dict) and "applications" in document:
        tasks.append(("publish", {name: value for name, value in document.items() if name != "changes"}))  # of the rulebook
    faults = [f"{name}: {message}" for name, arguments in tasks for message in argument_specs.faults(name, arguments)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(ROOT)) for file in FILES])
def test_links(file: Path) -> None:
    """Automation Hub wants full URLs; those that lead back here lead to something."""
    links = re.findall(r"\]\(([^)\s]+)\)", file.read_text())
    relative = [link for link in links if not link.startswith(("https://", "#"))]
    assert not relative
    own = [link for link in links if re.match(rf"{HERE}(?:blob|tree)/main/", link)]
    missing = [link for link in own if not exists(re.sub(rf"{HERE}(?:blob|tree)/main/", "", link))]
    assert not missing


def exists(link: str) -> bool:
    """The file is in the repository, and the page has the heading that is named."""
    name, _mark, anchor = link.partition("#")
    if not anchor:
        return (ROOT / name).exists()
    headings = re.findall(r"^#+ (.*)$", (ROOT / name).read_text(), re.MULTILINE)
    return anchor in [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]


README = (ROOT / "README.md").read_text()
# The headings of the template of certified collections, and the two that Ansible's community asks for.
SECTIONS = (
    *("Description", "Requirements", "Installation", "Use cases", "Testing", "Contributing", "Communication", "Code of Conduct", "Support"),
    *("Release notes and roadmap", "Related information", "License information"),
)


def section(title: str) -> str:
    return re.split(r"^#+ .*\n", README.partition(f"# {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def test_the_front_door() -> None:
    """Three sentences, the picture, and the two commands: all on the first screen, in fewer than 150 lines of the page."""
    assert README.count("\n") < 150
    titles = re.findall(r"^##+ (.*)$", README, re.MULTILINE)
    assert titles[:2] == ["Description", "Try it from a checkout"] and set(SECTIONS) <= set(titles)
    words, _tag, picture = section("Description").partition("<picture>")
    assert len(re.findall(r"\.(?=\s)", words)) == 3 and picture.strip().endswith("</picture>")
    (block,) = re.findall(r"^```sh\n(.*?)^```$", section("Try it from a checkout"), re.MULTILINE | re.DOTALL)
    assert block == "make demo\nmake test\n"
    assert README.index(block) < 1800


def test_galaxy_shows_the_page() -> None:
    """Galaxy's own code renders it: one picture by its full URL, and nothing of what it cannot show."""
    program = "import sys; from galaxy_importer.utils import markup; print(markup.get_html(markup.DocFile('README.md', sys.stdin.read(), 'text/markdown', '')))"
    python = environments.make("certification") / "bin" / "python"
    html = subprocess.run([python, "-c", program], input=README, capture_output=True, text=True, check=True).stdout
    (picture,) = re.findall(r"<img [^>]*>", html)
    alt, url = re.findall(r'(?:alt|src)="([^"]+)"', picture)
    assert url == f"{RAW}docs/overview-light.svg" and alt == DESCRIPTION
    assert (ROOT / url.removeprefix(RAW)).is_file()
    assert "```" not in html and not re.search("mermaid|srcset|<(?:picture|source)", html) and html.count("<table>") == 1
    assert re.findall(r'srcset="([^"]+)"', README) == [url.replace("light", "dark")]


def test_subscribers_find_support() -> None:
    text = " ".join(section("Support").split())
    assert "subscriber" in text and "Red Hat Ansible Certified Content" in text and "**Create issue** button" in text
    assert "pip install ansible" not in README  # the certification rejects it


def test_the_check_refuses_wrong_commands() -> None:
    assert fault(["make", "no-such-target"])
    assert fault(["ansible-playbook", "vks.bigip.no_such_playbook"])
    assert fault(["ansible-rulebook", "-r", "vks.bigip.no_such_rulebook"])
    assert fault(["ansible-doc", "vks.bigip.no_such_module"])
    assert fault(["rm", "-rf", "x"])
    assert fault(["ansible-playbook", "vks.bigip.publish", "-e", "@tests/demo/no-such-file.yml"])
    assert commands('A=1 make test SUITES="units lint" # x\neval "$(x)"') == [["make", "test", "SUITES=units lint"]]
