# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""AS3's classes and their properties, made by tests/tools/as3_vocabulary.py.

A line is a class; a word is ``property:types=default``. Types: b boolean, i integer, n number, s string, a array,
o object, & a name of another object of the declaration. A class with a variant is written ``Monitor/http``.
"""

from __future__ import annotations

WORDS: dict[str, str] = {
    "ALG_Log_Profile": (
        'csvFormat:b=false endControlChannel:o={"action":"enabled","includeDestination":false} '
        'endDataChannel:o={"action":"enabled","includeDestination":false} '
        'inboundTransaction:o={"action":"disabled"} label:s remark:s '
        'startControlChannel:o={"action":"disabled","includeDestination":false} '
        'startDataChannel:o={"action":"disabled","includeDestination":false} '
    ),
    "Access_Profile": (
        'enable:b=false ignoreChanges:b=false label:s remark:s ssloCreated:b=false url:so '
    ),
    "Adapt_Profile": (
        'allowHTTP10:b=false enableHttpAdaptation:b=true internalService:o label:s messageType:s '
        'previewSize:i=1024 serviceDownAction:s="ignore" timeout:i=0 '
    ),
    "Address_Discovery": (
        'addressDiscovery:s addressFamily:s autoPopulate:b downInterval:i fqdnPrefix:s hostname:s '
        'minimumMonitors: queryInterval:i serverAddresses:a servers:a shareNodes:b=false updateInterval:i '
    ),
    "Analytics_Profile": (
        'captureFilter:o={} capturedTrafficExternalLogging:b=false capturedTrafficInternalLogging:b=false '
        'collectClientSideStatistics:b=false collectGeo:b=false collectIp:b=false '
        'collectMaxTpsAndThroughput:b=false collectMethod:b=true collectOsAndBrowser:b=true '
        'collectPageLoadTime:b=false collectResponseCode:b=true collectSubnet:b=false collectUrl:b=false '
        'collectUserAgent:b=false collectUserSession:b=false collectedStatsExternalLogging:b=false '
        'collectedStatsInternalLogging:b=true countriesForStatCollection:a externalLoggingPublisher:o '
        'label:s notificationByEmail:b=false notificationBySnmp:b=false notificationBySyslog:b=false '
        'notificationEmailAddresses:a publishIruleStatistics:b=false remark:s '
        'sessionCookieSecurity:s="ssl-only" sessionTimeoutMinutes:i=5 subnetsForStatCollection:a '
        'urlsForStatCollection:a '
    ),
    "Analytics_TCP_Profile": (
        'collectCity:b=false collectContinent:b=true collectCountry:b=true collectNexthop:b=false '
        'collectPostCode:b=false collectRegion:b=true collectRemoteHostIp:b=false '
        'collectRemoteHostSubnet:b=true collectedByClientSide:b=true collectedByServerSide:b=true '
        'collectedStatsExternalLogging:b=false collectedStatsInternalLogging:b=true '
        'externalLoggingPublisher:o label:s remark:s '
    ),
    "Application": (
        'constants:o enable:b=true label:s remark:s schemaOverlay:s serviceMain: template:s="generic" '
    ),
    "Bandwidth_Control_Policy": (
        'categories: dynamicControlEnabled:b=false label:s logPeriod:i=2048 logPublisher:o '
        'loggingEnabled:b=false markIP:is="pass-through" markL2:is="pass-through" maxBandwidth:i '
        'maxBandwidthUnit:s="Mbps" maxUserBandwidth:i=0 maxUserBandwidthUnit:s="Mbps" maxUserPPS:i=0 '
        'maxUserPPSUnit:s="Mpps" remark:s '
    ),
    "Bot_Defense_Profile": (
        'allowBrowserAccess:s="enabled" browserMitigationAction:s="none" crossDomainRequests:s="allow-all" '
        'deviceIDMode:s="generate-after-access" dosMitigation:s="enabled" enforcementMode:s="transparent" '
        'enforcementReadinessPeriod:i=7 externalDomains:a gracePeriod:i=300 label:s mitigationSettings:a '
        'mobileDefense:o={} performChallengeInTransparent:s="disabled" remark:s '
        'signatureStagingUponUpdate:s="disabled" signatures:sa="none" singlePageApplicationEnabled:b=false '
        'siteDomains:a stagedSignatures:sa="none" urlAllowlist:a '
    ),
    "CA_Bundle": (
        'bundle:so label:s remark:s '
    ),
    "Certificate": (
        'certificate:o chainCA:so issuerCertificate:o label:s passphrase:o pkcs12:so pkcs12Options:o '
        'privateKey:o remark:s staplerOCSP:o '
    ),
    "Certificate_Validator_OCSP": (
        'dnsResolver:o label:s remark:s responderUrl:s signingCertificate:o signingHashAlgorithm:s="sha256" '
        'timeout:i=8 '
    ),
    "Cipher_Group": (
        'allowCipherRules:a=[{"bigip":"/Common/f5-default"}] excludeCipherRules:a label:s order:s="default" '
        'remark:s requireCipherRules:a '
    ),
    "Cipher_Rule": (
        'cipherSuites:a label:s namedGroups:a remark:s signatureAlgorithms:a '
    ),
    "Classification_Profile": (
        'appDetectionEnabled:b=true iRuleEventEnabled:b=false label:s logPublisher:o '
        'logUnclassifiedDomain:b=false parentProfile:o={"bigip":"/Common/classification"} '
        'preset:o={"bigip":"/Common/ce"} remark:s statisticsCollectionEnabled:b=false statisticsPublisher:o '
        'urlCategorizationEnabled:b=false '
    ),
    "Connector_Profile": (
        'connectOnData:b=false connectionTimeout:i=0 entryVirtualServer:o serviceDownAction:s="ignore" '
    ),
    "Controls": (
        'archiveId:ns archiveTimestamp:s dryRun:b=false fortune:b logLevel:s="error" trace:b=false '
        'traceResponse:b=false userAgent:s '
    ),
    "DNS_Cache": (
        'label:s remark:s type:s '
    ),
    "DNS_Logging_Profile": (
        'includeCompleteAnswer:b=true includeQueryId:b=false includeSource:b=true includeTimestamp:b=true '
        'includeView:b=true label:s logPublisher:o logQueriesEnabled:b=true logResponsesEnabled:b=false '
        'remark:s '
    ),
    "DNS_Nameserver": (
        'address:s="127.0.0.1" label:s port:i=53 routeDomain:o={"bigip":"/Common/0"} tsigKey:o '
    ),
    "DNS_Profile": (
        'cache:o cacheEnabled:b=false dns64AdditionalSectionRewrite:s="disabled" dns64Mode:s="disabled" '
        'dns64Prefix:s="0:0:0:0:0:0:0:0" dnsExpressEnabled:b=true dnssecEnabled:b=true '
        'globalServerLoadBalancingEnabled:b=true hardwareQueryValidationEnabled:b=false '
        'hardwareResponseCacheEnabled:b=false label:s localBindServerEnabled:b=true loggingEnabled:b=true '
        'loggingProfile:o parentProfile:o={"bigip":"/Common/dns"} rapidResponseEnabled:b=false '
        'rapidResponseLastAction:s="drop" recursionDesiredEnabled:b=true remark:s securityEnabled:b=true '
        'securityProfile:o statisticsSampleRate:i=0 unhandledQueryAction:s="allow" '
        'zoneTransferEnabled:b=false '
    ),
    "DNS_TSIG_Key": (
        'algorithm:s="hmacmd5" label:s remark:s secret:o '
    ),
    "DNS_Zone": (
        'dnsExpress:o label:s remark:s responsePolicyEnabled:b=false serverTsigKey:o transferClients:a '
    ),
    "DOS_Profile": (
        'allowlist:o application:o applicationAllowlist:o applicationWhitelist:o label:s network:o '
        'protocolDNS:o protocolSIP:o remark:s whitelist:o '
    ),
    "Data_Group": (
        'dataGroupFile:o externalFilePath:so ignoreChanges:b keyDataType:s label:s remark:s separator:s '
        'storageType:s="internal" '
    ),
    "Endpoint_Policy": (
        'customStrategy:so& label:s remark:s rules:a strategy:s="best-match" '
    ),
    "Endpoint_Strategy": (
        'label:s matchMethod:s operands:a remark:s '
    ),
    "Enforcement_Diameter_Endpoint_Profile": (
        'destinationHost:s destinationRealm:s fatalGraceTime:i=500 label:s messageMaxRetransmits:i=2 '
        'messageRetransmitDelay:i=1500 originHost:s originRealm:s '
        'parentProfile:o={"bigip":"/Common/diameter-endpoint"} productName:s="BIG-IP" protocolProfileGx:o '
        'supportedApps:a '
    ),
    "Enforcement_Format_Script": (
        'definition:s label:s remark:s '
    ),
    "Enforcement_Forwarding_Endpoint": (
        'SNATPool:o addressTranslationEnabled:b=false defaultPersistenceType:s="disabled" '
        'fallbackPersistenceType:s="disabled" label:s persistenceHashSettings:o={} pool:o '
        'portTranslationEnabled:b=false remark:s sourcePortAction:s="preserve" '
    ),
    "Enforcement_Interception_Endpoint": (
        'label:s persistence:s="disabled" pool:o '
    ),
    "Enforcement_Listener": (
        'enforcementProfile:o label:s remark:s services:a subscriberManagementProfile:o '
    ),
    "Enforcement_Policy": (
        'allTransactions:b=false enable:b=true label:s remark:s rules:a '
    ),
    "Enforcement_Profile": (
        'connectionOptimizationEnabled:b=true connectionOptimizationService:o label:s '
        'parentProfile:o={"bigip":"/Common/spm"} policiesGlobalHighPrecedence:a '
        'policiesGlobalLowPrecedence:a policiesUnknownSubscribers:a remark:s '
    ),
    "Enforcement_Radius_AAA_Profile": (
        'label:s parentProfile:o={"bigip":"/Common/radiusaaa"} password:o remark:s '
        'retransmissionTimeout:i=5 sharedSecret:o transactionTimeout:i=30 '
    ),
    "Enforcement_Service_Chain_Endpoint": (
        'label:s remark:s serviceEndpoints:a '
    ),
    "Enforcement_Subscriber_Management_Profile": (
        'dhcpLeaseQuery:o label:s parentProfile:o={"bigip":"/Common/subscriber-mgmt"} remark:s '
        'serverSideSessionsEnabled:b=true '
    ),
    "Enforcement_iRule": (
        'expand:b=true iRule:so label:s remark:s '
    ),
    "FIX_Profile": (
        'errorAction:s="dont-forward" fullLogonParsingEnabled:b=true label:s messageLogPublisher:o '
        'parentProfile:o={"bigip":"/Common/fix"} quickParsingEnabled:b=false remark:s reportLogPublisher:o '
        'responseParsingEnabled:b=false senderTagMappingList:a statisticsSampleInterval:i=20 '
    ),
    "FTP_Profile": (
        'activeModeEnabled:b=true algLogProfile:o enforceTlsSessionReuseEnabled:b=false '
        'ftpsMode:s="disallow" inheritParentProfileEnabled:b=false label:s logPublisher:o port:i=20 '
        'remark:s securityEnabled:b=false translateExtendedEnabled:b=true '
    ),
    "Firewall_Address_List": (
        'addressLists:a addresses:a fqdns:a geo:a label:s remark:s '
    ),
    "Firewall_Policy": (
        'label:s remark:s routeDomainEnforcement:a rules:a '
    ),
    "Firewall_Port_List": (
        'label:s portLists:a ports:a remark:s '
    ),
    "Firewall_Rule_List": (
        'label:s remark:s rules:a '
    ),
    "GSLB_Data_Center": (
        'contact:s enabled:b=true label:s location:s proberFallback:s="any-available" proberPool:o '
        'proberPreferred:s="inside-datacenter" remark:s '
    ),
    "GSLB_Domain": (
        'aliases:a clientSubnetPreferred:b=false domainName:s enabled:b=true failureRcode:s="noerror" '
        'failureRcodeResponse:b=false failureRcodeTtl:i=0 iRules:a& label:s lastResortPool:o '
        'lastResortPoolType:s loadBalancingDecisionLogVerbosity:a persistCidrIpv4:i=32 '
        'persistCidrIpv6:i=128 persistenceEnabled:b=false poolLbMode:s="round-robin" pools:a poolsCname:a '
        'remark:s resourceRecordType:s ttlPersistence:i=3600 '
    ),
    "GSLB_Monitor": (
        'ignoreDownResponseEnabled:b=false interval:i=30 label:s monitorType:s probeTimeout:i=5 remark:s '
        'target:s="*:*" timeout:i=120 '
    ),
    "GSLB_Pool": (
        'bpsLimit:i bpsLimitEnabled:b connectionsLimit:i connectionsLimitEnabled:b '
        'dynamicRatioEnabled:b=false enabled:b=true fallbackIP:s label:s lbModeAlternate:s="round-robin" '
        'lbModeFallback:s="return-to-dns" lbModePreferred:s="round-robin" manualResumeEnabled:b=false '
        'maxAnswersReturned:i members:a monitors:a ppsLimit:i ppsLimitEnabled:b qosHitRatio:i qosHops:i '
        'qosKbps:i qosLinkCapacity:i qosPacketRate:i qosRoundTripTime:i qosTopology:i '
        'qosVirtualServerCapacity:i qosVirtualServerScore:i remark:s resourceRecordType:s ttl:i=30 '
        'verifyMemberEnabled:b=true '
    ),
    "GSLB_Prober_Pool": (
        'enabled:b=true label:s lbMode:s members:a '
    ),
    "GSLB_Server": (
        'bpsLimit:i=0 bpsLimitEnabled:b=false connectionsLimit:i=0 connectionsLimitEnabled:b=false '
        'cpuUsageLimit:i cpuUsageLimitEnabled:b dataCenter:o devices:a enabled:b=true '
        'exposeRouteDomainsEnabled:b=false label:s memoryLimit:i memoryLimitEnabled:b minimumMonitors:i '
        'monitors:a pathProbeEnabled:b ppsLimit:i=0 ppsLimitEnabled:b=false proberFallback:s="inherit" '
        'proberPool:o proberPreferred:s="inherit" remark:s serverType:s="bigip" serviceCheckProbeEnabled:b '
        'snmpProbeEnabled:b virtualServerDiscoveryMode:s="disabled" virtualServers:a '
    ),
    "GSLB_Topology_Records": (
        'label:s longestMatchEnabled:b=true records:a '
    ),
    "GSLB_Topology_Region": (
        'label:s members:a remark:s '
    ),
    "GSLB_iRule": (
        'expand:b=true iRule:so label:s remark:s '
    ),
    "HTML_Profile": (
        'contentDetectionEnabled:b=false contentSelection:a=["text/html","text/xhtml"] label:s remark:s '
        'rules:a '
    ),
    "HTML_Rule": (
        'label:s remark:s ruleType:s '
    ),
    "HTTP2_Profile": (
        'activationMode:s="alpn" concurrentStreamsPerConnection:i=10 connectionIdleTimeout:i=300 '
        'enforceTlsRequirements:b=true frameSize:i=2048 headerTableSize:i=4096 includeContentLength:b=false '
        'insertHeader:b=false insertHeaderName:s="X-HTTP2" label:s receiveWindow:i=32 remark:s '
        'writeSize:i=16384 '
    ),
    "HTTP_Acceleration_Profile": (
        'agingRate:i=9 cacheSize:i=100 ignoreHeaders:s="all" insertAgeHeaderEnabled:b=true label:s '
        'maximumAge:i=3600 maximumEntries:i=10000 maximumObjectSize:i=50000 metadataMaxSize:i=25 '
        'minimumObjectSize:i=500 parentProfile:o={"bigip":"/Common/webacceleration"} uriExcludeList:a '
        'uriIncludeList:a uriIncludeOverrideList:a uriPinnedList:a '
    ),
    "HTTP_Compress": (
        'allowHTTP10:b=false bufferSize:i=4096 contentTypeExcludes:a '
        'contentTypeIncludes:a=["text/","application/(xml|x-javascript)"] cpuSaver:b=true cpuSaverHigh:i=90 '
        'cpuSaverLow:i=75 gzipLevel:i=1 gzipMemory:i=8 gzipWindowSize:i=16 keepAcceptEncoding:b=false '
        'label:s minimumSize:i=1024 preferMethod:s="gzip" remark:s selective:b=false uriExcludes:a '
        'uriIncludes:a varyHeader:b=true '
    ),
    "HTTP_Profile": (
        'allowBlankSpaceAfterHeaderName:b=false allowedResponseHeaders:a badRequestMessage:s '
        'badResponseMessage:s connectErrorMessage:s cookiePassphrase:o defaultConnectAction:s '
        'dnsErrorMessage:s doNotProxyHosts:a encryptCookies:a enforceRFCCompliance:b=false '
        'excessClientHeaders:s excessServerHeaders:s fallbackRedirect:s fallbackStatusCodes:a '
        'hstsIncludeSubdomains:b=true hstsInsert:b=false hstsPeriod:i=7862400 hstsPreload:b=false '
        'insertHeader:o ipv6:b '
        'knownMethods:a=["CONNECT","DELETE","GET","HEAD","LOCK","OPTIONS","POST","PROPFIND","PUT","TRACE","UNLOCK"] '
        'label:s maxHeaderCount:i maxHeaderSize:i maxRequests:i=0 multiplexStatusReuse:s '
        'multiplexTransformations:b=true otherXFF:a oversizeClientHeaders:s oversizeServerHeaders:s '
        'pipelineAction:s="allow" profileWebSocket:o proxyConnectEnabled:b=false proxyType:s="reverse" '
        'remark:s requestChunking:s="preserve" resolver:o responseChunking:s="selective" '
        'rewriteRedirects:s="none" routeDomain:is serverHeaderValue:s="BigIP" truncatedRedirects:b '
        'trustXFF:b=false tunnelName:s unknownMethodAction:s="allow" viaHost:s viaRequest:s="remove" '
        'viaResponse:s="remove" webSocketMasking:s="unmask" webSocketsEnabled:b=false whiteOutHeader:s '
        'xForwardedFor:b=true '
    ),
    "ICAP_Profile": (
        'fromHeader:s hostHeader:s label:s previewLength:i=0 refererHeader:s uri:s userAgentHeader:s '
    ),
    "IP_Intelligence_Policy": (
        'blacklistCategories:a defaultAction:s="drop" defaultLogBlacklistHitOnly:s="no" '
        'defaultLogBlacklistWhitelistHit:s description:s feedLists:a label:s remark:s '
    ),
    "IP_Other_Profile": (
        'idleTimeout:is=60 label:s parentProfile:o={"bigip":"/Common/ipother"} remark:s '
    ),
    "Idle_Timeout_Policy": (
        'label:s remark:s rules:a '
    ),
    "JSON_Profile": (
        'label:s maximumBytes:i=65536 maximumEntries:i=2048 maximumNonJsonBytes:i=32768 '
        'parentProfile:o={"bigip":"/Common/json"} remark:s '
    ),
    "L4_Profile": (
        'clientTimeout:i=30 idleTimeout:is=300 keepAliveInterval:i=0 label:s looseClose:b=false '
        'looseInitialization:b=false maxSegmentSize:i=0 pvaAcceleration:s="full" remark:s '
        'resetOnTimeout:b=true synCookieAllowlist:b=false synCookieEnable:b=true tcpCloseTimeout:i=5 '
        'tcpHandshakeTimeout:i=5 '
    ),
    "Log_Destination": (
        'label:s remark:s type:s '
    ),
    "Log_Publisher": (
        'destinations:a label:s remark:s '
    ),
    "Monitor": (
        'label:s monitorType:s remark:s '
    ),
    "Monitor/dns": (
        'acceptRCODE:s="no-error" adaptive:b=false adaptiveDivergenceMilliseconds:i=500 '
        'adaptiveDivergencePercentage:i=100 adaptiveDivergenceType:s="relative" '
        'adaptiveLimitMilliseconds:i=1000 adaptiveWindow:i=180 answerContains:s="query-type" interval:i=5 '
        'label:s monitorType:s queryName:s queryType:s="a" receive:s remark:s reverse:b=false '
        'targetAddress:s="" targetPort:i=0 timeUntilUp:i=0 timeout:i=16 transparent:b=false upInterval:i=0 '
    ),
    "Monitor/external": (
        'arguments:s="" environmentVariables:o={} expand:b=true interval:i=5 label:s monitorType:s '
        'pathname:s remark:s script:so targetAddress:s="" targetPort:i=0 timeUntilUp:i=0 timeout:i=16 '
        'upInterval:i=0 '
    ),
    "Monitor/ftp": (
        'filename:s interval:i=5 label:s mode:s="passive" monitorType:s passphrase:o remark:s '
        'targetAddress:s="" targetPort:i=0 timeUntilUp:i=0 timeout:i=16 upInterval:i=0 username:s '
    ),
    "Monitor/http": (
        'adaptive:b=false adaptiveDivergenceMilliseconds:i=500 adaptiveDivergencePercentage:i=100 '
        'adaptiveDivergenceType:s="relative" adaptiveLimitMilliseconds:i=1000 adaptiveWindow:i=180 dscp:i=0 '
        'interval:i=5 label:s monitorType:s passphrase:o receive:s="HTTP/1." receiveDown:s="" remark:s '
        'reverse:b=false send:s targetAddress:s="" targetPort:i=0 timeUntilUp:i=0 timeout:i=16 '
        'transparent:b=false upInterval:i=0 username:s '
    ),
    "Monitor/http2": (
        'adaptive:b=false adaptiveDivergenceMilliseconds:i=500 adaptiveDivergencePercentage:i=100 '
        'adaptiveDivergenceType:s="relative" adaptiveLimitMilliseconds:i=1000 adaptiveWindow:i=180 '
        'clientTLS:o dscp:i=0 interval:i=5 label:s monitorType:s passphrase:o receive:s="HTTP/2." '
        'receiveDown:s="" remark:s reverse:b=false send:s targetAddress:s="" targetPort:i=0 timeUntilUp:i=0 '
        'timeout:i=16 transparent:b=false upInterval:i=0 username:s '
    ),
    "Monitor/https": (
        'adaptive:b=false adaptiveDivergenceMilliseconds:i=500 adaptiveDivergencePercentage:i=100 '
        'adaptiveDivergenceType:s="relative" adaptiveLimitMilliseconds:i=1000 adaptiveWindow:i=180 '
        'ciphers:s="DEFAULT" clientCertificate:s& clientTLS:o dscp:i=0 interval:i=5 label:s monitorType:s '
        'passphrase:o receive:s="HTTP/1." receiveDown:s="" remark:s reverse:b=false send:s '
        'targetAddress:s="" targetPort:i=0 timeUntilUp:i=0 timeout:i=16 transparent:b=false upInterval:i=0 '
        'username:s '
    ),
    "Monitor/icmp": (
        'adaptive:b=false adaptiveDivergenceMilliseconds:i=500 adaptiveDivergencePercentage:i=100 '
        'adaptiveDivergenceType:s="relative" adaptiveLimitMilliseconds:i=1000 adaptiveWindow:i=180 '
        'interval:i=5 label:s monitorType:s remark:s targetAddress:s="" targetPort:i=0 timeUntilUp:i=0 '
        'timeout:i=16 transparent:b=false upInterval:i=0 '
    ),
    "Monitor/inband": (
        'failureInterval:i=30 failures:i=3 label:s monitorType:s remark:s responseTime:i=10 retryTime:i=300 '
    ),
    "Monitor/ldap": (
        'base:s chaseReferrals:b=true filter:s interval:i=5 label:s mandatoryAttributes:b=false '
        'monitorType:s passphrase:o remark:s security:s="none" targetAddress:s="" targetPort:i=0 '
        'timeUntilUp:i=0 timeout:i=16 upInterval:i=0 username:s '
    ),
    "Monitor/mysql": (
        'count:i=0 database:s interval:i=5 label:s monitorType:s passphrase:o receive:s receiveColumn:i '
        'receiveRow:i remark:s send:s targetAddress:s="" targetPort:i=0 timeUntilUp:i=0 timeout:i=16 '
        'upInterval:i=0 username:s '
    ),
    "Monitor/postgresql": (
        'count:i=0 database:s interval:i=5 label:s monitorType:s passphrase:o receive:s receiveColumn:i '
        'receiveRow:i remark:s send:s targetAddress:s="" targetPort:i=0 timeUntilUp:i=0 timeout:i=16 '
        'upInterval:i=0 username:s '
    ),
    "Monitor/radius": (
        'interval:i=5 label:s monitorType:s nasIpAddress:s passphrase:o remark:s secret:o '
        'targetAddress:s="" targetPort:i=0 timeUntilUp:i=0 timeout:i=16 upInterval:i=0 username:s '
    ),
    "Monitor/sip": (
        'ciphers:s="DEFAULT" clientCertificate:s& codesDown:a codesUp:a headers:s="" interval:i=5 label:s '
        'monitorType:s protocol:s="udp" remark:s request:s="" targetAddress:s="" targetPort:i=0 '
        'timeUntilUp:i=0 timeout:i=16 upInterval:i=0 '
    ),
    "Monitor/smtp": (
        'domain:s="" interval:i=5 label:s monitorType:s remark:s targetAddress:s="" targetPort:i=0 '
        'timeUntilUp:i=0 timeout:i=16 upInterval:i=0 '
    ),
    "Monitor/tcp": (
        'adaptive:b=false adaptiveDivergenceMilliseconds:i=500 adaptiveDivergencePercentage:i=100 '
        'adaptiveDivergenceType:s="relative" adaptiveLimitMilliseconds:i=1000 adaptiveWindow:i=180 dscp:i=0 '
        'interval:i=5 label:s monitorType:s receive:s="none" receiveDown:s="" remark:s reverse:b=false '
        'send:s="none" targetAddress:s="" targetPort:i=0 timeUntilUp:i=0 timeout:i=16 transparent:b=false '
        'upInterval:i=0 '
    ),
    "Monitor/tcp-half-open": (
        'interval:i=5 label:s monitorType:s remark:s targetAddress:s="" targetPort:i=0 timeUntilUp:i=0 '
        'timeout:i=16 transparent:b=false upInterval:i=0 '
    ),
    "Monitor/udp": (
        'adaptive:b=false adaptiveDivergenceMilliseconds:i=500 adaptiveDivergencePercentage:i=100 '
        'adaptiveDivergenceType:s="relative" adaptiveLimitMilliseconds:i=1000 adaptiveWindow:i=180 '
        'interval:i=5 label:s monitorType:s receive:s="none" receiveDown:s="" remark:s reverse:b=false '
        'send:s targetAddress:s="" targetPort:i=0 timeUntilUp:i=0 timeout:i=16 transparent:b=false '
        'upInterval:i=0 '
    ),
    "Multiplex_Profile": (
        'connectionLimitEnforcement:s="none" idleTimeoutOverride:i=0 label:s maxConnectionAge:i=86400 '
        'maxConnectionReuse:i=1000 maxConnections:i=10000 remark:s sharePools:b=false sourceMask:s '
    ),
    "NAT_Policy": (
        'label:s remark:s rules:a '
    ),
    "NAT_Source_Translation": (
        'addresses:a allowEgressInterfaces:a clientConnectionLimit:i disallowEgressInterfaces:a '
        'excludeAddresses:a hairpinModeEnabled:b inboundMode:s label:s mapping:o patMode:s '
        'portBlockAllocation:o ports:a remark:s routeAdvertisement:b=false type:s '
    ),
    "Net_Address_List": (
        'addressLists:a addresses:a label:s remark:s '
    ),
    "Net_Port_List": (
        'label:s portLists:a ports:a remark:s '
    ),
    "PPTP_Profile": (
        'csvFormat:b=false includeDestinationIp:b=false label:s parentProfile:o={"bigip":"/Common/pptp"} '
        'publisherName:o remark:s '
    ),
    "Per_Request_Access_Policy": (
        'ignoreChanges:b=false label:s remark:s url:so '
    ),
    "Persist": (
        'label:s matchAcrossPools:b=false matchAcrossVirtualAddresses:b=false '
        'matchAcrossVirtualPorts:b=false mirror:b=false overrideConnectionLimit:b=false persistenceMethod:s '
        'remark:s '
    ),
    "Persist/cookie": (
        'alwaysSet:b=false cookieMethod:s="insert" cookieName:s="" duration:i=0 encrypt:b=false hashCount:i '
        'httpOnly:b=true label:s matchAcrossPools:b=false matchAcrossVirtualAddresses:b=false '
        'matchAcrossVirtualPorts:b=false mirror:b=false overrideConnectionLimit:b=false passphrase:o '
        'persistenceMethod:s remark:s secure:b=true startAt:i ttl:i=0 '
    ),
    "Persist/destination-address": (
        'addressMask:s duration:i=180 hashAlgorithm:s="default" label:s matchAcrossPools:b=false '
        'matchAcrossVirtualAddresses:b=false matchAcrossVirtualPorts:b=false mirror:b=false '
        'overrideConnectionLimit:b=false persistenceMethod:s remark:s '
    ),
    "Persist/hash": (
        'bufferLimit:i=0 count:i=0 duration:i=180 endPattern:s="" hashAlgorithm:s="default" iRule:so& '
        'label:s matchAcrossPools:b=false matchAcrossVirtualAddresses:b=false '
        'matchAcrossVirtualPorts:b=false mirror:b=false overrideConnectionLimit:b=false persistenceMethod:s '
        'remark:s startAt:i=0 startPattern:s="" '
    ),
    "Persist/msrdp": (
        'duration:i=300 label:s matchAcrossPools:b=false matchAcrossVirtualAddresses:b=false '
        'matchAcrossVirtualPorts:b=false mirror:b=false overrideConnectionLimit:b=false persistenceMethod:s '
        'remark:s sessionBroker:b=true '
    ),
    "Persist/sip-info": (
        'duration:i=180 header:s label:s matchAcrossPools:b=false matchAcrossVirtualAddresses:b=false '
        'matchAcrossVirtualPorts:b=false mirror:b=false overrideConnectionLimit:b=false persistenceMethod:s '
        'remark:s '
    ),
    "Persist/source-address": (
        'addressMask:s duration:i=180 hashAlgorithm:s="default" label:s matchAcrossPools:b=false '
        'matchAcrossVirtualAddresses:b=false matchAcrossVirtualPorts:b=false mirror:b=false '
        'overrideConnectionLimit:b=false persistenceMethod:s remark:s '
    ),
    "Persist/tls-session-id": (
        'duration:i=300 label:s matchAcrossPools:b=false matchAcrossVirtualAddresses:b=false '
        'matchAcrossVirtualPorts:b=false mirror:b=false overrideConnectionLimit:b=false persistenceMethod:s '
        'remark:s '
    ),
    "Persist/universal": (
        'duration:i=180 iRule:so& label:s matchAcrossPools:b=false matchAcrossVirtualAddresses:b=false '
        'matchAcrossVirtualPorts:b=false mirror:b=false overrideConnectionLimit:b=false persistenceMethod:s '
        'remark:s '
    ),
    "Ping_Access_Agent_Properties": (
        'ignoreChanges:b=false label:s propertiesData:s remark:s '
    ),
    "Ping_Access_Profile": (
        'label:s pingAccessProperties:o pool:o remark:s serversslProfile:o useHTTPS:b=false '
    ),
    "Pool": (
        'allowNATEnabled:b=true allowSNATEnabled:b=true label:s loadBalancingMode:s="round-robin" members:a '
        'metadata:o minimumMembersActive:i=1 minimumMonitors:is monitors:a remark:s reselectTries:i=0 '
        'serviceDownAction:s="none" slowRampTime:i=10 '
    ),
    "Pool_Member": (
        'addressDiscovery:so="static" addressFamily:s adminState:s="enable" autoPopulate:b bigip:s '
        'connectionLimit:i=0 downInterval:i dynamicRatio:i=1 enable:b=true fqdnPrefix:s hostname:s '
        'metadata:o minimumMonitors:is monitors:a priorityGroup:i=0 queryInterval:i rateLimit:i=-1 '
        'ratio:i=1 remark:s routeDomain:i serverAddresses:a servers:a servicePort:i shareNodes:b=false '
        'updateInterval:i '
    ),
    "Protocol_Inspection_Profile": (
        'autoAddNewInspections:b=false autoPublish:b=false collectAVRStats:b=true defaultFromProfile:s '
        'enableComplianceChecks:b=true enableSignatureChecks:b=true label:s remark:s services:a '
    ),
    "RTSP_Profile": (
        'RTCPPort:i=0 RTPPort:i=0 algLogProfile:o checkSource:b=true idleTimeout:is=300 label:s '
        'logPublisher:o maxHeaderSize:i=4096 maxQueuedData:i=32768 multicastRedirect:b=false proxy:s="none" '
        'proxyHeader:s realHTTPPersistence:b=true remark:s sessionReconnect:b=false unicastRedirect:b=false '
    ),
    "Radius_Profile": (
        'label:s parentProfile:o={"bigip":"/Common/radiusLB"} persistAttribute:is="none" '
        'protocolProfile:o={"bigip":"/Common/_sys_radius_proto_imsi"} remark:s '
        'subscriberDiscoveryEnabled:b=true '
    ),
    "Rewrite_Profile": (
        'bypassList:a certificate:s& clientCachingType:s="cache-css-js" '
        'javaCaFile:o={"bigip":"/Common/ca-bundle.crt"} javaSignKeyPassphrase:o label:s '
        'locationSpecificEnabled:b=false remark:s requestSettings:o={} responseSettings:o={} rewriteList:a '
        'rewriteMode:s="portal" setCookieRules:a splitTunnelingEnabled:b=false uriRules:a '
    ),
    "SIP_Profile": (
        'label:s remark:s '
    ),
    "SNAT_Pool": (
        'label:s remark:s snatAddresses:a '
    ),
    "SNAT_Translation": (
        'address:s adminState:s="enable" arpEnabled:b=true ipIdleTimeout:is="indefinite" label:s '
        'maxConnections:i=0 remark:s tcpIdleTimeout:is="indefinite" trafficGroup:s="default" '
        'udpIdleTimeout:is="indefinite" '
    ),
    "SOCKS_Profile": (
        'defaultConnectAction:s="deny" ipv6First:b=false label:s '
        'protocolVersions:a=["socks4","socks4a","socks5"] remark:s resolver:o routeDomain:is=0 '
        'tunnelName:s="socks-tunnel" '
    ),
    "SSE_Profile": (
        'label:s maxBufferedMsgBytes:i=65536 maxFieldNameSize:i=1024 '
        'parentProfile:o={"bigip":"/Common/sse"} remark:s '
    ),
    "SSH_Proxy_Profile": (
        'label:s remark:s sshProfileAuthInfo:a sshProfileDefaultActions:o={} sshProfileRuleSet:a '
        'timeout:i=0 '
    ),
    "Security_Log_Profile": (
        'application:o botDefense:o classification:o dosApplication:o dosNetwork:o ipIntelligence:o label:s '
        'nat:o network:o protocolDns:o protocolDnsDos:o protocolInspection:o protocolSip:o protocolSipDos:o '
        'protocolTransfer:o remark:s sshProxy:o '
    ),
    "Service_Address": (
        'arpEnabled:b=true autoDelete:b=true icmpEcho:s="enable" label:s remark:s '
        'routeAdvertisement:s="disable" serverScope:s="any" spanningEnabled:b=false '
        'trafficGroup:s="default" useIpName:b=false virtualAddress:s '
    ),
    "Service_Forwarding": (
        'addressStatus:b=true adminState:s="enable" allowVlans:a clonePools:o enable:b=true '
        'fallbackPersistenceMethod:so forwardingType:s httpMrfRoutingEnabled:b=false iRules:a& include:sa '
        'ipIntelligencePolicy:o label:s lastHop:s="default" layer4:s="any" maxConnections:i=0 '
        'maximumBandwidth:is metadata:o mirroring:s="none" nat64Enabled:b=false persistenceMethods:a '
        'policyBandwidthControl:o policyFirewallEnforced:o policyFirewallStaged:o policyIdleTimeout:o '
        'policyNAT:o pool:so& profileClassification:o profileDNS:o profileDiameterEndpoint:o '
        'profileEnforcement:o profileIPOther:o profileIntegratedBotDefense:o profileL4:s '
        'profileProtocolInspection:o profileRewrite:o profileStatistics:o profileSubscriberManagement:o '
        'profileTrafficLog:o rateLimit:i=0 rejectVlans:a remark:s securityLogProfiles:a '
        'serversslUseSni:b=false serviceDownImmediateAction:s="none" shareAddresses:b=false snat:s="auto" '
        'sourceAddress:so translateClientPort:bs=false translateServerAddress:b=true '
        'translateServerPort:b=true virtualAddresses:ao '
    ),
    "Service_Generic": (
        'addressStatus:b=true adminState:s="enable" allowVlans:a clonePools:o enable:b=true '
        'fallbackPersistenceMethod:so httpMrfRoutingEnabled:b=false iRules:a& include:sa '
        'ipIntelligencePolicy:o label:s lastHop:s="default" layer4:s="any" maxConnections:i=0 '
        'maximumBandwidth:is metadata:o mirroring:s="none" nat64Enabled:b=false persistenceMethods:a '
        'policyBandwidthControl:o policyFirewallEnforced:o policyFirewallStaged:o policyIdleTimeout:o '
        'policyNAT:o pool:so& profileAnalyticsTcp:o profileClassification:o profileDNS:o '
        'profileDiameterEndpoint:o profileEnforcement:o profileFIX:o '
        'profileIPOther:o={"bigip":"/Common/ipother"} profileIntegratedBotDefense:o profileL4:s="basic" '
        'profileProtocolInspection:o profileRewrite:o profileSplitsessionClient:o profileStatistics:o '
        'profileSubscriberManagement:o profileTrafficLog:o rateLimit:i=0 rejectVlans:a remark:s '
        'securityLogProfiles:a serversslUseSni:b=false serviceDownImmediateAction:s="none" '
        'shareAddresses:b=false snat:s="auto" sourceAddress:so translateClientPort:bs=false '
        'translateServerAddress:b=true translateServerPort:b=true virtualAddresses:ao virtualPort:io '
    ),
    "Service_HTTP": (
        'addressStatus:b=true adminState:s="enable" allowVlans:a clientTLS:sao& clonePools:o enable:b=true '
        'fallbackPersistenceMethod:so httpMrfRoutingEnabled:b=false iRules:a& include:sa '
        'ipIntelligencePolicy:o label:s lastHop:s="default" layer4:s="tcp" maxConnections:i=0 '
        'maximumBandwidth:is metadata:o mirroring:s="none" nat64Enabled:b=false '
        'persistenceMethods:a=["cookie"] policyBandwidthControl:o policyEndpoint:sao& '
        'policyFirewallEnforced:o policyFirewallStaged:o policyIAM:o policyIdleTimeout:o policyNAT:o '
        'policyPerRequestAccess:o policyWAF:o pool:so& profileAccess:o profileAnalytics:o '
        'profileAnalyticsTcp:o profileApiProtection:o profileBotDefense:o profileClassification:o '
        'profileConnectivity:o profileConnector:o profileDNS:o profileDOS:o profileDiameterEndpoint:o '
        'profileEnforcement:o profileFIX:o profileFPS:o profileHTML:o profileHTTP:so="basic" '
        'profileHTTPAcceleration:s profileHTTPCompression:s profileIPOther:o profileIntegratedBotDefense:o '
        'profileJSON:o profileMultiplex:s profileNTLM:o profilePingAccess:o profileProtocolInspection:o '
        'profileRequestAdapt:o profileResponseAdapt:o profileRewrite:o profileSSE:o profileSSHProxy:o '
        'profileService:o profileSplitsessionClient:o profileStatistics:o profileStream:o '
        'profileSubscriberManagement:o profileTCP:s="normal" profileTrafficLog:o profileVdi:o '
        'profileWebSocket:o rateLimit:i=0 rejectVlans:a remark:s securityLogProfiles:a serverTLS:sao& '
        'serversslUseSni:b=false serviceDownImmediateAction:s="none" shareAddresses:b=false snat:s="auto" '
        'sourceAddress:so translateClientPort:bs=false translateServerAddress:b=true '
        'translateServerPort:b=true virtualAddresses:ao virtualPort:io=80 virtualType:s="standard" '
    ),
    "Service_HTTPS": (
        'addressStatus:b=true adminState:s="enable" allowVlans:a clientTLS:sao& clonePools:o enable:b=true '
        'fallbackPersistenceMethod:so httpMrfRoutingEnabled:b=false iRules:a& include:sa '
        'ipIntelligencePolicy:o label:s lastHop:s="default" layer4:s="tcp" maxConnections:i=0 '
        'maximumBandwidth:is metadata:o mirroring:s="none" nat64Enabled:b=false '
        'persistenceMethods:a=["cookie"] policyBandwidthControl:o policyEndpoint:sao& '
        'policyFirewallEnforced:o policyFirewallStaged:o policyIAM:o policyIdleTimeout:o policyNAT:o '
        'policyPerRequestAccess:o policyWAF:o pool:so& profileAccess:o profileAnalytics:o '
        'profileAnalyticsTcp:o profileApiProtection:o profileBotDefense:o profileClassification:o '
        'profileConnectivity:o profileConnector:o profileDNS:o profileDOS:o profileDiameterEndpoint:o '
        'profileEnforcement:o profileFIX:o profileFPS:o profileHTML:o profileHTTP:so="basic" '
        'profileHTTP2:so profileHTTPAcceleration:s profileHTTPCompression:s profileIPOther:o '
        'profileIntegratedBotDefense:o profileJSON:o profileMultiplex:s profileNTLM:o profilePingAccess:o '
        'profileProtocolInspection:o profileRequestAdapt:o profileResponseAdapt:o profileRewrite:o '
        'profileSSE:o profileSSHProxy:o profileService:o profileSplitsessionClient:o profileStatistics:o '
        'profileStream:o profileSubscriberManagement:o profileTCP:s="normal" profileTrafficLog:o '
        'profileVdi:o profileWebSocket:o rateLimit:i=0 redirect80:b=true rejectVlans:a remark:s '
        'securityLogProfiles:a serverTLS:sao& serversslUseSni:b=false serviceDownImmediateAction:s="none" '
        'shareAddresses:b=false snat:s="auto" sourceAddress:so translateClientPort:bs=false '
        'translateServerAddress:b=true translateServerPort:b=true virtualAddresses:ao virtualPort:io=443 '
        'virtualType:s="standard" '
    ),
    "Service_L4": (
        'addressStatus:b=true adminState:s="enable" allowVlans:a clonePools:o enable:b=true '
        'fallbackPersistenceMethod:so httpMrfRoutingEnabled:b=false iRules:a& include:sa '
        'ipIntelligencePolicy:o label:s lastHop:s="default" layer4:s="tcp" maxConnections:i=0 '
        'maximumBandwidth:is metadata:o mirroring:s="none" nat64Enabled:b=false '
        'persistenceMethods:a=["source-address"] policyBandwidthControl:o policyFirewallEnforced:o '
        'policyFirewallStaged:o policyIdleTimeout:o policyNAT:o pool:so& profileAnalyticsTcp:o '
        'profileClassification:o profileDNS:o profileDiameterEndpoint:o profileEnforcement:o profileFIX:o '
        'profileIPOther:o profileIntegratedBotDefense:o profileL4:s="basic" profileProtocolInspection:o '
        'profileRewrite:o profileSplitsessionClient:o profileStatistics:o profileSubscriberManagement:o '
        'profileTrafficLog:o rateLimit:i=0 rejectVlans:a remark:s securityLogProfiles:a '
        'serversslUseSni:b=false serviceDownImmediateAction:s="none" shareAddresses:b=false snat:s="auto" '
        'sourceAddress:so translateClientPort:bs=false translateServerAddress:b=true '
        'translateServerPort:b=true virtualAddresses:ao virtualPort:io '
    ),
    "Service_Profile": (
        'type:s="inline" '
    ),
    "Service_SCTP": (
        'addressStatus:b=true adminState:s="enable" allowVlans:a clonePools:o enable:b=true '
        'fallbackPersistenceMethod:so httpMrfRoutingEnabled:b=false iRules:a& include:sa '
        'ipIntelligencePolicy:o label:s lastHop:s="default" layer4:s="sctp" maxConnections:i=0 '
        'maximumBandwidth:is metadata:o mirroring:s="none" nat64Enabled:b=false persistenceMethods:a '
        'policyBandwidthControl:o policyFirewallEnforced:o policyFirewallStaged:o policyIdleTimeout:o '
        'policyNAT:o pool:so& profileClassification:o profileDNS:o profileDiameterEndpoint:o '
        'profileEnforcement:o profileIPOther:o profileIntegratedBotDefense:o profileProtocolInspection:o '
        'profileRewrite:o profileSCTP:o profileStatistics:o profileSubscriberManagement:o '
        'profileTrafficLog:o rateLimit:i=0 rejectVlans:a remark:s securityLogProfiles:a '
        'serversslUseSni:b=false serviceDownImmediateAction:s="none" shareAddresses:b=false snat:s="auto" '
        'sourceAddress:so translateClientPort:bs=false translateServerAddress:b=true '
        'translateServerPort:b=true virtualAddresses:ao virtualPort:io '
    ),
    "Service_TCP": (
        'addressStatus:b=true adminState:s="enable" allowVlans:a clientTLS:sao& clonePools:o enable:b=true '
        'fallbackPersistenceMethod:so httpMrfRoutingEnabled:b=false iRules:a& include:sa '
        'ipIntelligencePolicy:o label:s lastHop:s="default" layer4:s="tcp" maxConnections:i=0 '
        'maximumBandwidth:is metadata:o mirroring:s="none" mqttEnabled:b=false nat64Enabled:b=false '
        'persistenceMethods:a=["source-address"] policyBandwidthControl:o policyEndpoint:sao& '
        'policyFirewallEnforced:o policyFirewallStaged:o policyIdleTimeout:o policyNAT:o pool:so& '
        'profileAnalyticsTcp:o profileClassification:o profileConnector:o profileDNS:o '
        'profileDiameterEndpoint:o profileEnforcement:o profileFIX:o profileFTP:o profileICAP:o '
        'profileILX:o profileIPOther:o profileIntegratedBotDefense:o profilePPTP:o '
        'profileProtocolInspection:o profileRTSP:o profileRewrite:o profileSIP:o profileSOCKS:o '
        'profileSSHProxy:o profileService:o profileSplitsessionClient:o profileStatistics:o profileStream:o '
        'profileSubscriberManagement:o profileTCP:s="normal" profileTrafficLog:o rateLimit:i=0 '
        'rejectVlans:a remark:s securityLogProfiles:a serverTLS:sao& serversslUseSni:b=false '
        'serviceDownImmediateAction:s="none" shareAddresses:b=false snat:s="auto" sourceAddress:so '
        'translateClientPort:bs=false translateServerAddress:b=true translateServerPort:b=true '
        'virtualAddresses:ao virtualPort:io virtualType:s="standard" '
    ),
    "Service_UDP": (
        'addressStatus:b=true adminState:s="enable" allowVlans:a clientTLS:sao& clonePools:o enable:b=true '
        'fallbackPersistenceMethod:so httpMrfRoutingEnabled:b=false iRules:a& include:sa '
        'ipIntelligencePolicy:o label:s lastHop:s="default" layer4:s="udp" maxConnections:i=0 '
        'maximumBandwidth:is metadata:o mirroring:s="none" nat64Enabled:b=false '
        'persistenceMethods:a=["source-address"] policyBandwidthControl:o policyEndpoint:sao& '
        'policyFirewallEnforced:o policyFirewallStaged:o policyIdleTimeout:o policyNAT:o pool:so& '
        'profileClassification:o profileDNS:o profileDiameterEndpoint:o profileEnforcement:o '
        'profileIPOther:o profileIntegratedBotDefense:o profileProtocolInspection:o profileRADIUS:o '
        'profileRewrite:o profileSIP:o profileStatistics:o profileSubscriberManagement:o profileTFTP:o '
        'profileTrafficLog:o profileUDP:s="normal" rateLimit:i=0 rejectVlans:a remark:s '
        'securityLogProfiles:a serverTLS:sao& serversslUseSni:b=false serviceDownImmediateAction:s="none" '
        'shareAddresses:b=false snat:s="auto" sourceAddress:so translateClientPort:bs=false '
        'translateServerAddress:b=true translateServerPort:b=true virtualAddresses:ao virtualPort:io '
        'virtualType:s="standard" '
    ),
    "Splitsession_Client_Profile": (
        'httpHeader:s="none" label:s localPeer:b=false peerIp:s peerPort:i=0 remark:s '
        'sessionLookupType:s="flow" '
    ),
    "Statistics_Profile": (
        'label:s remark:s '
    ),
    "Stream_Profile": (
        'chunkSize:i=4096 chunkingEnabled:b=false label:s parentProfile:o={"bigip":"/Common/stream"} '
        'remark:s source:s target:s '
    ),
    "TCP_Profile": (
        'abc:b=true ackOnPush:b=true autoProxyBufferSize:b=true autoReceiveWindowSize:b=true '
        'autoSendBufferSize:b=true closeWaitTimeout:i=5 congestionControl:s="woodside" '
        'congestionMetricsCache:b=true congestionMetricsCacheTimeout:i=0 deferredAccept:b=false '
        'delayWindowControl:b=false delayedAcks:b=true dsack:b=false earlyRetransmit:b=true ecn:b=true '
        'enhancedLossRecovery:b=true fastOpen:b=true fastOpenCookieExpiration:i=21600 finWait2Timeout:i=300 '
        'finWaitTimeout:i=5 idleTimeout:i=300 initCwnd:i=16 initRwnd:i=16 ipDfMode:s="pmtu" '
        'ipTosToClient:is=0 keepAliveInterval:i=1800 label:s limitedTransmit:b=true linkQosToClient:is=0 '
        'maxRetrans:i=8 maxSegmentSize:i=0 md5Signature:b=false md5SignaturePassphrase:o minimumRto:i=1000 '
        'mptcp:s="disable" mptcpCsum:b=false mptcpCsumVerify:b=false mptcpFallback:s="reset" '
        'mptcpFastJoin:b=false mptcpIdleTimeout:i=300 mptcpJoinMax:i=5 mptcpMakeAfterBreak:b=false '
        'mptcpNoJoinDssAck:b=false mptcpRetransmitMin:i=1000 mptcpRtoMax:i=5 mptcpSubflowMax:i=6 '
        'mptcpTimeout:i=3600 nagle:s="auto" pktLossIgnoreBurst:i=0 pktLossIgnoreRate:i=0 '
        'proxyBufferHigh:i=262144 proxyBufferLow:i=196608 proxyMSS:b=true proxyOptions:b=false '
        'pushFlag:s="auto" ratePace:b=true ratePaceMaxRate:i=0 receiveWindowSize:i=131072 remark:s '
        'resetOnTimeout:b=true retransmitThreshold:i=3 selectiveAcks:b=true selectiveNack:b=false '
        'sendBufferSize:i=262144 slowStart:b=true synCookieAllowlist:b synCookieEnable:b=true '
        'synCookieWhitelist:b=false synMaxRetrans:i=3 synRtoBase:i=3000 tailLossProbe:b=true tcpOptions:a '
        'timeWaitRecycle:b=true timeWaitTimeout:i=2000 timestamps:b=true ttlIPv4:i=255 ttlIPv6:i=64 '
        'ttlMode:s="proxy" verifiedAccept:b=false zeroWindowTimeout:i=20000 '
    ),
    "TFTP_Profile": (
        'algLogProfile:o idleTimeout:is=30 label:s logPublisher:o remark:s '
    ),
    "TLS_Client": (
        'alertTimeout:is="indefinite" allowExpiredCRL:b=false authenticationDepth:i=9 '
        'authenticationFrequency:s="one-time" c3dCertificateAuthority:s& '
        'c3dCertificateExtensions:a=["basic-constraints","extended-key-usage","key-usage","subject-alternative-name"] '
        'c3dCertificateLifespan:i=24 c3dEnabled:b=false cacheTimeout:i=3600 cipherGroup:o ciphers:s '
        'clientCertificate:s& crlFile:o dataZeroRoundTripTime:b=false dtls1_2Enabled:b=true '
        'dtlsEnabled:b=true forwardProxyBypassEnabled:b=false forwardProxyEnabled:b=false '
        'handshakeTimeout:is=10 ignoreExpired:b=false ignoreUntrusted:b=false '
        'insertEmptyFragmentsEnabled:b=false label:s ldapStartTLS:s proxySslEnabled:b=false '
        'proxySslPassthroughEnabled:b=false remark:s renegotiatePeriod:is="indefinite" '
        'renegotiateSize:is="indefinite" renegotiationEnabled:b=true requireSNI:b=false '
        'retainCertificateEnabled:b=true secureRenegotiation:s="require-strict" sendSNI:s="none" '
        'serverName:s="none" sessionTickets:b=false singleUseDhEnabled:b=false sniDefault:b=false '
        'ssl3Enabled:b=true sslEnabled:b=true sslSignHash:s="any" tls1_0Enabled:b=true tls1_1Enabled:b=true '
        'tls1_2Enabled:b=true tls1_3Enabled:b=false trustCA:s uncleanShutdownEnabled:b=true '
        'validateCertificate:b=false '
    ),
    "TLS_Server": (
        'alertTimeout:is="indefinite" allowDynamicRecordSizing:b=false allowExpiredCRL:b=false '
        'authenticationDepth:i=9 authenticationFrequency:s="one-time" authenticationInviteCA:so& '
        'authenticationMode:s="ignore" authenticationTrustCA:so& c3dEnabled:b=false c3dOCSP:o '
        'c3dOCSPUnknownStatusAction:s="drop" cacheCertificateEnabled:b=false cacheTimeout:i=3600 '
        'certificateExtensions:a certificates:a cipherGroup:o ciphers:s crlFile:o '
        'dataZeroRoundTripTime:s="disabled" dtls1_2Enabled:b=true dtlsEnabled:b=true '
        'forwardProxyBypassAllowlist:o forwardProxyBypassEnabled:b=false forwardProxyEnabled:b=false '
        'handshakeTimeout:is=10 hybrid:b=false insertEmptyFragmentsEnabled:b=false label:s ldapStartTLS:s '
        'namingScheme:s="numbered" nonSslConnectionsEnabled:b=false notifyCertStatusToVirtualServer:b=false '
        'proxySslEnabled:b=false proxySslPassthroughEnabled:b=false remark:s '
        'renegotiateMaxRecordDelay:is="indefinite" renegotiatePeriod:is="indefinite" '
        'renegotiateSize:is="indefinite" renegotiationEnabled:b=true requireSNI:b=false '
        'retainCertificateEnabled:b=true secureRenegotiation:s="require" singleUseDhEnabled:b=false '
        'smtpsStartTLS:s ssl3Enabled:b=true sslEnabled:b=true sslSignHash:s="any" '
        'staplerOCSPEnabled:b=false tls1_0Enabled:b=true tls1_1Enabled:b=true tls1_2Enabled:b=true '
        'tls1_3Enabled:b=false uncleanShutdownEnabled:b=true '
    ),
    "Tenant": (
        'Shared:o constants:o controls:o defaultRouteDomain:i=0 enable:b=true label:s '
        'optimisticLockKey:s="" remark:s useCommonRouteDomainTenant:b=true verifiers:o '
    ),
    "Traffic_Log_Profile": (
        'label:s parentProfile:o={"bigip":"/Common/request-log"} remark:s requestSettings:o={} '
        'responseSettings:o={} '
    ),
    "UDP_Profile": (
        'allowNoPayload:b=false bufferMaxBytes:i=655350 bufferMaxPackets:i=0 datagramLoadBalancing:b=false '
        'idleTimeout:i=60 ipDfMode:s="pmtu" ipTosToClient:is=0 label:s linkQosToClient:is=0 '
        'proxyMSS:b=false remark:s ttlIPv4:i=255 ttlIPv6:i=64 ttlMode:s="proxy" useChecksum:b=false '
    ),
    "WAF_Policy": (
        'disabledSignatures:a enforcementMode:s expand:a file:s ignoreChanges:b=false label:s policy:s '
        'remark:s serverTechnologies:a url:so '
    ),
    "WebSocket_Profile": (
        'compressMode:s="preserved" compression:b=true label:s masking:s="selective" maximumWindowSize:i=10 '
        'noDelay:b=true remark:s '
    ),
    "iFile": (
        'iFile:s ignoreChanges:b=true label:s remark:s '
    ),
    "iRule": (
        'expand:b=true iRule:so label:s remark:s '
    ),
}
