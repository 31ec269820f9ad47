"""The tab Questions, the pinboard and the report as a visitor sees them (pytest -m browser)."""

import io
import re
import zipfile

import numpy as np
import pytest
from helpers.browser import (
    SOON,
    decoded,
    each_language,
    each_view,
    each_width,
    in_a_browser,
    in_address,
    in_english,
    in_spanish,
    slow_net,
    sources,
)
from PIL import Image

from vae_course.demo.tabs.questions import report, texts
from vae_course.demo.tabs.questions.bank import QUESTIONS
from vae_course.text import pick

pytestmark = in_a_browser
FOUND = "#tab-questions .findings img"
PINNED = "#tab-questions .pinned img"


def words(text, lang):
    return pick(text, lang)


def predict(view, lang, option=2):
    view.locator("#tab-questions .option").nth(option).click()
    view.get_by_role("button", name=words(texts.RUN, lang)).click()
    view.locator("#tab-questions .explained").wait_for()


def counter(view, lang, count):
    told = texts.PINNED[{0: "none", 1: "one"}.get(count, "many")].format(n=count)
    view.get_by_role("link", name=words(told, lang), exact=True).wait_for()


def pin(view, lang, selector, number):
    """Puts the panel of a pin button into the report, and waits for the counter to say so."""
    view.locator(selector).locator("visible=true").first.click()
    counter(view, lang, number)
    view.wait_for_function(f"document.querySelectorAll('{PINNED}').length === {number}", timeout=SOON)


def opened(source: str) -> Image.Image:
    import base64

    return Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2])))


@each_view
def test_predict_experiment_compare(visit, lang, width):
    view = visit("questions", lang, width)
    assert view.locator("#tab-questions .explained").count() == 0
    assert len(set(sources(view, "#tab-questions .look img"))) == 6
    predict(view, lang)
    assert len(set(sources(view, FOUND))) == 6 + 3 * 8
    mine = view.locator(".verdicts .mine")
    assert mine.count() == 1 and words(QUESTIONS["blurry"].options[2].text, lang) in mine.inner_text()
    assert words(texts.MINE, lang) in mine.inner_text()
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    assert view.evaluate("document.activeElement.textContent") == words(texts.PREDICTION, lang)


@each_language
def test_without_a_prediction_there_is_a_sentence_and_no_experiment(visit, lang):
    view = visit("questions", lang)
    view.get_by_role("button", name=words(texts.RUN, lang)).click()
    notice = view.get_by_role("alert")
    notice.wait_for()
    assert notice.inner_text() == words(texts.PREDICT_FIRST, lang)
    assert view.locator("#tab-questions .explained").count() == 0
    view.get_by_label(words(texts.WHY, lang)).fill("…")
    view.get_by_role("button", name=words(texts.RUN, lang)).click()
    view.locator("#tab-questions .explained").wait_for()


def test_another_seed_changes_the_pictures_and_the_address_keeps_it(visit):
    view = visit("questions", "en")
    predict(view, "en")
    before = sources(view, FOUND)
    view.get_by_role("button", name=words(texts.AGAIN, "en")).click()
    view.wait_for_url("**questions.seed=8*")
    assert not set(before[6:]) & set(sources(view, FOUND)[6:])


@each_language
def test_an_address_opens_a_question(visit, lang):
    view = visit("questions", lang, query="&questions.q=sigma&questions.seed=9")
    view.locator('.asked[data-question="sigma"][data-seed="9"]').wait_for()
    assert view.locator(".asked h3").inner_text() == words(QUESTIONS["sigma"].title, lang)
    current = view.locator("#tab-questions nav [aria-current]")
    assert current.count() == 1 and words(QUESTIONS["sigma"].title, lang) in current.inner_text()


