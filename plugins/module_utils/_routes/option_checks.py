# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The checks of the options that pod_routes and pod_bgp share. Each raises Failure if a value is not valid."""

from __future__ import annotations

import ipaddress
import re
from typing import Iterable

from .._errors import Failure

LARGEST_DOMAIN = 65534
_PARTITION = re.compile("[A-Za-z][A-Za-z0-9_.-]{0,63}")
_LONGEST = 128  # characters of a name in a description


def refused(what: str, remedy: str) -> Failure:
    return Failure("options", what, remedy=remedy)


def number(name: str, value: int | None, least: int, most: int) -> None:
    if value is not None and not least <= value <= most:
        raise refused(f"{name}: {value} is not valid", f"Set a number from {least} to {most}.")


def partition(text: str) -> None:
    if not _PARTITION.fullmatch(text):
        raise refused(f"partition: {text!r} is not a valid name", "Name a partition.")


def name_in_marks(name: str, text: str | None) -> None:
    """Check a text that the descriptions of objects on BIG-IP contain."""
    if text is not None and not (text.strip() and len(text) <= _LONGEST and text.isprintable()):
        raise refused(
            f"{name}: {text!r:.200} is not valid", f"It is a text of at most {_LONGEST} visible characters."
        )


def networks(texts: Iterable[str]) -> None:
    """Check node_network."""
    for text in texts:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            remedy = "Set the network of the nodes as a CIDR, such as 10.0.0.0/16."
            raise refused(f"node_network: {error}", remedy) from None
