# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the event source: documented as they are, and checked with one sentence."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

import pytest
import yaml

from ansible_collections.vks.bigip.extensions.eda.plugins.event_source import changes
from ansible_collections.vks.bigip.plugins.doc_fragments import kubernetes
from ansible_collections.vks.bigip.plugins.module_utils._kube.options import KUBERNETES_OPTIONS
from ansible_collections.vks.bigip.plugins.module_utils._watch import options as of_source
from ansible_collections.vks.bigip.plugins.module_utils._watch.options import ChangesOptions
from ansible_collections.vks.bigip.tests.unit.support import documented
from ansible_collections.vks.bigip.tests.unit.support.executed import executed

VARIABLES = {path: names[0] for path, names in documented.variables(KUBERNETES_OPTIONS).items()}


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for names in documented.variables(KUBERNETES_OPTIONS).values():
        for name in names:
            monkeypatch.delenv(name, raising=False)


def refused(**arguments: Any) -> str:
    """The faults of wrong arguments, as the one sentence that the user reads."""
    with pytest.raises(ValueError) as caught:
        ChangesOptions.from_arguments(arguments)
    message = str(caught.value)
    before = "The event source vks.bigip.changes has wrong arguments: "
    assert message.startswith(before) and message.endswith(".") and message.isprintable()
    faults = message.removeprefix(before).removesuffix(".")
    assert ". " not in faults and not faults.endswith(".")
    return faults


def test_the_options_are_documented_as_they_are() -> None:
    spec = executed(of_source).OPTIONS
    assert documented.spec(spec) == {**documented.module(changes), **documented.fragment(kubernetes)}
    assert yaml.safe_load(changes.DOCUMENTATION)["extends_documentation_fragment"] == ["vks.bigip.kubernetes"]


def test_each_default_is_written_once_more_in_the_dataclass() -> None:
    """The dataclass names the mode otherwise, and has the options of the connection together."""
    own = {"pool_member_type" if one.name == "mode" else one.name: one for one in fields(ChangesOptions)}
    del own["connection"]
    of_the_play = {"applications", "pools", "label_namespaces"}
    assert set(own) | of_the_play | set(KUBERNETES_OPTIONS) == set(of_source.OPTIONS)
    for name, field in own.items():
        default = of_source.OPTIONS[name].get("default")
        assert (field.default or None) == default and type(default) in (type(None), type(field.default)), name
    assert ChangesOptions.from_arguments({}) == ChangesOptions(connection=connection())


def connection(**more: Any) -> dict[str, Any]:
    """The options of a connection, unset but for these."""
    headers = dict.fromkeys(KUBERNETES_OPTIONS["proxy_headers"]["options"])
    return {**dict.fromkeys(KUBERNETES_OPTIONS), "max_response_mb": 64, "proxy_headers": headers, **more}


def test_all_options() -> None:
    given: dict[str, Any] = {
        "services": ["a/web", "b/api.v1"], "namespaces": ["a", "b"], "label_selector": "x in (y,z)",
        "pool_member_type": "cluster", "secrets": ["b/tls", "a/tls", "b/tls"], "settle": "0.25", "settle_max": 3,
        "min_interval": 0, "resync": 60, "all_over": "7", "journal": "/j", "metrics": "/m.prom",
        "kubeconfig": {"kind": "Config"}, "context": "c", "verify_ssl": "no",
    }  # fmt: skip
    options = ChangesOptions.from_arguments(given)
    assert options.connection["validate_certs"] is False
    assert options == ChangesOptions(
        services=frozenset({("a", "web"), ("b", "api.v1")}),
        namespaces=frozenset({"a", "b"}),
        label_selector="x in (y,z)",
        mode="cluster",
        secrets=(("b", "tls"), ("a", "tls")),
        settle=0.25,
        settle_max=3.0,
        min_interval=0.0,
        resync=60.0,
        all_over=7,
        journal="/j",
        metrics="/m.prom",
        connection=connection(kubeconfig={"kind": "Config"}, context="c", validate_certs=False),
    )


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize("name", of_source.OPTIONS)
def test_null_and_an_empty_text_count_as_unset(name: str, nothing: Any) -> None:
    """A rulebook passes a variable that is not set as one of them."""
    assert ChangesOptions.from_arguments({name: nothing}) == ChangesOptions.from_arguments({})


