# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small and strict mock of /api/v2 of AWX, for awx.awx: it keeps objects (awx_fields.py), and starts nothing."""

from __future__ import annotations

import base64
import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import awx_fields as fields
from .awx_fields import KINDS, UNIFIED, Item, Refused

ROOT = "/api/v2/"
USER, PASSWORD = "admin", "pass-word"
READ_ONLY = ("id", "type", "url", "related", "summary_fields", "survey_spec", "scm_revision")


class NotFound(Exception):
    """The answer 404."""


class Awx:
    """Use it in a with statement. playbooks: the playbooks that each project has."""

    def __init__(self, playbooks: set[str]) -> None:
        self.playbooks = playbooks
        self.writes: list[tuple[str, str, Any]] = []
        """Each request that writes, but for tokens: the method, the path below /api/v2/ and the body."""
        self._items: dict[str, dict[int, Item]] = {name: {} for name in KINDS}
        self._associated: dict[tuple[str, int, str], list[int]] = {}
        self._tokens: dict[int, str] = {}
        self._updates: dict[int, int] = {}
        self._numbers = itertools.count(1)
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._add("organizations", {"name": "Default"})
        self._add("credential_types", {"name": "OpenShift or Kubernetes API Bearer Token", "kind": "cloud", "inputs": KUBERNETES, "injectors": {}})
        self.writes.clear()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Awx:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    # -- for tests

    def all(self, collection: str) -> list[Item]:
        return [*self._items[collection].values()]

    def open_tokens(self) -> int:
        """Those that no client has deleted."""
        return len(self._tokens)

    def names(self, collection: str) -> set[str]:
        return {item["name"] for item in self.all(collection)}

    def named(self, collection: str, name: str) -> Item:
        (item,) = [item for item in self.all(collection) if item["name"] == name]
        return item

    def associated(self, collection: str, name: str, relation: str) -> list[str]:
        """The names (or identifiers) of the objects of a relation."""
        target = KINDS[collection].related[relation]
        ids = self._associated.get((collection, self._by_label(collection, name)["id"], relation), [])
        return [self._label(self._items[target][number]) for number in ids]

    def _by_label(self, collection: str, name: str) -> Item:
        (item,) = [item for item in self.all(collection) if self._label(item) == name]
        return item

    @staticmethod
    def _label(item: Item) -> str:
        return str(item.get("name", item.get("identifier")))

    # -- requests

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        """The status and the body. path: below /api/v2/, without the slash at the end."""
        if method != "GET" and not path.startswith("tokens"):
            self.writes.append((method, path, body))
        match path.split("/"):
            case ["tokens"] if method == "POST":
                number = next(self._numbers)
                self._tokens[number] = f"token-{number}"
                return 201, {"id": number, "token": self._tokens[number]}
            case ["tokens", number] if method == "DELETE":
                del self._tokens[int(number)]
                return 204, None
            case ["project_updates", number] if method == "GET":
                return 200, self._update(int(number))
            case ["unified_job_templates"] if method == "GET":
                return 200, self._listed([(name, item) for name in UNIFIED for item in self.all(name)], query, {"name", "type", "organization"})
            case [collection] if collection in KINDS:
                if method == "POST":
                    return 201, self._add(collection, body)
                known = {"id", "or__id", *KINDS[collection].fields}
                return 200, self._listed([(collection, item) for item in self.all(collection)], query, known)
            case [collection, number] if collection in KINDS and int(number) in self._items[collection]:
                return self._one(method, collection, self._items[collection][int(number)], body)
            case [collection, number, relation] if collection in KINDS and int(number) in self._items[collection]:
                return self._relation(method, collection, self._items[collection][int(number)], relation, body)
        raise NotFound(path)

    def allowed(self, header: str, path: str) -> bool:
        basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return header in (f"Basic {basic}", *([] if path.startswith("tokens") else [f"Bearer {token}" for token in self._tokens.values()]))

    def _one(self, method: str, collection: str, item: Item, body: Any) -> tuple[int, Any]:
        if method == "PATCH":
            item.update(self._valid(collection, {**self._written(collection, item), **body}, body, item["id"]))
        elif method == "DELETE":
            del self._items[collection][item["id"]]
            return 204, None
        return 200, self._shown(collection, item)

    def _relation(self, method: str, collection: str, item: Item, relation: str, body: Any) -> tuple[int, Any]:
        if relation == "survey_spec" and "survey_enabled" in item:
            if method == "POST":
                fields.survey(body)
                item["survey_spec"] = body
            return 200, item["survey_spec"] if method == "GET" else {}
        if relation == "create_approval_template" and method == "POST":
            added = self._add("workflow_approval_templates", body)
            item["unified_job_template"] = added["id"]
            return 201, added
        if relation == "launch" and method == "POST":
            fields.answers(item, body.get("extra_vars", {}))
            return 201, {"job": next(self._numbers)}
        if relation not in KINDS[collection].related:
            raise NotFound(relation)
        target = self._items[KINDS[collection].related[relation]]
        ids = self._associated.setdefault((collection, item["id"], relation), [])
        if method == "GET":
            return 200, {"count": len(ids), "next": None, "results": [{"id": number} for number in ids]}
        if set(body) - {"id", "disassociate"} or body["id"] not in target:
            raise Refused(detail="There is no such object.")
        if relation == "credentials" and not body.get("disassociate"):
            types = [target[number]["credential_type"] for number in {*ids, body["id"]}]
            if len({*types}) < len(types):
                raise Refused(error="Cannot assign multiple credentials of one type.")
        ids[:] = [number for number in ids if number != body["id"]] if body.get("disassociate") else [*ids, body["id"]]
        return 204, None

    def _listed(self, items: list[tuple[str, Item]], query: dict[str, str], known: set[str]) -> Item:
        """As AWX filters: a field that it does not know is an error."""
        if unknown := {name.removesuffix("__name") for name in query} - known - {"type"}:
            raise Refused(detail=f"The filter {', '.join(sorted(unknown))} is not known.")
        found = [self._shown(collection, item) for collection, item in items if all(self._field(collection, item, *pair) for pair in query.items())]
        return {"count": len(found), "next": None, "results": found}

    def _field(self, collection: str, item: Item, name: str, value: str) -> bool:
        """The object has this value, or refers to an object with this name."""
        own = {**item, "type": KINDS[collection].type}
        if name.endswith("__name"):
            name = name.removesuffix("__name")
            return bool(self._items[KINDS[collection].refers[name]][own[name]]["name"] == value)
        return str(own.get(name)) == value

    # -- objects

    def _add(self, collection: str, body: Item) -> Item:
        kind = KINDS[collection]
        if missing := [name for name in kind.required if body.get(name) in (None, "")]:
            raise Refused(**{name: ["This field is required."] for name in missing})
        item = self._valid(collection, {**kind.fields, **body}, body, None)
        number = item["id"] = next(self._numbers)
        if "survey_enabled" in kind.fields:
            item["survey_spec"] = {}
        self._items[collection][number] = item
        if collection == "projects" and item["scm_type"]:
            update = next(self._numbers)
            self._updates[update] = 0
            return {**self._shown(collection, item), "summary_fields": {"current_update": {"id": update}}}
        return self._shown(collection, item)

    def _written(self, collection: str, item: Item) -> Item:
        return {name: item[name] for name in KINDS[collection].fields}

    def _valid(self, collection: str, item: Item, body: Item, number: int | None) -> Item:
        """The fields of an object, after each check of AWX."""
        kind = KINDS[collection]
        if unknown := set(body) - set(kind.fields) - set(kind.ignored):
            raise Refused(**{name: ["This field is not known."] for name in unknown})
        item = {name: json.loads(json.dumps(item[name])) for name in kind.fields}
        for name, value in item.items():
            default = kind.fields[name]
            if name in kind.refers:
                known = {one["id"] for one in self._unified()} if kind.refers[name] == "unified_job_templates" else set(self._items[kind.refers[name]])
                if value is not None and value not in known:
                    raise Refused(**{name: [f'Invalid pk "{value}" - object does not exist.']})
            elif default is not None and value is not None and type(value) is not type(default):
                raise Refused(**{name: [f"{value!r} is not of type {type(default).__name__}."]})
        same = [one for one in self.all(collection) if one["id"] != number and all(one.get(name) == item.get(name) for name in kind.unique)]
        if same and kind.unique != ("id",):
            raise Refused(__all__=[f"{kind.type} with this {' and '.join(kind.unique)} already exists."])
        kind.check(item)
        self._across(collection, item)
        return item

    def _unified(self) -> list[Item]:
        return [item for name in UNIFIED for item in self.all(name)]

    def _across(self, collection: str, item: Item) -> None:
        """Checks that need other objects."""
        if collection == "credentials":
            fields.credential(item, self._items["credential_types"][item["credential_type"]])
        if collection == "job_templates":
            if item["playbook"] not in self.playbooks:
                raise Refused(playbook=["Playbook not found for project."])
            if item["inventory"] is None and not item["ask_inventory_on_launch"]:
                raise Refused(inventory=["Job Template must provide 'inventory' or allow prompting for it."])
        if collection == "schedules" or (collection == "workflow_job_template_nodes" and item["extra_data"]):
            (template,) = [one for one in self._unified() if one["id"] == item["unified_job_template"]]
            fields.answers(template, item["extra_data"])

    def _shown(self, collection: str, item: Item) -> Item:
        """As the API returns an object: with its place, and without secrets."""
        place = f"{ROOT}{collection}/{item['id']}/"
        related = {name: f"{place}{name}/" for name in [*KINDS[collection].related, *(["survey_spec"] if "survey_spec" in item else [])]}
        if collection == "workflow_job_template_nodes" and item["unified_job_template"] in self._items["workflow_approval_templates"]:
            related["unified_job_template"] = f"{ROOT}workflow_approval_templates/{item['unified_job_template']}/"
        shown = {**item, "type": KINDS[collection].type, "url": place, "related": related, "summary_fields": {}}
        if collection == "credentials":
            secret = {one["id"] for one in self._items["credential_types"][item["credential_type"]]["inputs"]["fields"] if one.get("secret")}
            shown["inputs"] = {name: "$encrypted$" if name in secret else value for name, value in item["inputs"].items()}
        if collection == "notification_templates":
            given = item["notification_configuration"]
            shown["notification_configuration"] = {**given, **({"password": "$encrypted$"} if given.get("password") else {})}
        if collection == "credential_types":
            shown["managed"] = False
        if collection == "projects":
            shown["scm_revision"] = "0a" * 20
        shown.pop("survey_spec", None)
        return shown

    def _update(self, number: int) -> Item:
        """A project's update, which runs while awx.awx asks the first time."""
        self._updates[number] += 1
        return {"id": number, "status": "running" if self._updates[number] == 1 else "successful"}


