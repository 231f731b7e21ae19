# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML as a person reads it, and as a ConfigMap has it. This module util is PRIVATE to the collection."""

from __future__ import annotations

from typing import Any

try:
    import yaml
except ImportError:  # comes with the kubernetes package, whose absence _kube.client reports
    pass


def dump(content: Any) -> str:
    return str(yaml.safe_dump(content, sort_keys=True, default_flow_style=False)) if content else ""


def load(text: str | None) -> dict[str, Any]:
    """A text that was understood before."""
    return dict(yaml.safe_load(text or "") or {})
