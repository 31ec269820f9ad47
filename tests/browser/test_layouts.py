"""The nine tabs at every width: one page a language, resized (pytest -m browser)."""

from itertools import pairwise

from helpers.browser import each_language, in_a_browser, switch
from helpers.demo import ROOT
from helpers.screenshots import WIDTHS

from vae_course.demo import page

pytestmark = in_a_browser
MEASURES = (ROOT / "tests" / "helpers" / "layouts.js").read_text(encoding="utf-8")
PHONES, PROJECTOR = (320, 390), 1920

LOOKS = {"beta": ("", "samples", "bars", "curve")}  # what a tab shows one at a time; "" as it opens
# What a tab, or one of its looks, is about -> how wide it must be at least, on a phone and on anything wider.
PICTURES = {
    "start": {".way img": (80, 120), ".way svg": (140, 190), ".redraw img": (60, 60)},
    "generate": {".sheet": (130, 180)},
    "reconstruct": {".cross .row img": (60, 130), ".draws img": (60, 70), ".tile": (36, 36)},
    "mix": {".screen": (130, 230), ".tile": (36, 36)},
    "map": {".map": (285, 380), ".ends img": (48, 80)},
    "features": {".duo img": (130, 150), ".along .strip img": (36, 40), ".knob input": (70, 100)},
    "beta": {"table": (260, 600)},
    "beta curve": {".curve": (280, 330)},
    "train": {".train-sheet img": (285, 290), "[data-chart] > svg": (285, 290)},
    "questions": {".look img": (60, 60), ".predict": (285, 300)},
}
FIRST, LAST = ".tile:not([hidden])", ".tile:not([hidden]):nth-last-child(1 of :not([hidden]))"
# On a phone: what is touched -> what that changes, which must be seen at the same time.
TOGETHER = {
    "start": {
        ".start-bar button": ".redraws",
        ".start-bar input": ".redraws",
        '.model-menu [role="combobox"]': ".redraws",
        FIRST: ".redraws",
        LAST: ".redraws",
    },
    "generate": {".pair button": ".sheet", "fieldset": ".panels > :last-child .sheet"},
    "reconstruct": {
        FIRST: ".row.picked",
        ".upload": ".row.picked",
        '.what .model-menu:last-child [role="combobox"]': ".row.picked",
        ".more button.small": ".draws",
    },
    "mix": {
        ".play": ".screens",
        "fieldset": ".screens",
        f'.side[data-side="a"] {FIRST}': ".screens",
        f'.side[data-side="b"] {LAST}': ".screens",
        '.side[data-side="b"] .upload': ".screens",
    },
    "map": {".how fieldset": ".map", ".how .form > :last-child": ".map", ".map": ".ends"},
    "features": {
        ".knob input": ".after img",
        ".knobs > :last-child .knob:last-child input": ".after img",
        ".reset": ".after img",
        FIRST: ".after img",
        ".upload": ".after img",
    },
    "beta": {FIRST: ".beta td[data-column] img"},
    "beta samples": {".beta-bar button": ".beta td[data-column] .four"},
    "beta curve": {FIRST: ".curve"},
    "train": {
        '[data-act="start"]': ".train-sheet img",
        '[data-act="step"]': ".train-sheet img",
        ".how fieldset": ".train-sheet img",
        ".train-upload .upload": ".train-sheet img",
    },
    "questions": {"[data-open-question]": ".asked h3", ".option": '[data-do="run"]'},
}


def resize(view, width):
    view.set_viewport_size({"width": width, "height": WIDTHS[width]})
    view.evaluate("layouts.drawn()")


def begin(visit, lang):
    view = visit("start", lang)
    view.evaluate(MEASURES)
    return view


def open_tab(view, tab, lang):
    resize(view, 1280)
    switch(view, tab, lang)


def problems(view, tab, look, width):
    """What is wrong with a tab at a width, in words."""
    resize(view, width)
    shown = f"{tab} {look}".strip()
    least = {selector: pixels[width > 760] for selector, pixels in PICTURES.get(shown, {}).items()}
    found = view.evaluate(
        "([tab, least]) => [...layouts.outside(tab), ...layouts.texts(tab), ...layouts.narrow(tab, least)]",
        [tab, least],
    )
    if width in PHONES:
        found += view.evaluate("([tab, pairs]) => layouts.apart(tab, pairs)", [tab, TOGETHER.get(shown, {})])
        found += view.evaluate("tab => layouts.scattered(tab)", tab)
    if width == PROJECTOR and (span := view.evaluate("tab => layouts.span(tab)", tab)) < 0.88 * width:
        found.append(f"only {span:.0f} pixels are used")
    return [f"{shown} at {width}: {one}" for one in found]


