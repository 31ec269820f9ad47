"""The tab Map without a browser: where points, outlines and tiles lie, what is refused, what an address brings back."""

import base64
import gc
import io
import json
import re
import weakref
from functools import partial
from html import unescape

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.spatial import ConvexHull

from vae_course import pretrained
from vae_course.demo.core import store
from vae_course.demo.core.limits import Refused
from vae_course.demo.core.model import OWN, Own, ordered, shipped, take
from vae_course.demo.tabs.map import compute, tab, texts, view
from vae_course.demo.ui import pictures
from vae_course.text import LANGUAGES, pick

FLAT = "fashion-2d"
START = ("z", "dots", "class", 3, 8)


def places(shown: str) -> np.ndarray:
    """Where the page puts the points, (M, 2) in 0..1: x to the right, y downwards."""
    found = re.findall(r'class="dot".*?data-index="(\d+)" data-x="([-\d.]+)" data-y="([-\d.]+)"', shown)
    assert [int(k) for k, _, _ in found] == list(range(len(found)))
    return np.array([[float(x), float(y)] for _, x, y in found]) / view.SIDE


def drawn(lang: str, name, *values) -> str:
    """The map with these values, as a visitor's control asks for it."""
    model = take(name)
    return view.chart(lang, model, compute.checked(model, *values))


def noted(shown: str) -> dict:
    """What goes into the address."""
    told = {}
    for note in re.findall('data-note="([^"]*)"', shown):
        told |= json.loads(unescape(note))
    return {key: value for key, value in told.items() if value is not None}


# the outline


@pytest.mark.parametrize("seed", range(12))
def test_hull_has_the_corners_that_scipy_finds(seed):
    random = np.random.default_rng(seed)
    xy = random.normal(size=(random.integers(4, 60), 2))
    xy = np.concatenate([xy, xy[:3], [xy[0] * 0.5 + xy[1] * 0.5]])  # twice the same place, and between two
    mine, theirs = compute.hull(xy), ConvexHull(xy)
    assert {tuple(one) for one in mine} == {tuple(one) for one in xy[theirs.vertices]}
    x, y = mine.T
    area = 0.5 * (x * np.roll(y, -1) - y * np.roll(x, -1)).sum()  # the shoelace formula: in order, anticlockwise
    assert area == pytest.approx(theirs.volume)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hull_of_hardly_any_points_is_these_points(count):
    xy = np.arange(6.0).reshape(3, 2)[:count]
    assert compute.hull(xy).tolist() == xy.tolist()


@pytest.mark.parametrize("method", ["z", "pca", "tsne"])
@pytest.mark.parametrize("label", range(10))
def test_border_holds_nine_tenths_of_its_class_and_touches_its_points(method, label):
    codes, shown = pretrained.gallery(FLAT), drawn("en", FLAT, method, "dots", "class", 3, 8)
    xy = places(shown)[codes.labels.numpy() == label]
    polygon = re.search(rf'data-class="{label}" visibility="hidden"><polygon points="([^"]*)"', shown)[1]
    corners = np.array([[float(value) for value in pair.split(",")] for pair in polygon.split()]) / view.SIDE
    distance = np.abs(corners[:, None] - xy[None]).max(-1).min(1)
    assert (distance < 2e-3).all()  # each corner is a point of that class
    inside = (xy @ (hull := ConvexHull(corners)).equations[:, :2].T + hull.equations[:, 2] < 1e-3).all(axis=1)
    assert inside.sum() >= round(0.9 * len(xy)) and len(corners) >= 3


# the tiles


