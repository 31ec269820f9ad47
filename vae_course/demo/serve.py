"""How the page travels: in its language, compressed, readable before any script runs, its files kept by browsers."""

import gzip
import hashlib
import json
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable
from functools import lru_cache, partial
from html import escape
from pathlib import Path

import brotli  # comes with Gradio
import gradio as gr
import torch
from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from ..text import LANGUAGES, pick
from ..web import files
from ..web.files import FOR_EVER
from . import page
from .core import model, published, store, uploads
from .ui import menu, theme
from .ui.html import render

DEMO = Path(__file__).parent
SCRIPTS = "scripts"
FOR_BROWSERS = ("engine/", "models/", model.OWN)  # the engine that decodes in the page, and what it decodes with
HOME = "{home}"  # in the page, until somebody asks for it
KEPT = {"assets/": FOR_EVER, "theme.css": FOR_EVER, "static/": "public, max-age=86400"}  # Gradio's, for a day
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, quality=5),
    "gzip": partial(gzip.compress, compresslevel=6),
}
LATER = 10  # how nice the thread is that prepares what nobody has asked for yet


def launch(demo: gr.Blocks, wait: bool = True) -> None:
    """Serves the demo on GRADIO_SERVER_NAME and GRADIO_SERVER_PORT, or on port 7860 of this machine alone.

    `environment` has looked at both before; what still fails, such as a port in use, ends in one sentence.
    """
    torch.set_num_threads(1)  # visitors share the cores: threads that wait for each other would slow all of them
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # uploads.py has limits of its own
    try:
        port = os.environ.get("GRADIO_SERVER_PORT")
        demo.launch(
            server_port=int(port) if port else None, prevent_thread_lock=True, quiet=True, show_error=False,
            share=False, footer_links=[], run_history=False, enable_monitoring=False, ssr_mode=False, pwa=False,
            mcp_server=False, max_file_size=uploads.MAX_TRANSFER, theme=theme.theme(),
            app_kwargs={"middleware": [Middleware(Delivery)]},
        )  # fmt: skip
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    title, other = page.texts.TITLE.es, f"{page.texts.TITLE.en}: {demo.local_url}{page.ADDRESSES['en']}"
    print(f"{title}: {demo.local_url}   {other}", flush=True)
    if wait:
        demo.block_thread()


