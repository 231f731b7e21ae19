# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a BIG-IP that its REST resources read and change."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from ..auth import Auth
from ..balance import Balancer
from ..device import Device, DeviceError, Missing
from ..http import TmError
from ..network import Network
from ..system import System
from ..transactions import Transactions


@dataclass(frozen=True)
class Backend:
    device: Device
    balancer: Balancer
    network: Network
    system: System
    auth: Auth
    transactions: Transactions

    @contextlib.contextmanager
    def change(self) -> Iterator[None]:
        """A transaction for one request.

        A refusal of mcpd becomes a 400, a 409 if the object already exists, or a 404 if it refers to one that
        does not.
        """
        try:
            with self.device.transaction():
                yield
                self._suffer_fault()
        except DeviceError as refusal:
            raise TmError(_status(refusal), str(refusal)) from None

    def save(self) -> None:
        """``save sys config``"""
        try:
            self._suffer_fault()
        except DeviceError as refusal:
            raise TmError(_status(refusal), str(refusal)) from None
        self.device.save()

    def _suffer_fault(self) -> None:
        if self.device.refusal:
            raise DeviceError(self.device.refusal)


def _status(refusal: DeviceError) -> int:
    if isinstance(refusal, Missing):
        return 404
    return 409 if "already exists" in str(refusal) else 400
