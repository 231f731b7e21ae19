# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The AS numbers, and BIG-IP's modes of routing."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bgp import guards
from ansible_collections.vks.bigip.plugins.module_utils._bgp.options import PodBgpOptions
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import OWNER, antrea, calico, speaker, thing


def configuration(number: int | None, owner: str | None = None) -> Any:
    return thing("BGPConfiguration", "default", owner, spec={"asNumber": number} if number else {})


OWN_POLICY = thing("BGPPolicy", "vks-bgp-a1b2c3d4", spec={"localASN": 64600})


@pytest.mark.parametrize(
    ("cluster", "given", "expected"),
    [
        (calico(), None, 64512),
        (calico(), 65000, 65000),
        (calico(configuration(65001)), None, 65001),
        (calico(configuration(65001)), 65001, 65001),
        (calico(configuration(None)), None, 64512),
        (calico(configuration(65001, OWNER)), None, 65001),
        (antrea(), None, 64512),
        (antrea(OWN_POLICY), None, 64600),
        (antrea(OWN_POLICY), 64700, 64700),
    ],
)
def test_the_number_of_the_nodes(cluster: Any, given: int | None, expected: int) -> None:
    assert guards.as_number(cluster, PodBgpOptions(as_number=given), OWNER) == expected


@pytest.mark.parametrize(
    ("cluster", "given", "code"),
    [
        (calico(configuration(65001)), 64512, "as_number_conflict"),
        (calico(configuration(None)), 65001, "as_number_conflict"),
        (calico(configuration(65001, "green")), 65002, "as_number_conflict"),
        (calico(configuration(65001, OWNER)), 65002, "as_number_conflict"),
        (antrea(), 65536, "options"),
    ],
)
def test_another_number(cluster: Any, given: int, code: str) -> None:
    with pytest.raises(Failure) as raised:
        guards.as_number(cluster, PodBgpOptions(as_number=given), OWNER)
    assert raised.value.code == code and str(given) in raised.value.message


@pytest.mark.parametrize(
    ("speakers", "given", "expected"),
    [
        ([speaker(instance=None)], None, 64512),
        ([speaker(instance=None)], 64513, 64513),
        ([speaker(local_as=64999)], None, 64999),
        ([speaker(instance=None), speaker(local_as=64999)], None, 64999),
        ([], 64513, 64513),
    ],
)
def test_the_number_of_bigip(speakers: Any, given: int | None, expected: int) -> None:
    assert guards.bigip_as_number(speakers, PodBgpOptions(bigip_as_number=given), calico(), 64512) == expected


def test_another_number_of_an_instance() -> None:
    with pytest.raises(Failure, match="BGP instance /Common/vks-bgp of BIG-IP bigip1 has localAs 64513") as raised:
        guards.bigip_as_number([speaker()], PodBgpOptions(bigip_as_number=1), calico(), 64512)
    assert raised.value.code == "as_number_conflict"
    with pytest.raises(Failure, match="not valid for Antrea"):
        guards.bigip_as_number([], PodBgpOptions(bigip_as_number=70000), antrea(), 64512)


ON = PodBgpOptions(enable_tmos_routing=True)
OFF = PodBgpOptions()


@pytest.mark.parametrize(
    ("found", "options"),
    [(speaker(), OFF), (speaker(legacy=("/Common/5",)), OFF), (speaker(switch="disable"), ON)],
)
def test_tmos_mode(found: Any, options: PodBgpOptions) -> None:
    guards.check_speaker(found, options)


@pytest.mark.parametrize(
    ("found", "options", "code", "words"),
    [
        (speaker(legacy=("/Common/0",)), ON, "bgp_mode_mixed", "Route domain /Common/0 of BIG-IP bigip1 has BGP in routingProtocol"),
        (speaker(switch="disable", legacy=("/Common/5",)), ON, "bgp_mode_mixed", "Route domain /Common/5"),
        (speaker(switch="disable"), OFF, "tmos_routing_off", "Set enable_tmos_routing: true"),
        (speaker(switch=None), ON, "tmos_routing_off", "does not exist"),
        (speaker(domain=None), ON, "options", "has no route domain 0"),
    ],
)
def test_refused(found: Any, options: PodBgpOptions, code: str, words: str) -> None:
    with pytest.raises(Failure) as raised:
        guards.check_speaker(found, options)
    assert raised.value.code == code and words in raised.value.message
