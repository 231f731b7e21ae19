# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comments of a merge request on GitLab and of a pull request on GitHub, as their API answers, on loopback."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "token-of-the-test"
PROJECT, MERGE_REQUEST = 17, 4
BOTS = {"gitlab": "project_17_bot", "github": "github-actions[bot]"}
STARTS = {"gitlab": f"/api/v4/projects/{PROJECT}/merge_requests/{MERGE_REQUEST}/notes", "github": f"/repos/team/bigip/issues/{MERGE_REQUEST}/comments"}
SINGLE = {"gitlab": re.escape(STARTS["gitlab"]) + r"/(\d+)", "github": r"/repos/team/bigip/issues/comments/(\d+)"}
UPDATES = {"gitlab": "PUT", "github": "PATCH"}


class Comments:
    """Use it in a with statement. place: `gitlab` or `github`."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.comments: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.instead: bytes | None = None
        """The content of each answer, as a proxy or another program sends it with status 200."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Comments:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def variables(self) -> dict[str, str]:
        """The variables of a job."""
        url = f"http://127.0.0.1:{self._server.server_port}"
        if self.place == "github":
            return {"GITHUB_ACTIONS": "true", "GITHUB_API_URL": url, "GITHUB_REPOSITORY": "team/bigip"}
        return {"GITLAB_CI": "true", "CI_API_V4_URL": f"{url}/api/v4", "CI_PROJECT_ID": str(PROJECT), "CI_MERGE_REQUEST_IID": str(MERGE_REQUEST)}

    def add(self, author: str, body: str) -> dict[str, Any]:
        number = len(self.comments) + 1
        self.comments.append({"id": number, "author": {"id": author}, "user": {"login": author}, "body": body})
        return self.comments[-1]

    def own(self) -> list[str]:
        """The comments of the pipeline."""
        return [comment["body"] for comment in self.comments if comment["user"]["login"] == BOTS[self.place]]

    def answer(self, method: str, target: str, token: str, body: dict[str, Any]) -> tuple[int, Any]:
        """The status and the content of the answer."""
        url = urlsplit(target)
        self.requests.append(f"{method} {url.path}")
        if token != TOKEN:
            return 401, {"message": "401 Unauthorized"}
        single = re.fullmatch(SINGLE[self.place], url.path)
        if single and method == UPDATES[self.place]:
            found = [comment for comment in self.comments if comment["id"] == int(single[1])]
            if not found or found[0]["user"]["login"] != BOTS[self.place]:
                return 403, {"message": "403 Forbidden"}
            found[0].update(body)
            return 200, found[0]
        if (method, url.path) == ("GET", "/api/v4/user") and self.place == "gitlab":
            return 200, {"id": BOTS[self.place]}
        if (method, url.path) == ("POST", STARTS[self.place]):
            return 201, self.add(BOTS[self.place], body["body"])
        if (method, url.path) == ("GET", STARTS[self.place]):
            query = parse_qs(url.query)
            size, page = int(query["per_page"][0]), int(query["page"][0])
            return 200, self.comments[size * (page - 1) : size * page]
        return 404, {"message": "404 Not Found"}


def _handler(comments: Comments) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            token = self.headers.get("PRIVATE-TOKEN") or (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            status, content = comments.answer(self.command, self.path, token, body)
            answer = json.dumps(content).encode()
            if comments.instead is not None:
                status, answer = 200, comments.instead
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PUT = do_PATCH = _any

        def log_message(self, format: str, *args: Any) -> None:
            """Print nothing."""

    return Handler
