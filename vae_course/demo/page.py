"""The whole page, once in each language, and how it is served."""

import os
import sys
import warnings
from html import escape

import gradio as gr
import torch
from PIL import Image
from starlette.middleware import Middleware

from ..text import LANGUAGES, Both, pick
from . import api, generate, mix, models, parts, reconstruct, theme, uploads

TITLE = Both(es="Taller de VAE", en="VAE Workshop")
SUBTITLE = Both(
    es="Autoencoders variacionales: modelos entrenados con imágenes reales, para mirar y tocar",
    en="Variational autoencoders: models trained on real pictures, to look at and to touch",
)
SWITCH = Both(es="English", en="Español")
MORE = Both(es="Más pestañas", en="More tabs")
TABS = {"generate": generate, "reconstruct": reconstruct, "mix": mix}  # name in the address -> module
ADDRESSES = {"es": "", "en": "en"}
KEPT_FOR = 600  # seconds that uploads and files made for scripts stay on disk
EMPTY = "no models in vae_course/weights: fetch the repository again, with all its files"


def build() -> gr.Blocks:
    """The demo: Spanish at /, English at /en, and three endpoints for scripts."""
    if not models.ordered():
        sys.exit(f"error: {EMPTY}")
    with gr.Blocks(title=TITLE.es, analytics_enabled=False, delete_cache=(60, KEPT_FOR)) as demo:
        _page(demo, "es")
        api.register()
    with demo.route(SWITCH.es, ADDRESSES["en"], show_in_navbar=False):
        _page(demo, "en")
    return demo


def _page(demo: gr.Blocks, lang: str) -> None:
    parts.html(_header(lang), "page-header")
    with gr.Tabs(elem_classes="tabs") as tabs:
        for name, module in TABS.items():
            with gr.Tab(pick(module.NAME, lang), id=name, elem_id=f"tab-{name}") as tab:
                module.build(lang)
            tab.select(None, js=f"() => window.vaeCourse.tabChosen('{name}')", api_visibility="private")
    demo.load(None, outputs=tabs, js="() => window.vaeCourse.tabFromAddress()", api_visibility="private")


def _header(lang: str) -> str:
    other = "en" if lang == "es" else "es"
    return (
        f'<header data-more-tabs="{escape(pick(MORE, lang))}"><h1>{escape(pick(TITLE, lang))}</h1>'
        f"<p>{escape(pick(SUBTITLE, lang))}</p>"
        f'<a class="switch" data-switch href="./{ADDRESSES[other]}" lang="{other}" hreflang="{other}">'
        f"{escape(pick(SWITCH, lang))}</a></header>"
    )


def launch(demo: gr.Blocks, wait: bool = True) -> None:
    """Serves the demo on GRADIO_SERVER_NAME and GRADIO_SERVER_PORT, or on port 7860 of this machine alone."""
    torch.set_num_threads(1)  # visitors share the cores: threads that wait for each other would slow all of them
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # uploads.py has limits of its own
    try:
        port = os.environ.get("GRADIO_SERVER_PORT")
        _serve(demo, int(port) if port else None)
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    print(f"{TITLE.es}: {demo.local_url}   {TITLE.en}: {demo.local_url}{ADDRESSES['en']}", flush=True)
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
        app_kwargs={"middleware": [Middleware(InOneLanguage)]},
        **theme.appearance(),
    )


class InOneLanguage:
    """ASGI middleware: Gradio says lang="en" and one title on every page; this puts the page's own there."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        lang = _language_of(scope)
        if lang is None:
            return await self.app(scope, receive, send)
        start, body = {}, bytearray()

        async def keep(message):
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                page = _translated(bytes(body), lang)
                headers = [(key, value) for key, value in start["headers"] if key != b"content-length"]
                await send({**start, "headers": [*headers, (b"content-length", str(len(page)).encode())]})
                await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, keep)


def _language_of(scope) -> str | None:
    """The language of the page that is asked for; None for everything that is no page."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path = scope["path"].removeprefix(scope.get("root_path", "")).strip("/")
    return next((lang for lang in LANGUAGES if path == ADDRESSES[lang]), None)


def _translated(page: bytes, lang: str) -> bytes:
    title = escape(pick(TITLE, lang)).encode()
    page = page.replace(b'lang="en"', f'lang="{lang}" data-page-lang="{lang}"'.encode(), 1)
    page = page.replace(f'"title":"{TITLE.es}"'.encode(), b'"title":"' + title + b'"', 1)
    return page.replace(b"<head>", b"<head><title>" + title + b"</title>", 1)
