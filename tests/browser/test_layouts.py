"""The nine tabs at every width: one page a language, resized (pytest -m browser)."""

import pytest
from helpers.browser import SOON, each_language, in_a_browser

from vae_course.demo import page
from vae_course.text import pick

pytestmark = in_a_browser
WIDTHS = {320: 568, 390: 844, 640: 430, 768: 1024, 820: 1180, 853: 573, 1024: 768, 1280: 860, 1920: 1080}
ZOOMED = {150: 853, 200: 640}  # per cent of 1280 x 860: the width that is left
PHONES, PROJECTOR = (320, 390), 1920

# What a tab is about -> how wide it must be at least, on a phone and on anything wider.
PICTURES = {
    "start": {".way img": (80, 120), ".way svg": (140, 190), ".redraw img": (24, 60)},
    "generate": {".sheet": (130, 180)},
    "reconstruct": {".cross .row img": (60, 130), ".draws img": (60, 70), ".tile": (36, 36)},
    "mix": {".screen": (130, 230), ".tile": (36, 36)},
    "map": {".map": (285, 380), ".ends img": (48, 80)},
    "features": {".duo img": (130, 150), ".along .strip img": (36, 40), ".knob input": (70, 100)},
    "beta": {"table": (260, 600), ".curve": (280, 330)},
    "train": {".train-sheet img": (285, 290), "[data-chart] > svg": (285, 290)},
    "questions": {".look img": (60, 60), ".predict": (285, 300)},
}
# On a phone: what is touched -> what that changes, which must be seen at the same time.
TOGETHER = {
    "start": {
        ".start-bar button": ".redraws", ".start-bar input": ".redraws", ".model-menu input": ".redraws", ".tile": ".redraws",
        ".tile:not([hidden]):nth-last-child(1 of :not([hidden]))": ".redraws",
    },
    "generate": {".pair button": ".sheet", "fieldset": ".panels > :last-child .sheet"},
    "reconstruct": {
        ".tile": ".row.picked", ".upload": ".row.picked", ".what .model-menu:last-child input": ".row.picked",
        ".more button.small": ".draws",
    },
    "mix": {
        ".play": ".screens", "fieldset": ".screens", '.side[data-side="a"] .tile': ".screens",
        '.side[data-side="b"] .tile': ".screens", '.side[data-side="b"] .upload': ".screens",
    },
    "map": {".how fieldset": ".map", ".how .form > :last-child": ".map", ".map": ".ends"},
    "features": {
        ".knob input": ".after img", ".knobs > :last-child .knob:last-child input": ".after img", ".reset": ".after img",
        ".tile": ".after img", ".upload": ".after img",
    },
    "beta": {".beta-bar button": ".beta td[data-column] .four", ".tile": ".curve"},
    "train": {
        '[data-act="start"]': ".train-sheet img", '[data-act="step"]': ".train-sheet img",
        ".how fieldset": ".train-sheet img", ".train-upload .upload": ".train-sheet img",
    },
    "questions": {"[data-open-question]": ".asked h3", ".option": '[data-do="run"]'},
}  # fmt: skip

SEEN = """const seen = (one) => one.checkVisibility({opacityProperty: true, visibilityProperty: true}) &&
  !one.closest('.unseen, .visually-hidden, .wrap.hide, .sr-only, [aria-hidden="true"]') && one.getBoundingClientRect().width > 0;
const name = (one) => `${one.tagName.toLowerCase()}.${[...one.classList].join('.')} ${(one.innerText ?? '').slice(0, 30)}`;
const place = (tab) => document.querySelector(`#tab-${tab}`);"""

OUTSIDE = f"""(tab) => {{{SEEN}
  const found = [], width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) found.push('the page scrolls sideways');
  const scrolls = (one) => one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(one).overflowX);
  for (const one of place(tab).querySelectorAll('*')) if (scrolls(one)) found.push(`scrolls sideways: ${{name(one)}}`);
  for (const one of document.querySelectorAll(`header *, [role=tab], #tab-${{tab}} *`)) {{
    const {{left, right}} = one.getBoundingClientRect();
    if (seen(one) && (left < -1 || right > width + 1) && !one.closest('svg *')) found.push(`outside: ${{name(one)}}`);
  }}
  return found;
}}"""

