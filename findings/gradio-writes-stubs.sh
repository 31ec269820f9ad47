#!/usr/bin/env bash
# Importing a module should leave the folder that it lies in as it is, but for __pycache__.
# Gradio 6.31.0 writes a type stub (.pyi) beside the source of every class derived from a component, at the moment the class
# is made: a package with one small subclass of gr.Dropdown gains a file in its own folder, which a careless commit takes along.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet gradio==6.31.0
mkdir "$folder/mine"
cd "$folder"
cat > mine/menus.py <<'PY'
import gradio as gr


class ModelMenu(gr.Dropdown):
    """A menu."""

    is_template = True
PY
export GRADIO_ANALYTICS_ENABLED=False PYTHONDONTWRITEBYTECODE=1
echo "before: $(ls mine)"
PYTHONPATH=mine "$folder/env/bin/python" -c 'import gradio, menus; print("gradio", gradio.__version__)'
echo "after:  $(ls mine | tr '\n' ' ')"
test -f mine/menus.pyi || { echo "no stub was written"; exit 1; }
head -n 12 mine/menus.pyi
