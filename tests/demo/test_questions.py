"""The tab Questions, the pinboard and the report, without a browser."""

import base64
import io
import math
import re
import zipfile

import numpy as np
import pytest
from markupsafe import escape
from PIL import Image, PngImagePlugin

from vae_course.demo.core import store
from vae_course.demo.core.limits import Refused
from vae_course.demo.tabs.questions import answers, pins, report, tab, texts, view
from vae_course.demo.tabs.questions.bank import QUESTIONS
from vae_course.text import pick

each_language = pytest.mark.parametrize("lang", ["es", "en"])
each_question = pytest.mark.parametrize("key", list(QUESTIONS))
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
    return answers.act(event, key, seed)


# the questions


@each_language
@each_question
def test_each_question_is_asked_and_explained_with_its_numbers(lang, key):
    before = view.board(lang, key, SEED)
    assert before.count('type="radio"') == len(QUESTIONS[key].options) >= 3 and before.count("<img ") == 6
    assert escape(pick(texts.EXPLANATION, lang)) not in before
    act(key, do="run", choice=0)
    after = view.board(lang, key, SEED)
    told = re.sub(r'<img [^>]*>|style="[^"]*"|data-note="[^"]*"', "", after)
    assert pick(texts.EXPLANATION, lang) in told and "{" not in told
    assert pick(texts.MINE, lang) in told and 'class="pin worded"' in told
    assert "<img " in after or "<svg " in after


def test_the_tab_opens_with_the_assignments_first_question():
    assert answers.START["q"] == next(iter(QUESTIONS)) == "blurry"


# predicting


def refused(action) -> str:
    with pytest.raises(Refused) as caught:
        action()
    assert all(caught.value.sentence) and caught.value.sentence.es != caught.value.sentence.en
    return caught.value.sentence.en


def test_the_prediction_comes_first():
    assert "prediction comes first" in refused(lambda: act("beta", do="run"))
    assert not answers.entry("beta")["ran"]
    answers.keep({"why:beta": "It gets worse."})
    act("beta", do="run")
    assert answers.entry("beta")["ran"]


def test_a_prediction_can_be_changed_and_another_seed_drawn():
    act("beta", do="run", choice=1)
    assert act("beta", do="again") == ("beta", SEED + 1)
    assert answers.entry("beta")["seed"] == SEED + 1
    act("beta", do="back", seed=SEED + 1)
    board = view.board("en", "beta", SEED)
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
    refused(lambda: answers.keep(fields))
    assert visitor.answers == {}


def test_nothing_written_leaves_no_trace(visitor):
    answers.keep({"why:beta": "", "name": "", "notes": " \n "})
    assert visitor.answers == {}


@each_language
def test_what_a_visitor_writes_is_shown_as_text(lang):
    wicked = "<script>alert(1)</script>\"' & {kl} \\"
    answers.keep({"why:beta": wicked, "answer:beta": wicked, "name": wicked, "notes": wicked})
    act("beta", do="run", choice=0)
    pinned(caption=wicked, question="beta")
    for page in (view.board(lang, "beta", SEED), view.collected(lang), report.as_html(report.collect(lang))):
        assert "<script" not in page and "&lt;script&gt;" in page
        assert "{kl}" in page


# pins


def test_a_figure_is_kept_with_its_caption_and_place(visitor):
    figure = pinned(question="beta", address="http://here:7860/en?tab=mix&mix.a=3", width=40)
    assert visitor.pins == [figure] and figure["png"].startswith(b"\x89PNG")
    assert (figure["caption"], figure["tab"], figure["question"], figure["width"]) == ("A panel", "mix", "beta", 40)
    assert figure["address"].endswith("mix.a=3")
    answers.keep({f"caption:{figure['id']}": " Mine \x00\x07"})
    assert visitor.pins[0]["caption"] == "Mine"
    act("beta", do="remove", figure=figure["id"])
    assert visitor.pins == []


# what the browser keeps


def test_a_server_that_forgot_is_told_what_the_browser_keeps(visitor):
    kept = {"choice:beta": 1, "ran:beta": True, "seed:beta": 9, "why:beta": "Worse.", "name": "Ana", "notes": ""}
    assert answers.restore(kept) and not answers.restore(kept)
    assert answers.entry("beta") == {"choice": 1, "ran": True, "seed": 9, "why": "Worse.", "answer": ""}
    assert answers.about()["name"] == "Ana"
    assert answers.restore({"seed:beta": 10, "why:sigma": "So."})
    assert (answers.entry("beta")["seed"], answers.entry("beta")["choice"]) == (10, 1)


