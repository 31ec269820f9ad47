"""Feedback pages in a browser: nothing of a submission runs, fetches or leaves its place, and all can be read."""

import itertools
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from helpers.feedback import feedback, graded
from helpers.submissions import is_answer, is_check, is_question
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from vae_course.exercises import LESSONS
from vae_course.grading.harmless import Harmless
from vae_course.text import LANGUAGES

pytestmark = pytest.mark.browser
PAPER = 642  # pixels of A4 between the margins
RUN = "console.log(`it ran`)"
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload='{RUN}'><script>{RUN}</script></svg>"
HOSTILE = [  # {run}: a script that can be heard; {site}: a server that counts who asks
    "<script>{run}</script>",
    "<img src=x onerror='{run}'>",
    "<svg onload='{run}'><animate onbegin='{run}' attributeName=x dur=1s></svg>",
    "<details open ontoggle='{run}'><summary>x</summary></details>",
    "<body onload='{run}'>",
    "<input autofocus onfocus='{run}'>",
    "<video src='{site}/video' onerror='{run}'></video><audio src='{site}/audio' autoplay></audio>",
    "<iframe srcdoc='<script>{run}</script>'></iframe><iframe src='javascript:{run}'></iframe>",
    "<object data='{site}/object'></object><embed src='{site}/embed'>",
    "<form action='{site}/form'><input name=a value=b><button id=send>s</button></form><script>send.click()</script>",
    "<meta http-equiv='refresh' content='0;url={site}/refresh'>",
    "<base href='{site}/'><img src='relative.png'>",
    "<link rel=stylesheet href='{site}/style.css'><link rel=prefetch href='{site}/prefetch'>",
    "<style>@import url({site}/import.css); main {{ background: url({site}/background.png) }}</style>",
    "<div style='position:fixed;inset:0;background:red url({site}/cover.png);z-index:9'>cover</div>",
    "![remote]({site}/markdown.png) <img src='{site}/tag.png' srcset='{site}/set.png 2x'>",
    "<table background='{site}/table.png'><tr><td background='{site}/cell.png'>x</td></tr></table>",
    "[link](javascript:{run}) <a href='java\tscript:{run}' id=top>a</a>",
    "<a href='data:text/html,<script>{run}</script>'>b</a>",
    "<a href='vbscript:x'>c</a> [d](data:text/html;base64,PHNjcmlwdD4=) <a href=' &#106;avascript:{run}'>e</a>",
    "[a]: javascript:{run}\n\n[a] <javascript:{run}>",
    "<math><mtext><img src=x onerror='{run}'></mtext><a xlink:href='javascript:{run}'>m</a></math>",
    r"$\href{{javascript:{run}}}{{x}} \text{{<img src=x onerror='{run}'>}} \style{{position:fixed}}{{y}}$",
    r"$\rule{{9000em}}{{9000em}} \hspace{{-9000em}} \unicode{{x3cscript;}}$",
    r"$\raisebox{{-9em}}{{\text{{covers what is below}}}} \raisebox{{9em}}{{\text{{covers what is above}}}}$",
    "$$<script>{run}</script>$$\n\n\\begin{{align}}<img src=x onerror='{run}'>\\end{{align}}",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror='{run}'>",
    "<math><annotation-xml encoding='text/html'><style><img title='</style><img src=x onerror={run}>'></style></math>",
    "<noscript><p title='</noscript><img src=x onerror={run}>'></noscript>",
    "<template><script>{run}</script></template><xmp><img src=x onerror='{run}'></xmp><plaintext>",
    "`</code><script>{run}</script>` ~~<script>{run}</script>~~",
    "```html\n</code></pre><script>{run}</script>\n```",
    "<!--><script>{run}</script>--> <![CDATA[<script>{run}</script>]]>",
    "![\" onerror=\"{run}](attachment:x.svg) ![a](attachment:x.png\" onerror=\"{run})",
    "</div></article></section></main></body><script>{run}</script>",
    "\ue0000\ue001&#xE000;0&#xE001;<img alt='\ue0000\ue001' src=x onerror='{run}'>",
]  # fmt: skip


LEAVING = [text for text in HOSTILE if "refresh" in text or "<form action" in text]  # a policy can't forbid all of it
HERE = [text for text in HOSTILE if text not in LEAVING]


@pytest.fixture
def site():
    """(the address of a server, the paths that anybody asked it for)"""
    asked = []

    class Counting(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Counting) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.fixture
