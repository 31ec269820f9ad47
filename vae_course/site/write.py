"""`python -m vae_course site OUT`: pages, scripts, the engine and the parts of models, as a folder for any file server.

index.html is Spanish, en/index.html English. What changes with its content lies in folders named after it, so that a
browser never mixes two versions; all links are relative, so that the folder works under any address.
"""

import gzip
import hashlib
import shutil
import tempfile
import tomllib
from importlib.metadata import metadata
from pathlib import Path

from ..text import LANGUAGES

HERE = Path(__file__).parent
PLACES = {"es": "index.html", "en": "en/index.html"}


def home() -> str:
    """The project's address: pyproject.toml says it, and of an installed package its metadata."""
    file = HERE.parents[1] / "pyproject.toml"
    if file.is_file():
        return tomllib.loads(file.read_text(encoding="utf-8"))["project"]["urls"]["Repository"]
    return dict(url.split(", ") for url in metadata("vae-course").get_all("Project-URL", []))["Repository"]


class SiteError(Exception):
    """A site that can't be written; the message says why."""


def write(out: Path, *, repository: str, demo: str | None = None, force: bool = False) -> int:
    """Writes the site into a new or empty folder; with `force` also beside what is there. Returns its bytes.

    repository: where lessons are linked to; demo: the address of a demo that runs, if any. What an earlier site wrote
    is replaced, and other files stay, such as .git or CNAME. Nothing is touched before all is made. Raises SiteError.
    """
    if out.exists() and not out.is_dir():
        raise SiteError(f"{out} is a file: name a folder")
    if out.exists() and any(out.iterdir()) and not force:
        raise SiteError(f"{out} is not empty and was left as it is: name a new folder, or add --force to write into it")
    content = contents(repository.rstrip("/"), demo.rstrip("/") if demo else None)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as place:
        made = Path(place)
        for name, value in content.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(value)
        for new in sorted(made.iterdir(), key=lambda path: path.name == "index.html"):  # the page last
            old = out / new.name
            if old.is_dir() and not old.is_symlink():
                shutil.rmtree(old)
            new.replace(old)
    return sum(map(len, content.values()))


def contents(repository: str, demo: str | None) -> dict[str, bytes]:
    """All files of the site, by their place in it."""
    from ..web import files, parts  # these take seconds to import
    from . import pages
    from .screens import FIRST, SCREENS

    links = pages.Links(repository, demo)
    app = {path.name: path.read_bytes() for path in sorted((HERE / "built").iterdir())}
    for lang in LANGUAGES:
        app |= {f"{name}.{lang}.html": pages.screen(name, lang, links).encode() for name in SCREENS if name != FIRST}
    place = f"app/{hashlib.sha256(b''.join(app.values())).hexdigest()[:16]}"
    made = {f"{place}/{name}": value for name, value in app.items()}
    made |= {f"{files.engine()}/{name}": (files.ENGINE / name).read_bytes() for name in files.SENT}
    made |= {PLACES[lang]: pages.page(lang, place, links).encode() for lang in LANGUAGES}
    for screen in SCREENS.values():
        for name, part in screen.parts:
            made[f"models/{name}/{part}.safetensors.gz"] = gzip.compress(parts.cut(name, part), mtime=0)
    return made | {".nojekyll": b""}  # GitHub Pages sends the folder as it is
