# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of images: their program, their tag, and if a kubelet could pull them."""

from __future__ import annotations

import re

_TAGS = {
    "k8s-bigip-ctlr": re.compile(r"latest|2\.(\d|1\d|20)(\.\d+)*"),
    "f5-ipam-controller": re.compile(r"latest|0\.1\.\d+"),
}
_IMAGE = re.compile(
    r"(?:(?P<registry>[^/]*[.:][^/]*)/)?(?:[^:@]*/)?(?P<name>[^/:@]+)(?::(?P<tag>[^@]+))?(?:@.*)?"
)


def image_name(image: str) -> str:
    found = _IMAGE.fullmatch(image)
    return found["name"] if found else ""


def tag_of(image: str) -> str:
    found = _IMAGE.fullmatch(image)
    return (found["tag"] or "latest") if found else "latest"


def pull_error(image: str) -> str:
    """Why an image cannot be pulled; empty if it can."""
    found = _IMAGE.fullmatch(image)
    registry = (found["registry"] or "docker.io") if found else ""
    host = registry.partition(":")[0]
    start = f'failed to pull and unpack image "{image}": failed to resolve reference "{image}"'
    if host.endswith(".invalid"):
        return (
            f'{start}: failed to do request: Head "https://{registry}/v2/": dial tcp: lookup {host}: no '
            "such host"
        )
    known = _TAGS.get(image_name(image))
    if known and not known.fullmatch(tag_of(image)):
        return f"{start}: {image}: not found"
    return ""
