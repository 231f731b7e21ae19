# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a BIG-IP that its REST resources read and change."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..auth import Auth
from ..balance import Balancer
from ..device import Device, DeviceError
from ..http import TmError
from ..network import Network
from ..system import System


@dataclass(frozen=True)
class Backend:
    device: Device
    balancer: Balancer
    network: Network
    system: System
    auth: Auth
    save: Callable[[], None]  # "save sys config"

    @contextlib.contextmanager
    def change(self) -> Iterator[None]:
        """A transaction for one request.

        A refusal of mcpd becomes a 400, or a 409 if the object already exists.
        """
        try:
            with self.device.transaction():
                yield
        except DeviceError as refusal:
            raise TmError(409 if "already exists" in str(refusal) else 400, str(refusal)) from None
