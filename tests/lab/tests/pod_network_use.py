# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab's BIG-IP for tests of the Pod network: its REST API, a pool of Pods, and a client of its virtual
address."""

from __future__ import annotations

from typing import Any

import requests

from running_lab import RunningLab, eventually
from vkslab.processes import HANG

ADDRESS, ROUTE = "192.0.2.10", "/mgmt/tm/net/route"


class BigIp:
    """The units of a lab's BIG-IP, and what a client gets at the virtual address."""

    def __init__(self, lab: RunningLab) -> None:
        self._lab = lab
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = lab.env["F5_USER"], lab.env["F5_PASSWORD"]
        self._session.verify = lab.env["F5_CA_CERT"]

    def call(self, method: str, path: str, body: Any = None, unit: int = 0) -> Any:
        host = self._lab.env["F5_SERVER"].split(",")[unit]
        url = f"https://{host}:{self._lab.env['F5_SERVER_PORT']}{path}"
        answer = self._session.request(method, url, json=body, timeout=HANG)
        assert answer.status_code == 200, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else {}

    def restart(self) -> None:
        self.call("POST", "/_lab/restart", {})
        self._session.close()  # it keeps connections that the restart cut

    def publish(self, members: list[str]) -> None:
        pool = {
            "class": "Pool",
            "monitors": ["http"],
            "members": [{"servicePort": 8080, "serverAddresses": members}],
        }
        service = {"class": "Service_HTTP", "virtualAddresses": [ADDRESS], "pool": "web"}
        tenant = {
            "class": "Tenant",
            "A": {"class": "Application", "template": "generic", "vs": service, "web": pool},
        }
        adc = {"class": "ADC", "schemaVersion": "3.50.0", "id": "pods", "Pods": tenant}
        self.call("POST", "/mgmt/shared/appsvcs/declare", adc)

    def members(self, unit: int = 0) -> dict[str, tuple[str, str]]:
        found = self.call("GET", "/_lab/pools", unit=unit)["/Pods/A/web"]
        return {
            name.rpartition("/")[2].partition(":")[0]: (member["availability"], member["reason"])
            for name, member in found.items()
        }

    def becomes(self, availability: str, unit: int = 0) -> None:
        eventually(lambda: {state for state, _reason in self.members(unit).values()} == {availability})

    def answers(self) -> bool:
        try:
            proxies = {"http": self._lab.env["LAB_PROXY"]}
            return requests.get(f"http://{ADDRESS}/", proxies=proxies, timeout=HANG).status_code == 200
        except requests.RequestException:
            return False
