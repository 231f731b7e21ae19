# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build actionlint from its Go module. Its package on PyPI has no program, and downloads one while it is installed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from runner import environments
from runner.places import BUILD, ROOT

MODULE = ROOT / "tests" / "tools" / "actionlint"
PACKAGE = "github.com/rhysd/actionlint/cmd/actionlint"


def program(run: Callable[..., str]) -> Path:
    """The program of the version in go.mod, with the checksums in go.sum. The build takes half a minute, once."""
    pins = b"".join((MODULE / name).read_bytes() for name in ("go.mod", "go.sum"))
    target = BUILD / "tools" / f"actionlint-{hashlib.sha256(pins).hexdigest()[:12]}"
    with environments.lock("actionlint"):
        if not target.exists():
            unfinished = target.with_suffix(".building")
            run(_build(unfinished), cwd=MODULE, env=_variables())
            unfinished.rename(target)
    return target


def _build(target: Path) -> Sequence[str | Path]:
    return [environments.make("github") / "bin" / "go", "build", "-o", target, PACKAGE]


def _variables() -> dict[str, str]:
    """Nothing is created outside of .build, unless the caches of Go are set."""
    places = {"GOMODCACHE": str(BUILD / "go" / "modules"), "GOCACHE": str(BUILD / "go" / "compiled")}
    flags = "-mod=readonly -trimpath -buildvcs=false -modcacherw"
    return {**places, **os.environ, "CGO_ENABLED": "0", "GOFLAGS": flags, "GOTOOLCHAIN": "local", "GOWORK": "off"}
