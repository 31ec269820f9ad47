"""The commands that write what is hosted elsewhere: `python -m vae_course site` and `space`."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..files import as_argument

Demo = Annotated[str | None, typer.Option(help="The address of a demo that runs, to link to its tabs.")]
Repository = Annotated[str | None, typer.Option(help="Where the lessons are, if not where the project is.")]
Force = Annotated[bool, typer.Option("--force", help="Write into a folder that holds something else.")]


def site(
    out: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    demo: Demo = None,
    repository: Repository = None,
    force: Force = False,
):
    """Write the explorer, a folder of static files for any file server: models to touch, without a server of ours."""
    needs_gradio()
    from .write import SiteError, home, write

    try:
        size = write(out, repository=repository or home(), demo=demo, force=force)
    except SiteError as error:
        sys.exit(f"error: {error}")
    print(f"{out}: {size / 1e6:.1f} MB; to look at it: python -m http.server --directory {as_argument(out)}")


def space(
    out: Annotated[Path, typer.Argument(help="A new folder, one to renew, or a clone of the Space.")],
    sdk: Annotated[Literal["gradio", "static"], typer.Option(help="The demo, or the explorer.")],
    demo: Demo = None,
    repository: Repository = None,
    force: Force = False,
):
    """Write a folder to push to a Hugging Face Space: the demo, or the explorer, which needs no server."""
    needs_gradio()
    from .space import write
    from .write import SiteError, home

    try:
        size = write(out, sdk, repository=repository or home(), demo=demo, force=force)
    except SiteError as error:
        sys.exit(f"error: {error}")
    push = f'hf upload ACCOUNT/NAME {as_argument(out)} . --repo-type space --delete "*"'
    print(f"{out}: {size / 1e6:.1f} MB; to push it: {push}")


def needs_gradio() -> None:
    """Ends the process with one sentence where it is missing."""
    if not find_spec("gradio"):
        sys.exit("error: this shares its numbers with the demo: python -m pip install 'vae-course[demo]'")
