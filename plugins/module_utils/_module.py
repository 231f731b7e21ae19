# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The edge to Ansible: one AnsibleModule, one way to fail. This module util is PRIVATE to the collection."""

from __future__ import annotations

import copy
import gc
from contextlib import contextmanager
from typing import Any, Callable, Iterable, Iterator, Mapping

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.validation import check_type_dict, check_type_list

from . import _unset
from ._errors import Failure, failed


class Module(AnsibleModule):
    """An AnsibleModule that also hides secrets which stand inside structured options.

    Empty options count as unset (`_unset`), before Ansible converts the others and sets fallbacks and defaults.

    secrets_of gets the parameters and yields the values to hide (a kubeconfig's token, a declaration's
    passphrase). It runs before the invocation is logged, so that syslog never sees them.
    """

    params: dict[str, Any]

    def __init__(self, *args: Any, secrets_of: Callable[[dict[str, Any]], Iterable[str]] | None = None, **kwargs: Any) -> None:
        self._secrets_of = secrets_of
        self._arguments: Mapping[str, Any] = {}
        self.given: Mapping[str, Any] = {}
        """The arguments before defaults, so that an option that is empty differs from one that is not there."""
        self.emptied: tuple[str, ...] = ()
        """The options that were given and count as unset."""
        self._faults: list[str] = []
        super().__init__(*args, **kwargs)
        if self._faults:
            self.fail_json(**failed({"failure": Failure("options", " ".join(self._faults)).as_dict()}))

    def _load_params(self) -> None:
        super()._load_params()
        arguments = self._arguments = _unset.structured(self.params, self.argument_spec)
        self._faults = _unset.faults(arguments, self.argument_spec)
        self.params = _unset.given(arguments, self.argument_spec)
        self.given = copy.deepcopy(self.params)
        self.emptied = tuple(name for name in arguments if name not in self.given)

    def given_items(self, name: str) -> list[dict[str, Any]]:
        """The items of a list option, each with the keys that the user gave and no others."""
        given = self.given.get(name)
        keys = [set(item if isinstance(item, dict) else check_type_dict(item)) for item in check_type_list(given or [])]
        return [{key: value for key, value in item.items() if key in known} for item, known in zip(self.params.get(name) or [], keys)]

    def with_emptied(self, name: str, keys: Iterable[str]) -> list[dict[str, Any]] | None:
        """The items of a list option, with an empty text for each of these keys that the user gave without a value."""
        items: list[dict[str, Any]] | None = self.params.get(name)
        given = self._arguments.get(name)
        if not items or not isinstance(given, list):
            return items
        emptied = [{key: "" for key in keys if isinstance(item, dict) and item.get(key, key) in (None, "")} for item in given]
        return [{**item, **empty} for item, empty in zip(items, emptied)]

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
                self.fail_json(**failed({"failure": failure.as_dict()}))
            for warning in result.pop("warnings", []):
                self.warn(warning)
            if "failure" in result:
                self.fail_json(**failed(result))
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
