# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of CIS's log, as its source writes them."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.module_utils._cis import log

V = "2026/11/25 17:00:00"
AGENT = (
    f"{V} [ERROR] [2026-11-25 17:00:00,000 __main__ ERROR] "
    "CCCL Error: The requested partition cis was not found."
)
REFUSED = f"{V} [ERROR] [Request: 2][AS3] Error response from BIG-IP: code: 422 --- tenant:cis --- message: declaration failed"

# As the source of k8s-bigip-ctlr 2.18 to 2.20.4 writes them, with the function. Each is the start of a log up to its fault.
K = "E1125 17:00:00.123456       1"
START = [
    f"{V} [WARNING] BIG-IP credentials are not set. Checking back to Creds Directory.",
    f"{V} [INFO] [INIT] Starting: Container Ingress Services - Version: 2.20.3, BuildInfo: azure-1",
]
BASIC = f"{V} [WARNING] [AS3][BigIP] Failed to get auth token, falling back to basic auth"
WATCHING = [
    *START,
    f"{V} [WARNING] Creating GTM with default bigip credentials as GTM BIGIP Url or GTM BIGIP Username or GTM BIGIP Password is missing on CIS args.",
    f"{V} [INFO] ConfigWriter started: 0xc000123456",
    f"{V} [INFO] Started config driver sub-process at pid: 17",
    f"{V} [INFO] Starting Controller",
    "W1125 17:00:00.123456       1 warnings.go:70] v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
    f"{V} [INFO] Starting ExternalDNS Informer for cluster local",
    f"{V} [INFO] Starting local Node Informer",
    f"{V} [INFO] Starting VirtualServer Informer",
]
POSTING = [
    *WATCHING,
    f"{V} [INFO] [Request: 1][AS3] Processing request",
    f"{V} [INFO] [Request: 1][AS3] creating a new AS3 manifest",
    f"{V} [INFO] [Request: 1][AS3][BigIP] posting request to https://bigip.example.com for  tenants",
]
GO_X509 = "tls: failed to verify certificate: x509: certificate is valid for a.example.com, not b.example.com"
NO_RIGHT = 'User "system:serviceaccount:cis:one" cannot list resource "services" in API group "" at the cluster scope'
LOGIN_401 = 'unauthorized to fetch Token from BIGIP. Please check the credentials, status code: 401, response: {"code":401,"message":"Authentication failed."}'
REAL: dict[str, tuple[list[str], str, bool]] = {
    "main.verifyArgs": (
        ["missing a BIG-IP partition", "Usage of /app/bin/k8s-bigip-ctlr", "  Global:"],
        "arguments",
        True,
    ),
    "pflag": (["unknown flag: --colour", "Usage of /app/bin/k8s-bigip-ctlr", "  Global:"], "arguments", True),
    "main.getCredentials": (
        [START[0], "BIG-IP password not specified", "Usage of /app/bin/k8s-bigip-ctlr"],
        "authentication",
        True,
    ),
    "main.getBIGIPTrustedCerts": (
        [
            *START,
            f'{V} [ERROR] [INIT] ConfigMap with name ca not found in namespace: cis, error: configmaps "ca" not found',
        ],
        "certificate",
        True,
    ),
    "tokenmanager.GetToken, certificate": (
        [
            *START,
            f'{V} [ERROR] [Token Manager] Failed to refresh Token from BIGIP: unable to establish connection with BIGIP: Post "https://a": {GO_X509}',
        ],
        "certificate",
        True,
    ),
    "postManager.httpReq, certificate": (
        [
            *START,
            BASIC,
            f'{V} [ERROR] [AS3][BigIP] REST call error: Get "https://a/mgmt/shared/appsvcs/info": {GO_X509} ',
        ],
        "certificate",
        True,
    ),
    "agent/as3 httpReq, certificate": (
        [*START, f'{V} [ERROR] [AS3] REST call error: Get "https://a": {GO_X509} '],
        "certificate",
        True,
    ),
    "tokenmanager.SyncTokenWithoutRetry": (
        [*START, f"{V} [ERROR] [Token Manager] Failed to refresh Token from BIGIP: {LOGIN_401}"],
        "authentication",
        True,
    ),
    "postManager.httpReq, 401": (
        [
            *START,
            BASIC,
            f'{V} [ERROR] [AS3][BigIP] Unauthorized access to BIG-IP, please check the credentials, message: {{"code":401}}',
        ],
        "authentication",
        True,
    ),
    "as3Manager.IsBigIPAppServicesAvailable, 401": (
        [
            *START,
            f"{V} [ERROR] [AS3] authentication failed, Error response from BIGIP with status code 401 Message: Authorization failed ",
        ],
        "authentication",
        True,
    ),
    "as3Handler.handleResponseStatusUnAuthorized": (
        [
            *POSTING,
            f"{V} [ERROR] [Request: 1][AS3][BigIP] authentication failed, Error response from BIGIP with status code: 401 Message: no",
        ],
        "authentication",
        True,
    ),
    "apiHandler.postConfig, 401": (
        [*POSTING, f"{V} [INFO] [Request: 1][AS3][BigIP] post resulted in UNAUTHORIZED FAILURE"],
        "authentication",
        False,
    ),
    "apiHandler.PopulateAPIVersion": (
        [
            *START,
            f"{V} [ERROR] [AS3][BigIP] RPM is not installed on BIGIP, Error response from BIGIP with status code 404 ",
        ],
        "as3_missing",
        True,
    ),
    "main, agent.Init": (
        [
            *START,
            f"{V} [CRITICAL] [INIT] Failed to initialize as3 agent, AS3 RPM is not installed on BIGIP, Error response from BIGIP with status code 404",
        ],
        "as3_missing",
        True,
    ),
    "informers.getErrorHandlerFunc, right": (
        [
            *WATCHING,
            f"{K} informers.go:1672] [ERROR] Failed to watch Service in cluster local: failed to list *v1.Service: services is forbidden: {NO_RIGHT}",
        ],
        "rights",
        True,
    ),
    "client-go, right": (
        [
            f"{V} [INFO] [INIT] Starting: Container Ingress Services - Version: 2.20.3, BuildInfo: azure-1",
            f"{V} [INFO] [INIT] Creating Agent for as3",
            f"{V} [INFO] [AS3] Initializing AS3 Agent",
            f"{V} [INFO] [CORE] NodePoller started: (0xc000123456)",
            f"{V} [INFO] [CORE] Not watching Ingress resources.",
            f"{V} [INFO] [CORE] Handling ConfigMap resource events.",
            f"{K} reflector.go:138] pkg/mod/client-go/reflector.go:167: Failed to watch *v1.Service: failed to list *v1.Service:"
            f" services is forbidden: {NO_RIGHT}",
        ],
        "rights",
        True,
    ),
    "informers.getErrorHandlerFunc, CRD": (
        [
            *WATCHING,
            f"{K} informers.go:1672] [ERROR] Failed to watch VirtualServer in cluster : failed to list *v1.VirtualServer:"
            " the server could not find the requested resource (get virtualservers.cis.f5.com)",
        ],
        "crd",
        True,
    ),
    "worker, right": (
        [
            *POSTING,
            f'{V} [ERROR] Failed to update VirtualServer shop/web status: virtualservers.cis.f5.com "web" is forbidden:'
            ' User "system:serviceaccount:cis:one" cannot patch resource "virtualservers/status"',
        ],
        "rights",
        True,
    ),
    "postManager.httpReq, unreachable": (
        [
            *START,
            f'{V} [ERROR] [AS3][BigIP] REST call error: Get "https://a": dial tcp 192.0.2.1:443: connect: connection refused ',
        ],
        "unreachable",
        False,
    ),
    "tokenmanager, unreachable": (
        [
            *START,
            f'{V} [ERROR] [Token Manager] Failed to refresh Token from BIGIP: unable to establish connection with BIGIP: Post "https://a": EOF i/o timeout',
        ],
        "unreachable",
        False,
    ),
    "as3Handler.handleResponseStatusServiceUnavailable": (
        [*POSTING, f"{V} [ERROR] [Request: 1][AS3][BigIP] Big-IP Responded with error code: 503"],
        "as3",
        False,
    ),
    "as3Handler.handleMultiStatus": (
        [
            *POSTING,
            f"{V} [ERROR] [Retry][AS3][BigIP] Error response from BIG-IP: code: 422 --- tenant:cis --- message: declaration failed",
        ],
        "as3",
        False,
    ),
    "as3Handler.handleResponseOthers": (
        [
            *POSTING,
            f"{V} [ERROR] [Request: 1][AS3][Primary BigIP] Response from BIG-IP: code: 422 --- tenant:cis --- message: declaration is invalid",
        ],
        "as3",
        False,
    ),
    "postManager.httpPOST": (
        [*POSTING, f"{V} [ERROR] [AS3][BigIP] Response body unmarshal failed: invalid character '<'"],
        "as3",
        False,
    ),
    "agent/as3 handleResponseOthers": (
        [*START, f"{V} [INFO] [AS3] Response from BIG-IP: code: 422 --- tenant:cis --- message: no"],
        "as3",
        False,
    ),
    "as3Manager.postAS3Declaration": (
        [*START, f"{V} [INFO] [AS3][POST] AS3 declaration POST failed. URL: https://a"],
        "as3",
        False,
    ),
    "the Python agent": ([AGENT], "partition", False),
}
WRITTEN = (
    f"{V} [INFO] [Request: 7][AS3][BigIP] post resulted in SUCCESS",
    f"{V} [INFO] [Retry][AS3] post resulted in SUCCESS",
    f"{V} [INFO] [AS3] Response from BIG-IP: code: 200 --- tenant:cis --- message: success",
    f"{V} [DEBUG] [AS3] Response from BIG-IP: code: 200 --- tenant:cis --- message: no change",
)

