"""Jupyter's Markdown, its formulas drawn."""

from html import escape

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from .formulas import mathml


def to_html(source: str, renderer: IPythonRenderer | None = None) -> str:
    """Markdown with formulas as HTML with MathML; HTML in it stays as it is. renderer: Renderer if none is given."""
    return MarkdownWithMath(renderer=renderer or Renderer()).render(source)


class Renderer(IPythonRenderer):
    """Jupyter's Markdown, its formulas drawn; a picture from the net, such as a badge, is its words."""

    def __init__(self):
        super().__init__(escape=False, exclude_anchor_links=True)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return escape(text) if url.startswith("http") else super().image(text, url, title)

    def inline_math(self, body: str) -> str:
        return mathml(body, "inline")

    def block_math(self, body: str) -> str:
        return mathml(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        return mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")
