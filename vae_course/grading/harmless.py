"""What a stranger wrote, as HTML that can do nothing but be read.

nh3 (the Rust library ammonia) keeps tags and attributes of a list and drops all others. nbconvert's own sanitizer is
bleach, whose makers ended it in 2026, and drops paragraphs and pictures. Formulas and pictures are put in by us.
"""

import base64
import re
import warnings
from html import escape
from io import BytesIO
from urllib.parse import unquote

import nh3
from markupsafe import Markup
from nbconvert.filters import strip_ansi
from nbconvert.filters.highlight import Highlight2HTML
from PIL import Image, ImageOps
from pygments.token import STANDARD_TYPES

from ..pages.markdown import Renderer, to_html
from ..text import Both, pick

LONGEST = 20_000  # characters of one cell or output; of what is longer the middle is left out
PICTURES = 80_000  # bytes of all pictures on a page together
MOST = 40  # pictures on a page
WIDTHS = (1600, 1200, 900, 700, 500, 350, 240, 160)  # pixels, tried until a picture is light enough
PIXELS = 40e6  # of a picture that is opened
LEFT_OUT = Both(es="[… aquí faltan {count} caracteres …]", en="[… {count} characters are left out here …]")
TEXT = (
    "abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i ins kbd li "
    "mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr tt u ul var"
)
TAGS = {"a", "img", *TEXT.split()}
ATTRIBUTES = {
    "a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}, "details": {"open"}, "abbr": {"title"},
    "td": {"align", "colspan", "rowspan"}, "th": {"align", "colspan", "rowspan"},
}  # fmt: skip
HIGHLIGHTED = {name for name in STANDARD_TYPES.values() if name}
WITH_CONTENT = {"script", "style", "template", "svg", "math", "iframe", "object", "select", "textarea", "title"}
LINKS = ("http:", "https:", "mailto:")
PASTED = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=]+)")
KINDS = ("image/png", "image/jpeg", "image/gif", "image/webp")
UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000\ue001]")
FORMULA = re.compile("\ue000(\\d+)\ue001")  # stands for one while nh3 looks at the text around it


