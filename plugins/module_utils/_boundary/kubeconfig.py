# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""A kubeconfig as a path, a mapping or a text, and the secrets in it."""

from __future__ import annotations

import re
from typing import Any, Callable, Iterator

try:
    import yaml
except ImportError:  # comes with the kubernetes package, whose absence _kube.client reports
    pass

MASK = "********"
# In characters. A token or a kubeconfig in base64 is longer, and otherwise looks like a path.
LONGEST_PATH, LONGEST_NAME = 1024, 255
_NO_PATH = re.compile(r"[\n\r\0{}\[\]\"'<>|]|:\s")
_SECRET_NAME = re.compile(r"(?i)pass|secret|token|key|credential|pwd|auth")
_WORD = re.compile(r"[a-z]{1,12}(-[a-z]{1,12}){0,3}")
# An argument or variable with at least so many characters counts as a secret, whatever its name is.
_LONGER = 8
_SHORTEST = 4
_LISTS = ("clusters", "contexts", "users")
_HARMLESS = frozenset(
    (
        "idp-issuer-url",
        "idp-certificate-authority",
        "client-id",
        "apiserver-id",
        "tenant-id",
        "environment",
        "scopes",
        "cmd-path",
    )
    + ("config-mode", "expiry", "expires-in", "expires-on", "expiry-key", "token-key")
)
"""Names in the config of an auth-provider that are not secret."""

Secret = tuple[str, int]
"""A secret, and from how many characters on it is hidden."""


def inline(kubeconfig: Any) -> dict[str, Any] | None:
    """The content of a kubeconfig that is not a path: a mapping, or YAML or JSON text. None for a path."""
    if isinstance(kubeconfig, dict):
        return kubeconfig
    if not isinstance(kubeconfig, str) or is_path(kubeconfig):
        return None
    try:
        content = yaml.safe_load(kubeconfig)
    except (
        NameError,
        ValueError,
        RecursionError,
    ):  # NameError comes first: without yaml, it has no YAMLError
        return None
    except yaml.YAMLError:
        return None
    return content if isinstance(content, dict) else None


def is_path(text: str) -> bool:
    """True if a text can be the path of a kubeconfig, or several of them.

    Any other text is meant as its content.
    """
    short = len(text) <= LONGEST_PATH and all(len(name) <= LONGEST_NAME for name in re.split("[/:]", text))
    return short and not _NO_PATH.search(text.strip())


def fault(kubeconfig: Any) -> str | None:
    """Why this is neither a path nor the content of a kubeconfig; None if it is one of them.

    It quotes nothing of the text, which may be secret.
    """
    if isinstance(kubeconfig, str) and is_path(kubeconfig):
        return None
    content = kubeconfig
    if isinstance(kubeconfig, str):
        try:
            content = yaml.safe_load(kubeconfig)
        except (NameError, ValueError, RecursionError):
            return "it cannot be read as YAML"
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            return "it is not YAML" + (
                f" (line {mark.line + 1}, column {mark.column + 1})" if mark is not None else ""
            )
    if not isinstance(content, dict):
        return f"it is neither a path nor the content of a kubeconfig, but a {type(content).__name__}"
    broken = [name for name in _LISTS if not _is_list_of_names(content.get(name))]
    return f"{broken[0]} is not a list of dictionaries with names" if broken else None


def _is_list_of_names(value: Any) -> bool:
    return value is None or (
        isinstance(value, list) and all(isinstance(item, dict) and item.get("name") for item in value)
    )


def is_encrypted(server: str) -> bool:
    """True if a request to this URL is encrypted: without a scheme, it would use http."""
    return server.strip().lower().startswith("https://")


def server(content: dict[str, Any], context: str | None) -> str:
    """The URL of the API server of the context."""
    chosen = _named(content.get("contexts"), context or content.get("current-context"), "context")
    return str(_named(content.get("clusters"), chosen.get("cluster"), "cluster").get("server") or "")


