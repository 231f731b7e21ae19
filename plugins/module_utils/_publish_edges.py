# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins the engine of `publish` with the real cluster and the real BIG-IP. This module util is PRIVATE to the collection."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
from dataclasses import replace
from typing import Any, Callable, Iterable, Iterator, Mapping, Sequence

from . import _collect, _publish_facts
from ._as3 import cis
from ._as3.owners import CisClaim
from ._bigip.as3 import As3
from ._bigip.ltm import Ltm
from ._bigip.session import Session
from ._deadline import Deadline
from ._errors import Failure
from ._kube.client import Forbidden
from ._members import auto
from ._members.model import Source


class Cluster(_collect.Cluster):
    """A cluster that also tells which CIS it runs."""

    def __enter__(self) -> Cluster:
        return self

    def cis_claims(self) -> Sequence[CisClaim]:
        """All that may be read. What may not is a reason to adopt nothing."""
        try:
            deployments = self.deployments()
        except Forbidden as denied:
            return [CisClaim("", frozenset(), True, self._unknown(denied))]
        try:
            config_maps, unread = self.config_maps(cis.CONFIG_MAP_SELECTOR), None
        except Forbidden as denied:
            config_maps, unread = [], denied
        claims = [replace(claim, unread=unread) for claim in cis.claims(deployments, config_maps)]
        if claims and unread:
            self._unknown(unread)
        return claims

    def _unknown(self, denied: Forbidden) -> Forbidden:
        self._warn(f"Whether a CIS owns tenants on this BIG-IP is unknown. {denied.message}")
        return denied


def edges(options: Mapping[str, Any], hide: Callable[[Iterable[str]], None]) -> _publish_facts.Edges:
    """The outside of one task."""
    deadline = Deadline(float(options["timeout"]))
    warnings: list[str] = []

    @contextlib.contextmanager
    def bigip() -> Iterator[_publish_facts.BigIp]:
        with Session(options["provider"], deadline, hide) as session:
            ltm = Ltm(session)
            yield _publish_facts.BigIp(As3(session), ltm, routable(ltm), lambda group: _synchronise(session, group), session.requests, session.warnings)

    return _publish_facts.Edges(
        cluster=lambda: Cluster(options, deadline, warnings.append),
        bigip=bigip,
        source=lambda item, path: Source.from_options(item, options, path),
        deadline=deadline,
        hide=hide,
        progress=progress(options.get("progress_file"), warnings.append),
        warnings=warnings,
    )


def routable(ltm: Ltm) -> auto.Routable:
    """Whether BIG-IP has a way to these Pod addresses: a route that is not the default one, or a self IP in their network.

    None if the account may not read that: then it is not known, and nothing is chosen because of it. For a pool that is published as cluster
    only the routes are read: one that they do not cover keeps its mode, as with every evidence that is missing, and a run without a change
    stays within five requests.
    """
    networks: list[Any] = []
    denied: list[Failure] = []
    # Routes first: a self IP in the Pod network is rare, and each of the two is a request.
    unread: list[Callable[[Ltm], list[Any]]] = [_routed, lambda device: [address.network for address in device.self_ips()]]

    def answer(addresses: Sequence[str], published: bool) -> bool | None:
        last = 1 if published else 0
        while not (covered := all(any(ipaddress.ip_address(address) in network for network in networks) for address in addresses)) and len(unread) > last:
            try:
                networks.extend(unread.pop(0)(ltm))
            except Failure as failure:
                if failure.code not in ("bigip_forbidden", "bigip_refused"):
                    raise
                denied.append(failure)
        return covered or (None if denied or published else False)

    return answer


def _routed(ltm: Ltm) -> list[Any]:
    found = [ipaddress.ip_network(route.network, strict=False) for route in ltm.routes() if route.network and not route.blackhole]
    return [network for network in found if network.prefixlen]


def _synchronise(session: Session, group: str) -> None:
    doing = f"Synchronising the device group {group}"
    body = {"command": "run", "utilCmdArgs": f"config-sync to-group {group}"}
    response = session.request("POST", "/mgmt/tm/cm/config-sync", json=body, doing=doing)
    if not response.ok:
        raise Failure("bigip_refused", doing, said=response.said, remedy="Synchronise it by hand.")


def progress(path: str | None, warn: Callable[[str], None]) -> Callable[[str], None]:
    """Adds each step to this file, as a line of JSON. A file that cannot be written costs a warning, and never the run."""
    failed = not path

    def write(text: str) -> None:
        nonlocal failed
        if failed:
            return
        try:
            with open(str(path), "a", encoding="utf-8", opener=_without_waiting) as file:
                file.write(json.dumps({"text": text}) + "\n")
        except (OSError, ValueError) as error:
            failed = True
            warn(f"Progress is not reported, because the progress_file {path} cannot be written: {error}.")

    return write


def _without_waiting(path: str, flags: int) -> int:
    """As open() does it, but of a pipe without a reader it is an error at once."""
    return os.open(path, flags | os.O_NONBLOCK, 0o666)
