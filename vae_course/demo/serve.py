"""How the page travels: in its language, compressed, readable before any script runs, its files kept by browsers."""

import gzip
import hashlib
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from html import escape
from pathlib import Path

import gradio as gr
import torch
from PIL import Image
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import Response

from ..text import LANGUAGES, pick
from . import page
from .core import published, store, uploads
from .ui import theme
from .ui.html import render

DEMO = Path(__file__).parent
FOR_EVER = "public, max-age=31536000, immutable"  # for addresses that name their content
SCRIPTS = "scripts"
COMPRESSIBLE = (".js", ".css", ".json", ".svg", ".html", ".map")
SMALLEST = 1000  # bytes worth compressing


def launch(demo: gr.Blocks, wait: bool = True) -> None:
    """Serves the demo on GRADIO_SERVER_NAME and GRADIO_SERVER_PORT, or on port 7860 of this machine alone."""
    torch.set_num_threads(1)  # visitors share the cores: threads that wait for each other would slow all of them
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # uploads.py has limits of its own
    try:
        port = os.environ.get("GRADIO_SERVER_PORT")
        _serve(demo, int(port) if port else None)
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    title, other = page.TITLE.es, f"{page.TITLE.en}: {demo.local_url}{page.ADDRESSES['en']}"
    print(f"{title}: {demo.local_url}   {other}", flush=True)
    if wait:
        demo.block_thread()


def _serve(demo: gr.Blocks, port: int | None) -> None:
    demo.launch(
        server_port=port,
        prevent_thread_lock=True,
        quiet=True,
        show_error=False,
        share=False,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        max_file_size=uploads.MAX_TRANSFER,
        app_kwargs={"middleware": [Middleware(Delivery)]},
        theme=theme.theme(),
    )


class Delivery:
    """ASGI middleware: pages in one language, our own files, and Gradio's compressed and kept by browsers."""

    def __init__(self, app):
        self.app = app
        self.compressed: dict[str, bytes] = {}  # Gradio's files, by their path

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["method"] != "GET":
            return await self.app(scope, receive, send)
        path = scope["path"].removeprefix(scope.get("root_path", "")).strip("/")
        folder, _, name = path.rpartition("/")
        lang = next((lang for lang in LANGUAGES if path == page.ADDRESSES[lang]), None)
        if lang is not None:
            await self._changed(scope, receive, send, lambda headers, body: _page(scope, headers, body, lang))
        elif folder in (published.FOLDER, SCRIPTS):
            await _own_file(folder, name)(scope, receive, send)
        elif path.startswith("assets/") and name.endswith(COMPRESSIBLE):
            await self._changed(scope, receive, send, lambda headers, body: self._asset(scope, headers, body, path))
        else:
            await self.app(scope, receive, send)

    async def _changed(self, scope, receive, send, change: Callable[[MutableHeaders, bytes], bytes]) -> None:
        """Lets the app answer, and sends what `change` makes of its headers (in place) and its body."""
        start, body = {}, bytearray()

        async def keep(message):
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                headers = MutableHeaders(raw=list(start["headers"]))
                content = change(headers, bytes(body)) if start["status"] == 200 else bytes(body)
                headers["content-length"] = str(len(content))
                await send({**start, "headers": headers.raw})
                await send({"type": "http.response.body", "body": content})

        await self.app(scope, receive, keep)

    def _asset(self, scope, headers: MutableHeaders, body: bytes, path: str) -> bytes:
        headers["cache-control"] = FOR_EVER
        if not _takes_gzip(scope) or len(body) < SMALLEST:
            return body
        if path not in self.compressed:
            self.compressed[path] = gzip.compress(body, 6)
        return _as_gzip(headers, self.compressed[path])


def _takes_gzip(scope) -> bool:
    return "gzip" in Headers(scope=scope).get("accept-encoding", "")


def _as_gzip(headers: MutableHeaders, content: bytes) -> bytes:
    headers["content-encoding"] = "gzip"
    headers.add_vary_header("accept-encoding")
    return content