@pytest.mark.parametrize("value", [None, "x", -1, 1.5, {}, 10**9])
def test_what_makes_no_sense_any_more_is_left_out_and_the_rest_restored(visitor, value):
    senseless = {"choice:beta": value, "seed:beta": value, "choice:gone": 0, "why:gone": "x", "odd": value}
    assert answers.restore(senseless | {"answer:beta": "Kept."})
    assert visitor.answers == {"beta": {"answer": "Kept."}}
    assert not answers.restore(value)


def test_figures_keep_the_browsers_keys_and_come_once(visitor):
    one, two = "0123456789ab", "ba9876543210"
    assert pins.missing([one, two, "<b>", 3]) == [one, two] and pins.missing(None) == []
    for _ in range(2):
        pinned(id=one)
    assert [figure["id"] for figure in visitor.pins] == [one] and pins.missing([one, two]) == [two]
    assert pinned(id="../../etc")["id"] not in ("../../etc", one)
    assert f'data-missing="{two}"' in view.counter("en", missing=[two])


def test_erasing_leaves_nothing_and_stops_what_is_at_work(visitor):
    class Work:
        stopped = False

        def stop(self):
            self.stopped = True

    work = visitor.work["train"] = Work()
    pinned()
    answers.keep({"name": "Ana"})
    visitor.keep_upload(np.zeros((8, 8, 3), np.uint8))
    act("beta", do="erase")
    assert visitor.new and work.stopped


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
    assert "hidden" in view.counter(lang)
    pinned()
    assert {"es": "Informe: 1 figura<", "en": "Report: 1 figure<"}[lang] in view.counter(lang)
    pinned()
    assert {"es": "Informe: 2 figuras", "en": "Report: 2 figures"}[lang] in view.counter(lang)
    assert "hidden" not in view.counter(lang)


# the report


@pytest.fixture
def written(visitor):
    """Somebody who predicted, ran, answered and pinned."""
    answers.keep({"name": "Ana & Luis", "notes": "# one\n- two\n3. three", "answer:beta": "A *bold* answer.\nMore."})
    act("beta", do="run", choice=1)
    pinned(caption="Elsewhere", address="http://here/?tab=mix")
    pinned(caption="Of beta", question="beta", png=png(90, 30))
    return visitor


@each_language
def test_the_page_holds_what_was_predicted_seen_answered_and_pinned(written, lang):
    page = report.as_html(report.collect(lang))
    beta = QUESTIONS["beta"]
    for text in (beta.title, beta.options[1].text, beta.seen.format(**beta.run(lang, SEED).facts), texts.REPORT_TITLE):
        assert escape(pick(text, lang)) in page
    assert "Ana &amp; Luis" in page and "A *bold* answer.\nMore." in page and "3. three" in page
    assert page.startswith(f'<!doctype html><html lang="{lang}">') and "@media print" in page and "@page" in page
    one, two = ("Figura 1", "Figura 2") if lang == "es" else ("Figure 1", "Figure 2")
    assert page.index(f"{one}.</b> Of beta") < page.index(f"{two}.</b> Elsewhere")  # a question's own come with it
    other = QUESTIONS["blurry"].title
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
    parcel = view.parcel(lang, kind)
    name = {"es": "informe-vae", "en": "vae-report"}[lang]
    assert f'data-file="{name}.{kind}"' in parcel
    content = base64.b64decode(re.search(r'data-content="([^"]+)"', parcel)[1])
    assert content.startswith({"html": b"<!doctype", "zip": b"PK"}[kind])


@pytest.mark.parametrize("kind", ["exe", None, 3])
def test_no_other_kind_of_file_is_made(kind):
    assert "The format" in refused(lambda: view.parcel("en", kind))


@pytest.mark.parametrize(
    ("text", "shown"), [("a_b*c", r"a\_b\*c"), ("1. x", r"1\. x"), ("- x", r"\- x"), ("<b>", r"\<b\>")]
)
def test_markdown_shows_a_text_as_it_stands(text, shown):
    assert report.plain(text) == shown


@each_language
def test_another_visitor_has_another_report(written, lang):
    token = store._current.set(store.Visitor())
    try:
        assert "<li>" not in view.collected(lang) and "Ana" not in view.collected(lang)
        assert report.collect(lang).parts == [] and "hidden" in view.counter(lang)
    finally:
        store._current.reset(token)


# the address


@each_language
def test_an_address_brings_back_question_and_seed(lang):
    board, *_ = tab.fill(lang, {"q": "sigma", "seed": "12"})
    assert 'data-question="sigma" data-seed="12"' in board
    board, *_ = tab.fill(lang, {"q": "nonsense", "seed": "-4"})
    assert 'data-question="blurry" data-seed="7"' in board


def test_an_experiment_that_was_run_comes_back_with_its_own_seed():
    act("sigma", seed=12, do="run", choice=0)
    board, *_ = tab.fill("en", {"q": "sigma"})
    assert 'data-question="sigma" data-seed="12"' in board and pick(texts.EXPLANATION, "en") in board
