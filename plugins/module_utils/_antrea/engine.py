# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The main line of antrea_npl: the setting, the restart of the agents, the proof, the annotations."""

from __future__ import annotations

from typing import Any, Callable, Union

from .._kube.client import Client
from .._npl import report, restart
from .._npl.options import NEVER, NplOptions
from .._npl.restart import Restarts
from .antrea import Antrea
from .proof import Proof
from .restarting import let_a_second_pass
from .restarting import restart as restart_agents
from .services import Services
from .setting import Setting

# Union because this is evaluated at run time, which the pylint of ansible-test takes for too new.
Runs = set[tuple[str, Union[float, None]]]  # noqa: UP007
CHECK_MODE = "it is check mode"
MAPPINGS_STAY = (
    "Mappings that Pods still have as an annotation lead nowhere now. Antrea does not remove them: each ends "
    "with its Pod."
)


class Engine:
    """above  the Supervisor's API, if the options name one
    check  check mode: nothing is written
    """

    def __init__(
        self,
        options: NplOptions,
        client: Client,
        above: Client | None,
        check: bool,
        warn: Callable[[str], None],
    ) -> None:
        self._options, self._check, self._warn = options, check, warn
        present = options.enabled and options.services_state == "present"
        self._services = Services(client, options.services, present=present)
        self._antrea = Antrea(client)
        self._setting = Setting(options, self._antrea, above)
        self._proof = Proof(self._antrea)
        self._requests = (client, *([above] if above else []))

    def run(self) -> dict[str, Any]:
        """Return the module's result. All reads and refusals come before the first write."""
        self._report_warnings(self._setting.warnings)
        before = {pod.run for pod in self._antrea.pods}
        restarts = self._write(before)
        for node in restarts.unready:
            self._warn(
                f"The agent on node {node} was not restarted, because the node is not ready. "
                "Run the task again when it is."
            )
        self._report_warnings()
        missing = self._missing(restarts)
        if not self._check and self._options.enabled:
            self._services.write()
        self._warn_of_the_rest(missing)
        return self._result(restarts, missing)

    def _write(self, before: Runs) -> Restarts:
        """Write the setting and restart the agents.

        To switch off, the annotations are removed first, while the agents still remove the mappings.
        """
        # Our change or another one is on its way to the cluster, unless the setting holds.
        changing = not self._setting.holds
        restarts = self._restarts(before if changing else set())
        if self._check:
            return restarts
        if not self._options.enabled:
            self._services.write()
        if self._setting.changes:
            self._setting.write()
        if changing:
            self._setting.wait()
            self._antrea.read()
            let_a_second_pass(self._antrea)
            restarts = self._restarts(before)
        settle = self._proof.settle if self._options.enabled else lambda node: None
        restart_agents(self._antrea, restarts, settle)
        return restarts

    def _restarts(self, before: Runs) -> Restarts:
        antrea = self._antrea
        return restart.choose(
            antrea.pods,
            restart.stale(antrea.pods, antrea.config, before),
            self._options.restart_agents,
            only=self._options.nodes,
            unready=antrea.unready,
            strategy=antrea.strategy,
            managed=antrea.managed,
        )

    def _missing(self, restarts: Restarts) -> list[str]:
        """Return what is missing of the proof."""
        if self._check and (self._setting.changes or restarts.nodes):
            return [CHECK_MODE]
        missing = report.not_restarted(restarts)
        if self._options.enabled:
            others = report.others(self._antrea.pods, self._options.nodes)
            missing += self._proof.missing(set(restarts.nodes), {*restarts.later, *others})
            missing += report.not_asked(others - set(restarts.later))
        return missing

    def _warn_of_the_rest(self, missing: list[str]) -> None:
        if self._check:
            return
        if self._setting.changes and not self._options.enabled:
            self._warn(MAPPINGS_STAY)
        # An agent that the user excludes, from restarts or from the nodes, is not a fault.
        if missing and self._options.restart_agents != NEVER and not self._options.nodes:
            self._warn(f"NodePortLocal is not proven on: {'; '.join(missing)}.")

    def _report_warnings(self, more: list[str] | None = None) -> None:
        for text in (*self._antrea.warnings, *(more or [])):
            self._warn(text)
        self._antrea.warnings.clear()

    def _result(self, restarts: Restarts, missing: list[str]) -> dict[str, Any]:
        changes, enabled = self._setting.changes, self._options.enabled
        return {
            "changed": bool(changes or restarts.nodes or self._services.changes),
            "owner": report.owner_result(self._setting.owner),
            "settings": {".".join(path): value for path, value in changes.items()},
            "npl": report.npl(self._antrea.config),
            "agents": report.agents(self._antrea.pods, restarts, self._proof.npl_started),
            "restarted": list(restarts.nodes),
            "restart_needed": list(restarts.later),
            "proven": enabled and not missing,
            "not_proven_because": missing if enabled else [],
            "services": self._services.report(),
            "requests": sum(client.requests for client in self._requests),
            "diff": self._setting.diff() + self._services.diff(),
        }
