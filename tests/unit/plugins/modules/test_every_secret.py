# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every secret that an option of any module can hold, on each way on which options fail. Generated from the argument specs.

Each secret holds the word PLANT in all its parts. Nothing that a module prints or logs may hold that word, in clear or in base64.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from unittest import mock

import pytest
import yaml
from ansible.module_utils import basic

from ansible_collections.vks.bigip.plugins.module_utils._as3 import secrets
from ansible_collections.vks.bigip.plugins.module_utils._deadline import Deadline
from ansible_collections.vks.bigip.plugins.module_utils._module import Module
from ansible_collections.vks.bigip.tests.unit.plugins.modules.test_every_option import MODULES, Path_, Spec, main, option_at, paths, spec_of, value_of
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module

Arguments = dict[str, Any]
AWKWARD = "PLANT-%d\"PLANT\\PLANT'PLANT é PLANT\nPLANT-line-%d PLANT\tPLANT"
NEEDLES = ["PLANT", *(base64.b64encode(b"." * before + b"PLANT" + b"." * 3)[[0, 2, 3][before] :][:5].decode() for before in range(3))]
"""The word, and what base64 makes of its inner bits wherever it begins."""
KUBECONFIGS = ("kubeconfig", "supervisor_kubeconfig")


class Plants:
    """Secrets that differ from each other, as a person may choose them."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self) -> str:
        self._count += 1
        return AWKWARD % (self._count, self._count)

    def plain(self) -> str:
        """For a place that holds one line without quotes."""
        self._count += 1
        return f"PLANT-{self._count}-x"


def key(plant: Plants) -> str:
    return "\n".join(["-----BEGIN PRIVATE KEY-----", *(f"PLANT{plant.plain()}{'A' * 50}" for _line in range(3)), "-----END PRIVATE KEY-----", ""])


def kubeconfig(plant: Plants) -> Arguments:
    execute = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "get-token",
        "args": ["--server", "https://idp.example.com", f"--client-secret={plant()}", "--password", plant(), plant()],
        "env": [{"name": "IDP_SECRET", "value": plant()}, {"name": "HOME", "value": plant()}],
    }
    provider = {"name": "oidc", "config": {"client-secret": plant(), "refresh-token": plant(), "id-token": plant(), "extra": plant()}}
    user = {"token": plant(), "password": plant(), "username": "me", "client-key-data": plant.plain(), "exec": execute, "auth-provider": provider}
    cluster = {"server": f"https://me:{plant.plain()}@kube.example.com:6443", "proxy-url": f"http://me:{plant.plain()}@proxy:3128"}
    return {
        **{"apiVersion": "v1", "kind": "Config", "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]},
        **{"clusters": [{"name": "c", "cluster": cluster}], "users": [{"name": "u", "user": user}]},
    }


OTHER_CLASSES = ("Persist", "TCP_Profile", "HTTP_Profile", "Rewrite_Profile", "SSH_Proxy_Profile", "Enforcement_Radius_AAA_Profile")
"""Classes whose secrets have names that are secret in any class."""


def objects(plant: Plants) -> Arguments:
    """An AS3 object of each class that has secrets, with all of them."""
    kinds: dict[str, frozenset[str]] = {**dict.fromkeys(OTHER_CLASSES, frozenset()), **secrets.BY_CLASS}
    made: Arguments = {kind: {"class": kind, **{name: plant() for name in names | secrets.ANYWHERE}} for kind, names in kinds.items()}
    cipher = {"ciphertext": base64.b64encode(plant().encode()).decode(), "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJub25lIn0", "miniJWE": True}
    sign_in = {"method": "bearer-token", "token": plant()}
    fetched = {"class": "iRule", "iRule": {"url": f"https://me:{plant.plain()}@files/x", "authentication": sign_in}}
    return {**made, "key": {"class": "Certificate", "privateKey": key(plant), "passphrase": cipher}, "rule": fetched}


def application(plant: Plants) -> Arguments:
    virtual_server = {"class": "Service_HTTPS", "serverTLS": {"class": "Certificate", "privateKey": key(plant), "passphrase": plant()}}
    pool = {"monitors": [{"class": "Monitor", "passphrase": plant(), "secret": plant()}]}
    return {"tenant": "Shop", "application": "web", "virtual_server": virtual_server, "pool": pool, "objects": objects(plant)}


def declaration(plant: Plants) -> Arguments:
    return {"class": "ADC", "Shop": {"class": "Tenant", "web": {"class": "Application", **objects(plant)}}}


def in_url(plant: Plants) -> str:
    return f"https://me:{plant.plain()}%40{plant.plain()}@{plant.plain()}/{plant.plain()}@192.0.2.1:8080"


def special(name: str, plant: Plants) -> Any:
    """Secrets in an option that is not itself one."""
    if name in KUBECONFIGS:
        return kubeconfig(plant)
    makers: dict[str, Callable[[Plants], Any]] = {
        "applications": lambda plant: [application(plant)],
        "content": declaration,
        "declaration": declaration,
        "tenants": lambda plant: {"Shop": objects(plant)},
        "host": in_url,
        "proxy": in_url,
        "server": lambda plant: [in_url(plant), f"me:{plant.plain()}@192.0.2.1"],
    }
    return makers[name](plant) if name in makers else None


def planted(options: Spec, plant: Plants) -> Arguments:
    """A secret in each option that can hold one, and what is required."""
    given = value_of(options)
    for name, option in options.items():
        below = option.get("options")
        found = special(name, plant)
        if found is not None:
            given[name] = found
        elif option.get("no_log"):
            given[name] = {name: plant()} if option.get("type") == "dict" else plant()
        elif below and option["type"] == "dict" and (inner := planted(below, plant)) != value_of(below):
            given[name] = inner
    return given


def as_text(value: Any, write: Callable[[Any], str]) -> Any:
    return write(value) if isinstance(value, (dict, list)) else value


def broken_json(value: Any) -> str:
    return json.dumps(value, indent=1)[:-1]


def broken_yaml(value: Any) -> str:
    return f"{yaml.safe_dump(value, width=10**6)}\n  - [\n"


def pairs(value: Any) -> str:
    return " ".join(f"{name}={part}" for name, part in value.items() if isinstance(part, str)) if isinstance(value, dict) else json.dumps(value)


FORMS: dict[str, Callable[[Any], Any]] = {
    "dict": lambda value: value,
    "json": lambda value: as_text(value, json.dumps),
    "ascii off": lambda value: as_text(value, lambda part: json.dumps(part, ensure_ascii=False)),
    "yaml": lambda value: as_text(value, yaml.safe_dump),
    "python": lambda value: as_text(value, repr),
    "broken json": lambda value: as_text(value, broken_json),
    "broken yaml": lambda value: as_text(value, broken_yaml),
    "pairs": lambda value: as_text(value, pairs),
    "list": lambda value: [value],
    "list of lists": lambda value: [[value]],
    "base64": lambda value: as_text(value, lambda part: base64.b64encode(json.dumps(part).encode()).decode()),
}
WRONG: dict[str, Any] = {
    **{"int": "seven", "float": "seven", "bool": "maybe", "list": {"a": "b"}},
    **{"dict": "nonsense", "str": {"a": "b"}, "path": {"a": "b"}, "raw": 1},
}


def everything(module: str) -> Arguments:
    return planted(spec_of(module), Plants())


@cache
def refused(module: str) -> tuple[tuple[str, Arguments], ...]:
    """Arguments with all secrets, and one fault each."""
    return tuple(_refused(module))


def _refused(module: str) -> Iterator[tuple[str, Arguments]]:
    options, given = spec_of(module), everything(module)
    plant = Plants()
    yield "nothing", given
    for name, value in (("pasword", plant()), ("tokn", {"a": [plant()]}), ("secret", [plant()]), ("short", "PLANT"), ("number", 1)):
        yield f"unknown {name}", {**given, name: value}
        for above, option in options.items():
            if option.get("options"):
                inner = given.get(above) or {}
                more = [{**item, name: value} for item in inner] if isinstance(inner, list) else {**inner, name: value}
                yield f"unknown {above}.{name}", {**given, above: more}
    for path in paths(options):
        option = option_at(module, path)
        wrong = "nonsense" if option.get("choices") else WRONG[option.get("type", "str")]
        yield f"wrong {'.'.join(path)}", with_value(options, given, path, wrong)
        if option.get("required"):
            yield f"without {'.'.join(path)}", with_value(options, given, path, None)
        if option.get("no_log"):
            wrong = {"dict": {"a": plant(), "b": [plant()]}, "list": [plant(), {"a": plant()}], "json": json.dumps([plant()]), "short": "PLANT"}
            for name, value in wrong.items():
                yield f"{name} in {'.'.join(path)}", with_value(options, given, path, value)
        for alias in option.get("aliases", ()) if option.get("no_log") else ():
            renamed = with_value(options, given, path, None)
            yield f"alias {alias}", with_value(options, {**renamed, "timeout": "seven"}, (*path[:-1], alias), plant())
    holders = [name for name in options if special(name, Plants()) is not None or options[name].get("options")]
    for form, write in FORMS.items():
        for name in holders:
            if name in given:
                yield f"{form} of {name}", {**given, name: write(given[name])}
                yield f"{form} of {name}, and a wrong timeout", {**given, name: write(given[name]), "timeout": "seven"}
    for file in ("ca_cert", "client_cert", "client_key", "kubeconfig", "supervisor_kubeconfig"):
        if file in options:
            yield f"no file {file}", {**given, file: "/nonexistent"}
    exclusive = {"namespaces": ["shop"], "pools": [{"service": {"name": "web"}}], "label_selector": "a=b", "nodes": [""], "tenant": [""]}
    yield "exclusive", {**given, **exclusive}


def with_value(options: Spec, given: Arguments, path: Path_, value: Any) -> Arguments:
    """The arguments with this value at the path, in each element of the lists on the way. None takes it out."""
    given, (name, *rest) = copy.copy(given), path
    if not rest:
        given.pop(name, None)
        return given if value is None else {**given, name: value}
    below = options[name]["options"]
    inner = given.get(name) or (value_of(below) if options[name]["type"] == "dict" else [value_of(below)])
    if isinstance(inner, list):
        return {**given, name: [with_value(below, item, tuple(rest), value) for item in inner]}
    return {**given, name: with_value(below, inner, tuple(rest), value)}


KINDS = ("unknown", "wrong", "without", "alias", *sorted(FORMS, reverse=True), "")
"""The first words of a fault's name; the last kind is the rest. A test for each fault would be thousands of processes under ansible-test."""
NAMES = {name for module in MODULES for path in paths(spec_of(module)) for name in option_at(module, path).get("fallback", (None, ()))[1]}
HIDDEN_IN_VARIABLES = ("API_KEY", "PASSWORD", "BASIC_AUTH")
URLS_IN_VARIABLES = ("HOST", "PROXY", "SERVER")


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def shown(module: str, arguments: Arguments, *, works: bool = False) -> tuple[Result, str]:
    """The result, and all that was printed and logged. works: the module does its work too."""
    log: list[str] = []
    inject = {"_ansible_inject_invocation": True} if "inject_invocation" in basic.PASS_VARS else {}
    with (
        mock.patch.object(basic, "has_journal", False),
        mock.patch.object(basic.AnsibleModule, "_log_to_syslog", lambda self, text: log.append(text)),
        mock.patch.object(Module, "run", Module.run if works else lambda self, work: self.exit_json(changed=False)),
    ):
        result = run_module(main(module), {**copy.deepcopy(arguments), **inject, "_ansible_verbosity": 4})
    return result, result.stdout + "\n".join(log)


