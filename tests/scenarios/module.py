# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`module.py MODULE BYTES` runs a module in a warm interpreter as Ansible would: arguments on standard input, result on standard output.

BYTES: the maximum size of the process; 0 for no limit. The last line is its time, in seconds of its own
  clock.
"""

from __future__ import annotations

import importlib
import resource
import sys
import time

main = importlib.import_module(f"ansible_collections.vks.bigip.plugins.modules.{sys.argv[1]}").main
if int(sys.argv[2]):
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
del sys.argv[1:]  # Ansible reads them
began = time.monotonic()
try:
    main()
except SystemExit:
    pass
except BaseException:
    sys.excepthook(*sys.exc_info())
finally:
    print(f"\n{time.monotonic() - began}", flush=True)
