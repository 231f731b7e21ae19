# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Translation of addresses, and lists of addresses and ports."""

from __future__ import annotations

from ..terms import Rule, flag, just, kind, many, names, number, one_of, text, use, word

CLASSES: dict[str, Rule] = {
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
}

NAMES: dict[str, Rule] = {
    "NAT_Policy": names("class label remark rules", required="class"),
    "NAT_Source_Translation": names(
        (
            "class label remark addresses allowEgressInterfaces clientConnectionLimit "
            "disallowEgressInterfaces hairpinModeEnabled inboundMode mapping patMode portBlockAllocation "
            "ports routeAdvertisement type excludeAddresses"
        ),
        required="type",
    ),
    "Net_Address_List": names("class label remark addresses addressLists", required="class"),
    "Net_Port_List": names("class label remark ports portLists", required="class"),
}
