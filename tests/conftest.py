"""What several tests need."""

import contextlib
import os
from urllib.parse import urlsplit

import pytest
import torch

collect_ignore = ["hidden", "answers"]  # checks of students' answers, run by vae_course.grading
torch.set_num_threads(1)  # the models are tiny: more threads only wait for each other


def pytest_runtest_setup(item):
    if item.get_closest_marker("images") and "VAE_COURSE_DATA" not in os.environ:
        pytest.skip("needs the real images: set VAE_COURSE_DATA to the folder with them")


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(autouse=True)
def _alone():
    """The same noise for each test; and none leaves torch otherwise than it found it."""
    torch.default_generator.manual_seed(0)  # torch.manual_seed looks for other devices, a millisecond each time
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
    """Options -> the browser context with them, one for all tests: there the browser compiles the page only once.

    Each has an empty page of its own: a browser whose last page is closed opens the next one at twice the cost.
    """
    return {}


@pytest.fixture
def visit(server, chromium, contexts, request):
    """visit(tab, lang, width=1280, query="") -> the page, watched: it may call nobody else and report no error.

    Each visit is of somebody new, of whom neither the server nor the browser knows anything.
    """
    from helpers import screenshots
    from helpers.browser import OTHER, SOON

    used, elsewhere, errors = [], [], []

    def context_of(options):
        context = contexts.get(key := tuple(sorted(options.items())))
        if context is None or context in used:
            context = chromium.new_context(**options)
            if contexts.setdefault(key, context) is context:
                context.new_page()
        used.append(context)
        return context

    def open_page(tab, lang, width=1280, query="", **more):
        view = context_of({"locale": OTHER[lang], **more}).new_page()
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
    if request.node.stash.get(FAILED, False):
        tell(server, [view for context in used for view in context.pages])
    for context in used:
        if context in contexts.values():
            forget(context, server.url.rstrip("/"))
        else:
            context.close()
    assert elsewhere == []
    assert errors == []


def tell(server, views):
    """Prints what a failed test leaves: on another machine this is all there is to see."""
    from playwright.sync_api import Error

    for view in views:
        if view.url.startswith(server.url):
            with contextlib.suppress(Error):  # a page that crashed tells nothing
                print(f"{view.url}\n{view.evaluate('document.body.innerText')}\n")
    print(f"The server's log ends with\n{server.log.read_text(encoding='utf-8')[-3000:]}")


def forget(context, origin):
    """Closes a context's pages but its own and leaves nothing of them but what the browser compiled."""
    own, *views = context.pages
    for view in views:
        view.close()
    context.new_cdp_session(own).send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    context.clear_cookies()