class Delivery:
    """ASGI middleware: pages in one language, our own files, and Gradio's own kept by browsers.

    Gradio compresses what its addresses call .js, .css or .json, ours too, but no page.
    """

    def __init__(self, app):
        self.app = app
        self.preparing = threading.Lock()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self.app(scope, receive, send)
        path = scope["path"].removeprefix(scope.get("root_path", "")).strip("/")
        folder, _, name = path.rpartition("/")
        lang = next((lang for lang in LANGUAGES if path == page.ADDRESSES[lang]), None)
        how_long = next((time for start, time in KEPT.items() if path.startswith(start)), None)
        if lang is not None and path and scope["path"].endswith("/"):  # Gradio would lose the query on the way
            query = scope["query_string"].decode("latin-1")
            address = f"{scope.get('root_path', '')}/{path}" + (f"?{query}" if query else "")
            await RedirectResponse(address, 301)(scope, receive, send)
        elif lang is not None and scope["method"] == "HEAD":
            # at once: Gradio asks as it starts, and waits three seconds
            await StreamingResponse(iter(()), media_type="text/html")(scope, receive, send)
        elif lang is not None:
            await self._page(scope, receive, send, lang)
        elif folder in (published.FOLDER, SCRIPTS):
            await _own_file(folder, name)(scope, receive, send)
        elif folder.startswith(FOR_BROWSERS):
            answer = await run_in_threadpool(_for_browsers, path, scope["query_string"].decode("latin-1"), scope)
            await answer(scope, receive, send)
        elif how_long:
            await self.app(scope, receive, partial(_send_kept, send, how_long))
        elif "text/html" in Headers(scope=scope).get("accept", ""):
            await self._or_unknown(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _page(self, scope, receive, send, lang: str) -> None:
        """Lets Gradio answer, and sends what `in_language` makes of it, in a thread: others are answered meanwhile."""
        start: dict = {}
        body = bytearray()

        async def keep(message):
            start.update(message if message["type"] == "http.response.start" else {})
            body.extend(message.get("body", b""))

        await self.app(scope, receive, keep)
        headers, content = MutableHeaders(raw=list(start["headers"])), bytes(body)
        if start["status"] == 200:
            start["status"], content = await run_in_threadpool(_made, scope, headers, body.decode(), lang)
        _name_visitor(scope, headers)
        if start["status"] != 304:
            headers["content-length"] = str(len(content))
        await send({**start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": content})
        self._prepare()

    async def _or_unknown(self, scope, receive, send) -> None:
        """Somebody who follows a wrong address gets a page that leads to ours, and not JSON."""
        unknown = False

        async def watch(message):
            nonlocal unknown
            unknown = unknown or message.get("status") == 404
            if not unknown:
                await send(message)

        await self.app(scope, receive, watch)
        if unknown:
            doors = {lang: f"{scope.get('root_path', '')}/{address}" for lang, address in page.ADDRESSES.items()}
            html = render("ui/unknown.html", LANGUAGES[0], texts=page.texts, doors=doors)
            await HTMLResponse(html, 404)(scope, receive, send)

    def _prepare(self) -> None:
        """Once a first page is out, what the other tabs open with is made before anybody asks."""
        if self.preparing.acquire(blocking=False):  # and never released
            threading.Thread(target=_prepare_all, daemon=True, name="preparing tabs").start()


def _prepare_all() -> None:
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LATER)
    page.prepare()


async def _send_kept(send, how_long: str, message):
    if message["type"] == "http.response.start" and message["status"] == 200:
        headers = MutableHeaders(raw=list(message["headers"]))
        headers["cache-control"] = how_long
        message = {**message, "headers": headers.raw}
    await send(message)


def _made(scope, headers: MutableHeaders, html: str, lang: str) -> tuple[int, bytes]:
    """The page in its language, as the browser takes it, which the headers say; nothing where the browser has it."""
    content, asked = in_language(html, lang).replace(HOME, escape(_home(scope))).encode(), Headers(scope=scope)
    mark = f'W/"{hashlib.sha256(content).hexdigest()[:24]}"'
    headers.update({"etag": mark, "cache-control": "private, no-cache"})  # kept, and asked for again each time
    headers.add_vary_header("accept-encoding")
    if mark in asked.get("if-none-match", ""):
        return 304, b""
    for name, compress in COMPRESS.items():
        if name in asked.get("accept-encoding", ""):
            headers["content-encoding"] = name
            return 200, compress(content)
    return 200, content


def _home(scope) -> str:
    """The demo's whole address, as the visitor came to it; a proxy in front may say that it is https."""
    asked = Headers(scope=scope)
    scheme = asked.get("x-forwarded-proto", scope["scheme"]).partition(",")[0]
    return f"{scheme}://{asked.get('host', '')}{scope.get('root_path', '')}/"


def _name_visitor(scope, headers: MutableHeaders) -> None:
    """A new visitor gets a name, by a cookie."""
    if f"{store.COOKIE}=" not in Headers(scope=scope).get("cookie", ""):
        headers.append("set-cookie", store.new_cookie(_home(scope).startswith("https:")))


def _own_file(folder: str, name: str) -> Response:
    """What is published, or our scripts."""
    ours = (scripts().encode(), "text/javascript") if name == scripts_name() else None
    known = published.read(name) if folder == published.FOLDER else ours
    return Response(known[0], 200, {"cache-control": FOR_EVER}, known[1]) if known else Response(status_code=404)


def _for_browsers(path: str, query: str, scope) -> Response:
    """The engine or a part of a model; of a visitor's own one for that visitor alone, and kept nowhere."""
    if path.startswith(model.OWN):
        with store.visiting(gr.Request(Request(scope))) as visitor:
            content = visitor.own.file(f"{path}?{query}") if visitor.own else b""
        return Response(content, 200 if content else 404, {"cache-control": "no-store"}, "application/octet-stream")
    return Response(*files.answer(path, query, Headers(scope=scope).get("if-none-match", "")))


# The page


def in_language(html: str, lang: str) -> str:
    """Gradio's page in the page's own language, with our style and scripts, and something to read at once.

    Gradio says lang="en", one title and its own picture on every page; its style sheet would keep the page white until
    it has come. HOME stands for the demo's whole address.
    """
    title = pick(page.texts.TITLE, lang)
    html = html.replace('lang="en"', f'lang="{lang}" data-page-lang="{lang}"', 1)
    html = html.replace(f'"title":{json.dumps(page.texts.TITLE.es)}', f'"title":{json.dumps(title)}', 1)
    head, tag, rest = html.partition("<body")
    head = re.sub(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*|<link rel="manifest"[^>]*>', "", head)
    card = published.publish((DEMO / "ui" / "static" / f"card-{lang}.jpeg").read_bytes(), "jpeg")
    meta = render("ui/meta.html", lang, texts=page.texts, home=HOME, page=page.ADDRESSES[lang], card=card)
    head = head.replace('<meta charset="utf-8" />', f'<meta charset="utf-8" />{meta}', 1)
    head = head.replace('<link rel="stylesheet"', '<link rel="stylesheet" media="print" onload="this.media=\'all\'"')
    ours = f'<style>{style()}</style><script defer src="{SCRIPTS}/{scripts_name()}"></script>'
    head = head.replace('<script type="module"', f'{ours}<script type="module"', 1)
    attributes, end, rest = rest.partition(">")
    return f"{head}{tag}{attributes}{end}{first_sight(lang)}{rest}"


@lru_cache(maxsize=len(LANGUAGES))
def first_sight(lang: str) -> str:
    """Title, tabs and each tab's first sentence, to be read before Gradio's scripts come, and the tab that is ready.

    page.js takes it away when Gradio's own page stands.
    """
    tabs = [(name, tab.texts.NAME, tab.texts.LEAD) for name, tab in page.MODULES.items()]
    values = page.ready(lang)
    return render(
        "ui/first-sight.html", lang, header=page.header(lang), tabs=tabs, ready=page.READY, values=values,
        models=menu.offer(lang),
    )  # fmt: skip


@lru_cache(maxsize=1)
def style() -> str:
    """Our style, the common one first. Not through Gradio, which would rewrite it, and show it only in the end."""
    return "\n".join(path.read_text(encoding="utf-8") for path in _all_like("style.css"))


@lru_cache(maxsize=1)
def scripts() -> str:
    """page.js, then every other script as a function of what it runs on, under its name, such as "mix/script"."""
    common, *others = _all_like("page.js")
    parts = [common.read_text(encoding="utf-8")]
    for path in others:
        folder = "ui" if path.parent.name == "static" else path.parent.name
        name, source = json.dumps(f"{folder}/{path.stem}"), path.read_text(encoding="utf-8")
        takes = "{element, props, trigger, watch, upload, pick}"
        parts.append(f"window.vaeCourse.scripts[{name}] = ({takes}) => {{\n{source}\n}};")
    at_once = [f'window.vaeCourse.scripts["ui/{name}"]({{}});' for name in ("engine", "connection")]
    return "\n".join([*parts, *at_once])  # before Gradio calls anybody


def _all_like(name: str) -> list[Path]:
    """The file of that name that all tabs share, then every other of its kind."""
    common = DEMO / "ui" / "static" / name
    return [common, *sorted({*DEMO.glob(f"**/*{common.suffix}")} - {common})]


@lru_cache(maxsize=1)
def scripts_name() -> str:
    return f"{hashlib.sha256(scripts().encode()).hexdigest()[:16]}.js"
