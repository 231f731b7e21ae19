# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields into which an editor of one namespace can write, and which of the adversarial texts the API server takes for each.

The texts are those of tests/unit/hostile_texts.py. FIELDS records the real behaviour of the API server's
validation.
"""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

NAMESPACE = "evil"


class Kind(NamedTuple):
    """The path of a kind in the API, and the smallest object that it accepts."""

    prefix: str
    resource: str
    spec: dict[str, Any]


_BOX = {"name": "x", "image": "x:1", "env": [{"name": "X"}], "ports": [{"containerPort": 80}]}
_VOLUMES = [{"name": "antrea-config", "configMap": {"name": "x"}}]
_TEMPLATE: dict[str, Any] = {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [_BOX], "volumes": _VOLUMES}}
_PODS = {"selector": {"matchLabels": {"app": "x"}}, "template": _TEMPLATE}
_NOWHERE = {**_PODS, "template": {**_TEMPLATE, "spec": {**_TEMPLATE["spec"], "nodeSelector": {"nowhere": "x"}}}}  # no node has it
_PORT, _POOL = {"port": 80}, {"service": "x", "servicePort": 80}
_SERVER = {"virtualServerAddress": "192.0.2.200"}
_WATCHED = {"labels": {"f5cr": "true"}}
_F5 = "/apis/cis.f5.com/v1"
KINDS = {
    "Service": Kind("/api/v1", "services", {"spec": {"ports": [_PORT], "selector": {"app": "x"}}}),
    "Service ExternalName": Kind("/api/v1", "services", {"spec": {"type": "ExternalName", "externalName": "x.example"}}),
    "Service LoadBalancer": Kind("/api/v1", "services", {"spec": {"type": "LoadBalancer", "ports": [_PORT], "selector": {"app": "x"}}}),
    "Pod": Kind("/api/v1", "pods", {"spec": {"containers": [_BOX], "schedulerName": "none"}}),
    "Deployment": Kind("/apis/apps/v1", "deployments", {"spec": {"replicas": 0, **_PODS}}),
    "StatefulSet": Kind("/apis/apps/v1", "statefulsets", {"spec": {"replicas": 0, "serviceName": "x", **_PODS}}),
    "DaemonSet": Kind("/apis/apps/v1", "daemonsets", {"spec": _NOWHERE}),
    "ConfigMap": Kind("/api/v1", "configmaps", {"metadata": {"labels": {"f5type": "virtual-server", "as3": "true"}}}),
    "Secret": Kind("/api/v1", "secrets", {"metadata": {"labels": {"owner": "helm", "name": "f5-bigip-ctlr"}}}),
    "ServiceAccount": Kind("/api/v1", "serviceaccounts", {}),
    "Event": Kind("/api/v1", "events", {"involvedObject": {"namespace": NAMESPACE}}),
    "Ingress": Kind("/apis/networking.k8s.io/v1", "ingresses", {"spec": {"ingressClassName": "f5", "rules": [{"host": "x.example"}]}}),
    "Lease": Kind("/apis/coordination.k8s.io/v1", "leases", {"spec": {}}),
    "PodDisruptionBudget": Kind("/apis/policy/v1", "poddisruptionbudgets", {"spec": {"minAvailable": 1}}),
    "Endpoints": Kind("/api/v1", "endpoints", {}),
    "EndpointSlice": Kind("/apis/discovery.k8s.io/v1", "endpointslices", {"addressType": "IPv4", "endpoints": []}),
    "Role": Kind("/apis/rbac.authorization.k8s.io/v1", "roles", {"rules": []}),
    "VirtualServer": Kind(_F5, "virtualservers", {"metadata": _WATCHED, "spec": {**_SERVER, "pools": [_POOL]}}),
    "TransportServer": Kind(_F5, "transportservers", {"metadata": _WATCHED, "spec": {**_SERVER, "virtualServerPort": 80, "pool": _POOL}}),
    "IngressLink": Kind(_F5, "ingresslinks", {"metadata": _WATCHED, "spec": _SERVER}),
    "TLSProfile": Kind(_F5, "tlsprofiles", {"metadata": _WATCHED, "spec": {"tls": {"termination": "edge"}}}),
    "Policy": Kind(_F5, "policies", {"metadata": _WATCHED, "spec": {}}),
}


class Field(NamedTuple):
    """A field of a kind, as the words of its path; `*` is a key that is the text itself."""

    kind: str
    path: str
    takes: str  # all, none, `all but NAME ...`, or the names of the texts that the API server takes


FIELDS = [
    Field("Service", "metadata name", "name"),
    Field("Service", "metadata labels *", "name"),
    Field("Service", "metadata labels cis.f5.com/as3-tenant", "name"),
    Field("Service", "metadata labels cis.f5.com/as3-app", "name"),
    Field("Service", "metadata labels cis.f5.com/as3-pool", "name"),
    Field("Service", "metadata annotations *", "name"),
    Field("Service", "metadata annotations nodeportlocal.antrea.io/enabled", "all"),
    Field("Service", "spec ports 0 name", "name"),
    Field("Service", "spec ports 0 protocol", "none"),
    Field("Service", "spec ports 0 appProtocol", "name"),
    Field("Service", "spec ports 0 targetPort", "name"),
    Field("Service", "spec selector app", "name"),
    Field("Service", "spec externalIPs 0", "none"),
    Field("Service", "spec clusterIP", "none"),
    Field("Service", "spec ipFamilies 0", "none"),
    Field("Service ExternalName", "spec externalName", "name"),
    Field("Service LoadBalancer", "metadata annotations cis.f5.com/ip", "all"),
    Field("Service LoadBalancer", "metadata annotations cis.f5.com/ipamLabel", "all"),
    Field("Service LoadBalancer", "metadata annotations cis.f5.com/partition", "all"),
    Field("Service LoadBalancer", "spec loadBalancerIP", "all"),
    Field("Service LoadBalancer", "spec loadBalancerClass", "name"),
    Field("Service LoadBalancer", "spec loadBalancerSourceRanges 0", "none"),
    Field("Pod", "metadata name", "name"),
    Field("Pod", "metadata labels app", "name"),
    Field("Pod", "metadata annotations nodeportlocal.antrea.io", "all"),
    Field("Pod", "spec containers 0 name", "name"),
    Field("Pod", "spec containers 0 image", "all but bidi"),
    Field("Pod", "spec containers 0 args 0", "all"),
    Field("Pod", "spec containers 0 command 0", "all"),
    Field("Pod", "spec containers 0 env 0 name", "all but escape lines bidi look-alike"),
    Field("Pod", "spec containers 0 env 0 value", "all"),
    Field("Pod", "spec containers 0 ports 0 name", "name"),
    Field("Pod", "spec hostname", "name"),
    Field("Pod", "spec nodeName", "name"),
    Field("Pod", "spec serviceAccountName", "none"),
    Field("Deployment", "metadata name", "name"),
    Field("Deployment", "metadata annotations meta.helm.sh/release-name", "all"),
    Field("Deployment", "metadata annotations vks.bigip/started-with", "all"),
    Field("Deployment", "spec template spec containers 0 image", "all"),
    Field("Deployment", "spec template spec containers 0 args 0", "all"),
    Field("Deployment", "spec template spec containers 0 command 0", "all"),
    Field("Deployment", "spec template spec containers 0 env 0 value", "all"),
    Field("StatefulSet", "spec template spec containers 0 image", "all"),
    Field("StatefulSet", "spec template spec containers 0 args 0", "all"),
    Field("DaemonSet", "metadata name", "name"),
    Field("DaemonSet", "metadata labels k8s-app", "name"),
    Field("DaemonSet", "spec template spec containers 0 image", "all"),
    Field("DaemonSet", "spec template spec volumes 0 configMap name", "all"),
    Field("ConfigMap", "metadata name", "name"),
    Field("ConfigMap", "metadata annotations *", "name"),
    Field("ConfigMap", "data *", "name"),
    Field("ConfigMap", "data template", "all"),
    Field("Secret", "metadata labels version", "name"),
    Field("Secret", "metadata labels status", "name"),
    Field("Secret", "data release", "huge number common name"),
    Field("Secret", "stringData release", "all"),
    Field("Secret", "stringData *", "name"),
    Field("Secret", "type", "all"),
    Field("ServiceAccount", "metadata name", "name"),
    Field("ServiceAccount", "metadata annotations *", "name"),
    Field("Event", "message", "all"),
    Field("Event", "reason", "all"),
    Field("Event", "involvedObject name", "all"),
    Field("Event", "reportingComponent", "all"),
    Field("Ingress", "metadata annotations virtual-server.f5.com/ip", "all"),
    Field("Ingress", "metadata annotations virtual-server.f5.com/partition", "all"),
    Field("Ingress", "metadata annotations virtual-server.f5.com/health", "all"),
    Field("Ingress", "metadata annotations kubernetes.io/ingress.class", "none"),
    Field("Ingress", "spec ingressClassName", "name"),
    Field("Ingress", "spec rules 0 host", "name"),
    Field("Lease", "spec holderIdentity", "all"),
    Field("PodDisruptionBudget", "spec selector matchLabels app", "name"),
    Field("PodDisruptionBudget", "metadata annotations *", "name"),
    Field("Endpoints", "metadata annotations *", "none"),
    Field("EndpointSlice", "metadata annotations *", "none"),
    Field("Role", "metadata annotations *", "none"),
    Field("VirtualServer", "metadata name", "name"),
    Field("VirtualServer", "metadata labels f5cr", "name"),
    Field("VirtualServer", "spec virtualServerAddress", "all"),
    Field("VirtualServer", "spec additionalVirtualServerAddresses 0", "all"),
    Field("VirtualServer", "spec virtualServerName", "all"),
    Field("VirtualServer", "spec partition", "huge name"),
    Field("VirtualServer", "spec host", "all"),
    Field("VirtualServer", "spec httpTraffic", "none"),
    Field("VirtualServer", "spec snat", "all"),
    Field("VirtualServer", "spec iRules 0", "all"),
    Field("VirtualServer", "spec allowVlans 0", "all"),
    Field("VirtualServer", "spec persistenceProfile", "all"),
    Field("VirtualServer", "spec connectionMirroring", "all"),
    Field("VirtualServer", "spec pools 0 name", "all"),
    Field("VirtualServer", "spec pools 0 service", "all"),
    Field("VirtualServer", "spec pools 0 serviceNamespace", "all"),
    Field("VirtualServer", "spec pools 0 servicePort", "all"),
    Field("VirtualServer", "spec pools 0 loadBalancingMethod", "all"),
    Field("VirtualServer", "spec pools 0 serviceDownAction", "all"),
    Field("VirtualServer", "spec pools 0 reselectTries", "all"),
    Field("VirtualServer", "spec pools 0 monitor type", "all"),
    Field("VirtualServer", "spec pools 0 monitor send", "all"),
    Field("VirtualServer", "spec pools 0 monitor recv", "all"),
    Field("VirtualServer", "spec pools 0 monitor name", "all"),
    Field("VirtualServer", "spec pools 0 monitors 0 name", "all"),
    Field("VirtualServer", "spec *", "all"),
    Field("VirtualServer", "spec pools 0 *", "all"),
    Field("VirtualServer", "spec pools 0 monitor *", "all"),
    Field("VirtualServer", "status vsAddress", "all"),
    Field("VirtualServer", "status error", "all"),
    Field("VirtualServer", "status status", "all"),
    Field("TransportServer", "spec virtualServerAddress", "all"),
    Field("TransportServer", "spec partition", "huge name"),
    Field("TransportServer", "spec virtualServerName", "all"),
    Field("TransportServer", "spec pool service", "all"),
    Field("TransportServer", "spec *", "all"),
    Field("IngressLink", "spec virtualServerAddress", "all"),
    Field("IngressLink", "spec partition", "all"),
    Field("IngressLink", "spec iRules 0", "all"),
    Field("TLSProfile", "spec tls clientSSL", "all"),
    Field("Policy", "spec l7Policies waf", "all"),
]


def at(path: str, text: str, base: dict[str, Any]) -> dict[str, Any]:
    """A copy of `base` with the text in the field."""
    made = copy.deepcopy(base)
    node: Any = made
    *words, last = [int(word) if word.isdigit() else word for word in path.split()]
    for word, after in zip(words, (*words[1:], last)):
        empty: Any = [] if isinstance(after, int) else {}
        if isinstance(node, list):
            node.extend([{}] * (int(word) + 1 - len(node)))
        elif not isinstance(node.get(word), type(empty)):
            node[word] = empty
        node = node[word]
    if last == "*":
        node[text] = "x"
    elif isinstance(node, list):
        node[int(last) :] = [text]
    else:
        node[last] = text
    return made
