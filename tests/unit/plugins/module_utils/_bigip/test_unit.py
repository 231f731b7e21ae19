# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The allowed elements of provider.server."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure


@pytest.fixture(autouse=True)
def plain_http() -> None:
    """Here TLS is the matter."""


UNITS = {
    "bigip.example.com": "https://bigip.example.com:443",
    "bigip.example.com:8443": "https://bigip.example.com:8443",
    "192.0.2.1": "https://192.0.2.1:443",
    "2001:db8::1": "https://[2001:db8::1]:443",
    "[2001:db8::1]": "https://[2001:db8::1]:443",
    "[2001:db8::1]:8443": "https://[2001:db8::1]:8443",
    " bigip ": "https://bigip:443",
    "https://bigip.example.com/": "https://bigip.example.com:443",
    "https://bigip.example.com:8443": "https://bigip.example.com:8443",
}


@pytest.mark.parametrize("server, url", UNITS.items())
def test_unit_of(server: str, url: str) -> None:
    assert transport.unit_of(server, 443).url == url


@pytest.mark.parametrize("server", ["http://bigip", "bigip/mgmt", "user@bigip", "big ip", "bigip:port", "https://", "bigip:0x1"])
def test_not_a_unit(server: str) -> None:
    with pytest.raises(Failure) as caught:
        transport.unit_of(server, 443)
    assert caught.value.code == "bigip_options"
