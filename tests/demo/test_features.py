"""The tab Features without a browser: what it moves, what moves along, what it refuses, what an address restores."""

import gc
import html
import json
import re
import weakref
from functools import partial

import numpy as np
import pytest
import torch

from vae_course import data, pretrained
from vae_course.beta import active_units, kl_per_dimension
from vae_course.data import drawn
from vae_course.demo.core import store
from vae_course.demo.core.attributes import FEATURES
from vae_course.demo.core.limits import Refused
from vae_course.demo.core.model import OWN, Own, ordered, shipped, take
from vae_course.demo.tabs.features import compute, tab, texts, view
from vae_course.demo.tabs.features.knobs import kind_of, knobs
from vae_course.demo.tabs.features.labels import IN_THE_DATA
from vae_course.demo.tabs.features.readings import drift, probe, readings
from vae_course.text import LANGUAGES

FACES = [name for name in ordered() if name.startswith("faces")]
MOVES = [(name, key) for name in (*FACES, "drawn") for key in FEATURES[kind_of(shipped(name))]]


def decoded(name: str, z) -> torch.Tensor:
    with torch.no_grad():
        return pretrained.load(name).decode(z)


def noted(shown: str) -> dict:
    return json.loads(html.unescape(re.search('data-note="([^"]*)"', shown)[1]))


def moved(name: str, choice, strengths: dict[str, float]) -> compute.Moved:
    return compute.move(take(name), choice, strengths)


def read_out(lang: str, name: str, choice, strengths: dict[str, float]) -> str:
    return view.read_out(lang, take(name), moved(name, choice, strengths))


def shift(name: str, key: str) -> dict[str, float]:
    return {row.attribute: row.change for row in drift(shipped(name), key)}


# moving


@pytest.mark.parametrize(
    ("name", "strengths", "expected"),
    [
        ("faces", {"smile": 1.5, "glasses": -2}, {"Smiling": 1.5, "Eyeglasses": -2}),
        ("faces", {"age": 2.0, "beard": 1.0}, {"Young": -2.0, "No_Beard": -1.0}),
        ("drawn", {"smile": 0.5, "skin": 1.0}, {"smile": 0.5 * 2, "skin": 1.0}),  # a smile ranges from -1 to 1
    ],
)
def test_a_slider_adds_its_direction(name, strengths, expected):
    ways, gallery_codes = pretrained.directions(name), pretrained.gallery(name).mu
    z = gallery_codes[7] + sum(strength * ways[key] for key, strength in expected.items())
    smiling = moved(name, 7, strengths)
    assert torch.allclose(smiling.z, z, atol=1e-5)
    assert torch.allclose(smiling.after, decoded(name, z[None])[0], atol=1e-4)
    assert torch.allclose(smiling.start.before, decoded(name, gallery_codes[7:8])[0], atol=1e-5)


def test_all_at_zero_is_the_picture_as_it_is():
    still = moved("drawn", 3, {"smile": 0, "skin": 0.0})
    assert torch.equal(still.after, still.start.before) and torch.equal(still.z, still.start.mu)
    assert "after and before are the same" in read_out("en", "drawn", 3, {})


@pytest.mark.parametrize("name", ordered())
def test_latent_sliders_are_sorted_by_kl_and_the_last_is_the_least(name):
    codes = pretrained.gallery(name)
    kl = kl_per_dimension(codes.mu, codes.logvar)
    shown = [int(knob.key[1:]) - 1 for knob in knobs(shipped(name)) if knob.kl is not None]
    assert len(shown) == min(9, len(kl)) and len(set(shown)) == len(shown)
    assert kl[shown].tolist() == sorted(kl[shown].tolist(), reverse=True)
    assert kl[shown[:8]].sum() == pytest.approx(kl.sort(descending=True).values[:8].sum().item())
    assert kl[shown[-1]] == kl.min()
    deviation = pretrained.gaussian(name)[1].diag().sqrt()
    z = moved(name, 0, {f"z{shown[0] + 1}": 2}).z
    assert (z - codes.mu[0])[shown[0]] == pytest.approx(2 * deviation[shown[0]].item(), rel=1e-4)
    assert ((z - codes.mu[0]).abs() > 1e-6).sum() == 1


