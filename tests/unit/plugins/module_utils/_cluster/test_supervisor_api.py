# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Supervisor's API: when it is used, and a change of an owner."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cluster import supervisor_api
from ansible_collections.vks.bigip.plugins.module_utils._npl.owner import Owner
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock

ADDON = Owner("AddonConfig", "team-a/shop-antrea", {"apiVersion": "addons.kubernetes.vmware.com/v1alpha1"})


@pytest.mark.parametrize("params", [{}, {"supervisor_kubeconfig": None, "supervisor_context": ""}])
def test_without_options_there_is_no_supervisor(params: dict[str, Any]) -> None:
    assert supervisor_api.connect(params, Clock().deadline()) is None


def test_the_connection_has_the_limits_of_the_task() -> None:
    params = {
        "supervisor_kubeconfig": "file",
        "supervisor_context": "a",
        "allow_http": True,
        "max_response_mb": 7,
        "api_key": "of the cluster",
    }
    with mock.patch.object(supervisor_api, "Client") as client:
        assert supervisor_api.connect(params, Clock().deadline()) is client.return_value
    assert client.call_args.args[0] == {
        "kubeconfig": "file",
        "context": "a",
        "allow_http": True,
        "allow_exec": None,
        "max_response_mb": 7,
    }


@pytest.mark.parametrize(
    ("dry_run", "query", "doing"), [(True, {"dryRun": "All"}, "trying"), (False, None, "making")]
)
def test_change(dry_run: bool, query: Any, doing: str) -> None:
    client = mock.Mock()
    supervisor_api.change(client, ADDON, {"spec": {}}, dry_run=dry_run)
    path, body, sent = client.patch.call_args.args
    assert path == "/apis/addons.kubernetes.vmware.com/v1alpha1/namespaces/team-a/addonconfigs/shop-antrea"
    assert (body, sent) == ({"spec": {}}, query)
    assert (
        client.patch.call_args.kwargs["doing"]
        == f"{doing} the change of AddonConfig team-a/shop-antrea on the Supervisor"
    )
    assert client.patch.call_args.kwargs["right"]["resource"] == "addonconfigs"
