# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's commands: their output, their processes, and that nothing remains after any failure."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from running_lab import LAUNCHER, eventually, run_lab
from support.labs import variables
from vkslab import build, cli, processes, state
from vkslab.antrea import version


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder of this test's own. Labs that the test leaves are ended."""
    monkeypatch.setenv("VKS_LAB_STATE", str(tmp_path / "labs"))
    yield tmp_path / "labs"
    run_lab("down", "--all")
    assert started_below(tmp_path) == []


def started_below(folder: Path) -> list[int]:
    """The pids of everything that a lab below this folder has started."""
    mark = f"{processes.MARK}={folder}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if any(
                    variable.startswith(mark) for variable in (entry / "environ").read_bytes().split(b"\0")
                ):
                    found.append(int(entry.name))
            except OSError:
                pass  # It has ended in the meantime, or is another user's.
    return found


def with_program(tmp_path: Path, name: str, script: str) -> Path:
    """A cache with the lab's own programs, but for one."""
    real, cache = build.ensure(), tmp_path / "cache"
    programs = cache / real.name
    programs.mkdir(parents=True)
    for program in real.iterdir():
        (programs / program.name).symlink_to(program)
    for environment in real.parent.glob("python-*"):
        (cache / environment.name).symlink_to(environment)
    (programs / name).unlink()
    (programs / name).write_text(f"#!/bin/sh\n{script}\n")
    (programs / name).chmod(0o755)
    return cache


def test_help_shows_no_default_that_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["up", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "(default: )" not in shown and "(default: antrea)" in shown and "(default: on)" in shown
    assert f"by default {version.DEFAULT}, with --vks that of the VKS release" in shown


def test_up_status_env_and_down(place: Path) -> None:
    up = run_lab("up", "--name", "one", "--nodes", "1")
    assert up.returncode == 0, up.stderr
    assert "The lab one is up: --cni antrea --nodes 1" in up.stderr

    again = run_lab("up", "--name", "one", "--nodes", "1")
    assert (again.returncode, again.stderr) == (0, "The lab one is up already.\n")
    other = run_lab("up", "--name", "one", "--nodes", "2")
    assert other.returncode == 1
    assert (
        "is up already, with --cni antrea --nodes 1" in other.stderr and "lab down --name one" in other.stderr
    )

    status = run_lab("status")
    assert status.returncode == 0
    assert status.stdout.startswith("one: up, --cni antrea --nodes 1")
    for name in (
        "antrea",
        "bigip",
        "etcd",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kubelet",
        "kwok",
        "net",
    ):
        assert f"  {name:<24} runs, pid " in status.stdout

    env = variables(run_lab("env", "--name", "one").stdout)
    assert set(env) >= {
        "K8S_AUTH_KUBECONFIG",
        "F5_SERVER",
        "F5_SERVER_PORT",
        "F5_USER",
        "F5_PASSWORD",
        "F5_CA_CERT",
        "LAB_PROXY",
        "LAB_DIR",
    }
    assert env["LAB_DIR"] == str(place / "one")
    assert Path(env["LAB_AUDIT_LOG"]).is_file() and not [name for name in env if "SUPERVISOR" in name]
    assert (
        subprocess.run(
            [env["LAB_KUBECTL"], "get", "nodes", "-o", "name"], env=env, capture_output=True, text=True
        ).stdout.count("node/one-np-1-")
        == 1
    )
    for helm in ("LAB_HELM", "LAB_HELM4"):
        assert (
            subprocess.run(
                [env[helm], "list", "-A", "-o", "json"], env=env, capture_output=True, text=True
            ).stdout.strip()
            == "[]"
        )
    url = f"https://{env['F5_SERVER']}:{env['F5_SERVER_PORT']}/mgmt/shared/appsvcs/info"
    info = subprocess.run(
        [
            "curl",
            "-sS",
            "--noproxy",
            "*",
            "--cacert",
            env["F5_CA_CERT"],
            "-u",
            f"{env['F5_USER']}:{env['F5_PASSWORD']}",
            url,
        ],
        capture_output=True,
        text=True,
    )
    assert json.loads(info.stdout)["version"].startswith("3.56"), info.stderr

    down = run_lab("down", "--name", "one")
    assert (down.returncode, down.stderr) == (0, "Ended the lab one.\n")
    assert started_below(place) == []
    assert not (place / "one").exists()
    assert run_lab("down", "--name", "one").returncode == 0


def test_what_up_passes_on(place: Path) -> None:
    antrea = ("--npl", "off", "--npl-port-range", "40000-40100", "--update-strategy", "RollingUpdate")
    up = run_lab(
        "up",
        "--name",
        "two",
        "--nodes",
        "1",
        *antrea,
        "--bigip-units",
        "2",
        "--sync",
        "automatic",
        "--monitor-interval",
        "3",
    )
    assert up.returncode == 0, up.stderr
    assert (
        "--bigip-units 2 --sync automatic --monitor-interval 3.0 --npl off --npl-port-range 40000-40100 "
        "--update-strategy RollingUpdate" in up.stderr
    )
    env = variables(run_lab("env", "--name", "two").stdout)
    assert env["F5_SERVER"] == "127.0.0.1,127.0.0.2"
    kubectl = [env["LAB_KUBECTL"], "-n", "kube-system", "get", "-o", "json"]
    config = subprocess.run([*kubectl, "configmap", "antrea-config"], env=env, capture_output=True, text=True)
    agent = json.loads(config.stdout)["data"]["antrea-agent.conf"]
    assert "NodePortLocal: false" in agent
    agents = subprocess.run([*kubectl, "daemonset", "antrea-agent"], env=env, capture_output=True, text=True)
    assert json.loads(agents.stdout)["spec"]["updateStrategy"]["type"] == "RollingUpdate"
    words = {
        each.name: Path(f"/proc/{each.pid}/cmdline").read_text().replace("\0", " ")
        for each in state.Lab("two").processes()
    }
    assert "--sync automatic --monitor-interval 3.0" in words["bigip"]
    assert "--npl-port-range 40000-40100" in words["antrea"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--cni", "calico", "--npl", "off"), "--npl requires --cni antrea."),
        (("--cni", "calico", "--npl-port-range", "1-2"), "--npl-port-range requires --cni antrea."),
        (("--cni", "calico", "--encap-mode", "hybrid"), "--encap-mode requires --cni antrea."),
        (("--antrea-ipam", "on"), "--antrea-ipam requires --encap-mode noEncap."),
        (
            ("--antrea-ipam", "on", "--encap-mode", "noEncap", "--vks", "3.6"),
            "--antrea-ipam and --vks exclude each other.",
        ),
        (("--calico-api", "v3"), "--calico-api requires --cni calico."),
        (("--sync", "automatic"), "--sync requires --bigip-units 2."),
        (("--network-provider", "nsx_vpc"), "--network-provider requires --vks."),
        (("--vks-sync", "1"), "--vks-sync requires --vks."),
        (("--monitor-interval", "0"), "not between 0.1 and 60"),
    ],
)
def test_options_that_do_not_go_together(place: Path, words: tuple[str, ...], said: str) -> None:
    refused = run_lab("up", "--name", "none", *words)
    assert refused.returncode and said in refused.stderr
    assert not (place / "none").exists()


