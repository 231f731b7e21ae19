# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The option query: a JMESPath expression over a result."""

from __future__ import annotations

from typing import Any

from .._errors import Failure

try:
    import jmespath
    import jmespath.exceptions
except ImportError:  # reported only if an expression is given
    HAS_JMESPATH = False
else:
    HAS_JMESPATH = True


class Query:
    """One expression. It is compiled before anything is read, so a wrong one costs nothing.

    Raises Failure (library_missing, query_invalid)."""

    def __init__(self, expression: str) -> None:
        if not HAS_JMESPATH:
            raise Failure(
                "library_missing",
                "The option query needs the Python library jmespath, and this Python does not have it",
                remedy="Install it (pip install jmespath) for the Python that runs modules, or omit query.",
            )
        self._text = expression
        try:
            self._expression = jmespath.compile(expression)
        except jmespath.exceptions.JMESPathError as error:
            raise self._failure(error) from None

    def of(self, data: Any) -> Any:
        """The result of the expression; None if nothing matches."""
        try:
            return self._expression.search(data)
        except jmespath.exceptions.JMESPathError as error:
            raise self._failure(error) from None

    def _failure(self, error: Exception) -> Failure:
        return Failure(
            "query_invalid",
            f"The option query is {self._text!r}",
            said=" ".join(str(error).split()),
            remedy="See https://jmespath.org.",
        )