def _own_file(folder: str, name: str) -> Response:
    """A published picture, or our scripts."""
    if folder == SCRIPTS and name == scripts_name():
        headers = MutableHeaders({"cache-control": FOR_EVER})
        return Response(scripts(), media_type="text/javascript", headers=dict(headers))
    known = published.read(name) if folder == published.FOLDER else None
    if known is None:
        return Response(status_code=404)
    return Response(known[0], media_type=known[1], headers={"cache-control": FOR_EVER})


# The page


def _page(scope, headers: MutableHeaders, body: bytes, lang: str) -> bytes:
    cookie = _cookie(scope)
    if cookie is not None:
        headers.append("set-cookie", cookie)
    content = in_language(body.decode(), lang).encode()
    return _as_gzip(headers, gzip.compress(content, 6)) if _takes_gzip(scope) else content


def _cookie(scope) -> str | None:
    """What gives a new visitor a name; None for one who has it."""
    headers = Headers(scope=scope)
    if f"{store.COOKIE}=" in headers.get("cookie", ""):
        return None
    https = scope.get("scheme") == "https" or headers.get("x-forwarded-proto", "").startswith("https")
    return store.new_cookie(https)


def in_language(html: str, lang: str) -> str:
    """Gradio's page in the page's own language, with our style and scripts, and something to read at once.

    Gradio says lang="en" and one title on every page; its style sheet would keep the page white until it has come.
    """
    title = escape(pick(page.TITLE, lang))
    html = html.replace('lang="en"', f'lang="{lang}" data-page-lang="{lang}"', 1)
    html = html.replace(f'"title":{json.dumps(page.TITLE.es)}', f'"title":{json.dumps(pick(page.TITLE, lang))}', 1)
    html = html.replace("<head>", f"<head><title>{title}</title>", 1)
    head, body, rest = html.partition("<body")
    head, links = _without_style_sheets(head)
    ours = f'<style>{style()}</style><script defer src="{SCRIPTS}/{scripts_name()}"></script>'
    head = head.replace('<script type="module"', f'{ours}<script type="module"', 1)
    tag, end, rest = rest.partition(">")
    return f"{head}{body}{tag}{end}{first_sight(lang)}{links}{rest}"


def _without_style_sheets(head: str) -> tuple[str, str]:
    """The head without its links to style sheets, and those links."""
    parts = head.split("<link rel=\"stylesheet\"")
    links = [f'<link rel="stylesheet"{part.partition(">")[0]}>' for part in parts[1:]]
    return parts[0] + "".join(part.partition(">")[2] for part in parts[1:]), "".join(links)


@lru_cache(maxsize=len(LANGUAGES))
def first_sight(lang: str) -> str:
    """Title, tabs and each tab's first sentence, to be read before Gradio's scripts have come; page.js takes it away."""
    tabs = [(name, page.module(name).NAME, page.module(name).LEAD) for name in page.TABS]
    return render("ui/first-sight.html", lang, header=page.header(lang), tabs=tabs, ready=page.READY)


@lru_cache(maxsize=1)
def style() -> str:
    """Our style, the common one first. Not through Gradio, which would rewrite it."""
    common = DEMO / "ui" / "static" / "style.css"
    sheets = [common, *(path for path in sorted(DEMO.glob("**/*.css")) if path != common)]
    return "\n".join(path.read_text(encoding="utf-8") for path in sheets)


@lru_cache(maxsize=1)
def scripts() -> str:
    """page.js, then every other script as a function of what it runs on, under its name, such as "mix/script"."""
    common = DEMO / "ui" / "static" / "page.js"
    parts = [common.read_text(encoding="utf-8")]
    for name, path in _others(common):
        source = path.read_text(encoding="utf-8")
        takes = "{element, trigger, watch, upload, pick}"
        parts.append(f"window.vaeCourse.scripts[{json.dumps(name)}] = ({takes}) => {{\n{source}\n}};")
    return "\n".join(parts)


def _others(common: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(DEMO.glob("**/*.js")):
        if path != common:
            folder = "ui" if path.parent.name == "static" else path.parent.name
            yield f"{folder}/{path.stem}", path


@lru_cache(maxsize=1)
def scripts_name() -> str:
    return f"{hashlib.sha256(scripts().encode()).hexdigest()[:16]}.js"
