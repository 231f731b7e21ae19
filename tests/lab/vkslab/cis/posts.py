# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The posts of CIS to AS3, and what it logs of the answers."""

from __future__ import annotations

import asyncio
import json

from .flags import Settings
from .logs import Log
from .program import Json
from .rest import Answer, BigIp, Unreachable
from .startup import Release

POLL = 3.0


class Poster:
    def __init__(
        self, bigip: BigIp, settings: Settings, log: Log, tag: str, agent: str, release: Release
    ) -> None:
        self._bigip, self._settings, self._log, self._tag = bigip, settings, log, tag
        self._agent, self._release = agent, release
        self._requests = 0

    async def post(self, tenants: dict[str, Json]) -> dict[str, tuple[int, str]]:
        """Code and text for each tenant."""
        self._requests += 1
        start = f"[Request: {self._requests}]{self._tag}"
        if self._settings.custom_resources:
            self._log.info(f"[Request: {self._requests}][AS3] Processing request")
            self._log.info(f"[Request: {self._requests}][AS3] creating a new AS3 manifest")
            self._log.info(f"{start} posting request to {self._bigip.url} for  tenants")
        try:
            answer = await self._bigip.declare(self._declaration(tenants))
            while answer.status in (201, 202) and answer.body.get("id"):
                self._log.debug(
                    f"{self._tag} Response from BIG-IP: code 201/202 id {answer.body['id']}, waiting 30 "
                    "seconds to poll response"
                )
                await asyncio.sleep(POLL)
                name = answer.body["id"]
                answer = await self._bigip.task(name)
                if any(row.get("message") == "in progress" for row in answer.body.get("results") or ()):
                    answer = Answer(202, json.dumps({"id": name}))
        except Unreachable as error:
            self._log.error(f"{self._tag} REST call error: {error} ")
            return dict.fromkeys(tenants, (0, ""))
        codes = self._codes(start, tenants, answer)
        if not self._settings.custom_resources:
            # Of 2.20.4; it counts 404 and 401 as posted.
            words = "succeeded" if answer.status in (200, 401, 404) else "failed"
            self._log.info(
                f"[AS3][POST] AS3 declaration POST {words}. URL: "
                f"{self._bigip.url}/mgmt/shared/appsvcs/declare/"
            )
        return codes

    def _codes(self, start: str, tenants: dict[str, Json], answer: Answer) -> dict[str, tuple[int, str]]:
        body, code, custom = answer.body, answer.status, self._settings.custom_resources
        words = {200: "SUCCESS", 207: "MULTI-STATUS", 401: "UNAUTHORIZED FAILURE", 503: "RETRY"}
        if custom:
            self._log.info(f"{start} post resulted in {words.get(code, 'FAILURE')}")
        else:
            start = self._tag
        if self._settings.log_response:
            self._log.debug(f"{self._tag} Raw response from Big-IP: {answer.text}")
        if not body:
            self._log.error(
                f"{self._tag} Response body unmarshal failed: invalid character {answer.text[:1]!r} looking "
                "for beginning of value"
            )
        rows = [row for row in body.get("results") or () if row.get("tenant") in tenants]
        for row in rows:
            self._log_row(start, code, row)
        if rows:
            return {row["tenant"]: (row["code"], _error(row["code"])) for row in rows}
        self._log_refusal(start, code, body)
        return dict.fromkeys(tenants, (code, _error(code)))

    def _log_row(self, start: str, code: int, row: Json) -> None:
        line = f"code: {row['code']} --- tenant:{row['tenant']} --- message: {row.get('message')}"
        if not self._settings.custom_resources:
            self._log.info(f"[AS3] Response from BIG-IP: {line}")
        elif row["code"] == 200:
            self._log.info(f"[AS3][POST] SUCCESS: {line}")
        else:
            self._log.error(f"{start} {'Error response' if code == 207 else 'Response'} from BIG-IP: {line}")

    def _log_refusal(self, start: str, code: int, body: Json) -> None:
        """For an answer without results."""
        if code == 401:
            self._log.error(
                f"{start} authentication failed, Error response from BIGIP with status code: 401 Message: "
                f"{body.get('message')}"
            )
        elif code == 503:
            self._log.error(f"{start} Big-IP Responded with error code: {code}")
            self._log.debug(
                f"{self._tag} Response from BIG-IP: BIG-IP is busy, waiting 30 seconds and re-posting the "
                "declaration"
            )
        elif code != 200:
            error = body.get("error")
            inner = (error or {}).get("code") if isinstance(error, dict) else body.get("code")
            self._log.error(f"{start} Big-IP Responded with error code: {inner or code}")

    def _declaration(self, tenants: dict[str, Json]) -> Json:
        release = self._release
        name = f"{release.version}/as3-schema-{release.version}-{release.release}.json"
        schema = f"https://raw.githubusercontent.com/F5Networks/f5-appsvcs-extension/master/schema/{name}"
        inner: Json = {
            "class": "ADC",
            "schemaVersion": release.schema,
            "id": "urn:uuid:85626792-9ee7-46bb-8fc8-4ba708cfdc1d",
            "label": "CIS Declaration",
            "remark": "Auto-generated by CIS",
            "controls": {"class": "Controls", "userAgent": self._agent},
            **tenants,
        }
        return {"$schema": schema, "class": "AS3", "declaration": inner}


def _error(code: int) -> str:
    if code == 401:
        return (
            "authentication failed, Error response from BIGIP with status code: 401 -- verify the logs "
            "for detailed error"
        )
    return (
        ""
        if code == 200
        else f"Big-IP Responded with error code: {code} -- verify the logs for detailed error"
    )
