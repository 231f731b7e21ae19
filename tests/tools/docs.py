# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""make docs: the documentation of modules and roles as HTML, in .build/docs/html."""

from __future__ import annotations

import shutil
import subprocess
import sys

from runner import environments
from runner.places import BUILD, ROOT, TREES
from support import tree

DOCS = BUILD / "docs"
CONF = """\
project = "vks.bigip"
extensions = ["sphinx_antsibull_ext"]
html_theme = "sphinx_rtd_theme"
# The collection's documentation refers to ansible-core's, which is not built here.
suppress_warnings = ["ref.ref"]
"""


def main() -> int:
    programs = environments.make("core-2.21") / "bin"
    tree.copy("docs")
    shutil.rmtree(DOCS, ignore_errors=True)
    source = DOCS / "rst"
    source.mkdir(parents=True)
    env = environments.variables("core-2.21") | {"ANSIBLE_COLLECTIONS_PATH": str(TREES / "docs")}
    collect = [programs / "antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--dest-dir", str(source), "vks.bigip"]
    (source / "conf.py").write_text(CONF)
    build = [programs / "sphinx-build", "-q", "-b", "html", str(source), str(DOCS / "html")]
    for command in (collect, build):
        if subprocess.run(command, env=env, check=False, stdin=subprocess.DEVNULL).returncode:
            return 1
    print(f"{(DOCS / 'html' / 'index.html').relative_to(ROOT)}")
    return 0


sys.exit(main())
