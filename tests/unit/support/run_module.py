# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module's main() in this process, as Ansible would, and hand back its result.

    result = run_module(as3_info.main, {"provider": {...}}, check=True)
    assert result["changed"] is False

It works with every ansible-core that the collection supports (patch_module_args exists only from 2.19 on).
`result.stdout` contains the output of the module except its result. It must not contain secrets either.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
from typing import Any, Callable
from unittest import mock

from ansible.module_utils import basic
from ansible.module_utils.common import warnings


class Result(dict[str, Any]):
    """The module's result; stdout is all that it printed."""

    stdout: str = ""


def run_module(main: Callable[[], None], args: dict[str, Any], *, check: bool = False, diff: bool = False) -> Result:
    """main() with these options. A module that neither exits nor fails is a fault of the test's subject."""
    options = {**args, "_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_remote_tmp": "/tmp", "_ansible_keep_remote_files": False}
    out = io.StringIO()
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()))
        with contextlib.suppress(ImportError):  # from ansible-core 2.19 on; the tests of action plugins make this process a controller
            internal = importlib.import_module("ansible.module_utils._internal")
            if hasattr(internal, "is_controller"):
                stack.enter_context(mock.patch.object(internal, "is_controller", False))
        if hasattr(basic, "_ANSIBLE_PROFILE"):
            stack.enter_context(mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy"))
        # Ansible keeps warnings for the whole process; those of an earlier run are not this one's.
        stack.enter_context(mock.patch.object(warnings, "_global_warnings", type(warnings._global_warnings)()))
        stack.enter_context(contextlib.redirect_stdout(out))
        try:
            main()
        except SystemExit:
            pass
        else:
            raise AssertionError("the module ended without a result")
    text = out.getvalue()
    result = Result(json.loads(text.strip().splitlines()[-1]))
    result.stdout = text
    if "warnings" in result:
        result["warnings"] = [_words(warning) for warning in result["warnings"]]
    return result


def _words(warning: Any) -> str:
    """A warning's text; from ansible-core 2.19 on it comes with its circumstances."""
    return str(warning["event"]["msg"]) if isinstance(warning, dict) else str(warning)
