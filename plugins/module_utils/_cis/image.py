# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""An image as the chart writes it: USER/REPO:VERSION. A digest goes behind the tag."""

from __future__ import annotations

import re

_DIGEST = re.compile("sha256:[0-9a-f]{64}")


def split(image: str, version: str) -> tuple[str, str, str]:
    """User, repository and version of the chart's values. Kubernetes takes the image by its digest, and does not look at the tag before it."""
    name, _at, digest = image.partition("@")
    user, _slash, repository = name.rpartition("/")
    return user, repository.partition(":")[0], f"{version}@{digest}" if digest else version


def fault(image: str, version: str) -> bool:
    """True if the chart cannot write this image.

    A tag belongs into the version. It may also be before a digest if it is the same as the version.
    """
    name, at, digest = image.partition("@")
    user, _slash, repository = name.rpartition("/")
    _repository, colon, tag = repository.partition(":")
    return (
        not user
        or not _repository
        or bool(at and not _DIGEST.fullmatch(digest))
        or bool(colon and not (at and tag == version))
    )
