# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP to the units of a BIG-IP: TLS, proxy, one kept-alive connection. It neither signs in nor repeats.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Iterator, Mapping
from urllib.parse import quote, urlencode, urlsplit

from .. import _exchange
from .._boundary import notices
from .._boundary.unset import is_empty_file
from .._errors import Failure
from .response import Response

# pylint: disable=used-before-assignment
# _load_libraries() has made them global by the time that anything here runs.
if TYPE_CHECKING:
    import requests
    import requests.adapters
    import requests.cookies
    import requests.utils
    import urllib3

_CONNECT_SECONDS = 10.0
_PEM = "-----BEGIN "
_NO_PROXY = "none"
DEFAULT_MB = 64  # BIG-IP's own REST services hold far less

# The unit tests' servers speak plain HTTP; users cannot choose it, since every request carries a credential.
_SCHEME = "https"

UNVERIFIED = (
    "The certificate of BIG-IP is not verified (provider.validate_certs: false): any machine on the way to it can read and change everything. "
    "Set provider.ca_cert instead."
)


@dataclass(frozen=True)
class Unit:
    """One BIG-IP: the name the user gave it, and its URL."""

    name: str
    url: str


def unit_of(server: str, port: int) -> Unit:
    """A unit from `server` (a name, an address, host:port, or a pasted https URL)."""
    text = server.strip()
    if "://" in text:
        scheme, text = text.split("://", 1)
        if scheme != "https":
            raise Failure("bigip_options", f"provider.server is {server!r}", remedy="iControl REST is reached by https: give only the name or address.")
        text = text.rstrip("/")
    try:
        host = f"[{ipaddress.IPv6Address(text)}]"
    except ValueError:
        host = text
    try:
        parts = urlsplit(f"//{host}")
        if not parts.hostname or parts.path or parts.query or "@" in host or any(char.isspace() for char in host):
            raise ValueError(host)
        found = parts.port
    except ValueError:
        raise Failure(
            "bigip_options", f"provider.server holds {server!r}", remedy="Give a host name or an IP address, if need be with :port behind it."
        ) from None
    name = parts.hostname if ":" not in parts.hostname else f"[{parts.hostname}]"
    return Unit(text, f"{_SCHEME}://{name}:{found or port}")


class NotSent(Exception):
    """The request certainly did not reach BIG-IP. hopeless: no repetition helps (the name is unknown)."""

    def __init__(self, said: str, hopeless: bool = False) -> None:
        super().__init__(said)
        self.said = said
        self.hopeless = hopeless


