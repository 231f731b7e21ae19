# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The plan of a deployment: what to refuse, what to apply, and whether Helm and CIS have to act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import chart, objects, obstacles, values
from .seen import Seen
from .start import restart_due
from .wanted import Options, clusters_with_kubeconfig, for_values, repository

_TEMPLATE = '"$0" version --short && exec "$0" template "$@"'
"""One start for both commands. Helm's answer about itself is the first line."""


def unfit(read: Mapping[str, Any]) -> list[str]:
    """Why the variables do not fit the cluster. read: as of Seen; `login`, the Secret that the user names."""
    return list(obstacles.by_cluster(Seen(read), read.get("login") or {}))


def rendering(read: Mapping[str, Any]) -> dict[str, Any]:
    """The command that renders the chart, and the values for it."""
    options: Options = read["options"]
    url = repository(options["chart_ref"], options["chart_repo_url"])
    return {
        "argv": [
            *("sh", "-c", _TEMPLATE, options["helm_binary"] or "helm"),
            *(options["release_name"], options["chart_ref"], "--namespace", options["namespace"]),
            *("--include-crds", "--values", "-"),
            *(("--repo", url) if url else ()),
            *(("--version", options["chart_version"]) if options["chart_version"] else ()),
        ],
        "values": _values(read, Seen(read))["values"],
    }


def deployment(read: Mapping[str, Any]) -> dict[str, Any]:
    """The plan. It holds no secret.

    read: as of Seen; `mode`, what preflight_info returned; `cni`; `rendered`, the result of the command,
    and `objects` in its output; `definitions`, the CRDs of the user's file, or None; `extended_spec` as text.
    """
    seen = Seen(read)
    planned, facts = _values(read, seen), _facts(read, seen)
    version = str(planned["values"]["version"])
    live = seen.live(facts["deployment"])
    plan = {
        "refused": planned["refusals"] or list(obstacles.by_chart(seen, read["rendered"], facts, version)),
        "deployment": facts["deployment"],
        "values": planned["values"],
        "ipam_values": planned["ipam_values"],
        "warnings": planned["warnings"],
        "tenants": seen.tenants,
        "pool_member_type": read["mode"]["pool_member_type"],
        "chosen_because": read["mode"]["chosen_because"],
        **_present(seen, live),
        **_applied(read, seen, planned, facts, live),
        **_release(read, seen, planned, facts, live),
    }
    return {**plan, "changes": _has_changes(seen, plan, live)}


def judgement(read: Mapping[str, Any]) -> dict[str, Any]:
    """The judgement after reading BIG-IP: `refused`, and `notes` about the decisions."""
    seen, plan, stored = Seen(read), read["plan"], read["stored"]
    partition = seen.options["bigip_partition"]
    tenant = (stored.get("declaration") or {}).get(partition) or {}
    notes = [f"cis_pool_member_type {plan['pool_member_type']}: {plan['chosen_because']}", *plan["warnings"]]
    if tenant and tenant.get("label") != partition:
        notes.append(
            f"Tenant {partition} is on BIG-IP and was not made by CIS. "
            "CIS replaces it whole as soon as it has a resource for it."
        )
    return {"refused": [*plan["refused"], *obstacles.by_bigip(seen, stored)], "notes": notes}


def _values(read: Mapping[str, Any], seen: Seen) -> dict[str, Any]:
    known = for_values(
        seen.options, read["mode"]["pool_member_type"], read["cni"] or None, seen.name_override
    )
    return values.plan({**known, "others": seen.others})


def _facts(read: Mapping[str, Any], seen: Seen) -> dict[str, Any]:
    return chart.facts(
        {
            "text": read["rendered"].get("stdout", ""),
            "objects": read["objects"],
            "partition": seen.options["bigip_partition"],
            "definitions": read["definitions"],
            "present": seen.installation.get("definitions") or [],
            "managed": seen.options["manage_crds"],
            "served": seen.installation.get("custom_resources"),
        }
    )


def _present(seen: Seen, live: Mapping[str, Any]) -> dict[str, Any]:
    """The state before the run."""
    at_rest = live.get("replicas") == 0
    return {
        "check": seen.check,
        "no_namespace": seen.lacks_namespace,
        "installed": seen.installed,
        "reversible": seen.deployed and not seen.check,
        "revision": str(seen.release.get("revision") or ""),
        "reads_at_start": _read_at_start(seen.values),
        "at_rest": at_rest,
        "running": bool(live) and not at_rest,
        "works": seen.works,
    }


def _read_at_start(stored: Mapping[str, Any]) -> list[dict[str, str]]:
    """The objects that the CIS of a release with these values reads only when it starts."""
    login = str(stored.get("bigip_login_secret") or "")
    trust = str((stored.get("args") or {}).get("trusted_certs_cfgmap") or "").rpartition("/")[2]
    return [{"kind": kind, "name": name} for kind, name in (("Secret", login), ("ConfigMap", trust)) if name]


def _applied(
    read: Mapping[str, Any],
    seen: Seen,
    planned: Mapping[str, Any],
    facts: Mapping[str, Any],
    live: Mapping[str, Any],
) -> dict[str, Any]:
    """The objects to apply, and the kinds of which a rollback needs the `former` ones."""
    definitions = facts["definitions_to_apply"] if seen.options["manage_crds"] else []
    running = bool(live.get("replicas"))
    config_maps = objects.config_maps(read, seen, planned)
    login = objects.login_differs(seen)
    secrets = login or clusters_with_kubeconfig(seen.options)
    former = [*(["Secret"] if secrets else []), *(["ConfigMap"] if config_maps else [])]
    return {
        "objects": [
            *objects.namespace(seen, planned),
            *objects.rights(seen, planned["values"], facts),
            *([] if seen.lacks_namespace else config_maps),
            # Where no CIS runs, nothing has to stop before the CRDs change.
            *([] if running else definitions),
        ],
        "definitions": definitions,
        "login": login,
        "former": former if seen.deployed and not seen.check else [],
    }


def _release(
    read: Mapping[str, Any],
    seen: Seen,
    planned: Mapping[str, Any],
    facts: Mapping[str, Any],
    live: Mapping[str, Any],
) -> dict[str, Any]:
    """Which actions Helm needs: a comparison, or a deployment although the values are the same."""
    anyway = seen.status == "failed" or (seen.installed and not live)
    same = _is_same(seen, live, facts, planned["values"])
    return {
        "ask_helm": not same or bool(seen.options["manage_crds"] and facts["definitions_to_apply"]),
        "deploy_anyway": anyway,
        # Helm 4 renamed --force.
        "force": anyway and read["rendered"].get("stdout", "").startswith("v3"),
    }


def _has_changes(seen: Seen, plan: Mapping[str, Any], live: Mapping[str, Any]) -> bool:
    """True if a run applies something."""
    return bool(
        plan["objects"]
        or plan["ask_helm"]
        or plan["login"]
        or clusters_with_kubeconfig(seen.options)
        or plan["no_namespace"]
        or plan["ipam_values"] is not None
        or restart_due(seen, live, {})
    )


def _is_same(
    seen: Seen, live: Mapping[str, Any], facts: Mapping[str, Any], planned: Mapping[str, Any]
) -> bool:
    """True if values and objects are the same, so the role need not ask Helm."""
    return (
        seen.deployed
        and bool(live)
        and seen.release.get("chart") == facts["chart"]
        and seen.values == planned
        and seen.release.get("manifest_digest") == facts["manifest_digest"]
    )
