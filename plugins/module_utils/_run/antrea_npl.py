# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module antrea_npl: the setting, the restart of the agents, the proof, the annotations."""

from __future__ import annotations

from contextlib import closing
from typing import Any, Callable, Mapping

from .._antrea import agents
from .._antrea import setting as npl_setting
from .._antrea.services import Services
from .._cluster import supervisor
from .._deadline import Deadline
from .._kube.client import Client
from .._npl import restart, wanted
from .._npl.wanted import DISABLED, ENABLED


def antrea_npl(params: Mapping[str, Any], check_mode: bool, warn: Callable[[str], None]) -> dict[str, Any]:
    """The module's result for its parameters."""
    wanted.check_range(params["port_range"])
    wanted.check_services(params["services"])
    deadline = Deadline(params["timeout"])
    with closing(Client(params, deadline)) as client:
        client.warn = warn
        above = supervisor.connect(params, deadline)
        if above is None:
            return _Run(params, client, None, check_mode, warn).all()
        with closing(above):
            return _Run(params, client, above, check_mode, warn).all()


class _Run:
    def __init__(self, params: Mapping[str, Any], client: Client, above: Client | None, check_mode: bool, warn: Callable[[str], None]) -> None:
        self._params, self._client, self._above, self._check, self._warn = params, client, above, check_mode, warn
        self._state = params["state"]

    def all(self) -> dict[str, Any]:
        """Everything is read and judged before the first write. Off: annotations go while the agents still clear up the mappings."""
        services = Services(self._client, self._params["services"], present=self._state == ENABLED and self._params["services_state"] == "present")
        antrea = agents.Antrea(self._client)
        setting = npl_setting.Setting(self._params, antrea, self._above)
        for text in (*antrea.warnings, *setting.warnings):
            self._warn(text)
        antrea.warnings.clear()
        seen = {pod.run for pod in antrea.pods}
        moves = not setting.holds  # by us, or by somebody's change that is still on its way; else agents have what they need
        plan = self._plan(antrea, seen if moves else set())
        if not self._check:
            if self._state == DISABLED:
                services.write()
            if setting.changes:
                setting.write()
            if moves:
                setting.wait()
                antrea.read()
                antrea.let_a_second_pass()
                plan = self._plan(antrea, seen)
            antrea.restart(plan, self._state == ENABLED)
        for node in plan.dark:
            self._warn(f"The agent on node {node} was not restarted, because the node is not ready. Run the task again when it is.")
        for text in antrea.warnings:
            self._warn(text)
        missing = self._prove(antrea, setting, plan)
        if not self._check and self._state == ENABLED:
            services.write()
        if setting.changes and self._state == DISABLED and not self._check:
            self._warn("Mappings that Pods still carry as an annotation lead nowhere now. Antrea does not take them away: they go when the Pods are made anew.")
        if missing and self._params["restart_agents"] != restart.NEVER and not (self._check or self._params["nodes"]):
            self._warn(f"NodePortLocal is not proven on: {'; '.join(missing)}.")
        return self._result(antrea, setting, services, plan, missing)

    def _plan(self, antrea: agents.Antrea, before: set[tuple[str, float | None]]) -> restart.Plan:
        return restart.plan(
            antrea.pods,
            restart.stale(antrea.pods, antrea.config, before),
            self._params["restart_agents"],
            only=self._params["nodes"],
            unready=antrea.unready,
            strategy=antrea.strategy,
            managed=antrea.managed,
        )

    def _prove(self, antrea: agents.Antrea, setting: npl_setting.Setting, plan: restart.Plan) -> list[str]:
        """What of the proof is missing. Agents whose restart was not asked for fail nothing."""
        if self._check and (setting.changes or plan.nodes):
            return ["it is check mode"]
        missing = [f"the agent on {node} has not read the present configuration" for node in plan.later]
        if self._state == ENABLED:
            others = set() if self._params["nodes"] is None else {pod.agent.node for pod in antrea.pods} - set(self._params["nodes"])
            missing += antrea.prove(set(plan.nodes), {*plan.later, *others})
            missing += [f"the agent on {node} was not asked" for node in sorted(others - set(plan.later))]
        return missing

    def _result(
        self,
        antrea: agents.Antrea,
        setting: npl_setting.Setting,
        services: Services,
        plan: restart.Plan,
        missing: list[str],
    ) -> dict[str, Any]:
        config = antrea.config
        return {
            "changed": bool(setting.changes or plan.nodes or services.changes),
            "owner": None if setting.owner is None else {"kind": setting.owner.kind, "name": setting.owner.name},
            "settings": {".".join(path): value for path, value in setting.changes.items()},
            "npl": {
                "state": "unknown" if config.enabled is None else ENABLED if config.enabled else DISABLED,
                "because": config.setting,
                "port_range": config.port_range,
                "config_map": config.config_map,
            },
            "agents": [
                {"node": pod.agent.node, "pod": pod.agent.pod, "restarted": pod.agent.node in plan.nodes, "npl_started": antrea.told.get(pod.agent.node)}
                for pod in antrea.pods
            ],
            "restarted": list(plan.nodes),
            "restart_needed": list(plan.later),
            "proven": self._state == ENABLED and not missing,
            "not_proven_because": missing if self._state == ENABLED else [],
            "services": services.report(),
            "requests": self._client.requests + (self._above.requests if self._above else 0),
            "diff": setting.diff() + services.diff(),
        }
