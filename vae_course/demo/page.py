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
from . import (
    address,
    api,
    atlas,
    beta,
    events,
    features,
    generate,
    mix,
    models,
    parts,
    pins,
    questions,
    reconstruct,
    start,
    store,
    theme,
    train,
    uploads,
)

TITLE = Both(es="Taller de VAE", en="VAE Workshop")
SUBTITLE = Both(
    es="Autoencoders variacionales: modelos entrenados con imágenes reales, para mirar y tocar",
    en="Variational autoencoders: models trained on real pictures, to look at and to touch",
)
SWITCH = Both(es="English", en="Español")
MORE = Both(es="Más pestañas", en="More tabs")
TABS = {  # name in the address -> module
    "start": start, "generate": generate, "reconstruct": reconstruct, "mix": mix, "map": atlas,
    "features": features, "beta": beta, "train": train, "questions": questions,
}  # fmt: skip
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
    pins.build(lang)
    kept = {}
    with gr.Tabs(elem_classes="tabs") as tabs:
        for name, module in TABS.items():
            with gr.Tab(pick(module.NAME, lang), id=name, elem_id=f"tab-{name}") as tab:
                kept[name] = module.build(lang)
            tab.select(None, js=f"() => window.vaeCourse.tabChosen('{name}')", api_visibility="private")
    demo.load(None, outputs=tabs, js="() => window.vaeCourse.tabFromAddress()", api_visibility="private")
    kept = {name: one for name, one in kept.items() if one is not None}
    _restore(demo, lang, kept)
    train.connect_menus(lang, [one.menu for one in kept.values() if one.menu is not None])


def _restore(demo: gr.Blocks, lang: str, kept: dict[str, address.Kept]) -> None:
    """When the page opens, whatever its address holds goes back to the tabs."""
    said, found = events.notice(), gr.JSON({}, visible=False)
    outputs = [output for one in kept.values() for output in one.outputs]

    def bring_back(values):
        new = []
        for name, one in kept.items():
            wanted = {k: v for k, v in values.get(name, {}).items() if isinstance(v, str)}
            own = store.visitor().own is not None  # its name belongs into the menus
            new += one.restore(wanted) if wanted or own else [gr.skip()] * len(one.outputs)
        return tuple(new)

    read = "() => window.vaeCourse.fromAddress()"
    run = events.guarded(bring_back, len(outputs), lang)
    done = demo.load(run, [found], [said, *outputs], js=read, **events.CHEAP)
    done.then(None, js="() => window.vaeCourse.restored()", api_visibility="private")


def _header(lang: str) -> str:
    other = "en" if lang == "es" else "es"
    tabs, more, title = " ".join(TABS), escape(pick(MORE, lang)), escape(pick(TITLE, lang))
    return (
        f'<header data-tabs="{tabs}" data-more-tabs="{more}"><h1>{title}</h1>'
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
                headers += [(b"content-length", str(len(page)).encode()), *_cookie(scope)]
                await send({**start, "headers": headers})
                await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, keep)


def _cookie(scope) -> list[tuple[bytes, bytes]]:
    """The header that gives a new visitor a name; none for one who has it."""
    headers = dict(scope["headers"])
    if f"{store.COOKIE}=".encode() in headers.get(b"cookie", b""):
        return []
    https = scope.get("scheme") == "https" or headers.get(b"x-forwarded-proto", b"").startswith(b"https")
    return [(b"set-cookie", store.new_cookie(https).encode())]


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
