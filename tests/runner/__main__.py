# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Started by tests/run, in the main environment."""

from __future__ import annotations

import signal
import sys
from typing import Any

from .environments import SetupError
from .schedule import main


def _terminated(*_args: Any) -> None:
    raise KeyboardInterrupt


signal.signal(signal.SIGTERM, _terminated)
try:
    sys.exit(main(sys.argv[1:]))
except SetupError as error:
    sys.exit(str(error))
except KeyboardInterrupt:
    sys.exit("interrupted; what was started has been ended")
