"""One Chromium of this machine for all tests of a file."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


SLIDERS = 240_000  # milliseconds until a page of the app has its sliders


@pytest.fixture(scope="module")
def browser():
    """Start the Chromium of this machine; its event loop must end before other tests begin."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def visit(browser):
    """Return a function that opens an address for a scheme and a width; every fold is open."""
    contexts = []

    def open_page(address, scheme="light", width=1400):
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.asked, page.said = asked, said
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def enter(browser, served):
    """Return a function that opens a team's page in a browser of its own, once sliders are there."""
    contexts = []

    def open_page(team, width=1400):
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(f"{served.base}/?token={served.token}")
        page.get_by_role("link", name=team, exact=True).click()
        page.get_by_role("slider").first.wait_for(timeout=SLIDERS)
        return page

    yield open_page
    for context in contexts:
        context.close()
