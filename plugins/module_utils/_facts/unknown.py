# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""A fact that could not be read is an Unknown with its reason, never a default value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, Union

T = TypeVar("T")


@dataclass(frozen=True)
class Unknown:
    """A fact that could not be read, and the reason."""

    why: str


NOT_READ = Unknown("it was not read")


class NotKnown(Exception):
    """Raised for a fact that is needed and Unknown."""


def need(fact: Union[T, Unknown]) -> T:  # noqa: UP007 evaluated when it runs
    """Return the fact, or raise NotKnown with the reason."""
    if isinstance(fact, Unknown):
        raise NotKnown(fact.why)
    return fact
