#!/usr/bin/env bash
# As it starts, Gradio asks its own page for its head, in a loop of five tries with pauses: a server that is slow once,
# on a busy machine say, should be asked again. In Gradio 6.31.0 the first answer that takes more than three seconds
# ends the loop, and launch() with a ValueError about proxies and share=True, although the page is there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet gradio==6.31.0
cd "$folder"
cat > slow.py <<'PY'
import asyncio

import gradio as gr
from starlette.middleware import Middleware

heads = []


class SlowOnce:
    """The first answer to HEAD takes four seconds, later ones none."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and scope["method"] == "HEAD":
            heads.append(scope["path"])
            if len(heads) == 1:
                await asyncio.sleep(4)
        await self.app(scope, receive, send)


with gr.Blocks() as demo:
    gr.Markdown("here")
said = "launched"
try:
    demo.launch(prevent_thread_lock=True, quiet=True, app_kwargs={"middleware": [Middleware(SlowOnce)]})
except ValueError as error:
    said = str(error)
print("gradio", gr.__version__)
print("times that it asked for the head:", len(heads))
print("launch():", said)
assert len(heads) == 1 and said.startswith("When localhost is not accessible"), "Gradio asks again"
PY
GRADIO_ANALYTICS_ENABLED=False "$folder/env/bin/python" slow.py
