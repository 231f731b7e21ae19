# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the tests apart from the connections of the user who runs them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_NAMES = ("KUBECONFIG", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "KUBERNETES_SERVICE_HOST")
_PREFIXES = ("K8S_AUTH_", "VKS_SUPERVISOR_", "F5_")


def hide(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """No kubeconfig, proxy, ServiceAccount or BIG-IP of that user. home: a folder that takes the place of theirs."""
    for name in list(os.environ):
        if name.upper() in _NAMES or name.startswith(_PREFIXES):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    location = "kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION"
    monkeypatch.setattr(location, str(home / ".kube" / "config"))
