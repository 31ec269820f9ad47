"""A student's own code beside the course's, in a browser: python app.py --with NOTEBOOK."""

import pytest
from helpers.browser import SOON, decoded, decoder_here, in_a_browser, serious, sources, without
from helpers.demo import served
from helpers.own_code import solved, with_answer, write_notebook

from vae_course.demo.tabs.generate import texts as generate
from vae_course.own_code import texts
from vae_course.text import pick

pytestmark = in_a_browser
NAMES = "all => all.map(one => one.dataset.name)"
VARIANCE = "def reparameterize(mu, logvar, generator=None):\n    return mu + logvar.exp() * torch.randn_like(mu)\n"
LOOP = """\
def lerp(z0, z1, t):
    return torch.lerp(z0, z1, torch.as_tensor(t)[..., None])


def slerp(z0, z1, t):
    while True:
        t = t + 0
"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """The student's file, which the demo reads anew."""
    return write_notebook(tmp_path_factory.mktemp("own") / "mine.ipynb", solved("06-latent-space"))


@pytest.fixture(scope="module")
def server(notebook, tmp_path_factory):
    """A demo with that file, in place of the one without."""
    with served(tmp_path_factory.mktemp("demo"), arguments=("--with", str(notebook))) as running:
        yield running


def panel(view, tab):
    view.locator(f"#tab-{tab} .own-panel").wait_for(timeout=SOON)
    return view.locator(f"#tab-{tab} .own-panel")


def test_a_solved_notebook_stands_beside_the_course(visit, notebook):
    write_notebook(notebook, solved("06-latent-space"))
    view = visit("mix", lang := "es", 390)
    shown = panel(view, "mix")
    assert shown.locator("[data-right=true]").evaluate_all(NAMES) == ["lerp", "interpolate_images"]
    ours, theirs = (sources(view, f"#tab-mix [data-name=lerp] .own-{who} img") for who in ("course", "own"))
    assert ours == theirs and len(ours) == 1
    assert pick(texts.UNFIT["mix"], lang).format(names="slerp") in shown.inner_text()
    line = view.locator(".own-line").inner_text()
    assert pick(texts.LINE, lang).format(file="mine.ipynb") in line and "latent_grid" in line
    assert serious(view) == []
    view.get_by_label("Arco (slerp)").check()
    view.locator("#tab-mix [data-name=slerp][data-right=true]").wait_for(timeout=SOON)
    assert view.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_wrong_function_is_shown_beside_the_right_one_with_the_difference(visit, notebook):
    write_notebook(notebook, with_answer("03-sampling", "reparameterize", VARIANCE))
    view = visit("reconstruct", "en", query="&reconstruct.model=fashion-beta-4&reconstruct.picture=3")
    one = panel(view, "reconstruct").locator("[data-name=reparameterize]")
    assert one.get_attribute("data-right") == "false"
    assert "They differ: the noise has mean" in one.inner_text() and "where 0 and 1 are expected" in one.inner_text()
    (ours,), (theirs,) = (sources(view, f"#tab-reconstruct .own-{who} img") for who in ("course", "own"))
    assert abs(decoded(ours) - decoded(theirs)).max() > 10
    assert "reparameterize" in view.locator(".own-line").inner_text()
    follows(view, "reconstruct", "fashion-beta-4", "Draw again")


def test_the_panel_of_generate_follows_what_the_page_draws(visit, notebook):
    write_notebook(notebook, solved("03-sampling"))
    view = visit("generate", "en", query="&generate.model=fashion-latent-8")
    panel(view, "generate").locator("[data-name=sample_prior][data-right=true]").wait_for()
    follows(view, "generate", "fashion-latent-8", pick(generate.ANOTHER, "en"))


def follows(view, tab: str, model: str, again: str) -> None:
    """The page draws by itself, and the panel changes with it."""
    button = view.get_by_role("button", name=again, exact=True)
    button.hover()
    decoder_here(view, model)
    course = f"#tab-{tab} .own-course img"
    old = view.locator(course).first.get_attribute("src")
    button.click()
    view.wait_for_function("([course, old]) => document.querySelector(course)?.src !== old", arg=[course, old])


def test_each_path_is_compared_once_whoever_walks_it(visit, notebook):
    write_notebook(notebook, solved("06-latent-space"))
    view, asked = visit("mix", "en"), []
    panel(view, "mix")
    view.on("request", lambda one: one.method == "POST" and asked.append(one.post_data_json["data"]))
    for walks in (without, lambda view: view.unroute("**/engine/**")):
        walks(view)
        view.goto(view.url.partition("&")[0] + "&mix.path=slerp")
        view.locator("#tab-mix [data-name=slerp][data-right=true]").wait_for(timeout=SOON)
        line = view.get_by_label("Straight (lerp)")
        line.hover()
        if walks is not without:
            decoder_here(view, "drawn")
        line.check()
        view.locator("#tab-mix [data-name=lerp][data-right=true]").wait_for(timeout=SOON)
        view.wait_for_timeout(1500)  # for one too many
    assert [data[-1] for data in asked if data[0] == "drawn"] == ["slerp", "lerp"] * 2


def test_an_endless_loop_costs_a_sentence_and_not_the_page(visit, notebook):
    write_notebook(notebook, with_answer("06-latent-space", "lerp-slerp", LOOP))
    view = visit("mix", "en")
    panel(view, "mix")
    view.get_by_label("Arc (slerp)").check()
    one = view.locator("#tab-mix [data-name=slerp]")
    one.wait_for(timeout=SOON)
    said = one.inner_text()
    assert "slerp gave no answer." in said and "is there a loop that never ends?" in said and "(line" in said
    view.get_by_label("Straight (lerp)").check()
    view.locator("#tab-mix [data-name=lerp][data-right=true]").wait_for(timeout=SOON)
    notebook.write_text("{", encoding="utf-8")
    view.get_by_label("Arc (slerp)").check()
    view.locator(".own-line .own-wrong").wait_for(timeout=SOON)
    assert "mine.ipynb can't be read as a notebook" in view.locator(".own-line").inner_text()