LISTS: list[tuple[Any, set[tuple[str, str]]]] = [
    # services as a rulebook may write them, and what they mean
    ("a/web", {("a", "web")}),
    ("a/web, b/api", {("a", "web"), ("b", "api")}),
    ('["a/web"]', {("a", "web")}),
    (["a/web", "", None], {("a", "web")}),
]


@pytest.mark.parametrize(("services", "expected"), LISTS)
def test_a_list_may_be_a_text(services: Any, expected: set[tuple[str, str]]) -> None:
    assert ChangesOptions.from_arguments({"services": services}).services == expected


@pytest.mark.parametrize(("path", "variable"), VARIABLES.items())
def test_the_connection_may_be_in_the_environment(path: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "yes")
    outer, _dot, inner = path.partition(".")
    value = ChangesOptions.from_arguments({}).connection[outer]
    assert (value[inner] if inner else value) in ("yes", True, ["yes"])
    assert variable.startswith("K8S_AUTH_")


def test_an_argument_is_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K8S_AUTH_HOST", "https://environment")
    assert ChangesOptions.from_arguments({"host": "https://a"}).connection["host"] == "https://a"
    assert ChangesOptions.from_arguments({"host": None}).connection["host"] == "https://environment"


NUMBER = "but a finite number of at least"
WRONG: list[tuple[dict[str, Any], str]] = [
    # the arguments, and the faults
    ({"bogus": 1}, "unknown options: bogus"),
    ({"bogus": 1, "other": 2}, "unknown options: bogus, other"),
    ({"bogus": None}, "unknown options: bogus"),
    ({"bo\ngus": 1}, "unknown options: bo\\ngus"),
    ({"settle": -0.5}, f"settle is -0.5, {NUMBER} 0 is required"),
    ({"settle_max": -1, "settle": -2}, f"settle is -2, {NUMBER} 0 is required; settle_max is -1, {NUMBER} 0 is required"),
    ({"min_interval": -1}, f"min_interval is -1, {NUMBER} 0 is required"),
    ({"resync": 0}, f"resync is 0, {NUMBER} 1 is required"),
    ({"resync": math.inf}, f"resync is inf, {NUMBER} 1 is required"),
    ({"min_interval": math.nan}, f"min_interval is nan, {NUMBER} 0 is required"),
    ({"all_over": 0}, f"all_over is 0, {NUMBER} 1 is required"),
    ({"settle": 6}, "settle_max (5) is less than settle (6)"),
    ({"settle_max": 0.25}, "settle_max (0.25) is less than settle (0.5)"),
    ({"services": []}, "services is an empty list: omit it to watch all"),
    ({"namespaces": []}, "namespaces is an empty list: omit it to watch all"),
    ({"secrets": []}, "secrets is an empty list: omit it"),
    ({"namespaces": [""]}, "namespaces has only empty elements: To set no limit, omit it"),
    ({"services": [""]}, "services has only empty elements"),
    ({"journal": "a.jsonl"}, "journal is not an absolute path: the source and the play run in different folders"),
    ({"metrics": "b/a.prom"}, "metrics is not an absolute path: the source and the play run in different folders"),
    ({"secrets": ["", ""]}, "secrets has only empty elements"),
    ({"services": "[a"}, "services begins like a list in JSON or YAML, but cannot be read as one: "
     "Correct it, or separate the elements by commas"),
    ({"services": ["web"]}, "services has 'web', which is not namespace/name"),
    ({"services": ["a/b/c", "a/Web"]},
     "services has 'a/b/c', which is not namespace/name; services has 'a/Web', which is not namespace/name"),
    ({"services": ["a/web\n"]}, "services has 'a/web\\n', which is not namespace/name"),
    ({"secrets": ["/tls"]}, "secrets has '/tls', which is not namespace/name"),
    ({"namespaces": ["a/b"]}, "namespaces has 'a/b', which is not a namespace"),
    ({"namespaces": ["-a"]}, "namespaces has '-a', which is not a namespace"),
    ({"services": ["b/web", "c/web", "a/web"], "namespaces": ["a"]},
     "services has Services in b, c, which namespaces does not name"),
    ({"services": ["b/web"], "namespaces": ["A"]}, "namespaces has 'A', which is not a namespace"),
    ({"label_selector": "a in b"}, "label_selector is not valid: cannot read 'a in b'"),
    ({"label_selector": "=", "resync": 0},
     f"resync is 0, {NUMBER} 1 is required; label_selector is not valid: cannot read '='"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "faults"), WRONG)
