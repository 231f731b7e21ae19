# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module's dataclass of options has the defaults of its argument spec and of its documentation."""

from __future__ import annotations

import dataclasses
import importlib
from typing import Any

import pytest
import yaml

from ansible_collections.vks.bigip.plugins.module_utils._bgp.options import PodBgpOptions
from ansible_collections.vks.bigip.plugins.module_utils._npl.options import NplOptions
from ansible_collections.vks.bigip.plugins.module_utils._routes.options import PodRoutesOptions
from ansible_collections.vks.bigip.plugins.module_utils._run import (
    as3_info,
    cis_info,
    cluster_info,
    partition,
    pool_members_info,
    pool_status_info,
    preflight_info,
)
from ansible_collections.vks.bigip.tests.unit.plugins.modules.test_every_option import spec_of

PLUGINS = "ansible_collections.vks.bigip.plugins."
OPTIONS: dict[str, type] = {
    "antrea_npl": NplOptions,
    "as3_info": as3_info.As3InfoOptions,
    "cis_info": cis_info.CisInfoOptions,
    "cluster_info": cluster_info.ClusterInfoOptions,
    "partition": partition.PartitionOptions,
    "pod_bgp": PodBgpOptions,
    "pod_routes": PodRoutesOptions,
    "pool_members_info": pool_members_info.PoolMembersOptions,
    "pool_status_info": pool_status_info.PoolStatusOptions,
    "preflight_info": preflight_info.PreflightOptions,
}


def own(module: str) -> dict[str, Any]:
    """The defaults of a dataclass, as Ansible writes them; None: no default."""
    found = {}
    for field in dataclasses.fields(OPTIONS[module]):
        if field.name != "parameters":
            default = None if field.default is dataclasses.MISSING else field.default
            found[field.name] = list(default) if isinstance(default, tuple) else default
    return found


def documented(module: str) -> dict[str, dict[str, Any]]:
    """The options that a module and its fragments document."""
    page = yaml.safe_load(importlib.import_module(f"{PLUGINS}modules.{module}").DOCUMENTATION)
    options: dict[str, dict[str, Any]] = {}
    for name in page["extends_documentation_fragment"]:
        fragment, _dot, part = name.removeprefix("vks.bigip.").partition(".")
        text = getattr(
            importlib.import_module(f"{PLUGINS}doc_fragments.{fragment}").ModuleDocFragment,
            part.upper() or "DOCUMENTATION",
        )
        options.update(yaml.safe_load(text).get("options") or {})
    return {**options, **page["options"]} if page.get("options") else options


@pytest.mark.parametrize("module", OPTIONS)
def test_the_argument_spec_has_the_same_defaults(module: str) -> None:
    spec = spec_of(module)
    defaults = own(module)
    assert {name: spec[name].get("default") for name in defaults} == defaults


@pytest.mark.parametrize("module", OPTIONS)
def test_the_documentation_has_the_same_defaults(module: str) -> None:
    options = documented(module)
    defaults = own(module)
    assert {name: options[name].get("default") for name in defaults} == defaults


@pytest.mark.parametrize("module", OPTIONS)
def test_no_option_of_the_module_itself_is_forgotten(module: str) -> None:
    """Those of a fragment belong to the connections and to a pool's source."""
    page = yaml.safe_load(importlib.import_module(f"{PLUGINS}modules.{module}").DOCUMENTATION)
    assert set(page.get("options") or {}) <= set(own(module)) | {"provider"}


@pytest.mark.parametrize("module", [name for name in OPTIONS if name not in ("antrea_npl", "pod_bgp", "pod_routes")])
def test_a_null_counts_as_not_set(module: str) -> None:
    """A module without parameters has the defaults that its argument spec names. A list is kept as a tuple."""
    spec = spec_of(module)
    required = {"name": "shop"} if module == "partition" else {}
    options = OPTIONS[module].from_params({**dict.fromkeys(spec), **required})  # type: ignore[attr-defined]
    expected = {name: spec[name].get("default") for name in own(module)} | required
    found = {name: getattr(options, name) for name in expected}
    lists = {name: list(value) for name, value in found.items() if isinstance(value, tuple)}
    assert {**found, **lists} == expected


def test_a_list_that_is_given_is_kept_as_a_tuple() -> None:
    options = as3_info.As3InfoOptions.from_params({"gather": ["version", "tasks"], "timeout": 0})
    assert (options.gather, options.timeout) == (("version", "tasks"), 0)
