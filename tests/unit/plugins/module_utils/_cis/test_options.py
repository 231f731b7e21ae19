# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The namespaces whose CIS counts, and the warning about others."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.vks.bigip.plugins.module_utils._cis.options import CIS_OPTIONS, elsewhere


@pytest.mark.parametrize(
    ("given", "namespaces"),
    [
        ({}, ["kube-system", "f5-cis"]),
        ({"cis_namespaces": []}, []),
        ({"cis_namespaces": "a,b"}, ["a", "b"]),
        ({"cis_namespaces": ["a", 1]}, ["a", "1"]),
    ],
)
def test_the_option(given: dict[str, Any], namespaces: list[str]) -> None:
    validated = ArgumentSpecValidator(CIS_OPTIONS).validate(given)
    assert (validated.error_messages, validated.validated_parameters) == ([], {"cis_namespaces": namespaces})
    warning = elsewhere(["a/cis"], validated.validated_parameters["cis_namespaces"])
    assert f" of cis_namespaces ({', '.join(namespaces) or 'none'}), " in warning


@pytest.mark.parametrize(
    ("names", "namespaces", "sentences"),
    [
        (
            ["a/cis"],
            ["f5-cis"],
            "CIS Deployment a/cis is not in a namespace of cis_namespaces (f5-cis), "
            "so its arguments do not count: no tenant is kept for it. If it is yours, add the namespace to cis_namespaces.",
        ),
        (
            {f"{name}/cis" for name in "gfedcba"},
            ["x", "y"],
            "CIS Deployments a/cis, b/cis, c/cis, d/cis, e/cis and 2 more "
            "are not in a namespace of cis_namespaces (x, y), "
            "so their arguments do not count: no tenant is kept for them. "
            "If they are yours, add the namespace to cis_namespaces.",
        ),
        (
            ["b/cis", "a/cis"],
            [],
            "CIS Deployments a/cis, b/cis are not in a namespace of cis_namespaces (none), "
            "so their arguments do not count: no tenant is kept for them. "
            "If they are yours, add the namespace to cis_namespaces.",
        ),
    ],
)
def test_elsewhere(names: Any, namespaces: list[str], sentences: str) -> None:
    assert elsewhere(names, namespaces) == sentences
