# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Injects credentials as AWX does: by AWX's own code, in an environment that has it.

As a program in that environment, it reads cases from standard input and writes the variables of each to standard output.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KUBERNETES = "kubernetes_bearer_token"
"""The name of AWX's own credential type for a cluster."""


@dataclass(frozen=True)
class Injected:
    """The variables of a job, with the paths that they name outside of the execution environment, and those that AWX stores and shows."""

    variables: Mapping[str, str]
    shown: Mapping[str, str]


def inject(credential_type: Mapping[str, Any] | str, credentials: Sequence[Mapping[str, Any]], folder: Path) -> list[Injected]:
    """The variables of a job for each of these credentials. credential_type: an item of controller_credential_types, or KUBERNETES.

    folder: an empty one, for the files. A field that is not in a credential was left out, as a client of the API does it.
    """
    from runner import environments

    cases = []
    for number, inputs in enumerate(credentials):
        private = folder / str(number)
        (private / "env").mkdir(parents=True)
        cases.append({"type": credential_type, "inputs": dict(inputs), "folder": str(private)})
    command = [str(environments.make("injectors") / "bin" / "python"), __file__]
    done = subprocess.run(command, input=json.dumps(cases), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [Injected(**found) for found in json.loads(done.stdout)]


def _injected(case: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    # AWX has no public names for these yet.
    from awx_plugins.credentials import plugins
    from awx_plugins.interfaces._temporary_private_api import ManagedCredentialType
    from awx_plugins.interfaces._temporary_private_container_api import CONTAINER_ROOT
    from awx_plugins.interfaces._temporary_private_credential_api import Credential
    from awx_plugins.interfaces._temporary_private_inject_api import inject_credential

    of_awx = case["type"] == KUBERNETES
    given = {} if of_awx else case["type"]
    credential_type = (
        plugins.kubernetes_bearer_token
        if of_awx
        else ManagedCredentialType("", given["name"], given["kind"], inputs=given["inputs"], injectors=given["injectors"])
    )
    variables: dict[str, str] = {}
    shown: dict[str, str] = {}
    arguments: list[str] = []
    inject_credential(credential_type, Credential(dict(case["inputs"])), variables, shown, arguments, case["folder"])
    assert not arguments, "there are only variables of the environment"
    inside = f"{CONTAINER_ROOT}/"
    outside = {name: f"{case['folder']}/{value.removeprefix(inside)}" if value.startswith(inside) else value for name, value in variables.items()}
    return {"variables": outside, "shown": shown}


if __name__ == "__main__":
    json.dump([_injected(case) for case in json.load(sys.stdin)], sys.stdout)
