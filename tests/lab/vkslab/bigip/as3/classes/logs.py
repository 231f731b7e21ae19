# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs and statistics."""

from __future__ import annotations

from ..terms import Rule, names

NAMES: dict[str, Rule] = {
    "Analytics_Profile": names(
        (
            "class label remark captureFilter collectGeo collectClientSideStatistics collectUrl collectIp "
            "collectSubnet collectUserAgent collectOsAndBrowser collectResponseCode collectMethod "
            "collectMaxTpsAndThroughput collectPageLoadTime collectUserSession "
            "collectedStatsInternalLogging collectedStatsExternalLogging capturedTrafficInternalLogging "
            "capturedTrafficExternalLogging sessionCookieSecurity sessionTimeoutMinutes "
            "externalLoggingPublisher notificationBySyslog notificationBySnmp notificationByEmail "
            "notificationEmailAddresses publishIruleStatistics urlsForStatCollection "
            "countriesForStatCollection subnetsForStatCollection"
        ),
        required="class",
    ),
    "Analytics_TCP_Profile": names(
        (
            "class label remark collectCity collectContinent collectCountry collectedByClientSide "
            "collectedByServerSide collectedStatsExternalLogging collectedStatsInternalLogging "
            "collectNexthop collectPostCode collectRegion collectRemoteHostIp collectRemoteHostSubnet "
            "externalLoggingPublisher"
        ),
        required="class",
    ),
    "DNS_Logging_Profile": names(
        "class label remark includeCompleteAnswer includeQueryId includeSource includeTimestamp includeView "
        "logPublisher logQueriesEnabled logResponsesEnabled",
        required="class logPublisher",
    ),
    "ALG_Log_Profile": names(
        "class label remark csvFormat startControlChannel endControlChannel startDataChannel endDataChannel "
        "inboundTransaction",
        required="class",
    ),
    "Traffic_Log_Profile": names(
        "class label remark parentProfile requestSettings responseSettings", required="class"
    ),
    "Log_Destination": names(
        "address defaultFacility defaultSeverity distribution format forwardTo label pool port protocol "
        "remark remoteHighSpeedLog type",
        required="class type",
        closed=False,
    ),
    "Log_Publisher": names("destinations label remark", required="class destinations", closed=False),
}
