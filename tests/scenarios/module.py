# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs publish, or the module named, in a warm interpreter as Ansible would: arguments on standard input, result on standard output.

The last line is how long it took, in seconds of its own clock.
"""

from __future__ import annotations

import importlib
import sys
import time

name = sys.argv.pop() if len(sys.argv) > 1 else "publish"  # a word that is left would be arguments to Ansible
main = importlib.import_module(f"ansible_collections.vks.bigip.plugins.modules.{name}").main

began = time.monotonic()
try:
    main()
except SystemExit:
    pass
except BaseException:
    sys.excepthook(*sys.exc_info())
finally:
    print(f"\n{time.monotonic() - began}", flush=True)
