# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runner counts the tests that ran, and runs the listed groups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner import environments, results
from runner.places import REQUIREMENTS, ROOT

pytest_plugins = ["pytester"]

JUNIT = """<testsuites><testsuite><testcase classname="a" name="good"/><testcase name="odd"><skipped/></testcase>
<testcase classname="b" name="bad"><failure message="1 != 2">the trace</failure></testcase><testcase name="worse"><error/></testcase></testsuite>
</testsuites>"""


def test_counts_and_failures(tmp_path: Path) -> None:
    (tmp_path / "one.xml").write_text(JUNIT)
    (tmp_path / "two.xml").write_text("<testsuite><testcase name='good'/></testsuite>")
    assert results.count(tmp_path.glob("*.xml")) == {"passed": 2, "failed": 2, "skipped": 1}
    assert results.failures([tmp_path / "one.xml"]) == ["b bad:\n1 != 2\nthe trace", " worse:"]


def test_policy(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group of LONG begins first, exhaustive groups run only with --all, and a group runs on one worker."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # half of the time: hypothesis
    plugins = ("-p", "xdist", "-p", "runner.plugin")
    pytester.makepyfile(test_small="def test_one(): pass", test_faults="import pytest\ndef test_a(): pass\n@pytest.mark.exhaustive\ndef test_b(): pass\n")
    for words, groups in (([], {"faults": 1, "small": 1}), (["--all"], {"faults": 2, "small": 1}), (["--groups=small"], {"small": 1})):
        ran = pytester.runpytest_subprocess(*plugins, "-n", "2", "--no-loadscope-reorder", *words)
        assert ran.ret == 0
        assert dict(re.findall(r"(\w+): (\d+) passed", ran.stdout.str())) == {name: str(count) for name, count in groups.items()}
    listed = pytester.runpytest_subprocess(*plugins, "--list-groups").stdout.str()
    assert listed.index("faults") < listed.index("small")
    wrong = pytester.runpytest_subprocess(*plugins, "-n", "1", "--groups=unit,small")
    wrong.stdout.fnmatch_lines("*unit: no such group*")


def test_contributing_says_what_is_in_which_target(targets_listed: list[str]) -> None:
    """Its table has a row for each group, and names what `make test` and `make test-all` run of it where the two differ."""
    targets = [_groups(part) for part in targets_listed]
    rows = re.findall(r"^\| (`[\w`, ]+`) \| [^|]+ \| ([^|]*?) ?\| ([^|]+) \|$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    told = {name: (some, every) for names, some, every in rows for name in re.findall(r"`(\w+)`", names)}
    for name, every in targets[1].items():
        some = targets[0].get(name)
        assert told.pop(name) == (("all", "all") if some == every else (some or "", every or "all"))
    assert not told


def _groups(listed: str) -> dict[str, str]:
    """For the first word of each group the second ones."""
    groups: dict[str, list[str]] = {}
    for first, second in re.findall(r"^(\w+)(?: (.+))?$", listed, re.MULTILINE):
        groups.setdefault(first, []).append(second)
    return {first: ", ".join(sorted(seconds)) for first, seconds in groups.items()}


def test_no_python_is_a_clear_error() -> None:
    with pytest.raises(environments.SetupError, match="No Python 3.99 on the PATH"):
        environments.find_python(("3.99",))


@pytest.fixture
def java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The only program on the PATH; it prints the properties of this Java."""
    environments.java_home.cache_clear()
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    yield tmp_path / "bin" / "java"
    environments.java_home.cache_clear()


def pretend(java: Path, version: str) -> None:
    properties = "java.home = /jvm/of java", f"java.specification.version = {version}", f"java.vm.specification.version = {environments.JAVA}"
    java.write_text("#!/bin/sh\n" + "".join(f"echo '    {line}' >&2\n" for line in properties))
    java.chmod(0o700)


@pytest.mark.parametrize("version", ["17", "21"])
def test_java_is_that_of_the_path(java: Path, version: str) -> None:
    pretend(java, version)
    assert environments.java_home() == "/jvm/of java"


@pytest.mark.parametrize(("version", "message"), [("1.8", "java is Java 1.8"), ("11", "java is Java 11"), ("", "java cannot run: No such file or directory")])
def test_no_java_is_a_clear_error(java: Path, version: str, message: str) -> None:
    if version:
        pretend(java, version)
    with pytest.raises(environments.SetupError, match=f"ansible-rulebook needs Java 17 or newer, and {message}. Install one, or set JAVA_HOME."):
        environments.java_home()


def test_java_home_is_preferred(java: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(java, "21")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "none"))
    with pytest.raises(environments.SetupError, match="none/bin/java cannot run"):
        environments.java_home()


def test_requirements_are_locked() -> None:
    """The same files today and next year; the collection's own requirements leave the choice to its user."""
    for name in environments.TABLE:
        packages = re.split(r"\n(?=[a-z])", (REQUIREMENTS / f"{name}.txt").read_text())
        assert packages and all("==" in package and "--hash=sha256:" in package for package in packages)
    for name in ("requirements.txt", "meta/ee-requirements.txt"):
        assert all(">=" in line and "==" not in line for line in (ROOT / name).read_text().splitlines())


# The first versions without a known vulnerability that concerns us: https://osv.dev/list?ecosystem=PyPI
SAFE = {
    "urllib3": "2.8.0",  # CVE-2026-97687 (TLS of a proxy), CVE-2026-97688 and CVE-2026-97689 (endless answers), CVE-2026-44431
    "requests": "2.33.0",  # CVE-2026-25645, CVE-2024-47081
    "pyyaml": "5.4",  # CVE-2020-14343
}


def test_the_minimum_versions_have_no_known_vulnerability() -> None:
    """The requirements and the documentation name them, and the tests run with allowed versions."""
    asked = dict(line.split(">=") for line in (ROOT / "requirements.txt").read_text().splitlines())
    assert (ROOT / "meta" / "ee-requirements.txt").read_text() == (ROOT / "requirements.txt").read_text()
    assert {name: asked.get(name) for name in SAFE} == SAFE
    documented = "".join(path.read_text() for path in (ROOT / "plugins" / "doc_fragments").glob("*.py"))
    assert all(f"  - {name} >= {asked[name]}\n" in documented for name in ("kubernetes", "requests", "urllib3"))
    for environment in environments.TABLE:
        locked = dict(re.findall(r"^([a-z0-9-]+)==([0-9.]+)", (REQUIREMENTS / f"{environment}.txt").read_text(), re.MULTILINE))
        assert asked.keys() <= locked.keys() or environment in ("github", "injectors")  # in which no module runs
        for name, least in ((name, least) for name, least in asked.items() if name in locked):
            assert [int(part) for part in locked[name].strip(".").split(".")] >= [int(part) for part in least.split(".")], (environment, name)
