# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Which tenants a resource of the cluster makes a CIS write, and for which addresses."""

from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping

from .. import _foreign
from .._errors import shortened

# The tenant and its virtual addresses. An empty tenant is that of the CIS that handles the resource.
Named = tuple[str, list[str]]
MOST_TEXTS = 20  # of an AS3 ConfigMap, which has one


def of_resource(kind: str, raw: Mapping[str, Any]) -> Named:
    """A custom resource, an Ingress, or a Service that CIS publishes."""
    notes, spec, status = (
        raw["metadata"].get("annotations") or {},
        raw.get("spec") or {},
        raw.get("status") or {},
    )
    if kind in ("Ingress", "Service"):
        prefix = "virtual-server.f5.com" if kind == "Ingress" else "cis.f5.com"
        ips = [one.get("ip") for one in (status.get("loadBalancer") or {}).get("ingress") or []]
        return str(notes.get(f"{prefix}/partition") or ""), _addresses([notes.get(f"{prefix}/ip"), *ips])
    ips = [
        spec.get("virtualServerAddress"),
        *(spec.get("additionalVirtualServerAddresses") or []),
        status.get("vsAddress"),
    ]
    return str(spec.get("partition") or ""), _addresses(ips)


def of_config_map(raw: Mapping[str, Any], warn: Callable[[str], None]) -> Iterator[Named]:
    """The tenants of an AS3 ConfigMap's template. warn: takes why a text is skipped."""
    for value in _values(raw, warn):
        adc = value.get("declaration", value) if isinstance(value, dict) else None
        for name, part in adc.items() if isinstance(adc, dict) else ():
            if isinstance(part, dict) and part.get("class") == "Tenant":
                yield name, _addresses(_virtual_addresses(part))


def _values(raw: Mapping[str, Any], warn: Callable[[str], None]) -> Iterator[Any]:
    """The values of the JSON texts of an AS3 ConfigMap."""
    texts, meta = raw.get("data") or {}, raw["metadata"]
    if len(texts) > MOST_TEXTS:
        warn(
            f"AS3 ConfigMap {meta['namespace']}/{meta['name']} is skipped, because it has more than {MOST_TEXTS} texts."
        )
        return
    for key, text in texts.items():
        try:
            yield _foreign.from_json(text)
        except _foreign.Unreadable as error:
            warn(
                f"AS3 ConfigMap {meta['namespace']}/{meta['name']} is skipped, because {shortened(key)} cannot be read: {error}."
            )


def _virtual_addresses(value: Any) -> Iterator[Any]:
    for key, part in value.items() if isinstance(value, dict) else ():
        if key != "virtualAddresses":
            yield from _virtual_addresses(part)
            continue
        # An element may also be an address and the sources that it is for.
        yield from (
            one[0] if isinstance(one, list) and one else one
            for one in (part if isinstance(part, list) else ())
        )


def _addresses(values: Any) -> list[str]:
    return sorted(
        {one for one in values if isinstance(one, str) and one not in ("", "None", "controller-default")}
    )
