# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services: the virtual servers and their addresses."""

from __future__ import annotations

from ..terms import Rule, flag, group, just, kind, many, number, one_of, pointer, text, use, word, word_or

CLASSES: dict[str, Rule] = {
    "Service_HTTP": kind(
        {
            "class": just("Service_HTTP"),
            "virtualPort": one_of(number(), pointer("Firewall_Port_List", "Net_Port_List"), default=80),
        },
        required="class",
        also=[use("Service_HTTP_Core")],
        more={
            "dependencies": {
                "serverTLS": {"not": {}},
                "profileConnectivity": one_of(
                    {"required": ["profileAccess"]},
                    {"required": ["profilePingAccess"]},
                    {"required": ["policyIAM"]},
                ),
                "policyPerRequestAccess": one_of(
                    {"required": ["profileAccess"]},
                    {"required": ["profilePingAccess"]},
                    {"required": ["policyIAM"]},
                ),
            }
        },
    ),
    "Service_HTTPS": kind(
        {
            "class": just("Service_HTTPS"),
            "virtualPort": one_of(number(), pointer("Firewall_Port_List", "Net_Port_List"), default=443),
            "redirect80": flag(True),
            "profileHTTP2": {
                "type": ["string", "object"],
                "oneOf": [
                    word("basic"),
                    pointer("HTTP2_Profile"),
                    group(
                        {
                            "ingress": {"type": "object", "allOf": [pointer("HTTP2_Profile")]},
                            "egress": {"type": "object", "allOf": [pointer("HTTP2_Profile")]},
                        },
                        closed=True,
                        least=1,
                        most=2,
                    ),
                ],
            },
        },
        also=[use("Service_HTTP_Core")],
    ),
    "Service_TCP": kind(
        {
            "class": just("Service_TCP"),
            "mqttEnabled": flag(False),
            "persistenceMethods": many(use("Basic_Persist"), default=["source-address"]),
            "profileSIP": use("Pointer_SIP_Profile"),
            "profileFTP": pointer("FTP_Profile"),
            "profileILX": use("Pointer_ILX_Profile"),
            "profilePPTP": pointer("PPTP_Profile"),
            "profileConnector": pointer("Connector_Profile"),
            "profileRTSP": pointer("RTSP_Profile"),
            "profileSOCKS": pointer("SOCKS_Profile"),
            "profileICAP": pointer("ICAP_Profile"),
        },
        required="class",
        also=[use("Service_TCP_Core")],
        more={
            "if": {"not": {"properties": {"virtualType": just("internal")}}},
            "then": {"required": ["virtualPort"], "not": {"required": ["profileICAP"]}},
        },
    ),
    "Service_UDP": kind(
        {
            "class": just("Service_UDP"),
            "persistenceMethods": many(use("Basic_Persist"), default=["source-address"]),
        },
        required="class",
        also=[use("Service_UDP_Core")],
        more={
            **{
                "if": {"not": {"properties": {"virtualType": just("internal")}}},
                "then": {"required": ["virtualPort"]},
            },
            "dependencies": {
                "virtualType": {
                    "if": {"properties": {"virtualType": just("stateless")}},
                    "then": {
                        "properties": {
                            "translateClientPort": just(False),
                            "translateServerPort": just(False),
                        },
                        "required": ["pool"],
                    },
                }
            },
        },
    ),
    "Service_SCTP": kind(
        {
            "class": just("Service_SCTP"),
            "virtualPort": {
                "oneOf": [number(), pointer("Firewall_Port_List", "Net_Port_List")],
                "minimum": 0,
                "maximum": 65535,
            },
            "profileSCTP": use("Pointer_SCTP_Profile"),
            "layer4": just("sctp", default="sctp"),
        },
        required="class virtualPort",
        also=[use("Service_Core")],
    ),
    "Service_L4": kind(
        {
            "class": just("Service_L4"),
            "persistenceMethods": many(use("Basic_Persist"), default=["source-address"]),
        },
        required="class virtualPort",
        also=[use("Service_L4_Core")],
        more={"not": {"required": ["profileTrafficLog"]}},
    ),
    "Service_Generic": kind(
        {
            "class": just("Service_Generic"),
            "layer4": text(default="any"),
            "profileIPOther": {**pointer("IP_Other_Profile"), "default": {"bigip": "/Common/ipother"}},
        },
        required="class",
        also=[use("Service_L4_Core")],
    ),
    "Service_Forwarding": kind(
        {
            "class": just("Service_Forwarding"),
            "forwardingType": word("ip l2"),
            "layer4": text(default="any"),
            "profileL4": word_or("basic", pointer("L4_Profile")),
        },
        required="class forwardingType",
        also=[
            {
                "if": {"properties": {"forwardingType": just("ip")}},
                "then": {
                    "properties": {
                        "translateServerPort": just(False, default=False),
                        "translateServerAddress": just(False, default=False),
                    }
                },
            },
            use("Service_Core"),
        ],
        more={
            "not": {
                "anyOf": [
                    {"required": ["fallbackPersistenceMethod"]},
                    {"required": ["persistenceMethods"]},
                    {"required": ["pool"]},
                    {"required": ["profileBotDefense"]},
                    {"required": ["profileDiameterEndpoint"]},
                    {"required": ["profileDNS"]},
                    {"required": ["profileIPOther"]},
                    {"required": ["profileProtocolInspection"]},
                    {"required": ["profileRewrite"]},
                    {"required": ["profileTrafficLog"]},
                    {"required": ["sourceAddress"]},
                ]
            }
        },
    ),
    "Service_Address": kind(
        {
            "class": just("Service_Address"),
            "label": use("Label"),
            "remark": use("Remark"),
            "virtualAddress": text(format="f5ip"),
            "arpEnabled": flag(True),
            "icmpEcho": word("enable disable selective", default="enable"),
            "serverScope": word("any all none", default="any"),
            "routeAdvertisement": word("enable disable selective always any all", default="disable"),
            "spanningEnabled": flag(False),
            "trafficGroup": text(default="default"),
            "autoDelete": flag(True),
            "useIpName": flag(False),
        },
        closed=True,
        required="virtualAddress",
        more={
            "dependencies": {
                "arpEnabled": {
                    "if": {"properties": {"arpEnabled": just(True)}},
                    "then": {"properties": {"spanningEnabled": just(False)}},
                }
            }
        },
    ),
}
