"""The tab Questions, the pinboard and the report, without a browser."""

import base64
import io
import math
import os
import re
import zipfile
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from PIL import Image, PngImagePlugin

from vae_course import data, pretrained
from vae_course.demo import asked, charts, experiments, gallery, pins, questions, report, store
from vae_course.demo.limits import Refused
from vae_course.images import to_unit_range
from vae_course.loss import bce
from vae_course.runs.measure import mean_image
from vae_course.text import pick

each_language = pytest.mark.parametrize("lang", ["es", "en"])
each_question = pytest.mark.parametrize("key", list(asked.ASKED))
SEED = 7


@pytest.fixture(autouse=True)
def visitor():
    """Somebody who has done nothing yet."""
    token = store._current.set(store.Visitor())
    yield store.visitor()
    store._current.reset(token)


def png(width=60, height=40, colour=(10, 200, 90), **more) -> str:
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, **{"format": "png"} | more)
    return pins.PREFIX + base64.b64encode(file.getvalue()).decode()


def pinned(**more) -> dict:
    return pins.add({"png": png(), "caption": "A panel", "tab": "mix", "question": "", "address": ""} | more)


def act(key, seed=SEED, **event):
    return questions.act(event, key, seed)


# the questions


@each_language
@each_question
def test_each_question_is_asked_and_explained_with_its_numbers(lang, key):
    before = questions.board(lang, key, SEED)
    assert before.count('type="radio"') == len(asked.ASKED[key].options) >= 3 and before.count("<img ") == 6
    assert questions.escape(pick(questions.EXPLANATION, lang)) not in before
    act(key, do="run", choice=0)
    after = questions.board(lang, key, SEED)
    told = re.sub(r'<img [^>]*>|style="[^"]*"|data-note="[^"]*"', "", after)
    assert pick(questions.EXPLANATION, lang) in told and "{" not in told
    assert pick(questions.MINE, lang) in told and 'class="pin worded"' in told
    assert "<img " in after or "<svg " in after


@each_question
def test_each_question_has_predictions_that_hold_and_others_that_do_not(key):
    fits = [option.fits for option in asked.ASKED[key].options]
    assert any(fits) and not all(fits)


def test_the_assignments_questions_come_first_and_the_tab_opens_with_blur():
    where = [question.where for question in asked.ASKED.values()]
    assert where[:5] == [asked.ASSIGNMENT] * 5 and asked.ASSIGNMENT not in where[5:]
    assert questions.START["q"] == next(iter(asked.ASKED)) == "blurry"
    assert set(asked.ASKED) == set(experiments.RUN) == set(questions.LOOKS)


@pytest.mark.parametrize("key", [key for key in asked.ASKED if key not in ("glasses", "first")])
def test_another_seed_gives_another_experiment(key):
    one, again, other = (experiments.RUN[key]("en", seed).html for seed in (7, 7, 8))
    assert one == again != other


# what the experiments compute


def facts(key) -> dict[str, str]:
    return experiments.run(key, "en", SEED).facts


def test_without_kl_the_cloud_closes_and_with_it_ends_at_the_closed_form():
    told = {name: float(value) for name, value in facts("sigma").items()}
    assert told["mu_alone"] == pytest.approx(3, abs=0.02) and told["sigma_alone"] < 0.2
    assert (told["mu_cut"], told["sigma_cut"]) == (0, 1)
    assert told["mu_kl"] == pytest.approx(2, abs=0.03)
    assert told["sigma_kl"] == pytest.approx(1 / math.sqrt(3), abs=0.02)


def test_an_untrained_network_pays_ln_2_a_pixel():
    told = {name: float(value) for name, value in facts("first").items()}
    assert told["fresh"] == pytest.approx(784 * math.log(2), rel=0.01)
    assert told["fresh"] > told["average"] > told["trained"] > told["floor"] > 0


def test_norms_of_prior_draws_and_of_their_midpoints():
    told = {name: float(value) for name, value in facts("between").items()}
    assert told["ends"] == pytest.approx(math.sqrt(128), abs=0.1)
    assert told["middle"] == pytest.approx(8, abs=0.1)
    assert told["middle"] < told["arc"] == pytest.approx(told["ends"], rel=0.1)


def test_means_of_more_pictures_are_smoother():
    sharp = [experiments.sharpness(mean) for mean in experiments._means(SEED)]
    assert sharp[-1] < 0.7 * sharp[0] and facts("blurry")["kept"] == f"{100 * sharp[-1] / sharp[0]:.0f} %"