@each_language
def test_at_every_width_nothing_is_cut_or_tiny_and_controls_are_beside_what_they_change(visit, lang):
    view, found = begin(visit, lang), []
    for tab in page.TABS:
        open_tab(view, tab, lang)
        for look in LOOKS.get(tab, ("",)):
            if look:
                view.locator(f'#tab-{tab} button[data-look="{look}"]').click()
            found += [one for width in WIDTHS for one in problems(view, tab, look, width)]
    assert not found, "\n".join(found)


def test_headings_are_in_order_and_sliders_above_the_fold(visit):
    view = begin(visit, "en")
    for tab in page.TABS:
        open_tab(view, tab, "en")
        levels = view.evaluate("tab => layouts.levels(tab)", tab)
        assert levels[:2] == [1, 2], f"{tab}: {levels}"
        assert all(below <= above + 1 for above, below in pairwise(levels)), f"{tab}: {levels}"
    open_tab(view, "features", "en")
    for width in (390, 768, 1024, 1280, PROJECTOR):
        resize(view, width)
        view.evaluate("window.scrollTo(0, 0)")
        box = view.locator("#tab-features .knob").first.bounding_box()
        assert box["y"] + box["height"] <= WIDTHS[width], f"at {width} the first slider is below the fold: {box}"


def test_the_keyboard_skips_to_the_content_and_goes_from_tab_to_tab(visit):
    view = visit("start", "en")
    focused = "document.activeElement.innerText.trim() || document.activeElement.id"
    view.keyboard.press("Tab")
    assert view.evaluate(focused) == page.texts.SKIP.en
    assert view.locator("gradio-app .skip").bounding_box()["width"] > 40  # seen when it has the focus
    view.keyboard.press("Enter")
    assert view.evaluate("document.activeElement.id") == "tab-start"
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.closest('#tab-start') !== null")

    first, second, last = (page.MODULES[page.TABS[k]].texts.NAME.en for k in (0, 1, -1))
    view.get_by_role("tab", name=first, exact=True).focus()
    for key, there in {
        "ArrowRight": second,
        "End": last,
        "ArrowLeft": page.MODULES[page.TABS[-2]].texts.NAME.en,
    }.items():
        view.keyboard.press(key)
        assert view.evaluate(focused) == there, key
    for key, there in (("Home", first), ("ArrowLeft", last), ("ArrowRight", first), ("ArrowRight", second)):
        view.keyboard.press(key)
        assert view.evaluate(focused) == there, key
    assert view.get_by_role("tab", selected=True).inner_text() == first  # nothing opens until Enter
    view.keyboard.press("Enter")
    view.wait_for_url("**tab=generate*")
    reached = view.locator('[role="tab"][tabindex="0"]')
    view.wait_for_function("document.querySelector('[role=tab][tabindex=\"0\"]').id === 'tab-generate-button'")
    assert reached.count() == 1

    view.set_viewport_size({"width": 390, "height": WIDTHS[390]})
    view.locator(".overflow-menu > button").wait_for()
    reached.focus()
    view.keyboard.press("End")
    assert view.evaluate("document.activeElement.getAttribute('aria-label')") == page.texts.MORE.en


@each_language
def test_what_could_not_be_done_is_said_where_one_looks(visit, tmp_path, lang):
    view = visit("mix", lang, 390)
    (tmp_path / "no.png").write_text("no picture", encoding="utf-8")
    upload = view.locator('#tab-mix .side[data-side="b"] input[type="file"]')
    upload.scroll_into_view_if_needed()
    upload.set_input_files(tmp_path / "no.png")
    notice = view.get_by_role("alert").locator("visible=true")
    notice.wait_for()
    assert view.evaluate("window.scrollY") > 300
    in_front = """one => {
      const {x, y, width, height} = one.getBoundingClientRect();
      return x >= 0 && y >= 0 && x + width <= innerWidth && y + height <= innerHeight &&
        one.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    }"""
    assert notice.evaluate(in_front)
