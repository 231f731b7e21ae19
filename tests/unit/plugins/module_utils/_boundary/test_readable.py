# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A result in which the cluster and BIG-IP wrote what a terminal obeys."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.vks.bigip.plugins.filter.visible import visible
from ansible_collections.vks.bigip.plugins.module_utils._boundary import notices
from ansible_collections.vks.bigip.plugins.module_utils._boundary.readable import result
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._module import Module
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module

EVIL = "\x1b[2J\x9b2J\u202eevil\r\nok: [forged]\u2028\ttab\x07"
LINE = r"\x1b[2J\x9b2J\u202eevil\x0d\nok: [forged]\u2028 tab\x07"
LINES = "\\x1b[2J\\x9b2J\\u202eevil\\x0d\nok: [forged]\\u2028\ttab\\x07"
OBEYED = ("\x1b", "\x9b", "\u202e", "\r", "\u2028", "\x07")

CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "msg": ({"msg": EVIL}, {"msg": LINE}),
    "honest": ({"msg": "Pool /Shop/web/pöol: 3 members"}, {"msg": "Pool /Shop/web/pöol: 3 members"}),
    "failure": (
        {"failure": {"message": EVIL, "said": EVIL, "object": EVIL}},
        {"failure": {"message": LINE, "said": LINES, "object": LINES}},
    ),
    "a tenant": (
        {"failure": {"tenants": [{"summary": EVIL, "path": EVIL}]}},
        {"failure": {"tenants": [{"summary": LINE, "path": LINES}]}},
    ),
    "summary": ({"summary": [EVIL]}, {"summary": [LINE]}),
    "a reason": (
        {"pools": [{"left_out": [{"reason": EVIL, "pod": "a"}]}]},
        {"pools": [{"left_out": [{"reason": LINE, "pod": "a"}]}]},
    ),
    "a check": (
        {"checks": [{"id": "npl", "message": EVIL}], "report": [EVIL]},
        {"checks": [{"id": "npl", "message": LINE}], "report": [LINE]},
    ),
    "resources": (
        {"resources": [{"message": EVIL, "status": EVIL}]},
        {"resources": [{"message": LINE, "status": LINE}]},
    ),
    "diff": (
        {"diff": {"before": EVIL, "after_header": EVIL}},
        {"diff": {"before": LINES, "after_header": LINE}},
    ),
    "diffs": ({"diff": [{"before": EVIL}]}, {"diff": [{"before": LINES}]}),
    "data below": (
        {
            "pools": [{"content": EVIL, "said": EVIL, "name": EVIL}],
            "failure": {"content": EVIL, "tasks": [EVIL]},
        },
        {
            "pools": [{"content": EVIL, "said": LINES, "name": EVIL}],
            "failure": {"content": LINES, "tasks": [LINES]},
        },
    ),
    "diffs of several kinds": (
        {"diff": [{"before": {"a": [EVIL, 5, None]}, "before_header": EVIL}, EVIL]},
        {"diff": [{"before": {"a": [LINES, 5, None]}, "before_header": LINE}, LINES]},
    ),
    "sentences of another type": (
        {"msg": 5, "reasons": [EVIL, 5, None, [EVIL]]},
        {"msg": 5, "reasons": [LINE, 5, None, [LINE]]},
    ),
    "data": (
        {"declaration": {"message": EVIL}, "pools": [{"pool": EVIL}]},
        {"declaration": {"message": EVIL}, "pools": [{"pool": EVIL}]},
    ),
}


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES)
def test_what_a_person_reads_is_escaped(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert result(given) == expected


SENTENCES = (
    "because blocking chosen_because message msg not_proven_because note problems reason reasons remedy "
    "report restart_needed sign status "
    "summary title warnings"
)
DATA = "applications config_maps content declaration invocation query_result settings tasks"


@pytest.mark.parametrize("name", SENTENCES.split())
def test_a_sentence_has_one_line(name: str) -> None:
    assert result({name: EVIL, "facts": [{name: [EVIL]}]}) == {name: LINE, "facts": [{name: [LINE]}]}


@pytest.mark.parametrize("name", ["exception", "response", "said"])
def test_the_words_of_another_system_may_have_several_lines(name: str) -> None:
    assert result({name: EVIL, "facts": [{name: [EVIL]}]}) == {name: LINES, "facts": [{name: [LINES]}]}


@pytest.mark.parametrize("name", DATA.split())
def test_data_are_returned_as_they_were_read(name: str) -> None:
    given = {name: {"msg": EVIL}, "facts": [{name: [{"msg": EVIL}]}], "failure": {name: {"x": EVIL}}}
    assert result(given) == {**given, "failure": {name: {"x": LINES}}}


@pytest.mark.parametrize("key", ["_ansible_x", "__ansible_x"])
def test_a_key_that_ansible_obeys_is_escaped_at_each_level(key: str) -> None:
    plain = rf"\x5f{key[1:]}"
    for name in ("declaration", "diff", "failure", "facts"):
        given = {name: {key: [[{key: 1}], {"a": {key: {"b": key}}}]}}
        assert result(given) == {name: {plain: [[{plain: 1}], {"a": {plain: {"b": key}}}]}}
    assert result({key: 1, "ansible_x": 2, "_ansiblex": 3, "facts": {5: 6}}) == {
        plain: 1,
        "ansible_x": 2,
        "_ansiblex": 3,
        "facts": {5: 6},
    }


def run(work: Any, secret: str = "") -> Result:
    def main() -> None:
        Module({"password": {"type": "str", "no_log": True}}).run(work)

    return run_module(main, {"password": secret} if secret else {})


TENANT = {"tenant": "T", "code": 1, "summary": EVIL, "as3_message": EVIL}


def failing() -> dict[str, Any]:
    failure = Failure("code", "reading it", said=EVIL, remedy=EVIL)
    failure.warnings.append(EVIL)
    raise failure


WAYS: dict[str, Any] = {
    "fails": failing,
    "fails with more": lambda: {
        "changed": True,
        "failure": Failure("code", EVIL, tenants=[TENANT]).as_dict(),
    },
    "works": lambda: {
        "changed": False,
        "warnings": [EVIL],
        "diff": {"before": EVIL, "after": ""},
        "summary": [EVIL],
    },
    "crashes": lambda: {"": {}}[EVIL],
}


@pytest.mark.parametrize("work", WAYS.values(), ids=WAYS)
def test_no_way_to_end_gives_a_terminal_what_it_obeys(work: Any) -> None:
    done = run(work)
    texts = json.dumps(done, ensure_ascii=False)
    assert not [
        char for char in OBEYED if char in texts or json.dumps(char)[1:-1] in texts.replace("\\\\", "")
    ], texts
    assert all(
        "\n" not in text
        for text in [*done.get("warnings", ()), done.get("msg", ""), *done.get("summary", ())]
    )


OBEYED_KEYS = ("__ansible_type", "__ansible_unsafe", "__ansible_vault", "_ansible_no_log")


def as_the_controller_reads(text: str) -> Any:
    """From ansible-core 2.19 on, it makes an object of a dictionary with __ansible_type, at each level."""
    try:
        profile = importlib.import_module("ansible.module_utils._internal._json._profiles._module_legacy_m2c")
    except ImportError:
        return json.loads(text)
    return json.loads(text, cls=profile.Decoder)


@pytest.mark.parametrize("key", OBEYED_KEYS)
def test_a_key_that_ansible_obeys_is_data(key: str) -> None:
    """Another team wrote it, as a constant of its AS3 tenant."""
    planted = {"constants": [{key: "AnsibleTaggedStr", "value": "x", "kept": [{key: {key: 1}}]}]}
    plain = rf"\x5f{key[1:]}"
    expected = {"constants": [{plain: "AnsibleTaggedStr", "value": "x", "kept": [{plain: {plain: 1}}]}]}
    for part in ("declaration", "diff", "pools"):
        read = as_the_controller_reads(run(lambda name=part: {"changed": False, name: planted}).stdout)
        assert read[part] == expected
        assert not read.get("failed")
    failed = as_the_controller_reads(
        run(lambda: {"failure": Failure("code", "it", **{"places": planted}).as_dict()}).stdout
    )
    assert failed["failure"]["places"] == expected
    inject = {"_ansible_inject_invocation": True} if "inject_invocation" in basic.PASS_VARS else {}
    arguments = {"declaration": json.dumps(planted), **inject}
    given = run_module(
        lambda: Module({"declaration": {"type": "dict"}}).run(lambda: {"changed": False}), arguments
    )
    assert as_the_controller_reads(given.stdout)["invocation"]["module_args"]["declaration"] == expected


def test_a_secret_with_such_a_character_is_masked_first() -> None:
    secret = "very\x1bsecret\nsecond-line-of-the-secret"
    for work in (
        lambda: {"changed": False, "warnings": [f"said {secret}"]},
        lambda: {"failure": Failure("code", f"said {secret}").as_dict()},
    ):
        assert "secret" not in run(work, secret).stdout.replace("password", "")


def test_what_crashes_is_masked() -> None:
    done = run(lambda: {"": {}}["the-secret-token"], "the-secret-token")
    assert (
        done["failed"]
        and done["failure"]["code"] == "unexpected"
        and "KeyError" in done["msg"]
        and "the-secret" not in done.stdout
    )


def test_a_notice_is_a_warning_once() -> None:
    def work() -> dict[str, Any]:
        notices.warnings.add("careful")
        notices.warnings.add("careful")
        return {"changed": False}

    assert run(work)["warnings"] == ["careful"]
    assert "warnings" not in run(lambda: {"changed": False})


def test_the_filter() -> None:
    assert (
        visible(EVIL) == LINE
        and visible([EVIL, "a"]) == [LINE, "a"]
        and visible(EVIL, keep_lines=True) == LINES
        and visible(7) == "7"
    )
