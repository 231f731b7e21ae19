# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations and applications."""

from __future__ import annotations

from ..terms import Rule, flag, group, just, kind, many, number, one_of, text, use, word

NAME = "^[A-Za-z][0-9A-Za-z_.-]*$"
ITEM_NAME = "^[A-Za-z]([0-9A-Za-z_.-]{0,188}[0-9A-Za-z_.])?$"
VERSION = "^3[.]([0-9]|[1234][0-9]|5[0-6])($|[.][0-9]+$)"

PARTS: dict[str, Rule] = {
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
    "Label": text(least=0, most=64, pattern="^[^\\x00-\\x1f\\x22#&*<>?\\x5b-\\x5d`\\x7f]*$"),
    "Remark": text(least=0, most=64, pattern="^[^\\x00-\\x1f\\x22\\x5c\\x7f]*$"),
}