def test_a_collapsed_dimension_changes_nothing_and_is_called_so():
    name = "fashion-latent-128"
    model = shipped(name)
    first, *_, last = knobs(model)
    assert last.asleep and active_units(pretrained.gallery(name).mu) < 10
    idle, active = moved(name, 5, {last.key: 4}), moved(name, 5, {first.key: 2})
    assert (idle.after - idle.start.before).abs().mean() < 0.003
    assert (active.after - active.start.before).abs().mean() > 0.03
    for lang, word in (("es", "colapsada"), ("en", "collapsed")):
        assert word in view.sliders(lang, model, {}) and word in view.strips(lang, model, idle.start)
    assert f"{128 - 6} of 128" in view.sliders("en", model, {})


# what else moves


def test_each_reading_is_as_good_as_a_fitted_classifier():
    """On the gallery, against its true labels where they are; else that it tells the common answer's share."""
    reader = probe(shipped("faces"))
    said = reader.read(pretrained.gallery("faces").mu)
    card = pretrained.card("faces")["attributes"]
    for column, name in enumerate(reader.names):
        share = min(said[:, column].mean().item(), 1 - said[:, column].mean().item())
        assert abs(share - (1 - card[name]["baseline"])) < 0.12, name


@pytest.mark.images
def test_the_numbers_about_the_data_are_those_of_its_labels():
    folder = data.data_root() / "celeba"
    file = folder / "list_attr_celeba.txt"
    if not file.exists():
        pytest.skip("no CelebA in VAE_COURSE_DATA")
    _, names, *rows = file.read_text().splitlines()
    if len(rows) != 9500:
        pytest.skip("another part of CelebA")
    values = {row.split()[0]: [x == "1" for x in row.split()[1:]] for row in rows}
    labels = dict(zip(names.split(), np.array(list(values.values())).T, strict=True))
    for key, others in IN_THE_DATA.items():
        for other, (with_it, without) in others.items():
            found = labels[other][labels[key]].mean(), labels[other][~labels[key]].mean()
            assert (with_it, without) == tuple(round(100 * share) for share in found), (key, other)
    reader, codes = probe(shipped("faces")), pretrained.gallery("faces")
    mine = np.array([values[name.rpartition("/")[2]] for name in codes.files])
    right = (reader.read(codes.mu) > 0.5).numpy() == mine[:, [names.split().index(key) for key in reader.names]]
    fitted = [pretrained.card("faces")["attributes"][key]["accuracy"] for key in reader.names]
    assert right.mean() > np.mean(fitted) - 0.02


@pytest.mark.parametrize(("name", "key"), MOVES)
def test_every_slider_moves_what_it_is_called(name, key):
    feature = FEATURES[kind_of(shipped(name))][key]
    changes = shift(name, key)
    assert changes[feature.attribute] * feature.sign > 0
    if kind_of(shipped(name)) == "drawn":
        assert max(changes, key=lambda one: abs(changes[one])) == feature.attribute


def test_the_prejudices_of_the_data_are_measured_and_said():
    glasses = shift("faces", "glasses")
    assert glasses["Male"] > 10 and glasses["Young"] < -8 and glasses["Attractive"] < -10
    for lang, words in (("es", ("«hombre»", "joven", "78\u00a0%")), ("en", ("“male”", "young", "78\u00a0%"))):
        shown = view.strips(lang, shipped("faces"), compute.start(shipped("faces"), 100))
        assert all(word in shown for word in words)
        told = read_out(lang, "faces", 100, {"glasses": 3.0})
        assert words[0] in told and f"+{glasses['Male']:.0f}" in told and words[2] in told
    female, male = (view.in_the_data(key) for key in ("age", "male"))
    assert "“male”, 69 %\u00a0and\u00a035 %" in female.en  # age runs against the label Young
    assert "27 %" in male.es


