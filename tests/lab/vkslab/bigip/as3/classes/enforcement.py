# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy enforcement."""

from __future__ import annotations

from ..terms import Rule, names

NAMES: dict[str, Rule] = {
    "Enforcement_Policy": names("class label remark enable allTransactions rules", required="class"),
    "Enforcement_Diameter_Endpoint_Profile": names(
        (
            "class label parentProfile destinationHost destinationRealm fatalGraceTime "
            "messageMaxRetransmits messageRetransmitDelay originHost originRealm protocolProfileGx "
            "productName supportedApps"
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
            "class label remark pool SNATPool sourcePortAction addressTranslationEnabled "
            "portTranslationEnabled defaultPersistenceType fallbackPersistenceType persistenceHashSettings"
        ),
        required="class pool",
    ),
    "Enforcement_Service_Chain_Endpoint": names("class label remark serviceEndpoints", required="class"),
}
