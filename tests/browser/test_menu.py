"""The menu of models in a browser: groups, pictures, keys, and that it opens again."""

from helpers.browser import SOON, each_language, in_a_browser, serious

from vae_course.demo.core import model, titles
from vae_course.text import pick

pytestmark = in_a_browser
GROUPS = """(list) => [...list.querySelectorAll('[role="group"]')].map((group) => {
  const models = [...group.querySelectorAll('[role="option"]')].map((one) => one.dataset.model);
  return [group.getAttribute('aria-label'), ...models];
})"""
REACHED = "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.dataset.model"
PICTURES = """async (list) => {
  const shown = [...list.querySelectorAll('[role="option"] i')].map((one) => getComputedStyle(one));
  const image = new Image();
  image.src = shown[0].backgroundImage.slice(5, -2);
  await image.decode();
  return [image.naturalWidth / image.naturalHeight, new Set(shown.map((one) => one.backgroundPosition)).size];
}"""


def menu(view):
    return view.locator("#tab-mix").get_by_role("combobox")


def chosen(view, name: str) -> None:
    """Waits until the server has answered with that model."""
    view.wait_for_function(f"new URL(location.href).searchParams.get('mix.model') === {name!r}", timeout=SOON)


@each_language
def test_models_stand_under_their_data_and_what_differs_each_with_a_picture(visit, lang):
    view = visit("mix", lang)
    menu(view).click()
    shown = view.locator('[role="listbox"]:visible')
    groups = shown.evaluate(GROUPS)
    assert sorted(name for _, *names in groups for name in names) == sorted(model.ordered())
    titled = {name: pick(titles.title(name), lang) for name in model.ordered()}
    for name in ("cats", "fashion-beta-4", "fashion-latent-2-beta-0"):
        assert shown.get_by_role("option", name=titled[name], exact=True).get_attribute("data-model") == name
    by_name = {tuple(names): label for label, *names in groups}
    betas = tuple(f"fashion-beta-{beta}" for beta in (0, 1, 4, 16, 64))
    assert by_name[betas].endswith({"es": ": Solo cambia β", "en": ": Only β differs"}[lang])
    assert by_name[("emojis", "smileys", "emojis-dense")] == "Emojis" and ("faces",) in by_name
    labels = [label.partition(":")[0] for label, *_ in groups]
    assert labels == sorted(labels, key=labels.index)  # what learnt from the same data stands together
    ratio, places = shown.evaluate(PICTURES)
    assert (ratio, places) == (len(model.ordered()), len(model.ordered()))
    assert serious(view) == []


def test_it_opens_again_after_escape_and_outside_and_takes_no_more_room_than_there_is(visit):
    view = visit("mix", "en", 390, has_touch=True)
    for close in (lambda: view.keyboard.press("Escape"), lambda: view.locator(".lead:visible").first.tap()):
        menu(view).tap()
        shown = view.locator('[role="listbox"]:visible')
        box = shown.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 844
        close()
        shown.wait_for(state="hidden")
        assert menu(view).get_attribute("aria-expanded") == "false"
    menu(view).tap()
    view.get_by_role("option", name="Clothes", exact=True).tap()
    chosen(view, "fashion")
    assert menu(view).inner_text() == "Clothes"
    assert view.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_keyboard_does_all_of_it(visit):
    view = visit("mix", "es")
    menu(view).focus()
    calls = []
    view.on("request", lambda request: request.method == "POST" and calls.append(request.url))
    view.keyboard.press("ArrowDown")
    assert view.evaluate(REACHED) == "drawn" and menu(view).get_attribute("aria-expanded") == "true"
    view.keyboard.press("Home")
    assert view.evaluate(REACHED) == "faces"
    view.keyboard.press("ArrowDown")
    assert view.evaluate(REACHED) == "faces-beta-0"
    view.keyboard.press("ArrowLeft")
    view.keyboard.press("End")
    assert view.evaluate(REACHED) == "fashion-latent-128-beta-0"
    view.keyboard.type("ropa, b")
    view.keyboard.press("Escape")
    assert (
        menu(view).get_attribute("aria-expanded") == "false"
        and menu(view).inner_text() == "Rostros dibujados"
        and not calls
    )
    view.keyboard.press("Enter")
    assert view.evaluate(REACHED) == "drawn"
    view.keyboard.type("emojis,")
    assert view.evaluate(REACHED) == "emojis-dense"
    view.keyboard.press("Enter")
    chosen(view, "emojis-dense")
    assert menu(view).inner_text() == "Emojis, red densa" and view.evaluate("document.activeElement.role") == "combobox"
    view.keyboard.press(" ")
    view.keyboard.press("ArrowUp")
    view.keyboard.press("Tab")  # as menus of the system do: takes it and goes on
    chosen(view, "smileys")
    assert view.locator('[role="listbox"]:visible').count() == 0


def test_gradios_own_menus_open_again_after_escape_too(visit):
    view = visit("map", "en")
    colour = view.get_by_role("combobox", name="Colour by")
    colour.click()
    view.get_by_role("option").first.wait_for()
    view.keyboard.press("Escape")
    view.get_by_role("option").first.wait_for(state="hidden")
    colour.click()
    view.get_by_role("option", name="Nothing: as the model sees it", exact=True).click()
    view.wait_for_function("new URL(location.href).searchParams.get('map.colour') === 'none'", timeout=SOON)


def test_a_menu_low_on_the_page_opens_where_there_is_room(visit):
    view = visit("start", "en", 390)
    low = view.locator("#tab-start").get_by_role("combobox")
    low.evaluate("(one) => one.scrollIntoView({block: 'end'})")
    low.click()
    box = view.locator('[role="listbox"]:visible').bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= low.bounding_box()["y"] + 1
