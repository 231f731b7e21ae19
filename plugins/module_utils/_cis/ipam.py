# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""F5's IPAM controller (FIC) beside CIS: the values of its chart."""

from __future__ import annotations

import json
from typing import Any, Iterator, Mapping

from . import image as image_of
from .names import Names

VERSION = "0.1.12"
CHART = "f5-ipam-controller"
CHART_VERSION = "0.0.5"
REPOSITORY = "https://f5networks.github.io/f5-ipam-controller/helm-charts/stable"
RELEASE = "f5-ipam"
"""With another name of its release or Pod, CIS would ask for every address anew."""

OWN_PROVIDER = "f5-ip-provider"
_IMAGE = "f5networks/f5-ipam-controller"


def arguments(ipam: Any) -> dict[str, Any]:
    """Of CIS."""
    return {"ipam": True} if ipam else {}


def values(ipam: Any, names: Names) -> dict[str, Any] | None:
    """The values of FIC's chart. None if the role does not install FIC (cis_ipam: true or false)."""
    if not isinstance(ipam, Mapping) or not ipam:
        return None
    user, repository, version = image_of.split(
        str(ipam.get("image") or _IMAGE), str(ipam.get("version") or VERSION)
    )
    image: dict[str, Any] = {
        "user": user,
        "repo": repository,
        "pullPolicy": "IfNotPresent",
        "version": version,
    }
    if ipam.get("image_pull_secrets"):
        image["pullSecrets"] = list(ipam["image_pull_secrets"])
    extra = ipam.get("values") or {}
    own: dict[str, Any] = {
        "args": {
            "orchestration": "kubernetes",
            "provider": OWN_PROVIDER,
            "ip_range": ranges(ipam.get("ip_range") or {}),
        },
        "image": image,
        "namespace": names.namespace,
        # The claim outlives the release, because it holds the addresses that were given out.
        "pvc": {"create": False, "name": ipam.get("claim") or names.ipam_claim},
        "updateStrategy": "Recreate",
    }
    merged = {**own, **extra}
    merged["args"] = {**own["args"], **(extra.get("args") or {})}
    return merged


def ranges(ip_range: Mapping[str, Any]) -> str:
    """JSON without blanks: the chart writes it unquoted, and ': ' would break it."""
    return json.dumps(
        {name: str(span) for name, span in ip_range.items()}, separators=(",", ":"), sort_keys=True
    )


def refusals(ipam: Any) -> Iterator[str]:
    if ipam in (None, False, True) or ipam == {}:
        return
    if not isinstance(ipam, Mapping):
        yield (
            "cis_ipam is false, true (an IPAM controller exists already), "
            "or a dictionary with ip_range and storage."
        )
        return
    if image_of.fault(str(ipam.get("image") or _IMAGE), str(ipam.get("version") or VERSION)):
        yield (
            f"cis_ipam.image: {ipam['image']} has to be REPOSITORY/NAME or REPOSITORY/NAME@sha256:DIGEST with 64 hexadecimal digits. "
            "The tag is cis_ipam.version; one before a digest has to be the same."
        )
    extra = ipam.get("values") or {}
    provider = (extra.get("args") or {}).get("provider", OWN_PROVIDER)
    if (extra.get("args") or {}).get("infoblox_password"):
        yield (
            "cis_ipam.values.args.infoblox_password would be visible in the values of the Helm release. "
            "Use infoblox_login_secret or credentials_directory."
        )
    if provider != OWN_PROVIDER:
        return
    span = ipam.get("ip_range")
    if not isinstance(span, Mapping) or not span:
        yield "cis_ipam.ip_range is missing: a dictionary of labels and ranges, as in {Production: 192.0.2.10-192.0.2.50}."
        return
    for label in span:
        if "_" in str(label):
            yield (
                f"cis_ipam.ip_range: the chart turns the _ of the label {label} into -, so no ipamLabel would match. "
                "Use another label."
            )
