# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the API's objects to the fields that _members uses."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._kube import snapshot


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("1970-01-01T00:01:00Z", 60.0),
        ("1970-01-01T00:01:00.500000Z", 60.5),
        ("1970-01-01T01:00:00+01:00", 0.0),
        ("yesterday", None),
        (None, None),
        ("9" * 40, None),
    ],
)
def test_seconds(moment: Any, seconds: float | None) -> None:
    assert snapshot.seconds(moment) == seconds


@pytest.mark.parametrize(
    ("spec", "families"),
    [
        ({"ipFamilies": ["IPv6", "IPv4"], "clusterIP": "10.0.0.1"}, ("IPv6", "IPv4")),
        ({"clusterIPs": ["2001:db8::1", "10.0.0.1"]}, ("IPv6", "IPv4")),
        ({"clusterIP": "2001:db8::1"}, ("IPv6",)),
        ({"clusterIP": "None"}, ("IPv4",)),
        ({}, ("IPv4",)),
    ],
)
def test_the_families_of_a_service(spec: dict[str, Any], families: tuple[str, ...]) -> None:
    assert snapshot.service({"metadata": {}, "spec": spec}).families == families


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, (True, True, False)),
        ({"ready": False}, (False, False, False)),
        ({"ready": False, "serving": True, "terminating": True}, (False, True, True)),
        ({"serving": None}, (True, True, False)),
    ],
)
def test_conditions_that_an_endpoint_leaves_out(
    conditions: dict[str, Any], expected: tuple[bool, bool, bool]
) -> None:
    raw = {
        "metadata": {"namespace": "a", "name": "s", "labels": {snapshot.SLICE_SERVICE_LABEL: "web"}},
        "endpoints": [{"addresses": ["10.0.0.1", "10.0.0.2"], "conditions": conditions}],
    }
    found = snapshot.endpoint_slice(raw)
    assert found is not None and found[0] == ("a", "web")
    (endpoint,) = found[1].endpoints
    assert (
        endpoint.ready,
        endpoint.serving,
        endpoint.terminating,
    ) == expected and endpoint.address == "10.0.0.1"


def test_a_slice_of_no_service() -> None:
    assert snapshot.endpoint_slice({"metadata": {"name": "s"}}) is None


@pytest.mark.parametrize(
    ("name", "signs"),
    [
        ("nsx.vmware.com/x", 1),
        ("a.nsx.vmware.com/x", 1),
        ("ncp/x", 1),
        ("example.com/nsx.vmware.com", 0),
        ("xncp/x", 0),
    ],
)
def test_signs_of_nsx(name: str, signs: int) -> None:
    node = snapshot.node({"metadata": {"name": "n", "annotations": {name: ""}}})
    assert len(node.nsx_signs) == signs


def test_the_writers_of_mappings() -> None:
    fields = {"f:metadata": {"f:annotations": {f"f:{snapshot.NPL_POD_ANNOTATION}": {}}}}
    managed = [
        {"manager": "antrea-agent", "subresource": "status", "fieldsV1": fields},
        {"manager": "other", "fieldsV1": {}},
    ]
    metadata = {
        "namespace": "a",
        "name": "p",
        "managedFields": managed,
        "annotations": {snapshot.NPL_POD_ANNOTATION: "[]"},
    }
    key, pod = snapshot.pod({"metadata": metadata})
    assert key == ("a", "p") and pod.writers == (("antrea-agent", "status"),)
    assert snapshot.pod({"metadata": {**metadata, "annotations": {}}})[1].writers == ()
