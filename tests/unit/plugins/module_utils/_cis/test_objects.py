# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects beside the Helm release: whole objects, and when none is needed."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import objects
from ansible_collections.vks.bigip.plugins.module_utils._cis.seen import Seen
from ansible_collections.vks.bigip.tests.unit.support.cis_world import LABELS, World, read, secret

ENFORCE, WARN = "pod-security.kubernetes.io/enforce", "pod-security.kubernetes.io/warn"


def levels(enforce: str, warn: str) -> World:
    return {ENFORCE: enforce, WARN: warn}


NAMESPACES: dict[str, tuple[World, World | None, bool, World | None]] = {
    # variables, the labels of the namespace, whether it gets an IPAM controller; the labels to apply
    "it does not exist": ({}, None, False, levels("restricted", "restricted")),
    "other labels": ({}, {"team": "a"}, False, levels("restricted", "restricted")),
    "another level": (
        {"pod_security": "privileged"},
        levels("baseline", "privileged"),
        False,
        levels("privileged", "privileged"),
    ),
    "the same level, and other labels": (
        {},
        {**levels("restricted", "restricted"), "team": "a"},
        False,
        None,
    ),
    "IPAM": ({}, levels("restricted", "restricted"), True, levels("baseline", "restricted")),
    "IPAM, as it is": ({}, levels("baseline", "restricted"), True, None),
    "IPAM at another level": ({"pod_security": "privileged"}, {}, True, levels("privileged", "privileged")),
    "no level": ({"pod_security": "none"}, None, False, None),
    "a namespace of Kubernetes": ({"namespace": "kube-system"}, {}, False, None),
    "the default namespace": ({"namespace": "default"}, {}, False, None),
}


@pytest.mark.parametrize(("changed", "stored", "ipam", "labels"), NAMESPACES.values(), ids=NAMESPACES)
def test_namespace(changed: World, stored: World | None, ipam: bool, labels: World | None) -> None:
    seen = Seen(read(changed, installation={"namespace": stored}))
    metadata = {"name": "f5-cis", "labels": labels}
    expected = [{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}] if labels else []
    assert objects.namespace(seen, {"ipam_values": {} if ipam else None}) == expected


CALICO: World = {
    "args": {"orchestration_cni": "calico-k8s"},
    "rbac": {"create": True},
    "serviceAccount": {"name": "cis-account"},
}
LACKS, READS = {"reads_blocks": False}, {"reads_blocks": True}


def test_rights_to_read_the_blocks_of_calico() -> None:
    rbac, metadata = "rbac.authorization.k8s.io", {"name": "f5-bigip-ctlr-blockaffinities", "labels": LABELS}
    rule = {
        "apiGroups": ["crd.projectcalico.org"],
        "resources": ["blockaffinities"],
        "verbs": ["get", "list", "watch"],
    }
    role, binding = objects.rights(Seen(read()), CALICO, LACKS)
    assert role == {"apiVersion": f"{rbac}/v1", "kind": "ClusterRole", "metadata": metadata, "rules": [rule]}
    assert binding == {
        "apiVersion": f"{rbac}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": "f5-bigip-ctlr-blockaffinities"},
        "subjects": [{"kind": "ServiceAccount", "name": "cis-account", "namespace": "f5-cis"}],
    }


RIGHTS: dict[str, tuple[World, World, bool]] = {
    # the values, the facts of the chart, whether CIS needs the rights
    "another CNI": ({**CALICO, "args": {"orchestration_cni": "antrea"}}, LACKS, False),
    "no static routes": ({**CALICO, "args": {}}, LACKS, False),
    "the chart gives the right": (CALICO, READS, False),
    "no RBAC": ({**CALICO, "rbac": {"create": False}}, LACKS, False),
    "RBAC without a value": ({**CALICO, "rbac": None}, LACKS, False),
    "values without RBAC": ({key: CALICO[key] for key in ("args", "serviceAccount")}, LACKS, False),
    **{
        f"RBAC is {word}": ({**CALICO, "rbac": {"create": word}}, LACKS, True)
        for word in ("1", "On", "t", "true", "y", "yes")
    },
    **{
        f"RBAC is {word}": ({**CALICO, "rbac": {"create": word}}, LACKS, False)
        for word in ("0", "off", "no", "f")
    },
}


