# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""What is to be changed so that NodePortLocal is as wanted."""

from __future__ import annotations

from typing import Any, Iterator, Mapping, Sequence

from .._errors import Failure
from .._facts.cluster import NplConfig
from . import port_range as ranges
from .schema import Keys, Path

ENABLED, DISABLED = "enabled", "disabled"
Settings = dict[Path, Any]
_GATE, _LEGACY_RANGE = ("featureGates", "NodePortLocal"), ("nplPortRange",)
_SWITCH, _RANGE = ("nodePortLocal", "enable"), ("nodePortLocal", "portRange")
# The gates whose names differ between AntreaConfig and antrea-agent.conf.
_GATE_NAMES = {"AntreaTraceflow": "Traceflow"}


def check_range(text: str | None) -> None:
    fault = ranges.fault(text) if text is not None else None
    if fault:
        raise Failure("npl_range", "reading the options", said=f"port_range {text} {fault}", remedy=ranges.CHOOSE)


def check_services(items: Sequence[Mapping[str, Any]]) -> None:
    """An empty namespace or selector is not a name for all: the API would list every Service. Nor are a name and a selector that are null."""
    for number, item in enumerate(items):
        empty = [option for option in ("namespace", "name", "label_selector") if item.get(option) is not None and not item[option].strip()]
        if not empty and item.get("name") is None and item.get("label_selector") is None:
            empty = ["name", "label_selector"]
        if empty:
            said = " and ".join(f"services[{number}].{option}" for option in empty) + (" is empty" if len(empty) == 1 else " are empty")
            raise Failure("npl_services", "reading the options", said=said, remedy="Nothing was written. Name the Services, or take the item off the list.")


def holds(config: NplConfig, state: str, port_range: str | None, legacy: bool) -> bool:
    """Whether the configuration that agents mount is as wanted."""
    if state == DISABLED:
        return config.enabled is False
    on = config.enabled or (legacy and config.gate is True)
    return bool(on) and (port_range is None or (config.port_range or ranges.DEFAULT) == port_range)


def in_object(keys: Keys, state: str, port_range: str | None, name: str) -> Settings:
    """What the owner on the Supervisor has to say.

    Off means the gate: the package of VMware drops `enabled: false`.
    """
    if state == DISABLED:
        return {keys.gate or keys.switch: False}
    made: Settings = {keys.switch: True}
    if keys.gate:
        made[keys.gate] = True
    if port_range is not None:
        if keys.port_range is None:
            said = f"the schema of {name} has {'.'.join(keys.switch)}, but no portRange beside it"
            raise Failure("npl_addon_schema", "setting port_range", said=said, remedy="Nothing was written. Leave port_range out.")
        made[keys.port_range] = port_range
    return made


def in_text(config: NplConfig, state: str, port_range: str | None, legacy: bool | None) -> Settings:
    """What antrea-agent.conf has to say; `legacy`: Antrea before 1.4, whose agents end at a key nodePortLocal. Only what differs."""
    if legacy is None and not config.section:
        said = f"the version of Antrea is not known, and antrea-agent.conf of ConfigMap {config.config_map} has no nodePortLocal: agents before 1.4 end at it"
        remedy = "Nothing was written. Add the line nodePortLocal: to it if Antrea is 1.4 or newer."
        raise Failure("npl_version", "setting NodePortLocal", said=said, remedy=remedy)
    if legacy:
        made: Settings = {} if config.gate is (state == ENABLED) else {_GATE: state == ENABLED}
    elif state == DISABLED:
        return {} if config.enabled is False else {_SWITCH: False}
    else:
        made = {_GATE: True} if config.gate is False else {}
        if config.enable is not True:
            made[_SWITCH] = True
    if state == ENABLED and port_range is not None and (config.port_range or ranges.DEFAULT) != port_range:
        made[_LEGACY_RANGE if legacy else _RANGE] = port_range
    return made


def value_at(content: Any, path: Path) -> Any:
    for name in path:
        content = content.get(name) if isinstance(content, Mapping) else None
    return content


def differing(content: Any, settings: Settings) -> Settings:
    return {path: value for path, value in settings.items() if value_at(content, path) != value}


def patch(settings: Settings) -> dict[str, Any]:
    """A merge patch of these settings and nothing else."""
    made: dict[str, Any] = {}
    for path, value in settings.items():
        place = made
        for name in path[:-1]:
            place = place.setdefault(name, {})
        place[path[-1]] = value
    return made


def side_effects(before: Mapping[str, Any], after: Mapping[str, Any], settings: Settings, gates: Mapping[str, Any]) -> list[str]:
    """What a patch would do beside what it is for: keys that the API server drops, and settings of others that its defaults would change.

    `gates` are those of the agents' configuration: a default that says what they say already changes nothing.
    """
    made = [f"{'.'.join(path)} is dropped" for path in differing(after, settings)]
    for path, value in _leaves(after.get("spec") or {}, ("spec",)):
        if path in settings or value_at(before, path) == value:
            continue
        name = _GATE_NAMES.get(path[-1], path[-1])
        if value_at(before, path) is None and (path[-2] != "featureGates" or gates.get(name, value) == value):
            continue
        made.append(f"{'.'.join(path)} becomes {value!r}")
    return made


def _leaves(content: Any, above: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(content, Mapping):
        for name, value in content.items():
            yield from _leaves(value, (*above, str(name)))
    else:
        yield above, content
