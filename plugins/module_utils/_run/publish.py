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
from typing import Any, Callable, Collection, Iterable, Iterator, Mapping, Sequence

from .._bigip.as3 import As3
from .._bigip.ltm import Ltm
from .._bigip.session import Session
from .._cis import options as cis_options
from .._collect import cluster
from .._deadline import Deadline
from .._errors import Failure
from .._kube.client import Forbidden
from .._members import auto
from .._members.source import Source
from .._ownership import claims as cis_claims
from .._ownership.owners import CisClaim
from .._publish import ports


class Cluster(cluster.Cluster):
    """A cluster that also tells which CIS it runs."""

    def __init__(self, options: Mapping[str, Any], deadline: Deadline, warn: Callable[[str], None]) -> None:
        super().__init__(options, deadline, warn)
        self._believed: Sequence[str] = options.get("cis_namespaces", cis_options.NAMESPACES)

    def __enter__(self) -> Cluster:
        return self

    def cis_claims(self) -> Sequence[CisClaim]:
        """All that may be read in the namespaces of CIS. What may not is a reason to adopt nothing."""
        found, denied = self._cis()
        config_maps, unread = self._as3_config_maps({str(raw["metadata"]["namespace"]) for raw in found})
        claims = [replace(claim, unread=unread) for claim in cis_claims.claims(found, config_maps, self._warn)]
        if denied:
            claims.append(CisClaim("", frozenset(), True, denied))
        for reason in (denied, unread):
            if reason:
                self._unknown(reason)
        return claims

    def _cis(self) -> tuple[list[dict[str, Any]], Forbidden | None]:
        """The Deployments of CIS that count, and why there may be more."""
        try:
            everywhere = [raw for raw in self.deployments() if cis_claims.is_cis(raw)]
        except Forbidden as denied:
            return self._cis_of_namespaces(denied)
        others = [f"{raw['metadata']['namespace']}/{raw['metadata']['name']}" for raw in everywhere if raw["metadata"]["namespace"] not in self._believed]
        if others:
            self._warn(cis_options.elsewhere(others, self._believed))
        return [raw for raw in everywhere if raw["metadata"]["namespace"] in self._believed], None

    def _cis_of_namespaces(self, denied: Forbidden) -> tuple[list[dict[str, Any]], Forbidden | None]:
        found: list[dict[str, Any]] = []
        missing = None if self._believed else denied
        for namespace in dict.fromkeys(self._believed):
            try:
                found += [raw for raw in self.deployments(namespace) if cis_claims.is_cis(raw)]
            except Forbidden:
                missing = denied
        return found, missing

    def _as3_config_maps(self, of_cis: Collection[str]) -> tuple[list[dict[str, Any]], Forbidden | None]:
        """Of the namespaces with a CIS, and of those that the user added; none if no CIS would write them."""
        found: list[dict[str, Any]] = []
        unread = None
        for namespace in sorted({*of_cis, *(set(self._believed) - set(cis_options.NAMESPACES))}) if of_cis else ():
            try:
                found += self.config_maps(cis_claims.CONFIG_MAP_SELECTOR, namespace)
            except Forbidden as denied:
                unread = unread or denied
        return found, unread

    def _unknown(self, denied: Forbidden) -> Forbidden:
        self._warn(f"Whether a CIS owns tenants on this BIG-IP is unknown. {denied.message}")
        return denied


def edges(options: Mapping[str, Any], hide: Callable[[Iterable[str]], None]) -> ports.Edges:
    """The outside of one task."""
    deadline = Deadline(float(options["timeout"]))
    warnings: list[str] = []

    @contextlib.contextmanager
    def bigip() -> Iterator[ports.BigIp]:
        with Session(options["provider"], deadline, hide) as session:
            ltm = Ltm(session)
            yield ports.BigIp(As3(session), ltm, routable(ltm), lambda group: _synchronise(session, group), session.requests, session.warnings)

    return ports.Edges(
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