@pytest.mark.parametrize(("values", "facts", "needed"), RIGHTS.values(), ids=RIGHTS)
def test_whether_rights_are_needed(values: World, facts: World, needed: bool) -> None:
    kinds = [one["kind"] for one in objects.rights(Seen(read()), values, facts)]
    assert kinds == (["ClusterRole", "ClusterRoleBinding"] if needed else [])


def config_map(name: str, data: World, **labels: str) -> World:
    metadata = {"name": f"f5-bigip-ctlr-{name}", "namespace": "f5-cis", "labels": {**LABELS, **labels}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def stored(name: str, data: World, labels: World) -> World:
    return {"name": f"f5-bigip-ctlr-{name}", "data": data, "labels": labels}


CA: World = {"bigip_ca_cert": "PEM"}
TRUST, SPEC = (
    config_map("trusted-certs", {"ca.crt": "PEM"}),
    config_map("extended-spec", {"extendedSpec": "a"}, f5nr="true"),
)
SAME_SPEC = stored("extended-spec", {"extendedSpec": "a"}, {"f5nr": "true"})
CONFIG_MAPS: dict[str, tuple[World, Any, list[World], list[World]]] = {
    # variables, the extended spec that is planned, the ConfigMaps of the cluster; those to apply
    "none": ({}, None, [], []),
    "none, though some exist": (
        {},
        None,
        [stored("trusted-certs", {"ca.crt": "x"}, {}), stored("extended-spec", {}, {})],
        [],
    ),
    "both": (CA, {}, [], [TRUST, SPEC]),
    "both, as they are": (CA, {}, [stored("trusted-certs", {"ca.crt": "PEM"}, {}), SAME_SPEC], []),
    "another CA": (CA, None, [stored("trusted-certs", {"ca.crt": "old"}, {})], [TRUST]),
    "a CA and more": (CA, None, [stored("trusted-certs", {"ca.crt": "PEM", "x": "y"}, {})], [TRUST]),
    "another spec": ({}, {}, [stored("extended-spec", {"extendedSpec": "b"}, {"f5nr": "true"})], [SPEC]),
    "a spec without its label": ({}, {}, [stored("extended-spec", {"extendedSpec": "a"}, {})], [SPEC]),
    "a spec with another label": (
        {},
        {},
        [stored("extended-spec", {"extendedSpec": "a"}, {"f5nr": "false"})],
        [SPEC],
    ),
    "ConfigMaps of another release": (CA, {}, [{**SAME_SPEC, "name": "other-extended-spec"}], [TRUST, SPEC]),
}


@pytest.mark.parametrize(("changed", "spec", "there", "expected"), CONFIG_MAPS.values(), ids=CONFIG_MAPS)
def test_config_maps(changed: World, spec: Any, there: list[World], expected: list[World]) -> None:
    state = read(changed, installation={"config_maps": there}, extended_spec="a")
    assert objects.config_maps(state, Seen(state), {"extended_spec": spec}) == expected


LOGINS: dict[str, tuple[World, World, bool]] = {
    # variables, the login Secret of the cluster, whether to apply it
    "as it is": ({}, secret(), False),
    "with more labels": ({}, secret(labels={**LABELS, "team": "a"}), False),
    "another password": ({}, secret(same=False), True),
    "without a label": ({}, secret(labels={"app.kubernetes.io/managed-by": "vks.bigip"}), True),
    "of another release": ({}, secret(labels={**LABELS, "app.kubernetes.io/instance": "other"}), True),
    "a Secret of the user": ({"bigip_login_secret": "own"}, secret(name="own", same=False, labels={}), False),
}


@pytest.mark.parametrize(("changed", "login", "differs"), LOGINS.values(), ids=LOGINS)
def test_whether_the_login_differs(changed: World, login: World, differs: bool) -> None:
    assert objects.login_differs(Seen(read(changed, installation={"secrets": [login]}))) is differs