def test_the_two_losses_are_compared_after_the_same_epochs():
    told = facts("blurry")
    assert told["epoch"] == "10" and float(told["db_soft"]) + 2 < float(told["db_sharp"]) < 22.7
    nats, values = 0.5 * 12288 * (1 + math.log(2 * math.pi * 0.01)), 12288
    assert experiments._gaussian_mse(nats, values).item() == pytest.approx(0.01)


def test_sharpness_distance_and_diversity_by_hand():
    stripes = torch.tensor([[0.0, 1.0], [0.0, 1.0]]).view(1, 1, 2, 2)
    assert experiments.sharpness(stripes) == 0.5
    three = torch.stack([torch.zeros(1, 2, 2), torch.ones(1, 2, 2), torch.zeros(1, 2, 2)])
    assert experiments.apart(three, three)[0].tolist() == [0, 2, 0]
    assert experiments.diversity(three) == pytest.approx((0 + 2 + 2 + 2 + 2 + 0) / 6)


def test_a_collapsed_model_makes_one_class_and_the_bad_address_few():
    told = facts("collapse")
    assert told["dead_spread"] == "0.0" and told["dead_classes"] == "1"
    assert int(told["free_classes"]) < int(told["one_classes"]) and int(told["one_classes"]) >= 8


def test_the_mean_picture_and_the_floor_are_the_first_losses():
    told = facts("first")
    card = pretrained.card("fashion-latent-8")["figures"]
    assert told["trained"] == f"{card['reconstruction']:.0f}" and told["floor"] == str(experiments.FLOOR)
    assert told["average"] == f"{pretrained.card('fashion-beta-64')['figures']['reconstruction']:.0f}"


@pytest.mark.skipif("VAE_COURSE_DATA" not in os.environ, reason="VAE_COURSE_DATA names no folder with the real images")
def test_what_the_texts_take_for_measured_is_what_the_real_pictures_give():
    told, preset = facts("first"), pretrained.preset("fashion-latent-8")
    images = data.load(preset.data)
    x = to_unit_range(images.images[images.part("test")])
    mean = mean_image(images.images[images.train]).expand_as(x)
    assert (told["floor"], told["average"]) == (f"{bce(x, x).mean():.0f}", f"{bce(x, mean).mean():.0f}")
    assert preset.model.output_bias == "mean_image"  # where the curve begins
    faces = gallery.originals(experiments.SHARP)
    assert experiments.diversity(faces) == pytest.approx(experiments.SPREAD, abs=0.05)
    assert experiments.sharpness(faces) == pytest.approx(experiments.SHARPNESS, abs=5e-5)


@pytest.mark.parametrize("seed", [7, 8, 9, 10])
def test_what_is_said_of_mode_collapse_holds_with_other_seeds(seed):
    told = {key: float(value) for key, value in experiments.run("collapse", "en", seed).facts.items()}
    assert max(told["free_near"], told["dead_near"]) <= told["real_near"]
    assert told["free_classes"] < told["fitted_classes"] and told["dead_classes"] == 1
    beta = {key: float(value) for key, value in experiments.run("beta", "en", seed).facts.items() if "classes" in key}
    assert (beta["classes_0"], beta["classes_1"]) == (told["free_classes"], told["one_classes"])
    assert beta["classes_64"] == 1 < beta["classes_0"] < beta["classes_1"]


def test_numbers_of_the_cards_are_the_cards():
    kl = [pretrained.card(f"fashion-beta-{b}")["figures"]["kl"] for b in (0, 1, 4, 16, 64)]
    assert facts("beta")["kl"] == ", ".join(f"{value:.1f}" for value in kl)
    assert facts("latent")["active"] == "2, 8, 7, 6" and facts("latent")["active_0"] == "2, 8, 32, 128"


def test_glasses_carry_age_and_sex():
    directions = pretrained.directions("faces")
    way, young = directions["Eyeglasses"], directions["Young"]
    assert facts("glasses")["young"] == f"{100 * float(way @ young / young.square().sum()):.0f} %".replace("-", "−")
    assert facts("glasses")["eyeglasses"] == "100 %" and facts("glasses")["young"].startswith("−")


