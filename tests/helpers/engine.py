"""The engine in a real browser, from a plain file server: `python -m http.server` on a folder of files."""

import base64
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import torch
from torch import Tensor

ENGINE = Path(__file__).parents[2] / "vae_course" / "web" / "engine"
MODULES = sorted(path.stem for path in ENGINE.glob("*.js") if path.suffixes == [".js"] and path.stem != "worker")
FROM_TEXT = "(text) => new Float32Array(Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer)"
TO_TEXT = """(numbers) => {
  let text = '';
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  for (let k = 0; k < bytes.length; k += 4096) text += String.fromCharCode(...bytes.subarray(k, k + 4096));
  return btoa(text);
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def file_server(folder: Path) -> Iterator[str]:
    """The address of a folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Engine:
    """A page with the engine's modules, the folder that it is served from, and what the browser complained of."""

    def __init__(self, view, folder: Path):
        self.view, self.folder = view, folder
        self.errors: list[str] = []
        view.on("pageerror", lambda error: self.errors.append(str(error)))
        view.on("console", lambda message: message.type == "error" and self.errors.append(message.text))

    def put(self, name: str, content: bytes) -> str:
        """A file beside the engine; returns its address, from the page."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(content)
        return name

    def run(self, script: str, **given):
        """The value of an async function's body, in whose scope the engine's modules are, by name, and what is given.

        Tensors are Float32Arrays there, and those that come back (N,) float32.
        """
        tensors = {key: to_text(value) for key, value in given.items() if isinstance(value, Tensor)}
        values = {key: value for key, value in given.items() if key not in tensors}
        answer = self.view.evaluate(
            f"""async ({{tensors, values}}) => {{
              const fromText = {FROM_TEXT}, toText = {TO_TEXT};
              for (const [key, text] of Object.entries(tensors)) values[key] = fromText(text);
              const run = new Function('modules', 'given', `return (async () => {{
                const {{{", ".join(MODULES)}}} = modules;
                {{ const {{{", ".join(given) or "nothing"}}} = given; {{ ${{values.script}} }} }}
              }})()`);
              const out = (value) => value instanceof Float32Array ? {{float32: toText(value)}}
                : Array.isArray(value) ? value.map(out)
                : value?.constructor === Object ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, out(v)]))
                : value;
              return out(await run(window.modules, values));
            }}""",
            {"tensors": tensors, "values": {**values, "script": script}},
        )
        return from_texts(answer)


def to_text(tensor: Tensor) -> str:
    return base64.b64encode(tensor.detach().float().contiguous().numpy().tobytes()).decode()


def from_texts(value):
    if isinstance(value, dict) and set(value) == {"float32"}:
        return torch.frombuffer(bytearray(base64.b64decode(value["float32"])), dtype=torch.float32)
    if isinstance(value, dict):
        return {key: from_texts(inner) for key, inner in value.items()}
    return [from_texts(inner) for inner in value] if isinstance(value, list) else value


@contextmanager
def engine(chromium, folder: Path) -> Iterator[Engine]:
    """The engine in a page of its own; the page may report no error."""
    shutil.copytree(ENGINE, folder / "engine")
    imports = "".join(f"import * as {name} from './engine/{name}.js';" for name in MODULES)
    page = f"<!doctype html><script type=module>{imports} window.modules = {{{', '.join(MODULES)}}};</script>"
    (folder / "index.html").write_text(page, encoding="utf-8")
    (folder / "favicon.ico").touch()
    with file_server(folder) as address:
        running = Engine(chromium.new_page(), folder)
        running.view.goto(address)
        running.view.wait_for_function("window.modules")
        yield running
        running.view.close()
    assert running.errors == []
