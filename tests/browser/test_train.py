"""The tab Train in a browser."""

import io
import re
import zipfile
from urllib.parse import urljoin

import numpy as np
import pytest
from helpers.browser import (
    SOON,
    after,
    at_rest,
    decoded,
    each_language,
    each_view,
    in_a_browser,
    in_address,
    in_english,
    in_spanish,
    requests_of,
    sources,
)
from PIL import Image

from vae_course.demo.core import texts
from vae_course.demo.tabs.train import texts as train_texts
from vae_course.demo.ui import texts as ui_texts
from vae_course.text import pick

pytestmark = in_a_browser
LATE = 180_000  # milliseconds: trainings step back when the machine does other things
SHEET = "#tab-train [data-image=samples]"
STATUS = "#tab-train [data-status]"
OWN = {lang: pick(texts.OWN_TITLE, lang) for lang in ("es", "en")}


def press(view, act):
    view.locator(f"#tab-train [data-act={act}]").click()


def says(view, words, timeout=LATE):
    view.wait_for_function(
        "words => document.querySelector('#tab-train [data-status]')?.innerText.includes(words)",
        arg=words,
        timeout=timeout,
    )


def live(view, lang):
    """Starts a training and waits until its third sheet is there."""
    press(view, "start")
    view.locator("#tab-train [data-title]", has_text={"es": "En vivo", "en": "Live"}[lang]).wait_for(timeout=LATE)
    view.wait_for_function(
        "!/^(Prepar|En la cola|In the)/.test(document.querySelector('[data-status]').innerText)", timeout=LATE
    )
    view.wait_for_function("Number(document.querySelector('#tab-train [data-scrub]').max) >= 2", timeout=LATE)


def stop(view, lang):
    press(view, "stop")
    says(view, {"es": "Terminado", "en": "Stopped"}[lang])


@in_spanish
def test_a_click_before_the_recorded_run_has_come_is_not_lost(visit, lang):
    view, held = visit("start", lang), []
    view.route(re.compile(r"\.json$"), lambda route: held.append(route))
    view.get_by_role("tab", name=pick(train_texts.NAME, lang), exact=True).click()
    press(view, "start")
    view.wait_for_timeout(500)
    (run,) = held
    run.continue_()
    view.locator("#tab-train [data-title]", has_text="En vivo").wait_for(timeout=LATE)
    stop(view, lang)


@in_spanish
def test_the_recorded_run_comes_once_the_server_is_back(visit, lang):
    view, refused = visit("start", lang), []
    view.route(re.compile(r"\.json$"), lambda route: refused.append(route.fulfill(body="not now")), times=1)
    view.get_by_role("tab", name=pick(train_texts.NAME, lang), exact=True).click()
    view.wait_for_timeout(500)
    assert refused and view.locator("#tab-train [data-chart=reconstruction] svg").count() == 0
    view.evaluate("document.dispatchEvent(new Event('vae-back'))")
    view.locator("#tab-train [data-chart=reconstruction] svg").first.wait_for()


@each_view
def test_opens_on_a_recorded_run_with_three_lines_that_replays_without_the_server(visit, lang, width):
    view = visit("train", lang, width)
    view.locator("#tab-train [data-chart=reconstruction] svg").first.wait_for()
    view.wait_for_timeout(1500)  # the page asks once whether a training is under way
    names = view.locator("#tab-train .name").all_text_contents()
    words = {"es": ("no sabe nada", "imagen media", "piso"), "en": ("knows nothing", "mean image", "floor")}[lang]
    assert len(names) == 3 and all(any(word in name for name in names) for word in words)
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    asked = []
    view.on("request", lambda request: request.url.startswith("data:") or asked.append(request.url))
    slider = view.locator("#tab-train [data-scrub]")
    last = sources(view, SHEET)
    before, first = after(view, SHEET, lambda: slider.fill("0"))
    assert before == last != first
    chapter = view.locator("#tab-train [data-chapter]").inner_text()
    view.locator("#tab-train [data-play]").click()
    view.wait_for_function(
        "last => document.querySelector('[data-image=samples]').src === last", arg=last[0], timeout=SOON
    )
    assert view.locator("#tab-train [data-chapter]").inner_text() != chapter
    assert asked == []


