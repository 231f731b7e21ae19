"""Writes the output of ansible-playbook as a comment on the merge request or pull request. Usage: comment.py FILE

It needs only Python. A pipeline has one comment, which each run updates. The variables are those of GitLab and GitHub, and:
  COMMENT_TOKEN: the token that writes the comment
  PULL_REQUEST: the number of the pull request on GitHub
"""

from __future__ import annotations

import json
import os
import re
import ssl
import sys
import urllib.request
from pathlib import Path
from typing import Any

MARK = "<!-- vks.bigip check -->"
MOST = 60000
"""Characters of the output. GitHub refuses a comment of more than 65536."""

COLOR = re.compile(r"\x1b\[[0-9;]*m")
HEAD = re.compile(r"^(?:< )?PLAY RECAP\b.*$", re.MULTILINE)
"""The line above the results, also with cowsay."""
RECAP = re.compile(r"^(\S+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)


class GitLab:
    def __init__(self, environ: dict[str, str]) -> None:
        self._api = environ["CI_API_V4_URL"]
        self._notes = f"{self._api}/projects/{environ['CI_PROJECT_ID']}/merge_requests/{environ['CI_MERGE_REQUEST_IID']}/notes"
        self._headers = {"PRIVATE-TOKEN": environ["COMMENT_TOKEN"]}
        self._authority = environ.get("CI_SERVER_TLS_CA_FILE")

    def write(self, body: str) -> str:
        """Write the comment, and return what was done."""
        me = self._send("GET", f"{self._api}/user")["id"]
        for page in range(1, 101):
            notes = self._send("GET", f"{self._notes}?per_page=100&page={page}")
            for note in notes:
                if note["author"]["id"] == me and note["body"].startswith(MARK):
                    self._send("PUT", f"{self._notes}/{note['id']}", {"body": body})
                    return "updated"
            if len(notes) < 100:
                break
        self._send("POST", self._notes, {"body": body})
        return "added"

    def _send(self, method: str, url: str, body: dict[str, str] | None = None) -> Any:
        return send(method, url, self._headers, body, self._authority)


class GitHub:
    def __init__(self, environ: dict[str, str]) -> None:
        self._repository = f"{environ['GITHUB_API_URL']}/repos/{environ['GITHUB_REPOSITORY']}"
        self._comments = f"{self._repository}/issues/{int(environ['PULL_REQUEST'])}/comments"
        self._headers = {"Authorization": f"Bearer {environ['COMMENT_TOKEN']}", "Accept": "application/vnd.github+json"}

    def write(self, body: str) -> str:
        """Write the comment, and return what was done."""
        for page in range(1, 101):
            comments = send("GET", f"{self._comments}?per_page=100&page={page}", self._headers)
            for comment in comments:
                if comment["user"]["login"] == "github-actions[bot]" and comment["body"].startswith(MARK):
                    send("PATCH", f"{self._repository}/issues/comments/{comment['id']}", self._headers, {"body": body})
                    return "updated"
            if len(comments) < 100:
                break
        send("POST", self._comments, self._headers, {"body": body})
        return "added"


def send(method: str, url: str, headers: dict[str, str], body: dict[str, str] | None = None, authority: str | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {**headers, "Content-Type": "application/json", "User-Agent": "vks.bigip"}, method=method)
    context = ssl.create_default_context()
    if authority:
        context.load_verify_locations(authority)
    with urllib.request.urlopen(request, timeout=60, context=context) as answer:
        content = answer.read()
    try:
        return json.loads(content)
    except ValueError:
        raise ValueError(f"{answer.url} did not answer with JSON") from None


def comment(output: str) -> str:
    """The text of the comment: a line for each cluster, and the output as text, whatever it contains."""
    text = COLOR.sub("", output)
    _before, *recaps = HEAD.split(text)
    found = RECAP.findall(recaps[-1]) if recaps else []
    lines = [f"* `{plain(host)}`: {verdict(int(changed), int(unreachable) + int(failed))}" for host, changed, unreachable, failed in found]
    if len(text) > MOST:
        text = f"{text[: MOST // 2]}\n[...] The job has the complete output.\n{text[-MOST // 2 :]}"
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 3)
    summary = lines or ["The check did not run to its end."]
    return "\n".join([MARK, "### BIG-IP: check", *summary, "", "<details><summary>Output</summary>", "", f"{fence}diff", text.strip("\n"), fence, "</details>"])


def plain(host: str) -> str:
    """The name of a host, without markup."""
    return re.sub(r"[^\w.-]", "?", host)


def verdict(changed: int, failed: int) -> str:
    if failed:
        return "**failed**"
    return "would change" if changed else "no change"


def main(words: list[str], environ: dict[str, str]) -> str | int:
    """The exit status, or the reason for a failure."""
    if len(words) != 1:
        return str(__doc__)
    try:
        place = GitLab(environ) if environ.get("GITLAB_CI") else GitHub(environ)
    except KeyError as error:
        return f"{error.args[0]} is not set: the comment was not written. README.md describes the variables."
    try:
        body = comment(Path(words[0]).read_text(errors="replace"))
        print(f"The comment was {place.write(body)}.")
    except OSError as error:  # HTTPError is one
        return f"The comment was not written: {getattr(error, 'url', '')} {error}. Check the rights of COMMENT_TOKEN."
    except (LookupError, TypeError, ValueError) as error:
        return f"The comment was not written: the answer is not from {type(place).__name__}, maybe from a proxy. {type(error).__name__}: {error}"
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], {name: value for name, value in os.environ.items() if value}))
