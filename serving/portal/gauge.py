"""Geometry of the score gauge: a half circle from the lowest to the highest score."""

from __future__ import annotations

import math
from dataclasses import dataclass

RADIUS = 120.0
CENTRE_X, CENTRE_Y = 150.0, 145.0


@dataclass(frozen=True)
class Gauge:
    """Paths of the gauge in a 300 x 176 view box.

    Attributes
    ----------
    track, filled : str
        SVG paths of the whole arc and of the part up to the score.
    ticks : tuple
        Line ends ``(x1, y1, x2, y2)`` at the grade boundaries.
    dot_x, dot_y : float
        Where the score stands.
    tone : str
        ``poor``, ``fair``, ``good`` or ``best``: the CSS class of the score's third of the scale.
    """

    track: str
    filled: str
    ticks: tuple[tuple[float, float, float, float], ...]
    dot_x: float
    dot_y: float
    tone: str


def gauge(score: float, low: float, high: float, boundaries: tuple[float, ...]) -> Gauge:
    """Draw a score on a scale.

    >>> gauge(600, 300, 900, ()).dot_x, gauge(600, 300, 900, ()).tone
    (150.0, 'fair')
    """
    share = min(max((score - low) / (high - low), 0.0), 1.0)
    end = _point(share)
    ticks = []
    for boundary in boundaries:
        at = (boundary - low) / (high - low)
        if 0 < at < 1:
            ticks.append((*_point(at, RADIUS - 13), *_point(at, RADIUS - 20)))
    tone = "poor" if share < 0.4 else "fair" if share < 0.53 else "good" if share < 0.67 else "best"
    return Gauge(_arc(1.0), _arc(share), tuple(ticks), end[0], end[1], tone)


def _point(share: float, radius: float = RADIUS) -> tuple[float, float]:
    angle = math.pi * (1 - share)
    x = CENTRE_X + radius * math.cos(angle)
    y = CENTRE_Y - radius * math.sin(angle)
    return round(x, 2), round(y, 2)


def _arc(share: float) -> str:
    start, end = _point(0.0), _point(share)
    return f"M {start[0]} {start[1]} A {RADIUS:g} {RADIUS:g} 0 0 1 {end[0]} {end[1]}"
