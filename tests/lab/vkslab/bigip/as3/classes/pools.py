# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools, their members, and address discovery."""

from __future__ import annotations

from ..terms import Rule, flag, group, just, kind, many, number, one_of, text, use, word

CLASSES: dict[str, Rule] = {
    "Pool": kind(
        {
            "class": just("Pool"),
            "label": use("Label"),
            "remark": use("Remark"),
            "allowNATEnabled": flag(True),
            "allowSNATEnabled": flag(True),
            "loadBalancingMode": word(
                (
                    "dynamic-ratio-member dynamic-ratio-node fastest-app-response fastest-node "
                    "least-connections-member least-connections-node least-sessions observed-member "
                    "observed-node predictive-member predictive-node ratio-least-connections-member "
                    "ratio-least-connections-node ratio-member ratio-node ratio-session round-robin "
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
}

PARTS: dict[str, Rule] = {
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
    "Metadata": {
        "type": "object",
        "additionalProperties": group(
            {"value": text(), "persist": flag(True)}, closed=True, required="value"
        ),
    },
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
}
