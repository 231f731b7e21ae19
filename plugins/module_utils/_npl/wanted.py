# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The settings that make NodePortLocal as the options want it."""

from __future__ import annotations

from typing import Any, Iterator, Mapping

from .._errors import Failure
from .._facts.cluster import NplConfig
from . import port_range as ranges
from .options import DISABLED, ENABLED
from .schema import Keys, Path

Settings = dict[Path, Any]
_GATE, _LEGACY_RANGE = ("featureGates", "NodePortLocal"), ("nplPortRange",)
_SWITCH, _RANGE = ("nodePortLocal", "enable"), ("nodePortLocal", "portRange")
# The gates whose names differ between AntreaConfig and antrea-agent.conf.
_GATE_NAMES = {"AntreaTraceflow": "Traceflow"}


def holds(config: NplConfig, state: str, port_range: str | None, legacy: bool) -> bool:
    """Return whether the configuration that the agents mount is as wanted."""
    if state == DISABLED:
        return config.enabled is False
    on = config.enabled or (legacy and config.gate is True)
    return bool(on) and (port_range is None or (config.port_range or ranges.DEFAULT) == port_range)


def object_settings(keys: Keys, state: str, port_range: str | None, name: str) -> Settings:
    """Return the settings of the owner on the Supervisor (`name`).

    To switch off, the gate is set: VMware's package drops `enabled: false`.
    """
    if state == DISABLED:
        return {keys.gate or keys.switch: False}
    settings: Settings = {keys.switch: True}
    if keys.gate:
        settings[keys.gate] = True
    if port_range is not None:
        if keys.port_range is None:
            said = f"the schema of {name} has {'.'.join(keys.switch)}, but no portRange beside it"
            raise Failure(
                "npl_addon_schema",
                "setting port_range",
                said=said,
                remedy="Nothing was written. Leave port_range out.",
            )
        settings[keys.port_range] = port_range
    return settings


def text_settings(config: NplConfig, state: str, port_range: str | None, legacy: bool | None) -> Settings:
    """Return the settings of antrea-agent.conf that differ from the wanted ones.

    legacy  an Antrea before 1.4, whose agents end at a key nodePortLocal; None: not known
    """
    if legacy is None and not config.section:
        said = (
            f"the version of Antrea is not known, and antrea-agent.conf of ConfigMap {config.config_map} "
            "has no "
            "nodePortLocal: agents before 1.4 end at this key"
        )
        remedy = "Nothing was written. Add the line nodePortLocal: to it if Antrea is 1.4 or newer."
        raise Failure("npl_version", "setting NodePortLocal", said=said, remedy=remedy)
    if legacy:
        settings: Settings = {} if config.gate is (state == ENABLED) else {_GATE: state == ENABLED}
    elif state == DISABLED:
        return {} if config.enabled is False else {_SWITCH: False}
    else:
        settings = {_GATE: True} if config.gate is False else {}
        if config.enable is not True:
            settings[_SWITCH] = True
    if state == ENABLED and port_range is not None and (config.port_range or ranges.DEFAULT) != port_range:
        settings[_LEGACY_RANGE if legacy else _RANGE] = port_range
    return settings


def value_at(content: Any, path: Path) -> Any:
    """Return the value at a path; None if there is none."""
    for name in path:
        content = content.get(name) if isinstance(content, Mapping) else None
    return content


def differing(content: Any, settings: Settings) -> Settings:
    """Return those of the settings that the content does not have."""
    return {path: value for path, value in settings.items() if value_at(content, path) != value}


def patch(settings: Settings) -> dict[str, Any]:
    """Return a merge patch of these settings and nothing else."""
    body: dict[str, Any] = {}
    for path, value in settings.items():
        place = body
        for name in path[:-1]:
            place = place.setdefault(name, {})
        place[path[-1]] = value
    return body


def side_effects(
    before: Mapping[str, Any], after: Mapping[str, Any], settings: Settings, gates: Mapping[str, Any]
) -> list[str]:
    """Return what a patch would do besides its settings.

    The API server may drop keys, and its defaults may change other settings. A default that is equal to a
    gate of the agents' configuration (`gates`) changes nothing.
    """
    effects = [f"{'.'.join(path)} is dropped" for path in differing(after, settings)]
    for path, value in _leaves(after.get("spec") or {}, ("spec",)):
        if path in settings or value_at(before, path) == value:
            continue
        name = _GATE_NAMES.get(path[-1], path[-1])
        if value_at(before, path) is None and (path[-2] != "featureGates" or gates.get(name, value) == value):
            continue
        effects.append(f"{'.'.join(path)} becomes {value!r}")
    return effects


def _leaves(content: Any, above: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(content, Mapping):
        for name, value in content.items():
            yield from _leaves(value, (*above, str(name)))
    else:
        yield above, content
