# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that the services share."""

from __future__ import annotations

from ..terms import (
    Rule,
    flag,
    just,
    kind,
    many,
    name_or_pointer,
    number,
    one_of,
    pointer,
    text,
    use,
    word,
    word_or,
)

PARTS: dict[str, Rule] = {
    "Service_Core": kind(
        {
            "label": use("Label"),
            "remark": use("Remark"),
            "virtualAddresses": one_of(
                many(
                    {
                        "if": text(),
                        "then": {"format": "f5ip"},
                        "else": {
                            "if": many({}),
                            "then": many(
                                {
                                    "if": text(),
                                    "then": {"format": "f5ip"},
                                    "else": pointer("Service_Address"),
                                },
                                least=2,
                                most=2,
                                unique=True,
                            ),
                            "else": pointer("Service_Address"),
                        },
                    },
                    least=1,
                    unique=True,
                ),
                pointer("Firewall_Address_List", "Net_Address_List"),
            ),
            "serviceDownImmediateAction": word("none drop reset", default="none"),
            "shareAddresses": flag(False),
            "sourceAddress": one_of(
                text(format="f5ip"), pointer("Firewall_Address_List", "Net_Address_List")
            ),
            "enable": flag(True),
            "maxConnections": number(lo=0, default=0),
            "snat": word_or("none self auto", pointer("SNAT_Pool", component="ltm snatpool"), default="auto"),
            "iRules": many(name_or_pointer("iRule")),
            "pool": name_or_pointer("Pool", component="ltm pool"),
            "addressStatus": flag(True),
            "mirroring": word("none L4", default="none"),
            "policyBandwidthControl": pointer("Bandwidth_Control_Policy"),
            "policyFirewallEnforced": pointer("Firewall_Policy"),
            "policyFirewallStaged": pointer("Firewall_Policy"),
            "policyNAT": pointer("NAT_Policy"),
            "policyIdleTimeout": pointer("Idle_Timeout_Policy"),
            "lastHop": word_or(
                "default auto disable", pointer("Pool", component="ltm pool"), default="default"
            ),
            "translateClientPort": {
                "type": ["boolean", "string"],
                "default": False,
                "oneOf": [flag(), word("change preserve preserve-strict")],
            },
            "translateServerAddress": flag(True),
            "translateServerPort": flag(True),
            "serversslUseSni": flag(False),
            "nat64Enabled": flag(False),
            "httpMrfRoutingEnabled": flag(False),
            "persistenceMethods": many(use("Basic_Persist")),
            "fallbackPersistenceMethod": use("Basic_Persist"),
            "allowVlans": many({"bigip": {"type": "string", "format": "f5bigip"}}),
            "rejectVlans": many({"bigip": {"type": "string", "format": "f5bigip"}}),
            "securityLogProfiles": many(pointer("Security_Log_Profile")),
            "profileDiameterEndpoint": pointer("Enforcement_Diameter_Endpoint_Profile"),
            "profileEnforcement": pointer("Enforcement_Profile"),
            "profileSubscriberManagement": pointer("Enforcement_Subscriber_Management_Profile"),
            "profileIPOther": pointer("IP_Other_Profile"),
            "profileClassification": pointer("Classification_Profile"),
            "profileDNS": pointer("DNS_Profile"),
            "profileStatistics": pointer("Statistics_Profile"),
            "profileTrafficLog": pointer("Traffic_Log_Profile"),
            "profileRewrite": pointer("Rewrite_Profile"),
            "profileProtocolInspection": pointer("Protocol_Inspection_Profile"),
            "metadata": use("Metadata"),
            "rateLimit": number(lo=0, default=0),
            "clonePools": use("Clone_Pools"),
            "maximumBandwidth": one_of(number(lo=10, hi=1000000), just("infinite")),
            "ipIntelligencePolicy": pointer("IP_Intelligence_Policy"),
            "profileIntegratedBotDefense": use("Pointer_Integrated_Bot_Defense_Profile"),
            "adminState": word("enable disable", default="enable"),
        },
        also=[
            {
                "if": {"properties": {"allowVlans": {}}, "required": ["allowVlans"]},
                "then": {"not": {"properties": {"rejectVlans": {}}, "required": ["rejectVlans"]}},
            },
            {
                "if": {"not": {"required": ["virtualType"], "properties": {"virtualType": just("internal")}}},
                "then": {"required": ["virtualAddresses"]},
            },
            {
                "if": {
                    "properties": {"virtualAddresses": many(many({}, least=2, most=2))},
                    "required": ["virtualAddresses"],
                },
                "then": {"not": {"properties": {"sourceAddress": {}}, "required": ["sourceAddress"]}},
            },
            use("Include"),
        ],
        more={"dependencies": {"fallbackPersistenceMethod": ["persistenceMethods"]}},
    ),
    "Service_TCP_Core": kind(
        {
            "virtualType": word("standard internal", default="standard"),
            "virtualPort": {
                "oneOf": [number(), pointer("Firewall_Port_List", "Net_Port_List")],
                "minimum": 0,
                "maximum": 65535,
            },
            "layer4": just("tcp", default="tcp"),
            "profileFIX": pointer("FIX_Profile"),
            "profileTCP": word_or(
                "normal lan wan mobile",
                {
                    "type": "object",
                    "properties": {
                        "use": text(least=1, to=["TCP_Profile"]),
                        "bigip": text(format="f5bigip"),
                        "ingress": word_or("normal lan wan mobile", pointer("TCP_Profile")),
                        "egress": word_or("normal lan wan mobile", pointer("TCP_Profile")),
                    },
                    "additionalProperties": False,
                    "dependencies": {
                        "use": {"minProperties": 1, "maxProperties": 1},
                        "bigip": {"minProperties": 1, "maxProperties": 1},
                        "ingress": {"minProperties": 2, "maxProperties": 2},
                        "egress": {"minProperties": 2, "maxProperties": 2},
                    },
                    "component": "ltm profile tcp",
                },
                default="normal",
            ),
            "profileAnalyticsTcp": pointer("Analytics_TCP_Profile"),
            "profileService": pointer("Service_Profile"),
            "profileSplitsessionClient": pointer("Splitsession_Client_Profile"),
            "profileSSHProxy": pointer("SSH_Proxy_Profile"),
            "serverTLS": {
                "if": text(),
                "then": {"minLength": 1, "to": ["TLS_Server"]},
                "else": {
                    "if": {"type": "object"},
                    "then": pointer("TLS_Server"),
                    "else": many(pointer("TLS_Server")),
                },
            },
            "clientTLS": {
                "if": text(),
                "then": {"minLength": 1, "to": ["TLS_Client"]},
                "else": {
                    "if": {"type": "object"},
                    "then": pointer("TLS_Client"),
                    "else": many(pointer("TLS_Client")),
                },
            },
            "policyEndpoint": {
                "if": many({}),
                "then": {"items": use("Pointer_Endpoint_Policy")},
                "else": use("Pointer_Endpoint_Policy"),
            },
            "profileStream": pointer("Stream_Profile"),
        },
        also=[use("Service_Core")],
    ),
    "Service_HTTP_Core": kind(
        {
            "persistenceMethods": many(use("Basic_Persist"), default=["cookie"]),
            "profileAnalytics": pointer("Analytics_Profile"),
            "profileAnalyticsTcp": pointer("Analytics_TCP_Profile"),
            "profileService": pointer("Service_Profile"),
            "profileSplitsessionClient": pointer("Splitsession_Client_Profile"),
            "profileSSE": pointer("SSE_Profile"),
            "profileConnector": pointer("Connector_Profile"),
            "profileHTTP": one_of(word("basic"), pointer("HTTP_Profile"), default="basic"),
            "profileHTTPCompression": word_or("basic wan", pointer("HTTP_Compress")),
            "profileHTTPAcceleration": word_or("basic", pointer("HTTP_Acceleration_Profile")),
            "profileHTML": pointer("HTML_Profile"),
            "profileJSON": pointer("JSON_Profile"),
            "profileMultiplex": word_or("basic", pointer("Multiplex_Profile")),
            "profileNTLM": use("Pointer_NTLM_Profile"),
            "policyWAF": pointer("WAF_Policy"),
            "policyIAM": pointer("Access_Profile"),
            "profileFPS": use("Pointer_FPS_Profile"),
            "profileRequestAdapt": pointer("Adapt_Profile"),
            "profileResponseAdapt": pointer("Adapt_Profile"),
            "profileAccess": pointer("Access_Profile"),
            "profilePingAccess": pointer("Ping_Access_Profile"),
            "profileConnectivity": use("Pointer_Connectivity_Profile"),
            "policyPerRequestAccess": pointer("Per_Request_Access_Policy"),
            "profileVdi": use("Pointer_VDI_Profile"),
            "profileApiProtection": use("Pointer_API_Protection_Profile"),
            "profileDOS": pointer("DOS_Profile"),
            "profileBotDefense": pointer("Bot_Defense_Profile"),
            "profileWebSocket": pointer("WebSocket_Profile"),
        },
        required="class",
        also=[
            {
                "if": {"properties": {"policyIAM": {}}, "required": ["policyIAM"]},
                "then": {"not": {"properties": {"profileAccess": {}}, "required": ["profileAccess"]}},
            },
            use("Service_TCP_Core"),
        ],
    ),
    "Service_UDP_Core": kind(
        {
            "virtualType": word("standard internal stateless", default="standard"),
            "virtualPort": {
                "oneOf": [number(), pointer("Firewall_Port_List", "Net_Port_List")],
                "minimum": 0,
                "maximum": 65535,
            },
            "layer4": just("udp", default="udp"),
            "profileUDP": word_or("normal", pointer("UDP_Profile"), default="normal"),
            "serverTLS": {
                "if": text(),
                "then": {"minLength": 1, "to": ["TLS_Server"]},
                "else": {
                    "if": {"type": "object"},
                    "then": use("Pointer_Existing_TLS_Server_Profile"),
                    "else": many(use("Pointer_Existing_TLS_Server_Profile")),
                },
            },
            "clientTLS": {
                "if": text(),
                "then": {"minLength": 1, "to": ["TLS_Client"]},
                "else": {
                    "if": {"type": "object"},
                    "then": use("Pointer_Existing_TLS_Client_Profile"),
                    "else": many(use("Pointer_Existing_TLS_Client_Profile")),
                },
            },
            "policyEndpoint": {
                "if": many({}),
                "then": {"items": use("Pointer_Endpoint_Policy")},
                "else": use("Pointer_Endpoint_Policy"),
            },
            "profileRADIUS": pointer("Radius_Profile"),
            "profileSIP": use("Pointer_SIP_Profile"),
            "profileTFTP": pointer("TFTP_Profile"),
        },
        also=[use("Service_Core")],
    ),
    "Service_L4_Core": kind(
        {
            "virtualPort": {
                "oneOf": [number(), pointer("Firewall_Port_List", "Net_Port_List")],
                "minimum": 0,
                "maximum": 65535,
            },
            "layer4": word(
                (
                    "any tcp udp 3pc a/n ah argus aris ax.25 bbn-rcc bna br-sat-mon cbt cftp chaos "
                    "compaq-peer cphb cpnx crdup crtp dccp dcn ddp ddx dgp dsr egp eigrp emcon encap esp "
                    "etherip fc fire ggp gmtp gre hip hmp hopopt i-nlsp iatp icmp idpr idpr-cmtp idrp ifmp "
                    "igmp igp il ip ipcomp ipcv ipencap ipip iplt ippc ipv6 ipv6-auth ipv6-crypt ipv6-frag "
                    "ipv6-icmp ipv6-nonxt ipv6-opts ipv6-route ipx-in-ip irtp isis iso-ip iso-tp4 kryptolan "
                    "l2tp larp leaf-1 leaf-2 manet merit-inp mfe-nsp micp mobile mpls-in-ip mtp mux narp "
                    "netblt nsfnet-igp nvp ospf pgm pim pipe pnni prm ptp pup pvp qnx rdp rsvp "
                    "rsvp-e2e-ignore rvd sat-expak sat-mon scc-sp scps sctp sdrp secure-vmtp shim6 skip sm "
                    "smp snp sprite-rpc sps srp sscopmce st stp sun-nd swipe tcf tlsp tp++ trunk-1 trunk-2 "
                    "ttp udplite uti vines visa vmtp vrrp wb-expak wb-mon wesp wsn xnet xns-idp xtp"
                ),
                default="tcp",
            ),
            "profileFIX": pointer("FIX_Profile"),
            "profileL4": word_or("basic", pointer("L4_Profile"), default="basic"),
            "profileAnalyticsTcp": pointer("Analytics_TCP_Profile"),
            "profileSplitsessionClient": pointer("Splitsession_Client_Profile"),
        },
        also=[use("Service_Core")],
    ),
    "Clone_Pools": kind(
        {
            "ingress": pointer("Pool", component="ltm pool"),
            "egress": pointer("Pool", component="ltm pool"),
        },
        closed=True,
        more={"anyOf": [{"required": ["ingress"]}, {"required": ["egress"]}]},
    ),
    "Pointer_ILX_Profile": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
    "Pointer_SIP_Profile": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
    "Pointer_SCTP_Profile": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
    "Pointer_API_Protection_Profile": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
    "Pointer_Connectivity_Profile": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
    "Pointer_FPS_Profile": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
    "Pointer_NTLM_Profile": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
    "Pointer_VDI_Profile": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
    "Pointer_Integrated_Bot_Defense_Profile": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
}