KUBERNETES = {
    "fields": [
        {"id": "host", "label": "Endpoint", "type": "string"},
        {"id": "bearer_token", "label": "Token", "type": "string", "secret": True},
        {"id": "verify_ssl", "label": "Verify SSL", "type": "boolean", "default": True},
        {"id": "ssl_ca_cert", "label": "CA data", "type": "string", "secret": True, "multiline": True},
    ],
    "required": ["host", "bearer_token"],
}


def _handler(awx: Awx) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *words: object) -> None:
            """Nothing: the test shows what failed."""

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                if not parts.path.startswith(ROOT) or not parts.path.endswith("/"):
                    raise NotFound(parts.path)
                path = parts.path.removeprefix(ROOT).rstrip("/")
                status, answer = 401, {"detail": "Authentication credentials were not provided."}
                if awx.allowed(self.headers.get("Authorization", ""), path):
                    with awx.lock:
                        status, answer = awx.answer(self.command, path, dict(parse_qsl(parts.query)), json.loads(text or "null"))
            except Refused as refused:
                status, answer = 400, refused.errors
            except NotFound:
                status, answer = 404, {"detail": "Not found."}
            self._send(status, answer)

        def _send(self, status: int, answer: Any) -> None:
            data = b"" if status == 204 else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("X-API-Product-Name", "AWX")
            self.send_header("X-API-Product-Version", "24.6.1")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve

    return Handler
