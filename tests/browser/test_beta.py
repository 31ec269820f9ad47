"""The tab Beta as a visitor sees it (pytest -m browser)."""

import pytest
from helpers.browser import after, each_view, in_a_browser, in_address, in_english, in_spanish, sources
from PIL import Image

from vae_course.demo.tabs.beta import texts
from vae_course.demo.ui import texts as ui_texts
from vae_course.text import pick

pytestmark = in_a_browser
COPIES = "#tab-beta tbody:nth-of-type(1) img"  # the picture, then each model's
SAMPLES = "#tab-beta tbody:nth-of-type(2) img"


def look(view, name):
    """One of the four things that are shown one at a time."""
    view.locator(f"#tab-beta button[data-look={name}]").click()


def columns(view):
    return view.locator("#tab-beta thead th").evaluate_all("all => all.map(e => e.firstChild.textContent)")


@each_view
def test_another_picture_changes_all_reconstructions_and_no_sample(visit, lang, width):
    view = visit("beta", lang, width)
    look(view, "samples")
    samples = sources(view, SAMPLES)
    assert len(samples) == 24 and sources(view, COPIES) == []
    look(view, "copies")
    before, now = after(view, COPIES, view.locator("#tab-beta button.tile").nth(3).click)
    assert len(before) == len(now) == 6
    assert all(a != b for a, b in zip(before[:-1], now[:-1], strict=True))
    assert now[-1] == before[-1]  # beta 64 has collapsed: the same picture, whatever went in
    look(view, "samples")
    assert sources(view, SAMPLES) == samples
    assert view.locator("#tab-beta .curve image").nth(4).get_attribute("href") == now[1]
    assert view.evaluate("document.documentElement.scrollWidth") <= width


@in_spanish
def test_another_seed_changes_the_samples_only(visit, lang):
    view = visit("beta", lang)
    copies = sources(view, COPIES)
    look(view, "samples")
    samples = sources(view, SAMPLES)
    view.get_by_role("button", name=pick(texts.ANOTHER, lang)).locator("visible=true").click()
    view.wait_for_function(
        "([all, before]) => document.querySelectorAll(all)[4].src !== before", arg=[SAMPLES, samples[4]]
    )
    now = sources(view, SAMPLES)
    assert now[:4] == samples[:4]  # real pictures
    assert not set(now[4:20]) & set(samples[4:20])
    look(view, "copies")
    assert sources(view, COPIES) == copies


@each_view
def test_the_second_switch_shows_the_latent_dimension(visit, lang, width):
    view = visit("beta", lang, width)
    assert columns(view)[1:] == [f"β = {b}" for b in (0, 1, 4, 16, 64)]
    view.get_by_label(pick(texts.VARIES["latent"], lang)).check()
    view.wait_for_function("document.querySelectorAll('#tab-beta thead th').length === 5")
    assert columns(view)[1:] == [f"D = {d}" for d in (2, 8, 32, 128)]
    assert pick(texts.MORALS["latent"], lang) in view.locator("#tab-beta .verdict:visible").inner_text()
    before = sources(view, COPIES)
    view.get_by_label(pick(texts.TITLES["latent-0"], lang)).check()
    view.wait_for_function(
        "([all, before]) => document.querySelectorAll(all)[1].src !== before", arg=[COPIES, before[1]]
    )
    assert sources(view, COPIES)[0] != before[1]
    look(view, "bars")
    assert "128 " in view.locator("#tab-beta .verdict:visible").inner_text()
    assert view.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("lang", ["es"])
def test_faces_too(visit, lang):
    view = visit("beta", lang)
    view.get_by_label(pick(texts.TITLES["faces"], lang)).check()
    view.wait_for_function("document.querySelector('#tab-beta tbody img').naturalWidth === 64")
    assert columns(view)[1:] == ["β = 0", "β = 1", "β = 4", "β = 16"]


@in_english
def test_columns_are_covered_to_predict_and_uncovered_one_by_one(visit, lang):
    view = visit("beta", lang)
    cover = view.get_by_role("button", name=pick(ui_texts.COVER, lang))
    cover.focus()
    view.keyboard.press("Enter")
    assert len(sources(view, COPIES)) == 1  # the original stays
    save = view.locator("#tab-beta .save")
    assert save.locator("visible=true").count() == 0  # it saves all
    look(view, "curve")
    assert not view.locator("#tab-beta .curve").is_visible()
    look(view, "copies")
    assert not view.locator("#tab-beta .verdict:visible").is_visible()
    view.get_by_role("button", name=f"{pick(texts.REVEAL, lang)} β = 4").click()
    assert len(sources(view, COPIES)) == 2
    view.get_by_role("button", name=pick(ui_texts.UNCOVER, lang)).click()
    assert len(sources(view, COPIES)) == 6 and save.locator("visible=true").count() == 1
    look(view, "curve")
    assert view.locator("#tab-beta .curve").is_visible() and sources(view, COPIES) == []


@in_spanish
def test_the_cover_stays_on_and_a_link_opens_covered(visit, lang):
    view = visit("beta", lang, query="&beta.covered=1")
    assert len(sources(view, COPIES)) == 1
    view.get_by_label(pick(texts.VARIES["latent"], lang)).check()
    view.wait_for_function("document.querySelectorAll('#tab-beta thead th').length === 5")
    assert len(sources(view, COPIES)) == 1 and not view.locator("#tab-beta .verdict:visible").is_visible()
    in_address(view, "beta.covered=1")
    for d in (2, 8, 32, 128):
        assert not view.locator("#tab-beta .verdict:visible").is_visible()
        view.get_by_role("button", name=f"{pick(texts.REVEAL, lang)} D = {d}", exact=True).click()
    view.locator("#tab-beta .verdict:visible").wait_for()
    view.wait_for_function("!location.href.includes('covered')")
    assert len(sources(view, COPIES)) == 5


def test_an_upload_goes_through_all_models(visit, tmp_path):
    Image.new("L", (50, 50), 220).save(tmp_path / "white.png")
    view = visit("beta", "en")
    upload = view.locator('#tab-beta input[type="file"]')
    after(view, COPIES, lambda: upload.set_input_files(tmp_path / "white.png"))
    assert view.locator(COPIES).first.get_attribute("alt") == "Uploaded picture"


def test_the_address_restores_and_the_switch_of_language_keeps_it(visit):
    query = "beta.series=latent&beta.picture=5&beta.seed=4&beta.look=samples"
    view = visit("beta", "en", query=f"&{query}")
    view.wait_for_function("document.querySelectorAll('#tab-beta thead th').length === 5")
    here = sources(view, SAMPLES)
    assert len(here) == 20 and sources(view, COPIES) == []
    assert view.get_by_label(texts.VARIES["latent"].en).is_checked()
    view.locator("a.switch").click()
    view.get_by_role("tab", name=texts.NAME.es).wait_for()
    view.wait_for_function("document.querySelectorAll('#tab-beta thead th').length === 5")
    assert sources(view, SAMPLES) == here
    in_address(view, *query.split("&"))


def test_the_reconstructions_are_saved_side_by_side(visit, tmp_path):
    view = visit("beta", "es")
    with view.expect_download() as waiting:
        view.get_by_role("button", name=texts.SAVE_ABOVE.es).click()
    waiting.value.save_as(tmp_path / "row.png")
    with Image.open(tmp_path / "row.png") as sheet:
        assert sheet.format == "PNG" and sheet.width > 5.5 * sheet.height
