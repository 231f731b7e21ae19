# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The other profiles."""

from __future__ import annotations

from ..terms import Rule, names

NAMES: dict[str, Rule] = {
    "FIX_Profile": names(
        (
            "class label remark parentProfile errorAction fullLogonParsingEnabled messageLogPublisher "
            "reportLogPublisher quickParsingEnabled responseParsingEnabled statisticsSampleInterval "
            "senderTagMappingList"
        ),
        required="class",
    ),
    "RTSP_Profile": names(
        (
            "class label remark idleTimeout maxHeaderSize maxQueuedData unicastRedirect multicastRedirect "
            "sessionReconnect realHTTPPersistence checkSource proxy proxyHeader RTPPort RTCPPort "
            "algLogProfile logPublisher"
        ),
        required="class",
    ),
    "SIP_Profile": names("class label remark", required="class"),
    "Statistics_Profile": names("class label remark", required="class"),
    "TFTP_Profile": names("class label remark idleTimeout algLogProfile logPublisher", required="class"),
    "FTP_Profile": names(
        (
            "class label remark port ftpsMode enforceTlsSessionReuseEnabled activeModeEnabled "
            "securityEnabled translateExtendedEnabled inheritParentProfileEnabled algLogProfile logPublisher"
        ),
        required="class",
    ),
    "HTML_Rule": names(
        "attributeName content label remark ruleType", required="class ruleType", closed=False
    ),
    "HTML_Profile": names(
        "class label remark contentDetectionEnabled contentSelection rules", required="class"
    ),
    "JSON_Profile": names(
        "class label remark parentProfile maximumBytes maximumEntries maximumNonJsonBytes", required="class"
    ),
    "WebSocket_Profile": names(
        "class compressMode compression label masking maximumWindowSize noDelay remark"
    ),
    "SOCKS_Profile": names(
        "class label remark protocolVersions resolver ipv6First routeDomain tunnelName defaultConnectAction",
        required="class resolver",
    ),
    "Classification_Profile": names(
        (
            "class label remark parentProfile appDetectionEnabled urlCategorizationEnabled "
            "iRuleEventEnabled logPublisher logUnclassifiedDomain preset statisticsCollectionEnabled "
            "statisticsPublisher"
        ),
        required="class",
    ),
    "Radius_Profile": names(
        "class label remark parentProfile persistAttribute protocolProfile subscriberDiscoveryEnabled",
        required="class",
    ),
    "IP_Other_Profile": names("class label remark parentProfile idleTimeout", required="class"),
    "Rewrite_Profile": names(
        (
            "class label remark bypassList clientCachingType javaCaFile javaSignKeyPassphrase certificate "
            "locationSpecificEnabled requestSettings responseSettings rewriteList rewriteMode "
            "setCookieRules splitTunnelingEnabled uriRules"
        ),
        required="class",
    ),
    "Stream_Profile": names(
        "class label remark parentProfile chunkingEnabled chunkSize source target", required="class"
    ),
    "ICAP_Profile": names(
        "class label uri fromHeader hostHeader refererHeader userAgentHeader previewLength", required="class"
    ),
    "Adapt_Profile": names(
        "allowHTTP10 enableHttpAdaptation internalService label messageType previewSize serviceDownAction "
        "timeout",
        required="class messageType",
        closed=False,
    ),
    "PPTP_Profile": names(
        "class label remark parentProfile csvFormat includeDestinationIp publisherName", required="class"
    ),
    "Service_Profile": names("class type", required="class"),
    "Splitsession_Client_Profile": names(
        "class remark label peerPort peerIp localPeer httpHeader sessionLookupType",
        required="class peerPort peerIp",
    ),
    "SSE_Profile": names(
        "class label remark parentProfile maxFieldNameSize maxBufferedMsgBytes", required="class"
    ),
    "Connector_Profile": names(
        "class entryVirtualServer connectionTimeout serviceDownAction connectOnData", required="class"
    ),
    "HTTP_Acceleration_Profile": names(
        (
            "class label agingRate cacheSize ignoreHeaders insertAgeHeaderEnabled maximumAge maximumEntries "
            "maximumObjectSize metadataMaxSize minimumObjectSize parentProfile uriExcludeList "
            "uriIncludeList uriIncludeOverrideList uriPinnedList"
        ),
        required="class",
    ),
}
