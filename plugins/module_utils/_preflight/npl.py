# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Antrea NodePortLocal: on, picked up by the agents, with ports that are free. This module util is PRIVATE to the collection."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter

from .._facts.model import (
    AddonConfig,
    Facts,
    NplConfig,
    Unknown,
    Verdict,
    bad,
    good,
    need,
    not_concerned,
    open_question,
)
from .._members import contested, mapping
from .versions import version_in

NODE_PORTS = (30000, 32767)  # of kube-apiserver, unless it says otherwise
EPHEMERAL = (32768, 60999)  # of Linux (ip_local_port_range), unless the node says otherwise
DEFAULT_RANGE = "61000-62000"
CHOOSE = f"Choose a range such as {DEFAULT_RANGE}, which lies outside both."
NEARLY_FULL = 0.9


def _config(facts: Facts) -> NplConfig | None:
    return need(facts.npl)


def _owner(facts: Facts) -> str:
    """Where the setting is changed, as far as that is known."""
    above, config = facts.supervisor, facts.npl
    if above and isinstance(above.addon_config, AddonConfig):
        addon = f"AddonConfig {above.addon_config.name} on the Supervisor"
        path = above.addon_config.npl_path
        if path is None:
            return f"{addon} owns it, and has no setting for it: see P24."
        where = f" at spec.values.{path}" if isinstance(path, str) else ""
        gate = " and the feature gate NodePortLocal" if isinstance(config, NplConfig) and config.gate is False else ""
        return f"Set it in {addon}{where}{gate}, then restart the agents: vks.bigip.antrea_npl does both."
    if above and isinstance(above.antrea_config, str):
        keys = "spec.antrea.config.featureGates.NodePortLocal and spec.antrea.config.nodePortLocal.enabled"
        return f"Set {keys} to true in AntreaConfig {above.antrea_config} on the Supervisor, then restart the agents: vks.bigip.antrea_npl does both."
    if isinstance(config, NplConfig) and not config.kapp:
        setting = "featureGates.NodePortLocal: true and nodePortLocal.enable: true" if config.gate is False else "nodePortLocal.enable: true"
        return f"Set {setting} in ConfigMap {config.config_map}, then restart the agents: vks.bigip.antrea_npl does both."
    where = "in the object that owns Antrea's settings of this cluster (the supervisor options find it)"
    return f"Set it on the Supervisor, {where}, then restart the agents: vks.bigip.antrea_npl does both."


def enabled(facts: Facts) -> Verdict:
    config = _config(facts)
    if config is None:
        return bad("NodePortLocal cannot be on: the cluster has no Antrea.", "Use pool_member_type nodeport or cluster.")
    if config.enabled is None:
        return open_question(f"Whether NodePortLocal is on is not known: {config.setting}.", f"Look at ConfigMap {config.config_map}.")
    return good(f"{config.setting}.") if config.enabled else bad(f"NodePortLocal is off: {config.setting}.", _owner(facts))


def agents_current(facts: Facts) -> Verdict:
    config = _config(facts)
    if config is None:
        return not_concerned("The cluster has no Antrea.")
    agents = need(facts.agents)
    old = sorted(item.node for item in agents if item.newer_than(config) is False)
    if old:
        strategy = facts.cni.update_strategy
        on_delete = "updateStrategy is OnDelete, so that a rollout restarts nothing: delete" if strategy == "OnDelete" else "Restart"
        return bad(
            f"antrea-agent on {', '.join(old)} started before ConfigMap {config.config_map} was changed, and reads it at start only.",
            f"{on_delete} these Pods, one node at a time; vks.bigip.antrea_npl does it.",
        )
    open_ones = sorted(item.node for item in agents if item.newer_than(config) is None)
    if open_ones or not agents:
        what = f"the start of antrea-agent on {', '.join(open_ones)} or the time of the last change" if open_ones else "which agents run"
        return open_question(f"Whether the agents have the present configuration is not known: {what} could not be read.", "Look at the Pods antrea-agent.")
    return good(f"All {len(agents)} agents started after the last change of ConfigMap {config.config_map}.")


def not_edited_by_hand(facts: Facts) -> Verdict:
    config = _config(facts)
    if config is None:
        return not_concerned("The cluster has no Antrea.")
    if not config.kapp:
        return good(f"Nothing but its editor manages ConfigMap {config.config_map}.")
    if config.enabled:
        return good(f"ConfigMap {config.config_map} is managed by kapp-controller, and needs no edit.")
    return bad(
        f"ConfigMap {config.config_map} is managed by kapp-controller: an edit would be reverted in about 10 minutes.", f"Do not edit it. {_owner(facts)}"
    )


def port_range(facts: Facts) -> Verdict:
    config = _config(facts)
    if config is None or not config.enabled:
        return not_concerned("NodePortLocal is not on.")
    text = config.port_range or DEFAULT_RANGE
    fault = range_fault(text)
    if fault:
        return bad(f"portRange {text} of ConfigMap {config.config_map} {fault}.", CHOOSE)
    return good(f"portRange {text} is valid, and apart from the default NodePort range and the default ephemeral ports.")


def range_fault(text: str) -> str | None:
    """What is wrong with a port range, as the end of a sentence."""
    ports = ports_of(text)
    if ports is None or ports[0] >= ports[1] or ports[1] > 65535:
        return "is not a range start-end; the agents do not start with it"
    if ports[0] < 1024:
        return "has ports below 1024"
    for name, other in (("the NodePort range", NODE_PORTS), ("the nodes' ephemeral ports", EPHEMERAL)):
        if ports[0] <= other[1] and other[0] <= ports[1]:
            return f"overlaps {name} {other[0]}-{other[1]} (their default)"
    return None


