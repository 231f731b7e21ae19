# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Other CIS of the cluster that would serve the same resources on the same BIG-IP."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from . import arguments
from .controller import RESOURCE_LABEL


def warnings(options: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """others: as cis_info reports them.

    Users may publish the same resources on two BIG-IPs, so only a CIS of the same BIG-IP counts.
    """
    for other in others:
        if not other["replicas"] or not _alike(options, other):
            continue
        shared = _shared([str(name) for name in options.get("namespaces") or []], other["namespaces"])
        if shared is not None:
            yield (
                f"CIS {other['namespace']}/{other['name']} watches {shared} too, for the same BIG-IP. "
                "Both would serve the same resources, by the same address in two partitions. "
                "Let each watch other namespaces by cis_namespaces"
                + (
                    ", or resources with another label by cis_values.args.custom_resource_label."
                    if other["custom_resource_mode"]
                    else ", or another cis_ingress_class."
                )
            )


def _alike(options: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    words = other["arguments"]
    if options.get("namespace_label") or arguments.values(words, "--namespace-label"):
        return False  # which namespaces that are is not known here
    if _host(str(options.get("bigip_url") or "")) not in map(_host, arguments.values(words, "--bigip-url")):
        return False
    if bool(options.get("custom_resource_mode", True)) != other["custom_resource_mode"]:
        return False
    extra = (options.get("values") or {}).get("args") or {}
    if other["custom_resource_mode"]:
        return _first(words, "--custom-resource-label", RESOURCE_LABEL) == str(
            extra.get("custom_resource_label") or RESOURCE_LABEL
        )
    return _first(words, "--ingress-class", "f5") == str(options.get("ingress_class") or "f5")


def _shared(mine: list[str], theirs: list[str]) -> str | None:
    """The namespaces that both watch, in words. Empty: all."""
    if not mine or not theirs:
        return ", ".join(mine or theirs) or "all namespaces"
    return ", ".join(sorted(set(mine) & set(theirs))) or None


def _first(words: list[str], option: str, default: str) -> str:
    return next((value for value in arguments.values(words, option) if value), default)


def _host(url: str) -> str:
    try:
        return urlsplit(url if "//" in url else f"https://{url}").netloc.lower().removesuffix(":443")
    except ValueError:
        return url
