# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what is generated from the tables of codes and reasons.

    PYTHONPATH=.build/dev python tests/tools/codes.py

It writes docs/codes.md, the table of docs/reasons.md, and `systems` and `failure` in the RETURN of each module,
with `sync` in those that publish. tests/lint_project/test_code_documents.py compares them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.vks.bigip.plugins.module_utils._codes import CODES, ORIGINS
from ansible_collections.vks.bigip.plugins.module_utils._members.reasons import LEFT_OUT

ROOT = Path(__file__).resolve().parents[2]
CODES_PAGE = ROOT / "docs" / "codes.md"
REASONS_PAGE = ROOT / "docs" / "reasons.md"
MODULES = sorted(file for file in (ROOT / "plugins" / "modules").glob("*.py") if file.stem != "__init__")
# The emitter breaks a line at the first space behind this column.
_WIDTH = 90
_ROWS = re.compile(r"(?:^\| `\w+` \|.*\n)+", re.MULTILINE)

INTRODUCTION = """\
# Failure codes

A failed task returns `failure`. `failure.code` is one of the codes below. They are stable: a playbook can
compare them. tests/tools/codes.py writes this page from the table in the code.

| key of `failure` | content |
|---|---|
| `code` | A code of this page. For a tenant that AS3 rejected, AS3's number, such as 422. |
| `summary` | The operation that failed. `message` is the same text. |
| `object` | The affected object: a tenant, application or pool by its AS3 path, or a Service. |
| `said` | The literal answer of the other system. `response` is the same text. |
| `remedy` | The action to take. |
| `path` | The position of the error: an AS3 path, or a position in your input. |
| `input` | The position in your input that corresponds to `path`. |

A key is null if its value is unknown. `failure.tenants[]` of `publish` and `as3_declaration`,
`failure.pools[]` of `pool_members_info` and `pools[].failure` of `pool_status_info` have the same keys.
`msg` is the whole message: it names the object, quotes the answer, and ends with the remedy. If Ansible itself
rejects the arguments, the task has only `msg`.

[Reasons](reasons.md) explains `left_out[].reason`, and [checks](checks.md) the checks of `preflight_info`.
"""


def codes_page() -> str:
    return INTRODUCTION + "".join(_section(name) for name in ORIGINS)


def _section(name: str) -> str:
    """The modules that most rows share are named once, above the table."""
    rows = ORIGINS[name]
    shared = max((row.modules for row in rows.values()), key=[row.modules for row in rows.values()].count)
    lines = ["", f"## {name}", "", f"From {_modules(shared)}, unless the last column names other modules.", ""]
    lines += ["| code | meaning | action | from |", "|---|---|---|---|"]
    for code, row in rows.items():
        where = "" if row.modules == shared else f" {_modules(row.modules)}"
        lines.append(f"| `{code}` | {row.meaning} | {row.action} |{where} |")
    return "\n".join(lines) + "\n"


def _modules(names: tuple[str, ...]) -> str:
    if len(names) == len(MODULES):
        return "each module"
    marked = [f"`{name}`" for name in names]
    return " and ".join(filter(None, [", ".join(marked[:-1]), marked[-1]]))


def reasons_page(page: str) -> str:
    """The page with its table as the code has it."""
    rows = "".join(f"| `{word}` | {row.meaning} | {row.remedy} |\n" for word, row in LEFT_OUT.items())
    return _ROWS.sub(lambda found: rows, page, count=1)


_ADDED: Mapping[str, tuple[str, ...]] = {
    "antrea_npl": (
        "Nothing was written, unless the code is V(npl_not_arrived), V(npl_agent_not_ready), "
        "V(npl_not_proven) or one of the connection.",
    ),
    "partition": (
        "With the code V(partition_not_empty), C(contents) lists every object in the partition, with "
        "kind and path.",
    ),
    "pod_bgp": (
        "C(in_place) lists the neighbors and objects that were changed before the failure, and C(saved) is true if "
        "BIG-IP saved its part. Without C(in_place), nothing was changed.",
        "With the code V(bgp_not_established), C(sessions) lists the sessions that are not established.",
    ),
    "pod_routes": (
        "C(in_place) lists the routes that were changed before the failure, and C(saved) is true if they "
        "were saved too. Without C(in_place), nothing was changed.",
    ),
}
_NULL = "V(null) if there is none."


def _value(
    description: str | list[str], kind: str = "str", returned: str = "always", **more: Any
) -> dict[str, Any]:
    return {"description": description, "type": kind, "returned": returned, **more}


def _list(description: str, returned: str, elements: str) -> dict[str, Any]:
    return _value(description, "list", returned, elements=elements)


