# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about the classes of AS3 3.56: property, type, values, limits, default, what is required. One table, no logic.

The classes that publishing needs are known to the last property; of the others (``OTHERS``) only the names are.
"""

from __future__ import annotations

from .terms import (
    Rule,
    flag,
    group,
    just,
    kind,
    many,
    name_or_pointer,
    names,
    number,
    one_of,
    pointer,
    text,
    use,
    word,
    word_or,
)

NAME = "^[A-Za-z][0-9A-Za-z_.-]*$"
ITEM_NAME = "^[A-Za-z]([0-9A-Za-z_.-]{0,188}[0-9A-Za-z_.])?$"
VERSION = "^3[.]([0-9]|[1234][0-9]|5[0-6])($|[.][0-9]+$)"

RULES: dict[str, Rule] = {
    "ADC": {
        **kind(
            {
                "class": just("ADC"),
                "$schema": text(),
                "updateMode": word("complete selective", default="selective"),
                "schemaVersion": text(pattern=VERSION),
                "id": text(most=255),
                "target": {"type": "object"},
                "label": use("Label"),
                "remark": use("Remark"),
                "constants": {"type": "object"},
                "Common": use("Common"),
                "controls": use("Controls"),
                "scratch": text(),
            },
            required="class schemaVersion",
        ),
        "additionalProperties": use("Tenant"),
        "propertyNames": {"oneOf": [{"pattern": NAME, "maxLength": 190}, {"enum": ["$schema"]}]},
    },
    "Tenant": {
        **kind(
            {
                "class": just("Tenant"),
                "label": use("Label"),
                "remark": use("Remark"),
                "verifiers": {"type": "object"},
                "enable": flag(True),
                "defaultRouteDomain": number(0, 65535, 0),
                "useCommonRouteDomainTenant": flag(True),
                "Shared": use("Application_Shared"),
                "constants": use("Constants"),
                "controls": use("Controls"),
                "optimisticLockKey": text(most=128, default=""),
            },
            required="class",
        ),
        "additionalProperties": use("Application"),
        "propertyNames": {"pattern": NAME, "maxLength": 190},
    },
    "Common": group(
        {
            "class": just("Tenant", default="Tenant"),
            "label": use("Label"),
            "remark": use("Remark"),
            "verifiers": {"type": "object"},
            "enable": {"type": "boolean", "const": True},
            "Shared": use("Application_Shared"),
            "constants": use("Constants"),
            "controls": use("Controls"),
            "optimisticLockKey": text(most=128, default=""),
        },
        closed=True,
    ),
    # a request of class AS3; its declaration is judged later
    "AS3": kind(
        {
            "class": just("AS3"),
            "$schema": text(),
            "action": word("deploy dry-run patch redeploy retrieve remove", default="deploy"),
            "redeployAge": number(0, 15, 0),
            "redeployUpdateMode": word("original complete selective", default="original"),
            "persist": flag(True),
            "syncToGroup": text(default=""),
            "historyLimit": {"type": "number", "minimum": 2, "maximum": 15},
            "logLevel": word("emergency alert critical error warning notice info debug", default="warning"),
            "trace": flag(False),
            "retrieveAge": one_of(number(0), just("list"), default=0),
            "targetHost": text(default="localhost"),
            "targetPort": number(0, 65535, 0),
            "targetTimeout": number(1, 900, 150),
            "resourceTimeout": number(1, 900, 5),
            "declaration": group({"class": just("ADC")}, required="class"),
            "patchBody": many(group({"op": text(), "path": text()}, required="op path")),
        },
        required="class",
        more={
            "dependencies": {
                "declaration": {"not": {"required": ["patchBody"]}},
                "patchBody": {"not": {"required": ["declaration"]}},
            }
        },
    ),
    "Application_Shared": kind(
        {
            "class": just("Application"),
            "template": just("shared"),
            "enable": {"type": "boolean", "const": True, "default": True},
        },
        required="class template",
        also=[use("Application")],
    ),
    "Application": {
        **kind(
            {
                "class": just("Application"),
                "label": use("Label"),
                "remark": use("Remark"),
                "template": text(default="generic"),
                "schemaOverlay": text(),
                "enable": flag(True),
                "constants": use("Constants"),
                "serviceMain": {},
            },
            required="class",
            when=[
                ("template", template, f"Template_{template}")
                for template in ("https", "http", "tcp", "udp", "sctp", "l4")
            ],
        ),
        "additionalProperties": use("Item"),
        "propertyNames": {"pattern": ITEM_NAME, "maxLength": 190},
    },
    # an application on its own: the body of a per-application POST
    "Applications": {
        **kind(
            {"schemaVersion": text(pattern=VERSION), "controls": use("Controls"), "$schema": text()},
            required="schemaVersion",
        ),
        "additionalProperties": use("Application"),
        "propertyNames": {"oneOf": [{"pattern": NAME, "maxLength": 190}, {"enum": ["$schema"]}]},
    },
    "Template_https": group({"serviceMain": use("Service_HTTPS")}, required="serviceMain"),
    "Template_http": group({"serviceMain": use("Service_HTTP")}, required="serviceMain"),
    "Template_tcp": group({"serviceMain": use("Service_TCP")}, required="serviceMain"),
    "Template_udp": group({"serviceMain": use("Service_UDP")}, required="serviceMain"),
    "Template_sctp": group({"serviceMain": use("Service_SCTP")}, required="serviceMain"),
    "Template_l4": group({"serviceMain": use("Service_L4")}, required="serviceMain"),
    "Controls": kind(
        {
            "archiveId": {"type": ["number", "string"]},
            "archiveTimestamp": text(format="date-time"),
            "class": just("Controls", default="Controls"),
            "dryRun": flag(False),
            "fortune": flag(),
            "logLevel": word("emergency alert critical error warning notice info debug", default="error"),
            "trace": flag(False),
            "traceResponse": flag(False),
            "userAgent": text(),
        },
        closed=True,
        required="class",
    ),
    "Constants": kind(
        {
            "class": just("Constants"),
        },
        required="class",
        more={"propertyNames": {"maxLength": 64, "pattern": "^[A-Za-z][0-9A-Za-z_]*$"}},
    ),
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
    "WAF_Policy": kind(
        {
            "class": just("WAF_Policy"),
            "label": use("Label"),
            "remark": use("Remark"),
            "url": use("Resource_URL"),
            "file": {"type": "string", "minLength": 3, "allOf": [{}, {}]},
            "policy": use("F5string"),
            "ignoreChanges": flag(False),
            "enforcementMode": word("blocking transparent"),
            "serverTechnologies": many(text(), unique=True),
            "disabledSignatures": many(number(lo=200000000, hi=399999999), unique=True),
            "expand": many(text(), unique=True),
        },
        closed=True,
        required="class",
        more={"oneOf": [{"required": ["url"]}, {"required": ["file"]}, {"required": ["policy"]}]},
    ),
    "Persist": kind(
        {
            "class": just("Persist"),
            "label": use("Label"),
            "remark": use("Remark"),
            "persistenceMethod": word(
                "cookie destination-address hash msrdp sip-info source-address tls-session-id universal"
            ),
            "matchAcrossPools": flag(False),
            "matchAcrossVirtualPorts": flag(False),
            "matchAcrossVirtualAddresses": flag(False),
            "mirror": flag(False),
            "overrideConnectionLimit": flag(False),
        },
        required="class persistenceMethod",
        when=[
            ("persistenceMethod", "cookie", "Persist_Cookie"),
            ("persistenceMethod", "destination-address source-address", "Persist_Addr"),
            ("persistenceMethod", "hash", "Persist_Hash"),
            ("persistenceMethod", "msrdp", "Persist_MSRDP"),
            ("persistenceMethod", "sip-info", "Persist_SIP"),
            ("persistenceMethod", "tls-session-id", "Persist_TLS_Session"),
            ("persistenceMethod", "universal", "Persist_UIE"),
        ],
        more={"dependencies": {"use": {"not": {}}, "bigip": {"not": {}}}},
    ),
    "Pool": kind(
        {
            "class": just("Pool"),
            "label": use("Label"),
            "remark": use("Remark"),
            "allowNATEnabled": flag(True),
            "allowSNATEnabled": flag(True),
            "loadBalancingMode": word(
                (
                    "dynamic-ratio-member dynamic-ratio-node fastest-app-response fastest-node least-connections-member "
                    "least-connections-node least-sessions observed-member observed-node predictive-member predictive-node "
                    "ratio-least-connections-member ratio-least-connections-node ratio-member ratio-node ratio-session round-robin "
                    "weighted-least-connections-member weighted-least-connections-node"
                ),
                default="round-robin",
            ),
            "minimumMembersActive": number(lo=0, hi=65535, default=1),
            "monitors": many(use("Basic_Monitor")),
            "minimumMonitors": one_of(just("all"), number(lo=1, hi=63)),
            "members": many(use("Pool_Member")),
            "metadata": use("Metadata"),
            "reselectTries": number(lo=0, hi=65535, default=0),
            "serviceDownAction": word("drop none reselect reset", default="none"),
            "slowRampTime": number(lo=0, hi=900, default=10),
        },
        closed=True,
        required="class",
        more={"if": {"required": ["monitors"]}, "then": {"properties": {"minimumMonitors": {"default": 1}}}},
    ),
    "Address_Discovery": kind(
        {
            "class": just("Address_Discovery"),
            "addressDiscovery": word("static fqdn event aws gce azure consul"),
            "shareNodes": flag(False),
        },
        required="addressDiscovery",
        also=[use("Address_Discovery_Common")],
    ),
    "TLS_Server": kind(
        {
            "class": just("TLS_Server"),
            "label": use("Label"),
            "remark": use("Remark"),
            "requireSNI": flag(False),
            "alertTimeout": one_of(
                number(lo=1, hi=4294967294), word("immediate indefinite"), default="indefinite"
            ),
            "cacheTimeout": number(lo=0, hi=86400, default=3600),
            "certificates": many(
                group(
                    {
                        "matchToSNI": text(),
                        "sniDefault": flag(False),
                        "enabled": flag(True),
                        "certificate": text(least=1, to=["Certificate"]),
                        "proxyCertificate": text(least=1, to=["Certificate"]),
                        "authenticationMode": word("ignore request require", default="ignore"),
                        "authenticationFrequency": word("one-time every-time", default="one-time"),
                    },
                    closed=True,
                    required="certificate",
                ),
                least=1,
            ),
            "ciphers": text(),
            "cipherGroup": pointer("Cipher_Group"),
            "authenticationMode": word("ignore request require", default="ignore"),
            "authenticationFrequency": word("one-time every-time", default="one-time"),
            "authenticationDepth": number(lo=1, hi=15, default=9),
            "authenticationTrustCA": {
                "if": text(),
                "then": {"minLength": 1, "to": ["CA_Bundle"]},
                "else": group({"bigip": text(format="f5bigip")}, closed=True, required="bigip"),
            },
            "authenticationInviteCA": {
                "if": text(),
                "then": {"minLength": 1, "to": ["CA_Bundle"]},
                "else": group({"bigip": text(format="f5bigip")}, closed=True, required="bigip"),
            },
            "crlFile": use("Pointer_SSL_CRL_File"),
            "allowExpiredCRL": flag(False),
            "cacheCertificateEnabled": flag(False),
            "c3dOCSPUnknownStatusAction": word("drop ignore", default="drop"),
            "c3dOCSP": pointer("Certificate_Validator_OCSP"),
            "c3dEnabled": flag(False),
            "forwardProxyEnabled": flag(False),
            "forwardProxyBypassEnabled": flag(False),
            "forwardProxyBypassAllowlist": pointer("Data_Group"),
            "hybrid": flag(False),
            "ldapStartTLS": word("none allow require"),
            "smtpsStartTLS": word("none allow require"),
            "staplerOCSPEnabled": flag(False),
            "notifyCertStatusToVirtualServer": flag(False),
            "insertEmptyFragmentsEnabled": flag(False),
            "singleUseDhEnabled": flag(False),
            "tls1_3Enabled": flag(False),
            "tls1_2Enabled": flag(True),
            "tls1_1Enabled": flag(True),
            "tls1_0Enabled": flag(True),
            "renegotiationEnabled": flag(True),
            "retainCertificateEnabled": flag(True),
            "namingScheme": word("numbered certificate", default="numbered"),
            "sslEnabled": flag(True),
            "ssl3Enabled": flag(True),
            "proxySslEnabled": flag(False),
            "proxySslPassthroughEnabled": flag(False),
            "secureRenegotiation": word("request require require-strict", default="require"),
            "uncleanShutdownEnabled": flag(True),
            "dtlsEnabled": flag(True),
            "dtls1_2Enabled": flag(True),
            "certificateExtensions": many(
                word(
                    "authority-key-identifier basic-constraints certificate-policies crl-distribution-points extended-key-usage "
                    "fresh-crl issuer-alternative-name key-usage subject-alternative-name subject-directory-attribute "
                    "subject-key-identifier"
                )
            ),
            "nonSslConnectionsEnabled": flag(False),
            "allowDynamicRecordSizing": flag(False),
            "dataZeroRoundTripTime": word(
                "disabled enabled-with-anti-replay enabled-no-anti-replay", default="disabled"
            ),
            "renegotiateMaxRecordDelay": one_of(
                number(lo=0, hi=4294967295), just("indefinite"), default="indefinite"
            ),
            "renegotiatePeriod": one_of(
                number(lo=0, hi=4294967295), just("indefinite"), default="indefinite"
            ),
            "renegotiateSize": one_of(number(lo=0, hi=4294967295), just("indefinite"), default="indefinite"),
            "sslSignHash": word("any sha1 sha256 sha384", default="any"),
            "handshakeTimeout": one_of(number(lo=1, hi=4294967295), just("indefinite"), default=10),
        },
        closed=True,
        required="class certificates",
        also=[
            {
                "if": {"properties": {"c3dEnabled": just(True)}, "required": ["c3dEnabled"]},
                "then": {"properties": {"authenticationMode": {"enum": ["request", "require"]}}},
            },
            {
                "if": {
                    "properties": {"authenticationMode": {"enum": ["request", "require"]}},
                    "required": ["authenticationMode"],
                },
                "then": {"required": ["authenticationTrustCA"]},
            },
            {"if": {"required": ["ciphers"]}, "then": {"not": {"required": ["cipherGroup"]}}},
            {
                "if": {"allOf": [{"not": {"required": ["ciphers"]}}, {"not": {"required": ["cipherGroup"]}}]},
                "then": {"properties": {"ciphers": {"default": "DEFAULT"}}},
            },
        ],
        more={
            "dependencies": {
                "forwardProxyBypassAllowlist": {
                    "properties": {"forwardProxyEnabled": just(True), "forwardProxyBypassEnabled": just(True)}
                },
                "smtpsStartTLS": {"not": {"required": ["ldapStartTLS"]}},
            }
        },
    ),
    "TLS_Client": kind(
        {
            "class": just("TLS_Client"),
            "label": use("Label"),
            "remark": use("Remark"),
            "sendSNI": text(format="hostname", default="none"),
            "sniDefault": flag(False),
            "requireSNI": flag(False),
            "alertTimeout": one_of(
                number(lo=1, hi=4294967294), word("immediate indefinite"), default="indefinite"
            ),
            "cacheTimeout": number(lo=0, hi=86400, default=3600),
            "ciphers": text(),
            "cipherGroup": pointer("Cipher_Group"),
            "authenticationFrequency": word("one-time every-time", default="one-time"),
            "authenticationDepth": number(lo=1, hi=15, default=9),
            "serverName": text(format="hostname", default="none"),
            "validateCertificate": flag(False),
            "trustCA": word_or("generic none", pointer("CA_Bundle")),
            "ignoreExpired": flag(False),
            "ignoreUntrusted": flag(False),
            "sessionTickets": flag(False),
            "clientCertificate": text(to=["Certificate"]),
            "crlFile": use("Pointer_SSL_CRL_File"),
            "allowExpiredCRL": flag(False),
            "c3dCertificateAuthority": text(to=["Certificate"]),
            "c3dCertificateExtensions": many(
                word("basic-constraints extended-key-usage key-usage subject-alternative-name"),
                default=["basic-constraints", "extended-key-usage", "key-usage", "subject-alternative-name"],
            ),
            "c3dCertificateLifespan": number(lo=0, hi=8760, default=24),
            "c3dEnabled": flag(False),
            "forwardProxyEnabled": flag(False),
            "forwardProxyBypassEnabled": flag(False),
            "ldapStartTLS": word("none allow require"),
            "insertEmptyFragmentsEnabled": flag(False),
            "singleUseDhEnabled": flag(False),
            "tls1_3Enabled": flag(False),
            "tls1_2Enabled": flag(True),
            "tls1_1Enabled": flag(True),
            "tls1_0Enabled": flag(True),
            "renegotiationEnabled": flag(True),
            "retainCertificateEnabled": flag(True),
            "sslEnabled": flag(True),
            "ssl3Enabled": flag(True),
            "proxySslEnabled": flag(False),
            "proxySslPassthroughEnabled": flag(False),
            "secureRenegotiation": word("request require require-strict", default="require-strict"),
            "uncleanShutdownEnabled": flag(True),
            "dtlsEnabled": flag(True),
            "dtls1_2Enabled": flag(True),
            "dataZeroRoundTripTime": flag(False),
            "renegotiatePeriod": one_of(
                number(lo=0, hi=4294967295), just("indefinite"), default="indefinite"
            ),
            "renegotiateSize": one_of(number(lo=0, hi=4294967295), just("indefinite"), default="indefinite"),
            "sslSignHash": word("any sha1 sha256 sha384", default="any"),
            "handshakeTimeout": one_of(number(lo=1, hi=4294967295), just("indefinite"), default=10),
        },
        closed=True,
        required="class",
        also=[
            {"if": {"required": ["ciphers"]}, "then": {"not": {"required": ["cipherGroup"]}}},
            {
                "if": {"not": {"required": ["ciphers", "cipherGroup"]}},
                "then": {"properties": {"ciphers": {"default": "DEFAULT"}}},
            },
        ],
    ),
    "TCP_Profile": kind(
        {
            "class": just("TCP_Profile"),
            "label": use("Label"),
            "remark": use("Remark"),
            "abc": flag(True),
            "ackOnPush": flag(True),
            "autoProxyBufferSize": flag(True),
            "autoReceiveWindowSize": flag(True),
            "autoSendBufferSize": flag(True),
            "closeWaitTimeout": number(lo=-1, hi=3600, default=5),
            "congestionControl": word(
                "bbr cdg chd cubic high-speed illinois new-reno none reno scalable vegas westwood woodside",
                default="woodside",
            ),
            "congestionMetricsCache": flag(True),
            "congestionMetricsCacheTimeout": number(lo=0, hi=1000, default=0),
            "deferredAccept": flag(False),
            "delayedAcks": flag(True),
            "delayWindowControl": flag(False),
            "dsack": flag(False),
            "earlyRetransmit": flag(True),
            "ecn": flag(True),
            "enhancedLossRecovery": flag(True),
            "fastOpen": flag(True),
            "fastOpenCookieExpiration": number(lo=1, hi=1000000, default=21600),
            "finWaitTimeout": number(lo=-1, hi=3600, default=5),
            "finWait2Timeout": number(lo=-1, hi=3600, default=300),
            "idleTimeout": {
                "type": "integer",
                "anyOf": [{"minimum": 1, "maximum": 86400}, just(-1)],
                "default": 300,
            },
            "initCwnd": number(lo=0, hi=64, default=16),
            "initRwnd": number(lo=0, hi=64, default=16),
            "ipDfMode": word("clear pmtu preserve set", default="pmtu"),
            "ipTosToClient": one_of(
                {"type": "integer", "minimum": 0, "maximum": 252, "multipleOf": 4},
                word("pass-through mimic"),
                default=0,
            ),
            "keepAliveInterval": number(lo=1, hi=86400, default=1800),
            "limitedTransmit": flag(True),
            "linkQosToClient": one_of(number(lo=0, hi=7), just("pass-through"), default=0),
            "maxRetrans": number(lo=0, hi=12, default=8),
            "maxSegmentSize": {
                "type": "integer",
                "anyOf": [{"minimum": 28, "maximum": 8960}, just(0)],
                "default": 0,
            },
            "md5Signature": flag(False),
            "md5SignaturePassphrase": {
                "type": "object",
                "properties": {"allowReuse": flag(False)},
                "allOf": [use("Secret"), {}, {"secret": True}],
            },
            "minimumRto": number(lo=1, hi=5000, default=1000),
            "mptcp": word("disable enable passthrough", default="disable"),
            "mptcpCsum": flag(False),
            "mptcpCsumVerify": flag(False),
            "mptcpFallback": word("accept active-accept reset retransmit", default="reset"),
            "mptcpFastJoin": flag(False),
            "mptcpIdleTimeout": number(lo=1, hi=86400, default=300),
            "mptcpJoinMax": number(lo=1, hi=20, default=5),
            "mptcpMakeAfterBreak": flag(False),
            "mptcpNoJoinDssAck": flag(False),
            "mptcpRtoMax": number(lo=1, hi=20, default=5),
            "mptcpRetransmitMin": number(lo=1, hi=5000, default=1000),
            "mptcpSubflowMax": number(lo=1, hi=20, default=6),
            "mptcpTimeout": number(lo=60, hi=3600, default=3600),
            "nagle": word("disable enable auto", default="auto"),
            "pktLossIgnoreBurst": number(lo=0, hi=32, default=0),
            "pktLossIgnoreRate": number(lo=0, hi=1000000, default=0),
            "proxyBufferHigh": number(lo=64, hi=33554432, default=262144),
            "proxyBufferLow": number(lo=64, hi=33554432, default=196608),
            "proxyMSS": flag(True),
            "proxyOptions": flag(False),
            "pushFlag": word("auto default none one", default="auto"),
            "ratePace": flag(True),
            "ratePaceMaxRate": number(lo=0, hi=4294967295, default=0),
            "receiveWindowSize": number(lo=64, hi=33554432, default=131072),
            "resetOnTimeout": flag(True),
            "retransmitThreshold": number(lo=0, hi=12, default=3),
            "selectiveAcks": flag(True),
            "selectiveNack": flag(False),
            "sendBufferSize": number(lo=64, hi=33554432, default=262144),
            "slowStart": flag(True),
            "synCookieEnable": flag(True),
            "synCookieAllowlist": flag(),
            "synCookieWhitelist": flag(False),
            "synMaxRetrans": number(lo=0, hi=12, default=3),
            "synRtoBase": number(lo=0, hi=5000, default=3000),
            "tailLossProbe": flag(True),
            "tcpOptions": many(
                group({"option": number(lo=0, hi=255), "when": word("first last")}, closed=True), most=255
            ),
            "timestamps": flag(True),
            "timeWaitRecycle": flag(True),
            "timeWaitTimeout": number(lo=-1, hi=600000, default=2000),
            "ttlMode": word("decrement preserve proxy set", default="proxy"),
            "ttlIPv4": number(lo=1, hi=255, default=255),
            "ttlIPv6": number(lo=1, hi=255, default=64),
            "verifiedAccept": flag(False),
            "zeroWindowTimeout": number(lo=-1, hi=86400000, default=20000),
        },
        closed=True,
        required="class",
    ),
    "UDP_Profile": kind(
        {
            "class": just("UDP_Profile"),
            "label": use("Label"),
            "remark": use("Remark"),
            "allowNoPayload": flag(False),
            "bufferMaxBytes": number(lo=65535, hi=16777215, default=655350),
            "bufferMaxPackets": number(lo=0, hi=255, default=0),
            "datagramLoadBalancing": flag(False),
            "idleTimeout": number(lo=-1, hi=86400, default=60),
            "ipDfMode": word("clear pmtu preserve set", default="pmtu"),
            "ipTosToClient": one_of(
                {"type": "integer", "minimum": 0, "maximum": 252, "multipleOf": 4},
                word("pass-through mimic"),
                default=0,
            ),
            "linkQosToClient": one_of(number(lo=0, hi=7), just("pass-through"), default=0),
            "proxyMSS": flag(False),
            "ttlIPv4": number(lo=1, hi=255, default=255),
            "ttlIPv6": number(lo=1, hi=255, default=64),
            "ttlMode": word("decrement preserve proxy set", default="proxy"),
            "useChecksum": flag(False),
        },
        closed=True,
        required="class",
    ),
    "L4_Profile": kind(
        {
            "class": just("L4_Profile"),
            "label": use("Label"),
            "remark": use("Remark"),
            "clientTimeout": number(lo=-1, hi=86400, default=30),
            "idleTimeout": {
                "type": ["integer", "string"],
                "default": 300,
                "oneOf": [number(lo=-1, hi=86400), word("immediate indefinite")],
            },
            "keepAliveInterval": number(lo=0, hi=4294967295, default=0),
            "looseClose": {"$ref": "Property_Loose_Close", "default": False},
            "looseInitialization": {"$ref": "Property_Loose_Initialization", "default": False},
            "maxSegmentSize": {
                "type": "integer",
                "default": 0,
                "anyOf": [{"maximum": 9162, "minimum": 256}, just(0)],
            },
            "resetOnTimeout": {"$ref": "Property_Reset_On_Timeout", "default": True},
            "synCookieAllowlist": flag(False),
            "synCookieEnable": flag(True),
            "tcpCloseTimeout": {"$ref": "Property_TCP_Close_Timeout", "default": 5},
            "tcpHandshakeTimeout": {"$ref": "Property_TCP_Handshake_Timeout", "default": 5},
            "pvaAcceleration": {"$ref": "Property_PVA_Acceleration", "default": "full"},
        },
        closed=True,
        required="class",
    ),
    "HTTP_Profile": kind(
        {
            "class": just("HTTP_Profile"),
            "label": use("Label"),
            "remark": use("Remark"),
            "multiplexStatusReuse": text(pattern="^([24]\\d\\d\\s?)+$", default="200 206"),
            "allowBlankSpaceAfterHeaderName": flag(False),
            "allowedResponseHeaders": many(
                text(least=1, most=128, pattern="^[^\\x00-\\x20\\x22:\\x5c\\x7f-\\xff]+$"), unique=True
            ),
            "cookiePassphrase": {
                "properties": {"allowReuse": flag(False)},
                "allOf": [use("Property_Passphrase"), {}],
                "type": "object",
            },
            "encryptCookies": many(text(pattern="^[^\\x00-\\x20\\x22=\\x5c\\x7f-\\xff]+$"), unique=True),
            "enforceRFCCompliance": flag(False),
            "fallbackRedirect": {
                "type": "string",
                "minLength": 1,
                "anyOf": [{"format": "uri"}, {"format": "f5ip"}],
            },
            "fallbackStatusCodes": many(number(lo=100, hi=999), unique=True),
            "hstsIncludeSubdomains": flag(True),
            "hstsInsert": flag(False),
            "hstsPeriod": number(lo=0, hi=4294967295, default=7862400),
            "hstsPreload": flag(False),
            "requestChunking": word("selective preserve rechunk sustain", default="preserve"),
            "responseChunking": word("selective preserve unchunk rechunk sustain", default="selective"),
            "rewriteRedirects": word("none all matching addresses", default="none"),
            "insertHeader": group(
                {
                    "name": text(least=1, most=128, pattern="^[^\\x00-\\x20\\x22:\\x5c\\x7f-\\xff]+$"),
                    "value": text(pattern="^[^\\x00-\\x1f\\x7f-\\xff]*$"),
                },
                closed=True,
            ),
            "knownMethods": many(
                text(least=1, most=32, pattern="^[A-Z0-9]+$"),
                unique=True,
                default=[
                    "CONNECT",
                    "DELETE",
                    "GET",
                    "HEAD",
                    "LOCK",
                    "OPTIONS",
                    "POST",
                    "PROPFIND",
                    "PUT",
                    "TRACE",
                    "UNLOCK",
                ],
            ),
            "maxRequests": number(lo=0, hi=2147483647, default=0),
            "multiplexTransformations": flag(True),
            "otherXFF": many(
                text(least=1, most=128, pattern="^[^\\x00-\\x20\\x22:\\x5c\\x7f-\\xff]+$"), unique=True
            ),
            "pipelineAction": word("allow reject pass-through", default="allow"),
            "profileWebSocket": pointer("WebSocket_Profile"),
            "proxyConnectEnabled": flag(False),
            "proxyType": word("reverse transparent explicit", default="reverse"),
            "whiteOutHeader": text(least=1, most=128, pattern="^[^\\x00-\\x20\\x22:\\x5c\\x7f-\\xff]+$"),
            "xForwardedFor": flag(True),
            "serverHeaderValue": text(default="BigIP"),
            "trustXFF": flag(False),
            "unknownMethodAction": word("allow reject pass-through", default="allow"),
            "viaHost": {
                "anyOf": [{"format": "hostname"}, {"format": "f5ip"}],
                "minLength": 1,
                "type": "string",
            },
            "viaRequest": word("append preserve remove", default="remove"),
            "viaResponse": word("append preserve remove", default="remove"),
            "webSocketMasking": word("preserve remask selective unmask", default="unmask"),
            "webSocketsEnabled": flag(False),
        },
        required="class",
        more={
            **{
                "if": {"properties": {"proxyType": just("explicit")}},
                "then": use("HTTP_Profile_Explicit"),
                "else": {
                    "if": {"properties": {"proxyType": just("transparent")}},
                    "then": use("HTTP_Profile_Transparent"),
                    "else": {
                        "if": {"properties": {"proxyType": just("reverse")}},
                        "then": use("HTTP_Profile_Reverse"),
                    },
                },
            },
            "dependencies": {
                "cookiePassphrase": {"required": ["encryptCookies"]},
                "fallbackStatusCodes": {"required": ["fallbackRedirect"]},
                "proxyType": {
                    "else": {
                        "if": {"properties": {"proxyType": {"not": just("explicit")}}},
                        "then": {
                            "not": {
                                "anyOf": [
                                    {"required": ["resolver"]},
                                    {"required": ["doNotProxyHosts"]},
                                    {"required": ["tunnelName"]},
                                    {"required": ["defaultConnectAction"]},
                                    {"required": ["routeDomain"]},
                                    {"required": ["connectErrorMessage"]},
                                    {"required": ["dnsErrorMessage"]},
                                    {"required": ["badRequestMessage"]},
                                    {"required": ["badResponseMessage"]},
                                    {"required": ["ipv6"]},
                                ]
                            }
                        },
                    },
                    "if": {"properties": {"proxyType": {"not": just("transparent")}}},
                    "then": {
                        "not": {
                            "anyOf": [
                                {"required": ["excessClientHeaders"]},
                                {"required": ["excessServerHeaders"]},
                                {"required": ["oversizeClientHeaders"]},
                                {"required": ["oversizeServerHeaders"]},
                            ]
                        }
                    },
                },
                "viaRequest": {
                    "if": {"properties": {"viaRequest": just("append")}},
                    "then": {"required": ["viaHost"]},
                },
                "viaResponse": {
                    "if": {"properties": {"viaResponse": just("append")}},
                    "then": {"required": ["viaHost"]},
                },
            },
        },
    ),
    "HTTP2_Profile": kind(
        {
            "class": just("HTTP2_Profile"),
            "label": use("Label"),
            "remark": use("Remark"),
            "activationMode": word("alpn always", default="alpn"),
            "concurrentStreamsPerConnection": number(lo=1, hi=256, default=10),
            "connectionIdleTimeout": number(lo=1, hi=4294967295, default=300),
            "enforceTlsRequirements": flag(True),
            "frameSize": number(lo=1024, hi=16384, default=2048),
            "headerTableSize": number(lo=0, hi=65535, default=4096),
            "includeContentLength": flag(False),
            "insertHeader": flag(False),
            "insertHeaderName": text(default="X-HTTP2"),
            "receiveWindow": number(lo=16, hi=128, default=32),
            "writeSize": number(lo=2048, hi=32768, default=16384),
        },
        closed=True,
        required="class",
    ),
    "HTTP_Compress": kind(
        {
            "class": just("HTTP_Compress"),
            "label": use("Label"),
            "remark": use("Remark"),
            "allowHTTP10": flag(False),
            "bufferSize": number(lo=256, hi=4294967295, default=4096),
            "contentTypeExcludes": many(text(pattern="^[^\\x00-\\x1f\\x22\\x7f-\\xff]+$"), unique=True),
            "contentTypeIncludes": many(
                text(pattern="^[^\\x00-\\x1f\\x22\\x7f-\\xff]+$"),
                unique=True,
                default=["text/", "application/(xml|x-javascript)"],
            ),
            "cpuSaver": flag(True),
            "cpuSaverHigh": number(lo=15, hi=99, default=90),
            "cpuSaverLow": number(lo=10, hi=95, default=75),
            "gzipLevel": number(lo=1, hi=9, default=1),
            "gzipMemory": number(lo=1, hi=256, default=8),
            "gzipWindowSize": number(lo=1, hi=128, default=16),
            "keepAcceptEncoding": flag(False),
            "minimumSize": number(lo=128, hi=131072, default=1024),
            "preferMethod": word("gzip deflate", default="gzip"),
            "selective": flag(False),
            "uriExcludes": many(text(pattern="^[^\\x00-\\x1f\\x7f-\\xff]+$"), unique=True),
            "uriIncludes": many(text(pattern="^[^\\x00-\\x1f\\x7f-\\xff]+$"), unique=True),
            "varyHeader": flag(True),
        },
        closed=True,
        required="class",
    ),
    "Multiplex_Profile": kind(
        {
            "class": just("Multiplex_Profile"),
            "label": use("Label"),
            "remark": use("Remark"),
            "sourceMask": text(format="f5ip"),
            "maxConnections": number(lo=0, default=10000),
            "maxConnectionAge": number(lo=0, default=86400),
            "maxConnectionReuse": number(lo=0, default=1000),
            "idleTimeoutOverride": number(lo=0, default=0),
            "connectionLimitEnforcement": word("none idle strict", default="none"),
            "sharePools": flag(False),
        },
        closed=True,
        required="class",
    ),
    "Data_Group": kind(
        {
            "class": just("Data_Group"),
            "label": use("Label"),
            "remark": use("Remark"),
            "storageType": word("internal external", default="internal"),
            "keyDataType": word("integer ip string"),
        },
        more={
            "if": {"properties": {"storageType": just("internal")}},
            "then": {
                "allOf": [
                    {
                        "if": {"properties": {"keyDataType": just("string")}},
                        "then": use("Data_Group_Records_String"),
                    },
                    {
                        "if": {"properties": {"keyDataType": just("integer")}},
                        "then": use("Data_Group_Records_Integer"),
                    },
                    {"if": {"properties": {"keyDataType": just("ip")}}, "then": use("Data_Group_Records_IP")},
                ],
                "required": ["class", "keyDataType", "records"],
            },
            "else": {
                "properties": {
                    "externalFilePath": use("Resource_URL"),
                    "separator": text(default=":="),
                    "ignoreChanges": flag(False),
                    "dataGroupFile": use("Pointer_Data_Group_File"),
                },
                "oneOf": [
                    {"required": ["class", "keyDataType", "externalFilePath"]},
                    {"required": ["class", "keyDataType", "dataGroupFile"]},
                ],
                "not": {"required": ["externalFilePath", "dataGroupFile"]},
            },
        },
    ),
    "CA_Bundle": kind(
        {
            "class": just("CA_Bundle"),
            "label": use("Label"),
            "remark": use("Remark"),
            "bundle": use("Pointer_F5_String_Or_BIGIP"),
        },
        closed=True,
        required="class bundle",
    ),
    "Certificate": kind(
        {
            "class": just("Certificate"),
            "label": use("Label"),
            "remark": use("Remark"),
            "certificate": use("Pointer_System_All_Or_F5_String"),
            "privateKey": use("Pointer_System_All_Or_F5_String"),
            "chainCA": {
                "type": ["object", "string"],
                "anyOf": [use("Pointer_System_All_Or_F5_String"), pointer("CA_Bundle")],
                "allOf": [{}, {"component": "sys file ssl-cert"}],
            },
            "passphrase": {
                "properties": {"allowReuse": flag(False)},
                "allOf": [use("Property_Passphrase"), {}],
                "type": "object",
            },
            "pkcs12": use("Pointer_F5_String_Or_BIGIP"),
            "pkcs12Options": group(
                {
                    "keyImportFormat": word("pkcs8 openssl-legacy", default="pkcs8"),
                    "ignoreChanges": flag(False),
                    "internalOnly": many({"type": ["string", "number", "boolean", "object", "array"]}),
                }
            ),
            "staplerOCSP": pointer("Certificate_Validator_OCSP"),
            "issuerCertificate": {"type": "object", "allOf": [pointer("Certificate")]},
        },
        closed=True,
        required="class",
        more={
            **{
                "if": {"required": ["pkcs12"]},
                "then": {"dependencies": {"certificate": {"not": {}}, "privateKey": {"not": {}}}},
                "else": {"required": ["certificate"], "not": {"required": ["pkcs12"]}},
            },
            "dependencies": {"staplerOCSP": {"required": ["issuerCertificate"]}},
        },
    ),
    "Endpoint_Policy": kind(
        {
            "class": just("Endpoint_Policy"),
            "label": use("Label"),
            "remark": use("Remark"),
            "rules": many(use("Endpoint_Policy_Rule")),
            "strategy": word("all-match best-match first-match custom", default="best-match"),
            "customStrategy": {
                "if": text(),
                "then": {"minLength": 1, "to": ["Endpoint_Strategy"]},
                "else": group({"bigip": text(format="f5bigip")}, required="bigip"),
            },
        },
        closed=True,
        required="class",
        more={
            "dependencies": {
                "strategy": {
                    "if": {"properties": {"strategy": just("custom")}},
                    "then": {"required": ["customStrategy"]},
                }
            }
        },
    ),
    "IRule": kind(
        {
            "class": just("iRule"),
            "expand": flag(True),
            "label": use("Label"),
            "remark": use("Remark"),
            "iRule": use("IRule_Core"),
        },
        closed=True,
        required="class iRule",
    ),
    "Monitor": kind(
        {
            "class": just("Monitor"),
            "label": use("Label"),
            "remark": use("Remark"),
            "monitorType": word(
                "dns external ftp http https http2 icmp inband ldap mysql postgresql radius sip smtp tcp tcp-half-open udp"
            ),
        },
        required="class monitorType",
        when=[
            ("monitorType", "dns", "Monitor_DNS"),
            ("monitorType", "external", "Monitor_External"),
            ("monitorType", "ftp", "Monitor_FTP"),
            ("monitorType", "http", "Monitor_HTTP"),
            ("monitorType", "https", "Monitor_HTTPS"),
            ("monitorType", "http2", "Monitor_HTTP2"),
            ("monitorType", "icmp", "Monitor_ICMP"),
            ("monitorType", "inband", "Monitor_Inband"),
            ("monitorType", "ldap", "Monitor_LDAP"),
            ("monitorType", "mysql", "Monitor_MySQL"),
            ("monitorType", "postgresql", "Monitor_PostgreSQL"),
            ("monitorType", "radius", "Monitor_RADIUS"),
            ("monitorType", "sip", "Monitor_SIP"),
            ("monitorType", "smtp", "Monitor_SMTP"),
            ("monitorType", "tcp", "Monitor_TCP"),
            ("monitorType", "tcp-half-open", "Monitor_TCP_Half_Open"),
            ("monitorType", "udp", "Monitor_UDP"),
        ],
    ),
    "SNAT_Pool": kind(
        {
            "class": just("SNAT_Pool"),
            "label": use("Label"),
            "snatAddresses": many(text(format="f5ip"), least=1, unique=True),
            "remark": use("Remark"),
        },
        closed=True,
        required="class",
    ),
    "SNAT_Translation": kind(
        {
            "class": just("SNAT_Translation"),
            "label": use("Label"),
            "remark": use("Remark"),
            "address": text(format="f5ip"),
            "adminState": word("enable disable", default="enable"),
            "arpEnabled": flag(True),
            "ipIdleTimeout": one_of(number(lo=1, hi=4294967295), just("indefinite"), default="indefinite"),
            "maxConnections": number(lo=0, hi=4294967295, default=0),
            "tcpIdleTimeout": one_of(number(lo=1, hi=4294967295), just("indefinite"), default="indefinite"),
            "trafficGroup": text(default="default"),
            "udpIdleTimeout": one_of(number(lo=1, hi=4294967295), just("indefinite"), default="indefinite"),
        },
        closed=True,
        required="class address",
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
    "Basic_Persist": {
        "if": text(),
        "then": {"enum": ["cookie", "destination-address", "msrdp", "source-address", "tls-session-id"]},
        "else": pointer("Persist"),
    },
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
    "Pointer_SCTP_Profile": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
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
    "Service_L4_Core": kind(
        {
            "virtualPort": {
                "oneOf": [number(), pointer("Firewall_Port_List", "Net_Port_List")],
                "minimum": 0,
                "maximum": 65535,
            },
            "layer4": word(
                (
                    "any tcp udp 3pc a/n ah argus aris ax.25 bbn-rcc bna br-sat-mon cbt cftp chaos compaq-peer cphb cpnx crdup crtp "
                    "dccp dcn ddp ddx dgp dsr egp eigrp emcon encap esp etherip fc fire ggp gmtp gre hip hmp hopopt i-nlsp iatp "
                    "icmp idpr idpr-cmtp idrp ifmp igmp igp il ip ipcomp ipcv ipencap ipip iplt ippc ipv6 ipv6-auth ipv6-crypt "
                    "ipv6-frag ipv6-icmp ipv6-nonxt ipv6-opts ipv6-route ipx-in-ip irtp isis iso-ip iso-tp4 kryptolan l2tp larp "
                    "leaf-1 leaf-2 manet merit-inp mfe-nsp micp mobile mpls-in-ip mtp mux narp netblt nsfnet-igp nvp ospf pgm pim "
                    "pipe pnni prm ptp pup pvp qnx rdp rsvp rsvp-e2e-ignore rvd sat-expak sat-mon scc-sp scps sctp sdrp secure-vmtp "
                    "shim6 skip sm smp snp sprite-rpc sps srp sscopmce st stp sun-nd swipe tcf tlsp tp++ trunk-1 trunk-2 ttp "
                    "udplite uti vines visa vmtp vrrp wb-expak wb-mon wesp wsn xnet xns-idp xtp"
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
    "Label": text(least=0, most=64, pattern="^[^\\x00-\\x1f\\x22#&*<>?\\x5b-\\x5d`\\x7f]*$"),
    "Remark": text(least=0, most=64, pattern="^[^\\x00-\\x1f\\x22\\x5c\\x7f]*$"),
    "F5string": {
        "if": {"not": {"type": "object"}},
        "then": text(),
        "else": {
            "properties": {
                "base64": {"type": "string", "allOf": [use("F5base64")]},
                "text": text(),
                "url": use("Resource_URL"),
                "copyFrom": text(format="f5pointer"),
                "bigip": text(format="f5bigip"),
            },
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        },
    },
    "Resource_URL": {},
    "Persist_Addr": kind(
        {
            "duration": number(lo=0, hi=604800, default=180),
            "hashAlgorithm": word("carp default", default="default"),
            "addressMask": text(format="f5ip"),
        },
    ),
    "Persist_Cookie": kind(
        {
            "duration": number(lo=0, hi=604800, default=0),
            "cookieMethod": word("insert hash passive rewrite", default="insert"),
            "cookieName": text(most=64, pattern="^[0-9A-Za-z.~#$%^&*_-]*$", default=""),
        },
        more={
            "if": {"properties": {"cookieMethod": just("insert")}},
            "then": {
                "properties": {
                    "ttl": number(lo=0, hi=604800, default=0),
                    "httpOnly": flag(True),
                    "secure": flag(True),
                    "alwaysSet": flag(False),
                    "encrypt": flag(False),
                    "passphrase": {
                        "type": "object",
                        "properties": {"allowReuse": flag(False)},
                        "allOf": [use("Secret"), {}, {"secret": True}],
                    },
                },
                "if": {"properties": {"encrypt": just(True)}, "required": ["encrypt"]},
                "then": {"required": ["passphrase"]},
            },
            "else": {
                "if": {"properties": {"cookieMethod": just("hash")}},
                "then": {
                    "properties": {
                        "cookieName": {"minLength": 1},
                        "startAt": number(lo=0, hi=4096, default=0),
                        "hashCount": number(lo=0, hi=4096, default=0),
                    }
                },
                "else": {},
            },
        },
    ),
    "Persist_Hash": kind(
        {
            "duration": number(lo=0, hi=604800, default=180),
            "hashAlgorithm": word("carp default", default="default"),
            "startAt": number(lo=0, hi=65535, default=0),
            "count": number(lo=0, hi=65535, default=0),
            "startPattern": text(default=""),
            "endPattern": text(default=""),
            "bufferLimit": number(lo=0, hi=65535, default=0),
            "iRule": name_or_pointer("iRule"),
        },
    ),
    "Persist_MSRDP": kind(
        {
            "duration": number(lo=0, hi=604800, default=300),
            "sessionBroker": flag(True),
        },
    ),
    "Persist_SIP": kind(
        {
            "duration": number(lo=0, hi=604800, default=180),
            "header": text(least=1),
        },
        required="header",
    ),
    "Persist_TLS_Session": kind(
        {
            "duration": number(lo=0, hi=604800, default=300),
        },
    ),
    "Persist_UIE": kind(
        {
            "duration": number(lo=0, hi=604800, default=180),
            "iRule": {
                "if": text(),
                "then": {"minLength": 1, "to": ["iRule"]},
                "else": group({"bigip": text(format="f5bigip")}, closed=True, required="bigip"),
            },
        },
        required="iRule",
    ),
    "Basic_Monitor": one_of(word("http https http2 icmp tcp tcp-half-open udp"), use("Pointer_Monitor")),
    "Metadata": {
        "type": "object",
        "additionalProperties": group(
            {"value": text(), "persist": flag(True)}, closed=True, required="value"
        ),
    },
    "Pool_Member": kind(
        {
            "remark": use("Remark"),
            "servicePort": number(lo=0, hi=65535),
            "bigip": text(format="f5bigip"),
            "enable": flag(True),
            "connectionLimit": number(lo=0, hi=2147483647, default=0),
            "rateLimit": number(lo=-1, hi=2147483647, default=-1),
            "dynamicRatio": number(lo=0, hi=100, default=1),
            "ratio": number(lo=0, hi=100, default=1),
            "priorityGroup": number(lo=0, hi=65535, default=0),
            "monitors": many(use("Basic_Monitor")),
            "minimumMonitors": one_of(just("all"), number(lo=0, hi=63)),
            "metadata": use("Metadata"),
            "adminState": word("enable disable offline", default="enable"),
            "addressDiscovery": {
                "type": ["string", "object"],
                "if": text(),
                "then": {"enum": ["static", "fqdn", "event", "aws", "gce", "azure", "consul"]},
                "else": use("Pointer_Address_Discovery"),
                "default": "static",
            },
            "shareNodes": flag(False),
            "routeDomain": number(lo=0, hi=65534),
        },
        required="servicePort",
        also=[
            use("Address_Discovery_Common"),
            {
                "if": {"required": ["bigip"]},
                "then": {
                    "if": {"required": ["monitors"]},
                    "then": {"properties": {"minimumMonitors": {"default": 1}}},
                },
            },
        ],
    ),
    "Address_Discovery_Common": kind(
        {},
        when=[
            ("addressDiscovery", "aws", "Service_Discovery_AWS"),
            ("addressDiscovery", "azure", "Service_Discovery_Azure"),
            ("addressDiscovery", "gce", "Service_Discovery_GCE"),
            ("addressDiscovery", "consul", "Service_Discovery_Consul"),
        ],
        also=[
            {
                "if": {
                    "properties": {"addressDiscovery": {"enum": ["fqdn", "aws", "azure", "gce", "consul"]}},
                    "required": ["addressDiscovery"],
                },
                "then": {
                    "properties": {"updateInterval": number(lo=1, hi=3600, default=60)},
                    "not": {"required": ["bigip"]},
                },
            },
            {
                "if": {"properties": {"addressDiscovery": just("static")}},
                "then": one_of(
                    {"required": ["bigip"]},
                    {
                        "properties": {
                            "serverAddresses": many(text(format="f5ip"), unique=True),
                            "servers": many(
                                group(
                                    {
                                        "address": text(format="f5ip"),
                                        "name": text(most=64, pattern="^[A-Za-z][0-9A-Za-z_.-]*$"),
                                    },
                                    closed=True,
                                    required="address",
                                )
                            ),
                        },
                        "if": {"required": ["monitors"]},
                        "then": {"properties": {"minimumMonitors": {"default": 1}}},
                        "anyOf": [{"required": ["serverAddresses"]}, {"required": ["servers"]}],
                    },
                ),
            },
            {
                "if": {"properties": {"addressDiscovery": just("fqdn")}, "required": ["addressDiscovery"]},
                "then": {
                    "properties": {
                        "hostname": text(format="hostname"),
                        "addressFamily": word("IPv4 IPv6", default="IPv4"),
                        "autoPopulate": flag(False),
                        "queryInterval": number(lo=0, default=0),
                        "downInterval": number(lo=0, default=5),
                        "fqdnPrefix": {
                            "type": "string",
                            "oneOf": [{"pattern": "^[A-Za-z][0-9A-Za-z_.-]*$"}, just("")],
                            "default": "",
                        },
                    },
                    "if": {"required": ["monitors"]},
                    "then": {"properties": {"minimumMonitors": {"default": 1}}},
                    "required": ["hostname"],
                },
            },
        ],
    ),
    "Pointer_SSL_CRL_File": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
    "Secret": one_of(
        {
            "type": "object",
            "properties": {
                "allowReuse": flag(),
                "reuseFrom": text(least=1, to=[]),
                "url": use("Secret_Resource_URL"),
            },
            "oneOf": [{"required": ["ciphertext"]}, {"required": ["reuseFrom"]}, {"required": ["url"]}],
            "if": {"required": ["ciphertext"]},
            "then": use("JWE"),
        }
    ),
    "HTTP_Profile_Explicit": kind(
        {
            "maxHeaderCount": number(lo=1, hi=1024, default=64),
            "maxHeaderSize": number(lo=9, hi=262144, default=32768),
            "truncatedRedirects": flag(False),
            "resolver": group({"bigip": text(format="f5bigip")}, closed=True, required="bigip"),
            "doNotProxyHosts": many(
                {"type": "string", "anyOf": [{"format": "hostname"}, {"format": "f5ip"}]},
                unique=True,
                default=["none"],
            ),
            "tunnelName": {
                "type": "string",
                "minLength": 1,
                "maxLength": 63,
                "default": "http-tunnel",
                "component": "net tunnels tunnel",
            },
            "defaultConnectAction": word("deny allow", default="deny"),
            "routeDomain": one_of(number(lo=0, hi=65535), text(), default=0),
            "connectErrorMessage": text(
                most=65279,
                default="<html><head><title>Connection Error</title></head><body><h2>Unable to connect to host in proxy request</h2></body></html>",
            ),
            "dnsErrorMessage": text(
                most=65279,
                default="<html><head><title>DNS Resolution Error</title></head><body><h2>Cannot resolve hostname in proxy request</h2></body></html>",
            ),
            "badRequestMessage": text(
                most=65279,
                default="<html><head><title>Bad Request</title></head><body><h2>Invalid proxy request</h2></body></html>",
            ),
            "badResponseMessage": text(
                most=65279,
                default="<html><head><title>Bad Response</title></head><body><h2>Proxy request provoked invalid response</h2></body></html>",
            ),
            "ipv6": flag(False),
        },
    ),
    "HTTP_Profile_Reverse": kind(
        {
            "maxHeaderCount": number(lo=1, hi=1024, default=64),
            "maxHeaderSize": number(lo=9, hi=262144, default=32768),
            "truncatedRedirects": flag(False),
        },
    ),
    "HTTP_Profile_Transparent": kind(
        {
            "maxHeaderCount": number(lo=1, hi=1024, default=32),
            "maxHeaderSize": number(lo=9, hi=262144, default=16384),
            "excessClientHeaders": word("pass-through reject", default="pass-through"),
            "excessServerHeaders": word("pass-through reject", default="pass-through"),
            "oversizeClientHeaders": word("pass-through reject", default="pass-through"),
            "oversizeServerHeaders": word("pass-through reject", default="pass-through"),
            "truncatedRedirects": flag(True),
        },
    ),
    "Property_Passphrase": {"allOf": [use("Secret")], "secret": True},
    "Data_Group_Records_IP": {
        "allOf": [
            use("Data_Group_Records_Base"),
            {"properties": {"records": many(group({"key": text(format="f5ip")}, required="key"))}},
        ]
    },
    "Data_Group_Records_Integer": {
        "allOf": [
            use("Data_Group_Records_Base"),
            {"properties": {"records": many(group({"key": number()}, required="key"))}},
        ]
    },
    "Data_Group_Records_String": {
        "allOf": [
            use("Data_Group_Records_Base"),
            {"properties": {"records": many(group({"key": text()}, required="key"))}},
        ]
    },
    "Pointer_Data_Group_File": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
    "Pointer_F5_String_Or_BIGIP": {
        "if": {"type": "object", "required": ["bigip"]},
        "then": use("Pointer_BIGIP"),
        "else": use("F5_String"),
    },
    "Pointer_System_All_Or_F5_String": {
        "if": use("Pointer_System_All_Condition"),
        "then": use("Pointer_System_All"),
        "else": use("F5_String"),
    },
    "Endpoint_Policy_Rule": kind(
        {
            "name": text(most=64000, pattern="^[a-zA-Z0-9_\\-.:%]+$"),
            "label": use("Label"),
            "remark": use("Remark"),
            "conditions": many(use("Policy_Condition"), default=[]),
            "actions": many(use("Policy_Action"), default=[]),
        },
        closed=True,
        required="name",
    ),
    "IRule_Core": use("F5_String"),
    "Monitor_DNS": {},
    "Monitor_External": kind(
        {
            "class": just("Monitor"),
            "label": use("Label"),
            "remark": use("Remark"),
            "arguments": text(default=""),
            "environmentVariables": {"type": "object", "additionalProperties": text(), "default": {}},
            "expand": flag(True),
            "interval": number(lo=0, hi=3600, default=5),
            "monitorType": text(),
            "pathname": text(least=2),
            "script": use("F5_String"),
            "targetAddress": text(format="f5ip", default=""),
            "targetPort": number(lo=0, hi=65535, default=0),
            "timeout": number(lo=0, hi=900, default=16),
            "timeUntilUp": number(lo=0, hi=1800, default=0),
            "upInterval": number(lo=0, hi=3600, default=0),
        },
        more={
            "anyOf": [{"required": ["pathname"]}, {"required": ["script"]}],
            "if": {"required": ["pathname"]},
            "then": {"not": {"required": ["script"]}},
        },
    ),
    "Monitor_FTP": {},
    "Monitor_HTTP": kind(
        {
            "class": just("Monitor"),
            "label": use("Label"),
            "remark": use("Remark"),
            "adaptive": flag(False),
            "adaptiveDivergenceType": word("absolute relative", default="relative"),
            "adaptiveDivergenceMilliseconds": number(lo=1, hi=10000, default=500),
            "adaptiveDivergencePercentage": number(lo=1, hi=500, default=100),
            "adaptiveLimitMilliseconds": number(lo=1, hi=10000, default=1000),
            "adaptiveWindow": number(lo=1, hi=1800, default=180),
            "dscp": number(lo=0, hi=63, default=0),
            "interval": number(lo=0, hi=3600, default=5),
            "monitorType": text(),
            "passphrase": {"allOf": [use("Property_Passphrase"), group({"allowReuse": flag(False)})]},
            "receive": text(default="HTTP/1."),
            "receiveDown": text(default=""),
            "reverse": flag(False),
            "send": text(default="HEAD / HTTP/1.0\\r\\n\\r\\n"),
            "targetAddress": text(format="f5ip", default=""),
            "targetPort": number(lo=0, hi=65535, default=0),
            "timeout": number(lo=0, hi=900, default=16),
            "timeUntilUp": number(lo=0, hi=1800, default=0),
            "transparent": flag(False),
            "upInterval": number(lo=0, hi=3600, default=0),
            "username": text(),
        },
        more={
            "dependencies": {
                "reverse": {
                    "if": {"properties": {"reverse": just(True)}},
                    "then": {"properties": {"receiveDown": just("")}},
                }
            }
        },
    ),
    "Monitor_HTTP2": kind(
        {
            "class": just("Monitor"),
            "label": use("Label"),
            "remark": use("Remark"),
            "adaptive": flag(False),
            "adaptiveDivergenceType": word("absolute relative", default="relative"),
            "adaptiveDivergenceMilliseconds": number(lo=1, hi=10000, default=500),
            "adaptiveDivergencePercentage": number(lo=1, hi=500, default=100),
            "adaptiveLimitMilliseconds": number(lo=1, hi=10000, default=1000),
            "adaptiveWindow": number(lo=1, hi=1800, default=180),
            "clientTLS": {"type": "object", "allOf": [pointer("TLS_Client")]},
            "dscp": number(lo=0, hi=63, default=0),
            "interval": number(lo=0, hi=3600, default=5),
            "monitorType": text(),
            "passphrase": {"allOf": [use("Property_Passphrase"), group({"allowReuse": flag(False)})]},
            "receive": text(default="HTTP/2."),
            "receiveDown": text(default=""),
            "reverse": flag(False),
            "send": text(default="GET /\\r\\n\\r\\n"),
            "targetAddress": text(format="f5ip", default=""),
            "targetPort": number(lo=0, hi=65535, default=0),
            "timeout": number(lo=0, hi=900, default=16),
            "timeUntilUp": number(lo=0, hi=1800, default=0),
            "transparent": flag(False),
            "upInterval": number(lo=0, hi=3600, default=0),
            "username": text(),
        },
    ),
    "Monitor_HTTPS": kind(
        {
            "class": just("Monitor"),
            "label": use("Label"),
            "remark": use("Remark"),
            "adaptive": flag(False),
            "adaptiveDivergenceType": word("absolute relative", default="relative"),
            "adaptiveDivergenceMilliseconds": number(lo=1, hi=10000, default=500),
            "adaptiveDivergencePercentage": number(lo=1, hi=500, default=100),
            "adaptiveLimitMilliseconds": number(lo=1, hi=10000, default=1000),
            "adaptiveWindow": number(lo=1, hi=1800, default=180),
            "ciphers": text(default="DEFAULT"),
            "clientCertificate": text(least=1, to=["Certificate"]),
            "clientTLS": pointer("TLS_Client"),
            "dscp": number(lo=0, hi=63, default=0),
            "interval": number(lo=0, hi=3600, default=5),
            "monitorType": text(),
            "passphrase": {"allOf": [use("Property_Passphrase"), group({"allowReuse": flag(False)})]},
            "receive": text(default="HTTP/1."),
            "receiveDown": text(default=""),
            "reverse": flag(False),
            "send": text(default="HEAD / HTTP/1.0\\r\\n\\r\\n"),
            "targetAddress": text(format="f5ip", default=""),
            "targetPort": number(lo=0, hi=65535, default=0),
            "timeout": number(lo=0, hi=900, default=16),
            "timeUntilUp": number(lo=0, hi=1800, default=0),
            "transparent": flag(False),
            "upInterval": number(lo=0, hi=3600, default=0),
            "username": text(),
        },
    ),
    "Monitor_ICMP": kind(
        {
            "class": just("Monitor"),
            "label": use("Label"),
            "remark": use("Remark"),
            "adaptive": flag(False),
            "adaptiveDivergenceType": word("absolute relative", default="relative"),
            "adaptiveDivergenceMilliseconds": number(lo=1, hi=10000, default=500),
            "adaptiveDivergencePercentage": number(lo=1, hi=500, default=100),
            "adaptiveLimitMilliseconds": number(lo=1, hi=10000, default=1000),
            "adaptiveWindow": number(lo=5, hi=1800, default=180),
            "interval": number(lo=0, hi=3600, default=5),
            "monitorType": text(),
            "targetAddress": text(format="f5ip", default=""),
            "targetPort": number(lo=0, hi=65535, default=0),
            "timeout": number(lo=0, hi=900, default=16),
            "timeUntilUp": number(lo=0, hi=1800, default=0),
            "transparent": flag(False),
            "upInterval": number(lo=0, hi=3600, default=0),
        },
    ),
    "Monitor_Inband": {},
    "Monitor_LDAP": {},
    "Monitor_MySQL": {},
    "Monitor_PostgreSQL": {},
    "Monitor_RADIUS": {},
    "Monitor_SIP": {},
    "Monitor_SMTP": {},
    "Monitor_TCP": kind(
        {
            "class": just("Monitor"),
            "label": use("Label"),
            "remark": use("Remark"),
            "adaptive": flag(False),
            "adaptiveDivergenceMilliseconds": number(lo=1, hi=10000, default=500),
            "adaptiveDivergencePercentage": number(lo=1, hi=500, default=100),
            "adaptiveDivergenceType": word("absolute relative", default="relative"),
            "adaptiveLimitMilliseconds": number(lo=1, hi=10000, default=1000),
            "adaptiveWindow": number(lo=5, hi=1800, default=180),
            "dscp": number(lo=0, hi=63, default=0),
            "interval": number(lo=0, hi=3600, default=5),
            "monitorType": text(),
            "receive": text(default="none"),
            "receiveDown": text(default=""),
            "reverse": flag(False),
            "send": text(default="none"),
            "targetAddress": text(format="f5ip", default=""),
            "targetPort": number(lo=0, hi=65535, default=0),
            "timeout": number(lo=0, hi=900, default=16),
            "timeUntilUp": number(lo=0, hi=1800, default=0),
            "transparent": flag(False),
            "upInterval": number(lo=0, hi=3600, default=0),
        },
        more={
            "dependencies": {
                "reverse": {
                    "if": {"properties": {"reverse": just(True)}},
                    "then": {"properties": {"receiveDown": just("")}},
                }
            }
        },
    ),
    "Monitor_TCP_Half_Open": kind(
        {
            "class": just("Monitor"),
            "label": use("Label"),
            "remark": use("Remark"),
            "interval": number(lo=0, hi=3600, default=5),
            "monitorType": text(),
            "targetAddress": text(format="f5ip", default=""),
            "targetPort": number(lo=0, hi=65535, default=0),
            "timeout": number(lo=0, hi=900, default=16),
            "timeUntilUp": number(lo=0, hi=1800, default=0),
            "transparent": flag(False),
            "upInterval": number(lo=0, hi=3600, default=0),
        },
    ),
    "Monitor_UDP": kind(
        {
            "class": just("Monitor"),
            "label": use("Label"),
            "remark": use("Remark"),
            "adaptive": flag(False),
            "adaptiveDivergenceMilliseconds": number(lo=1, hi=10000, default=500),
            "adaptiveDivergencePercentage": number(lo=1, hi=500, default=100),
            "adaptiveDivergenceType": word("absolute relative", default="relative"),
            "adaptiveLimitMilliseconds": number(lo=1, hi=10000, default=1000),
            "adaptiveWindow": number(lo=60, hi=1800, default=180),
            "interval": number(lo=0, hi=3600, default=5),
            "monitorType": text(),
            "receive": text(default="none"),
            "receiveDown": text(default=""),
            "reverse": flag(False),
            "send": text(default="default send string"),
            "targetAddress": text(format="f5ip", default=""),
            "targetPort": number(lo=0, hi=65535, default=0),
            "timeout": number(lo=0, hi=900, default=16),
            "timeUntilUp": number(lo=0, hi=1800, default=0),
            "transparent": flag(False),
            "upInterval": number(lo=0, hi=3600, default=0),
        },
        more={
            "dependencies": {
                "reverse": {
                    "if": {"properties": {"reverse": just(True)}},
                    "then": {"properties": {"receiveDown": just("")}},
                }
            }
        },
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
    "Pointer_Endpoint_Policy": one_of(text(least=1, to=["Endpoint_Policy"]), pointer("Endpoint_Policy")),
    "Pointer_Existing_TLS_Client_Profile": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
    "Pointer_Existing_TLS_Server_Profile": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
    "Clone_Pools": kind(
        {
            "ingress": pointer("Pool", component="ltm pool"),
            "egress": pointer("Pool", component="ltm pool"),
        },
        closed=True,
        more={"anyOf": [{"required": ["ingress"]}, {"required": ["egress"]}]},
    ),
    "Include": kind(
        {
            "include": one_of(text(format="f5pointer"), many(text(format="f5pointer"))),
        },
    ),
    "Pointer_Integrated_Bot_Defense_Profile": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
    "F5base64": text(pattern="^([0-9A-Za-z/+_-]*|[0-9A-Za-z/+_-]+={1,2})$"),
    "Pointer_Monitor": kind(
        {
            "bigip": text(format="f5bigip"),
            "use": {"allOf": [use("Property_Use"), text(least=1, to=["Monitor"])]},
        },
    ),
    "Pointer_Address_Discovery": kind(
        {
            "use": text(least=1, to=["Address_Discovery"]),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
    "Service_Discovery_AWS": {},
    "Service_Discovery_Azure": {},
    "Service_Discovery_Consul": {},
    "Service_Discovery_GCE": {},
    "JWE": kind(
        {
            "ciphertext": {"type": "string", "minLength": 2, "allOf": [use("Resource_Base64")]},
            "ignoreChanges": flag(False),
            "miniJWE": flag(True),
            "protected": {
                "type": "string",
                "minLength": 2,
                "allOf": [use("Resource_Base64")],
                "default": "eyJhbGciOiJkaXIiLCJlbmMiOiJub25lIn0",
            },
        },
        required="protected",
    ),
    "Secret_Resource_URL": one_of(
        text(format="uri"),
        group({"url": text(format="uri"), "skipCertificateCheck": flag(False)}, required="url"),
    ),
    "Data_Group_Records_Base": kind(
        {
            "records": many(group({"value": text()})),
        },
    ),
    "F5_String": one_of(
        text(),
        group(
            {
                "text": use("Property_Text"),
                "base64": use("Property_Base64"),
                "url": use("Resource_URL"),
                "copyFrom": use("Pointer_Copy_From"),
            },
            closed=True,
            least=1,
            most=1,
        ),
    ),
    "Pointer_BIGIP": kind(
        {
            "bigip": text(least=1),
        },
        closed=True,
        required="bigip",
    ),
    "Pointer_System_All": kind(
        {},
        more={"if": {"required": ["bigip"]}, "then": use("Pointer_BIGIP"), "else": False},
    ),
    "Pointer_System_All_Condition": kind(
        {},
        more={"oneOf": [{"required": ["bigip"]}]},
    ),
    "Policy_Action": {},
    "Policy_Condition": {},
    "Property_Use": text(least=1, most=573, pattern="^[@A-Za-z\x80-\uffff/][@0-9A-Za-z\x80-\uffff_./-]*$"),
    "Resource_Base64": text(pattern="^([0-9A-Za-z/+_-]*|[0-9A-Za-z/+_-]+={1,2})$"),
    "Pointer_Copy_From": text(),
    "Property_Base64": use("Resource_Base64"),
    "Property_Text": use("Resource_Text"),
    "Resource_Text": text(),
    "Property_Loose_Initialization": flag(),
    "Property_Reset_On_Timeout": flag(),
    "Property_PVA_Acceleration": word("full partial none dedicated"),
    "Property_TCP_Handshake_Timeout": number(lo=-1, hi=86400),
    "Property_TCP_Close_Timeout": number(lo=-1, hi=86400),
    "Property_Loose_Close": flag(),
}

OTHERS: dict[str, Rule] = {
    "FIX_Profile": names(
        (
            "class label remark parentProfile errorAction fullLogonParsingEnabled messageLogPublisher reportLogPublisher "
            "quickParsingEnabled responseParsingEnabled statisticsSampleInterval senderTagMappingList"
        ),
        required="class",
    ),
    "RTSP_Profile": names(
        (
            "class label remark idleTimeout maxHeaderSize maxQueuedData unicastRedirect multicastRedirect sessionReconnect "
            "realHTTPPersistence checkSource proxy proxyHeader RTPPort RTCPPort algLogProfile logPublisher"
        ),
        required="class",
    ),
    "SIP_Profile": names("class label remark", required="class"),
    "Statistics_Profile": names("class label remark", required="class"),
    "TFTP_Profile": names("class label remark idleTimeout algLogProfile logPublisher", required="class"),
    "FTP_Profile": names(
        (
            "class label remark port ftpsMode enforceTlsSessionReuseEnabled activeModeEnabled securityEnabled "
            "translateExtendedEnabled inheritParentProfileEnabled algLogProfile logPublisher"
        ),
        required="class",
    ),
    "HTML_Rule": names(
        "attributeName content label remark ruleType", required="class ruleType", closed=False
    ),
    "HTML_Profile": names(
        "class label remark contentDetectionEnabled contentSelection rules", required="class"
    ),
    "JSON_Profile": names(
        "class label remark parentProfile maximumBytes maximumEntries maximumNonJsonBytes", required="class"
    ),
    "WebSocket_Profile": names(
        "class compressMode compression label masking maximumWindowSize noDelay remark"
    ),
    "SOCKS_Profile": names(
        "class label remark protocolVersions resolver ipv6First routeDomain tunnelName defaultConnectAction",
        required="class resolver",
    ),
    "Classification_Profile": names(
        (
            "class label remark parentProfile appDetectionEnabled urlCategorizationEnabled iRuleEventEnabled logPublisher "
            "logUnclassifiedDomain preset statisticsCollectionEnabled statisticsPublisher"
        ),
        required="class",
    ),
    "Radius_Profile": names(
        "class label remark parentProfile persistAttribute protocolProfile subscriberDiscoveryEnabled",
        required="class",
    ),
    "IP_Other_Profile": names("class label remark parentProfile idleTimeout", required="class"),
    "Rewrite_Profile": names(
        (
            "class label remark bypassList clientCachingType javaCaFile javaSignKeyPassphrase certificate "
            "locationSpecificEnabled requestSettings responseSettings rewriteList rewriteMode setCookieRules "
            "splitTunnelingEnabled uriRules"
        ),
        required="class",
    ),
    "Stream_Profile": names(
        "class label remark parentProfile chunkingEnabled chunkSize source target", required="class"
    ),
    "Access_Profile": names("class label remark url ssloCreated ignoreChanges enable", required="class url"),
    "Per_Request_Access_Policy": names("class label remark url ignoreChanges", required="class url"),
    "ICAP_Profile": names(
        "class label uri fromHeader hostHeader refererHeader userAgentHeader previewLength", required="class"
    ),
    "Adapt_Profile": names(
        "allowHTTP10 enableHttpAdaptation internalService label messageType previewSize serviceDownAction timeout",
        required="class messageType",
        closed=False,
    ),
    "Cipher_Rule": names("class label remark cipherSuites namedGroups signatureAlgorithms", required="class"),
    "Cipher_Group": names(
        "class label remark order allowCipherRules excludeCipherRules requireCipherRules", required="class"
    ),
    "iFile": names("class label remark iFile ignoreChanges", required="class iFile"),
    "PPTP_Profile": names(
        "class label remark parentProfile csvFormat includeDestinationIp publisherName", required="class"
    ),
    "Service_Profile": names("class type", required="class"),
    "Splitsession_Client_Profile": names(
        "class remark label peerPort peerIp localPeer httpHeader sessionLookupType",
        required="class peerPort peerIp",
    ),
    "SSE_Profile": names(
        "class label remark parentProfile maxFieldNameSize maxBufferedMsgBytes", required="class"
    ),
    "Connector_Profile": names(
        "class entryVirtualServer connectionTimeout serviceDownAction connectOnData", required="class"
    ),
    "Firewall_Address_List": names("class label remark addresses fqdns geo addressLists", required="class"),
    "Firewall_Port_List": names("class label remark ports portLists", required="class"),
    "Firewall_Rule_List": names("class label remark rules", required="class"),
    "Firewall_Policy": names("class label remark rules routeDomainEnforcement", required="class rules"),
    "NAT_Policy": names("class label remark rules", required="class"),
    "NAT_Source_Translation": names(
        (
            "class label remark addresses allowEgressInterfaces clientConnectionLimit disallowEgressInterfaces "
            "hairpinModeEnabled inboundMode mapping patMode portBlockAllocation ports routeAdvertisement type "
            "excludeAddresses"
        ),
        required="type",
    ),
    "Protocol_Inspection_Profile": names(
        "class label remark collectAVRStats enableComplianceChecks enableSignatureChecks autoAddNewInspections autoPublish defaultFromProfile services"
    ),
    "SSH_Proxy_Profile": names(
        "class label remark sshProfileAuthInfo sshProfileDefaultActions sshProfileRuleSet timeout",
        required="class",
    ),
    "Ping_Access_Agent_Properties": names(
        "class label remark propertiesData ignoreChanges", required="class propertiesData"
    ),
    "Ping_Access_Profile": names(
        "class label remark pingAccessProperties pool useHTTPS serversslProfile",
        required="class pingAccessProperties pool",
    ),
    "IP_Intelligence_Policy": names(
        "blacklistCategories defaultAction defaultLogBlacklistHitOnly defaultLogBlacklistWhitelistHit description feedLists label remark",
        required="class",
        closed=False,
    ),
    "DNS_Cache": names(
        (
            "allowedQueryTime answerDefaultZones forwardZones ignoreCd keyCacheSize label localZones maxConcurrentQueries "
            "maxConcurrentTcp maxConcurrentUdp messageCacheSize msgCacheSize nameserverCacheCount prefetchKey "
            "randomizeQueryNameCase recordCacheSize recordRotationMethod remark rootHints routeDomain trustAnchors type "
            "unwantedQueryReplyThreshold useIpv4 useIpv6 useTcp useUdp"
        ),
        required="class type",
        closed=False,
    ),
    "DNS_Profile": names(
        (
            "class label remark parentProfile rapidResponseEnabled rapidResponseLastAction hardwareQueryValidationEnabled "
            "hardwareResponseCacheEnabled dnssecEnabled globalServerLoadBalancingEnabled dnsExpressEnabled cacheEnabled "
            "cache dns64Mode dns64Prefix dns64AdditionalSectionRewrite unhandledQueryAction localBindServerEnabled "
            "zoneTransferEnabled recursionDesiredEnabled securityEnabled securityProfile loggingEnabled loggingProfile "
            "statisticsSampleRate"
        ),
        required="class",
    ),
    "DNS_TSIG_Key": names("class label remark algorithm secret", required="class secret"),
    "DNS_Zone": names(
        "class label remark dnsExpress responsePolicyEnabled serverTsigKey transferClients", required="class"
    ),
    "DNS_Nameserver": names("class label address port routeDomain tsigKey", required="class"),
    "DOS_Profile": names(
        "class label remark application network protocolDNS protocolSIP allowlist whitelist applicationAllowlist applicationWhitelist"
    ),
    "Bot_Defense_Profile": names(
        "class label remark enforcementMode signatureStagingUponUpdate enforcementReadinessPeriod mitigationSettings "
        "allowBrowserAccess gracePeriod deviceIDMode dosMitigation performChallengeInTransparent "
        "singlePageApplicationEnabled browserMitigationAction crossDomainRequests siteDomains externalDomains "
        "mobileDefense signatures stagedSignatures urlAllowlist"
    ),
    "GSLB_Domain": names(
        (
            "aliases clientSubnetPreferred domainName enabled failureRcode failureRcodeResponse failureRcodeTtl iRules "
            "label lastResortPool lastResortPoolType loadBalancingDecisionLogVerbosity persistCidrIpv4 persistCidrIpv6 "
            "persistenceEnabled poolLbMode pools poolsCname remark resourceRecordType ttlPersistence"
        ),
        required="resourceRecordType domainName",
        closed=False,
    ),
    "GSLB_iRule": names("class label remark expand iRule", required="class iRule"),
    "GSLB_Monitor": names(
        (
            "aggregateDynamicRatios arguments base chaseReferrals ciphers clientCertificate codesDown codesUp count "
            "database debugEnabled domain environmentVariables expand filter headers ignoreDownResponseEnabled interval "
            "label mandatoryAttributes monitorType passphrase pathname probeAttempts probeInterval probeTimeout protocol "
            "receive receiveColumn receiveRow receiveStatusCodes remark request reverseEnabled script security send "
            "sniServerName target targetAddress targetPort timeUntilUp timeout transparent upInterval username"
        ),
        required="class monitorType",
        closed=False,
    ),
    "GSLB_Pool": names(
        (
            "bpsLimit bpsLimitEnabled connectionsLimit connectionsLimitEnabled dynamicRatioEnabled enabled fallbackIP label "
            "lbModeAlternate lbModeFallback lbModePreferred manualResumeEnabled maxAnswersReturned members monitors "
            "ppsLimit ppsLimitEnabled qosHitRatio qosHops qosKbps qosLinkCapacity qosPacketRate qosRoundTripTime "
            "qosTopology qosVirtualServerCapacity qosVirtualServerScore remark resourceRecordType ttl verifyMemberEnabled"
        ),
        required="class resourceRecordType",
        closed=False,
    ),
    "GSLB_Server": names(
        (
            "class label remark enabled serverType proberPreferred proberFallback dataCenter devices virtualServers "
            "virtualServerDiscoveryMode exposeRouteDomainsEnabled monitors minimumMonitors bpsLimit bpsLimitEnabled "
            "ppsLimit ppsLimitEnabled connectionsLimit connectionsLimitEnabled cpuUsageLimit cpuUsageLimitEnabled "
            "memoryLimit memoryLimitEnabled serviceCheckProbeEnabled pathProbeEnabled snmpProbeEnabled proberPool"
        ),
        required="class dataCenter devices",
    ),
    "GSLB_Data_Center": names(
        "class label remark enabled location contact proberPreferred proberFallback proberPool",
        required="class",
    ),
    "GSLB_Prober_Pool": names("enabled label lbMode members", closed=False),
    "GSLB_Topology_Records": names(
        "label longestMatchEnabled records", required="class records", closed=False
    ),
    "GSLB_Topology_Region": names("label members remark", required="class", closed=False),
    "ALG_Log_Profile": names(
        "class label remark csvFormat startControlChannel endControlChannel startDataChannel endDataChannel inboundTransaction",
        required="class",
    ),
    "Security_Log_Profile": names(
        (
            "application botDefense classification dosApplication dosNetwork ipIntelligence label nat network protocolDns "
            "protocolDnsDos protocolInspection protocolSip protocolSipDos protocolTransfer remark sshProxy"
        ),
        required="class",
        closed=False,
    ),
    "Traffic_Log_Profile": names(
        "class label remark parentProfile requestSettings responseSettings", required="class"
    ),
    "Endpoint_Strategy": names("class label remark matchMethod operands", required="class matchMethod"),
    "Bandwidth_Control_Policy": names(
        (
            "class label remark dynamicControlEnabled maxBandwidth maxBandwidthUnit maxUserBandwidth maxUserBandwidthUnit "
            "maxUserPPS maxUserPPSUnit loggingEnabled logPublisher logPeriod markIP markL2 categories"
        ),
        required="class maxBandwidth",
    ),
    "Idle_Timeout_Policy": names("class label remark rules", required="class"),
    "Net_Address_List": names("class label remark addresses addressLists", required="class"),
    "Net_Port_List": names("class label remark ports portLists", required="class"),
    "Enforcement_Policy": names("class label remark enable allTransactions rules", required="class"),
    "Enforcement_Diameter_Endpoint_Profile": names(
        (
            "class label parentProfile destinationHost destinationRealm fatalGraceTime messageMaxRetransmits "
            "messageRetransmitDelay originHost originRealm protocolProfileGx productName supportedApps"
        ),
        required="class supportedApps",
    ),
    "Enforcement_iRule": names("class label remark expand iRule", required="class iRule"),
    "Enforcement_Radius_AAA_Profile": names(
        "class label remark parentProfile retransmissionTimeout sharedSecret password transactionTimeout",
        required="class",
    ),
    "Enforcement_Profile": names(
        (
            "class label remark parentProfile policiesGlobalHighPrecedence policiesGlobalLowPrecedence "
            "policiesUnknownSubscribers connectionOptimizationEnabled connectionOptimizationService"
        ),
        required="class",
    ),
    "Enforcement_Subscriber_Management_Profile": names(
        "class label remark parentProfile dhcpLeaseQuery serverSideSessionsEnabled", required="class"
    ),
    "Enforcement_Listener": names(
        "class label remark enforcementProfile subscriberManagementProfile services",
        required="class enforcementProfile services",
    ),
    "Enforcement_Interception_Endpoint": names("class label persistence pool", required="class pool"),
    "Enforcement_Format_Script": names("class label remark definition", required="class"),
    "Enforcement_Forwarding_Endpoint": names(
        (
            "class label remark pool SNATPool sourcePortAction addressTranslationEnabled portTranslationEnabled "
            "defaultPersistenceType fallbackPersistenceType persistenceHashSettings"
        ),
        required="class pool",
    ),
    "Enforcement_Service_Chain_Endpoint": names("class label remark serviceEndpoints", required="class"),
    "Analytics_Profile": names(
        (
            "class label remark captureFilter collectGeo collectClientSideStatistics collectUrl collectIp collectSubnet "
            "collectUserAgent collectOsAndBrowser collectResponseCode collectMethod collectMaxTpsAndThroughput "
            "collectPageLoadTime collectUserSession collectedStatsInternalLogging collectedStatsExternalLogging "
            "capturedTrafficInternalLogging capturedTrafficExternalLogging sessionCookieSecurity sessionTimeoutMinutes "
            "externalLoggingPublisher notificationBySyslog notificationBySnmp notificationByEmail "
            "notificationEmailAddresses publishIruleStatistics urlsForStatCollection countriesForStatCollection "
            "subnetsForStatCollection"
        ),
        required="class",
    ),
    "Analytics_TCP_Profile": names(
        (
            "class label remark collectCity collectContinent collectCountry collectedByClientSide collectedByServerSide "
            "collectedStatsExternalLogging collectedStatsInternalLogging collectNexthop collectPostCode collectRegion "
            "collectRemoteHostIp collectRemoteHostSubnet externalLoggingPublisher"
        ),
        required="class",
    ),
    "Certificate_Validator_OCSP": names(
        "class dnsResolver label remark responderUrl signingCertificate signingHashAlgorithm timeout",
        required="class",
    ),
    "DNS_Logging_Profile": names(
        "class label remark includeCompleteAnswer includeQueryId includeSource includeTimestamp includeView logPublisher logQueriesEnabled logResponsesEnabled",
        required="class logPublisher",
    ),
    "HTTP_Acceleration_Profile": names(
        (
            "class label agingRate cacheSize ignoreHeaders insertAgeHeaderEnabled maximumAge maximumEntries "
            "maximumObjectSize metadataMaxSize minimumObjectSize parentProfile uriExcludeList uriIncludeList "
            "uriIncludeOverrideList uriPinnedList"
        ),
        required="class",
    ),
    "Log_Destination": names(
        "address defaultFacility defaultSeverity distribution format forwardTo label pool port protocol remark remoteHighSpeedLog type",
        required="class type",
        closed=False,
    ),
    "Log_Publisher": names("destinations label remark", required="class destinations", closed=False),
}

ITEMS: dict[str, Rule] = {
    **{
        name: use(name)
        for name in (
            "Service_HTTP",
            "Service_HTTPS",
            "Service_TCP",
            "Service_UDP",
            "Service_SCTP",
            "Service_L4",
            "Service_Generic",
            "Service_Forwarding",
            "Service_Address",
            "WAF_Policy",
            "Persist",
            "Pool",
            "Address_Discovery",
            "TLS_Server",
            "TLS_Client",
            "Multiplex_Profile",
            "TCP_Profile",
            "Data_Group",
            "Endpoint_Policy",
            "CA_Bundle",
            "Certificate",
            "HTTP_Compress",
            "HTTP_Profile",
            "HTTP2_Profile",
            "L4_Profile",
            "Monitor",
            "SNAT_Pool",
            "SNAT_Translation",
            "UDP_Profile",
        )
    },
    "iRule": use("IRule"),
    **OTHERS,
}

RULES["Item"] = {"properties": {"class": {"type": "string", "enum": list(ITEMS)}}, "select": ITEMS}
