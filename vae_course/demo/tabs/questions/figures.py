"""What experiments show: panels to pin and to save, each with a sheet, steps, a table or a chart in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from torch import Tensor

from ....text import Both
from ...ui.html import render
from ...ui.pictures import LIVE, file_name
from . import texts


@dataclass(frozen=True, eq=False)
class Sheet:
    """Pictures (N, C, H, W) in rows, called as their panel is."""

    pictures: Tensor
    columns: int = 4
    macro = "sheet"


@dataclass(frozen=True, eq=False)
class Steps:
    """Pictures (C, H, W) with a caption each, and perhaps a number below it."""

    pictures: Sequence[Tensor]
    captions: Sequence[Both | str]
    numbers: Sequence[str] = ()
    macro = "steps"


@dataclass(frozen=True, eq=False)
class Table:
    """A column for each head; a row of pictures (C, H, W) or of written numbers beside a word."""

    heads: Sequence[Both | str]
    rows: Sequence[tuple[Both | str, Sequence[Tensor] | Sequence[str]]]
    macro = "table"


@dataclass(frozen=True, eq=False)
class Panel:
    """A titled part of an experiment that can be pinned and perhaps saved as a picture; a chart is its SVG."""

    title: Both
    body: Sheet | Steps | Table | str
    text: Both | None = None
    save: bool = False
    wide: bool = False


def findings(lang: str, *panels: Panel, columns: int = 2) -> Markup:
    """The panels of an experiment."""
    return render(
        "questions/findings.html", lang, panels=panels, columns=columns, save=texts.SAVE_FIGURE, file_name=file_name,
        numbered=texts.NUMBERED, live=LIVE,
    )  # fmt: skip


def look(lang: str, title: Both, pictures: Tensor) -> Markup:
    """Six pictures (6, C, H, W) under one title, before anybody predicts."""
    return render(
        "questions/look.html", lang, title=title, sheet=Sheet(pictures, 3), numbered=texts.NUMBERED, live=LIVE
    )
