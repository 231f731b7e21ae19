# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a kubeconfig comes from: a path, a mapping, or its text. This module util is PRIVATE to the collection."""

from __future__ import annotations

from typing import Any

try:
    import yaml
except ImportError:  # comes with the kubernetes package, whose absence _kube.client reports
    pass


def inline(kubeconfig: Any) -> dict[str, Any] | None:
    """The content of a kubeconfig that is not a path: a mapping, or YAML or JSON text. None for a path."""
    if isinstance(kubeconfig, dict):
        return kubeconfig
    if not isinstance(kubeconfig, str) or not ("\n" in kubeconfig.strip() or kubeconfig.lstrip().startswith("{")):
        return None
    try:
        content = yaml.safe_load(kubeconfig)
    except (yaml.YAMLError, NameError):
        return None
    return content if isinstance(content, dict) else None