# CIS quotes texts of namespace users: resourceConfig.go prints an annotation that is not JSON unchanged,
# as3Handler.go prints the answer of AS3.
QUOTES = {
    "an annotation": "[ERROR] [CORE] Unable to parse health monitor JSON array '{}': invalid character 'x'",
    "at the end": "[ERROR] [CORE] Unknown health monitor format for ServiceTypeLB: {}",
    "AS3's answer": "[ERROR] [Request: 2][AS3][BigIP] Error response from BIG-IP: code: 422 --- tenant:evil --- message: {}",
    "a row of AS3's answer": "[INFO] [AS3] Response from BIG-IP: code: 422 --- tenant:evil --- message: {}",
    "a row's tenant": "[INFO] [AS3] Response from BIG-IP: code: 422 --- tenant:{} --- message: declaration failed",
    "the agent": "[ERROR] [2026-11-25 17:00:00,000 __main__ ERROR] CCCL Error: {}",
    "a status": "[ERROR] Failed to update VirtualServer evil/web status: admission webhook denied: {}",
    "a list": "[ERROR] Failed to list virtualservers: v1.VirtualServerList.Items: error found in #10 byte of ...|{}|...",
    "a namespace that ends": "[ERROR] Failed to update VirtualServer evil/web status: events is forbidden: unable to create: {}",
}
ONLY = {"resource", "as3"}  # a complaint about a resource, and what AS3 refuses


def lasting(*logs: str) -> list[str]:
    """The kinds of what ends the wait of the role cis, or lets it fail after its wait."""
    return [one.kind for one in log.findings(*logs) if one.lasting or one.certain]
