# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the objects of a workload cluster to facts: one line a case."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._kube import objects
from ansible_collections.vks.bigip.tests.unit.support import answers as api


@pytest.mark.parametrize(
    ("namespace", "system"),
    [
        ("kube-system", True),
        ("calico-system", True),
        ("vmware-system-x", True),
        ("vmware-systems", False),
        ("default", False),
        (None, False),
    ],
)
def test_which_namespace_is_of_the_platform(namespace: str | None, system: bool) -> None:
    raw = {"metadata": {"namespace": namespace, "name": "x"}}
    assert objects.is_system(raw) is system
    assert objects.strangers([raw]) == ([] if system else [objects.name_of(raw)])


def test_the_warning_about_strangers() -> None:
    assert "DaemonSet a/x has the name" in objects.elsewhere(
        ["a/x"]
    ) and "it does not count" in objects.elsewhere(["a/x"])
    many = objects.elsewhere([f"a/{number}" for number in range(7)])
    assert "DaemonSets a/0, a/1, a/2, a/3, a/4 and 2 more have" in many and "they do not count" in many


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("a:5000/b/c:v2.5.2_vmware.1", "2.5.2"),
        ("c:2.5", "2.5"),
        ("a:5000/c", None),
        ("c@sha256:2.5.2", None),
        ("c:2.5.2@sha256:0", "2.5.2"),
        ("", None),
    ],
)
def test_the_version_of_an_image(image: str, version: str | None) -> None:
    assert objects.image_version(image) == version


@pytest.mark.parametrize(
    ("raw", "kind", "version", "strategy"),
    [
        (api.ANTREA, "antrea", "2.5.2", "OnDelete"),
        (api.CALICO, "calico", "3.31.5", "RollingUpdate"),
        (api.daemon_set("cilium", "cilium:v1.16.0", {}), "cilium", "1.16.0", "RollingUpdate"),
        (
            api.daemon_set("renamed", "antrea:v2.6.0", {"app": "antrea", "component": "antrea-agent"}),
            "antrea",
            "2.6.0",
            "RollingUpdate",
        ),
    ],
)
def test_cni(raw: dict[str, Any], kind: str, version: str, strategy: str) -> None:
    cni = objects.cni(raw)
    assert cni is not None and (cni.kind, cni.version, cni.update_strategy) == (kind, version, strategy)


@pytest.mark.parametrize("labels", [{}, {"app": "antrea"}, {"k8s-app": "kube-proxy"}])
def test_another_daemon_set_is_no_cni(labels: dict[str, str]) -> None:
    assert objects.cni(api.daemon_set("x", "image", labels)) is None


def test_the_mounted_config_map() -> None:
    assert objects.mounted_config(api.ANTREA) == "antrea-config-f5d8"
    assert objects.mounted_config(api.CALICO) is None


@pytest.mark.parametrize(
    ("text", "enabled", "port_range"),
    [
        (api.ON, True, "61000-62000"),
        ("nodePortLocal: {enable: true}\nnplPortRange: 40000-41000", True, "40000-41000"),
        ("nodePortLocal: {enable: 'true'}", False, None),
        ("featureGates: {NodePortLocal: false}\nnodePortLocal: {enable: true}", False, None),
        ("", False, None),
        ("a: [", None, None),
        ("nodePortLocal: 5", None, None),
    ],
)
def test_npl_config(text: str, enabled: bool | None, port_range: str | None) -> None:
    config = objects.npl_config(api.config_map(text, kapp=False))
    assert (config.enabled, config.port_range, config.kapp) == (enabled, port_range, False)


def test_the_metadata_of_a_configuration() -> None:
    config = objects.npl_config(api.config_map())
    assert (config.config_map, config.kapp, config.changed) == (
        "kube-system/antrea-config-f5d8",
        True,
        1767268800.0,
    )


def test_a_config_map_without_the_key() -> None:
    raw = api.config_map()
    raw["data"] = {}
    assert objects.npl_config(raw).fault == "it has no key antrea-agent.conf"


def test_an_agent_starts_with_its_container() -> None:
    agent = objects.agent(api.agent("n1", started="1970-01-01T00:01:00Z", ready=False))
    assert agent is not None and (agent.node, agent.pod, agent.ready, agent.started) == (
        "n1",
        "kube-system/antrea-agent-n1",
        False,
        60.0,
    )


def test_an_agent_whose_container_does_not_run_starts_with_its_pod() -> None:
    raw = api.agent("n1")
    raw["status"]["containerStatuses"] = []
    agent = objects.agent(raw)
    assert agent is not None and agent.started == 1704067200.0
    assert objects.agent({**raw, "spec": {}}) is None


@pytest.mark.parametrize(
    ("image", "cis", "ako"),
    [
        ("a/k8s-bigip-ctlr:2.20.3", True, False),
        ("a/k8s-bigip-ctlr-ubi@sha256:0", True, False),
        ("a/ako:1.12.2", False, True),
        ("a/akoo:1", False, False),
    ],
)
def test_controllers_by_their_image(image: str, cis: bool, ako: bool) -> None:
    raw = api.deployment("x", image, "--a=b")
    assert (objects.cis(raw) is not None, objects.ako("Deployment", raw) is not None) == (cis, ako)


def test_a_controller_scaled_to_0() -> None:
    cis = objects.cis(api.deployment("x", "k8s-bigip-ctlr:2.20.3", "--bigip-password=secret", replicas=0))
    assert cis is not None and (cis.replicas, cis.ready) == (0, 0) and "secret" not in " ".join(cis.arguments)


def test_package() -> None:
    raw = {
        "metadata": {"namespace": "a", "name": "b"},
        "spec": {"packageRef": {"refName": "antrea.x"}, "paused": True},
        "status": {"version": "2.5.2"},
    }
    package = objects.package(raw)
    assert (package.name, package.package, package.version, package.paused) == (
        "a/b",
        "antrea.x",
        "2.5.2",
        True,
    )
    assert objects.package({"metadata": {"name": "b"}}).paused is False
