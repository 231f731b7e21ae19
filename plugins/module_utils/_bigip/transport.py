# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""HTTP to the units of a BIG-IP: TLS, proxy, one kept-alive connection. It neither signs in nor repeats."""

from __future__ import annotations

import ipaddress
import os
import ssl
import tempfile
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, Mapping
from urllib.parse import quote, urlencode, urlsplit

from .. import _exchange
from .._boundary import notices
from .._boundary.unset import is_empty_file
from .._errors import Failure
from . import unit as units
from .broken import Lost, NotSent, explained
from .options import default
from .response import Response
from .unit import Unit

if TYPE_CHECKING:
    import requests.adapters

_CONNECT_SECONDS = 10.0
_PEM = "-----BEGIN "
_NO_PROXY = "none"

# The unit tests' servers speak plain HTTP; users cannot choose it, since every request carries a credential.
_SCHEME = "https"

UNVERIFIED = (
    "The certificate of BIG-IP is not verified (provider.validate_certs or F5_VALIDATE_CERTS is false): "
    "any machine on the way to it can read and change everything. Set provider.ca_cert instead."
)


def preload() -> None:
    """Import the package that each connection needs. Raises ImportError."""
    import requests.adapters  # noqa: F401


def unit_of(server: str, port: int) -> Unit:
    """The unit that an element of provider.server names (see unit.parse)."""
    return units.parse(server, port, _SCHEME)


class Transport:
    """Sends one request.

    verify is set for each of them, so REQUESTS_CA_BUNDLE and a .netrc file have no effect.

    provider: the option of that name (options.PROVIDER). Raises Failure if it cannot be used.
    """

    def __init__(self, provider: Mapping[str, Any]) -> None:
        _load_libraries()
        import requests

        self._ca_file, self._ca_cert = _certificates(provider.get("ca_cert"))
        self._validate: bool = provider.get("validate_certs") is not False
        self._proxy: str | None = provider.get("proxy")
        self._timeout = float(provider.get("timeout") or default("timeout"))
        self._limit = int(provider.get("max_response_mb") or default("max_response_mb")) * _exchange.MEGABYTE
        if self._validate and self._ca_cert and not os.access(self._ca_cert, os.R_OK):
            raise Failure(
                "bigip_options",
                f"provider.ca_cert names {self._ca_cert}, which cannot be read",
                remedy="Give the path of a file of PEM certificates, or their text.",
            )
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers["Accept-Encoding"] = "gzip"  # of which no piece grows beyond the limit
        self._watch = _exchange.Watch()
        self._adapter = _adapter(self._context(), self._watch)

    def close(self) -> None:
        self._adapter.close()
        if self._ca_file is not None:
            self._ca_file.close()

    def send(
        self,
        unit: Unit,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None,
        body: bytes | None,
        seconds: float,
    ) -> Response:
        """One exchange within `seconds`. Raises NotSent, Lost, or Failure when no repetition can help."""
        import requests
        import requests.cookies
        import urllib3

        proxies = self._proxies(unit.url)
        seconds = min(self._timeout, seconds)
        if not self._validate and _SCHEME == "https":
            notices.warnings.add(UNVERIFIED)
        try:
            request = self._http.prepare_request(
                requests.Request(
                    method,
                    unit.url + path,
                    headers=dict(headers),
                    # As F5's own documents and AS3 write it: $filter=partition%20eq%20Common
                    params=urlencode(params, quote_via=quote, safe="$,/") if params else None,
                    data=body,
                )
            )
            with self._watch.within(seconds):
                # By the adapter: a session would read the page of a redirect whole.
                # It is another product's login page, which is not followed.
                answer = self._adapter.send(
                    request,
                    stream=True,
                    timeout=(min(_CONNECT_SECONDS, seconds), seconds),
                    verify=self._verify(),
                    proxies=proxies,
                )
                keep = requests.cookies.extract_cookies_to_jar
                keep(self._http.cookies, request, answer.raw)  # type: ignore[no-untyped-call]
                content = _exchange.body_of(answer.raw, self._limit)
            return Response.of(answer.status_code, content, answer.headers)
        except _exchange.TooLarge as error:
            raise _too_large(error, unit, method, path) from None
        except (
            _exchange.Undecodable,
            _exchange.Ended,
            OSError,
            ValueError,
            urllib3.exceptions.HTTPError,
        ) as error:
            meaning = explained(error, unit, requests.utils.select_proxy(unit.url, proxies))
            if self._watch.over and not isinstance(meaning, NotSent):
                raise Lost(f"no whole answer within {seconds:g} s") from None
            raise meaning from None

    def _verify(self) -> bool | str:
        return (self._ca_cert or True) if self._validate else False

    def _context(self) -> ssl.SSLContext:
        """The TLS settings. Without ca_cert the authorities of the system count, as everywhere in Ansible."""
        if not self._validate:
            import urllib3

            # The user chose this; a warning for each request would be in the module's output.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            return context
        try:
            return ssl.create_default_context(cafile=self._ca_cert)
        except (OSError, ssl.SSLError) as error:
            doing = f"Reading the certificates of provider.ca_cert ({self._ca_cert})"
            raise Failure("bigip_options", doing, said=str(error), remedy="It must be a PEM file.") from None

    def _proxies(self, url: str) -> dict[str, str]:
        """The proxies by scheme: the option's, else the environment's.

        A loopback address needs none.
        """
        import requests.utils

        if self._proxy and self._proxy != _NO_PROXY:
            return {_SCHEME: self._proxy}
        if self._proxy == _NO_PROXY or _is_loopback(str(urlsplit(url).hostname)):
            return {}
        return dict(requests.utils.get_environ_proxies(url))


def _load_libraries() -> None:
    """Import the packages, which takes as long as the rest of a module's start.

    So it is done when a BIG-IP is met, not before.

    Raises Failure if one is missing. Functions that need them import them again, which costs nothing then.
    """
    try:
        import_module("requests")
    except ImportError:
        raise Failure(
            "library_missing",
            "This module needs the Python library requests, and this Python does not have it",
            remedy="Install it into the Python that runs the module (pip install requests).",
        ) from None


def _too_large(error: Exception, unit: Unit, method: str, path: str) -> Exception:
    if method != "GET":
        return Lost(f"{error} (provider.max_response_mb)")
    return Failure(
        "bigip_answer",
        f"Reading {path} of BIG-IP {unit.name}",
        said=str(error),
        remedy=(
            "If BIG-IP holds that much, raise provider.max_response_mb. "
            "Otherwise look for something between here and BIG-IP that changes answers."
        ),
    )


def _certificates(ca_cert: str | None) -> tuple[IO[str] | None, str | None]:
    """The file of the certificates and its path, as requests takes only a path.

    A text of certificates is written into a temporary file, which exists until it is closed.
    """
    if not ca_cert or _PEM not in ca_cert:
        return None, None if is_empty_file(ca_cert) else ca_cert
    file = tempfile.NamedTemporaryFile("w")  # pylint: disable=consider-using-with
    file.write(ca_cert)
    file.flush()
    return file, file.name


def _adapter(context: ssl.SSLContext, watch: _exchange.Watch) -> requests.adapters.HTTPAdapter:
    import requests.adapters

    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs, ssl_context=context)
            watch.attach(self.poolmanager)

        def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
            known = proxy in self.proxy_manager
            manager = super().proxy_manager_for(proxy, **kwargs, ssl_context=context)
            if not known:
                watch.attach(manager)
            return manager

    return Adapter()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