class Harmless:
    """What a stranger wrote, for one page in one language; pictures: how many there are on it at most."""

    def __init__(self, lang: str, pictures: int = 1):
        self.lang, self.share = lang, PICTURES // min(max(pictures, 1), MOST)
        self.bytes, self.pictures = PICTURES, MOST  # that are left
        self._code = Highlight2HTML(pygments_lexer="ipython3")

    def words(self, text: str) -> str:
        """A text as it is: without colours, control characters and the middle of what is very long."""
        text = UNREADABLE.sub("\ufffd", re.sub("\r\n?", "\n", strip_ansi(text)))
        if (more := len(text) - LONGEST) > 0:
            half = LONGEST // 2
            text = f"{text[:half]}\n\n{pick(LEFT_OUT, self.lang).format(count=more)}\n\n{text[-half:]}"
        return text

    def code(self, source: str) -> Markup:
        """Python, in colours."""
        return Markup(self._code(self.words(source)))

    def html(self, source: str) -> Markup:
        """HTML, such as a table that a cell wrote."""
        return self._cleaned(self.words(source), {}, [])

    def markdown(self, source: str, attachments: dict | None = None) -> Markup:
        """A text with its formulas and pasted pictures; as it is typed, if it can't be read as Markdown."""
        pasted = dict(attachments or {})

        def moved(found: re.Match) -> str:
            pasted[name := f"inline-{len(pasted)}"] = {KINDS[0]: found[1]}
            return f"attachment:{name}"

        source = self.words(PASTED.sub(moved, source))
        renderer = Untrusted()
        try:
            return self._cleaned(to_html(source, renderer), pasted, renderer.formulas)
        except Exception:  # of mistune, where a text is nested a hundred times
            return Markup(f"<pre>{escape(source)}</pre>")

    def picture(self, data: str) -> str | None:
        """A picture in base64 as an address that holds it, made light enough; None if it can't be read or shown."""
        self.pictures -= 1
        if self.pictures < 0:
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                kind, content = lighter(base64.b64decode(data), self.share)
        except Exception:  # of Pillow, for what is no picture or a broken one
            return None
        self.bytes -= len(content)
        if self.bytes < 0:
            return None
        return f"data:{kind};base64,{base64.b64encode(content).decode()}"

    def _cleaned(self, source: str, attachments: dict, formulas: list[tuple[str, str]]) -> Markup:
        def kept(tag: str, name: str, value: str) -> str | None:
            value = FORMULA.sub(lambda found: typed.get(int(found[1]), ""), value)
            if (tag, name) == ("a", "href"):
                return value if value.lower().startswith(LINKS) else None
            if (tag, name) == ("img", "src"):
                return self._attached(unquote(value).removeprefix("attachment:"), attachments)
            return value

        def drawn(found: re.Match) -> str:
            return left.pop(int(found[1]), "")  # each once, so that a short text stays a short page

        typed = {number: latex for number, (latex, _) in enumerate(formulas)}
        left = {number: markup for number, (_, markup) in enumerate(formulas)}
        cleaned = nh3.clean(
            source,
            tags=TAGS,
            attributes=ATTRIBUTES,
            clean_content_tags=WITH_CONTENT,
            allowed_classes={"div": {"highlight"}, "span": HIGHLIGHTED},
            attribute_filter=kept,
            link_rel="noopener noreferrer nofollow",
            url_schemes={"http", "https", "mailto", "attachment"},
            url_relative="deny",
        )
        return Markup(FORMULA.sub(drawn, cleaned))

    def _attached(self, name: str, attachments: dict) -> str | None:
        found = {unquote(key): value for key, value in attachments.items()}.get(name)
        data = [found[kind] for kind in KINDS if kind in found] if isinstance(found, dict) else []
        return self.picture(data[0]) if data and isinstance(data[0], str) else None


class Untrusted(Renderer):
    """Markdown in which signs stand for the formulas, and of pictures only pasted ones are left."""

    def __init__(self):
        super().__init__()
        self.formulas: list[tuple[str, str]] = []  # (as typed, as MathML)

    def inline_math(self, body: str) -> str:
        return self._sign(f"${body}$", super().inline_math(body))

    def block_math(self, body: str) -> str:
        return self._sign(f"$${body}$$", super().block_math(body))

    def latex_environment(self, name: str, body: str) -> str:
        return self._sign(body, super().latex_environment(name, body))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        words = escape(text)
        return f'<img src="{escape(url)}" alt="{words}">' if url.startswith("attachment:") else words

    def task_list_item(self, text: str, checked: bool = False) -> str:
        return f"<li>{'☑' if checked else '☐'} {text}</li>\n"

    def _sign(self, typed: str, markup: str) -> str:
        self.formulas.append((typed, markup))
        return f"\ue000{len(self.formulas) - 1}\ue001"


def lighter(content: bytes, most: int) -> tuple[str, bytes]:
    """A picture as it is if it weighs at most so many bytes, else as a smaller WebP: (its kind, its bytes).

    Raises what Pillow raises for what is no picture, ValueError for one of too many pixels.
    """
    with Image.open(BytesIO(content), formats=("PNG", "JPEG", "GIF", "WEBP")) as picture:
        if picture.width * picture.height > PIXELS:
            raise ValueError("too many pixels")
        picture.draft("RGB", (WIDTHS[0], WIDTHS[0]))  # of a large JPEG not more than is wanted
        picture.load()
        if len(content) <= most:
            return Image.MIME[picture.format or ""], content
        smaller = ImageOps.exif_transpose(picture.convert("RGBA" if picture.has_transparency_data else "RGB"))
        for width in WIDTHS:
            smaller.thumbnail((width, 2 * width))
            out = BytesIO()
            smaller.save(out, "WEBP", quality=70)
            if out.tell() <= most:
                break
        return "image/webp", out.getvalue()
