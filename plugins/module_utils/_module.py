# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The boundary to Ansible: one AnsibleModule, one way to fail."""

from __future__ import annotations

import copy
import gc
import traceback
from contextlib import contextmanager
from typing import Any, Callable, Iterable, Iterator, Mapping, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.validation import check_type_dict, check_type_list

from . import _foreign
from ._boundary import notices, readable, secret_arguments, systems, unset
from ._boundary.mask import Mask
from ._errors import Failure, failed


class Module(AnsibleModule):
    """An AnsibleModule that also hides the secrets in structured options and in wrong arguments.

    See _boundary.secret_arguments. Empty options count as unset (_boundary.unset), before Ansible converts
    the others and sets fallbacks and defaults.
    """

    params: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        for former in (notices.warnings, notices.secrets, notices.systems):  # of another task in this process
            former.take()
        self._mask = Mask()
        self._arguments: Mapping[str, Any] = {}
        self.given: Mapping[str, Any] = {}
        """The arguments before defaults: an option that is empty differs from one that is not given."""
        self.emptied: tuple[str, ...] = ()
        """The options that were given and count as unset."""
        self._faults: list[str] = []
        super().__init__(*args, **kwargs)
        if self._faults:
            self.fail_json(**failed({"failure": Failure("options", " ".join(self._faults)).as_dict()}))

    def _load_params(self) -> None:
        super()._load_params()
        arguments = self._arguments = unset.structured(self.params, self.argument_spec)
        self._mask.add(
            secret_arguments.texts(arguments, self.argument_spec)
        )  # before all else: what follows may fail
        self._faults = unset.faults(arguments, self.argument_spec)
        self.params = unset.without_unset(arguments, self.argument_spec)
        self.given = copy.deepcopy(self.params)
        self.emptied = tuple(name for name in arguments if name not in self.given)

    def given_items(self, name: str) -> list[dict[str, Any]]:
        """The items of a list option, each with the keys that the user gave and no others."""
        argument = self.given.get(name)
        keys = [set(check_type_dict(item)) for item in check_type_list(argument or [])]
        return [
            {key: value for key, value in item.items() if key in known}
            for item, known in zip(self.params.get(name) or [], keys)
        ]

    def with_emptied(self, name: str, keys: Iterable[str]) -> list[dict[str, Any]] | None:
        """The items of a list option, with an empty text for each of these keys that has no value."""
        items: list[dict[str, Any]] | None = self.params.get(name)
        argument = self._arguments.get(name)
        if not items or not isinstance(argument, list):
            return items
        emptied = [
            {key: "" for key in keys if isinstance(item, dict) and item.get(key, key) in (None, "")}
            for item in argument
        ]
        return [{**item, **empty} for item, empty in zip(items, emptied)]

    def _log_invocation(self) -> None:
        whole, self.params = (
            self.params,
            self._mask.value(secret_arguments.shown(self.params, self.argument_spec)),
        )
        try:
            super()._log_invocation()
        finally:
            self.params = whole

    def log(self, msg: str, log_args: dict[str, Any] | None = None) -> None:
        super().log(self._whole_mask().text(msg), log_args)

    def hide(self, secrets: Iterable[str]) -> None:
        """Mask these values in everything the module returns or logs from now on."""
        self._mask.add_read(secrets)

    def masker(self, secrets: Iterable[str]) -> Callable[[Any], Any]:
        """Masks these values in a part of a result, and nowhere else."""
        mask = Mask()
        mask.add_read(secrets)
        return mask.value

    def exit_json(self, **kwargs: Any) -> NoReturn:
        super().exit_json(**self._public(kwargs))
        raise AssertionError("Ansible has ended the module")

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn:
        super().fail_json(**self._public({**kwargs, "msg": str(msg)}))
        raise AssertionError("Ansible has ended the module")

    def warn(self, warning: str, **more: Any) -> None:
        # From ansible-core 2.19 on, Ansible itself masks nothing in warnings.
        super().warn(_foreign.line(self._whole_mask().text(str(warning))), **more)

    def _public(self, result: dict[str, Any]) -> dict[str, Any]:
        """The result without secrets, and without what a terminal obeys.

        In this order, because a secret may hold such a character.
        """
        for text in notices.warnings.take():
            self.warn(text)
        invocation = {"module_args": secret_arguments.shown(self.params, self.argument_spec)}
        if answered := systems.described(notices.systems.take()):
            result = {"systems": answered, **result}
        return readable.result(self._whole_mask().value({"invocation": invocation, **result}))

    def _whole_mask(self) -> Mask:
        """With the secrets that connections reported since: the token of a named kubeconfig, or of a Pod."""
        self._mask.add_read(notices.secrets.take())
        return self._mask

    def run(self, work: Callable[[], dict[str, Any]]) -> None:
        """Exit with what `work` returns, or fail with its Failure as a sentence and as structure.

        A result that holds `failure` fails too, with everything that was done: some tenants of several.
        """
        with _collector_paused():
            failure, more = None, {}
            try:
                result = work()
            except Failure as error:
                failure = error
            except Exception as error:  # noqa: BLE001 else Ansible prints it, and masks nothing in it
                failure, more = _unexpected(error), {"exception": traceback.format_exc()}
            if (
                failure is not None
            ):  # not before the handler is left: Ansible adds the exception in hand, unmasked
                for warning in failure.warnings:
                    self.warn(warning)
                self.fail_json(**failed({"failure": failure.as_dict()}), **more)
            for warning in result.pop("warnings", []):
                self.warn(warning)
            if "failure" in result:
                self.fail_json(**failed(result))
            self.exit_json(**result)


def _unexpected(error: Exception) -> Failure:
    return Failure(
        "unexpected",
        "an unexpected error in this collection",
        said=f"{type(error).__name__}: {error}",
        remedy=(
            "Report it with the traceback that -vvv shows (https://github.com/vks-bigip/vks.bigip/issues)."
        ),
    )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Without the cyclic garbage collector. A large cluster is a great many objects and hardly a cycle.

    Searching them again and again takes as long as the rest of a run. A module ends soon, and what it drops
    is freed without the collector.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