def opened(chromium, tmp_path):
    """opened(HTML, width=1280) -> its page, opened from a file, with what happens there: dialogs, requests, pages."""
    contexts = []

    def open_page(text, width=1280):
        path = tmp_path / f"page-{len(contexts)}.html"
        path.write_text(text, encoding="utf-8")
        contexts.append(chromium.new_context(viewport={"width": width, "height": 860}))
        view = contexts[-1].new_page()
        view.happened = []
        view.on("dialog", lambda dialog: (view.happened.append(dialog.message), dialog.dismiss()))
        view.on("popup", lambda other: view.happened.append(other.url))
        view.on("console", lambda message: message.text == "it ran" and view.happened.append(message.text))
        view.on("request", lambda one: one.url.startswith(("data:", path.as_uri())) or view.happened.append(one.url))
        view.goto(path.as_uri())
        view.wait_for_load_state("networkidle")
        return view

    yield open_page
    for context in contexts:
        context.close()


def hostile(site, tries=tuple(HOSTILE)):
    """A graded notebook in which all that a stranger may write tries something."""
    texts = [text.format(run=RUN, site=site) for text in tries]
    notebook, marks = graded("03-sampling", "en")
    outputs = [
        new_output("display_data", {"text/html": text, "text/markdown": text, "application/javascript": RUN})
        for text in texts
    ]
    outputs += [
        new_output("display_data", {"image/svg+xml": SVG, "text/latex": f"$\\text{{<script>{RUN}</script>}}$"}),
        new_output("display_data", {"image/png": f'x" onerror="{RUN}', "text/plain": texts[1]}),
        new_output("display_data", {"application/javascript": RUN}),
        new_output("stream", name=f'stdout" onclick="{RUN}', text="\x1b]8;;javascript:x\x07" + "\n".join(texts)),
        new_output("error", ename=texts[0], evalue=texts[1], traceback=[f"\x1b[31m{text}" for text in texts]),
        new_output("error", ename=texts[0], evalue=texts[1], traceback=[]),
    ]
    for cell in notebook.cells:
        cell.metadata["tags"] = [f'"><script>{RUN}</script>']
        if is_question(cell):
            cell.source += "\n\n" + "\n\n".join(texts)
            cell.attachments = {"x.svg": {"image/svg+xml": SVG}, "x.png": {f'image/png" onerror="{RUN}': "AAAA"}}
        elif is_answer(cell) or is_check(cell):
            cell.source += "\n# " + "\n# ".join(texts)
            cell.outputs += outputs
        elif cell.cell_type == "markdown":
            cell.source = "\n\n".join([cell.source, *texts])
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"a": f"</script><script>{RUN}"}}
    notebook.metadata["title"] = texts[0]
    added = [new_markdown_cell(text) for text in texts] + [
        new_raw_cell("\n".join(texts), metadata={"format": "text/html"})
    ]
    notebook.cells += [*added, new_code_cell("\n".join(texts), outputs=outputs)]
    marks.comments = {name: "\n\n".join(texts) for name in marks.grades}
    return notebook, marks


def without_policy(text):
    left, times = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    assert times == 1
    return left


@pytest.mark.parametrize("prepared", [lambda text: text, without_policy], ids=["as it is", "without its policy"])
def test_nothing_of_a_submission_runs_or_fetches(opened, site, prepared):
    address, asked = site
    view = opened(prepared(feedback(*hostile(address), student=f'<img src=x onerror="{RUN}">')))
    for link in view.locator("main a[href^='#grade']").all()[:2]:
        link.click()
    assert view.locator("main a:not([href^='http'], [href^='#'], [href^='mailto'])").evaluate_all(
        "(links) => links.filter((link) => link.href).map((link) => link.outerHTML)"
    ) == []  # fmt: skip
    view.locator("main a:not([href])").evaluate_all("(links) => links.forEach((link) => link.click())")
    view.locator("details").evaluate_all("(folds) => folds.forEach((fold) => { fold.open = true; })")
    view.keyboard.press("Tab")
    view.wait_for_load_state("networkidle")
    assert view.happened == [] and asked == []
    assert view.locator("script, iframe, form, input, object, svg, main style, main [style]").count() == 0


