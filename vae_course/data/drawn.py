"""Faces drawn from known factors, with numpy alone: data for a VAE that needs no download.

Every feature is a signed distance field: distance(x, y) < 0 inside. How deep a pixel lies inside, in pixels
and cut to 0..1, is how much of it the feature covers; that makes smooth edges. Painting is
`pixels += coverage * (colour - pixels)`, from back to front, for many faces at once and only within the
feature's own box. The head turns by parallax: what is near (the nose) slides farther than what is far (the hair).

Coordinates: x runs right and y down, both -VIEW..VIEW over the picture. Inside, factors are (n, 1, 1) and
colours (3, n, 1, 1) or three numbers 0..255, so both broadcast against pixels (n, rows, columns).
"""

import numpy as np

from vae_course.data.shapes import Shape, block, both, cloud, cut, ellipse, grow, join, stroke

HAIR_STYLES = ("bald", "short", "bob", "long", "curly", "bun")
COUNTS = {"hair_style": len(HAIR_STYLES), "glasses": 2, "beard": 2}  # the factors that are whole numbers 0..count-1

FACTORS = {
    "turn": (-1.0, 1.0),  # looks to the picture's left .. right
    "skin": (0.0, 1.0),  # light .. dark
    "hair_style": (0.0, len(HAIR_STYLES) - 1.0),  # index into HAIR_STYLES
    "hair_colour": (0.0, 1.0),  # along HAIR
    "background": (0.0, 1.0),  # around the loop BACKGROUND, so 0 and 1 are the same
    "smile": (-1.0, 1.0),  # sad .. broad, the mouth open from 0.2 on
    "face_width": (-1.0, 1.0),  # narrow .. wide
    "clothing": (0.0, 1.0),  # along CLOTHING
    "glasses": (0.0, 1.0),
    "beard": (0.0, 1.0),
    "tilt": (-1.0, 1.0),  # leans to the picture's left .. right
    "eye_openness": (0.0, 1.0),  # shut .. wide open
    "brow_raise": (-1.0, 1.0),  # low and flat .. high and arched
    "parting": (-1.0, 1.0),  # hair parted at the picture's left .. right; seen in short and long hair only
    "blush": (0.0, 1.0),
}
DEFAULTS = dict.fromkeys(FACTORS, 0.0) | {
    "skin": 0.3, "hair_style": 1.0, "hair_colour": 0.2, "background": 0.5, "smile": 0.5, "clothing": 0.5,
    "eye_openness": 0.8, "blush": 0.5,
}  # fmt: skip

SKIN = (255, 226, 204), (247, 204, 170), (229, 174, 131), (198, 140, 102), (158, 104, 76), (112, 72, 52)
HAIR = (42, 36, 48), (92, 58, 46), (150, 70, 44), (216, 98, 48), (246, 210, 120), (206, 204, 210), (150, 130, 200)
CLOTHING = (240, 180, 70), (232, 108, 88), (178, 84, 122), (74, 92, 150), (60, 146, 150), (138, 172, 120)
BACKGROUND = (255, 214, 196), (255, 236, 190), (208, 236, 204), (190, 228, 238), (214, 212, 246), (250, 208, 226)
INK, WHITE, PINK = (44, 34, 50), (255, 252, 246), (246, 104, 104)
LIP, MOUTH, TONGUE = (160, 50, 62), (104, 32, 50), (232, 108, 112)
SHADE = np.array([0.93, 0.79, 0.75], np.float32).reshape(3, 1, 1, 1)  # what skin in shadow keeps of its colour

VIEW = 0.9
NECK = 0.6  # the height about which the head tilts
CHUNK = 32  # faces of 64 x 64 painted together: few enough for the processor's cache


def faces(n: int, seed: int = 0) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """n random faces, (n, 64, 64, 3) uint8, and the factors they were drawn from."""
    factors = sample_factors(n, seed)
    return draw(factors), factors


