# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The options that reach the Supervisor."""

from __future__ import annotations

from typing import Any

from .._boundary.unset import environment, environment_file

SUPERVISOR_OPTIONS: dict[str, dict[str, Any]] = {
    "supervisor_kubeconfig": {"type": "raw", "fallback": (environment_file, ["VKS_SUPERVISOR_KUBECONFIG"])},
    "supervisor_context": {"type": "str", "fallback": (environment, ["VKS_SUPERVISOR_CONTEXT"])},
    "supervisor_namespace": {"type": "str", "fallback": (environment, ["VKS_SUPERVISOR_NAMESPACE"])},
    "cluster_name": {"type": "str", "fallback": (environment, ["VKS_SUPERVISOR_CLUSTER_NAME"])},
}
REQUIRED_BY = {
    name: ("supervisor_namespace", "cluster_name") for name in ("supervisor_kubeconfig", "supervisor_context")
}