@each_language
def test_a_live_run_goes_into_the_report_under_its_own_name(visit, lang):
    view = visit("train", lang)
    view.locator("#tab-train [data-chart=reconstruction] svg").first.wait_for()
    view.evaluate(
        """() => {
          const nothing = {from: [0, 0], points: [], frames: [], lines: {}, originals: '', kept: 0};
          window.vaeTrain.latest = {...nothing, version: Infinity, status: 'paused', id: 'probe', title: 'Probe'};
          window.vaeTrain.receive();
        }"""
    )
    name, button = {"es": "En vivo: Probe", "en": "Live: Probe"}[lang], view.locator("#tab-train [data-pin]")
    assert view.locator("#tab-train [data-title]").inner_text() == button.get_attribute("data-pin") == name
    label = pick(ui_texts.PIN, lang).format(title=name)
    assert button.get_attribute("aria-label") == button.get_attribute("title") == label


@each_view
def test_a_training_is_watched_paused_stepped_and_stopped(visit, lang, width):
    view = visit("train", lang, width)
    live(view, lang)
    assert view.locator("#tab-train [data-chart] path.train:not(.cut)").count() == 2
    press(view, "pause")
    says(view, {"es": "En pausa", "en": "Paused"}[lang])
    view.wait_for_timeout(1500)
    frames = view.locator("#tab-train [data-scrub]").get_attribute("max")
    press(view, "step")
    view.wait_for_function(
        "last => Number(document.querySelector('#tab-train [data-scrub]').max) > last", arg=int(frames), timeout=LATE
    )
    says(view, {"es": "En pausa", "en": "Paused"}[lang])
    assert int(view.locator("#tab-train [data-scrub]").get_attribute("max")) == int(frames) + 1
    steps = int(re.search(r"(?:paso|step) (\d+)", view.locator(STATUS).inner_text())[1])
    for _ in range(8):
        press(view, "step")
    says(view, f"{steps + 8}.")
    says(view, {"es": "En pausa", "en": "Paused"}[lang])
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    stop(view, lang)
    assert view.locator("#tab-train [data-act=stop]").is_disabled()


@in_spanish
def test_the_trained_model_appears_in_the_other_tabs_for_this_visitor_only(visit, lang):
    view, other = visit("train", lang), visit("generate", lang)
    live(view, lang)
    stop(view, lang)
    view.locator(f"{STATUS} a").first.wait_for()
    name = {"es": "Generar", "en": "Generate"}[lang]
    view.get_by_role("tab", name=name).click()
    view.locator("#tab-generate").get_by_role("combobox").first.click()
    view.get_by_role("option", name=OWN[lang], exact=True).wait_for()
    after(view, "#tab-generate .panel img", lambda: view.get_by_role("option", name=OWN[lang], exact=True).click())
    assert view.evaluate("document.querySelector('#tab-generate .panel img').naturalWidth") == 3 * 33 - 1
    other.reload()
    other.locator("#tab-generate .panel img").first.wait_for()
    other.locator("#tab-generate").get_by_role("combobox").first.click()
    other.get_by_role("option").first.wait_for()
    assert other.get_by_role("option", name=OWN[lang], exact=True).count() == 0


