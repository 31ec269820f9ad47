"""Shapes as signed distance fields, which faces are drawn of: distance(x, y) < 0 inside."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Shape(NamedTuple):
    """distance(x, y) is negative inside; box is (left, right, top, bottom), numbers or one per face."""

    distance: Callable
    box: tuple


def ellipse(cx, cy, a, b, taper=0.0) -> Shape:
    """Half width a, half height b, narrower downwards by `taper`; distance to first order, F / |grad F|."""

    def distance(x, y):
        v = (y - cy) / b
        u = (x - cx) / (a * (1 - taper * v) if taper else a)
        return (u * u + v * v - 1) / (2 * np.sqrt((u / a) ** 2 + (v / b) ** 2) + np.float32(1e-4))

    wide = a * (1 + taper)
    return Shape(distance, (cx - wide, cx + wide, cy - b, cy + b))


def stroke(cx, cy, half, bend, thick, belly=0.0) -> Shape:
    """A round-capped line along a parabola (bend > 0: ends up), fatter by `belly` in the middle."""

    def distance(x, y):
        along = np.clip(x - cx, -half, half)
        u2 = (along / half) ** 2
        slope = 2 * bend * along / half**2
        across = (y - cy + bend * (u2 - np.float32(0.5))) / np.sqrt(1 + slope * slope)
        return np.sqrt((x - cx - along) ** 2 + across * across) - thick - belly * (1 - u2)

    tall = np.abs(bend) / 2 + thick + belly
    return Shape(distance, (cx - half - thick, cx + half + thick, cy - tall, cy + tall))


def block(cx, cy, a, b, r) -> Shape:
    """A rectangle of half width a and half height b, its corners rounded with radius r."""

    def distance(x, y):
        dx, dy = np.abs(x - cx) - (a - r), np.abs(y - cy) - (b - r)
        return np.sqrt(np.maximum(dx, 0) ** 2 + np.maximum(dy, 0) ** 2) + np.minimum(np.maximum(dx, dy), 0) - r

    return Shape(distance, (cx - a, cx + a, cy - b, cy + b))


def cloud(cx, cy, a, b, bump) -> Shape:
    """An ellipse with twelve round bumps |cos 6t|: the sixth power of the complex number exp(it)."""

    def distance(x, y):
        u, v = (x - cx) / a, (y - cy) / b
        radius = np.sqrt(u * u + v * v) + np.float32(1e-4)
        c, s = u / radius, v / radius
        c2, s2 = c * c - s * s, 2 * c * s
        c4, s4 = c2 * c2 - s2 * s2, 2 * c2 * s2
        return min(a, b) * (radius - 1 - bump * np.abs(c4 * c2 - s4 * s2))

    wide, tall = a * (1 + bump), b * (1 + bump)
    return Shape(distance, (cx - wide, cx + wide, cy - tall, cy + tall))


def grow(shape: Shape, by: float) -> Shape:
    """The shape, fatter by `by` all round."""
    left, right, top, bottom = shape.box
    return Shape(lambda x, y: shape.distance(x, y) - np.float32(by), (left - by, right + by, top - by, bottom + by))


def cut(shape: Shape, hole: Shape) -> Shape:
    """The shape without the hole."""
    return Shape(lambda x, y: np.maximum(shape.distance(x, y), -hole.distance(x, y)), shape.box)


def both(shape: Shape, other: Shape) -> Shape:
    """Where the two overlap; give the smaller one first, its box is taken."""
    return Shape(lambda x, y: np.maximum(shape.distance(x, y), other.distance(x, y)), shape.box)


def join(shape: Shape, other: Shape) -> Shape:
    """The two as one."""
    box = tuple(
        extreme(*pair)
        for extreme, pair in zip((np.minimum, np.maximum) * 2, zip(shape.box, other.box, strict=True), strict=True)
    )
    return Shape(lambda x, y: np.minimum(shape.distance(x, y), other.distance(x, y)), box)
