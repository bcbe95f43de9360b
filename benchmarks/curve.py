"""A curve as an SVG: time per object against how many are stored."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 320, 70, 50
_STYLE = "font: 13px sans-serif; fill: #64748b"


def plot(points: Sequence[tuple[int, float]], target: Path) -> None:
    """Draw (objects, microseconds for each) with a logarithmic axis of objects."""
    first, last = log10(points[0][0]), log10(points[-1][0])
    top = max(value for _, value in points) * 1.2

    def place(objects: int, value: float) -> tuple[float, float]:
        across = (log10(objects) - first) / (last - first)
        return LEFT + across * (WIDTH - LEFT - 40), (HEIGHT - BOTTOM) * (1 - value / top) + 10

    marks = [place(*point) for point in points]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" style="{_STYLE}" role="img">',
        "<title>Microseconds for each object of a first sync, by the size of the account</title>",
        f'<path d="M{LEFT} 10V{HEIGHT - BOTTOM + 10}H{WIDTH - 20}" fill="none" stroke="gray"/>',
        f'<polyline points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in marks)}" fill="none" stroke="#2563eb"/>',
        f'<text x="{LEFT}" y="{HEIGHT - 4}">objects of the account (customers, subscriptions, invoices)</text>',
        '<text x="4" y="24">µs each</text>',
    ]
    for (objects, value), (x, y) in zip(points, marks, strict=True):
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="#2563eb"/>')
        parts.append(f'<text x="{x:.0f}" y="{y - 10:.0f}" text-anchor="middle">{value:.0f}</text>')
        parts.append(f'<text x="{x:.0f}" y="{HEIGHT - BOTTOM + 28}" text-anchor="middle">{objects:,}</text>')
    target.write_text("\n".join([*parts, "</svg>", ""]))