@in_spanish
def test_the_switch_of_language_keeps_all_that_was_done(visit, lang):
    other = "en" if lang == "es" else "es"
    view = visit("questions", lang)
    view.locator('[data-open-question="beta"]').click()
    view.locator('.asked[data-question="beta"]').wait_for()
    predict(view, lang, 1)
    pin(view, lang, ".findings .pin", 1)
    view.get_by_label(words(texts.ANSWER, lang)).fill("Lo mismo / the same")
    view.get_by_label(words(texts.WHO, lang)).fill("Ana")
    view.wait_for_timeout(2500)
    view.locator("a.switch").click()
    view.get_by_role("tab", name=words(texts.NAME, other)).wait_for()
    view.locator('.asked[data-question="beta"] .explained').wait_for()
    assert words(QUESTIONS["beta"].options[1].text, other) in view.locator(".verdicts .mine").inner_text()
    assert view.get_by_label(words(texts.ANSWER, other)).input_value() == "Lo mismo / the same"
    assert view.get_by_label(words(texts.WHO, other)).input_value() == "Ana"
    counter(view, other, 1)
    assert len(sources(view, PINNED)) == 1


def test_what_was_done_comes_back_without_anything_in_the_address(visit):
    view = visit("questions", "en")
    predict(view, "en")
    view.get_by_label(words(texts.ANSWER, "en")).fill("Kept.")
    view.wait_for_timeout(2500)
    view.goto(view.url.partition("?")[0] + "?tab=questions")
    view.locator("#tab-questions .explained").wait_for()
    assert view.get_by_label(words(texts.ANSWER, "en")).input_value() == "Kept."


@each_view
def test_a_panel_of_another_tab_is_pinned_as_it_looks(visit, lang, width):
    view = visit("generate", lang, width)
    view.locator(".pinboard p").wait_for(state="attached")
    button = view.locator("#tab-generate .pin").locator("visible=true").first
    first = sources(view, "#tab-generate section:has(.pin) img")[0]
    button.click()
    view.get_by_role("link", name=words(texts.PINNED["one"], lang), exact=True).click()
    view.locator("#tab-questions .report").wait_for()
    view.wait_for_function(f"document.querySelectorAll('{PINNED}').length === 1", timeout=SOON)
    picture = np.asarray(opened(sources(view, PINNED)[0]).convert("RGB")).astype(float)
    first = np.asarray(opened(first).convert("RGB").resize((16, 16))).astype(float)
    assert min(picture.shape[:2]) > 100 and picture.std() > 20 and (picture == 255).all(axis=2).mean() > 0.02
    assert best_match(picture, first) < 25  # somewhere on the figure stands the first picture of the panel


def best_match(paper: np.ndarray, patch: np.ndarray) -> float:
    """The least mean difference between a patch and any place of the paper, at a few sizes of the patch."""
    found = []
    for size in range(40, 420, 6):
        small = np.asarray(
            Image.fromarray(paper.astype(np.uint8)).resize([round(side * 16 / size) for side in paper.shape[1::-1]])
        ).astype(float)
        if min(small.shape[:2]) < 16:
            continue
        views = np.lib.stride_tricks.sliding_window_view(small, (16, 16), axis=(0, 1))  # (h, w, 3, 16, 16)
        found.append(np.abs(views - patch.transpose(2, 0, 1)).mean(axis=(2, 3, 4)).min())
    return min(found)


def test_a_chart_is_pinned_with_its_colours_on_paper_even_in_the_dark(visit):
    view = visit("questions", "en", query="&questions.q=beta", color_scheme="dark")
    view.locator('.asked[data-question="beta"]').wait_for()
    predict(view, "en", 0)
    pin(view, "en", ".findings .panel:has(> .chart) .pin", 1)
    picture = np.asarray(opened(sources(view, PINNED)[0]).convert("RGB")).astype(int)
    teal = (np.abs(picture - [0x0D, 0x94, 0x88]).sum(axis=2) < 30).mean()
    ink = (picture.sum(axis=2) < 200).mean()
    assert teal > 0.002 and 0.005 < ink < 0.2 and (picture == 255).all(axis=2).mean() > 0.7
    assert view.evaluate("!!document.querySelector('.dark')")