def program(content: dict[str, Any], context: str | None) -> str | None:
    """How the user of the context gets credentials, if that starts a program; None if it does not."""
    chosen = _named(content.get("contexts"), context or content.get("current-context"), "context")
    user = _named(content.get("users"), chosen.get("user"), "user")
    kinds = [kind for kind in ("exec", "auth-provider") if user.get(kind)]
    return f"its user {str(chosen.get('user'))!r} has {' and '.join(kinds)}" if kinds else None


def _named(items: Any, name: Any, part: str) -> dict[str, Any]:
    matches = [item.get(part) for item in items or () if item.get("name") == name]
    return matches[0] if matches and isinstance(matches[0], dict) else {}


def secrets(content: Any) -> Iterator[Secret]:
    """The secrets of a kubeconfig, those that are handed to a program too."""
    collected: list[Secret] = []

    def take(value: Any, shortest: int) -> None:
        collected.append((str(value), shortest))

    _changed(content, take)
    yield from collected


def urls(content: Any) -> Iterator[str]:
    """The URLs of servers and proxies, which may hold a password with any character."""
    clusters = content.get("clusters") if isinstance(content, dict) else None
    for item in clusters if isinstance(clusters, list) else ():
        cluster = item.get("cluster") if isinstance(item, dict) else None
        if isinstance(cluster, dict):
            yield from (str(cluster.get(name) or "") for name in ("server", "proxy-url"))


def masked(content: Any) -> Any:
    """A kubeconfig without secrets, which all users may see."""
    return _changed(content, lambda value, shortest: MASK)


Change = Callable[[Any, int], Any]


def _changed(value: Any, change: Change) -> Any:
    if isinstance(value, dict):
        return {name: _part(str(name), part, change) for name, part in value.items()}
    return [_changed(part, change) for part in value] if isinstance(value, list) else value


def _part(name: str, value: Any, change: Change) -> Any:
    if name == "exec" and isinstance(value, dict):
        return {key: _executed(str(key), part, change) for key, part in value.items()}
    if name == "auth-provider" and isinstance(value, dict):
        return {key: _provided(part, change) if key == "config" else part for key, part in value.items()}
    if isinstance(value, (dict, list)) or value in (None, ""):
        return _changed(value, change)
    return change(value, _SHORTEST) if _is_secret(name) else value


def _executed(name: str, value: Any, change: Change) -> Any:
    """The arguments and the environment of the program that makes credentials."""
    if name == "args" and isinstance(value, list):
        return [_argument(before, argument, change) for before, argument in zip(["", *value], value)]
    if name == "env" and isinstance(value, list):
        return [_variable(item, change) if isinstance(item, dict) else item for item in value]
    return value


def _argument(before: Any, argument: Any, change: Change) -> Any:
    """One argument: the one after a name such as --password is secret.

    A text of unknown meaning may be secret too.
    """
    text = str(argument)
    option, equals, value = text.partition("=")
    if text.startswith("-") and equals:
        return f"{option}={change(value, _SHORTEST if _SECRET_NAME.search(option) else _LONGER)}"
    if text.startswith("-") and not re.search(r"\s|[^\w-]", text):
        return argument
    if str(before).startswith("-") and _SECRET_NAME.search(str(before)):
        return change(text, _SHORTEST)
    return argument if _WORD.fullmatch(text) else change(text, _LONGER)


def _variable(item: dict[str, Any], change: Change) -> dict[str, Any]:
    shortest = _SHORTEST if _SECRET_NAME.search(str(item.get("name"))) else _LONGER
    return {
        key: change(value, shortest) if key == "value" and value not in (None, "") else value
        for key, value in item.items()
    }


def _provided(config: Any, change: Change) -> Any:
    if not isinstance(config, dict):
        return config
    return {
        name: value if name in _HARMLESS or value in (None, "") else change(value, _SHORTEST)
        for name, value in config.items()
    }


def _is_secret(name: str) -> bool:
    return name in ("token", "password", "client-secret") or name.endswith(("-data", "-token"))