@pytest.mark.parametrize("name", [name for name in ordered() if shipped(name).latent_dim == 2])
def test_the_tile_under_a_place_is_the_decoding_of_that_place(name):
    """The way from the page to z is found anew here, by least squares on the points."""
    codes, model = pretrained.gallery(name), pretrained.load(name)
    xy = places(drawn("en", name, "z", "dots", "class", 3, 8)).astype(np.float32)
    known = np.c_[xy, np.ones(len(xy), np.float32)]
    to_z, *_ = np.linalg.lstsq(known, codes.mu.numpy(), rcond=None)
    assert np.allclose(known @ to_z, codes.mu.numpy(), atol=1e-2 * float(codes.mu.abs().max()))
    sheet, n = compute.tile_sheet(shipped(name)), compute.TILES
    side = sheet.shape[-1] // n
    for row, column in [(0, 0), (0, n - 1), (n - 1, 0), (5, 11), (12, 3)]:
        z = torch.tensor([(column + 0.5) / n, (row + 0.5) / n, 1]) @ torch.from_numpy(to_z)
        with torch.inference_mode():
            expected = model.decode(z[None])[0]
        tile = sheet[:, row * side : (row + 1) * side, column * side : (column + 1) * side]
        assert (tile - expected).abs().mean() < 5e-3
        assert (sheet[:, :side, side * 8 : side * 9] - expected).abs().mean() > 2e-2


def test_the_page_holds_those_tiles():
    source = re.search('class="behind" href="data:image/webp;base64,([^"]*)"', drawn("es", FLAT, *START))[1]
    with Image.open(io.BytesIO(base64.b64decode(source))) as image:
        pixels = np.asarray(image.convert("L")).astype(float) / 255
    assert np.abs(pixels - compute.tile_sheet(shipped(FLAT))[0].numpy()).mean() < 0.02  # lossy


@pytest.mark.parametrize(("method", "look"), [("pca", "dots"), ("tsne", "dots"), ("z", "pictures")])
def test_tiles_stand_only_where_places_have_a_meaning_and_nothing_covers_them(method, look):
    shown = drawn("en", FLAT, method, look, "class", 3, 8)
    assert 'class="behind"' not in shown and "Behind" not in shown


# the points


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_points_keep_the_shape_of_the_shipped_map(method):
    name = "faces"
    xy, shipped = places(drawn("en", name, method, "pictures", "blond", 3, 8)), pretrained.gallery(name).maps
    for axis, sign in ((0, 1), (1, -1)):  # y grows downwards on a page
        assert np.corrcoef(xy[:, axis], shipped[method][:, axis])[0, 1] == pytest.approx(sign, abs=1e-4)
    assert xy.min() > 0.04 and xy.max() < 0.96


def test_classes_have_ten_colours_of_their_own():
    codes, painted = pretrained.gallery(FLAT), compute.paint(shipped(FLAT), "class")
    assert len(set(compute.COLOURS)) == 10
    assert {(label, colour) for label, colour in zip(codes.labels.tolist(), painted, strict=True)} == set(
        enumerate(compute.COLOURS)
    )
    assert len(set(compute.paint(shipped(FLAT), "none"))) == 1


@pytest.mark.parametrize(("feature", "attribute", "sign"), [("blond", "Blond_Hair", 1), ("beard", "No_Beard", -1)])
def test_an_attributes_colour_follows_its_direction(feature, attribute, sign):
    along = sign * pretrained.gallery("faces").mu @ pretrained.directions("faces")[attribute]
    painted = compute.paint(shipped("faces"), feature)
    assert painted[int(along.argmax())] == "#fab230" and painted[int(along.argmin())] == "#1b4d8c"
    red = np.array([int(colour[1:3], 16) for colour in painted])  # grows from one end to the other
    assert (np.diff(red[along.argsort().numpy()]) >= 0).all()