MARKS = """<style>
  .probe b::before { content: ""; display: inline-block; width: 40px; height: 10px; border-bottom: 10px solid #c80000; }
  .probe b::after { content: "\\25A0"; color: #0000c8; font-size: 40px; }
  .probe p { width: 60px; height: 60px; border-left: 10px solid #00c800; outline: 10px solid #c8c800; margin: 20px; }
  .probe i { display: block; width: 60px; height: 60px; border-radius: 50%; background: #c800c8; }
  .probe em { display: block; width: 60px; height: 20px; background: linear-gradient(90deg, #00c8c8, #000, #c8c8c8); }
  .probe s { display: block; visibility: hidden; width: 60px; height: 60px; background: #fa7800; }
  .probe .unseen { color: #7800fa; font-size: 40px; }
</style><button class="pin" data-pin="Probe" data-within="section"></button>
<b></b><p></p><i></i><em></em><s></s><span class="unseen">■■</span>
<svg width="80" height="80"><image width="80" height="80"/></svg>"""


def test_a_pinned_figure_is_what_is_to_be_seen_with_what_style_sheets_add_and_published_pictures(visit):
    view = visit("start", "en")
    view.evaluate(
        """html => {
          const probe = document.createElement('section'), tab = document.querySelector('#tab-start');
          probe.className = 'probe';
          probe.innerHTML = html;
          probe.querySelector('image').setAttribute('href', tab.querySelector('img[src^="published/"]').src);
          tab.prepend(probe);
        }""",
        MARKS,
    )
    view.locator(".probe .pin").click()
    view.get_by_role("link", name=words(texts.PINNED["one"], "en"), exact=True).click()
    view.locator(PINNED).wait_for()
    assert view.locator("vae-mark, [data-measured]").count() == 0
    picture = decoded(sources(view, PINNED)[0])
    scale = 1.6**2  # pixels of the figure in one of the page
    pixels = {"c80000": 400, "0000c8": 800, "00c800": 600, "c8c800": 2800, "c800c8": 2827}
    for colour, area in pixels.items():
        close = (np.abs(picture - list(bytes.fromhex(colour))).sum(axis=2) < 60).sum() / scale
        assert 0.5 * area < close < 1.5 * area, colour
    assert (np.abs(picture - [0, 0xC8, 0xC8]).sum(axis=2) < 60).any()
    above, photo = np.split(picture, [-round(90 * 1.6)])  # the chart's picture, and a margin
    for hidden in ("fa7800", "7800fa"):
        assert not (np.abs(above - list(bytes.fromhex(hidden))).sum(axis=2) < 60).any(), hidden
    assert (photo.std(axis=2) > 10).sum() / scale > 3000


@pytest.mark.parametrize(("width", "arrows", "tabs"), [(390, "→↓←", ["start"]), (1280, "→→→", ["start", "train"])])
def test_real_panels_keep_arrows_and_the_colours_of_legends(visit, width, arrows, tabs):
    """Each panel pinned twice, the second time without these marks."""
    view = visit("start", "en", width)
    marks = {"start": (".start .arrow::after", 3), "train": (".train-legend span::before", 2)}
    way = view.locator(".start .arrow").evaluate_all("all => all.map((e) => getComputedStyle(e, '::after').content[1])")
    assert "".join(way) == arrows
    for k, tab in enumerate(tabs):
        mark, count = marks[tab]
        view.get_by_role("tab", name={"start": "Start", "train": "Train"}[tab], exact=True).click()
        view.locator(mark.partition("::")[0]).first.wait_for()
        view.wait_for_timeout(600)
        panels = []
        for again in range(2):
            view.locator(f"#tab-{tab} .pin").first.click()
            counter(view, "en", 2 * k + again + 1)
            panels.append(coloured(view))
            view.add_style_tag(
                content=f".contain.contain {mark} {{ color: #0000 !important; border-color: #0000 !important; }}"
            )
        assert panels[0] - panels[1] > 15 * count  # pixels