def leaks(text: str) -> list[str]:
    return [text[max(0, (place := text.index(needle)) - 120) : place + 60] for needle in NEEDLES if needle in text]


def test_the_needles_are_found_in_base64() -> None:
    for before in range(6):
        assert leaks(base64.b64encode(b"x" * before + b"PLANT-1-x").decode())


def test_a_secret_is_planted_in_each_place() -> None:
    """Otherwise the cases would say little."""
    text = {module: json.dumps(everything(module)) for module in MODULES}
    assert {module for module in MODULES if "PLANT" not in text[module]} == set()
    assert {len(json.dumps(everything(module)).split("PLANT")) > 500 for module in ("publish", "as3_declaration")} == {True}


def kind_of(name: str) -> str:
    return next(kind for kind in KINDS if name.startswith(kind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("module", MODULES)
def test_no_secret_is_shown(module: str, kind: str) -> None:
    found = {name: leaks(shown(module, arguments)[1]) for name, arguments in refused(module) if kind_of(name) == kind}
    assert {name: places for name, places in found.items() if places} == {}


def test_each_kind_has_a_fault() -> None:
    assert {kind_of(name) for module in MODULES for name, _arguments in refused(module)} == set(KINDS)


FAULTS: list[Arguments] = [{}, {"timeout": "seven"}, {"unknown": 1}, {"provider": {"server_port": "seven"}}, {"proxy_headers": {"unknown": 1}}]


@pytest.mark.parametrize("form", ["dict", "json", "yaml", "broken yaml", "base64"])
@pytest.mark.parametrize("module", MODULES)
def test_no_secret_of_the_environment_is_shown(module: str, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant = Plants()
    write = json.dumps if form == "dict" else FORMS[form]
    for name in NAMES:
        if name.endswith("KUBECONFIG"):
            monkeypatch.setenv(name, write(kubeconfig(plant)))
        elif name.endswith(HIDDEN_IN_VARIABLES):
            monkeypatch.setenv(name, plant())
        elif name.endswith(URLS_IN_VARIABLES) and not name.endswith("NO_PROXY"):
            monkeypatch.setenv(name, in_url(plant))
    for fault in FAULTS:
        given = {name: value for name, value in fault.items() if name == "unknown" or name in spec_of(module)}
        _result, text = shown(module, {**value_of(spec_of(module)), **given})
        assert leaks(text) == [], fault


def bigip(**provider: Any) -> Arguments:
    return {"provider": {"server": "127.0.0.1", "server_port": 1, "user": "me", "password": AWKWARD, "timeout": 1, **provider}}


FAILING: dict[str, Arguments] = {
    # an address where no server listens, with credentials in each place; and files that are not there
    "host": {"host": "https://me:PLANT-1-x@127.0.0.1:1", "api_key": AWKWARD},
    "basic": {"host": "https://127.0.0.1:1", "username": "me", "password": AWKWARD},
    "proxy": {"host": "https://kube.example.com", "api_key": AWKWARD, "proxy": "http://me:PLANT-1-x@127.0.0.1:1"},
    "proxy headers": {"host": "https://kube.example.com", "proxy": "http://127.0.0.1:1", "proxy_headers": {"basic_auth": "me:PLANT"}},
    "malformed host": {"host": "https://me:PLANT-1-x@[127.0.0.1", "api_key": AWKWARD},
    "malformed proxy": {"host": "https://kube.example.com", "api_key": AWKWARD, "proxy": "me:PLANT-1-x@proxy:port"},
    **{f"kubeconfig {form}": {"kubeconfig": write(kubeconfig(Plants()))} for form, write in FORMS.items()},
    "kubeconfig, one line": {"kubeconfig": "users: PLANT-1-x"},
    "kubeconfig, a token": {"kubeconfig": "PLANT" * 60},
    "supervisor": {"host": "https://127.0.0.1:1", "api_key": AWKWARD, "supervisor_kubeconfig": broken_yaml(kubeconfig(Plants()))},
    "BIG-IP": bigip(),
    "BIG-IP basic": bigip(auth="basic"),
    "BIG-IP server": bigip(server="https://me:PLANT-1-x@127.0.0.1"),
    "BIG-IP server, http": bigip(server="http://me:PLANT-1-x@127.0.0.1"),
    "BIG-IP proxy": bigip(server="bigip.example.com", proxy="http://me:PLANT-1-x@127.0.0.1:1"),
    "BIG-IP malformed proxy": bigip(server="bigip.example.com", proxy="me:PLANT-1-x@proxy:port"),
}
BESIDE: dict[str, Arguments] = {
    "antrea_npl": {},
    "as3_declaration": {"content": {"class": "ADC", "Shop": {"class": "Tenant"}}},
    "pool_members_info": {"namespaces": ["shop"]},
    "publish": {"applications": [{"tenant": "Shop", "application": "web", "service": {"name": "web"}, "virtual_server": {"class": "Service_HTTP"}}]},
}
SUPERVISOR = {"supervisor_namespace": "team-a", "cluster_name": "shop"}


@pytest.mark.parametrize(("module", "way"), [(module, way) for module in MODULES for way in FAILING if set(FAILING[way]) & set(spec_of(module))])
def test_no_secret_is_shown_when_a_connection_fails(module: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options = spec_of(module)
    given = copy.deepcopy({name: value for name, value in FAILING[way].items() if name in options})
    monkeypatch.setenv("KUBECONFIG", "/nonexistent")
    monkeypatch.setattr(Deadline, "pause", lambda deadline, seconds: False)  # no time to try again
    other: Arguments = {"host": "https://127.0.0.1:1", "api_key": "t"} if way.startswith("BIG-IP") and "host" in options else {}
    if "provider" in options and "provider" not in given:
        other = {"provider": {"server": "127.0.0.1", "server_port": 1, "user": "me", "password": "secret"}}
    supervisor = SUPERVISOR if "supervisor_kubeconfig" in given else {}
    result, text = shown(module, {**value_of(options), **BESIDE.get(module, {}), **other, **supervisor, "timeout": 1, **given}, works=True)
    assert leaks(text) == [], result.get("msg")
