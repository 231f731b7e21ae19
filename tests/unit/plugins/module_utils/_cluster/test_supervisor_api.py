# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Supervisor's API: when it is used, the objects of one cluster, and a change of an owner."""

from __future__ import annotations

from typing import Any, Callable
from unittest import mock

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cluster import supervisor_api
from ansible_collections.vks.bigip.plugins.module_utils._cluster.reader import Reader
from ansible_collections.vks.bigip.plugins.module_utils._cluster.supervisor_api import SupervisorApi
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.plugins.module_utils._npl.owner import Owner
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support.answers import found, missing
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, listing, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

ADDON = Owner("AddonConfig", "team-a/shop-antrea", {"apiVersion": "addons.kubernetes.vmware.com/v1alpha1"})


@pytest.mark.parametrize("params", [{}, {"supervisor_kubeconfig": None, "supervisor_context": ""}])
def test_without_options_there_is_no_supervisor(params: dict[str, Any]) -> None:
    assert supervisor_api.connect(params, Clock().deadline()) is None


@pytest.mark.parametrize(("kubeconfig", "context"), [("file", "a"), ("file", None), (None, "a")])
def test_the_connection_has_the_limits_of_the_task(kubeconfig: str | None, context: str | None) -> None:
    params = {
        "supervisor_kubeconfig": kubeconfig,
        "supervisor_context": context,
        "allow_http": True,
        "allow_exec": False,
        "max_response_mb": 7,
        "api_key": "of the cluster",
    }
    deadline = Clock().deadline()
    with mock.patch.object(supervisor_api, "Client") as client:
        assert supervisor_api.connect(params, deadline) is client.return_value
    limits = {"allow_http": True, "allow_exec": False, "max_response_mb": 7}
    client.assert_called_once_with({"kubeconfig": kubeconfig, "context": context, **limits}, deadline)


@pytest.mark.parametrize(
    ("more", "query", "doing"),
    [
        ({"dry_run": True}, {"dryRun": "All"}, "trying"),
        ({"dry_run": False}, None, "making"),
        ({}, None, "making"),
    ],
)
def test_change(more: dict[str, bool], query: Any, doing: str) -> None:
    client = mock.Mock()
    changed = supervisor_api.change(client, ADDON, {"spec": {}}, **more)
    assert changed is client.patch.return_value
    client.patch.assert_called_once_with(
        "/apis/addons.kubernetes.vmware.com/v1alpha1/namespaces/team-a/addonconfigs/shop-antrea",
        {"spec": {}},
        query,
        doing=f"{doing} the change of AddonConfig team-a/shop-antrea on the Supervisor",
        right={
            **{"verb": "patch", "resource": "addonconfigs", "group": "addons.kubernetes.vmware.com"},
            "namespace": "team-a",
        },
    )


IN = "namespaces/team-a"
CLUSTER = f"/apis/cluster.x-k8s.io/v2/{IN}/clusters/shop"
SERVED = api.api_groups(
    *("cluster.x-k8s.io/v2", "addons.kubernetes.vmware.com/v1", "cni.tanzu.vmware.com/v3", "vmware.com/v4")
)


def run(script: list[Exchange], work: Callable[[SupervisorApi], Any], served: Exchange = SERVED) -> Any:
    with ScriptedServer([served, *script]) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        client.warn = pytest.fail  # no object is left out
        try:
            return work(SupervisorApi(Reader(client), "team-a", "shop"))
        finally:
            client.close()


def named(name: str) -> dict[str, Any]:
    return {"metadata": {"namespace": "team-a", "name": name}}


def forbidden(path: str) -> Exchange:
    return Exchange("GET", path, 403, json=status(403, "no"))


def test_the_groups_may_not_be_read() -> None:
    with pytest.raises(Failure) as caught:
        run([], lambda of: of, forbidden("/apis"))
    assert caught.value.what == "reading the Supervisor's API groups"
    assert caught.value.details == {"verb": "get", "resource": "/apis", "group": ""}


