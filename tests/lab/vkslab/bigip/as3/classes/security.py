# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Firewalls, access, and protection of applications."""

from __future__ import annotations

from ..terms import Rule, flag, just, kind, many, names, number, text, use, word

CLASSES: dict[str, Rule] = {
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
}

NAMES: dict[str, Rule] = {
    "Access_Profile": names("class label remark url ssloCreated ignoreChanges enable", required="class url"),
    "Per_Request_Access_Policy": names("class label remark url ignoreChanges", required="class url"),
    "Firewall_Address_List": names("class label remark addresses fqdns geo addressLists", required="class"),
    "Firewall_Port_List": names("class label remark ports portLists", required="class"),
    "Firewall_Rule_List": names("class label remark rules", required="class"),
    "Firewall_Policy": names("class label remark rules routeDomainEnforcement", required="class rules"),
    "Protocol_Inspection_Profile": names(
        "class label remark collectAVRStats enableComplianceChecks enableSignatureChecks "
        "autoAddNewInspections autoPublish defaultFromProfile services"
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
        "blacklistCategories defaultAction defaultLogBlacklistHitOnly defaultLogBlacklistWhitelistHit "
        "description feedLists label remark",
        required="class",
        closed=False,
    ),
    "DOS_Profile": names(
        "class label remark application network protocolDNS protocolSIP allowlist whitelist "
        "applicationAllowlist applicationWhitelist"
    ),
    "Bot_Defense_Profile": names(
        "class label remark enforcementMode signatureStagingUponUpdate enforcementReadinessPeriod "
        "mitigationSettings allowBrowserAccess gracePeriod deviceIDMode dosMitigation "
        "performChallengeInTransparent singlePageApplicationEnabled browserMitigationAction "
        "crossDomainRequests siteDomains externalDomains mobileDefense signatures stagedSignatures "
        "urlAllowlist"
    ),
    "Security_Log_Profile": names(
        (
            "application botDefense classification dosApplication dosNetwork ipIntelligence label nat "
            "network protocolDns protocolDnsDos protocolInspection protocolSip protocolSipDos "
            "protocolTransfer remark sshProxy"
        ),
        required="class",
        closed=False,
    ),
}