def coloured(view) -> int:
    """Pixels of the last pinned figure that are not grey."""
    last = "async () => (await window.vaeKept.figure((await window.vaeKept.ids()).at(-1))).png"
    return int((np.ptp(decoded(view.evaluate(last)), axis=2) > 40).sum())


@each_language
def test_the_report_is_downloaded_and_holds_what_was_pinned(visit, chromium, tmp_path, lang):
    view = visit("questions", lang)
    view.get_by_label(words(texts.WHY, lang)).fill("<b>&")
    predict(view, lang)
    pin(view, lang, ".findings .pin", 1)
    pin(view, lang, ".pin.worded", 2)
    view.locator(".pinned textarea").nth(1).fill("Mi leyenda / my caption")
    view.get_by_label(words(texts.ANSWER, lang)).fill("Tres frases.")
    view.get_by_label(words(texts.NOTES, lang)).fill("Notas.")  # and at once, without a pause:
    page, archive = (download(view, kind, tmp_path) for kind in ("html", "zip"))
    name = words(texts.REPORT_FILE, lang)
    assert (page.name, archive.name) == (f"{name}.html", f"{name}.zip")
    reader = chromium.new_context(offline=True).new_page()
    reader.goto(page.as_uri())
    told = reader.inner_text("body")
    question = QUESTIONS["blurry"]
    for text in ("<b>&", "Mi leyenda / my caption", "Tres frases.", "Notas.", words(question.options[2].text, lang)):
        assert text in told
    assert reader.evaluate("document.documentElement.lang") == lang
    assert reader.evaluate("[...document.images].map(e => e.complete && e.naturalWidth > 100)") == [True, True]
    assert reader.pdf().startswith(b"%PDF")
    reader.context.close()
    with zipfile.ZipFile(archive) as content:
        figures = [entry for entry in content.namelist() if entry.endswith(".png")]
        assert len(figures) == 2
        shown = [opened(source) for source in sources(view, PINNED)]
        for figure, picture in zip(figures, shown, strict=True):
            assert np.array_equal(np.asarray(Image.open(content.open(figure))), np.asarray(picture))


def download(view, kind, folder):
    with view.expect_download() as waiting:
        view.locator(f'[data-download="{kind}"]').click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


@in_english
def test_a_figure_is_taken_out_again(visit, lang):
    view = visit("questions", lang)
    predict(view, lang)
    pin(view, lang, ".findings .pin", 1)
    view.get_by_role("button", name=words(texts.REMOVE.format(number=1), lang)).click()
    view.wait_for_function(f"document.querySelectorAll('{PINNED}').length === 0", timeout=SOON)
    view.wait_for_timeout(600)
    view.reload()
    view.locator("#tab-questions .report ul").wait_for()
    assert view.locator(PINNED).count() == 0


def test_what_is_being_written_survives_an_answer_of_the_server(visit):
    view = visit("questions", "en")
    predict(view, "en")
    notes = view.get_by_label(words(texts.NOTES, "en"))
    notes.fill("Half a sent")
    view.locator(".findings .pin").first.evaluate("button => button.click()")  # the focus stays
    counter(view, "en", 1)
    view.wait_for_function(f"document.querySelectorAll('{PINNED}').length === 1", timeout=SOON)
    view.keyboard.type("ence")
    assert notes.input_value() == "Half a sentence"


def test_the_keyboard_does_it_all(visit):
    view = visit("questions", "en")
    view.locator(".option input").first.focus()
    view.keyboard.press("ArrowDown")
    view.keyboard.press("Tab")
    view.keyboard.type("Because.")
    view.keyboard.press("Tab")
    view.keyboard.press("Enter")
    view.locator("#tab-questions .explained").wait_for()
    view.locator(".findings .pin").first.focus()
    view.keyboard.press("Enter")
    counter(view, "en", 1)
    link = view.get_by_role("link", name=words(texts.PINNED["one"], "en"), exact=True)
    link.focus()
    view.keyboard.press("Enter")
    view.wait_for_function(f"document.querySelectorAll('{PINNED}').length === 1", timeout=SOON)
    view.locator('[data-download="zip"]').focus()
    with view.expect_download():
        view.keyboard.press("Enter")


