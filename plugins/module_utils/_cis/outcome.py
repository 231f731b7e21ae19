# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The result of a run: its changes, its return values, and its message if it failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _foreign
from .ipam import OWN_PROVIDER
from .seen import Seen, is_tenant
from .start import changed, changed_objects


def changes(read: Mapping[str, Any]) -> list[str]:
    """The changes of a run, real or predicted. read: `partition`; `applied`, if the plan has changes."""
    seen, plan, applied = Seen(read), read["plan"], read["applied"] or {}
    objects = changed_objects(applied)
    kinds = {one.get("kind") for one in objects}
    names = {(one.get("metadata") or {}).get("name") for one in objects}
    new, options = plan["no_namespace"], seen.options
    clusters = changed(applied.get("kubeconfigs")) or seen.names.extended_spec in names
    trusted = bool(options["bigip_ca_cert"]) if new else seen.names.trusted_certs in names
    login = not options["bigip_login_secret"] if new else changed(applied.get("login"))
    parts = {
        "namespace": "Namespace" in kinds,
        "partition": changed(read.get("partition")),
        "login_secret": login,
        "trusted_certs": trusted,
        "clusters": bool(options["multi_cluster"]) if new else clusters,
        "rights": seen.names.rights in names,
        "ipam": changed(applied.get("claim")) or changed(applied.get("ipam")),
        "crds": "CustomResourceDefinition" in kinds,
        "release": changed(applied.get("helm")),
        "restart": bool((applied.get("start") or {}).get("restart")),
    }
    return [name for name, is_changed in parts.items() if is_changed]


def health(read: Mapping[str, Any]) -> dict[str, Any]:
    """`controllers` and `resources`: as the last check read them, or as they were at the beginning.

    `tenants`: those of the resources that CIS accepted. `missing`: those that BIG-IP does not have.
    `reports`: a `text` about each fault of a resource. `verify`: whether there is something to verify.
    """
    seen, last = Seen(read), read.get("health") or {}
    if seen.check:
        return dict.fromkeys(("controllers", "resources", "tenants", "missing", "reports"), []) | {
            "verify": False
        }
    latest = last if "controllers" in last else {**seen.found, "controllers": seen.mine}
    resources = latest.get("resources") or []
    own = seen.options["bigip_partition"]
    named = dict.fromkeys(one["partition"] or own for one in resources if one["ok"] is True)
    tenants = [name for name in named if is_tenant(name)]
    missing = [name for name in tenants if name not in read["declaration"]]
    return {
        "controllers": latest["controllers"],
        "resources": resources,
        "tenants": tenants,
        "missing": missing,
        "reports": [*_rejected(resources), *(_lacking(missing) if _asks_bigip(seen) else [])],
        "verify": bool(not seen.works or resources or changes(read)),
    }


def _asks_bigip(seen: Seen) -> bool:
    return bool(seen.options["verify"] and seen.options["manage_bigip"])


def _rejected(resources: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    places = [(one, f"{one['namespace']}/{one['name']}") for one in resources if one["ok"] is False]
    return [
        {"about": place, "text": f"{one['kind']} {place}: {one['message'] or one['status']}"}
        for one, place in places
    ]


def _lacking(tenants: Sequence[str]) -> list[dict[str, str]]:
    names = ", ".join(tenants)
    text = (
        f"BIG-IP does not have the tenants {names}, which resources name that CIS accepted. "
        "Look at the log of CIS."
    )
    return [{"about": names, "text": text}] if tenants else []


def ipam(read: Mapping[str, Any]) -> dict[str, Any]:
    """`running`: the IPAM controller runs. `fault`: the message if it does not.

    read: `release` (wanted), the `deployments` of the namespace and the `claims` of its name.
    """
    options, release = read["options"], read["release"]
    live = [one for one in read["deployments"] if _release_of(one) == release["release"]]
    statuses = [one.get("status") or {} for one in live]
    conditions = [one for status in statuses for one in status.get("conditions") or []]
    said = [_foreign.line(str(one["message"])) for one in conditions if one["type"] == "ReplicaFailure"]
    if said:
        reason = " ".join(said)
    elif _claim_phase(read) != "Bound":
        reason = (
            f"Its claim {release['claim_name']} is {_claim_phase(read)}, not Bound: "
            "give it a cis_ipam.storage_class, or a volume."
        )
    else:
        reason = f"'kubectl describe pods -n {options['namespace']}' shows more."
    place = f"{options['namespace']}/{release['release']}"
    seconds = options["verify_timeout"]
    return {
        "running": any("availableReplicas" in status for status in statuses),
        "fault": f"The IPAM controller, Helm release {place}, does not run after {seconds} s. {reason}",
    }


def _release_of(deployment: Mapping[str, Any]) -> str:
    notes = (deployment.get("metadata") or {}).get("annotations") or {}
    return str(notes.get("meta.helm.sh/release-name") or "")


def _claim_phase(read: Mapping[str, Any]) -> str:
    if read["plan"]["ipam_values"]["args"].get("provider") != OWN_PROVIDER:
        return "Bound"
    phases = [(one.get("status") or {}).get("phase") for one in read["claims"]]
    return str(next(iter(phases), None) or "not there")


def result(read: Mapping[str, Any]) -> dict[str, Any]:
    """The return values of the role after a deployment."""
    plan, seen, now = read["plan"], Seen(read), health(read)
    stored = tenants_of(read["declaration"]) if seen.options["verify"] else []
    return {
        "release": seen.options["release_name"],
        "namespace": seen.options["namespace"],
        "deployment": plan["deployment"],
        "changes": changes(read),
        "pool_member_type": plan["pool_member_type"],
        "chosen_because": plan["chosen_because"],
        "values": plan["values"],
        "controller": next(iter(now["controllers"]), {}),
        "resources": now["resources"],
        "pools": read.get("pools") or [],
        "tenants": [name for name in stored if name in now["tenants"]],
        "warnings": plan["warnings"],
    }


def tenants_of(declaration: Mapping[str, Any]) -> list[str]:
    """Beside its tenants a declaration holds other dictionaries, as controls."""
    return [
        name for name, one in declaration.items() if isinstance(one, Mapping) and one.get("class") == "Tenant"
    ]


def messages(failed: Mapping[str, Any]) -> str:
    """The messages of a task that failed, or of the items of its loop that did."""
    results: Sequence[Mapping[str, Any]] = failed.get("results") or [failed]
    return " ".join(str(one.get("msg") or "") for one in results if one.get("failed"))


def failure(read: Mapping[str, Any]) -> str:
    """The message with which the role fails: the reason, and the state that runs now.

    read: `said` (messages()), `rolled_back`, `put_back` (whether Secrets or ConfigMaps were), `fault`
    (why the former state could not be restored), `disturbed`.
    """
    plan, options = read["plan"], read["options"]
    release = f"{options['namespace']}/{options['release_name']}"
    sentences = [_ended(_foreign.visible(read["said"]))]
    if read["rolled_back"]:
        state = "is scaled to 0 again" if plan["at_rest"] else "runs again" if read["disturbed"] else "runs"
        kept = ", with its former Secrets and ConfigMaps" if read["put_back"] else ""
        sentences.append(f"Revision {plan['revision']} of the Helm release {release} {state}{kept}.")
    if read["fault"]:
        sentences.append(
            f"The former state could not be restored: {read['fault'].removesuffix('.')}. Helm does it "
            f"by: helm rollback {options['release_name']} {plan['revision']} -n {options['namespace']}"
        )
    return " ".join(sentences)


def _ended(text: str) -> str:
    text = text.rstrip()
    return text if not text or text.endswith(".") else f"{text}."
