# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Persistence."""

from __future__ import annotations

from ..terms import Rule, flag, group, just, kind, name_or_pointer, number, pointer, text, use, word

CLASSES: dict[str, Rule] = {
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
}

PARTS: dict[str, Rule] = {
    "Basic_Persist": {
        "if": text(),
        "then": {"enum": ["cookie", "destination-address", "msrdp", "source-address", "tls-session-id"]},
        "else": pointer("Persist"),
    },
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
}
