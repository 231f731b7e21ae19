# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""3,000 endpoints behind one Service: 30 EndpointSlices, several pages of Pods, and each member answers from the Pod that it names."""

from __future__ import annotations

import http.client
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from lab_use import deployment, service
from running_lab import eventually
from test_members_lab import Labs, collection, pool  # noqa: F401  (collection is a fixture)

COUNT = 3000


def test_three_thousand_endpoints(lab: Labs) -> None:
    big = lab(cni="antrea", nodes=30)
    big.apply(deployment("many", COUNT), service("many", npl="true"))
    try:
        big.kubectl("rollout", "status", "deployment", "many")
        # a rollout is over before the last EndpointSlice is written
        eventually(lambda: len(pool(big, "many", "nodeportlocal")["members"]) == COUNT)
        found = pool(big, "many", "nodeportlocal", wait_for_mappings=60)
        assert found["left_out"] == [] and len(found["members"]) == COUNT
        assert len({(member["address"], member["port"]) for member in found["members"]}) == COUNT
        proxy = urlsplit(big.env["LAB_PROXY"])

        def answer(member: dict[str, object]) -> bool:
            connection = http.client.HTTPConnection(str(proxy.hostname), proxy.port, timeout=20)
            connection.request("GET", f"http://{member['address']}:{member['port']}/", headers={"Connection": "close"})
            said = connection.getresponse().read().decode().strip()
            connection.close()
            return said == member["pod"]

        with ThreadPoolExecutor(8) as threads:
            assert Counter(threads.map(answer, found["members"])) == {True: COUNT}
    finally:
        big.kubectl("delete", "deployment,service", "many", "--wait=false")
