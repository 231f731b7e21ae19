# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The systems with which a task communicated, as its result lists them.

AAP counts them as managed nodes (extensions/audit/event_query.yml). It can only use what the result has: from
ansible-core 2.21 on, the result does not contain the task's arguments.
"""

from __future__ import annotations

from typing import Iterable
from urllib.parse import urlsplit

BIGIP, KUBERNETES = "bigip", "kubernetes"


def reported(kind: str, url: str) -> str:
    """The text for notices.systems."""
    return f"{kind} {url}"


def described(reports: Iterable[str]) -> list[dict[str, str]]:
    """Each system with its kind, its URL, and its name: the host, with the port if it is not 443."""
    found = []
    for report in reports:
        kind, _space, url = report.partition(" ")
        found.append({"kind": kind, "name": urlsplit(url).netloc.removesuffix(":443"), "url": url})
    return found