def _parts(of: str) -> dict[str, Any]:
    """The keys that each failure has beside its code; `of` is the name of the return value."""
    text = " RV(ignore:msg) contains the whole message, with the answer and the remedy."
    whole = text if of == "failure" else ""
    return {
        "summary": _value("The operation that failed."),
        "message": _value(f"The same text as RV({of}.summary).{whole}"),
        "object": _value(
            f"The affected object, a tenant, application or pool by its AS3 path, or a Service. {_NULL}"
        ),
        "said": _value("The literal answer of the other system. V(null) if it did not answer."),
        "response": _value(f"The same text as RV({of}.said)."),
        "remedy": _value("The action to take. V(null) if only the answer is known."),
        "path": _value(f"The position of the error, an AS3 path or a position in your input. {_NULL}"),
        "input": _value(f"The position in your input that corresponds to RV({of}.path). {_NULL}"),
    }


def failure(module: str) -> dict[str, Any]:
    """The return value `failure` of a module."""
    codes = {
        "description": [
            "The error code, a stable word. docs/codes.md has the meaning and the action for each code.",
            *_codes(module),
        ],
        "type": "str",
        "returned": "always",
    }
    contains = {"code": codes, **_parts("failure")}
    if module == "pool_members_info":
        text = "Each of them, with the keys of RV(failure)."
        contains["pools"] = _list(text, "if several pools failed", "dict")
    if module in CODES["tenants_failed"].modules:
        tenants = _list("The tenants that failed.", "if RV(failure.code) is V(tenants_failed)", "dict")
        contains["tenants"] = {**tenants, "contains": _tenant(module)}
    return {
        "description": ["The failure as structured data.", *_ADDED.get(module, ())],
        "returned": "on failure",
        "type": "dict",
        "contains": contains,
    }


def _codes(module: str) -> Iterator[str]:
    """A sentence for each origin with its codes."""
    for name, rows in ORIGINS.items():
        found = [f"V({code})" for code, row in rows.items() if module in row.modules]
        if found:
            yield f"{name} - {', '.join(found)}."


def _tenant(module: str) -> dict[str, Any]:
    of = "failure.tenants[]"
    code = f"RV({of}.code)"
    contains = {
        "tenant": _value("Its name."),
        "code": _value("The number of AS3, such as V(422), or a word as in RV(failure.code).", "raw"),
        **_parts(of),
        "note": _value(
            "Further actions and observations, such as members that were restored.",
            returned="when there is one",
        ),
        "applications": _list("The affected applications of your input.", "always", "str"),
        "taken_by": _value(
            "The object that has the virtual address or port, as C(tenant), C(application), C(object) "
            "and C(owner).",
            "dict",
            f"if {code} is V(address_taken)",
        ),
    }
    if module == "publish":
        text = "The applications that prune removed, and that could not be published again."
        contains["removed"] = _list(text, f"if {code} is V(removed)", "str")
    else:
        text = (
            "The applications that another user or controller created during the run, and that this task did "
            "not remove."
        )
        contains["created"] = _list(text, f"if {code} is V(created_meanwhile)", "str")
    text = "Further errors of the tenant, each with the keys of RV(failure.tenants) from C(code) to C(input)."
    contains["faults"] = _list(text, "if there are several", "dict")
    return contains


def sync() -> dict[str, Any]:
    """The return value `sync` of publish and as3_declaration."""
    return {
        "description": "The config-sync status of BIG-IP after the last POST.",
        "returned": "if something was sent and the status could be read",
        "type": "dict",
        "contains": {
            "mode": _value("The mode of the unit, such as V(high-availability) or V(standalone)."),
            "status": _value("The status, such as V(In Sync) or V(Changes Pending)."),
            "summary": _value("BIG-IP's message about the status."),
        },
    }


def systems() -> dict[str, Any]:
    """The return value `systems` of each module."""
    text = "The systems that answered this task. AAP counts those that the module can change as managed nodes."
    contains = {
        "kind": _value("V(bigip) for a unit of BIG-IP, V(kubernetes) for the API server of a cluster or a Supervisor."),
        "name": _value("Its host, with the port if it is not 443."),
        "url": _value("Its URL, as the task used it."),
    }
    return {**_list(text, "if a system answered", "dict"), "contains": contains}


def returns(module: str) -> dict[str, Any]:
    """The generated return values of a module."""
    more = {"sync": sync()} if module in CODES["tenants_failed"].modules else {}
    return {**more, "systems": systems(), "failure": failure(module)}


class _Dumper(yaml.SafeDumper):
    """Lists are indented, as in the rest of the documentation."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)


def module_text(module: str, text: str) -> str:
    """The source of a module with its generated return values; a new one comes before `failure`."""
    for name, value in returns(module).items():
        block = yaml.dump({name: value}, Dumper=_Dumper, sort_keys=False, width=_WIDTH, allow_unicode=True)
        start = text.index('RETURN = r"""')
        former = re.compile(rf"^{name}:\n(?: .*\n)*", re.MULTILINE).search(text, start)
        begin, end = former.span() if former else (text.index("\nfailure:\n", start) + 1,) * 2
        text = text[:begin] + block + text[end:]
    return text


def main() -> None:
    CODES_PAGE.write_text(codes_page())
    REASONS_PAGE.write_text(reasons_page(REASONS_PAGE.read_text()))
    for file in MODULES:
        file.write_text(module_text(file.stem, file.read_text()))


if __name__ == "__main__":
    main()
