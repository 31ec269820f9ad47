"""LaTeX as MathML, which browsers draw by themselves; gaps of latex2mathml mended where a reader would see them.

MathJax or KaTeX would bring megabytes of scripts and fonts into each page.
"""

import re

from latex2mathml.converter import convert

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
    (r"<mi>&#x0007E;</mi>", "<mo>&#x0223C;</mo>"),
    (rf"(</{THING}>|&#x00029;</mo>)(?={FUNCTION})", rf"\1{THIN}"),
    (rf"(?<!<msup>)(?<!<msub>)({FUNCTION})(?=<{THING}[ >])", rf"\1{THIN}"),
)


def mathml(latex: str, display: str) -> str:
    """A formula as MathML; display: "inline" or "block"."""
    return _mended(convert(_mended(latex.strip(), LATEX), display=display), MATHML)


def _mended(text: str, rules: tuple[tuple[str, str], ...]) -> str:
    for wrong, right in rules:
        text = re.sub(wrong, right, text)
    return text