@pytest.mark.parametrize("name", ordered())
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_model_has_a_map_that_opens_with_two_points(name, lang):
    model = shipped(name)
    opening, keys = compute.opening(model), compute.colours(model)
    shown = view.chart(lang, model, opening, compute.outlined(model))
    a, b = opening.a, opening.b
    assert shown.count('class="dot"') == len(pretrained.gallery(name).mu)
    pressed = re.findall('data-index="(\\d+)"[^>]*aria-pressed="true"', shown)
    assert a != b and {int(k) for k in pressed} == {a, b}
    stops = re.findall('<[^>]*tabindex="0"[^>]*>', shown)
    assert len([stop for stop in stops if "data-index" in stop]) == 1  # of the points; the legend's names are others
    assert view.ends(lang, model, a, b).count("<img") == 2
    assert view.path(lang, model, a, b).count("<img") == compute.STEPS
    options = tab.colour_options(model, lang)
    assert tuple(key for _, key in options) == keys and len({title for title, _ in options}) == len(keys)
    told = noted(shown) | noted(view.ends(lang, model, a, b))
    assert told == ({} if name == FLAT else {"model": name})


def test_it_opens_with_tiles_and_one_outlined_class():
    assert compute.opening_model() == FLAT
    model = shipped(FLAT)
    assert pretrained.gallery(FLAT).classes[int(compute.outlined(model))] == "Sneaker"
    assert 'class="behind"' in view.chart("es", model, compute.opening(model), compute.outlined(model))


def test_words_are_in_the_pages_language():
    spanish, english = (drawn(lang, FLAT, *START) for lang in LANGUAGES)
    assert "Pantalón" in spanish and "Trousers" not in spanish and "nunca vio" in spanish
    assert "Trousers" in english and "Pantalón" not in english and "never saw" in english
    assert "Sonrisa, según el código" in drawn("es", "faces", "tsne", "dots", "smile", 1, 2)
    assert "learnt from" in drawn("en", "emojis", "tsne", "dots", "none", 1, 2)


# the path


def test_the_path_is_the_straight_line_between_two_codes_decoded():
    name, a, b = "drawn", 7, 31
    mu, model = pretrained.gallery(name).mu, pretrained.load(name)
    with torch.inference_mode():
        expected = model.decode(torch.stack([mu[a], (3 * mu[a] + mu[b]) / 4, (mu[a] + mu[b]) / 2, mu[b]]))
    assert torch.allclose(compute.walk(shipped(name), a, b)[[0, 2, 4, 8]], expected, atol=1e-5)


def test_one_point_alone_shows_its_picture_and_no_path():
    model = shipped(FLAT)
    shown = view.ends("es", model, 5, None)
    assert (
        shown.count(pictures.source(model.pictures[5])) == shown.count("<img") == 1
        and "elige la imagen B" in shown
        and noted(shown) == {"a": "5", "b": "none"}
    )
    assert view.path("es", model, 5, None) == ""


# what is refused