class Lost(Exception):
    """The request was sent, or part of it, and no whole answer came: BIG-IP may have done it."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class Transport:
    """Sends one request. verify goes with each of them, so that REQUESTS_CA_BUNDLE and a .netrc file have no say."""

    def __init__(self, provider: Mapping[str, Any]) -> None:
        _load_libraries()
        self._ca_file, self._ca_cert = _certificates(provider.get("ca_cert"))
        self._validate: bool = provider.get("validate_certs", True) is not False
        self._proxy: str | None = provider.get("proxy")
        self._timeout = float(provider.get("timeout") or 60)
        self._limit = int(provider.get("max_response_mb") or DEFAULT_MB) * _exchange.MEGABYTE
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
        for scheme in ("https://", "http://"):
            self._http.mount(scheme, self._adapter)

    def close(self) -> None:
        self._http.close()
        if self._ca_file is not None:
            self._ca_file.close()

    def send(
        self, unit: Unit, method: str, path: str, *, headers: Mapping[str, str], params: Mapping[str, str] | None, body: bytes | None, seconds: float
    ) -> Response:
        """One exchange within `seconds`. Raises NotSent, Lost, or Failure when no repetition can help."""
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
                # By the adapter: a session would read the page of a redirect whole. It is another product's login page, which is not followed.
                answer = self._adapter.send(
                    request, stream=True, timeout=(min(_CONNECT_SECONDS, seconds), seconds), verify=self._verify(), proxies=proxies
                )
                requests.cookies.extract_cookies_to_jar(self._http.cookies, request, answer.raw)  # type: ignore[no-untyped-call]
                content = _exchange.body_of(answer.raw, self._limit)
            return Response.of(answer.status_code, content, answer.headers)
        except _exchange.TooLarge as error:
            raise self._too_large(error, unit, method, path) from None
        except (_exchange.Undecodable, _exchange.Ended, OSError, ValueError, urllib3.exceptions.HTTPError) as error:
            explained = self._explained(error, unit, proxies.get(_SCHEME))
            if self._watch.over and not isinstance(explained, NotSent):
                raise Lost(f"no whole answer within {seconds:g} s") from None
            raise explained from None

    def _too_large(self, error: Exception, unit: Unit, method: str, path: str) -> Exception:
        if method != "GET":
            return Lost(f"{error} (provider.max_response_mb)")
        return Failure(
            "bigip_answer",
            f"Reading {path} of BIG-IP {unit.name}",
            said=str(error),
            remedy="If BIG-IP holds that much, raise provider.max_response_mb. Otherwise look for something between here and BIG-IP that changes answers.",
        )

    def _verify(self) -> bool | str:
        return (self._ca_cert or True) if self._validate else False

    def _context(self) -> ssl.SSLContext:
        """Without ca_cert the authorities of the system count, not only those of certifi, as everywhere in Ansible."""
        if not self._validate:
            # The user said so; a warning for each request would land in the module's output.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            return context
        try:
            return ssl.create_default_context(cafile=self._ca_cert)
        except (OSError, ssl.SSLError) as error:
            raise Failure(
                "bigip_options", f"Reading the certificates of provider.ca_cert ({self._ca_cert})", said=str(error), remedy="It must be a PEM file."
            ) from None

    def _proxies(self, url: str) -> dict[str, str]:
        """proxy if given; else the environment's, but a loopback address needs none."""
        if self._proxy and self._proxy != _NO_PROXY:
            return {"http": self._proxy, "https": self._proxy}
        if self._proxy == _NO_PROXY or _is_loopback(urlsplit(url).hostname or ""):
            return {}
        return dict(requests.utils.get_environ_proxies(url))

    def _explained(self, error: Exception, unit: Unit, proxy: str | None) -> Exception:
        causes = list(_causes(error))
        said = _words(causes)
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return Failure(
                    "bigip_tls",
                    f"The certificate of BIG-IP {unit.name} is not trusted",
                    said=cause.verify_message or str(cause),
                    remedy="Give the authority that signed it as provider.ca_cert, and reach BIG-IP by a name that stands in its certificate.",
                )
        kinds = requests.exceptions
        if isinstance(error, kinds.ProxyError):
            return NotSent(f"through the proxy {_without_password(proxy or '')}: {said}")
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            return NotSent(said, hopeless=True)
        if any(isinstance(cause, ssl.SSLError) and "WRONG_VERSION_NUMBER" in str(cause) for cause in causes):
            return Failure(
                "bigip_tls", f"BIG-IP {unit.name} does not speak TLS at {unit.url}", said=said, remedy="Check provider.server and provider.server_port."
            )
        if isinstance(error, kinds.ConnectTimeout):
            return NotSent("no answer to the attempt to connect")
        if isinstance(error, (kinds.ReadTimeout, urllib3.exceptions.ReadTimeoutError)):
            return Lost("no answer in time")
        if isinstance(error, kinds.ConnectionError) and any(type(cause).__name__ == "NewConnectionError" for cause in causes):
            return NotSent(said)
        if isinstance(error, (kinds.ConnectionError, urllib3.exceptions.HTTPError, _exchange.Undecodable)):
            return Lost(said)
        return Failure("bigip_options", f"The connection to BIG-IP {unit.name} cannot be made", said=said, remedy="Check provider.server and provider.proxy.")


def _load_libraries() -> None:
    """Import the packages when a BIG-IP is met, not when a module starts: they take as long as all the rest of its start."""
    global requests, urllib3
    try:
        import requests
        import requests.adapters
        import requests.cookies
        import requests.utils
        import urllib3
    except ImportError:
        raise Failure(
            "library_missing",
            "This module needs the Python library requests, and this Python does not have it",
            remedy="Install it into the Python that runs the module (pip install requests).",
        ) from None


def _certificates(given: str | None) -> tuple[IO[str] | None, str | None]:
    """The path of the certificates. A text of certificates goes into a file first, which exists until it is closed: requests takes only a path."""
    if not given or _PEM not in given:
        return None, None if is_empty_file(given) else given
    file = tempfile.NamedTemporaryFile("w", suffix=".pem")  # pylint: disable=consider-using-with
    file.write(given)
    file.flush()
    return file, file.name


def _adapter(context: ssl.SSLContext, watch: _exchange.Watch) -> requests.adapters.HTTPAdapter:
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

    return Adapter(pool_connections=4, pool_maxsize=1, max_retries=0)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return url if "@" not in parts.netloc else url.replace(parts.netloc, parts.netloc.rsplit("@", 1)[1])


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all it was made of, outermost first; the libraries hide causes in arguments and in `reason`."""
    seen: set[int] = set()
    todo: list[BaseException] = [error]
    while todo:
        current = todo.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        parts = [*current.args, getattr(current, "reason", None), current.__cause__, current.__context__]
        todo += [part for part in parts if isinstance(part, BaseException)]


def _words(causes: list[BaseException]) -> str:
    """The system's own words: outer layers repeat the URL, in which a token may stand."""
    for cause in reversed(causes):
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    for cause in reversed(causes):
        if len(cause.args) == 1 and isinstance(cause.args[0], str) and "url:" not in cause.args[0]:
            return cause.args[0]
    return type(causes[0]).__name__
