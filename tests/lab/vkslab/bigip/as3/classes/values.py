# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts, secrets and pointers of all kinds."""

from __future__ import annotations

from ..terms import Rule, flag, group, kind, many, one_of, text, use

PARTS: dict[str, Rule] = {
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
    "Property_Passphrase": {"allOf": [use("Secret")], "secret": True},
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
    "Include": kind(
        {
            "include": one_of(text(format="f5pointer"), many(text(format="f5pointer"))),
        },
    ),
    "F5base64": text(pattern="^([0-9A-Za-z/+_-]*|[0-9A-Za-z/+_-]+={1,2})$"),
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
    "Property_Use": text(least=1, most=573, pattern="^[@A-Za-z\x80-\uffff/][@0-9A-Za-z\x80-\uffff_./-]*$"),
    "Resource_Base64": text(pattern="^([0-9A-Za-z/+_-]*|[0-9A-Za-z/+_-]+={1,2})$"),
    "Pointer_Copy_From": text(),
    "Property_Base64": use("Resource_Base64"),
    "Property_Text": use("Resource_Text"),
    "Resource_Text": text(),
}
