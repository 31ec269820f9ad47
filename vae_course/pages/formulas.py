"""LaTeX as MathML, which browsers draw by themselves; gaps of latex2mathml mended where a reader would see them.

MathJax or KaTeX would bring megabytes of scripts and fonts into each page. A formula may be a stranger's: nothing in it
becomes markup (latex2mathml's own `convert` lets that happen), and of its attributes those stay that only draw.
"""

import re
from html import escape, unescape
from xml.etree.ElementTree import tostring

from latex2mathml.converter import convert_to_element

LONGEST = 2000  # characters of a formula that is drawn
THIN = '<mspace width="0.167em" />'
FUNCTION = r"<mi>(?:log|ln|exp|cos|sin)</mi>"
THING = r"m(?:i|n|row|sup|sub|subsup|frac|over|sqrt)"  # what TeX keeps a thin space from
LATEX = (  # what it does not read, in words that it does
    (r"\\arg(?![A-Za-z])", r"\\operatorname{arg}"),
    (r"\\(begin|end)\{aligned\}", r"\\\1{split}"),
    (r"\\(math\w+) +([A-Za-z])", r"\\\1{\2}"),
)
MATHML = (  # what it writes that looks wrong
    (r"\\_", "_"),
    (r"<mi>~</mi>", "<mo>∼</mo>"),
    (rf"(</{THING}>|\)</mo>)(?={FUNCTION})", rf"\1{THIN}"),
    (rf"(?<!<msup>)(?<!<msub>)({FUNCTION})(?=<{THING}[ >])", rf"\1{THIN}"),
)
DRAWING = {
    "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "display", "displaystyle", "fence",
    "form", "height", "linethickness", "lspace", "mathbackground", "mathcolor", "mathsize", "mathvariant", "maxsize",
    "minsize", "movablelimits", "notation", "rowlines", "rowspacing", "rspace", "scriptlevel", "separator", "stretchy",
    "voffset", "width", "xmlns",
}  # fmt: skip
VALUE = re.compile(r"[A-Za-z#][\w# -]*|[-+]?\d{0,2}(?:\.\d{1,4})?[a-z%]*(?: \d{0,2}[a-z]+)*")  # lengths up to 99


def mathml(latex: str, display: str) -> str:
    """A formula as MathML, or in words of LaTeX if it can't be drawn; display: "inline" or "block"."""
    try:
        if len(latex) > LONGEST:
            raise ValueError("too long")
        tree = convert_to_element(_mended(latex.strip(), LATEX), display=display)
        for element in tree.iter():
            element.text = unescape(element.text or "")
            kept = {name: value for name, value in element.attrib.items() if _draws(name, value)}
            element.attrib.clear()
            element.attrib.update(kept)
        return _mended(tostring(tree, encoding="unicode"), MATHML)
    except Exception:  # latex2mathml raises of all kinds where braces do not match, or nest too deeply
        return f"<code>{escape(latex, quote=False)}</code>"


def _draws(name: str, value: str) -> bool:
    return name in DRAWING and (name == "xmlns" or VALUE.fullmatch(value) is not None)


def _mended(text: str, rules: tuple[tuple[str, str], ...]) -> str:
    for wrong, right in rules:
        text = re.sub(wrong, right, text)
    return text
