# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CIS's side of the talk with BIG-IP: sign-in, AS3's version, posts. Texts are those of CIS's log."""

from __future__ import annotations

import asyncio
import json
import ssl
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import aiohttp

from .program import Json

TIMEOUT = 180.0


class Unreachable(Exception):
    """No answer. The text is the message of Go's HTTP client."""


@dataclass
class Answer:
    status: int
    text: str

    @property
    def body(self) -> Json:
        try:
            found = json.loads(self.text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class BigIp:
    def __init__(self, url: str, username: str, password: str, *, insecure: bool, certificates: str) -> None:
        self.url = url.rstrip("/") if "://" in url else f"https://{url.rstrip('/')}"
        self._username, self._password = username, password
        context = ssl.create_default_context()
        # Go looks at names and signatures, not at every rule for extensions.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if certificates:
            context.load_verify_locations(cadata=certificates)
        if insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        # A connection for each request: a certificate that changes is seen.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=context, force_close=True),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT),
            headers={"User-Agent": "CIS"},
        )
        self._token = ""

    async def close(self) -> None:
        await self._session.close()

    async def sign_in(self) -> Answer:
        body = {"username": self._username, "password": self._password, "loginProviderName": "tmos"}
        answer = await self._request("POST", "/mgmt/shared/authn/login", body, {})
        self._token = (answer.body.get("token") or {}).get("token", "") if answer.status == 200 else ""
        return answer

    async def info(self) -> Answer:
        return await self._request("GET", "/mgmt/shared/appsvcs/info")

    async def partition(self, name: str) -> Answer:
        return await self._request("GET", f"/mgmt/tm/auth/partition/{name}")

    async def put_route(self, partition: str, name: str, gateway: str, network: str) -> Answer:
        """Create a route, or change the existing one."""
        body = {"gw": gateway, "network": network}
        answer = await self._request(
            "POST", "/mgmt/tm/net/route", {"name": name, "partition": partition, **body}
        )
        if answer.status == 409:
            answer = await self._request("PATCH", f"/mgmt/tm/net/route/~{partition}~{name}", body)
        return answer

    async def remove_route(self, partition: str, name: str) -> Answer:
        return await self._request("DELETE", f"/mgmt/tm/net/route/~{partition}~{name}")

    async def declare(self, declaration: Json) -> Answer:
        return await self._request("POST", "/mgmt/shared/appsvcs/declare/", declaration)

    async def task(self, name: str) -> Answer:
        return await self._request("GET", f"/mgmt/shared/appsvcs/task/{name}")

    async def _request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        sent = {"X-F5-Auth-Token": self._token} if headers is None and self._token else headers or {}
        url = self.url + path
        try:
            async with self._session.request(
                method, url, json=body, headers=sent, allow_redirects=False
            ) as answer:
                return Answer(answer.status, await answer.text(errors="replace"))
        except aiohttp.ClientConnectorCertificateError as error:
            raise Unreachable(f'{method.capitalize()} "{url}": {_x509(error.certificate_error)}') from None
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(
                f'{method.capitalize()} "{url}": dial tcp {error.host}:{error.port}: connect: '
                f"{_plain(error.os_error)}"
            ) from None
        except asyncio.TimeoutError:
            raise Unreachable(
                f'{method.capitalize()} "{url}": context deadline exceeded (Client.Timeout exceeded '
                "while awaiting headers)"
            ) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Unreachable(f'{method.capitalize()} "{url}": {error or "EOF"}') from None


def _plain(error: OSError) -> str:
    return (
        "connection refused"
        if isinstance(error, ConnectionRefusedError)
        else (error.strerror or str(error)).lower()
    )


def _x509(error: Exception) -> str:
    text = getattr(error, "verify_message", "") or str(error)
    if "expired" in text:
        now = datetime.now(timezone.utc)
        return (
            "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: "
            f"current time {now:%Y-%m-%dT%H:%M:%SZ}"
        )
    if "mismatch" in text:
        return f"tls: failed to verify certificate: x509: {text}"
    return "tls: failed to verify certificate: x509: certificate signed by unknown authority"
