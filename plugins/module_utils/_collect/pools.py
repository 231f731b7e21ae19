# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The pools of a task's sources, resolved over one snapshot that further reads extend."""

from __future__ import annotations

from typing import Iterable, Mapping, Sequence, Union

from .._errors import Failure
from .._members import auto, believed
from .._members.explain import UNEXPLAINED
from .._members.model import Pool, Snapshot
from .._members.resolve import resolve
from .._members.service import find_port
from .._members.source import Source
from .reads import Reads

# Unions that are evaluated when they run: ansible-test's pylint takes | for too new.
PoolOrFailure = Union[Pool, Failure]  # noqa: UP007
Routable = Union[auto.Routable, bool, None]  # noqa: UP007

CLOSABLE_BY_RANGES = frozenset([believed.OUTSIDE])  # a gap that another port range may close


def gaps(outcome: PoolOrFailure, reasons: frozenset[str]) -> int:
    """Return how many candidates a pool leaves out for these reasons, except those that no wait changes."""
    if not isinstance(outcome, Pool):
        return 0
    return sum(item.reason in reasons and not item.lasting for item in outcome.left_out)


class Pools:
    """`outcomes`: a Pool or a Failure for each source, in their order."""

    def __init__(
        self,
        reads: Reads,
        snapshot: Snapshot,
        sources: Sequence[Source],
        published: Mapping[str, str],
        routable: Routable,
    ) -> None:
        self._reads = reads
        self._published = published
        self._routable = (
            (lambda _addresses, _key, _published: routable) if isinstance(routable, bool) else routable
        )
        self.snapshot = snapshot
        self.sources = sources
        self.outcomes: list[PoolOrFailure] = []

    def read(self) -> None:
        """Read what the sources need, and resolve each. Antrea's configuration is read only for mode auto."""
        self._reads.backends(self.snapshot, self.sources)
        if any(self._lacks_evidence(source) for source in self.sources):
            self._reads.npl_state(self.snapshot)
        self.outcomes = [self._outcome(source) for source in self.sources]

    def read_again(self, numbers: Sequence[int]) -> None:
        """Read the endpoints of these sources again, and resolve them."""
        self._reads.backends(self.snapshot, [self.sources[number] for number in numbers])
        self._resolve(numbers)

    def explain(self, numbers: Sequence[int] | None = None) -> None:
        """Read the state of Antrea if a gap of these sources (default: all) needs it, and resolve them."""
        chosen = range(len(self.sources)) if numbers is None else numbers
        if any(gaps(self.outcomes[number], UNEXPLAINED) for number in chosen):
            unexplained = [
                source for source, pool in zip(self.sources, self.outcomes) if gaps(pool, UNEXPLAINED)
            ]
            self._reads.npl(self.snapshot, unexplained)
            self._resolve(chosen)

    def _resolve(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.outcomes[number] = self._outcome(self.sources[number])

    def _outcome(self, source: Source) -> PoolOrFailure:
        pool = self._resolved(source)
        while gaps(pool, CLOSABLE_BY_RANGES) and self._reads.ranges(self.snapshot):
            pool = self._resolved(source)
        if isinstance(pool, Failure):
            return pool
        # The Service may have chosen the mode (auto): a read that is denied then fails this pool only.
        if pool.mode == "nodeport" and self.snapshot.nodes is None:
            return self._reads.nodes_denied()
        if pool.mode == "nodeportlocal":
            return self._reads.pods_denied.get(source.namespace, pool)
        return pool

    def _resolved(self, source: Source) -> PoolOrFailure:
        try:
            return resolve(self.snapshot, source, self._published.get(source.key), self._routable)
        except Failure as failed:
            return failed

    def _lacks_evidence(self, source: Source) -> bool:
        service = self.snapshot.services.get((source.namespace, source.name))
        if source.mode != "auto" or service is None:
            return False
        try:
            port = find_port(service, source.port, source.path)
        except Failure:
            return False  # resolve() reports the wrong port
        return auto.lacks_evidence(self.snapshot, service, port)
