# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Decides when the Services of a failed run are sent again.

If the network, BIG-IP or the API server caused the failure, a repetition cures it before the next resync.
Other faults stay until a person or the cluster changes something: `NO_RETRY` lists their codes. Their
repetition would only cost a play each minute. The next resync repeats these runs too.
"""

from __future__ import annotations

from typing import Callable, NamedTuple

from .journal import Run

FIRST, MOST = 2.0, 60.0
"""Seconds. The first delay; each further one is twice as long, up to the other."""

_INPUT = (
    "address_taken", "bigip_options", "cis_running", "cis_tenant", "invalid_options", "kubernetes_config",
    "kubernetes_library", "kubernetes_too_large", "library_missing", "node_selector_invalid", "not_ours",
    "not_validated", "options", "reserved_name", "service_missing", "shared_nodes", "shared_tenant", "unmarked",
)  # fmt: skip
"""Only other variables, another library, or the owner of the other application cures these."""

_SIGN_IN = ("bigip_auth", "bigip_forbidden")
"""BIG-IP locks an account after some failed sign-ins."""

_SERVICE = (
    "address_family_missing", "external_name", "label_conflict", "label_pool_not_found",
    "nodeport_headless", "nodeport_not_allocated", "nodeport_service_type", "npl_annotation_value",
    "npl_no_selector", "npl_not_annotated", "npl_protocol", "npl_service_type", "service_not_found",
    "service_port_ambiguous", "service_port_not_found", "service_without_ports",
)  # fmt: skip
"""Only another state of the Service cures these, and the source sends an event when the Service changes."""

_GUARD = ("empty_pool", "max_removed_percent", "min_members")
"""Only other members cure these, and the source sends an event when the members change."""

_FOLLOWING = ("stopped",)
"""The fault of another tenant causes it. That fault decides."""

NO_RETRY = frozenset((*_INPUT, *_SIGN_IN, *_SERVICE, *_GUARD, *_FOLLOWING))


class Retry(NamedTuple):
    """The Services of failed runs, which are sent again.

    services  the names (namespace/name); None for all applications
    since     the time of the first change that a failed run should have published
    """

    services: frozenset[str] | None
    since: float


class Retries:
    """At most one pending retry, of all Services whose last run failed. Times are of a monotonic clock.

    random  returns a number from 0 to 1. It spreads the retries of several sources: a delay is its half, and
            a random part of its other half.
    """

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._failed: dict[str, int] = {}
        """The Services whose last run failed, with the number of its event."""
        self._all_failed: int | None = None
        """The same for a run of all applications."""
        self._attempts = 0
        self._due: float | None = None
        self._since: float | None = None

    def ended(self, run: Run, now: float) -> None:
        """A run of an event of this source ended."""
        if run.sequence is None or run.check_mode:
            return
        if not run.failed or not _is_curable(run):
            self._forget(run, run.sequence)
            return
        self._add(run, run.sequence)
        change = now - (run.from_change or 0.0)
        self._since = change if self._since is None else min(self._since, change)
        if self._due is None:
            delay = min(MOST, FIRST * 2.0**self._attempts)
            self._attempts = min(self._attempts + 1, 10)
            self._due = now + delay * (1 + self._random()) / 2

    @property
    def due(self) -> float | None:
        """The time of the next retry; None if none is pending."""
        return self._due

    def take(self, now: float) -> Retry | None:
        """The retry that is due, once. Its own run decides on the next one."""
        if self._due is None or now < self._due:
            return None
        self._due = None
        services = None if self._all_failed is not None else frozenset(self._failed)
        return Retry(services, now if self._since is None else self._since)

    def _add(self, run: Run, sequence: int) -> None:
        if run.services is None or run.more:
            self._all_failed = sequence
        else:
            self._failed.update(dict.fromkeys(run.services, sequence))

    def _forget(self, run: Run, sequence: int) -> None:
        """Forget the earlier failures of the run's Services.

        Those of the same event stay: another task of the play may publish other applications.
        """
        if run.more:
            return
        if run.services is None:
            if self._all_failed is not None and self._all_failed < sequence:
                self._all_failed = None
            self._failed = {name: failed for name, failed in self._failed.items() if failed >= sequence}
        else:
            for name in run.services:
                if self._failed.get(name, sequence) < sequence:
                    del self._failed[name]
        if not self._failed and self._all_failed is None:
            self._attempts = 0
            self._due = self._since = None


def _is_curable(run: Run) -> bool:
    """True if a repetition may cure a fault of the run. A run that reported no code may have been interrupted."""
    codes = run.codes or ((run.code,) if run.code else ())
    return not codes or any(code not in NO_RETRY for code in codes)