def test_two_labs_side_by_side_and_only_one_goes_down(place: Path) -> None:
    commands = [
        [str(LAUNCHER), "up", "--name", name, "--nodes", "1", "--cni", "calico"] for name in ("a", "b")
    ]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for command in commands]
    assert [(each.communicate()[1], each.returncode)[1] for each in both] == [0, 0]
    envs = [variables(run_lab("env", "--name", name).stdout) for name in ("a", "b")]
    for name, env in zip("ab", envs):
        assert (
            f"node/{name}-np-1-"
            in subprocess.run(
                [env["LAB_KUBECTL"], "get", "nodes", "-o", "name"], env=env, capture_output=True, text=True
            ).stdout
        )
    assert run_lab("down", "--name", "a").returncode == 0
    assert started_below(place / "a") == []
    assert run_lab("status", "--name", "b").stdout.startswith("b: up")
    assert run_lab("down", "--all").returncode == 0
    assert started_below(place) == []
    assert state.all_labs() == []


def test_a_killed_process_is_named_and_the_rest_is_ended(place: Path) -> None:
    assert run_lab("up", "--nodes", "1").returncode == 0
    killed = processes.recorded(place / "lab", "kube-scheduler")
    assert killed is not None
    os.kill(killed.pid, signal.SIGKILL)
    eventually(lambda: not killed.alive())
    status = run_lab("status")
    assert status.returncode == 1
    assert status.stdout.startswith("lab: not up")
    assert f"kube-scheduler           has ended; see {place}/lab/kube-scheduler.log" in status.stdout
    assert "kube-scheduler has ended" in run_lab("env").stderr
    # Up makes a new one of it.
    again = run_lab("up", "--nodes", "1")
    assert again.returncode == 0
    assert "Removing the rest of the lab lab (kube-scheduler no longer run)." in again.stderr
    # And down ends the rest of one that lost its data path.
    for name in ("net", "etcd"):
        process = processes.recorded(place / "lab", name)
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
    assert run_lab("down").returncode == 0
    assert started_below(place) == []


