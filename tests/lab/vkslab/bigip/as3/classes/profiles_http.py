# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles of HTTP."""

from __future__ import annotations

from ..terms import Rule, flag, group, just, kind, many, number, one_of, pointer, text, use, word

CLASSES: dict[str, Rule] = {
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
}

PARTS: dict[str, Rule] = {
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
                default=(
                    "<html><head><title>Connection Error</title></head><body><h2>Unable to connect to host "
                    "in proxy request</h2></body></html>"
                ),
            ),
            "dnsErrorMessage": text(
                most=65279,
                default=(
                    "<html><head><title>DNS Resolution Error</title></head><body><h2>Cannot resolve "
                    "hostname in proxy request</h2></body></html>"
                ),
            ),
            "badRequestMessage": text(
                most=65279,
                default=(
                    "<html><head><title>Bad Request</title></head><body><h2>Invalid proxy "
                    "request</h2></body></html>"
                ),
            ),
            "badResponseMessage": text(
                most=65279,
                default=(
                    "<html><head><title>Bad Response</title></head><body><h2>Proxy request provoked invalid "
                    "response</h2></body></html>"
                ),
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
}
