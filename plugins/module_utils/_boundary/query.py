# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A JMESPath expression of the user's, over a result. This module util is PRIVATE to the collection."""

from __future__ import annotations

from typing import Any

from .._errors import Failure

try:
    import jmespath
    import jmespath.exceptions
except ImportError:  # reported when an expression is given, so that the module works without one
    HAS_JMESPATH = False
else:
    HAS_JMESPATH = True


class Query:
    """Made before anything is read, so that a wrong expression costs nothing."""

    def __init__(self, expression: str) -> None:
        if not HAS_JMESPATH:
            raise Failure(
                "library_missing",
                "The option query needs the Python library jmespath, and this Python does not have it",
                remedy="Install it into the Python that runs the module (pip install jmespath), or leave query out.",
            )
        self._text = expression
        try:
            self._expression = jmespath.compile(expression)
        except jmespath.exceptions.JMESPathError as error:
            raise self._failure(error) from None

    def of(self, data: Any) -> Any:
        """What the expression finds; None if it finds nothing."""
        try:
            return self._expression.search(data)
        except jmespath.exceptions.JMESPathError as error:
            raise self._failure(error) from None

    def _failure(self, error: Exception) -> Failure:
        return Failure("query_invalid", f"The option query is {self._text!r}", said=" ".join(str(error).split()), remedy="See https://jmespath.org.")