def sample_factors(n: int, seed: int) -> dict[str, np.ndarray]:
    """Independent random factors, each (n,) float32: uniform, but eyes more often open and mouths happy."""
    rng = np.random.default_rng(seed)
    factors: dict[str, np.ndarray] = {name: rng.uniform(low, high, n) for name, (low, high) in FACTORS.items()}
    factors["eye_openness"] = 1 - factors["eye_openness"] ** 3
    factors["smile"] = 1 - 2 * ((1 - factors["smile"]) / 2) ** 1.6
    factors["hair_style"] = rng.integers(0, COUNTS["hair_style"], n)
    factors["glasses"] = rng.random(n) < 0.3
    factors["beard"] = rng.random(n) < 0.2
    return {name: values.astype(np.float32) for name, values in factors.items()}


def draw(factors: dict[str, np.ndarray], size: int = 64) -> np.ndarray:
    """Faces with the given factors, each (n,) or one number for all; (n, size, size, 3) uint8.

    Factors left out take DEFAULTS. Raises ValueError naming a factor that is unknown, differs in length, or
    is no whole number where COUNTS asks for one.
    """
    factors = _complete(factors)
    style = factors["hair_style"]
    out = np.empty((len(style), size, size, 3), np.uint8)
    order = np.lexsort((factors["beard"], factors["glasses"], style))  # alike together: absent features cost nothing
    chunk = max(CHUNK * 64**2 // size**2, 1)
    for kind, name in enumerate(HAIR_STYLES):
        alike = order[style[order] == kind]
        for start in range(0, len(alike), chunk):
            rows = alike[start : start + chunk]
            pixels = _portraits({k: v[rows, None, None] for k, v in factors.items()}, name, size)
            out[rows] = np.moveaxis(pixels + np.float32(0.5), 0, -1)
    return out


def _complete(factors: dict) -> dict[str, np.ndarray]:
    """All factors as float32 of one length, DEFAULTS filled in; raises ValueError as `draw` says."""
    for name in factors:
        if name not in FACTORS:
            raise ValueError(f"unknown factor {name!r}; the factors are {', '.join(FACTORS)}")
    given = {name: np.atleast_1d(np.asarray(values, np.float32)) for name, values in factors.items()}
    n = next((len(values) for values in given.values() if values.shape != (1,)), 1)
    for name, values in given.items():
        if values.shape not in ((n,), (1,)):
            raise ValueError(f"factor {name!r} has shape {values.shape}, the ones before it ({n},)")
        if name in COUNTS and not np.isin(values, range(COUNTS[name])).all():
            raise ValueError(f"factor {name!r} must hold whole numbers 0..{COUNTS[name] - 1}")
    return {name: np.broadcast_to(given.get(name, np.float32(default)), n) for name, default in DEFAULTS.items()}


# Colours


def palette(stops, at: np.ndarray, loop: bool = False) -> np.ndarray:
    """Colours (3, n, 1, 1) at positions `at` (n, 1, 1), 0..1 along the stops, back to the first with `loop`."""
    stops = np.array([*stops, stops[0]] if loop else stops)
    where = at.ravel() % 1 if loop else at.ravel()
    channels = [np.interp(where, np.linspace(0, 1, len(stops)), channel) for channel in stops.T]
    return np.array(channels, np.float32)[..., None, None]


def mix(colour, other, amount: float) -> np.ndarray:
    """A colour `amount` (0..1) of the way to three numbers `other`."""
    return colour + np.float32(amount) * (np.float32(other).reshape(3, 1, 1, 1) - colour)


class Brush:
    """Paints shapes on pixels (3, n, size, size) in coordinates that lean by `angle` (n, 1, 1) about the neck."""

    def __init__(self, pixels: np.ndarray, angle: np.ndarray):
        size = pixels.shape[-1]
        self.pixels, self.pixel = pixels, 2 * VIEW / size
        axis = ((np.arange(size) + 0.5) * self.pixel - VIEW).astype(np.float32)
        x, y = axis[None, None, :], axis[None, :, None] - np.float32(NECK)
        self.cos, self.sin = np.cos(angle), np.sin(angle)
        self.x, self.y = self.cos * x + self.sin * y, self.cos * y - self.sin * x + np.float32(NECK)

    def paint(self, shape: Shape, colour, opacity=1.0, soft: float = 0.0) -> None:
        """Lay the colour over the pixels inside the shape; `soft` widens its edge by that distance."""
        window = self._window(shape.box, soft / 2)
        distance = shape.distance(self.x[window], self.y[window])
        cover = opacity * np.clip(np.float32(0.5) - distance * np.float32(1 / (self.pixel + soft)), 0, 1)
        for channel, tone in zip(self.pixels, colour, strict=True):
            layer = channel[window]
            layer += cover * (tone - layer)

    def _window(self, box, margin: float) -> tuple[slice, slice, slice]:
        """The pixels that may lie within `margin` of the box, for all the faces."""
        left, right, top, bottom = box
        corners = [(x, y - NECK) for x in (left, right) for y in (top, bottom)]
        across = np.array([self.cos * x - self.sin * y for x, y in corners])
        down = np.array([self.sin * x + self.cos * y + NECK for x, y in corners])
        return slice(None), self._span(down, margin), self._span(across, margin)

    def _span(self, spots: np.ndarray, margin: float) -> slice:
        low, high = ((edge + VIEW) / self.pixel for edge in (spots.min() - margin, spots.max() + margin))
        return slice(max(int(low - 0.5), 0), max(int(np.ceil(high + 0.5)), 0))


# Faces: each function paints one feature with the factors f


def _portraits(f: dict[str, np.ndarray], style: str, size: int) -> np.ndarray:
    """Pixels (3, n, size, size) float32 in 0..255 of n faces that share a hair style."""
    skin, hair = palette(SKIN, f["skin"]), palette(HAIR, f["hair_colour"])
    pixels = np.empty((3, len(f["turn"]), size, size), np.float32)
    pixels[:] = palette(BACKGROUND, f["background"], loop=True)
    still, head = Brush(pixels, np.zeros((1, 1, 1), np.float32)), Brush(pixels, np.float32(0.14) * f["tilt"])
    skull = ellipse(0.03 * f["turn"], 0.0, 0.46 + 0.05 * f["face_width"], 0.55, 0.1)
    behind, fringe = _hair(f, style, skull)

    still.paint(ellipse(0, 0.02, 0.84, 0.84), WHITE, 0.45)
    if behind:
        head.paint(behind, hair if style == "curly" else mix(hair, INK, 0.2))
    _body(still, f, skin)
    if style in ("bald", "short", "bun"):
        _ears(head, f, skin)
    _face(head, f, skin, skull, fringe)
    _beard(head, f, mix(hair, INK, 0.15), skull)
    _nose(head, f, skin)
    _mouth(head, f)
    _eyes(head, f)
    _brows(head, f, mix(hair, INK, 0.45))
    if fringe:
        head.paint(fringe, hair)
    _glasses(head, f)
    return pixels


def _hair(f, style: str, skull: Shape) -> tuple[Shape | None, Shape | None]:
    """The hair behind the head, and the hair before it: a cap over the skull, open where the face shows."""
    back, x, part = -0.05 * f["turn"], 0.08 * f["turn"], 0.12 * f["parting"]
    cap = grow(skull, 0.05)
    if style == "short":
        return None, join(cut(cap, ellipse(x + part, 0.3, 0.5, 0.64)), ellipse(x - part, -0.5, 0.36, 0.15))
    if style == "bob":
        return block(back, -0.04, 0.6, 0.6, 0.45), cut(cap, ellipse(x, 0.3, 0.43, 0.62))
    if style == "long":
        curtains = both(*(ellipse(x + part + side, 0.3, 0.67, 0.75) for side in (-0.2, 0.2)))
        return block(back, 0.15, 0.6, 0.8, 0.5), cut(cap, curtains)
    if style == "curly":
        return cloud(back, -0.12, 0.66, 0.64, 0.12), cloud(x, -0.5, 0.4, 0.22, 0.2)
    if style == "bun":
        return ellipse(back, -0.64, 0.22, 0.2), cut(cap, ellipse(x, 0.3, 0.48, 0.72))
    return None, None


def _body(brush, f, skin):
    """Shoulders and collar, and the neck in the chin's shadow."""
    cloth = palette(CLOTHING, f["clothing"])
    brush.paint(ellipse(0, 1.1, 0.74, 0.5), cloth)
    brush.paint(ellipse(0, 0.66, 0.3, 0.2), mix(cloth, WHITE, 0.35))
    brush.paint(block(0, 0.56, 0.17, 0.24, 0.12), skin * SHADE)


def _ears(brush, f, skin):
    for side in (-1, 1):
        x = side * (0.47 + 0.05 * f["face_width"]) - 0.05 * f["turn"]
        brush.paint(ellipse(x, 0.06, 0.1, 0.13), skin * SHADE**0.4)


def _face(brush, f, skin, skull, fringe):
    """The face with its blush, in shadow under the hair and on the side it turns away from."""
    wide = 0.05 * f["face_width"]
    lit = both(skull, ellipse(0.1 * f["turn"], -0.02, 0.47 + wide, 0.57, 0.1))
    brush.paint(skull, skin * SHADE**0.6)
    brush.paint(cut(lit, grow(fringe, 0.035)) if fringe else lit, skin)
    for side in (-1, 1):
        cheek = ellipse(side * (0.28 + 0.6 * wide) + 0.1 * f["turn"], 0.2, 0.1, 0.08)
        brush.paint(both(cheek, skull), PINK, 0.42 * f["blush"], soft=0.12)


def _beard(brush, f, colour, skull):
    if f["beard"].any():
        below_the_eyes = block(0, 0.4, 0.7, 0.44, 0.02)
        cheeks = ellipse(0.09 * f["turn"], -0.2, 0.44, 0.45)
        brush.paint(both(below_the_eyes, cut(grow(skull, 0.02), cheeks)), colour, f["beard"])


def _nose(brush, f, skin):
    brush.paint(ellipse(0.17 * f["turn"], 0.12, 0.065, 0.05), skin * SHADE)


def _mouth(brush, f):
    """One line while sad; from smile 0.2 on it opens, on teeth and tongue."""
    x, y, smile = 0.12 * f["turn"], 0.31, f["smile"]
    opened = np.maximum(smile - np.float32(0.2), 0) / 0.8
    half = 0.15 + 0.03 * smile
    lips = stroke(x, y, half, smile * (0.09 + 0.02 * smile), 0.022, 0.07 * opened)
    inside = grow(lips, -0.015)
    brush.paint(lips, LIP)
    brush.paint(inside, MOUTH, np.minimum(opened * 3, 1))
    brush.paint(both(inside, ellipse(x, y + 0.11, 0.1, 0.07)), TONGUE, np.minimum(opened * 2, 1))
    brush.paint(both(inside, ellipse(x, y - 0.06, half, 0.06)), WHITE, np.minimum(opened * 3, 1))


def _eyes(brush, f):
    """Dark ovals with a glint, flatter as they close, and arcs once shut."""
    awake = np.clip((f["eye_openness"] - np.float32(0.1)) / 0.06, 0, 1)
    for side in (-1, 1):
        x, y = side * (0.2 + 0.02 * f["face_width"]) + 0.11 * f["turn"], -0.02
        eye = ellipse(x, y, 0.075 * (1 - 0.15 * side * f["turn"]), 0.03 + 0.08 * f["eye_openness"])
        glint = ellipse(x + 0.03 * f["turn"], y - 0.04, 0.025, 0.027)
        brush.paint(eye, INK, awake)
        brush.paint(both(glint, eye), WHITE, awake)
        brush.paint(stroke(x, y + 0.01, 0.085, 0.06, 0.018), INK, 1 - awake)


def _brows(brush, f, colour):
    lift = f["brow_raise"]
    for side in (-1, 1):
        x = side * (0.21 + 0.02 * f["face_width"]) + 0.1 * f["turn"]
        brush.paint(stroke(x, -0.2 - 0.05 * lift, 0.09, -0.035 - 0.025 * lift, 0.022, 0.008), colour)


def _glasses(brush, f):
    if f["glasses"].any():
        x = 0.12 * f["turn"]
        for side in (-1, 1):
            rim = ellipse(x + side * 0.215, -0.01, 0.198, 0.188)
            brush.paint(cut(rim, grow(rim, -0.032)), INK, f["glasses"])
        brush.paint(stroke(x, -0.03, 0.03, -0.02, 0.018), INK, f["glasses"])