@pytest.mark.parametrize(
    ("place", "bad", "words"),
    [
        (0, "../faces", "no model"), (0, None, "no model"), (1, "umap", "plane"), (1, None, "plane"),
        (2, 3, "look"), (3, "smile", "colour"), (3, ["class"], "colour"), (4, 120, "gallery index"),
        (4, -1, "gallery index"), (4, "3", "gallery index"), (4, None, "gallery index"), (5, 1.5, "gallery index"),
        (5, True, "gallery index"), (5, float("nan"), "gallery index"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_refused(place, bad, words):
    wanted = [FLAT, *START]
    wanted[place] = bad
    with pytest.raises(Refused, match=words):
        drawn("en", *wanted)


def test_a_plane_of_two_numbers_is_for_models_of_two_numbers():
    with pytest.raises(Refused, match="plane"):
        drawn("en", "faces", "z", "dots", "none", 1, 2)


# the address


@pytest.mark.parametrize("lang", LANGUAGES)
def test_filling_takes_what_is_right_and_defaults_for_the_rest(lang):
    fill = partial(tab.fill, lang)
    menu, method, look, colour, a, b, shown, ends, path, _ = fill(
        {"model": "faces", "method": "pca", "look": "dots", "colour": "glasses", "a": "4", "b": "none"}
    )
    controls = (menu["value"], method["value"], look, colour["value"], a, b)
    assert controls == ("faces", "pca", "dots", "glasses", 4, None)
    faces, flat = shipped("faces"), shipped(FLAT)
    assert shown == view.chart(lang, faces, compute.Setting("pca", "dots", "glasses", 4, None), "none")
    assert ends == view.ends(lang, faces, 4, None) and path == ""
    bad = {"model": "x", "method": "umap", "look": "", "colour": "smile", "a": "120", "b": "-1", "outline": "10"}
    opened, usual = fill(bad), compute.opening(flat)
    assert (opened[0]["value"], *opened[4:6]) == (FLAT, usual.a, usual.b)
    assert opened[6] == view.chart(lang, flat, usual, compute.outlined(flat))
    assert 'data-outline="2"' in fill({"outline": "2"})[6] and 'data-outline="none"' in fill({"outline": "none"})[6]


def test_the_address_names_what_differs_from_the_opening():
    asked = compute.Setting("tsne", "dots", "none", 3, 8)
    shown = view.chart("en", shipped(FLAT), asked, "2")
    assert noted(shown) == {"method": "tsne", "colour": "none", "outline": "2"}
    assert "outline" not in noted(view.chart("en", shipped(FLAT), asked))  # the page has it


# the visitor's own model


@pytest.mark.parametrize("name", [FLAT, "drawn"])
def test_the_own_model_has_a_map_too(name):
    own = Own(
        pretrained.load(name), pretrained.preset(name), pretrained.card(name), pretrained.gallery(name),
        shipped(name).pictures, pretrained.gaussian(name),
    )  # fmt: skip
    token = store._current.set(store.Visitor(own=own))
    try:
        opening = compute.opening(take(OWN))
        *_, shown, _, _, _ = tab.fill("es", {"model": OWN})
    finally:
        store._current.reset(token)
    assert ('class="behind"' in shown) == (name == FLAT)
    assert opening.colour == ("class" if name == FLAT else "none")
    assert view.chart("es", own, opening, compute.outlined(own)) == shown
    gone = weakref.ref(own)
    del own
    gc.collect()
    assert gone() is None  # and its tiles with it


@pytest.mark.parametrize(("name", "method"), [(FLAT, "z"), (FLAT, "pca"), ("faces", "pca"), ("drawn", "pca")])
def test_a_points_own_place_has_its_code_as_far_as_the_plane_shows_it(name, method):
    model = shipped(name)
    places = compute.points(model, method)
    codes = torch.cat([compute.code_at(model, method, *place.tolist()) for place in places[:6]])
    if model.latent_dim == 2:
        torch.testing.assert_close(codes, model.gallery.mu[:6], atol=1e-3, rtol=1e-3)
        return
    centred = model.gallery.mu - model.gallery.mu.mean(dim=0)
    directions = torch.linalg.svd(centred, full_matrices=False).Vh[:2]
    shown = model.gallery.mu.mean(dim=0) + (centred[:6] @ directions.T) @ directions
    torch.testing.assert_close(codes, shown, atol=2e-2, rtol=2e-2)


@pytest.mark.parametrize(
    ("method", "x", "y"), [("tsne", 0.5, 0.5), ("z", 1.2, 0.5), ("z", 0.5, None), ("z", "1", 0)]
)  # fmt: skip
def test_a_place_that_is_none_is_refused(method, x, y):
    with pytest.raises(Refused, match="The plane" if method == "tsne" else "The place"):
        view.place("en", shipped(FLAT), method, x, y)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_place_is_named_as_far_as_the_plane_tells(lang):
    shown = view.place(lang, shipped(FLAT), "z", 0.5, 0.25)
    assert "z\xa0=\xa0(" in shown and noted(shown) == {"x": "0.5", "y": "0.25"}
    assert pick(texts.AVERAGE, lang) in view.place(lang, shipped("faces"), "pca", 0.5, 0.5)