TEXTS = f"""(tab) => {{{SEEN}
  const words = [], lines = (node) => {{
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].filter((rect) => rect.width > 2);
  }};
  const above = (one) => one && (/sticky|fixed/.test(getComputedStyle(one).position) || one.scrollHeight > one.clientHeight + 1 &&
    /auto|scroll/.test(getComputedStyle(one).overflowY) || above(one.parentElement)); // lies over others when one scrolls
  const walk = document.createTreeWalker(place(tab), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {{
    const node = walk.currentNode, of = node.parentElement;
    if (node.data.trim() && seen(of) && !of.closest('svg, script, option, .kl') && !above(of)) words.push([of, lines(node)]);
  }}
  const found = [], cut = (one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === 'hidden';
  for (const [of, rects] of words) {{
    for (let one = of; one !== place(tab); one = one.parentElement) if (cut(one)) found.push(`cut: ${{name(of)}}`);
    for (const [other, others] of words) if (of !== other && !of.contains(other) && !other.contains(of) && rects.some((a) =>
      others.some((b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3 &&
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5))) found.push(`${{name(of)}} lies over ${{name(other)}}`);
  }}
  return [...new Set(found)];
}}"""

NARROW = f"""([tab, least]) => {{{SEEN}
  return Object.entries(least).flatMap(([selector, pixels]) => {{
    const all = [...place(tab).querySelectorAll(selector)].filter(seen);
    const width = Math.min(...all.map((one) => one.getBoundingClientRect().width));
    return all.length && width >= pixels ? [] : [`${{selector}}: ${{all.length}}, ${{width}} pixels`];
  }});
}}"""

APART = f"""async ([tab, pairs]) => {{{SEEN}
  const found = [];
  const shown = (one) => {{ // the share of it that is in the window, and not below something else
    const {{top, bottom, left, right, height}} = one.getBoundingClientRect(), from = Math.max(top, 0), to = Math.min(bottom, innerHeight);
    const at = to > from && document.elementFromPoint((left + right) / 2, (from + to) / 2);
    return at && (one.contains(at) || at.contains(one)) ? (to - from) / Math.min(height, innerHeight) : 0;
  }};
  for (const [touched, changed] of Object.entries(pairs)) {{
    const [control, picture] = [touched, changed].map((one) => [...place(tab).querySelectorAll(one)].find(seen));
    if (!control || !picture) {{ found.push(`missing: ${{touched}} or ${{changed}}`); continue; }}
    const shares = [];
    for (const [one, block] of [[control, 'center'], [control, 'start'], [control, 'end'], [picture, 'center']]) {{
      one.scrollIntoView({{block, behavior: 'instant'}});
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      shares.push(Math.min(shown(control), shown(picture)));
    }}
    if (Math.max(...shares) < 0.5) found.push(`never on one screen: ${{touched}} and ${{changed}} ${{shares.map((one) => one.toFixed(2))}}`);
  }}
  window.scrollTo(0, 0);
  return found;
}}"""

SPAN = f"""(tab) => {{{SEEN}
  const boxes = [...place(tab).querySelectorAll('*')].filter((one) => seen(one) && (!one.children.length || one.matches('svg, button')))
    .map((one) => one.getBoundingClientRect());
  return Math.max(...boxes.map((box) => box.right)) - Math.min(...boxes.map((box) => box.left));
}}"""

LEVELS = f"""(tab) => {{{SEEN}
  return [...document.querySelectorAll(`h1, #tab-${{tab}} :is(h2, h3, h4, h5, h6)`)]
    .filter((one) => one.checkVisibility() && one.innerText.trim()).map((one) => Number(one.tagName[1]));
}}"""


def open_tab(view, tab, lang):
    view.set_viewport_size({"width": 1280, "height": WIDTHS[1280]})
    view.get_by_role("tab", name=pick(page.MODULES[tab].texts.NAME, lang), exact=True).click()
    view.locator(f"html[data-filled~={tab}]").wait_for(state="attached", timeout=SOON)
    view.locator(f"#tab-{tab} img, #tab-{tab} svg").locator("visible=true").first.wait_for(timeout=SOON)
    view.wait_for_function("[...document.images].every(one => one.complete)", timeout=SOON)


def problems(view, tab, width):
    """What is wrong with a tab at a width, in words."""
    view.set_viewport_size({"width": width, "height": WIDTHS[width]})
    view.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    least = {selector: pixels[width > 760] for selector, pixels in PICTURES[tab].items()}
    found = view.evaluate(OUTSIDE, tab) + view.evaluate(TEXTS, tab) + view.evaluate(NARROW, [tab, least])
    if width in PHONES:
        found += view.evaluate(APART, [tab, TOGETHER[tab]])
    if width == PROJECTOR and (span := view.evaluate(SPAN, tab)) < 0.88 * width:
        found.append(f"only {span:.0f} pixels are used")
    return [f"{tab} at {width}: {one}" for one in found]


@each_language
def test_at_every_width_nothing_is_cut_or_tiny_and_controls_are_beside_what_they_change(visit, lang):
    view, found = visit("start", lang), []
    assert set(ZOOMED.values()) <= set(WIDTHS)
    for tab in page.TABS:
        open_tab(view, tab, lang)
        found += [one for width in WIDTHS for one in problems(view, tab, width)]
    assert not found, "\n".join(found)