def test_wrong_arguments(arguments: dict[str, Any], faults: str) -> None:
    assert refused(**arguments) == faults


ANSIBLE: list[tuple[dict[str, Any], list[str]]] = [
    # the arguments, and parts of the faults that Ansible words
    ({"pool_member_type": "pods"}, ["pool_member_type", "auto, nodeport, nodeportlocal, cluster", "pods"]),
    ({"settle": "soon"}, ["'settle'", "float"]),
    ({"all_over": 1.5}, ["'all_over'", "int"]),
    ({"services": 5.5}, ["services has '5.5', which is not namespace/name"]),
    ({"services": {"a": "b"}}, ["'services'", "list"]),
    ({"validate_certs": "perhaps"}, ["'validate_certs'", "boolean"]),
    ({"proxy_headers": {"bogus": 1}}, ["unknown options: proxy_headers.bogus"]),
    ({"settle": "soon", "resync": "late", "bogus": 1}, ["'settle'", "'resync'", "unknown options: bogus"]),
]


@pytest.mark.parametrize(("arguments", "parts"), ANSIBLE)
def test_arguments_that_ansible_refuses(arguments: dict[str, Any], parts: list[str]) -> None:
    faults = refused(**arguments)
    assert all(part in faults for part in parts), faults


SECRET = "s3cret"
SECRETS: list[dict[str, Any]] = [
    {"api_key": SECRET},
    {"password": SECRET, "username": "me"},
    {"api_key": {"a": SECRET}},
    {"password": [SECRET]},
    {"kubeconfig": {"users": [{"name": "u", "user": {"token": SECRET}}]}},
    {"kubeconfig": f"users: [{{name: u, user: {{token: {SECRET}}}}}]"},
    {"kubeconfig": f"token: {SECRET}: not YAML"},
    {"kubeconfig": [SECRET]},
    {"proxy_headers": {"basic_auth": SECRET}},
    {"proxy_headers": {"basic_auth": {"a": SECRET}, "bogus": SECRET}},
    {"proxy_headers": SECRET},
    {"proxy_headers": [SECRET]},
    {"bogus": SECRET},
]


@pytest.mark.parametrize("arguments", SECRETS)
def test_no_secret_is_shown(arguments: dict[str, Any]) -> None:
    assert SECRET not in refused(**arguments, settle=-1, services=["web"])
    assert SECRET not in refused(**arguments, settle="soon", another=1)
    if "bogus" not in str(arguments) and not isinstance(arguments.get("proxy_headers", {}), (str, list)):
        options = ChangesOptions.from_arguments(arguments)
        assert SECRET in str(options.connection) and SECRET not in repr(options)


NAMESPACES: list[tuple[dict[str, Any], set[str]]] = [
    # the arguments, and the namespaces that are watched; empty: all
    ({}, set()),
    ({"namespaces": ["a", "b"]}, {"a", "b"}),
    ({"services": ["a/x", "b/x", "a/y"]}, {"a", "b"}),
    ({"services": ["a/x"], "namespaces": ["a", "b"]}, {"a", "b"}),
    ({"secrets": ["c/tls"]}, set()),
]


@pytest.mark.parametrize(("arguments", "expected"), NAMESPACES)
def test_the_namespaces(arguments: dict[str, Any], expected: set[str]) -> None:
    assert ChangesOptions.from_arguments(arguments).all_namespaces == expected


CONCERNS: list[tuple[dict[str, Any], str]] = [
    # the arguments, and which of a/x a/y b/x count
    ({}, "a/x a/y b/x"),
    ({"namespaces": ["a"]}, "a/x a/y"),
    ({"services": ["a/x"]}, "a/x"),
    ({"services": ["a/x", "b/x"]}, "a/x b/x"),
    ({"services": ["a/x"], "namespaces": ["a", "b"]}, "a/x"),
    ({"secrets": ["c/tls"]}, "a/x a/y b/x"),
]


@pytest.mark.parametrize(("arguments", "expected"), CONCERNS)
def test_the_services_that_count(arguments: dict[str, Any], expected: str) -> None:
    options = ChangesOptions.from_arguments(arguments)
    names = [("a", "x"), ("a", "y"), ("b", "x")]
    assert " ".join("/".join(name) for name in names if options.concerns(name)) == expected