def test_experiments_leave_torch_as_it_was():
    before = torch.get_rng_state()
    for key in experiments.RUN:
        experiments.RUN[key]("es", 3)
    assert torch.equal(before, torch.get_rng_state())


# charts


def drawn(chart: str) -> ElementTree.Element:
    return ElementTree.fromstring(chart.partition("</svg>")[0] + "</svg>")


def test_charts_are_whole_svg_whatever_their_words():
    words = "a < b & \"c\" 'd'"
    line = charts.Series(words, [(1, 1), (10, 3)], words=[words, "e"])
    charts_ = [
        charts.plot(words, words, words, [line], xs=(1, 10), ys=(0, 4), log=True, marks={words: 2}),
        charts.bars(words, [(words, 2.0, words), ("f", -1.0, "−1")], 2, words),
        charts.histogram(words, words, {words: ([1.0, 2.0], charts.TEAL), "g": ([3.0], charts.GREY)}, [0, 2, 4]),
    ]
    for chart in charts_:
        root = drawn(chart)
        assert root.get("role") == "img" and root.get("aria-label") == words
        assert words in [text.text for text in root.iter("text")]


def test_points_and_bars_stand_where_their_values_are():
    line = charts.Series("", [(0, 0), (5, 5), (10, 10)])
    dots = list(drawn(charts.plot("t", "x", "y", [line], xs=(0, 10), ys=(0, 10))).iter("circle"))
    x, y = ([float(dot.get(key)) for dot in dots] for key in ("cx", "cy"))
    assert x[1] == pytest.approx((x[0] + x[2]) / 2, abs=0.2) and y[0] > y[1] > y[2]
    bars = list(drawn(charts.bars("t", [("a", 1.0, "1"), ("b", 2.0, "2")], 2, "u")).iter("rect"))
    assert float(bars[1].get("width")) == pytest.approx(2 * float(bars[0].get("width")), abs=0.2)


def test_a_dashed_line_has_its_word_on_the_side_away_from_the_curve():
    line = charts.Series("", [(0, 9), (10, 5)])
    chart = charts.plot("t", "x", "y", [line], xs=(0, 10), ys=(0, 10), marks={"over": 7, "under": 4})
    words = {text.text: float(text.get("y")) for text in drawn(chart).iter("text")}
    scale = charts._scale((0, 10), charts.HEIGHT - charts.BOTTOM, charts.TOP, False)
    assert words["over"] < scale(7) and words["under"] > scale(4)


# predicting


def refused(action) -> str:
    with pytest.raises(Refused) as caught:
        action()
    assert all(caught.value.sentence) and caught.value.sentence.es != caught.value.sentence.en
    return caught.value.sentence.en


def test_the_prediction_comes_first():
    assert "prediction comes first" in refused(lambda: act("beta", do="run"))
    assert not report.entry("beta")["ran"]
    questions.keep({"why:beta": "It gets worse."})
    act("beta", do="run")
    assert report.entry("beta")["ran"]


def test_a_prediction_can_be_changed_and_another_seed_drawn():
    act("beta", do="run", choice=1)
    assert act("beta", do="again") == ("beta", SEED + 1)
    assert report.entry("beta")["seed"] == SEED + 1
    act("beta", do="back", seed=SEED + 1)
    board = questions.board("en", "beta", SEED)
    assert 'value="1" checked' in board and board.count(" checked") == 1


@pytest.mark.parametrize("choice", [-1, 99, 1.5, True, "0", [0], math.nan])
def test_an_option_that_is_none_is_refused(choice):
    assert "The option" in refused(lambda: act("beta", do="run", choice=choice))


def test_a_question_that_is_none_is_refused():
    assert "The question" in refused(lambda: act("beta", do="open", question="nonsense"))


@pytest.mark.parametrize(
    "fields",
    [
        {"why:beta": "x" * 401}, {"answer:beta": "x" * 3001}, {"name": "x" * 81}, {"notes": "x" * 3001},
        {"why:nonsense": "x"}, {"nonsense:beta": "x"}, {"why:beta": 3}, {"why:beta": None}, "text", None,
        {f"caption:{k}": "" for k in range(200)}, {"why:report": "x"},
    ],
)  # fmt: skip
def test_texts_that_make_no_sense_are_refused(visitor, fields):
    refused(lambda: questions.keep(fields))
    assert visitor.answers == {}


def test_nothing_written_leaves_no_trace(visitor):
    questions.keep({"why:beta": "", "name": "", "notes": " \n "})
    assert visitor.answers == {}


