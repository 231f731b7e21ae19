# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoint policies, iRules and data groups."""

from __future__ import annotations

from ..terms import Rule, flag, group, just, kind, many, names, number, one_of, pointer, text, use, word

CLASSES: dict[str, Rule] = {
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
    "iRule": kind(
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
}

PARTS: dict[str, Rule] = {
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
    "Pointer_Endpoint_Policy": one_of(text(least=1, to=["Endpoint_Policy"]), pointer("Endpoint_Policy")),
    "Policy_Action": {},
    "Policy_Condition": {},
    "IRule_Core": use("F5_String"),
    "Data_Group_Records_Base": kind(
        {
            "records": many(group({"value": text()})),
        },
    ),
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
}

NAMES: dict[str, Rule] = {
    "Endpoint_Strategy": names("class label remark matchMethod operands", required="class matchMethod"),
    "iFile": names("class label remark iFile ignoreChanges", required="class iFile"),
    "Bandwidth_Control_Policy": names(
        (
            "class label remark dynamicControlEnabled maxBandwidth maxBandwidthUnit maxUserBandwidth "
            "maxUserBandwidthUnit maxUserPPS maxUserPPSUnit loggingEnabled logPublisher logPeriod markIP "
            "markL2 categories"
        ),
        required="class maxBandwidth",
    ),
    "Idle_Timeout_Policy": names("class label remark rules", required="class"),
}
