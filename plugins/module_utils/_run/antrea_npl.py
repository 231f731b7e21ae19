# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module antrea_npl."""

from __future__ import annotations

from contextlib import closing, nullcontext
from typing import Any, Callable, Mapping

from .._antrea.engine import Engine
from .._boundary.parameters import field_values
from .._cluster.supervisor_api import connect
from .._deadline import Deadline
from .._kube.client import Client
from .._npl.options import NplOptions


def antrea_npl(params: Mapping[str, Any], check_mode: bool, warn: Callable[[str], None]) -> dict[str, Any]:
    """Return the module's result for its parameters."""
    options = NplOptions(**field_values(NplOptions, params))
    options.check()
    deadline = Deadline(options.timeout)
    with closing(Client(params, deadline)) as client:
        client.warn = warn
        above = connect(params, deadline)
        with closing(above) if above is not None else nullcontext():
            return Engine(options, client, above, check_mode, warn).run()
