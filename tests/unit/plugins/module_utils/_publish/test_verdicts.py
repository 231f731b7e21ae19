# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AS3's results in words that help."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of
from ansible_collections.vks.bigip.tests.unit.support.publishing import WEB, World, app


def test_a_node_of_another_tenant_is_explained() -> None:
    world = World(WEB)
    text = "The node /T1/10.0.0.1 conflicts with /Common/10.0.0.1"
    world.bigip.answers.append(lambda bigip, body, tenant: outcome_of({"results": [{"code": 422, "message": "failed", "response": text, "tenant": "T1"}]}))
    failure = world.publish(applications=[app()])["failure"]["tenants"][0]
    assert failure["response"] == text and "must set shareNodes: true" in failure["message"]


def test_applications_alone_that_as3_does_not_take_have_a_way_out() -> None:
    world = World(WEB)
    said = "Error: Per-application deployment has been disabled on the settings endpoint"
    world.bigip.answers.append(lambda bigip, body, tenant: outcome_of({"code": 400, "message": said}))
    failure = world.publish(applications=[app()])["failure"]["tenants"][0]
    assert failure["response"] == said and "bulk_create" in failure["message"] and "perAppDeploymentAllowed" in failure["message"]
