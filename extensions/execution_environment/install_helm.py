# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs Helm in an execution environment: python3 install_helm.py [URL] [FOLDER].

URL is the server of the releases, and FOLDER the place of the program. It needs nothing but Python, and variables
such as https_proxy count. A download with another checksum is not installed.
"""

from __future__ import annotations

import hashlib
import io
import platform
import subprocess
import sys
import tarfile
import urllib.request
from pathlib import Path

VERSION = "3.20.2"
# https://github.com/helm/helm/releases/tag/v3.20.2
SHA256 = {
    "amd64": "258e830a9e613c8a7a302d6059b4bb3b9758f2f3e1bb8ea0d707ce10a9a72fea",
    "arm64": "5ea2d6bc2cda3f8edf985e028809f5a9278f404fb8ab24044de9b7cb9b79a691",
}
ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def download(server: str, architecture: str) -> bytes:
    """The archive of this release. Exits if its checksum is wrong."""
    url = f"{server}/helm-v{VERSION}-linux-{architecture}.tar.gz"
    with urllib.request.build_opener().open(url, timeout=300) as answer:
        archive = bytes(answer.read())
    found = hashlib.sha256(archive).hexdigest()
    if found != SHA256[architecture]:
        sys.exit(f"{url} has the SHA-256 checksum {found} instead of {SHA256[architecture]}. Nothing was installed.")
    return archive


def install(archive: bytes, architecture: str, folder: Path) -> Path:
    """Extract the program, and nothing else, from the archive."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as files:
        program = files.extractfile(f"linux-{architecture}/helm")
        if program is None:
            sys.exit("The archive of Helm has no program. Nothing was installed.")
        content = program.read()
    folder.mkdir(parents=True, exist_ok=True)
    helm = folder / "helm"
    helm.write_bytes(content)
    helm.chmod(0o755)
    return helm


def main() -> None:
    server, folder = (sys.argv[1:] + ["https://get.helm.sh", "/usr/local/bin"][len(sys.argv) - 1 :])[:2]
    machine = platform.machine().lower()
    if machine not in ARCHITECTURES:
        sys.exit(f"Helm for {machine} is not in the table of this script. Add its checksum.")
    helm = install(download(server, ARCHITECTURES[machine]), ARCHITECTURES[machine], Path(folder))
    print(subprocess.run([str(helm), "version"], check=True, capture_output=True, text=True).stdout.strip())


if __name__ == "__main__":
    main()
