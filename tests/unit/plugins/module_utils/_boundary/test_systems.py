# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The systems that answered, in a result."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._boundary import systems


@pytest.mark.parametrize(
    ("kind", "url", "name"),
    [
        (systems.BIGIP, "https://bigip.example.com:443", "bigip.example.com"),
        (systems.BIGIP, "https://192.0.2.1:8443", "192.0.2.1:8443"),
        (systems.KUBERNETES, "https://[2001:db8::1]:6443", "[2001:db8::1]:6443"),
        (systems.KUBERNETES, "https://api.example.com/k8s/clusters/c-1", "api.example.com"),
    ],
)
def test_a_system(kind: str, url: str, name: str) -> None:
    assert systems.described([systems.reported(kind, url)]) == [{"kind": kind, "name": name, "url": url}]


def test_none_answered() -> None:
    assert systems.described([]) == []
