# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Keys of a kubeconfig without a file of their own.

TLS takes a client key by the path of a file only. The kubernetes package therefore writes the content of a
kubeconfig into the temporary folder. It removes that file when Python ends, but not if the process is killed.
"""

from __future__ import annotations

import base64
import os
import tempfile
from contextlib import contextmanager
from typing import Any, Callable, Iterator, Mapping

_FOLDER = "/proc/self/fd"
_PATHS = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
_SECRETS: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "client-key-data": ("client-key", base64.b64decode),
    "token": ("tokenFile", str.encode),
}
_known: dict[bytes, str] = {}


@contextmanager
def instead_of_files(package: Any) -> Iterator[None]:
    """Give kubernetes.config.kube_config files in memory, where the system has them.

    They last as long as this process.
    """
    name = "_create_temp_file_with_content"
    original = getattr(package, name, None)
    if original is None or not _is_possible():
        yield
        return
    setattr(package, name, _file)
    try:
        yield
    finally:
        setattr(package, name, original)


def _file(content: str | bytes, *_folder: Any, **_more: Any) -> str:
    data = content.encode() if isinstance(content, str) else content
    if data not in _known:
        file = os.memfd_create("kubeconfig")
        with open(file, "wb", closefd=False) as writer:
            writer.write(data)
        _known[data] = f"/proc/{os.getpid()}/fd/{file}"
    return _known[data]


@contextmanager
def file_of(text: str) -> Iterator[str]:
    """The path of a file with this text, for a function that reads files only. It ends with the block."""
    if not _is_possible():
        with tempfile.NamedTemporaryFile() as named:
            named.write(text.encode())
            named.flush()
            yield named.name
        return
    file = os.memfd_create("certificate")
    with open(file, "wb") as writer:
        writer.write(text.encode())
        writer.flush()
        yield f"/proc/{os.getpid()}/fd/{file}"


def _is_possible() -> bool:
    return hasattr(os, "memfd_create") and os.path.isdir(_FOLDER)


def without_secrets(kubeconfig: Mapping[str, Any], folder: str = "") -> dict[str, Any]:
    """A kubeconfig whose keys and tokens are in files in memory, for programs that this process starts.

    They write what they get to files, which stay when they are killed. Where the system
    has no such files, the kubeconfig is unchanged. Its paths are relative to `folder`.
    """
    if not _is_possible():
        return dict(kubeconfig)
    users = [
        {**item, "user": _user(_absolute(item.get("user") or {}, folder))}
        for item in kubeconfig.get("users") or []
    ]
    clusters = [
        {**item, "cluster": _absolute(item.get("cluster") or {}, folder)}
        for item in kubeconfig.get("clusters") or []
    ]
    return {**kubeconfig, "users": users, "clusters": clusters}


def _user(user: Mapping[str, Any]) -> dict[str, Any]:
    with_files = dict(user)
    for name, (path, decoded) in _SECRETS.items():
        if isinstance(with_files.get(name), str) and with_files[name]:
            with_files[path] = _file(decoded(with_files.pop(name)))
    return with_files


def _absolute(entry: Mapping[str, Any], folder: str) -> dict[str, Any]:
    return {
        name: os.path.join(folder, value) if name in _PATHS and isinstance(value, str) and value else value
        for name, value in entry.items()
    }