@pytest.mark.parametrize(
    ("program", "script", "said"),
    [
        ("kube-scheduler", "echo 'no such flag: --leader-elect' >&2; exit 1", "kube-scheduler has ended."),
        ("etcd", "echo 'the disk is full'; exit 2", "etcd has ended."),
    ],
)
def test_a_start_that_fails_says_which_process_and_shows_its_log(
    place: Path, tmp_path: Path, program: str, script: str, said: str
) -> None:
    failed = run_lab("up", "--nodes", "1", VKS_LAB_CACHE=str(with_program(tmp_path, program, script)))
    assert failed.returncode == 1
    assert (
        f"lab: The lab lab did not come up: {said}\nThe end of {place}/lab/{program}.log:\n  "
        in failed.stderr
    )
    assert script.split("'")[1] in failed.stderr
    assert "Traceback" not in failed.stderr
    assert started_below(place) == []
    assert not (place / "lab").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_start_leaves_nothing_that_down_does_not_end(
    place: Path, number: signal.Signals
) -> None:
    starting = subprocess.Popen([str(LAUNCHER), "up", "--nodes", "1"], stderr=subprocess.PIPE, text=True)
    eventually(lambda: processes.recorded(place / "lab", "kube-apiserver"))
    starting.send_signal(number)
    _, said = starting.communicate()
    if number != signal.SIGKILL:
        assert starting.returncode == 130
        assert said.endswith("interrupted; what it had started is ended.\n")
        assert not (place / "lab").exists()
    else:
        assert started_below(place)
        assert run_lab("status").stdout.startswith("lab: not up")
        assert run_lab("down").returncode == 0
    assert started_below(place) == []


def test_one_command_at_a_time(place: Path) -> None:
    with state.Lab("busy").locked():
        refused = run_lab("down", "--name", "busy")
    assert refused.returncode == 1
    assert (
        refused.stderr
        == "lab: Another command is at work on the lab busy. Wait until it has ended, then try again.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["up", "--name", "../up"], "'../up' cannot be a lab's name"),
        (["up", "--nodes", "0"], "argument --nodes: 0 is not between 1 and 500"),
        (["up", "--nodes", "many"], "argument --nodes: invalid"),
        (["up", "--cni", "cilium"], "argument --cni: invalid choice: 'cilium'"),
        (
            ["up", "--cni", "calico", "--antrea-version", "2.3.0"],
            "--antrea-version requires --cni antrea",
        ),
        (["env", "--name", "nowhere"], "There is no lab nowhere. Start it: lab up --name nowhere"),
        (["restart", "etcd", "--name", "nowhere"], "etcd of the lab nowhere does not run (see lab status)."),
        (["restart", "net"], "argument program: invalid choice: 'net'"),
        (["compact", "--name", "nowhere"], "There is no lab nowhere. Start it: lab up --name nowhere"),
        (["down", "--all", "--name", "one"], "not allowed with argument"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(place: Path, arguments: list[str], said: str) -> None:
    refused = run_lab(*arguments)
    assert refused.returncode != 0
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def wheel(folder: Path) -> Path:
    """A package of one module, `tiny`."""
    path, info = folder / "tiny-1-py3-none-any.whl", "tiny-1.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny.py", "SAID = 'There is no lab.'")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def launcher(tmp_path: Path) -> Path:
    """The launcher beside another, small lab: its requirement is a package on this disk, and not what the lab
    itself needs from PyPI."""
    place = tmp_path / "checkout"
    (place / "vkslab").mkdir(parents=True)
    for name in (LAUNCHER.name, "environment.py", "vkslab/__init__.py", "vkslab/paths.py"):
        shutil.copy(LAUNCHER.parent / name, place / name)
    (place / "vkslab" / "__main__.py").write_text("import sys, tiny\nprint(tiny.SAID, *sys.argv[1:])")
    (place / "requirements.txt").write_text(f"tiny @ {wheel(tmp_path).as_uri()}\n")
    return place / LAUNCHER.name


def test_the_launcher_makes_its_environment_once(tmp_path: Path, launcher: Path) -> None:
    def run() -> tuple[str, str]:
        done = subprocess.run(
            [str(launcher), "status"], env={**os.environ, **places}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout, done.stderr

    places = {
        "HOME": str(tmp_path),
        "VKS_LAB_CACHE": "",
        "VKS_LAB_STATE": "",
        "XDG_CACHE_HOME": "",
        "XDG_STATE_HOME": "",
        "PYTHONPATH": "",
    }
    made_now = "Making the lab's Python environment (once): "
    out, err = run()
    assert out == "There is no lab. status\n" and err.startswith(made_now)
    assert run() == (out, "")
    # The rest of an interrupted run is created again.
    (made,) = (tmp_path / ".cache" / "vks-bigip-lab").glob("python-*")
    (made / "complete").unlink()
    shutil.rmtree(made / "lib")
    out, err = run()
    assert out == "There is no lab. status\n" and err.startswith(made_now)