def test_what_is_tried_does_run_where_nothing_stops_it(opened, site, monkeypatch):
    """The cases are no empty threats: without nh3 and without the policy they run and fetch."""
    address, asked = site
    monkeypatch.setattr("vae_course.grading.harmless.nh3.clean", lambda source, **rules: source)
    for tries, least in ((HERE, 5), (LEAVING, 0)):
        asked.clear()
        view = opened(without_policy(feedback(*hostile(address, tries))))
        assert view.happened.count("it ran") >= least and asked


def test_the_policy_alone_stops_scripts_and_pictures(opened, site, monkeypatch):
    address, asked = site
    monkeypatch.setattr("vae_course.grading.harmless.nh3.clean", lambda source, **rules: source)
    view = opened(feedback(*hostile(address, HERE)))
    assert "it ran" not in view.happened and asked == []


def test_nothing_covers_the_points(opened, site):
    address, _ = site
    view = opened(feedback(*hostile(address)))
    on_top = """(place) => { const one = document.querySelector(place), box = one.getBoundingClientRect();
        return document.elementFromPoint(box.x + 9, box.y + 9) === one; }"""
    assert all(view.evaluate(on_top, place) for place in (".total", ".marks tbody a", ".marks tfoot th"))
    assert view.evaluate("document.documentElement.scrollWidth") == 1280
    assert view.evaluate("document.querySelectorAll('article, aside').length") > 40
    sticks_out = """[...document.querySelectorAll('article')].filter((one) => {
        scrollBy(0, one.getBoundingClientRect().bottom - 400);
        const box = one.getBoundingClientRect(), below = Array.from({ length: 20 }, (_, k) => box.x + 20 * k);
        return below.some((x) => one.contains(document.elementFromPoint(x, box.bottom + 1))); }).length"""
    assert view.evaluate("[...document.querySelectorAll('article, aside')].every("
                         "(one) => getComputedStyle(one).contain === 'paint')")  # fmt: skip
    assert view.evaluate(sticks_out) == 0


@pytest.mark.parametrize(("name", "lang"), [*zip(LESSONS, itertools.cycle(LANGUAGES), strict=False)])
def test_it_is_readable_on_a_phone_a_screen_and_paper(opened, name, lang):
    view = opened(feedback(*graded(name, lang)))
    assert view.evaluate(
        "document.fonts.ready.then(() => document.fonts.check('16px \"STIX Two Math of the course\"'))"
    )
    view.locator("details").evaluate_all("(folds) => folds.forEach((fold) => { fold.open = true; })")
    sizes = view.evaluate("[...document.querySelectorAll('math')].map((one) => one.getBoundingClientRect())"
                          ".map((box) => [box.width, box.height])")  # fmt: skip
    assert sizes and min(min(size) for size in sizes) > 2
    for width in (1280, 390):
        view.set_viewport_size({"width": width, "height": 860})
        assert view.evaluate("document.documentElement.scrollWidth") == width
    view.locator("details").evaluate_all("(folds) => folds.forEach((fold) => { fold.open = false; })")
    view.set_viewport_size({"width": PAPER, "height": 860})
    view.emulate_media(media="print")
    assert view.evaluate("document.documentElement.scrollWidth") == PAPER
    assert not view.locator("details").first.is_visible()
    assert view.pdf(prefer_css_page_size=True).startswith(b"%PDF") and view.happened == []


def test_pasted_pictures_are_drawn(opened):
    harmless = Harmless("en")
    notebook, marks = graded("07-beta", "en")
    question = next(cell for cell in notebook.cells if is_question(cell))
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    assert harmless.picture(pixel)
    question.source += f"\n\n![a](attachment:a.png) ![b](data:image/png;base64,{pixel})"
    question.attachments = {"a.png": {"image/png": pixel}}
    view = opened(feedback(notebook, marks))
    assert view.evaluate("[...document.images].map((one) => one.naturalWidth)") == [1, 1]


def test_it_is_accessible(opened):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for lang, width in (("es", 1280), ("en", 390)):
        notebook, marks = graded("03-sampling", lang)
        marks.comments = dict.fromkeys(marks.grades, "Good.")
        view = opened(without_policy(feedback(notebook, marks)), width)  # it forbids axe, too
        view.locator("details").evaluate_all("(folds) => folds.forEach((fold) => { fold.open = true; })")
        found = axe.run(view, options={"rules": {"scrollable-region-focusable": {"enabled": False}}})  # browsers do it
        assert [(one["id"], one["nodes"][0]["html"][:160]) for one in found.response["violations"]] == []
