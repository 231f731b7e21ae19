# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reads of the role cis in a cluster with a sound CIS, for the tests of its decisions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.vks.bigip.plugins.module_utils._cis import chart, definitions, helm, plan, wanted

World = dict[str, Any]
SAME = "the values of the variables"
CHART = "f5-bigip-ctlr-0.0.36"
_DEFAULTS = Path(__file__).parents[3] / "roles" / "cis" / "defaults" / "main.yml"
_UNSET = ("allow_exec", "allow_http", "api_key", "ca_cert", "context", "host", "kubeconfig", "provider", "validate_certs")
GIVEN = {
    "bigip_url": "https://192.0.2.1",
    "bigip_partition": "kubernetes",
    "bigip_username": "cis",
    "bigip_password": "secret",
}
SERVED = ["externaldnses", "ingresslinks", "policies", "tlsprofiles", "transportservers", "virtualservers"]
DEFINITION = {
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "virtualservers.cis.f5.com"},
    "spec": {"group": "cis.f5.com", "names": {"plural": "virtualservers"}},
}
LABELS = {"app.kubernetes.io/managed-by": "vks.bigip", "app.kubernetes.io/instance": "f5-bigip-ctlr"}

LOGIN: World = {"bigip_login_secret": "own", "bigip_username": "", "bigip_password": ""}
"""A login Secret of the user."""


@cache
def _defaults() -> World:
    return dict(yaml.safe_load(_DEFAULTS.read_text(encoding="utf-8")))


def options(**changes: Any) -> World:
    """The variables of the role: its defaults, what a BIG-IP needs, and the changes."""
    stripped = {name.removeprefix("cis_"): value for name, value in _defaults().items()}
    return {**dict.fromkeys(_UNSET), **stripped, "pool_member_type": "nodeport", **GIVEN, **changes}


def controller(**changes: Any) -> World:
    """A CIS as cis_info describes it."""
    return {
        **{"name": "f5-bigip-ctlr", "namespace": "f5-cis", "release": "f5-bigip-ctlr"},
        **{"release_namespace": "f5-cis", "replicas": 1, "available": True, "partitions": ["kubernetes"]},
        **{"arguments": [], "started_with": "u1 1", "custom_resource_mode": True, "namespaces": []},
        **changes,
    }


def other(**changes: Any) -> World:
    """A CIS of another user."""
    place = {"name": "other", "namespace": "elsewhere", "release": "other", "release_namespace": "elsewhere"}
    return controller(**{**place, "partitions": ["theirs"], **changes})


def secret(**changes: Any) -> World:
    """A login Secret as cis_info describes it, with the login of the variables."""
    return {
        **{"namespace": "f5-cis", "name": "f5-bigip-ctlr-login", "present": True, "same": True},
        **{"labels": LABELS, "uid": "u1", "resource_version": "1", "data_keys": ["password", "username"]},
        **changes,
    }


def resource(**changes: Any) -> World:
    place = {"kind": "VirtualServer", "namespace": "shop", "name": "vs", "partition": ""}
    return {**place, "status": "Ok", "message": "", "ok": True, **changes}


def deployment(partition: str = "kubernetes", name: str = "f5-bigip-ctlr", label: str = CHART) -> World:
    """A Deployment as a chart makes it."""
    pod = {"containers": [{"args": [f"--bigip-partition={partition}"]}]}
    return {
        "kind": "Deployment",
        "metadata": {"name": name, "labels": {"chart": label}},
        "spec": {"template": {"spec": pod}},
    }


def rendered(**changes: Any) -> World:
    return {"rc": 0, "stdout": "v3.18.3\n---\nkind: Deployment\n", "stderr": "", **changes}


def read(
    changed: Mapping[str, Any] | None = None,
    found: Mapping[str, Any] | None = None,
    installation: Mapping[str, Any] | None = None,
    **more: Any,
) -> World:
    """The reads of a deployment that needs no change. changed: variables; more: parts of the result."""
    own = options(**changed or {})
    state: World = {
        "options": own,
        "found": {
            **{"check_mode": False, "controllers": [controller()], "problems": [], "resources": []},
            "tenants": [],
            **(found or {}),
        },
        "helm": {},
        "login": {},
        "mode": {"pool_member_type": "nodeport", "chosen_because": "it was asked for"},
        "cni": "",
        "rendered": rendered(),
        "objects": ["v3.18.3", deployment(own["bigip_partition"]), DEFINITION],
        "definitions": None,
        "extended_spec": "",
    }
    # Several CIS share the definitions, which carry the version of the chart that they came from.
    labels = {definitions.VERSION_LABEL: "0.0.36"}
    labelled = {**DEFINITION, "metadata": {"name": "virtualservers.cis.f5.com", "labels": labels}}
    level = own["pod_security"]
    state["found"]["installation"] = {
        "namespace": {f"pod-security.kubernetes.io/{one}": level for one in ("enforce", "warn")},
        "helm_release": release(),
        "secrets": [secret(name=wanted.Names.of(own).login_secret)],
        "config_maps": [],
        "definitions": [definitions.seen(labelled)],
        "custom_resources": SERVED,
        "ingress_class": None,
        **(installation or {}),
    }
    state |= more
    stored = state["found"]["installation"]["helm_release"]
    if stored.get("values") == SAME:
        known = {**state, "found": {**state["found"], "installation": {"helm_release": {"values": {}}}}}
        state["found"]["installation"]["helm_release"] = {**stored, "values": plan.rendering(known)["values"]}
    return state


def release(**changes: Any) -> World:
    """A Helm release as cis_info describes it, with the values of the variables."""
    text = str(rendered()["stdout"])
    return {
        **{"name": "f5-bigip-ctlr", "namespace": "f5-cis", "revision": "3", "status": "deployed"},
        **{"chart": CHART, "values": SAME, "manifest_digest": helm.manifest_digest(text)},
        **changes,
    }


def facts(**changes: Any) -> World:
    """Those of a chart that fits."""
    objects = [deployment(), DEFINITION]
    given = {"text": "", "objects": objects, "partition": "kubernetes", "present": [], "served": SERVED}
    return {**chart.facts(given), **changes}


def begin(sentences: list[str], expected: list[str]) -> None:
    assert len(sentences) == len(expected), sentences
    for sentence, beginning in zip(sentences, expected):
        assert sentence.startswith(beginning), sentence
