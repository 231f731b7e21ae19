# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Started like Python: `warm_client.py SOCKET [FILE ARGUMENT...]` has a fork of the warm interpreter run the file, and ends as that ends.

Without a file, the program is on standard input, as Ansible sends it when it pipelines.
"""

from __future__ import annotations

import array
import marshal
import os
import socket
import sys

if sys.argv[2:3] and sys.argv[2].startswith("-"):  # python -c and the like
    os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
umask = os.umask(0)
os.umask(umask)
asked = marshal.dumps((sys.argv[2:], dict(os.environ), os.getcwd(), umask))
with socket.socket(socket.AF_UNIX) as server:
    server.connect(sys.argv[1])
    server.sendmsg([len(asked).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", (0, 1, 2)))])
    server.sendall(asked)
    status = server.recv(1)
os._exit(status[0] if status else 1)
