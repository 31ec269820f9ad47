"""How the page travels: compressed, readable at once, with files that browsers keep."""

import dataclasses
import gzip
import io
import json
import re
from html import unescape
from types import SimpleNamespace

import brotli
import httpx
import pytest
from PIL import Image

from vae_course.demo.core import events
from vae_course.text import LANGUAGES, pick

SOON = 60  # seconds
LARGEST = 150_000  # bytes of a first page
PATHS = {"es": "/", "en": "/en"}


def sent(server, path: str, encoding: str) -> tuple[httpx.Headers, bytes]:
    """Headers and the bytes as they travelled."""
    with httpx.stream("GET", server.url + path, headers={"accept-encoding": encoding}) as answer:
        assert answer.status_code == 200
        return answer.headers, b"".join(answer.iter_raw())


def page(server, lang: str) -> str:
    return sent(server, PATHS[lang], "identity")[1].decode()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("takes", "encoding", "open_up"),
    [("gzip, deflate, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress), ("identity", None, bytes)],
)
def test_a_page_travels_as_the_browser_takes_it(server, lang, takes, encoding, open_up):
    headers, content = sent(server, PATHS[lang], takes)
    assert headers.get("content-encoding") == encoding
    assert "accept-encoding" in headers["vary"].lower() and int(headers["content-length"]) == len(content)
    assert open_up(content).decode().rstrip().endswith("</html>")
    assert encoding is None or len(content) < LARGEST


@pytest.mark.parametrize("path", PATHS.values())
def test_a_start_does_not_wait_until_a_page_is_made(path):
    """Gradio asks for a page's head as it starts, and gives up after three seconds, which a busy machine takes."""
    from starlette.testclient import TestClient

    from vae_course.demo.serve import Delivery

    async def gradio(scope, receive, send):
        pytest.fail("a page was made for its head")

    answer = TestClient(Delivery(gradio)).head(path)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")


def test_others_are_answered_while_a_page_is_made(monkeypatch):
    import asyncio
    import threading

    from starlette.responses import HTMLResponse

    from vae_course.demo import serve

    answered = threading.Event()

    def slowly(html, lang):
        assert answered.wait(SOON)
        return html

    monkeypatch.setattr(serve, "in_language", slowly)
    monkeypatch.setattr(serve.Delivery, "_prepare", lambda self: None)

    async def both():
        app = serve.Delivery(HTMLResponse("<p>page</p>"))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://demo") as client:
            page = asyncio.create_task(client.get("/"))
            await asyncio.sleep(0)
            assert (await client.head("/en")).status_code == 200
            answered.set()
            return (await page).text

    assert asyncio.run(both()) == "<p>page</p>"


@pytest.mark.parametrize("root", ["", "/demo"])
@pytest.mark.parametrize("query", ["", "?tab=mix&mix.path=slerp"])
def test_a_slash_at_the_end_leads_to_the_page_with_all_that_the_address_says(root, query, monkeypatch):
    from starlette.responses import RedirectResponse
    from starlette.testclient import TestClient

    from vae_course.demo.serve import Delivery

    monkeypatch.setattr(Delivery, "_prepare", lambda self: None)
    client = TestClient(Delivery(RedirectResponse("/en", 301)), root_path=root)  # as Gradio answers
    answer = client.get(f"{root}/en/{query}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, f"{root}/en{query}")


@pytest.mark.parametrize("path", ["/fr", "/es", "/en/x", "/a/b"])
def test_an_unknown_address_leads_to_a_page_and_a_program_gets_json(server, path):
    answer = httpx.get(server.url + path, headers={"accept": "text/html,*/*"})
    assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/html")
    doors = re.findall(r'<p lang="(\w+)">.*?<a href="([^"]+)">', answer.text)
    assert doors == [("es", "/"), ("en", "/en")]
    assert httpx.get(server.url + path).json() == {"detail": "Not Found"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_stand_in_the_page_before_any_script_of_gradio(server, lang):
    from vae_course.demo import page as demo

    before = page(server, lang).partition("<body")[2].partition("<gradio-app")[0]
    assert f"<h1>{pick(demo.texts.TITLE, lang)}</h1>" in before
    for name in demo.TABS:
        assert unescape(pick(demo.MODULES[name].texts.LEAD, lang)) in unescape(before)
    assert len(re.findall(r'class="lead" data-first="\w+">', before)) == 1  # the others wait, hidden


@pytest.mark.parametrize("lang", LANGUAGES)
def test_scripts_know_the_tabs_by_the_names_that_visitors_see(lang):
    from vae_course.demo import page as demo

    names = json.loads(unescape(re.search(r'data-names="([^"]*)"', demo.header(lang))[1]))
    assert names == {tab: pick(demo.MODULES[tab].texts.NAME, lang) for tab in demo.TABS}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_style_sheet_keeps_the_page_white(server, lang):
    for link in re.findall(r'<link rel="stylesheet"[^>]*>', page(server, lang)):
        assert 'media="print"' in link and "this.media='all'" in link


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_opening_tab_comes_with_the_page_and_its_pictures_are_files_that_browsers_keep(server, lang):
    text = page(server, lang)
    values = json.loads(re.search(r"<script[^>]*data-ready>(.*?)</script>", text, re.DOTALL)[1])
    areas = [value for value in values if isinstance(value, str)]
    pictures = {address for area in areas for address in re.findall(r"published/[0-9a-f]+\.\w+", area)}
    assert len(pictures) > 5
    assert not re.search(r"data:image/(png|jpeg|webp);base64,.{2000}", text)
    for address in pictures:
        answer = httpx.get(f"{server.url}/{address}")
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("image/")
        assert "immutable" in answer.headers["cache-control"]


def test_the_other_tabs_are_not_sent_before_they_are_opened(server):
    config = json.loads(page(server, "es").partition("window.gradio_config = ")[2].partition(";</script>")[0])
    values = [part["props"].get("value") or "" for part in config["components"] if part["type"] == "html"]
    assert not [value for value in values if "<img" in value or "published/" in value or "data:" in value]


def test_our_scripts_are_one_file_that_browsers_keep(server):
    text = page(server, "en")
    (address,) = re.findall(r'<script defer src="(scripts/[0-9a-f]+\.js)">', text)
    answer = httpx.get(f"{server.url}/{address}")
    assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] in ("br", "gzip")
    for name in ("ui/gallery", "mix/script", "train/feed"):
        assert f'scripts["{name}"]' in answer.text


def test_every_script_that_a_component_runs_is_there(server):
    from vae_course.demo import serve

    for lang in LANGUAGES:
        for name in re.findall(r"window\.vaeCourse\.run\('([^']+)'", unescape(page(server, lang))):
            assert f"scripts[{json.dumps(name)}] =" in serve.scripts()


def test_gradios_own_files_are_kept_too(server):
    (address,) = re.findall(r'src="\./(assets/index-[^"]+\.js)"', page(server, "es"))
    assert "immutable" in httpx.get(f"{server.url}/{address}").headers["cache-control"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_file_that_a_page_names_is_compressed_and_kept(server, lang):
    text = unescape(page(server, lang))
    named = set(re.findall(r'(?:src|href)="(?:\./)?((?:assets|scripts|static)/[^"]+)"', text))
    named |= set(re.findall(r"(?:published)/[0-9a-f]+\.\w+", text)) | {
        "theme.css",
        "static/js/iframeResizer.contentWindow.min.js",
    }
    assert len(named) > 10 and {address.partition("/")[0] for address in named} >= {"assets", "scripts", "published"}
    for address in named:
        headers, content = sent(server, f"/{address}", "gzip, br")
        assert re.search(r"max-age=(31536000, immutable|86400)$", headers["cache-control"]), address
        written = headers["content-type"].partition(";")[0].rpartition("/")[2] in ("css", "javascript", "json")
        assert headers.get("content-encoding") == ("br" if written and len(content) > 100 else None), address


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_that_the_browser_has_is_not_sent_again(server, lang):
    first = httpx.get(server.url + PATHS[lang])
    assert "no-cache" in first.headers["cache-control"] and "private" in first.headers["cache-control"]
    asked = {"if-none-match": first.headers["etag"]}
    again = httpx.get(server.url + PATHS[lang], headers=asked)
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == first.headers["etag"]
    other = httpx.get(server.url + PATHS["en" if lang == "es" else "es"], headers=asked)
    assert other.status_code == 200 and other.text.rstrip().endswith("</html>")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_shared_link_shows_title_text_and_picture_of_ours(server, lang):
    from vae_course.demo import page as demo

    asked = {"host": "taller.example", "x-forwarded-proto": "https"}
    text = httpx.get(server.url + PATHS[lang], headers=asked).text
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)"', text)
    meta = {key: unescape(value) for key, value in found}
    assert len(meta) == len(found) and "Gradio" not in "".join(meta.values())
    assert meta["og:title"] == pick(demo.texts.TITLE, lang) and meta["og:description"] == pick(
        demo.texts.SUBTITLE, lang
    )
    assert meta["og:url"] == f"https://taller.example{PATHS[lang]}" and meta["og:locale"] == lang
    assert meta["og:image"].startswith("https://taller.example/published/")
    answer = httpx.get(server.url + meta["og:image"].removeprefix("https://taller.example"))
    with Image.open(io.BytesIO(answer.content)) as card:
        assert (card.format, card.size) == ("JPEG", (1200, 630))
        assert (meta["og:image:width"], meta["og:image:height"]) == ("1200", "630")
    assert text.index("charset") < 1024
    assert "gradio.app" not in text.partition("<script")[0]


def test_what_a_stranger_calls_the_host_is_no_markup(server):
    text = httpx.get(server.url, headers={"x-forwarded-proto": '"><script>alert(1)</script>'}).text
    assert "<script>alert(1)" not in text


@pytest.mark.parametrize("path", ["/published/none.png", "/scripts/old.js", "/published/../app.py", "/published/"])
def test_what_is_not_published_is_not_there(server, path):
    assert httpx.get(server.url + path).status_code == 404


def test_a_new_visitor_gets_a_name_and_keeps_it(server):
    with httpx.Client(base_url=server.url) as client:
        assert "taller-vae=" in client.get("/").headers["set-cookie"]
        assert "set-cookie" not in client.get("/en").headers


def test_building_draws_nothing(monkeypatch, event_loops):
    """No model is read before somebody looks."""
    from vae_course import pretrained
    from vae_course.demo import page as demo
    from vae_course.demo.core import model

    def read(*_):
        raise AssertionError("read while building")

    model.shipped.cache_clear()
    monkeypatch.setattr(pretrained, "load", read)
    monkeypatch.setattr(pretrained, "gallery", read)
    demo.build()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_tab_is_filled_with_a_value_for_each_output(lang, event_loops):
    from vae_course.demo import page as demo
    from vae_course.demo.core.address import Tab

    demo.build()
    for name in demo.TABS:
        tab = demo._built[lang][name]
        assert isinstance(tab, Tab)
        values = demo.opening(lang, name)
        assert len(values) == len(tab.outputs)
        assert not [value for value in values if hasattr(value, "_id")], f"{name}: a component instead of an update"
        for update in (value for value in values if isinstance(value, dict)):
            update.clear()  # as Gradio does with what it sends
        assert all(value != {} for value in demo.opening(lang, name)), f"{name}: the next visitor gets less"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_comes_though_its_opening_tab_fails(lang, event_loops, monkeypatch, caplog):
    from vae_course.demo import page as demo

    def broken(values):
        raise RuntimeError("secret /path")

    demo.build()
    tab = demo._built[lang][demo.READY]
    monkeypatch.setattr(demo, "_opening", {})
    monkeypatch.setitem(demo._built[lang], demo.READY, dataclasses.replace(tab, fill=broken))
    values = demo.ready(lang)
    assert len(values) > 3 and not [value for value in values if value != {"__type__": "update"}]
    assert "secret" in caplog.text
    run = events.guarded(
        lambda asked: demo._filling(lang, demo.READY, demo._built[lang][demo.READY], asked), [None], tab.outputs, lang
    )
    notice, *_ = run(SimpleNamespace(cookies={}, session_hash="new"), {})
    assert 'role="alert"' in notice and "secret" not in notice
