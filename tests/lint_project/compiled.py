# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compiles each template once: Ansible does it each time, in the fork of each task, which takes two thirds of a play's time."""

from __future__ import annotations

import atexit
import hashlib
import marshal
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

SYNTAX = (
    *("block_start_string", "block_end_string", "variable_start_string", "variable_end_string", "comment_start_string", "comment_end_string"),
    *("line_statement_prefix", "line_comment_prefix", "trim_blocks", "lstrip_blocks", "newline_sequence", "keep_trailing_newline", "optimized"),
)


class Compiled:
    """The code of templates, in memory and in files of a folder, which the forks of one ansible-core share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Any] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str) -> Any:
        if name not in self._known:
            with suppress(FileNotFoundError):
                self._known[name] = marshal.loads((self._folder / name).read_bytes())
        return self._known.get(name)

    def put(self, name: str, code: Any) -> None:
        self._known[name] = code
        partial = self._folder / f"{name}.{os.getpid()}"
        partial.write_bytes(marshal.dumps(code))
        partial.replace(self._folder / name)


@dataclass(frozen=True)
class Code:
    """In place of a template's text: what it was compiled to."""

    code: Any


def name_of(environment: jinja2.Environment, source: str, *more: Any) -> str:
    own = [type(environment).__qualname__, sorted(environment.extensions), *(getattr(environment, key) for key in SYNTAX)]
    return hashlib.sha256(repr([own, str(source), more]).encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _folders() -> Path:
    made = tempfile.TemporaryDirectory(prefix="compiled-")
    atexit.register(made.cleanup)
    return Path(made.name)


def folder_of(core: str) -> Path:
    """For an ansible-core; all processes that this one starts share it."""
    return _folders() / core


def once(folder: Path) -> None:
    """From now on, in this process and its forks. A text with a backslash is left out: from 2.19 on, its position defines how Ansible reads it."""
    compiled = Compiled(folder)
    environment: Any = jinja2.Environment
    compile_template, compile_expression = environment.compile, environment.compile_expression
    keys: list[str] = []

    def template(self: jinja2.Environment, source: Any, name: Any = None, filename: Any = None, raw: bool = False, defer_init: bool = False) -> Any:
        if isinstance(source, Code):
            return source.code
        of_text = isinstance(source, str) and not raw and "\\" not in source
        key = name_of(self, source, name, filename, defer_init) if of_text else keys.pop() if keys and not isinstance(source, str) else ""
        if not (code := compiled.get(key) if key else None):
            code = compile_template(self, source, name, filename, raw, defer_init)
            if key:
                compiled.put(key, code)
        return code

    def expression(self: jinja2.Environment, source: str, undefined_to_none: bool = True) -> Any:
        key = name_of(self, source, "expression")
        if code := compiled.get(key):
            return jinja2.environment.TemplateExpression(self.from_string(Code(code)), undefined_to_none)
        keys[:] = [key] if "\\" not in source else []
        try:
            return compile_expression(self, source, undefined_to_none)
        finally:
            keys.clear()

    environment.compile, environment.compile_expression = template, expression
