"""What the browser keeps when the server forgets, restarts or is away; what is not shared; what is erased."""

import os
import signal

from helpers import screenshots
from helpers.browser import SOON, each_language, in_a_browser, slow_net
from helpers.demo import free_port, served
from PIL import Image

from vae_course.demo import page
from vae_course.demo import texts as page_texts
from vae_course.demo.core import texts as core_texts
from vae_course.demo.tabs.questions import texts
from vae_course.demo.tabs.train import texts as train_texts
from vae_course.text import pick

pytestmark = in_a_browser
MINUTES = 60_000  # milliseconds
LATE = 180_000  # milliseconds: a server starts, a training begins
PINNED = "#tab-questions .pinned img"
KEPT = """async () => {
  const [{name}] = await indexedDB.databases();
  const database = await new Promise((done) => {
    indexedDB.open(name).onsuccess = (event) => done(event.target.result);
  });
  const count = (table) => new Promise((done) => {
    database.transaction(table).objectStore(table).count().onsuccess = (event) => done(event.target.result);
  });
  const counts = [await count('fields'), await count('figures')];
  database.close();
  return counts;
}"""


def to(view, lang, tab):
    view.get_by_role("tab", name=pick(page.MODULES[tab].texts.NAME, lang), exact=True).click()
    view.wait_for_function("tab => document.documentElement.dataset.filled?.includes(tab)", arg=tab, timeout=SOON)


def says(view, selector, text, lang, timeout=SOON):
    view.locator(selector).get_by_text(pick(text, lang)).first.wait_for(timeout=timeout)


def pinned(view, count):
    view.wait_for_function(f"document.querySelectorAll('{PINNED}').length === {count}", timeout=SOON)


def write(view, lang, label, text):
    view.get_by_label(pick(label, lang)).fill(text)


def everything(view, lang, figures):
    """All that was done stands on the page."""
    view.locator("#tab-questions .verdicts .mine").wait_for()
    pinned(view, figures)
    for label, text in ((texts.ANSWER, "Sin servidor."), (texts.WHO, "Ana"), (texts.CAPTION.format(number=2), "Mía")):
        assert view.get_by_label(pick(label, lang)).input_value() == text
    assert "Porque sí" in view.locator("#tab-questions .asked").inner_text()


def begin(view, lang, folder):
    """A prediction, texts and figures; an upload and a training."""
    view.locator("#tab-questions .option").nth(2).click()
    write(view, lang, texts.WHY, "Porque sí")
    view.get_by_role("button", name=pick(texts.RUN, lang)).click()
    view.locator("#tab-questions .explained").wait_for()
    for k in range(2):
        view.locator("#tab-questions .findings .pin").nth(k).click()
        pinned(view, k + 1)
    write(view, lang, texts.CAPTION.format(number=2), "Mía")
    write(view, lang, texts.WHO, "Ana")
    to(view, lang, "reconstruct")
    Image.new("RGB", (64, 64), (10, 250, 10)).save(folder / "green.png")
    view.locator('#tab-reconstruct input[type="file"]').first.set_input_files(folder / "green.png")
    view.wait_for_url("**reconstruct.picture=u-*")
    to(view, lang, "train")
    view.locator("#tab-train [data-act=start]").click()
    view.wait_for_function("!document.querySelector('#tab-train [data-act=pause]').disabled", timeout=LATE)


def test_a_killed_server_is_missed_and_loses_nothing(chromium, tmp_path):
    lang, errors, place = "es", [], {"GRADIO_SERVER_PORT": str(free_port())}
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
    context = chromium.new_context(viewport={"width": 1280, "height": 860}, locale="en-US")
    view = context.new_page()
    view.set_default_timeout(SOON)
    view.on("pageerror", lambda error: errors.append(str(error)))
    with served(folders[0], surroundings=place) as server:
        screenshots.open_tab(view, server.url, lang, "questions", SOON)
        view.evaluate("window.sameWindow = true")
        begin(view, lang, tmp_path)
        os.kill(server.pid, signal.SIGKILL)
        away(view, lang)
    with served(folders[1], surroundings=place) as server:
        back(view, lang)
        view.evaluate("window.closing = true")
        context.clear_cookies()  # to the server somebody new, as after 15 minutes
        screenshots.open_tab(view, server.url, "en", "questions", SOON)
        everything(view, "en", 3)
        erased(view, context.new_page(), server.url)
    context.close()
    assert errors == []


def away(view, lang):
    """The sentence, waiting controls, and what can be done all the same."""
    says(view, ".connection", page_texts.AWAY, lang)
    says(view, "#tab-train [data-status]", train_texts.CHARTS["away"], lang)
    assert float(view.locator("#tab-train [data-act=start]").evaluate("e => getComputedStyle(e).opacity")) < 0.6
    to_known = view.get_by_role("tab", name=pick(texts.NAME, lang), exact=True)
    to_known.click()
    write(view, lang, texts.ANSWER, "Sin servidor.")
    view.locator("#tab-questions .findings .pin").nth(2).click()
    again = view.get_by_role("button", name=pick(texts.AGAIN, lang))
    assert again.evaluate("e => getComputedStyle(e).cursor") == "progress"
    again.click()


