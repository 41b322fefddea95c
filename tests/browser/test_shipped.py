"""The pages of the shipped notebooks in a browser: the checks that any page must pass."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser
PAGES = ("grosskunden/review.html", "company/portfolio.html", "index.html")
WIDTHS = (320, 390, 768, 1120, 1400)


@pytest.fixture(scope="module", params=PAGES)
def address(request, finished):
    """Return the address of a page that a run made."""
    return (finished / "build" / "2026-Q3" / request.param).as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_nothing(visit, address, scheme, width):
    """No rule of accessibility is broken, with every fold open."""
    results = Axe().run(visit(address, scheme, width))
    broken = [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]
    assert broken == []


def test_no_request_and_no_script(visit, address):
    """The page asks for nothing, carries no script, and its policy blocks nothing it needs."""
    page = visit(address)
    assert [url for url in page.asked if url != address and not url.startswith("data:")] == []
    assert page.said == []
    assert page.locator("script").count() == 0
    handlers = "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())"
    assert [name for name in page.evaluate(handlers) if name.startswith("on")] == []


def test_nothing_scrolls_sideways(visit, address):
    """No width from a small phone to a wide screen makes the page scroll sideways."""
    page = visit(address)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{wide} px at {width}"
