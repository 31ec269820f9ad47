"""Pictures of every tab: PYTHONPATH=.:tests python -m helpers.screenshots OUT (needs Playwright and a Chromium)."""

import argparse
import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vae_course.demo import page, serve
from vae_course.text import LANGUAGES

WIDTHS = {  # of the window -> its height; 853 and 640 are 1280 at 150 and 200 %
    320: 568, 390: 844, 640: 430, 768: 1024, 820: 1180, 853: 573, 1024: 768, 1280: 860, 1920: 1080,
}  # fmt: skip
BROWSERS = ("chromium", "chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def browser_path() -> str | None:
    """A Chromium of this machine, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@contextmanager
def browser() -> Iterator:
    """A headless Chromium with an empty profile, as Playwright's Browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path(), headless=True, args=FLAGS)
        yield chromium
        chromium.close()


def address(url: str, lang: str, tab: str) -> str:
    return f"{url.rstrip('/')}/{page.ADDRESSES[lang]}?tab={tab}"


def open_tab(view, url: str, lang: str, tab: str, patience: int = 60_000, query: str = "") -> None:
    """Brings a Playwright Page to a tab and waits until its pictures are there; patience in milliseconds.

    query: more of the address, such as "&mix.a=3".
    """
    view.goto(address(url, lang, tab) + query)
    view.locator(f"html[data-filled~={tab}]").wait_for(state="attached", timeout=patience)
    view.locator(f"#tab-{tab} img, #tab-{tab} svg").locator("visible=true").first.wait_for(timeout=patience)


def take(url: str, out: Path, themes: tuple[str, ...] = ("light",)) -> list[Path]:
    """Whole pages of the demo at url, one file for each tab, language, width and theme."""
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    with browser() as chromium:
        for tab, lang, theme in itertools.product(page.TABS, LANGUAGES, themes):
            view = chromium.new_page(color_scheme=theme)
            open_tab(view, url, lang, tab)
            for width, height in WIDTHS.items():
                view.set_viewport_size({"width": width, "height": height})
                view.wait_for_timeout(700)  # fonts, styles, the tab in the address
                paths.append(out / f"{tab}-{lang}-{width}{'-dark' if theme == 'dark' else ''}.png")
                view.screenshot(path=paths[-1], full_page=True)
            view.close()
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="the folder for the pictures")
    parser.add_argument("--url", help="a demo that runs already; otherwise one is started")
    parser.add_argument("--dark", action="store_true", help="the dark theme too")
    chosen = parser.parse_args()
    if browser_path() is None:
        parser.error(f"no browser on this machine: install one of {', '.join(BROWSERS)}")
    themes = ("light", "dark") if chosen.dark else ("light",)
    if chosen.url:
        paths = take(chosen.url, chosen.out, themes)
    else:
        demo = page.build()
        serve.launch(demo, wait=False)
        paths = take(str(demo.local_url), chosen.out, themes)
        demo.close()
    print("\n".join(str(path) for path in paths))


if __name__ == "__main__":
    main()
