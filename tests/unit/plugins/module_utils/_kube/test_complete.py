# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that are complete, or an error."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import lists
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.plugins.module_utils._kube.complete import Complete
from ansible_collections.vks.bigip.plugins.module_utils._kube.lists import Kind
from ansible_collections.vks.bigip.tests.unit.support.kube import NODES, Clock, listing, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

NODE = {"metadata": {"name": "n1"}}
PEERS = Kind("BGPPeers", "/apis/crd.projectcalico.org/v1", "bgppeers")
POLICIES = Kind("BGPPolicies", "/apis/crd.antrea.io/v1alpha1", "bgppolicies")
KUBE_SYSTEM = "/api/v1/namespaces/kube-system"


def run(script: list[Exchange], read: Callable[[Complete], Any]) -> Any:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        try:
            return read(Complete(client))
        finally:
            client.close()


def name(raw: dict[str, Any]) -> str:
    return str(raw["metadata"]["name"])


def test_all() -> None:
    assert run([listing(NODES, NODE)], lambda found: found.all(lists.NODES, name)) == ["n1"]


@pytest.mark.parametrize(
    "script",
    [
        [listing(NODES, NODE, {"metadata": {}})],
        [listing(NODES, NODE, token="T"), listing(NODES, after="T", status=403, json=status(403, "no"))],
        [listing(NODES, NODE, token="T"), *[listing(NODES, after="T", status=404, json=status(404, "no"))]],
    ],
    ids=["an object", "a page", "an API"],
)
def test_a_part_that_is_missing(script: list[Exchange]) -> None:
    with pytest.raises(Failure) as raised:
        run(script, lambda found: found.all(lists.NODES, name))
    assert raised.value.code == "read_incomplete" and "Nothing was changed." in raised.value.message


@pytest.mark.parametrize("kind", [PEERS, POLICIES])
def test_a_kind_that_the_cluster_does_not_have(kind: Kind) -> None:
    script = [listing(kind.path(None), status=404, text="404 page not found")]
    assert run(script, lambda found: found.optional(kind, name)) is None


def test_before_the_first_answer_the_connection_is_the_fault() -> None:
    with pytest.raises(Failure) as raised:
        run([listing(NODES, status=401, json=status(401, "no"))], lambda found: found.all(lists.NODES, name))
    assert raised.value.code == "kubernetes_unauthorized"


def test_the_uid() -> None:
    assert run([Exchange("GET", KUBE_SYSTEM, json={"metadata": {"uid": "u"}})], lambda found: found.uid()) == "u"
    for answer in (Exchange("GET", KUBE_SYSTEM, 403, json=status(403, "no")), Exchange("GET", KUBE_SYSTEM, json={})):
        with pytest.raises(Failure) as raised:
            run([answer], lambda found: found.uid())
        assert raised.value.code == "owner_required"
