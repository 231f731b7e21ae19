# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shop with two applications: their objects in the cluster, and the state that BIG-IP must have for them.

`web` uses NodePortLocal. `secure` uses a nodePort of the nodes on which Pods may start, and its certificate is in a Secret.
"""

from __future__ import annotations

import json
import socket
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import trustme

from .site import SERVICE, Site
from .waiting import HANGS

WEB, SECURE = "/Shop/web/pool", "/Bank/secure/pool"
VIRTUAL, NODES, SECRET = "192.0.2.81", "shop-nodes", "shop-tls"


class Shop:
    """The two applications in the cluster, and the state that BIG-IP must have for them."""

    def __init__(self, site: Site, grace: int = 1) -> None:
        self._site = site
        self._authority = trustme.CA()
        self._keys: list[str] = []
        site.deploy(3, grace=grace)
        self.certificate = self.renew()
        service = {"type": "NodePort", "selector": {"app": SERVICE}, "ports": [{"port": 443, "targetPort": 8080}]}
        self._apply({"apiVersion": "v1", "kind": "Service", "metadata": {"name": NODES}, "spec": service})

    def _apply(self, item: dict[str, Any]) -> None:
        self._site.kubectl("apply", "-f", "-", stdin=json.dumps(item))

    def renew(self) -> bytes:
        """Put a new certificate into the Secret, and return it as DER."""
        issued = self._authority.issue_cert("shop.example")
        certificate, key = issued.cert_chain_pems[0].bytes().decode(), issued.private_key_pem.bytes().decode()
        data = {"tls.crt": certificate, "tls.key": key}
        self._apply({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "metadata": {"name": SECRET}, "stringData": data})
        self._keys.append(key)
        self.certificate = ssl.PEM_cert_to_DER_cert(certificate)
        return self.certificate

    def applications(self) -> list[dict[str, Any]]:
        virtual_server = {"class": "Service_HTTPS", "virtualAddresses": [VIRTUAL], "virtualPort": 443, "serverTLS": "tls"}
        crt: dict[str, Any] = {"class": "Certificate"}
        for name, key in (("certificate", "tls.crt"), ("privateKey", "tls.key")):
            crt[name] = {"from_secret": {"namespace": "default", "name": SECRET, "key": key}}
        secure = {
            "tenant": "Bank",
            "application": "secure",
            "virtual_server": virtual_server,
            "objects": {"tls": {"class": "TLS_Server", "certificates": [{"certificate": "crt"}]}, "crt": crt},
            "service": {"namespace": "default", "name": NODES},
            "pool_member_type": "nodeport",
            "include_unschedulable": False,
        }
        return [self._site.application(), self._site.application(**secure)]

    def end(self) -> None:
        """Remove all but the Deployment and its Service, which `Site.deploy` replaces."""
        for node in self._site.get("nodes")["items"]:
            self._site.kubectl("uncordon", node["metadata"]["name"])
        self._site.kubectl("delete", f"service/{NODES}", f"secret/{SECRET}", "--ignore-not-found")

    def key_lines(self) -> list[str]:
        """The lines of the private keys, which no log may contain."""
        return [line for key in self._keys for line in key.splitlines() if len(line) > 6 and not line.startswith("-----")]

    def is_published(self) -> bool:
        """True if BIG-IP equals the cluster."""
        return self.on_bigip() == self.wanted() and self.served() == self.certificate

    def wanted(self) -> dict[str, set[str]]:
        """The members of both pools, from the cluster's objects."""
        web, port = set(), self._site.get("service", SERVICE)["spec"]["ports"][0]["targetPort"]
        for pod in filter(_is_ready, self._site.pods()):
            mappings = json.loads(pod["metadata"].get("annotations", {}).get("nodeportlocal.antrea.io", "[]"))
            web |= {f"{each['nodeIP']}:{each['nodePort']}" for each in mappings if each["podPort"] == port}
        nodes = [node for node in self._site.get("nodes")["items"] if not node["spec"].get("unschedulable")]
        addresses = [each["address"] for node in nodes for each in node["status"]["addresses"] if each["type"] == "InternalIP"]
        return {WEB: web, SECURE: {f"{address}:{self.node_port()}" for address in addresses}}

    def node_port(self) -> int:
        return int(self._site.get("service", NODES)["spec"]["ports"][0]["nodePort"])

    def on_bigip(self) -> dict[str, set[str]]:
        """The members of both pools on the device."""
        pools = self._site.control("GET", "/_lab/pools")
        return {name: {member.rpartition("/")[2] for member in pools.get(name, ())} for name in (WEB, SECURE)}

    def served(self) -> bytes | None:
        """The certificate that a client of the virtual server gets, as DER."""
        proxy = urlsplit(json.loads(Path(self._site.variables()["LAB_DIR"], "bigip.json").read_text())["data_proxy"])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection((str(proxy.hostname), int(proxy.port or 0)), timeout=HANGS) as connection:
            connection.sendall(f"CONNECT {VIRTUAL}:443 HTTP/1.1\r\n\r\n".encode())
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += connection.recv(1) or b"\r\n\r\n"
            try:
                with context.wrap_socket(connection) as secured:
                    return secured.getpeercert(binary_form=True)
            except OSError:  # there is no such virtual server yet
                return None


def _is_ready(pod: dict[str, Any]) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", ()))
