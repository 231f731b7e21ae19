# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The CNI of the cluster, and what it can be used with."""

from __future__ import annotations

from .._facts.cluster import Workload
from .._facts.facts import Facts
from .._facts.unknown import Unknown, need
from . import paths
from .f5_support import CALICO_ON_NSX
from .judgement import Judgement, bad, doubtful, good, not_concerned, open_question, shown


def known(facts: Facts) -> Judgement:
    """Check P01."""
    cnis = need(facts.cnis)
    others = (
        f" DaemonSet {shown(facts.other_cnis)} does not count, because no CNI runs in its namespace."
        if facts.other_cnis
        else ""
    )
    if len(cnis) == 1 and others:
        return doubtful(
            f"The CNI is {cnis[0].kind} (DaemonSet {cnis[0].daemon_set}).{others}",
            "Inspect it, and delete it if it is not yours.",
        )
    if len(cnis) == 1:
        return good(f"The CNI is {cnis[0].kind} (DaemonSet {cnis[0].daemon_set}).")
    if not cnis:
        missing = "Could not identify the CNI: no DaemonSet of Antrea, Calico or Cilium was found."
        return bad(f"{missing}{others}", "Use pool_member_type nodeport, which needs no particular CNI.")
    names = ", ".join(f"{item.kind} ({item.daemon_set})" for item in cnis)
    return bad(
        f"Could not identify the CNI: found {names}.{others}",
        "Remove the rest of the CNI that is not in use, or use pool_member_type nodeport.",
    )


def fits_mode(facts: Facts) -> Judgement:
    """Check P02."""
    mode, because = facts.mode
    if mode == "nodeport":
        return good(f"pool_member_type nodeport works with any CNI ({because}).")
    cni = facts.cni
    if mode == "nodeportlocal":
        if cni.kind == "antrea":
            return good("pool_member_type nodeportlocal and the CNI Antrea fit.")
        return bad(
            f"pool_member_type nodeportlocal needs Antrea, but DaemonSet {cni.daemon_set} runs {cni.kind}.",
            "Use pool_member_type nodeport or cluster.",
        )
    if cni.kind == "calico":
        return good("pool_member_type cluster and the CNI Calico fit.")
    missing = (
        "pool_member_type cluster needs Calico (or Antrea with static routes), but DaemonSet "
        f"{cni.daemon_set} runs {cni.kind}."
    )
    if cni.kind != "antrea":
        return bad(missing, "Use pool_member_type nodeport.")
    if any(value != "false" for item in _cis(facts) for value in item.values("--static-routing-mode")):
        return good("pool_member_type cluster on Antrea: CIS writes static routes.")
    if paths.routed(facts):
        return good("pool_member_type cluster on Antrea: BIG-IP has routes to the Pod networks.")
    return bad(
        missing,
        "Create the routes with vks.bigip.pod_routes, or use pool_member_type nodeport or nodeportlocal.",
    )


def calico_on_nsx(facts: Facts) -> Judgement:
    """Check P14."""
    provider = facts.provider
    if not isinstance(provider, Unknown) and not provider.nsx:
        return good(f"The network provider is {provider.name}, not NSX ({provider.sign}).")
    cni = facts.cni
    if cni.kind != "calico":
        return not_concerned(f"It concerns Calico; the CNI is {cni.kind}.")
    if isinstance(provider, Unknown):
        return open_question(
            f"It is not known whether Calico in mode cluster runs on NSX: {provider.why}.",
            "Set network_provider.",
        )
    return bad(f"{CALICO_ON_NSX} ({provider.sign}).", "Use pool_member_type nodeport.")


def _cis(facts: Facts) -> tuple[Workload, ...]:
    return () if isinstance(facts.cis, Unknown) else facts.cis