def back(view, lang):
    """Nothing was lost, what waited is done, and what the server forgot is named."""
    view.locator("html:not(.server-away)").wait_for(state="attached", timeout=LATE)
    view.wait_for_url("**questions.seed=8*")
    everything(view, lang, 3)
    assert view.evaluate("window.sameWindow")
    to(view, lang, "train")
    says(view, "#tab-train [data-trouble]", train_texts.CHARTS["gone"], lang)
    assert view.locator("#tab-train [data-act=stop]").is_disabled()
    to(view, lang, "reconstruct")
    says(view, "#tab-reconstruct .notice", core_texts.NOT_SHARED["picture"], lang)
    assert "u-" not in view.url


def erased(view, other, url):
    """One click empties this browser's storage, the server and the other windows."""
    other.goto(f"{url}/?tab=questions")
    pinned(other, 3)
    fields, figures = view.evaluate(KEPT)
    assert fields > 4 and figures == 3
    view.locator("#tab-questions .erase summary").click()
    view.get_by_role("button", name=pick(texts.ERASE_ALL, "en")).click()
    for window, lang in ((view, "en"), (other, "es")):
        says(window, "#tab-questions .report", texts.EMPTY, lang)
        assert window.get_by_label(pick(texts.WHY, lang)).input_value() == ""
    assert view.evaluate(KEPT) == [0, 0]


FORBIDDEN = """for (const name of ['indexedDB', 'sessionStorage', 'localStorage'])
  Object.defineProperty(window, name, {get() { throw new DOMException('forbidden', 'SecurityError'); }});"""


def test_a_browser_that_keeps_nothing_is_told_so_and_works(visit):
    view = visit("start", "es")
    view.add_init_script(FORBIDDEN)
    view.reload()
    to(view, "es", "questions")
    write(view, "es", texts.WHY, "Porque sí")
    view.get_by_role("button", name=pick(texts.RUN, "es")).click()
    view.locator("#tab-questions .findings .pin").first.click()
    pinned(view, 1)
    says(view, "#tab-questions .report", texts.PASSING, "es")
    assert not view.get_by_text(pick(texts.LASTING, "es")).is_visible()
    view.locator("a.switch").click()  # the server still knows
    view.get_by_role("tab", name=pick(texts.NAME, "en")).wait_for()
    pinned(view, 1)
    assert "Porque sí" in view.locator("#tab-questions .asked").inner_text()


@each_language
def test_a_link_names_what_it_does_not_share(visit, lang):
    gone = "u-0123456789ab"
    query = f"&start.picture={gone}&mix.a={gone}&generate.model=own&train.data=own"
    view = visit("start", lang, query=query)
    shared = core_texts.NOT_SHARED
    told = {
        "start": shared["picture"],
        "mix": shared["picture"],
        "generate": shared["model"],
        "train": train_texts.NOT_SHARED,
    }
    for tab, sentence in told.items():
        to(view, lang, tab)
        says(view, f"#tab-{tab} .notice", sentence, lang)
        assert view.locator(f"#tab-{tab} .notice").count() == 1 or tab == "train"
        assert view.locator(f"#tab-{tab} img").locator("visible=true").count() > 0


def test_a_slow_answer_shows_that_it_is_waited_for(visit):
    view = visit("start", "en")
    view.add_init_script(slow_net(2500))  # below ours
    view.reload()
    view.locator("html[data-filled~=start]").wait_for(state="attached")
    view.locator("#tab-start .tile").nth(3).click()
    view.locator("html.server-slow").wait_for(state="attached")
    view.locator("html:not(.server-slow)").wait_for(state="attached")


def test_who_only_drags_or_presses_keys_is_not_forgotten(visit, tmp_path):
    """The page does much alone; the server keeps an upload or a model for 15 minutes after a visitor's last request."""
    view = visit("start", "en")
    view.clock.install()
    view.reload()
    view.locator("html[data-filled~=start]").wait_for(state="attached")
    view.locator('.pinboard [data-kept="false"]').wait_for(state="attached")
    Image.new("RGB", (64, 64), (10, 250, 10)).save(tmp_path / "green.png")
    view.locator('#tab-start input[type="file"]').set_input_files(tmp_path / "green.png")
    view.wait_for_url("**start.picture=u-*")
    view.keyboard.press("Shift")
    view.clock.fast_forward(4 * MINUTES)
    view.locator('.pinboard [data-kept="true"]').wait_for(state="attached")  # it asked whether there is anything
    view.mouse.move(3, 3)
    for use in (lambda: view.keyboard.press("Shift"), view.mouse.down):  # no click
        view.clock.fast_forward(100 * MINUTES)  # the page was left alone
        greeted = view.locator(".pinboard [data-answers]").get_attribute("data-answers")
        use()
        view.locator(f".pinboard [data-answers='{int(greeted) + 1}']").wait_for(state="attached")
