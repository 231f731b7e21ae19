# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of the README, in two themes: as its tool writes it, flat, readable, and complete in itself."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tools import picture

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("theme", picture.THEMES)
def test_the_file_is_what_the_tool_writes(theme: str) -> None:
    text = (picture.DOCS / f"overview-{theme}.svg").read_text()
    assert text == picture.svg(theme), "run: python tests/tools/picture.py"
    root = ElementTree.fromstring(text)
    assert root.findtext(f"{SVG}title") == picture.DESCRIPTION and int(root.attrib["height"]) <= 200
    assert not [node.tag for node in root.iter() if node.tag.removeprefix(SVG) in ("script", "image", "use", "foreignObject")]
    assert "http" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_both_themes_show_the_same() -> None:
    shown = {theme: [node.text for node in ElementTree.fromstring(picture.svg(theme)).iter(f"{SVG}text")] for theme in picture.THEMES}
    assert shown["light"] == shown["dark"] and len(shown["light"]) == 15


@pytest.mark.parametrize("theme", picture.THEMES)
def test_the_text_has_contrast(theme: str) -> None:
    """At least 4.5 to 1 on both backgrounds, as WCAG 2 requires of text."""
    colors = picture.THEMES[theme]
    for name in ("text", "soft", "work", "traffic"):
        for back in ("back", "box"):
            light, dark = sorted((luminance(colors[name]), luminance(colors[back])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, back)


def luminance(color: str) -> float:
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
