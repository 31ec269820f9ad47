"""`python -m vae_course space OUT`: a folder to push to a Hugging Face Space, with the demo or the explorer.

A list of what it wrote, with checksums, lies in the folder and travels with it: so the command can renew a folder, or a
clone of the Space, and touch nothing else.
"""

import hashlib
import tempfile
import tomllib
from pathlib import Path
from typing import Literal

from huggingface_hub import SpaceCard

from ..text import LANGUAGES, pick
from . import texts
from .write import HERE, SiteError, contents

ROOT = HERE.parents[1]  # a clone, since an installed package has no README.md
WRITTEN = ".vae-course.sha256"  # of the other files, as `sha256sum --check` reads it
ROOMS = (  # the demo, what it imports, and what that reads
    "__init__.py", "text.py", "files.py", "numbers.py", "presets.py", "configs", "images.py", "networks.py",
    "sampling.py", "loss.py", "training.py", "latent_space.py", "beta.py", "evaluation.py", "faces.py", "flow.py",
    "vae.py", "pretrained.py", "weights", "data", "history.py", "augmentation.py", "fit.py", "figures", "runs", "web",
    "demo",
)  # fmt: skip
UNUSED = ("tensorboard", "typer", "filelock")  # for a training's curves and folder, and for the command line
REQUIREMENTS = """\
# what the demo needs beside Gradio, whose version README.md says (sdk_version)
# torch: ZeroGPU has one already; other hardware gets PyPI's, gigabytes with CUDA, which computes on a CPU just as well
"""
ELSEWHERE = ("sdk_version", "python_version")  # of the front matter, nothing to a static Space


def write(
    out: Path, sdk: Literal["gradio", "static"], *, repository: str, demo: str | None = None, force: bool = False
) -> int:
    """Writes a Space's folder, or renews one that it wrote. Returns the bytes of its files.

    out may hold .git. Where it holds anything else that this command did not write, or that was changed since, nothing
    is done; with `force` files in the way are replaced and all others stay. repository, demo: where links lead.
    Nothing is touched before all is made. Raises SiteError.
    """
    if out.exists() and not out.is_dir():
        raise SiteError(f"{out} is a file: name a folder")
    if not (ROOT / "README.md").is_file():
        raise SiteError(f"a Space is written from a clone of {repository}, which this package is not")
    before = written(out)
    others = [path for path in out.iterdir() if path.name != ".git"] if out.exists() else []
    if others and not before and not force:
        raise SiteError(f"{out} is not empty and was left as it is: name a new folder, or add --force to write into it")
    made = demo_files() if sdk == "gradio" else contents(repository.rstrip("/"), demo)
    made |= {"README.md": card(sdk, repository).encode(), "LICENSE": (ROOT / "LICENSE").read_bytes()}
    made |= {".gitignore": b"__pycache__/\n", ".gitattributes": attributes(made).encode()}
    changed = sorted(name for name in {*made, *before} if differs(out / name, before.get(name)))
    if changed and not force:
        more = f" (and {len(changed) - 1} more)" if changed[1:] else ""
        raise SiteError(f"{out / changed[0]}{more} is not as this command wrote it: add --force to replace it")
    made[WRITTEN] = "".join(f"{checksum(made[name])}  {name}\n" for name in sorted(made)).encode()
    replace(out, made)
    for name in before.keys() - made.keys() - set(changed):
        remove(out, name)
    return sum(map(len, made.values()))


def demo_files() -> dict[str, bytes]:
    """The demo with all that it needs and nothing that it does not, by place in the folder."""
    package = [path for room in ROOMS for path in [HERE.parent / room, *(HERE.parent / room).rglob("*")]]
    parts = {path.relative_to(ROOT): path for path in package if path.is_file()}
    kept = {name: path for name, path in parts.items() if not any(one.startswith((".", "__py")) for one in name.parts)}
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    lines = "".join(f"{line}\n" for line in needed if not line.startswith(UNUSED))
    return {
        "app.py": HERE.joinpath("app.py.template").read_bytes(),
        "requirements.txt": (REQUIREMENTS + lines).encode(),
        **{name.as_posix(): path.read_bytes() for name, path in kept.items()},
    }


def card(sdk: str, repository: str) -> str:
    """The Space's README.md: the front matter of the project's own, and a few words in both languages."""
    made = SpaceCard.load(ROOT / "README.md")
    if sdk == "static":
        made.data.sdk, made.data.app_file = sdk, "index.html"
        for name in ELSEWHERE:
            made.data.pop(name)
    about = {"gradio": texts.SPACE_GRADIO, "static": texts.SPACE_STATIC}[sdk].format(repository=repository)
    made.text = "\n".join(f"\n{pick(about, lang)}" for lang in LANGUAGES) + "\n"
    return str(made)


def attributes(made: dict[str, bytes]) -> str:
    """.gitattributes: git changes no line ends, and what is no text goes by LFS, as the Hub demands."""
    kinds = sorted({Path(name).suffix for name, content in made.items() if not is_text(content)})
    return "".join(["* -text\n", *(f"*{kind} filter=lfs diff=lfs merge=lfs -text\n" for kind in kinds)])


def is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def written(out: Path) -> dict[str, str]:
    """Place in the folder -> checksum, of what the command wrote there last; nothing where it never did."""
    file = out / WRITTEN
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return {name: known for known, _, name in (line.partition("  ") for line in lines) if is_inside(out, name)}


def is_inside(out: Path, name: str) -> bool:
    return (out / name).resolve().is_relative_to(out.resolve())


def differs(path: Path, known: str | None) -> bool:
    """Is there something that the command did not leave so?"""
    return path.exists() and not (path.is_file() and checksum(path.read_bytes()) == known)


def replace(out: Path, made: dict[str, bytes]) -> None:
    """Writes all files beside the folder first, then moves each to its place."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as place:
        for number, content in enumerate(made.values()):
            Path(place, str(number)).write_bytes(content)
        for number, name in enumerate(made):
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            Path(place, str(number)).replace(out / name)


def remove(out: Path, name: str) -> None:
    """A file that is no longer a part of it, and the folders that are empty then."""
    (out / name).unlink(missing_ok=True)
    for folder in (out / name).parents:
        if folder == out or any(folder.iterdir()):
            return
        folder.rmdir()
