# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster's certificates: one authority, and one for each program with TLS or a sign-in."""

from __future__ import annotations

import base64
from pathlib import Path

import trustme
import yaml


class Pki:
    """Certificates as files in a folder; the authority's own key is never written."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._folder = folder
        self._authority = trustme.CA(organization_name="vks-bigip-lab")
        self._authority.cert_pem.write_to_path(str(self.ca))

    @property
    def ca(self) -> Path:
        return self._folder / "ca.crt"

    def certificate(self, name: str) -> Path:
        return self._folder / f"{name}.crt"

    def key(self, name: str) -> Path:
        return self._folder / f"{name}.key"

    def issue(self, name: str, common_name: str, *hosts: str, group: str | None = None) -> None:
        """A pair in files. For Kubernetes, the common name of a client is its user and the organization its
        group."""
        issued = self._authority.issue_cert(
            *(hosts or (f"{name}.lab.invalid",)), common_name=common_name, organization_name=group
        )
        issued.cert_chain_pems[0].write_to_path(str(self.certificate(name)))
        self.key(name).touch(mode=0o600)
        issued.private_key_pem.write_to_path(str(self.key(name)))

    def kubeconfig(self, name: str, server: str, cluster: str) -> str:
        """A kubeconfig that contains all certificates, so it may be copied."""

        def data(path: Path) -> str:
            return base64.b64encode(path.read_bytes()).decode()

        return yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [
                    {
                        "name": cluster,
                        "cluster": {"server": server, "certificate-authority-data": data(self.ca)},
                    }
                ],
                "users": [
                    {
                        "name": f"{cluster}-{name}",
                        "user": {
                            "client-certificate-data": data(self.certificate(name)),
                            "client-key-data": data(self.key(name)),
                        },
                    }
                ],
                "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": f"{cluster}-{name}"}}],
                "current-context": cluster,
            },
            sort_keys=False,
        )