def test_drawn_faces_have_no_prejudices():
    """Their features were drawn independently, so moving one hardly moves another."""
    for key, feature in FEATURES["drawn"].items():
        changes = shift("drawn", key)
        assert max(abs(value) for name, value in changes.items() if name != feature.attribute) < 10


def rows_of(strengths: dict[str, float]) -> list:
    """What the code says of one face that is moved so."""
    face = moved("faces", 100, strengths)
    return readings(shipped("faces"), face.start.mu, face.z, face.strengths)


def test_readings_are_shares_and_the_moved_feature_is_marked():
    rows = rows_of({"glasses": 3.0})
    assert rows[0].attribute == "Eyeglasses" and rows[0].own and not any(row.own for row in rows[1:])
    assert all(0 <= share <= 100 for row in rows for share in (row.before, row.after))
    assert rows[0].change == pytest.approx(rows[0].after - rows[0].before)
    sizes = [abs(row.change) for row in rows[1:]]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(row.own for row in rows_of({"glasses": 3.0, "age": 3.0, "smile": 0.1})) == 3


def test_every_attribute_has_a_name_in_both_languages():
    for name in (*FACES, "drawn"):
        assert set(pretrained.directions(name)) <= set(texts.ATTRIBUTES)
    assert set(drawn.FACTORS) <= set(texts.ATTRIBUTES)


# what is shown


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ordered())
def test_every_model_opens_with_two_strips_a_pair_and_something_moved(lang, name):
    model = shipped(name)
    opened = compute.move(model, compute.opening_picture(model), compute.opening(model))
    sliders, (strips, stage, told) = view.sliders(lang, model, opened.strengths), view.areas(lang, model, opened)
    assert strips.count("<figure") == 14 and stage.count("<figure") == 2 and told.count("<img") == 1
    assert sliders.count("<input") == len(knobs(model)) and 'value="0"' in sliders
    before, after = re.findall('<figure class="(?:before|after)"><img src="([^"]*)"', stage)
    assert before != after or name == "fashion-beta-64"
    assert f'src="{after}"' in told


def test_strips_pass_through_the_picture_itself():
    shown = view.strips("en", shipped("faces"), compute.start(shipped("faces"), 100))
    assert len(set(re.findall('src="([^"]*)"', shown))) == 13  # both strips hold the picture at 0


def test_siblings_open_with_the_same_picture():
    assert len({compute.opening_picture(shipped(name)) for name in FACES}) == 1


# refusals


@pytest.mark.parametrize(
    "strengths",
    [None, [], "smile", {"nose": 1}, {"z0": 1}, {"z999": 1}, {"smile": "2"}, {"smile": 9}, {"smile": float("nan")},
     {"smile": True}, {"smile": None}, {1: 1}, {f"z{k}": 1 for k in range(999)}],
)  # fmt: skip
def test_bad_strengths_are_refused(strengths):
    with pytest.raises(Refused):
        moved("faces", 3, strengths)


@pytest.mark.parametrize("choice", [-1, 120, 1.5, None, "u-000000000000", True, {}])
def test_bad_pictures_are_refused(choice):
    with pytest.raises(Refused):
        moved("faces", choice, {})


@pytest.mark.parametrize("name", [None, 7, "nonsense", "../faces", OWN])
def test_bad_models_are_refused(name):
    with pytest.raises(Refused):
        moved(name, 0, {})


# uploads


def test_an_upload_is_encoded_once_in_each_event_and_forgotten_with_its_visitor(monkeypatch):
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    visitor, model = store.Visitor(), shipped("faces")
    token = store._current.set(visitor)
    try:
        key = visitor.keep_upload(pixels)
        calls, picked = [], compute.picked
        monkeypatch.setattr(compute, "picked", lambda *given: calls.append(given) or picked(*given))
        upload = moved("faces", key, {"smile": 1.0})
        view.areas("en", model, upload)
        assert len(calls) == 1 and upload.start.source == "upload"
        mu = model.encode(upload.start.x[None])[0][0]
        assert torch.allclose(upload.z, mu + pretrained.directions("faces")["Smiling"])
        tab.fill("en", {"model": "drawn", "a": key})
        assert len(calls) == 2
    finally:
        store._current.reset(token)
    of_pixels, of_picture = weakref.ref(pixels), weakref.ref(upload.start.x)
    visitor.uploads.clear()
    calls.clear()
    del pixels, upload, visitor
    gc.collect()
    assert of_pixels() is None and of_picture() is None