def test_the_trained_model_is_decoded_by_its_visitors_page_and_its_weights_are_nobody_elses(visit):
    view, other = visit("train", "en"), visit("generate", "en")
    live(view, "en")
    stop(view, "en")
    view.locator(f"{STATUS} a").first.wait_for()
    view.goto(view.url.partition("?")[0] + "?tab=features&features.model=own")
    image, slider = "#tab-features .after img", view.locator("#tab-features .knob input").first
    view.wait_for_function("document.querySelector('#tab-features .knobs')?.dataset.decoder.startsWith('own/')")
    usual, made = slider.input_value(), decoded(sources(view, image)[0])  # by the server
    slider.hover()
    view.locator('html[data-decoders*="own/decoder."]').wait_for(state="attached", timeout=SOON)
    asked = requests_of(view)
    after(view, image, lambda: slider.fill("-2"))  # another file, whatever so young a model makes of it
    view.wait_for_url("**=-2*")
    slider.fill(usual)
    view.wait_for_url(lambda address: "=-2" not in address)
    at_rest(view)
    assert asked == [] and np.abs(decoded(sources(view, image)[0]) - made).max() <= 1
    address = view.locator("#tab-features .knobs").get_attribute("data-decoder")
    mine = view.context.request.get(urljoin(view.url, address))  # with the cookies of the page
    assert (mine.status, mine.headers["cache-control"]) == (200, "no-store")
    for someone, what in ((other, address), (view, address[:-1]), (view, address.partition("?")[0])):
        assert someone.context.request.get(urljoin(view.url, what)).status == 404


@in_english
def test_the_switch_of_language_keeps_the_training(visit, lang):
    view = visit("train", lang)
    live(view, lang)
    press(view, "pause")
    says(view, {"es": "En pausa", "en": "Paused"}[lang])
    view.locator("a.switch").click()
    says(view, {"es": "Paused", "en": "En pausa"}[lang])
    assert view.locator("#tab-train [data-title]").inner_text().startswith({"es": "Live", "en": "En vivo"}[lang])


@each_view
def test_a_usual_problem_goes_wrong_says_why_and_is_cured(visit, lang, width):
    view = visit("train", lang, width)
    view.locator("#tab-train [data-problem=diverging]").click()
    alert = view.locator("#tab-train [data-trouble]")
    alert.wait_for(timeout=LATE)
    assert {"es": "Remedios", "en": "Cures"}[lang] in alert.inner_text()
    assert view.locator("#tab-train [data-chapter]").inner_text() == pick(train_texts.CHAPTERS["diverged"], lang)
    sheet, strip = (view.locator(selector).last for selector in (SHEET, "#tab-train [data-chart=reconstruction] image"))
    assert strip.get_attribute("href") == sheet.get_attribute("src")  # the strip ends with what the sheet shows
    in_address(view, "train.problem=diverging", "train.rate=0.1")
    view.locator("#tab-train [data-cure]").first.click()
    alert.wait_for(state="hidden", timeout=LATE)
    view.wait_for_function("document.querySelectorAll('#tab-train path.before').length > 0", timeout=LATE)
    in_address(view, "train.rate=0.001")
    stop(view, lang)


@in_spanish
def test_an_address_brings_the_knobs_and_the_problem_back(visit, lang):
    view = visit("train", lang, query="&train.network=dense&train.beta=64&train.problem=collapsed")
    view.locator("#tab-train [data-problem=collapsed][aria-pressed=true]").wait_for()
    dense = view.get_by_label({"es": "Densa", "en": "Dense"}[lang], exact=True)
    assert dense.is_checked()
    assert view.get_by_role("combobox", name="β").input_value() == "64"


def test_everything_works_from_the_keyboard(visit):
    view = visit("train", "en")
    view.locator("#tab-train [data-chart=kl] svg").first.wait_for()
    view.locator("#tab-train [data-scrub]").focus()
    after(view, SHEET, lambda: view.keyboard.press("Home"))
    view.locator("#tab-train [data-act=start]").focus()
    view.keyboard.press("Enter")
    view.locator("#tab-train [data-act=stop]:enabled").focus(timeout=LATE)
    view.keyboard.press("Enter")
    says(view, "Stopped")


