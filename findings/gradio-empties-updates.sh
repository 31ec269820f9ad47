#!/usr/bin/env bash
# A handler that returns the same gr.update(...) again and again, say from a cache, should answer every visitor alike.
# Gradio 6.31.0 takes the value out of the very dict that it was given while it sends it: from the second call on the
# update has none, so that the component keeps what it showed. What is cached must be copied before it is returned.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet gradio==6.31.0
cd "$folder"
cat > show.py <<'PY'
import gradio as gr
from gradio_client import Client

UPDATE = gr.update(value="b", choices=["a", "b"])
with gr.Blocks() as demo:
    menu = gr.Dropdown(["a"], value="a")
    gr.Button("change").click(lambda: UPDATE, None, menu, api_name="change")

before = dict(UPDATE)
demo.launch(prevent_thread_lock=True, quiet=True)
client = Client(demo.local_url, verbose=False)
answers = [client.predict(api_name="/change") for _ in range(2)]
demo.close()
print("gradio", gr.__version__)
print("the update, before:", before)
print("the update, after: ", UPDATE)
print("first answer: ", answers[0])
print("second answer:", answers[1])
assert UPDATE != before and answers[0] != answers[1], "Gradio leaves the update as it was"
PY
GRADIO_ANALYTICS_ENABLED=False "$folder/env/bin/python" show.py
