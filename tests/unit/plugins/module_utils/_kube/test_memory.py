# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of a kubeconfig are never in a file."""

from __future__ import annotations

import base64
import os
import ssl
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trustme

from ansible_collections.vks.bigip.plugins.module_utils._kube import memory
from ansible_collections.vks.bigip.plugins.module_utils._kube.configuration import configure
from ansible_collections.vks.bigip.tests.unit.support import own_machine
from ansible_collections.vks.bigip.tests.unit.support.kube_connection import (
    kubeconfig,
)


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own_machine.hide(monkeypatch, tmp_path)


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="files in memory are Linux's")


@linux
def test_the_keys_of_a_kubeconfig_are_never_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed would leave it in the temporary folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made = trustme.CA().issue_cert("user@example.com")
    key, chain = made.private_key_pem.bytes(), made.cert_chain_pems[0].bytes()
    user = {
        "client-key-data": base64.b64encode(key).decode(),
        "client-certificate-data": base64.b64encode(chain).decode(),
    }
    content = kubeconfig(
        "https://cluster.example:6443",
        user,
        **{"certificate-authority-data": base64.b64encode(chain).decode()},
    )
    settings = configure({"kubeconfig": content})
    assert [
        Path(path).read_bytes() for path in (settings.key_file, settings.cert_file, settings.ssl_ca_cert)
    ] == [key, chain, chain]
    ssl.create_default_context().load_cert_chain(settings.cert_file, settings.key_file)
    assert not list(tmp_path.iterdir())


CREATE = "_create_temp_file_with_content"


def package(**more: Any) -> Any:
    return SimpleNamespace(**{CREATE: lambda content: "/tmp/file", **more})


@linux
def test_files_in_memory_replace_those_of_the_package_for_a_while() -> None:
    of_kubernetes = package()
    original = getattr(of_kubernetes, CREATE)
    with pytest.raises(ZeroDivisionError), memory.instead_of_files(of_kubernetes):
        paths = [
            getattr(of_kubernetes, CREATE)(content, "/tmp") for content in ("text é", b"bytes", "text é")
        ]
        raise ZeroDivisionError
    assert [Path(path).read_bytes() for path in paths] == ["text é".encode(), b"bytes", "text é".encode()]
    assert paths[0] == paths[2] != paths[1] and paths[0].startswith(f"/proc/{os.getpid()}/fd/")
    assert getattr(of_kubernetes, CREATE) is original


def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_FOLDER", "/nonexistent")


def no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)


@pytest.mark.parametrize("take", [nowhere, no_call])
def test_without_files_in_memory_nothing_is_changed(take: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    take(monkeypatch)
    of_kubernetes = package()
    with memory.instead_of_files(of_kubernetes):
        assert getattr(of_kubernetes, CREATE)("text") == "/tmp/file"
    content = {"users": [{"name": "u", "user": {"token": "T", "client-key": "key"}}]}
    assert memory.without_secrets(content, "/a") == content
    assert memory.without_secrets(content, "/a") is not content


def test_another_release_of_the_package_has_no_such_function() -> None:
    of_kubernetes = SimpleNamespace()
    with memory.instead_of_files(of_kubernetes):
        assert not hasattr(of_kubernetes, CREATE)
    assert not hasattr(of_kubernetes, CREATE)


@linux
def test_a_kubeconfig_for_a_program_has_no_secrets() -> None:
    user = {"token": "T", "client-key-data": base64.b64encode(b"K").decode(), "username": "me"}
    content = {
        "kind": "Config",
        "users": [
            {"name": "u", "user": user},
            {"name": "v", "user": {"token": "", "client-key-data": 5}},
            {"name": "w"},
        ],
        "clusters": [{"name": "c", "cluster": {"server": "https://a"}}],
    }
    shown = memory.without_secrets(content)
    first = shown["users"][0]["user"]
    assert [Path(first.pop(name)).read_bytes() for name in ("tokenFile", "client-key")] == [b"T", b"K"]
    assert shown == {
        **content,
        "users": [{"name": "u", "user": {"username": "me"}}, content["users"][1], {"name": "w", "user": {}}],
    }
    assert user["token"] == "T", "the content that was given stays as it is"
    assert memory.without_secrets({}) == {"users": [], "clusters": []}
    assert memory.without_secrets({"users": None, "clusters": None}) == {"users": [], "clusters": []}


PATHS: list[tuple[str, str, str]] = [
    # the folder of the kubeconfig, a path in it, and that path as a program in another folder needs it
    ("/srv/me", "keys/a", "/srv/me/keys/a"),
    ("/srv/me", "/keys/a", "/keys/a"),
    ("/srv/me", "", ""),
    ("", "keys/a", "keys/a"),
]


@linux
@pytest.mark.parametrize(("folder", "path", "expected"), PATHS)
def test_the_paths_in_a_kubeconfig(folder: str, path: str, expected: str) -> None:
    user = {name: path for name in ("client-certificate", "client-key", "tokenFile")}
    cluster = {"certificate-authority": path}
    if not folder:
        content = {"users": [{"name": "u", "user": dict(user)}], "clusters": []}
        assert memory.without_secrets(content) == content, "the paths stay where no folder is named"
    others: dict[str, Any] = {"server": "a", "username": "b", "certificate-authority-data": "c"}
    content = {
        "users": [{"name": "u", "user": {**user, **others}}],
        "clusters": [{"name": "c", "cluster": {**cluster, **others}}, {"name": "d", "cluster": None}],
    }
    assert memory.without_secrets(content, folder) == {
        "users": [{"name": "u", "user": {**dict.fromkeys(user, expected), **others}}],
        "clusters": [
            {"name": "c", "cluster": {**dict.fromkeys(cluster, expected), **others}},
            {"name": "d", "cluster": {}},
        ],
    }


@linux
def test_a_path_that_is_no_text_stays() -> None:
    content = {"users": [{"name": "u", "user": {"client-key": 5}}], "clusters": []}
    assert memory.without_secrets(content, "/a") == content


def as_it_is(_monkeypatch: pytest.MonkeyPatch) -> None:
    pass


@pytest.mark.parametrize("take", [pytest.param(as_it_is, marks=linux), nowhere, no_call])
def test_a_file_of_a_text_ends_with_its_block(
    take: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without files in memory, it is in the temporary folder, for its owner alone."""
    take(monkeypatch)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ZeroDivisionError), memory.file_of("text é") as path:
        assert Path(path).read_text(encoding="utf-8") == "text é"
        written = list(tmp_path.iterdir())
        assert len(written) == (take is not as_it_is)
        assert all((str(file), file.stat().st_mode & 0o777) == (path, 0o600) for file in written)
        raise ZeroDivisionError
    assert not os.path.exists(path) and not list(tmp_path.iterdir())


@linux
def test_two_files_at_once() -> None:
    with memory.file_of("a") as one, memory.file_of("b" * 100_000) as other:
        assert [Path(path).read_text() for path in (one, other)] == ["a", "b" * 100_000]
