# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the picture of the README, docs/overview-light.svg and docs/overview-dark.svg: python tests/tools/picture.py

tests/lint_project/test_picture.py compares them. The picture is flat, so the commands below it are on the first screen.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
WIDTH, HEIGHT = 840, 190
THEMES = {
    "light": {"back": "#ffffff", "box": "#f6f8fa", "line": "#57606a", "text": "#1f2328", "soft": "#57606a", "work": "#0550ae", "traffic": "#116329"},
    "dark": {"back": "#0d1117", "box": "#161b22", "line": "#8b949e", "text": "#e6edf3", "soft": "#9ea7b3", "work": "#79c0ff", "traffic": "#7ee787"},
}
DESCRIPTION = "vks.bigip reads the cluster and posts only the changes to BIG-IP, which sends clients to nodes or Pods"
BOXES = (
    (10, "VKS cluster", "Services, EndpointSlices,", "Nodes, Pods"),
    (320, "vks.bigip", "a shell, AWX, AAP, an event:", "read, build, compare, post"),
    (630, "F5 BIG-IP", "AS3: virtual servers,", "pools, members"),
)
BOX, TOP = 200, 12
"""The width of a box, and its upper end."""


def svg(theme: str) -> str:
    """The picture in one theme. It has its own background, for pages that know only one."""
    color = THEMES[theme]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{DESCRIPTION}">',
        f"<title>{DESCRIPTION}</title>",
        '<style>text{font:13px -apple-system,"Segoe UI",Helvetica,Arial,sans-serif;text-anchor:middle}.name{font-size:16px;font-weight:600}</style>',
        *(_head(name, color[name]) for name in ("work", "traffic")),
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="6" fill="{color["back"]}"/>',
    ]
    for left, name, *lines in BOXES:
        middle = left + BOX // 2
        parts.append(f'<rect x="{left}" y="{TOP}" width="{BOX}" height="86" rx="6" fill="{color["box"]}" stroke="{color["line"]}"/>')
        parts.append(_text(middle, TOP + 28, name, color["text"], ' class="name"'))
        parts += [_text(middle, TOP + 52 + 20 * row, line, color["soft"]) for row, line in enumerate(lines)]
    parts += [
        _arrow("M212 55H316", color, "work"),
        _text(264, 47, "1 reads", color["work"]),
        _arrow("M522 55H626", color, "work"),
        _text(574, 38, "2 posts only", color["work"]),
        _text(574, 74, "the changes", color["work"]),
        _arrow("M730 172V102", color, "traffic"),
        _text(780, 140, "clients", color["traffic"]),
        _arrow("M690 100V150H110V102", color, "traffic"),
        _text(400, 142, "to the node port, the NodePortLocal port, or the Pod", color["traffic"]),
        _text(400, 172, "3 traffic of the application, without vks.bigip", color["soft"]),
    ]
    return "\n".join([*parts, "</svg>", ""])


def _head(name: str, color: str) -> str:
    shape = f'<path d="M0 0L8 4L0 8z" fill="{color}"/>'
    return f'<marker id="{name}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">{shape}</marker>'


def _arrow(path: str, color: dict[str, str], name: str) -> str:
    return f'<path d="{path}" fill="none" stroke="{color[name]}" stroke-width="2" marker-end="url(#{name})"/>'


def _text(x: int, y: int, text: str, color: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" fill="{color}"{more}>{escape(text)}</text>'


def main() -> None:
    for theme in THEMES:
        (DOCS / f"overview-{theme}.svg").write_text(svg(theme))


if __name__ == "__main__":
    main()