@each_language
def test_what_a_visitor_writes_is_shown_as_text(lang):
    wicked = "<script>alert(1)</script>\"' & {kl} \\"
    questions.keep({"why:beta": wicked, "answer:beta": wicked, "name": wicked, "notes": wicked})
    act("beta", do="run", choice=0)
    pinned(caption=wicked, question="beta")
    for page in (questions.board(lang, "beta", SEED), questions.collected(lang), report.as_html(report.collect(lang))):
        assert "<script" not in page and "&lt;script&gt;" in page
        assert "{kl}" in page


# pins


def test_a_figure_is_kept_with_its_caption_and_place(visitor):
    figure = pinned(question="beta", address="http://here:7860/en?tab=mix&mix.a=3", width=40)
    assert visitor.pins == [figure] and figure["png"].startswith(b"\x89PNG")
    assert (figure["caption"], figure["tab"], figure["question"], figure["width"]) == ("A panel", "mix", "beta", 40)
    assert figure["address"].endswith("mix.a=3")
    questions.keep({f"caption:{figure['id']}": " Mine \x00\x07"})
    assert visitor.pins[0]["caption"] == "Mine"
    act("beta", do="remove", figure=figure["id"])
    assert visitor.pins == []


def jpeg() -> str:
    return png(format="jpeg")


def animated() -> str:
    file = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(file, format="png", save_all=True, append_images=frames[1:])
    return pins.PREFIX + base64.b64encode(file.getvalue()).decode()


def heavy() -> str:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (800, 800, 3), np.uint8))
    file = io.BytesIO()
    noise.save(file, format="png")
    return pins.PREFIX + base64.b64encode(file.getvalue()).decode()


def bomb() -> str:
    """A small file whose text would unpack to much."""
    more = PngImagePlugin.PngInfo()
    more.add_text("a", "x" * 70_000_000, zip=True)
    return png(pnginfo=more)


@pytest.mark.parametrize(
    "uri",
    [
        None, 3, "", "data:image/png;base64,", "data:image/png;base64,%%%", "data:image/svg+xml;base64,AAAA",
        png()[:-60], png().replace("data:", ""), lambda: png(5000, 10), lambda: png(3000, 3000), jpeg, animated, heavy,
        bomb, pins.PREFIX + base64.b64encode(b"<svg onload=alert(1)>").decode(),
    ],
)  # fmt: skip
def test_what_is_no_moderate_png_is_refused(visitor, uri):
    uri = uri() if callable(uri) else uri
    assert "could not be kept" in refused(lambda: pinned(png=uri))
    assert visitor.pins == []


def test_there_is_room_for_so_many_figures(visitor):
    for _ in range(pins.MOST):
        pinned()
    assert "remove one" in refused(pinned)
    assert len(visitor.pins) == pins.MOST


def test_there_is_room_for_so_many_bytes(visitor, monkeypatch):
    monkeypatch.setattr(pins, "MAX_TOTAL", len(pinned()["png"]) * 2)
    pinned()
    refused(pinned)
    monkeypatch.setattr(pins, "MAX_TOTAL", 10**9)
    monkeypatch.setattr(pins, "MAX_EVERYBODY", 100)
    assert "too many figures" in refused(pinned)


@pytest.mark.parametrize("address", ["javascript:alert(1)", 'http://x/"onclick=1', "http://x/ y", "x" * 2000, 3, None])
def test_a_link_that_is_none_is_dropped(address):
    assert pinned(address=address)["address"] == ""


@pytest.mark.parametrize("caption", ["x" * 241, None, 3, ["a"]])
def test_a_caption_that_is_none_is_refused(caption):
    assert "too long" in refused(lambda: pinned(caption=caption))


@each_language
def test_the_counter_counts(visitor, lang):
    assert "hidden" in pins.render(lang)
    pinned()
    assert {"es": "Informe: 1 figura<", "en": "Report: 1 figure<"}[lang] in pins.render(lang)
    pinned()
    assert {"es": "Informe: 2 figuras", "en": "Report: 2 figures"}[lang] in pins.render(lang)
    assert "hidden" not in pins.render(lang)


# the report