def test_the_own_model_has_latent_sliders():
    name = "fashion-latent-8"
    own = Own(
        pretrained.load(name), pretrained.preset(name), pretrained.card(name), pretrained.gallery(name),
        shipped(name).pictures, pretrained.gaussian(name),
    )  # fmt: skip
    token = store._current.set(store.Visitor(own=own))
    try:
        opened = moved(OWN, 2, compute.opening(own))
        sliders, (*_, told) = view.sliders("en", own, opened.strengths), view.areas("en", own, opened)
        assert "z 1" in sliders and "<table" not in told
        theirs, mine = (moved(which, 2, {"z1": 1.0}).after for which in (name, OWN))
        assert torch.allclose(theirs, mine)
    finally:
        store._current.reset(token)


# the address


@pytest.mark.parametrize("lang", LANGUAGES)
def test_filling_takes_what_is_right_and_defaults_for_the_rest(lang):
    fill = partial(tab.fill, lang)
    wanted = {"model": "faces-beta-1", "a": "9", "smile": "-1.5", "age": "77", "z3": "x", "hair": "1"}
    menu, a, strengths, sliders, strips, stage, _, _, _ = fill(wanted)
    assert (menu["value"], a, strengths) == ("faces-beta-1", 9, {"smile": -1.5, "glasses": 3.0})
    model, face = shipped("faces-beta-1"), moved("faces-beta-1", 9, strengths)
    assert (strips, stage) == (view.strips(lang, model, face.start), view.stage(lang, model, face))
    assert 'value="-1.5" data-slide="smile"' in sliders
    assert fill({"glasses": "0"})[2] == {}
    assert fill({"model": "../../etc", "a": "9999"})[1] == compute.opening_picture(shipped("faces"))


def test_the_address_names_what_differs_from_the_opening():
    name = "faces"
    told = noted(read_out("en", name, 3, {"smile": 1.5}))
    assert {key: value for key, value in told.items() if value is not None} == {"smile": "1.5", "glasses": "0"}
    opened = noted(read_out("en", name, 3, compute.opening(shipped(name))))
    assert set(opened.values()) == {None}
    model = noted(view.stage("en", shipped("drawn"), moved("drawn", 3, {})))
    assert {key: value for key, value in model.items() if value is not None} == {"model": "drawn", "a": "3"}
    assert "age" in model and "smile" not in model  # what other models' sliders left goes, its own stays


@pytest.mark.parametrize("name", ordered())
def test_noted_and_filled_is_the_same(name):
    model = shipped(name)
    picture = moved(name, 1, {knobs(model)[0].key: -0.5})
    values = noted(view.read_out("en", model, picture)) | noted(view.stage("en", model, picture))
    _, a, again, *_ = tab.fill("en", {key: value for key, value in values.items() if value is not None})
    assert (a, again) == (1, picture.strengths)


@pytest.mark.parametrize("strengths", [{"smile": "2"}, {"smile": None}, {"smile": float("nan")}])
def test_what_a_page_says_of_its_sliders_is_checked_before_it_is_carried(strengths):
    with pytest.raises(Refused):
        compute.carried(shipped("drawn"), strengths)


def test_features_are_carried_to_a_model_that_has_them():
    cats, drawn_faces = shipped("cats"), shipped("drawn")
    assert compute.carried(shipped("faces-beta-4"), {"smile": 2.0, "z3": 1.0}) == {"smile": 2.0}
    assert compute.carried(cats, {"smile": 2.0}) == compute.opening(cats)
    assert compute.checked(drawn_faces, compute.carried(drawn_faces, {"smile": 4.0, "hat": 1.0}))
