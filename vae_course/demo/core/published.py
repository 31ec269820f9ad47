"""Pictures and records that never change, as files that browsers keep: under an address made of their content."""

import base64
import hashlib
import re
from threading import Lock

FOLDER = "published"
PICTURES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
KINDS = PICTURES | {"json": "application/json"}
WORTH_IT = 2000  # characters of a data URI, from which on a request of its own pays
_DATA = re.compile(rf"data:image/({'|'.join(PICTURES)});base64,([A-Za-z0-9+/=]{{{WORTH_IT},}})")
_files: dict[str, bytes] = {}
_lock = Lock()


def publish(content: bytes, kind: str) -> str:
    """The address, relative to the page, of what anybody may see, for as long as the server runs; kind: of KINDS.

    Only for what exists in bounded number: the sheets and opening states of shipped models.
    """
    name = f"{hashlib.sha256(content).hexdigest()[:24]}.{kind}"
    with _lock:
        _files[name] = content
    return f"{FOLDER}/{name}"


def read(name: str) -> tuple[bytes, str] | None:
    """Content and media type of what is published, by the last part of its address."""
    content = _files.get(name)
    return None if content is None else (content, KINDS[name.rpartition(".")[2]])


def in_html(html: str) -> str:
    """HTML whose larger pictures, which it carried itself, are published."""
    return _DATA.sub(lambda match: publish(base64.b64decode(match[2]), match[1]), html)