def test_a_third_training_waits_in_a_queue_that_can_be_seen(visit):
    views = [visit("train", "en") for _ in range(3)]
    for view in views[:2]:
        live(view, "en")
    press(views[2], "start")
    says(views[2], "In the queue: place 1")
    press(views[0], "stop")
    says(views[2], "Step")
    stop(views[1], "en")
    stop(views[2], "en")


def pictures_zip(path, count):
    with zipfile.ZipFile(path, "w") as archive:
        for k in range(count):
            file = io.BytesIO()
            Image.new("RGB", (40, 40), (5 * k, 80, 250 - 5 * k)).save(file, "PNG")
            archive.writestr(f"{k}.png", file.getvalue())
    return path


@pytest.mark.parametrize(("lang", "wrong"), [("es", "text"), ("en", "few")])
def test_a_bad_zip_gets_a_sentence_in_the_pages_language(visit, tmp_path, lang, wrong):
    path = tmp_path / "pictures.zip"
    path.write_text("words " * 50) if wrong == "text" else pictures_zip(path, 3)
    view = visit("train", lang)
    view.locator('#tab-train input[type="file"]').set_input_files(path)
    notice = view.locator("#tab-train .train-upload .notice")
    notice.wait_for()
    assert view.locator("#tab-train .train-upload [role=status]").inner_text() == ""  # no longer “Reading the zip…”
    expected = {"text": {"es": "no es un zip", "en": "not a zip"}, "few": {"es": "al menos 24", "en": "at least 24"}}
    assert expected[wrong][lang] in notice.inner_text()


@in_english
def test_a_zip_of_ones_own_is_learnt(visit, tmp_path, lang):
    view = visit("train", lang)
    view.locator('#tab-train input[type="file"]').set_input_files(pictures_zip(tmp_path / "p.zip", 30))
    view.locator("#tab-train .train-upload p", has_text="30").wait_for()
    assert view.get_by_label({"es": "Un zip propio", "en": "Your own zip"}[lang]).is_checked()
    live(view, lang)
    assert {"es": "Un zip propio", "en": "Your own zip"}[lang] in view.locator("[data-title]").inner_text()
    stop(view, lang)


@in_spanish
def test_curves_and_numbers_are_covered_to_predict_and_a_link_opens_covered(visit, lang):
    view = visit("train", lang, query="&train.covered=1")
    loss, charts = view.locator("#tab-train [data-losses]"), view.locator("#tab-train [data-chart=kl]")
    view.locator("#tab-train .covered").wait_for()
    assert not loss.is_visible() and not charts.is_visible()
    assert view.locator("#tab-train .train-sheet img").is_visible()
    view.locator("#tab-train .cover").click()
    assert loss.is_visible() and charts.is_visible() and "covered" not in view.url
    view.locator("#tab-train [data-scrub]").focus()
    view.keyboard.press("Home")
    assert re.search(r"\b0$", view.locator("#tab-train [data-step]").inner_text())
    first = float(re.search(r"[\d.,]+", loss.inner_text())[0].replace(",", ""))
    assert abs(first / (32 * 32 * 3 * np.log(2)) - 1) < 0.01  # knows nothing: ln 2 a value
    assert view.locator("#tab-train .train-charts .now").count() == 2


@in_english
def test_the_question_on_the_first_loss_is_one_click_away(visit, lang):
    view = visit("train", lang)
    view.locator("#tab-train a[data-question=first]").click()
    view.locator('.asked[data-question="first"]').wait_for()


def test_what_the_next_run_will_be_is_said(visit):
    view = visit("train", "en")
    view.get_by_label("Dense").check()
    view.get_by_text("Next run: dense network").wait_for()
    view.get_by_role("combobox", name="Latent dimension").click()
    view.get_by_role("option", name="1", exact=True).click()
    view.get_by_text("Next run: dense network, 1 dimension", exact=True).wait_for()
