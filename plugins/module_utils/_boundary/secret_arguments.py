# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Which parts of a module's arguments are secret, before Ansible checks them.

Arguments may be wrong in any way here: a text in place of a dictionary, a misspelt name. An argument that
cannot be read may hold anything, so it is hidden as a whole. Ansible masks the secrets of its own options
only after it has checked all arguments.
"""

from __future__ import annotations

import base64
import itertools
import os
import re
from typing import Any, Iterable, Iterator, Mapping
from urllib.parse import unquote

from ansible.module_utils.common.validation import check_type_dict

from .._as3 import forms, given, secrets
from .._as3.forms import SHORTEST
from .._foreign import is_deep
from . import kubeconfig, unset
from .mask import HIDDEN
from .unset import Options, option_of

SHORTEST_UNKNOWN = 8  # of a text that is hidden only because its meaning is unknown
LONGEST_URL = 2048  # characters
NOT_SHOWN = "VALUE_NOT_SHOWN"
_NAME = re.compile(r"\w{1,40}")  # Ansible takes any text with a = for a name and a value
_INTERNAL = "_ansible_"
_CONTENT = ("content", "declaration")
"""Options of any type whose text has to describe a structure."""
_URLS = ("host", "proxy", "server")
_PAIRS = (("username", "password"), ("user", "password"))
_USERINFO = re.compile(r"(?<=://)[^\s/\"']+@")
"""That of a URL somewhere in a text. No match contains another `://`, so the search is linear."""

# A secret, and from how many characters on it is hidden.
Secret = tuple[str, int]


def texts(arguments: Mapping[str, Any], options: Options) -> Iterator[str]:
    """Each text to hide: the secrets in arguments, and in the environment variables of options."""
    return _forms_of(_secrets(arguments, options))


def everything(value: Any) -> Iterator[str]:
    """Each text of a value whose meaning is unknown, except short ones."""
    return _forms_of(_all(value, SHORTEST_UNKNOWN))


def _forms_of(secrets_found: Iterable[Secret]) -> Iterator[str]:
    """The forms of each secret, once, however often it occurs."""
    least: dict[str, int] = {}
    for secret, shortest in secrets_found:
        least[secret] = min(shortest, least.get(secret, shortest))
    return (form for secret, shortest in least.items() for form in forms.of_text(secret, shortest))


def shown(arguments: Mapping[str, Any], options: Options) -> dict[str, Any]:
    """The arguments that all users may see: with a mask where a secret may be, however short it is."""
    known = {name: option_of(name, options) for name in arguments}
    names = {name: name if _NAME.fullmatch(str(name)) else NOT_SHOWN for name in arguments}
    return {names[name]: _shown(str(name), value, known[name]) for name, value in arguments.items()}


def without_userinfo(url: str) -> str:
    """A URL, which may be malformed, without the user and the password in it."""
    scheme, separator, location = url.rpartition("://")
    return f"{scheme}{separator}{location.rpartition('@')[2]}"


def _secrets(arguments: Mapping[str, Any], options: Options) -> Iterator[Secret]:
    for name, value in arguments.items():
        if not str(name).startswith(_INTERNAL):
            yield from _of_option(str(name), value, option_of(name, options))
    for name, option in options.items():
        for variable in _variables(option):
            yield from _of_option(name, os.environ.get(variable), option)
        if option.get("options"):
            yield from _secrets({}, option["options"])
    for variable in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):  # the libraries read these
        for spelling in (variable, variable.lower()):
            yield from _of_url(os.environ.get(spelling, ""))
    for user, password in _PAIRS:
        if user in options and password in options:
            for pair in itertools.product(
                _each(user, arguments, options), _each(password, arguments, options)
            ):
                yield _encoded(":".join(pair)), SHORTEST


def _of_option(name: str, value: Any, option: Mapping[str, Any]) -> Iterator[Secret]:
    if not option:
        yield from _all(value, SHORTEST_UNKNOWN)
    elif option.get("no_log"):
        yield from _all(value, SHORTEST)
        if name.endswith("basic_auth"):
            yield from ((_encoded(text), SHORTEST) for text in _leaves(value))
    elif name.endswith("kubeconfig"):
        yield from _of_kubeconfig(value)
    elif option.get("options"):
        yield from _of_suboptions(value, option)
    elif option.get("type") in ("dict", "raw"):
        yield from _of_structure(name, value, option)
    for text in _leaves(value):
        whole = name in _URLS or (len(text) <= LONGEST_URL and "://" in text and not re.search(r"\s", text))
        yield from (
            _of_url(text)
            if whole
            else itertools.chain.from_iterable(
                _of_url(f"://{match.group()}") for match in _USERINFO.finditer(text)
            )
        )


def _of_suboptions(value: Any, option: Mapping[str, Any]) -> Iterator[Secret]:
    described = _dictionaries(value, option["options"])
    if described is None:
        yield from _all(value, SHORTEST)
    for item in described or ():
        yield from _secrets(item, option["options"])


def _of_structure(name: str, value: Any, option: Mapping[str, Any]) -> Iterator[Secret]:
    """The secrets in properties of AS3."""
    structure = _structure(value)
    if not isinstance(structure, str):
        yield from ((text, SHORTEST) for text in secrets.all_texts(structure))
    elif name in _CONTENT or option.get("type") == "dict":
        yield from _all(value, SHORTEST)


def _of_kubeconfig(value: Any) -> Iterator[Secret]:
    if kubeconfig.fault(value):
        yield from _all(value, SHORTEST)
    content = kubeconfig.inline(value)
    yield from kubeconfig.secrets(content)
    for url in kubeconfig.urls(content):
        yield from _of_url(url)


def _of_url(text: str) -> Iterator[Secret]:
    """The secrets in a URL, which may be malformed: all between the scheme and the last @."""
    location = text.rpartition("://")[2] if "@" not in text.partition("://")[0] else text
    for userinfo in dict.fromkeys((location.rpartition("@")[0], text.partition("://")[2].rpartition("@")[0])):
        user, colon, password = userinfo.partition(":")
        for secret in (password,) if colon else (user,):
            yield from ((form, SHORTEST if colon else SHORTEST_UNKNOWN) for form in (secret, unquote(secret)))
            # A password with @ or / in clear divides the URL, so messages hold only a part of it.
            yield from ((part, SHORTEST_UNKNOWN) for part in re.split("[@/?#]", secret))
        if userinfo:
            yield from ((_encoded(form), SHORTEST) for form in (userinfo, unquote(userinfo)))


def _dictionaries(value: Any, options: Options) -> list[Mapping[str, Any]] | None:
    """The dictionaries in the argument of an option with suboptions; None if something else is in it."""
    value = _structure(value)
    items = value if isinstance(value, list) else [value]
    items = [_pairs(item, options) for item in items]
    return items if all(isinstance(item, Mapping) for item in items) else None


def _pairs(item: Any, options: Options) -> Any:
    """The dictionary of `key=value`, if a key is an option: else a text in base64 would be one."""
    try:
        pairs = check_type_dict(item)
    except (TypeError, ValueError, SyntaxError):
        return item
    return pairs if any(option_of(name, options) for name in pairs) else item


def _structure(value: Any) -> Any:
    """The dictionary or list that a text describes, or the value as it is."""
    if not isinstance(value, str):
        return value
    for parsed in (given.structure(value), unset.loaded(value)):
        if isinstance(parsed, (dict, list)):
            return value if is_deep(parsed) else parsed
    return value


def _each(name: str, arguments: Mapping[str, Any], options: Options) -> list[str]:
    """The possible values of an option: each of its arguments, under an alias too, or the environment."""
    option = options[name]
    values = [arguments.get(alias) for alias in (name, *option.get("aliases", ()))] + [
        os.environ.get(variable) for variable in _variables(option)
    ]
    return [str(value) for value in values if isinstance(value, (str, int)) and value != ""]


def _variables(option: Mapping[str, Any]) -> Iterable[str]:
    return next((names for names in option.get("fallback", ())[1:]), ())


def _all(value: Any, shortest: int) -> Iterator[Secret]:
    """All texts of a value, which may all be secret."""
    yield from ((text, shortest) for text in _leaves(value))
    if isinstance(value, str):
        structure = _structure(value)
        if structure is not value:
            yield from _all(structure, shortest)
        else:  # Ansible takes base64 for a name and a value, divided by the = at its end
            yield from (
                (line.strip().rstrip("="), max(shortest, SHORTEST_UNKNOWN)) for line in value.splitlines()
            )


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _leaves(part)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _encoded(text: str) -> str:
    """The form in a Basic authentication header, without the padding at its end."""
    return base64.b64encode(text.encode(errors="replace")).decode().rstrip("=")


def _shown(name: str, value: Any, option: Mapping[str, Any]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if not option:
        return NOT_SHOWN
    if option.get("no_log"):
        return HIDDEN
    if name.endswith("kubeconfig"):
        if kubeconfig.fault(value):
            return NOT_SHOWN
        return _clean(kubeconfig.masked(value if (content := kubeconfig.inline(value)) is None else content))
    if option.get("options"):
        items = _dictionaries(value, option["options"])
        if items is None:
            return NOT_SHOWN
        known = [shown(item, option["options"]) for item in items]
        return known if option.get("type") == "list" else known[0] if len(known) == 1 else known
    if option.get("type") in ("dict", "raw"):
        structure = _structure(value)
        if isinstance(structure, str):
            return NOT_SHOWN if name in _CONTENT or option.get("type") == "dict" else value
        return _clean(secrets.mask(structure))
    return _clean(value, name in _URLS)


def _clean(value: Any, is_url: bool = False) -> Any:
    """A value without the users and passwords of its URLs."""
    if isinstance(value, dict):
        return {key: _clean(part, is_url) for key, part in value.items()}
    if isinstance(value, list):
        return [_clean(part, is_url) for part in value]
    if not isinstance(value, str):
        return value
    return without_userinfo(value) if is_url else _USERINFO.sub(f"{secrets.MASK}@", value)
