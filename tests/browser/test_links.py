"""Links: each stays in the page's language, opens what it says, and the browser's own buttons go from tab to tab."""

import pytest
from helpers.browser import SOON, each_language, in_a_browser, in_spanish

from vae_course.demo import page
from vae_course.text import pick

pytestmark = in_a_browser
PATHS = {"es": "/", "en": "/en"}
LINKS = "[...document.querySelectorAll('a[href*=\"?tab=\"]')].map((link) => link.href)"


def at(view, lang, tab):
    view.wait_for_url(f"**{PATHS[lang]}?*tab={tab}*", timeout=SOON)
    view.wait_for_function("tab => document.querySelector(`#tab-${tab}`)?.offsetParent", arg=tab, timeout=SOON)


@each_language
def test_every_link_of_every_tab_stays_in_its_language(visit, lang):
    from urllib.parse import parse_qs, urlsplit

    view, seen = visit("start", lang), set()
    for tab in page.TABS:
        view.get_by_role("tab", name=pick(page.MODULES[tab].texts.NAME, lang), exact=True).click()
        view.wait_for_function("tab => document.documentElement.dataset.filled?.includes(tab)", arg=tab, timeout=SOON)
        seen |= set(view.evaluate(LINKS))
    assert len(seen) > 10
    assert {urlsplit(link).path for link in seen} == {PATHS[lang]}
    assert {parse_qs(urlsplit(link).query)["tab"][0] for link in seen} <= set(page.TABS)


@pytest.mark.parametrize(("lang", "modifiers"), [("es", []), ("en", ["Control"])], ids=["plain", "elsewhere"])
@pytest.mark.parametrize(
    ("tab", "link", "there"), [("start", "a[data-tab=map]", "map"), ("generate", "a[href*=faces]", "generate")]
)
def test_a_link_opens_the_page_in_its_language(visit, lang, modifiers, tab, link, there):
    view = visit(tab, lang)
    if modifiers:
        with view.context.expect_page() as opened:
            view.locator(f"#tab-{tab} {link}").first.click(modifiers=modifiers)
        at(opened.value, lang, there)
        opened.value.close()
    else:
        view.locator(f"#tab-{tab} {link}").first.click()
        at(view, lang, there)


@in_spanish
def test_back_and_forward_go_from_tab_to_tab(visit, lang):
    view = visit("start", lang)
    for tab in ("mix", "map"):
        view.get_by_role("tab", name=pick(page.MODULES[tab].texts.NAME, lang), exact=True).click()
        at(view, lang, tab)
    for tab in ("mix", "start"):
        view.go_back()
        at(view, lang, tab)
    view.go_forward()
    at(view, lang, "mix")


# a drag writes the address now and then: three times at once, the rest when it is due or asked for
DRAG_AND_CLICK = """(selector) => {
  const real = history.replaceState, writes = [];
  history.replaceState = (...given) => { writes.push(given[2].search); real.apply(history, given); };
  const scrub = document.querySelector('#tab-mix .scrub input'), now = performance.now();
  performance.now = () => now; // however busy the machine is, all of it happens at once
  for (let at = 1; at < 10; at += 1) {
    scrub.value = at;
    scrub.dispatchEvent(new Event('input', {bubbles: true}));
  }
  history.replaceState = real;
  delete performance.now;
  document.querySelector(selector).click();
  return writes;
}"""


@in_spanish
def test_what_is_left_takes_the_address_of_what_was_seen(visit, lang):
    view = visit("mix", lang)
    view.wait_for_function("document.documentElement.dataset.filled?.includes('mix')", timeout=SOON)
    writes = view.evaluate(DRAG_AND_CLICK, "[role=tab][id=tab-map-button]")
    assert 1 <= len(writes) <= 3 and all(f"mix.at={k}" in writes[k - 1] for k in range(1, len(writes) + 1))
    at(view, lang, "map")
    assert "mix.at=9" in view.url
    view.go_back()
    at(view, lang, "mix")
    view.evaluate(DRAG_AND_CLICK.replace("at = 1; at < 10", "at = 20; at < 28"), "[data-switch]")
    at(view, "en", "mix")
    view.wait_for_function("document.documentElement.dataset.filled?.includes('mix')", timeout=SOON)
    assert "mix.at=27" in view.url and view.locator("#tab-mix .scrub input").input_value() == "27"
