# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The allowed elements of provider.server."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.module_utils._bigip.unit import Unit
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure


@pytest.fixture(autouse=True)
def plain_http() -> None:
    """Here TLS is the matter."""


UNITS = {
    # what the user gives: the URL
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
    name = server.strip().removeprefix("https://").rstrip("/")
    assert transport.unit_of(server, 443) == Unit(name, url)


@pytest.mark.parametrize("server", ["http://bigip", "bigip/mgmt", "user@bigip", "big ip", "bigip:port", "https://", "bigip:0x1", "bigip?x=1", "https://a://b"])
def test_not_a_unit(server: str) -> None:
    with pytest.raises(Failure) as caught:
        transport.unit_of(server, 443)
    if server.startswith("http://"):
        remedy = "iControl REST is reached by https: give only the name or address."
        expected = Failure("bigip_options", f"provider.server is {server!r}", remedy=remedy)
    else:
        remedy = "Give a host name or an IP address, with :port behind it if needed."
        expected = Failure("bigip_options", f"provider.server holds {server!r}", remedy=remedy)
    assert caught.value.as_dict() == expected.as_dict()
