"""How a page of a notebook looks: letters, formulas, code, on a screen and on paper. The font is inside."""

import base64
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
STYLE = HERE / "page.css"
FONT = HERE / "stix-two-math.woff2"  # a part of STIX Two Math 2.11 (SIL OFL 1.1); few machines have a font for formulas
FACE = """\
@font-face {{
  font-family: "STIX Two Math of the course";
  src: url("data:font/woff2;base64,{font}");
}}

"""


@cache
def css() -> str:
    """The style sheet of a page."""
    font = base64.b64encode(FONT.read_bytes()).decode()
    return FACE.format(font=font) + STYLE.read_text(encoding="utf-8")
