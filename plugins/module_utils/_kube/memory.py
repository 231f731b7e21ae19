# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of a kubeconfig without a file of their own. This module util is PRIVATE to the collection.

TLS takes a client key by the path of a file only. The kubernetes package therefore writes the content of a kubeconfig into the temporary
folder and removes it when Python ends, which a process that is killed never does.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import Any, Iterator

_FOLDER = "/proc/self/fd"
_known: dict[bytes, str] = {}


@contextmanager
def instead_of_files(package: Any) -> Iterator[None]:
    """Give kubernetes.config.kube_config files in memory, where the system has such. They last as long as this process."""
    name = "_create_temp_file_with_content"
    original = getattr(package, name, None)
    if original is None or not hasattr(os, "memfd_create") or not os.path.isdir(_FOLDER):
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
        _known[data] = f"{_FOLDER}/{file}"
    return _known[data]
