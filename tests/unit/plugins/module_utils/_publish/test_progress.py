# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The progress file, which stops nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._publish.progress import progress


def test_progress_is_a_line_of_json_for_each_step(tmp_path: Path) -> None:
    file, warnings = tmp_path / "progress", list[str]()
    write = progress(str(file), warnings.append)
    for text in ("posting T1", "1 of 1 tenants done"):
        write(text)
    texts = [{"text": "posting T1"}, {"text": "1 of 1 tenants done"}]
    assert [json.loads(line) for line in file.read_text().splitlines()] == texts and not warnings
    umask = os.umask(0)
    os.umask(umask)
    assert file.stat().st_mode & 0o777 == 0o666 & ~umask, "as any new file"


@pytest.mark.parametrize("path", [None, ""])
def test_without_a_progress_file_nothing_is_written(path: str | None) -> None:
    warnings: list[str] = []
    progress(path, warnings.append)("posting T1")
    assert not warnings


@pytest.mark.parametrize("name", ["missing/progress", "folder", "pipe", "nul\0byte", "x" * 300])
def test_a_progress_file_that_cannot_be_written_costs_one_warning(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    warnings: list[str] = []
    write = progress(str(tmp_path / name), warnings.append)
    write("posting T1")
    write("1 of 1 tenants done")
    (warning,) = warnings
    begin = f"Progress is not reported, because the progress_file {tmp_path / name} cannot be written: "
    assert warning.startswith(begin)


def test_a_full_disk_costs_one_warning() -> None:
    warnings: list[str] = []
    progress("/dev/full", warnings.append)("posting T1")
    assert "No space left on device" in warnings[0]
