# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The reports of all streams together: the known state, and if the source may rely on it."""

from __future__ import annotations

from typing import Any, Callable, Sequence

from .known import Change, Known
from .problem import Problem
from .subjects import Subject


class Feed:
    """The sink of all streams (stream.Sink).

    changed    takes the changes of a stream that was read at least once; none if only `is_read` may be another
    refused    takes a problem that no other stream has reported
    recovered  is called when the last problem has ended
    restarted  takes a subject that is read again as a whole
    """

    def __init__(
        self,
        known: Known,
        subjects: Sequence[Subject],
        changed: Callable[[Sequence[Change]], None],
        refused: Callable[[Problem], None],
        recovered: Callable[[], None],
        restarted: Callable[[Subject], None],
    ) -> None:
        self._known = known
        self._changed = changed
        self._refused = refused
        self._recovered = recovered
        self.restart = restarted
        self._unread = set(subjects)
        self._late: set[Subject] = set()  # the resync at the start did not wait for these
        self._problems: dict[Subject, Problem] = {}

    @property
    def is_read(self) -> bool:
        """True if each subject was read, or is refused."""
        return all(subject in self._problems for subject in self._unread)

    def begin(self, subject: Subject) -> None:
        self._known.begin(subject)

    def put(self, subject: Subject, raw: dict[str, Any], deleted: bool) -> None:
        self._report(subject, self._known.put(subject, raw, deleted))

    def end(self, subject: Subject) -> None:
        self._report(subject, self._known.end(subject))
        self._unread.discard(subject)
        late = [Change(None, subject.kind, "read")] if subject in self._late else []
        self._late.discard(subject)
        self._changed(late)

    def _report(self, subject: Subject, changes: Sequence[Change]) -> None:
        """The first objects of a subject are not a change: a resync follows, or `end` reports all of them."""
        if changes and subject not in self._unread:
            self._changed(changes)

    def refuse(self, subject: Subject, problem: Problem) -> None:
        is_new = all(known.place != problem.place for known in self._problems.values())
        self._problems[subject] = problem
        if subject in self._unread:
            self._late.add(subject)
        if is_new:
            self._refused(problem)
        self._changed(())

    def accept(self, subject: Subject) -> None:
        if self._problems.pop(subject, None) and not self._problems:
            self._recovered()