@in_spanish
def test_a_link_of_start_opens_the_question_on_draws(visit, lang):
    view = visit("start", lang)
    view.locator("#tab-start .start-redraws .pin").click()
    counter(view, lang, 1)  # so that the report is asked for when its tab is made
    view.locator('#tab-start a[data-question="redraws"]').click()
    view.locator('.asked[data-question="redraws"]').wait_for()
    view.wait_for_timeout(800)
    assert view.locator('.asked[data-question="redraws"]').count() == 1
    in_address(view, "questions.q=redraws")
    predict(view, lang)
    counts = [len(set(sources(view, f".findings .panel:nth-child({k}) img"))) for k in (1, 2, 3)]
    assert counts == [1, 6, 6]


@each_width
def test_pictures_on_buttons_come_into_the_report(visit, width):
    view = visit("start", "es", width)
    button = view.locator("#tab-start .start-redraws .pin")
    box = view.locator("#tab-start .redraws").bounding_box()
    button.click()
    counter(view, "es", 1)
    view.get_by_role("link", name=words(texts.PINNED["one"], "es"), exact=True).click()
    view.locator(PINNED).wait_for()
    figure = np.asarray(opened(sources(view, PINNED)[0]).convert("RGB")).astype(int)
    assert figure.shape[0] / figure.shape[1] > 0.9 * box["height"] / box["width"]
    assert figure[figure.shape[0] // 2 :].reshape(-1, 3).std() > 20  # faces, no empty paper


@pytest.mark.parametrize(("lang", "leave"), [("es", "switch"), ("en", "reload")])
def test_a_text_typed_just_before_leaving_is_not_lost(visit, lang, leave):
    view = visit("questions", lang)
    view.get_by_label(words(texts.WHY, lang)).fill("Porque sí")
    if leave == "switch":
        lang = "en" if lang == "es" else "es"
        view.locator("a.switch").click()
    else:
        view.reload()
    field = view.get_by_label(words(texts.WHY, lang))
    field.wait_for()
    view.wait_for_function("document.querySelector('[data-field^=why]').value === 'Porque sí'")
    view.wait_for_timeout(1500)
    view.evaluate("sessionStorage.clear()")
    view.reload()
    view.wait_for_function("document.querySelector('[data-field^=why]')?.value === 'Porque sí'")


def test_the_explanation_opens_when_asked_for_and_stays_open(visit):
    view = visit("questions", "en")
    predict(view, "en")
    explained = view.locator("#tab-questions .explained")
    assert not explained.locator("p").first.is_visible()
    explained.locator("summary").focus()
    view.keyboard.press("Enter")
    assert explained.locator("p").first.is_visible()
    before = sources(view, FOUND)
    view.get_by_role("button", name=words(texts.AGAIN, "en")).click()
    view.wait_for_function("([all, before]) => document.querySelector(all).src !== before", arg=[FOUND, before[0]])
    assert explained.locator("p").first.is_visible()


def test_nothing_can_be_picked_before_a_link_on_a_slow_net_is_restored(visit):
    view = visit("start", "en")
    view.add_init_script(slow_net(1500))
    view.goto(view.url.partition("?")[0] + "?tab=questions&questions.q=redraws")
    view.locator("#tab-questions .option").first.click()
    assert view.locator("#tab-questions .asked").get_attribute("data-question") == "redraws"
    assert view.locator("#tab-questions .option input").first.is_checked()


def test_a_tall_figure_keeps_its_proportions_on_screen_and_paper(visit):

    content = io.BytesIO()
    Image.new("RGB", (1379, 1915), (9, 99, 199)).save(content, "PNG")
    figure = {"id": "a", "png": content.getvalue(), "width": 862, "caption": "tall", "address": ""}
    view = visit("start", "en").context.new_page()  # as a file opened by itself
    view.set_content(report.as_html(report.Report("en", "", "", "today", others=[figure])))
    for medium in ("screen", "print"):
        view.emulate_media(media=medium)
        box = view.locator("img").bounding_box()
        assert abs(box["height"] / box["width"] - 1915 / 1379) < 0.02
        assert box["x"] + box["width"] <= view.evaluate("document.documentElement.clientWidth")


SIZES = {"blurry": [(842, 260), (842, 1400), (270, 420), (270, 420), (270, 420)], "beta": [(1148, 760), (618, 480)]}
ANCHORS = """() => {
  const links = document.createElement('nav');
  for (const [k, part] of document.querySelectorAll('p, figure img, figcaption').entries()) {
    const place = part.tagName === 'P' ? part.appendChild(document.createElement('b')) : part; // where it ends
    place.id = `at-${k}-${part.tagName}`;
    links.insertAdjacentHTML('beforeend', `<a href="#${place.id}">.</a>`);
  }
  links.style.cssText = 'position: absolute; font-size: 1px';
  document.body.append(links);
}"""


def printed(chromium, html: str) -> tuple[int, list[tuple[str, str]]]:
    """How many pages, and (tag, page) of each text, picture and caption in their order."""
    reader = chromium.new_page()
    reader.set_content(html)
    reader.evaluate(ANCHORS)
    paper = reader.pdf(format="A4", prefer_css_page_size=True)
    reader.close()
    found = re.findall(rb"/at-(\d+)-(\w+)\s*\[(\d+) 0 R", paper)
    places = [(tag.decode(), page.decode()) for _, tag, page in sorted(found, key=lambda one: int(one[0]))]
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)), places