def ports_of(text: str) -> tuple[int, int] | None:
    """As Antrea reads it: blanks around a number make it invalid."""
    match = re.fullmatch("([0-9]{1,9})-([0-9]{1,9})", text)
    return (int(match[1]), int(match[2])) if match else None


def capacity(facts: Facts) -> Verdict:
    config = _config(facts)
    ports = ports_of(config.port_range or DEFAULT_RANGE) if config is not None and config.enabled else None
    if ports is None or ports[1] <= ports[0]:
        return not_concerned("NodePortLocal is not on, or its range is not valid (P06).")
    pods = need(facts.applications).pods or {}
    if not facts.all_pods:
        return open_question("How many ports are taken is not known: not the Pods of all namespaces may be read.", "Allow list on pods in the whole cluster.")
    taken = {(item.address, item.protocol, item.port) for pod in pods.values() for item in mapping.parse(pod.mappings).entries}
    counts = Counter((address, protocol) for address, protocol, port in taken if ports[0] <= port <= ports[1])
    size = ports[1] - ports[0] + 1
    full = [(place, used) for place, used in sorted(counts.items()) if used >= NEARLY_FULL * size]
    if full:
        said = "; ".join(f"node address {address} uses {used} of {size} {protocol} ports" for (address, protocol), used in full)
        return bad(f"NodePortLocal's ports run out: {said}.", "Widen portRange or spread the Pods over more nodes. A Pod without a free port gets no mapping.")
    most = max(counts.values(), default=0)
    return good(f"At most {most} of {size} ports are taken at a node address.")


BUGS = (
    ((2, 1), "6527", "can lose the rule of a Pod whose IP address is used again"),
    ((2, 4, 4), "7512", "keeps a stale rule when a Pod's IP address changes"),
)


def known_bugs(facts: Facts) -> Verdict:
    cni = facts.cni
    if cni.kind != "antrea":
        return not_concerned(f"It concerns Antrea; the CNI is {cni.kind}.")
    version = cni.version or _packaged(facts)
    if version is None:
        return open_question(f"The version of Antrea is not known: the image of DaemonSet {cni.daemon_set} has no version in its tag.", "Look at its image.")
    parts = tuple(int(part) for part in version.split("."))
    hit = [(issue, what) for before, issue, what in BUGS if parts < before]
    if hit:
        said = "; ".join(f"{what} (antrea#{issue})" for issue, what in hit)
        return bad(f"Antrea {version} {said}.", "Move to a VKS Kubernetes release with Antrea 2.4.4 or later; until then a restart of the agent helps.")
    return good(f"Antrea {version} has none of the known faults of NodePortLocal that are listed here.")


def _packaged(facts: Facts) -> str | None:
    packages = () if isinstance(facts.packages, Unknown) else facts.packages
    return next((version_in(item.version) for item in packages if item.package.startswith("antrea.")), None)


def two_protocols(facts: Facts) -> Verdict:
    pods = need(facts.applications).pods or {}
    hit = []
    for (namespace, name), pod in sorted(pods.items()):
        protocols: dict[int, set[str]] = {}
        for item in mapping.parse(pod.mappings).entries:
            protocols.setdefault(item.pod_port, set()).add(item.protocol)
        hit += [f"{namespace}/{name} port {port}" for port, seen in sorted(protocols.items()) if len(seen) > 1]
    if hit:
        return bad(
            f"CIS ignores the protocol and adds both node ports of: {shown(hit)}.",
            "Use vks.bigip.publish for them, which tells TCP from UDP, or two Pod ports.",
        )
    return good("No Pod port is mapped for two protocols.")


def one_pod_a_port(facts: Facts) -> Verdict:
    disputes = contested.read(need(facts.applications)).disputes.values()
    if not disputes:
        return good("Each port of a node is mapped for one Pod.")
    said = []
    for dispute in disputes:
        owner = f"it belongs to {dispute.likely[0]}" if len(dispute.likely) == 1 else "nothing shows which of them is true"
        if dispute.forged:
            owner = f"managedFields name antrea-agent as the writer of {contested.names(dispute.likely)}, so one is stale or forged"
        said.append(f"{dispute.place} is named by the annotations of {contested.names(dispute.claims)}: {owner}")
    remedy = "Restart antrea-agent on the node, which corrects stale annotations. If this stays, recreate these Pods."
    if any(dispute.forged for dispute in disputes):
        remedy += f" {contested.FORGED}"
    return bad(f"Several Pods name the same port of a node. {shown(said, '; ')}.", remedy)


def node_addresses(facts: Facts) -> Verdict:
    snapshot = need(facts.applications)
    nodes = need(facts.nodes)
    known = {ipaddress.ip_address(text): machine.node.name for machine in nodes for kind, text in machine.node.addresses if kind.endswith("IP")}
    at = {(key[0], item.pod): item.node for key, pieces in snapshot.slices.items() for piece in pieces for item in piece.endpoints if item.pod and item.node}
    stale = []
    for (namespace, name), pod in sorted((snapshot.pods or {}).items()):
        node = at.get((namespace, name))
        for address in sorted({item.address for item in mapping.parse(pod.mappings).entries}):
            owner = known.get(ipaddress.ip_address(address))
            if owner is None or (node is not None and owner != node):
                stale.append(f"nodeIP {address} of Pod {namespace}/{name} is not an address of " + (f"node {node}" if node else "any node"))
    if stale:
        return bad(f"Stale annotations: {shown(stale, '; ')}.", "Delete these Pods, so that they are mapped anew; check that the node's agent runs.")
    return good("Every mapping leads to an address of its node.")


def shown(items: list[str], between: str = ", ", most: int = 5) -> str:
    """The first few of many."""
    return between.join(items[:most]) + (f"{between}and {len(items) - most} more" if len(items) > most else "")
