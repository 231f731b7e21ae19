# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of classes is complete: these are the names of AS3's schema, read without the table's tool."""

from __future__ import annotations

import json
import re

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import classes
from ansible_collections.vks.bigip.tests.unit.support.executed import executed

CLASSES = """
ALG_Log_Profile Access_Profile Adapt_Profile Address_Discovery Analytics_Profile Analytics_TCP_Profile
Application Bandwidth_Control_Policy Bot_Defense_Profile CA_Bundle Certificate Certificate_Validator_OCSP
Cipher_Group Cipher_Rule Classification_Profile Connector_Profile Controls DNS_Cache DNS_Logging_Profile
DNS_Nameserver DNS_Profile DNS_TSIG_Key DNS_Zone DOS_Profile Data_Group Endpoint_Policy Endpoint_Strategy
Enforcement_Diameter_Endpoint_Profile Enforcement_Format_Script Enforcement_Forwarding_Endpoint
Enforcement_Interception_Endpoint Enforcement_Listener Enforcement_Policy Enforcement_Profile
Enforcement_Radius_AAA_Profile Enforcement_Service_Chain_Endpoint
Enforcement_Subscriber_Management_Profile Enforcement_iRule FIX_Profile FTP_Profile Firewall_Address_List
Firewall_Policy Firewall_Port_List Firewall_Rule_List GSLB_Data_Center GSLB_Domain GSLB_Monitor GSLB_Pool
GSLB_Prober_Pool GSLB_Server GSLB_Topology_Records GSLB_Topology_Region GSLB_iRule HTML_Profile HTML_Rule
HTTP2_Profile HTTP_Acceleration_Profile HTTP_Compress HTTP_Profile ICAP_Profile IP_Intelligence_Policy
IP_Other_Profile Idle_Timeout_Policy JSON_Profile L4_Profile Log_Destination Log_Publisher Monitor
Multiplex_Profile NAT_Policy NAT_Source_Translation Net_Address_List Net_Port_List PPTP_Profile
Per_Request_Access_Policy Persist Ping_Access_Agent_Properties Ping_Access_Profile Pool
Protocol_Inspection_Profile RTSP_Profile Radius_Profile Rewrite_Profile SIP_Profile SNAT_Pool
SNAT_Translation SOCKS_Profile SSE_Profile SSH_Proxy_Profile Security_Log_Profile Service_Address
Service_Forwarding Service_Generic Service_HTTP Service_HTTPS Service_L4 Service_Profile Service_SCTP
Service_TCP Service_UDP Splitsession_Client_Profile Statistics_Profile Stream_Profile TCP_Profile
TFTP_Profile TLS_Client TLS_Server Tenant Traffic_Log_Profile UDP_Profile WAF_Policy WebSocket_Profile
iFile iRule
"""
"""The constants of `class` in as3-schema-3.56.0.json, without those of the declaration itself."""
MONITORS = """
dns external ftp http http2 https icmp inband ldap mysql postgresql radius sip smtp tcp tcp-half-open udp
"""
PERSISTENCE = """
cookie destination-address hash msrdp sip-info source-address tls-session-id universal
"""


@pytest.fixture
def words() -> dict[str, str]:
    """The table as a new process reads it."""
    table: dict[str, str] = executed(classes).WORDS
    return table


def test_each_class_of_as3_is_in_the_table(words: dict[str, str]) -> None:
    assert set(words) == {
        *CLASSES.split(),
        "Pool_Member",
        *(f"Monitor/{name}" for name in MONITORS.split()),
        *(f"Persist/{name}" for name in PERSISTENCE.split()),
    }


def test_each_word_is_a_property_with_types_and_perhaps_a_default(words: dict[str, str]) -> None:
    for name, line in words.items():
        for word in line.split():
            found = re.fullmatch("([$A-Za-z0-9_.-]+):([binsao&]*)(=(.+))?", word)
            assert found is not None, f"{name}: {word}"
            assert found[3] is None or json.loads(found[4]) is not None, f"{name}: {word}"
