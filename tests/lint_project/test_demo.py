# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo reads from a playbook's output if something changed: it must be right in both cases."""

from __future__ import annotations

import pytest
import yaml

import argument_specs
from demo import stage
from runner.places import ROOT

DIFF = """\
TASK [Publish] ***
--- before
+++ after
@@ -1,2 +1,3 @@
 tenants:
-    - 198.18.0.1:61000 Pod a on n
+    - 198.18.0.2:61000 Pod b on n
\x1b[33mchanged: [localhost]\x1b[0m
localhost : ok=1    changed=1    unreachable=0
"""


@pytest.mark.parametrize(("output", "changed"), [(DIFF, 1), ("localhost : ok=1 changed=0 unreachable=0", 0), ("h : changed=2 \nl : changed=1 ", 3)])
def test_changed(output: str, changed: int) -> None:
    assert stage.Run(output).changed == changed


def test_diff() -> None:
    assert stage.Run(DIFF).diff == ["-    - 198.18.0.1:61000 Pod a on n", "+    - 198.18.0.2:61000 Pod b on n"]


def test_what_is_published_fits_the_module_and_the_manifest() -> None:
    variables = yaml.safe_load((ROOT / "tests" / "demo" / "applications.yml").read_text())
    assert argument_specs.faults("publish", variables) == []
    service, deployment = yaml.safe_load_all((ROOT / "tests" / "demo" / "hello-world.yml").read_text())
    source = variables["applications"][0]["service"]
    assert (service["metadata"]["namespace"], service["metadata"]["name"]) == (source["namespace"], source["name"])
    assert source["port"] in [port["port"] for port in service["spec"]["ports"]]
    assert service["spec"]["selector"].items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
