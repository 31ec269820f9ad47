"""What several tests need."""

import os
from urllib.parse import urlsplit

import pytest
import torch

collect_ignore = ["hidden", "answers"]  # checks of students' answers, run by vae_course.grading
torch.set_num_threads(1)  # the models are tiny: more threads only wait for each other


def pytest_runtest_setup(item):
    if item.get_closest_marker("images") and "VAE_COURSE_DATA" not in os.environ:
        pytest.skip("needs the real images: set VAE_COURSE_DATA to the folder with them")


@pytest.fixture(autouse=True)
def _alone():
    """The same noise for each test; and none leaves torch otherwise than it found it."""
    torch.manual_seed(0)
    before = _settings()
    yield
    assert _settings() == before


def _settings():
    return torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads(), os.getcwd()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """`python app.py` as a process of its own."""
    from helpers.demo import served

    with served(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium():
    """A headless browser."""
    pytest.importorskip("playwright", reason="Playwright is not installed: pip install playwright")
    from helpers import screenshots

    with screenshots.browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def contexts(chromium):
    """contexts(**options) -> the browser context with them, one for all tests: the browser compiles the page once."""
    kept = {}

    def of(**options):
        key = tuple(sorted(options.items()))
        if key not in kept:
            kept[key] = chromium.new_context(**options)
        return kept[key]

    return of


@pytest.fixture
def visit(server, contexts):
    """visit(tab, lang, width=1280, query="") -> the page, watched: it may call nobody else and report no error.

    Each test is a new visitor, of whom neither the server nor the browser knows anything.
    """
    from helpers import screenshots
    from helpers.browser import OTHER, SOON

    views, elsewhere, errors = [], [], []

    def open_page(tab, lang, width=1280, query="", **more):
        view = contexts(locale=OTHER[lang], **more).new_page()
        views.append(view)
        view.set_viewport_size({"width": width, "height": screenshots.WIDTHS[width]})
        view.set_default_timeout(SOON)
        view.on("request", lambda request: urlsplit(request.url).scheme in ("data", "blob") or own(request.url))
        view.on("pageerror", lambda error: errors.append(str(error)))
        view.on("console", lambda message: message.type == "error" and errors.append(message.text))
        screenshots.open_tab(view, server.url, lang, tab, SOON, query)
        return view

    def own(url):
        if urlsplit(url).hostname != "127.0.0.1":
            elsewhere.append(url)

    yield open_page
    for view in views:
        browser = view.context.new_cdp_session(view)
        browser.send("Storage.clearDataForOrigin", {"origin": server.url.rstrip("/"), "storageTypes": "all"})
        view.context.clear_cookies()
        for opened in view.context.pages:
            opened.close()
    assert elsewhere == []
    assert errors == []