@pytest.fixture
def written(visitor):
    """Somebody who predicted, ran, answered and pinned."""
    questions.keep({"name": "Ana & Luis", "notes": "# one\n- two\n3. three", "answer:beta": "A *bold* answer.\nMore."})
    act("beta", do="run", choice=1)
    pinned(caption="Elsewhere", address="http://here/?tab=mix")
    pinned(caption="Of beta", question="beta", png=png(90, 30))
    return visitor


@each_language
def test_the_page_holds_what_was_predicted_seen_answered_and_pinned(written, lang):
    page = report.as_html(report.collect(lang))
    beta = asked.ASKED["beta"]
    for text in (beta.title, beta.options[1].text, beta.seen.format(**facts("beta")), report.TITLE):
        assert questions.escape(pick(text, lang)) in page
    assert "Ana &amp; Luis" in page and "A *bold* answer.\nMore." in page and "3. three" in page
    assert page.startswith(f'<!doctype html><html lang="{lang}">') and "@media print" in page and "@page" in page
    one, two = ("Figura 1", "Figura 2") if lang == "es" else ("Figure 1", "Figure 2")
    assert page.index(f"{one}.</b> Of beta") < page.index(f"{two}.</b> Elsewhere")  # a question's own come with it
    other = asked.ASKED["blurry"].title
    assert pick(other, lang) not in page


def test_the_page_needs_nothing_from_elsewhere(written):
    page = report.as_html(report.collect("es"))
    assert set(re.findall(r'(?:src|srcset|data|poster)="([a-z]+:)', page)) == {"data:"}
    assert "url(" not in page and "<script" not in page and "<link" not in page and "@import" not in page
    assert "default-src 'none'" in page
    assert re.findall(r'href="([^"]*)"', page) == ["http://here/?tab=mix"]


@each_language
def test_the_zip_holds_markdown_and_the_figures_themselves(written, lang):
    content = zipfile.ZipFile(io.BytesIO(report.as_zip(report.collect(lang))))
    page, folder, name = ("informe.md", "figuras", "figura") if lang == "es" else ("report.md", "figures", "figure")
    assert content.namelist() == [page, f"{folder}/{name}-01.png", f"{folder}/{name}-02.png"]
    assert content.read(f"{folder}/{name}-01.png") == written.pins[1]["png"]
    told = content.read(page).decode()
    assert f"![Of beta]({folder}/{name}-01.png)" in told and "A \\*bold\\* answer." in told
    assert "\\# one  \n\\- two  \n3\\. three" in told


@each_language
@pytest.mark.parametrize("kind", ["html", "zip"])
def test_the_parcel_has_its_name_in_the_pages_language(written, lang, kind):
    parcel = questions.parcel(lang, kind)
    name = {"es": "informe-vae", "en": "vae-report"}[lang]
    assert f'data-file="{name}.{kind}"' in parcel
    content = base64.b64decode(re.search(r'data-content="([^"]+)"', parcel)[1])
    assert content.startswith({"html": b"<!doctype", "zip": b"PK"}[kind])


@pytest.mark.parametrize("kind", ["exe", None, 3])
def test_no_other_kind_of_file_is_made(kind):
    assert "The format" in refused(lambda: questions.parcel("en", kind))


@pytest.mark.parametrize(
    ("text", "shown"), [("a_b*c", r"a\_b\*c"), ("1. x", r"1\. x"), ("- x", r"\- x"), ("<b>", r"\<b\>")]
)
def test_markdown_shows_a_text_as_it_stands(text, shown):
    assert report.plain(text) == shown


@each_language
def test_another_visitor_has_another_report(written, lang):
    token = store._current.set(store.Visitor())
    try:
        assert "<li>" not in questions.collected(lang) and "Ana" not in questions.collected(lang)
        assert report.collect(lang).parts == [] and "hidden" in pins.render(lang)
    finally:
        store._current.reset(token)


# the address


@each_language
def test_an_address_brings_back_question_and_seed(lang):
    board, *_ = questions.restore(lang, {"q": "sigma", "seed": "12"})
    assert 'data-question="sigma" data-seed="12"' in board
    board, *_ = questions.restore(lang, {"q": "nonsense", "seed": "-4"})
    assert 'data-question="blurry" data-seed="7"' in board


def test_an_experiment_that_was_run_comes_back_with_its_own_seed():
    act("sigma", seed=12, do="run", choice=0)
    board, *_ = questions.restore("en", {"q": "sigma"})
    assert 'data-question="sigma" data-seed="12"' in board and pick(questions.EXPLANATION, "en") in board