def test_the_report_prints_on_few_pages_with_figures_beside_their_text(chromium):
    def figure(key, k, size):
        content = io.BytesIO()
        Image.new("RGB", size, (9, 99, 199)).save(content, "PNG")
        return {"id": f"{key}{k}", "png": content.getvalue(), "width": size[0], "caption": f"{key} {k}", "address": ""}

    parts = [
        report.Part(QUESTIONS[key], "Expected. " * 8, "Because. " * 12, "Seen. " * 24, "Answered. " * 60, figures)
        for key, sizes in SIZES.items()
        if (figures := [figure(key, k, size) for k, size in enumerate(sizes)])
    ]
    pages, places = printed(chromium, report.as_html(report.Report("en", "Ana", "", "today", parts=parts)))
    assert pages <= 4
    pictures = [k for k, (tag, _) in enumerate(places) if tag == "IMG"]
    assert len(pictures) == 7
    for k in pictures:
        assert places[k + 1] == ("FIGCAPTION", places[k][1])
        assert places[k - 1][0] != "P" or places[k - 1][1] == places[k][1]  # the first figure, below its text
    small = [places[k][1] for k in pictures[2:5]]
    assert len(set(small)) == 1


def test_visitors_have_reports_of_their_own(visit):
    one, two = visit("questions", "es"), visit("questions", "es")
    predict(one, "es")
    pin(one, "es", ".findings .pin", 1)
    predict(two, "es", 0)
    assert two.locator(PINNED).count() == 0
    assert two.get_by_role("link", name=words(texts.PINNED["one"], "es"), exact=True).count() == 0


@each_width
def test_axe_finds_nothing_serious_after_an_experiment(visit, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for scheme in ("light", "dark"):
        view = visit("questions", "en", width, color_scheme=scheme)
        predict(view, "en")
        pin(view, "en", ".findings .pin", 1)
        found = axe.run(view).response["violations"]
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        assert [(one["id"], one["nodes"][0]["html"][:160]) for one in serious] == []
