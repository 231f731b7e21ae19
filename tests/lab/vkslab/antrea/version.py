# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Antrea releases, and what NodePortLocal is in each of them."""

from __future__ import annotations

import re
from typing import NamedTuple

#: The version that VKS 3.7 ships.
DEFAULT = "2.5.2"


class Version(NamedTuple):
    major: int
    minor: int
    patch: int = 0

    @classmethod
    def read(cls, text: str) -> Version:
        found = re.fullmatch(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-+].*)?", text)
        if not found:
            raise ValueError(f"{text!r} is not an Antrea version such as {DEFAULT}")
        return cls(int(found[1]), int(found[2]), int(found[3] or 0))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def tcp_only(self) -> bool:
        return self < (1, 4)

    @property
    def one_port_for_all_protocols(self) -> bool:
        return (1, 4) <= self < (1, 7)

    @property
    def by_family(self) -> bool:
        """A table of ports for each family, ``ipFamily`` in the annotation, node addresses from the Node."""
        return self >= (2, 6)

    @property
    def fields(self) -> tuple[str, ...]:
        """Of an annotation's entry, what the release reads and writes, in its order. It ignores any other."""
        always = ("podPort", "nodeIP", "nodePort")
        if self >= (2, 6):
            return (*always, "protocol", "ipFamily")
        if self >= (2, 0):
            return (*always, "protocol")
        if self >= (1, 7):
            return (*always, "protocol", "protocols")
        return (*always, "protocols") if self.one_port_for_all_protocols else always

    @property
    def gate_default(self) -> bool:
        return self >= (1, 4)

    @property
    def has_enable(self) -> bool:
        """``nodePortLocal.enable`` counts, besides the gate."""
        return self >= (1, 4)

    @property
    def checks_unused_range(self) -> bool:
        """A range is checked with the gate on, even though NodePortLocal is not enabled."""
        return self < (1, 14)

    @property
    def strict_config(self) -> bool:
        return self < (2, 0)

    @property
    def default_range(self) -> str:
        return "61000-62000" if self >= (1, 2) else "40000-41000"

    @property
    def config_map(self) -> str:
        """Manifests up to 1.6 had kustomize's hash in the name."""
        return "antrea-config" if self >= (1, 7) else "antrea-config-f5d8g47b88"

    @property
    def shows_range(self) -> bool:
        """AntreaAgentInfo has nodePortLocalPortRange."""
        return self >= (1, 10)

    @property
    def has_bgp(self) -> bool:
        return self >= (2, 1)
