"""The engine and the parts of models by their addresses, which a server and a folder of static files share.

Addresses change with their content, so that browsers may keep what they lead to for ever.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qs

from .. import pretrained
from . import parts

ENGINE = Path(__file__).parent / "engine"
FOR_EVER = "public, max-age=31536000, immutable"  # for addresses that name their content
SENT = {"client.min.js": "text/javascript", "worker.min.js": "text/javascript"} | dict.fromkeys(
    ("kernel.wasm", "kernel-relaxed.wasm"), "application/wasm"
)


@lru_cache(maxsize=1)
def engine() -> str:
    """The folder of the engine's files, from the page; client.min.js in it is what a page imports."""
    content = b"".join((ENGINE / name).read_bytes() for name in sorted(SENT))
    return f"engine/{hashlib.sha256(content).hexdigest()[:16]}"


def part(name: str, part: str, key: str = "") -> str:
    """The address of a shipped model's part, from the page; key: of one that does not ship."""
    place = name if key else f"models/{name}"
    return f"{place}/{part}.safetensors?v={key or parts.version(name, part)}"


def read(path: str, query: str = "") -> tuple[bytes, str, bool] | None:
    """Of an address: content, media type, and whether it may be kept for ever; None where nothing is."""
    folder, _, file = path.rpartition("/")
    if folder == engine() and file in SENT:
        return (ENGINE / file).read_bytes(), SENT[file], True
    place, _, name = folder.partition("/")
    wanted, _, kind = file.partition(".")
    if (place, kind) != ("models", "safetensors") or name not in pretrained.names() or wanted not in parts.of(name):
        return None
    lasting = parse_qs(query).get("v") == [parts.version(name, wanted)]
    return _cut(name, wanted), "application/octet-stream", lasting


def answer(path: str, query: str, has: str) -> tuple[bytes, int, dict[str, str]]:
    """Content, status and headers for an address; has: the marks (ETag) of what the browser keeps and need not get."""
    if (known := read(path, query)) is None:
        return b"", 404, {}
    content, media_type, lasting = known
    mark = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    headers = {"cache-control": FOR_EVER if lasting else "no-cache", "etag": mark}
    return (b"", 304, headers) if mark in has else (content, 200, headers | {"content-type": media_type})


@lru_cache(maxsize=8)
def _cut(name: str, part: str) -> bytes:
    return parts.cut(name, part)
