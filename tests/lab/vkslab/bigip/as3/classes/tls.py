# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS: profiles, certificates and ciphers."""

from __future__ import annotations

from ..terms import (
    Rule,
    flag,
    group,
    just,
    kind,
    many,
    names,
    number,
    one_of,
    pointer,
    text,
    use,
    word,
    word_or,
)

CLASSES: dict[str, Rule] = {
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
                    "authority-key-identifier basic-constraints certificate-policies "
                    "crl-distribution-points extended-key-usage fresh-crl issuer-alternative-name key-usage "
                    "subject-alternative-name subject-directory-attribute subject-key-identifier"
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
}

PARTS: dict[str, Rule] = {
    "Pointer_SSL_CRL_File": kind(
        {
            "bigip": text(format="f5bigip"),
        },
        closed=True,
        more={"minProperties": 1, "maxProperties": 1},
    ),
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
}

NAMES: dict[str, Rule] = {
    "Cipher_Rule": names("class label remark cipherSuites namedGroups signatureAlgorithms", required="class"),
    "Cipher_Group": names(
        "class label remark order allowCipherRules excludeCipherRules requireCipherRules", required="class"
    ),
    "Certificate_Validator_OCSP": names(
        "class dnsResolver label remark responderUrl signingCertificate signingHashAlgorithm timeout",
        required="class",
    ),
}
