# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs publish in a warm interpreter as Ansible would: arguments on standard input, result on standard output.

The last line is how long it took, in seconds of its own clock.
"""

from __future__ import annotations

import sys
import time

from ansible_collections.vks.bigip.plugins.modules.publish import main

began = time.monotonic()
try:
    main()
except SystemExit:
    pass
except BaseException:
    sys.excepthook(*sys.exc_info())
finally:
    print(f"\n{time.monotonic() - began}", flush=True)
