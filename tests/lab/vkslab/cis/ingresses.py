# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ingresses of CIS's class, as one tenant. Without TLS and rewrites. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping

from .declare import Builder, Declared, Outcome, Resources, named
from .members import Key, View
from .program import Json

_CONTROLLER = "f5.com/cntr-ingress-svcs"
_PREFIX = "virtual-server.f5.com/"


def declare(view: View, ingresses: Mapping[Key, Json], classes: Mapping[Key, Json]) -> Declared:
    work = Builder(view, Resources())
    for key, ingress in sorted(ingresses.items()):
        if _is_ours(view, ingress, classes):
            _ingress(work, view, key, ingress)
    return work.done()


def _is_ours(view: View, ingress: Json, classes: Mapping[Key, Json]) -> bool:
    notes = ingress["metadata"].get("annotations") or {}
    name = ingress["spec"].get("ingressClassName") or notes.get("kubernetes.io/ingress.class")
    if not name:
        return False
    known = classes.get(("", name))
    return (
        bool(known["spec"].get("controller") == _CONTROLLER) if known else name == view.settings.ingress_class
    )


def _ingress(work: Builder, view: View, key: Key, ingress: Json) -> None:
    notes = {
        name.removeprefix(_PREFIX): value
        for name, value in (ingress["metadata"].get("annotations") or {}).items()
        if name.startswith(_PREFIX)
    }
    address = notes.get("ip", "")
    if address == "controller-default":
        address = view.settings.default_ingress_ip
    if not address:
        work.declared.complaints.append(
            f"[CORE] virtual-server.f5.com/ip annotation is missing on Ingress {'/'.join(key)}"
        )
        return
    outcome = Outcome("Ingress", key, address, notes.get("partition") or view.settings.partition)
    work.begin(outcome)
    spec, port = ingress["spec"], int(notes.get("http-port", 80))
    service = {"virtualServerName": named("ingress", address)}
    rules = [("", "", spec["defaultBackend"])] if spec.get("defaultBackend") else []
    for rule in spec.get("rules") or ():
        rules += [
            (rule.get("host", ""), path.get("path", ""), path["backend"])
            for path in (rule.get("http") or {}).get("paths") or ()
        ]
    for host, path, backend in rules:
        wanted = backend["service"]
        pool = {
            "service": wanted["name"],
            "servicePort": wanted["port"].get("number") or wanted["port"].get("name", ""),
            "path": path,
            **_health(notes),
        }
        if notes.get("balance"):
            pool["loadBalancingMethod"] = notes["balance"]
        work.service(
            outcome, service, "Service_HTTP", port, host, [(pool, work.pool(outcome, key, pool, host))], {}
        )


def _health(notes: Json) -> Json:
    try:
        checks = json.loads(notes.get("health", "[]"))
    except ValueError:
        return {}
    monitors = [
        {"type": "http", **{name: check[name] for name in ("send", "interval", "timeout") if name in check}}
        for check in checks
    ]
    return {"monitors": monitors}
