# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Check the input of filters that take a dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Undefined


def is_mapping(value: Any) -> bool:
    """True for a dictionary. An undefined variable fails as elsewhere in a template, with its name.

    Up to ansible-core 2.18, filters get it as an object. ansible-lint accepts only that failure: it reads roles
    without their variables.
    """
    if isinstance(value, Undefined):
        value._fail_with_undefined_error()
    return isinstance(value, Mapping)
