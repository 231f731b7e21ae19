# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The edge to Ansible: one AnsibleModule, one way to fail. This module util is PRIVATE to the collection."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import Any, Callable, Iterable, Iterator

from ansible.module_utils.basic import AnsibleModule

from ._errors import Failure


class Module(AnsibleModule):
    """An AnsibleModule that also hides secrets which stand inside structured options.

    secrets_of gets the parameters and yields the values to hide (a kubeconfig's token, a declaration's
    passphrase). It runs before the invocation is logged, so that syslog never sees them.
    """

    def __init__(self, *args: Any, secrets_of: Callable[[dict[str, Any]], Iterable[str]] | None = None, **kwargs: Any) -> None:
        self._secrets_of = secrets_of
        super().__init__(*args, **kwargs)

    def _log_invocation(self) -> None:
        if self._secrets_of is not None:
            self.hide(self._secrets_of(self.params))
        super()._log_invocation()

    def hide(self, secrets: Iterable[str]) -> None:
        """Mask these values in everything the module returns or logs from now on."""
        self.no_log_values.update(value for value in secrets if value)

    def run(self, work: Callable[[], dict[str, Any]]) -> None:
        """Exit with what `work` returns, or fail with its Failure as a sentence and as structure.

        A result that holds `failure` fails too, with all that was done: some tenants of several.
        """
        with _collector_paused():
            try:
                result = work()
            except Failure as failure:
                for warning in failure.warnings:
                    self.warn(warning)
                self.fail_json(msg=failure.message, failure=failure.as_dict())
            for warning in result.pop("warnings", []):
                self.warn(warning)
            if "failure" in result:
                self.fail_json(msg=result["failure"]["message"], **result)
            self.exit_json(**result)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A large cluster is a great many objects and hardly a cycle: to search them for cyclic garbage again and again takes as long
    as all the rest of a run. A module ends soon, and what it drops is freed without the collector."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
