# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DNS and GSLB."""

from __future__ import annotations

from ..terms import Rule, names

NAMES: dict[str, Rule] = {
    "DNS_Cache": names(
        (
            "allowedQueryTime answerDefaultZones forwardZones ignoreCd keyCacheSize label localZones "
            "maxConcurrentQueries maxConcurrentTcp maxConcurrentUdp messageCacheSize msgCacheSize "
            "nameserverCacheCount prefetchKey randomizeQueryNameCase recordCacheSize recordRotationMethod "
            "remark rootHints routeDomain trustAnchors type unwantedQueryReplyThreshold useIpv4 useIpv6 "
            "useTcp useUdp"
        ),
        required="class type",
        closed=False,
    ),
    "DNS_Profile": names(
        (
            "class label remark parentProfile rapidResponseEnabled rapidResponseLastAction "
            "hardwareQueryValidationEnabled hardwareResponseCacheEnabled dnssecEnabled "
            "globalServerLoadBalancingEnabled dnsExpressEnabled cacheEnabled cache dns64Mode dns64Prefix "
            "dns64AdditionalSectionRewrite unhandledQueryAction localBindServerEnabled zoneTransferEnabled "
            "recursionDesiredEnabled securityEnabled securityProfile loggingEnabled loggingProfile "
            "statisticsSampleRate"
        ),
        required="class",
    ),
    "DNS_TSIG_Key": names("class label remark algorithm secret", required="class secret"),
    "DNS_Zone": names(
        "class label remark dnsExpress responsePolicyEnabled serverTsigKey transferClients", required="class"
    ),
    "DNS_Nameserver": names("class label address port routeDomain tsigKey", required="class"),
    "GSLB_Domain": names(
        (
            "aliases clientSubnetPreferred domainName enabled failureRcode failureRcodeResponse "
            "failureRcodeTtl iRules label lastResortPool lastResortPoolType "
            "loadBalancingDecisionLogVerbosity persistCidrIpv4 persistCidrIpv6 persistenceEnabled "
            "poolLbMode pools poolsCname remark resourceRecordType ttlPersistence"
        ),
        required="resourceRecordType domainName",
        closed=False,
    ),
    "GSLB_iRule": names("class label remark expand iRule", required="class iRule"),
    "GSLB_Monitor": names(
        (
            "aggregateDynamicRatios arguments base chaseReferrals ciphers clientCertificate codesDown "
            "codesUp count database debugEnabled domain environmentVariables expand filter headers "
            "ignoreDownResponseEnabled interval label mandatoryAttributes monitorType passphrase pathname "
            "probeAttempts probeInterval probeTimeout protocol receive receiveColumn receiveRow "
            "receiveStatusCodes remark request reverseEnabled script security send sniServerName target "
            "targetAddress targetPort timeUntilUp timeout transparent upInterval username"
        ),
        required="class monitorType",
        closed=False,
    ),
    "GSLB_Pool": names(
        (
            "bpsLimit bpsLimitEnabled connectionsLimit connectionsLimitEnabled dynamicRatioEnabled enabled "
            "fallbackIP label lbModeAlternate lbModeFallback lbModePreferred manualResumeEnabled "
            "maxAnswersReturned members monitors ppsLimit ppsLimitEnabled qosHitRatio qosHops qosKbps "
            "qosLinkCapacity qosPacketRate qosRoundTripTime qosTopology qosVirtualServerCapacity "
            "qosVirtualServerScore remark resourceRecordType ttl verifyMemberEnabled"
        ),
        required="class resourceRecordType",
        closed=False,
    ),
    "GSLB_Server": names(
        (
            "class label remark enabled serverType proberPreferred proberFallback dataCenter devices "
            "virtualServers virtualServerDiscoveryMode exposeRouteDomainsEnabled monitors minimumMonitors "
            "bpsLimit bpsLimitEnabled ppsLimit ppsLimitEnabled connectionsLimit connectionsLimitEnabled "
            "cpuUsageLimit cpuUsageLimitEnabled memoryLimit memoryLimitEnabled serviceCheckProbeEnabled "
            "pathProbeEnabled snmpProbeEnabled proberPool"
        ),
        required="class dataCenter devices",
    ),
    "GSLB_Data_Center": names(
        "class label remark enabled location contact proberPreferred proberFallback proberPool",
        required="class",
    ),
    "GSLB_Prober_Pool": names("enabled label lbMode members", closed=False),
    "GSLB_Topology_Records": names(
        "label longestMatchEnabled records", required="class records", closed=False
    ),
    "GSLB_Topology_Region": names("label members remark", required="class", closed=False),
}