MISSING = (
    "supervisor_cluster_missing",
    "reading Cluster team-a/shop on the Supervisor",
    "Check supervisor_kubeconfig, supervisor_context, supervisor_namespace and cluster_name.",
)


@pytest.mark.parametrize(
    ("served", "script", "said"),
    [
        (SERVED, [missing(CLUSTER)], "not found"),
        (api.api_groups("apps/v1"), [], None),
        (found("/apis", {}), [], None),
        (found("/apis", {"groups": [{"name": "apps", "preferredVersion": None}]}), [], None),
    ],
)
def test_a_cluster_that_does_not_exist(served: Exchange, script: list[Exchange], said: str | None) -> None:
    with pytest.raises(Failure) as caught:
        run(script, lambda of: of.cluster(), served)
    failed = caught.value
    assert (failed.code, failed.what, failed.remedy) == MISSING
    no_supervisor = " does not serve cluster.x-k8s.io, so it is not a Supervisor"
    assert (
        failed.said == said
        if said
        else str(failed.said).removeprefix("http://127.0.0.1:").lstrip("0123456789") == no_supervisor
    )


ADDON_PATH = f"/apis/addons.kubernetes.vmware.com/v1/{IN}/addonconfigs/shop-antrea"
CNI_PATH = f"/apis/cni.tanzu.vmware.com/v3/{IN}/antreaconfigs/shop-antrea-package"
DEFINITION = {"spec": {"addonConfigDefinitionRef": {"name": "antrea.2", "namespace": "own"}}}
DEFINITION_PATH = "/apis/addons.kubernetes.vmware.com/v1/namespaces/own/addonconfigdefinitions/antrea.2"
ONES: dict[str, tuple[str, Callable[[SupervisorApi], Any], str]] = {
    "Cluster": (CLUSTER, lambda of: of.cluster(), "Reading Cluster team-a/shop"),
    "AddonConfig": (ADDON_PATH, lambda of: of.addon_config(), "Reading AddonConfig team-a/shop-antrea"),
    "AntreaConfig": (
        CNI_PATH,
        lambda of: of.antrea_config(),
        "Reading AntreaConfig team-a/shop-antrea-package",
    ),
    "AddonConfigDefinition": (
        DEFINITION_PATH,
        lambda of: of.definition(DEFINITION),
        "Reading AddonConfigDefinition own/antrea.2",
    ),
}


@pytest.mark.parametrize(("path", "work", "doing"), ONES.values(), ids=ONES)
def test_one_object(path: str, work: Callable[[SupervisorApi], Any], doing: str) -> None:
    assert run([found(path, named("x"))], work) == named("x")
    unread = run([forbidden(path)], work)
    assert isinstance(unread, Unknown) and unread.why.startswith(f"{doing}: no.")
    if path != CLUSTER:
        assert run([missing(path)], work) is None
        assert run([], work, api.api_groups("cluster.x-k8s.io/v2")) is None


def test_an_addon_config_that_names_no_definition() -> None:
    assert run([], lambda of: of.definition({})) is None


def test_every_object_of_a_kind() -> None:
    def work(of: SupervisorApi) -> Any:
        return of.every("vmware.com", "VirtualNetworks", lambda raw: raw["metadata"]["name"])

    path = f"/apis/vmware.com/v4/{IN}/virtualnetworks"
    assert run([listing(path, named("a"), named("b"))], work) == ["a", "b"]
    assert run([missing(f"{path}?limit=500")], work) == []
    assert run([], work, api.api_groups("cluster.x-k8s.io/v2")) == []
    unread = run([forbidden(f"{path}?limit=500")], work)
    assert isinstance(unread, Unknown) and unread.why.startswith(
        "Listing VirtualNetworks in namespace team-a: no."
    )


def test_the_cluster_that_it_reads() -> None:
    assert run([], lambda of: (of.namespace, of.name)) == ("team-a", "shop")
