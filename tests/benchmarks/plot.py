# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plots as SVG, in plain lines and text. Pure."""

from __future__ import annotations

import math
from html import escape
from typing import Mapping, Sequence

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 320, 64, 16, 40, 48
COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd")
Points = Sequence[tuple[float, float]]


def lines(title: str, across: str, up: str, series: Mapping[str, Points]) -> str:
    """One line for each series, both axes from zero."""
    every = [point for points in series.values() for point in points]
    right, top = _ceiling(max(x for x, _ in every)), _ceiling(max(y for _, y in every))
    parts = [_axes(title, across, up, right, top)]
    for index, (name, points) in enumerate(series.items()):
        colour = COLOURS[index % len(COLOURS)]
        places = [_place(x, y, right, top) for x, y in sorted(points)]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        parts.append(_text(LEFT + 12, TOP + 14 + 16 * index, name, colour=colour))
    return _svg(parts)


def bars(title: str, up: str, values: Mapping[str, float]) -> str:
    """One bar for each value, with the value over it."""
    top = _ceiling(max(values.values()))
    parts = [_axes(title, "", up, 0, top)]
    step = (WIDTH - LEFT - RIGHT) / len(values)
    for index, (name, value) in enumerate(values.items()):
        x = LEFT + step * (index + 0.2)
        _x, y = _place(0, value, 1, top)
        parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{step * 0.6:.1f}" height="{HEIGHT - BOTTOM - y:.1f}" fill="{COLOURS[0]}"/>')
        parts.append(_text(x + step * 0.3, y - 4, f"{value:.3g}", "middle"))
        parts.append(_text(x + step * 0.3, HEIGHT - BOTTOM + 16, name, "middle"))
    return _svg(parts)


def _axes(title: str, across: str, up: str, right: float, top: float) -> str:
    bottom = HEIGHT - BOTTOM
    parts = [f'<path d="M{LEFT},{TOP} V{bottom} H{WIDTH - RIGHT}" fill="none" stroke="#444"/>', _text(LEFT, 20, title, size=14)]
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(_text(LEFT - 6, bottom - share * (bottom - TOP) + 4, f"{top * share:g}", "end"))
        if right:
            parts.append(_text(LEFT + share * (WIDTH - LEFT - RIGHT), bottom + 16, f"{right * share:g}", "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, across, "middle"))
    parts.append(f'<g transform="translate(14 {(TOP + bottom) / 2}) rotate(-90)">{_text(0, 0, up, "middle")}</g>')
    return "".join(parts)


def _place(x: float, y: float, right: float, top: float) -> tuple[float, float]:
    return LEFT + x / right * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y / top * (HEIGHT - BOTTOM - TOP)


def _ceiling(value: float) -> float:
    """The next round number."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(unit * step for step in (1, 2, 4, 5, 8, 10) if unit * step >= value)


def _text(x: float, y: float, content: str, anchor: str = "start", colour: str = "#222", size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}" font-family="sans-serif">{escape(content)}</text>'


def _svg(parts: Sequence[str]) -> str:
    background = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{background}{"".join(parts)}</svg>\n'
