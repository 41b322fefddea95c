"""The pages of the shipped notebooks in a browser: the checks that any page must pass."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser
TEAM = [f"grosskunden/{page}.html" for page in ("review", "goals", "follow_up", "minutes")]
PAGES = (*TEAM, "company/portfolio.html", "index.html")
REPEATED = "document.querySelectorAll('.qbr-deals tr.row:nth-child(n+4)').forEach(r => r.remove())"
WIDTHS = (320, 390, 641, 768, 1120, 1400)


@pytest.fixture(scope="module", params=PAGES)
def address(request, finished):
    """Return the address of a page that a run made."""
    return (finished / "build" / "2026-Q3" / request.param).as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_nothing(visit, address, scheme, width):
    """No rule of accessibility is broken, with every fold open; rows of lists repeat each other."""
    page = visit(address, scheme, width)
    page.evaluate(REPEATED)
    results = Axe().run(page)
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


@pytest.fixture
def review(finished, visit):
    """Return the open page of the team's review, its folds closed."""
    page = visit((finished / "build" / "2026-Q3" / "grosskunden" / "review.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = false)")
    return page


def test_a_figure_opens_its_deals(review):
    """Each figure of the glance and of its table leads into the fold of its deals."""
    links = review.locator(".qbr-glance .figure a, .qbr-table .comment a[href^='#']")
    assert links.count() == 4 + 6
    for number in range(links.count()):
        review.evaluate("document.querySelectorAll('details').forEach(d => d.open = false)")
        address = links.nth(number).get_attribute("href")
        links.nth(number).click()
        assert review.locator(address).is_visible()
        assert review.locator("details[open]").count() == 1


def test_lists_of_deals_are_for_the_screen(review):
    """On paper the lists are left out, like the numbers behind a chart."""
    assert review.locator(".qbr-deals").first.is_visible()
    review.emulate_media(media="print")
    assert review.locator(":is(.qbr-deals, .qbr-more, .qbr-numbers):visible").count() == 0
