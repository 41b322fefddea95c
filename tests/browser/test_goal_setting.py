"""Levers and parts of a target in a browser, on the sample: solved, typed, recorded, refused."""

import re
from urllib.parse import urlsplit

import pytest

from qbr_lib.record import read
from tests.browser.test_app import Served, _faults
from tests.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.kernel]
WAIT = 30_000  # milliseconds


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Serve two teams of the sample organisation, in German."""
    folder = tmp_path_factory.mktemp("app")
    root = folder / "w"
    (root / "parameters").mkdir(parents=True)
    shipped = (ROOT / "parameters" / "org.yml").read_text(encoding="utf-8")
    german = shipped.replace("language: en", "language: de")
    (root / "parameters" / "org.yml").write_text(german, encoding="utf-8")
    made = Served(folder, "--team", "sued", "--team", "nord", root=root)
    yield made
    made.interrupt()


@pytest.fixture
def opened(enter):
    """Return a function that opens a team's page of its own, with "How?" unfolded."""

    def open_page(team, width=1400):
        page = enter(team, width)
        page.get_by_role("button", name="Wie?").click()
        page.get_by_role("table", name="Wie das Ziel aufgeteilt ist").wait_for(timeout=WAIT)
        return page

    return open_page


def _changed(page, before):
    page.wait_for_function(
        "told => document.querySelector('.qbr-widget').innerText !== told", arg=before
    )


def test_a_lever_is_worked_out(served, opened):
    """Chosen by keyboard it is said in words, follows the target, and cannot be moved by hand."""
    page = opened("Süd")
    widgets = page.locator(".qbr-widget")
    choice = page.get_by_label("Aus den anderen berechnet")
    before = widgets.inner_text()
    choice.focus()
    choice.select_option("Abschlussquote")
    _changed(page, before)
    rate = page.get_by_role("slider", name=re.compile("Abschlussquote"))
    assert rate.is_disabled()
    page.get_by_text(re.compile("Abschlussquote .*damit werden .* in 7 von 10 Fällen")).wait_for(
        timeout=WAIT
    )
    first = rate.get_attribute("aria-valuetext")
    for _ in range(10):
        page.get_by_role("slider").first.press("ArrowRight")
    page.wait_for_function(
        "([name, told]) => [...document.querySelectorAll('input[type=range]')].some(one => "
        "one.parentElement.innerText.includes(name) && one.getAttribute('aria-valuetext') !== told)",
        arg=["Abschlussquote", first],
    )
    assert not served.record("sued").exists()
    assert [url for url in page.asked if urlsplit(url).netloc not in ("", served.host)] == []


@pytest.mark.parametrize("width", [1400, 390])
def test_levers_and_parts_are_accessible(opened, width):
    """Every control has a name, nothing is wider than the screen, and the table stays a table."""
    page = opened("Süd", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert _faults(page) == []
    assert page.get_by_role("rowheader", name="Vroni Hölzlmair").count() == 1
    assert page.get_by_role("columnheader").count() >= 5
    field = page.get_by_label("Teil: Vroni Hölzlmair")
    assert field.get_attribute("dir") == "ltr"
    assert re.fullmatch(r"[\d.]+\s€", field.input_value())


def test_typed_parts_are_recorded(served, opened):
    """Typed, shared out and recorded by keyboard: the YAML holds them, with who, when and why."""
    page, path = opened("Süd"), served.record("sued")
    field = page.get_by_label("Teil: Vroni Hölzlmair")
    field.fill("200.000")
    field.press("Enter")
    page.get_by_text(re.compile(r"es fehlen")).wait_for(timeout=WAIT)
    page.get_by_role("button", name="Rest verteilen").press("Enter")
    page.get_by_text("genau das Ziel").wait_for(timeout=WAIT)
    page.get_by_label("Diese Teile als Ziele festhalten").press("Space")
    page.get_by_text("Noch nicht festgehalten").wait_for(timeout=WAIT)
    assert not path.exists()
    _agree(page, "im Gespräch vereinbart")
    page.get_by_text("Festgehalten am").wait_for(timeout=WAIT)
    goals = read(path).record.goals
    whole = next(goal for goal in goals if goal.id == "revenue-2026-Q4")
    parts = [goal for goal in goals if goal.parent == whole.id and "rep" in goal.scope]
    assert (parts[0].owner, parts[0].current) == ("Vroni Hölzlmair", 200_000.0)
    assert round(sum(goal.current for goal in parts), 2) == whole.current
    for goal in parts:
        (revision,) = goal.revisions
        assert (revision.by, revision.reason) == ("Teamleitung", "im Gespräch vereinbart")
        assert revision.at.isoformat() == page.evaluate("new Date().toLocaleDateString('sv')")
    again = opened("Süd")
    assert again.get_by_label("Teil: Vroni Hölzlmair").input_value().startswith("200.000")
    assert again.get_by_label("Diese Teile als Ziele festhalten").is_checked()


def test_two_at_once(served, opened):
    """Who records parts second is told; what the first one recorded stands alone."""
    first, second, path = opened("Nord"), opened("Nord"), served.record("nord")
    for page in (first, second):
        page.get_by_label("Diese Teile als Ziele festhalten").check()
    _agree(first, "zuerst")
    first.get_by_text("Festgehalten am").wait_for(timeout=WAIT)
    saved = path.read_bytes()
    _agree(second, "danach")
    second.get_by_text(re.compile("geändert, seit")).first.wait_for(timeout=WAIT)
    assert path.read_bytes() == saved


def _agree(page, reason):
    page.get_by_label("Wer", exact=True).fill("Teamleitung")
    page.get_by_label("Wer", exact=True).press("Tab")
    page.get_by_label("Warum", exact=True).fill(reason)
    page.get_by_label("Warum", exact=True).press("Tab")
    page.get_by_role("button", name="Festhalten", exact=True).click()


def test_a_field_that_nobody_edits_is_not_typed(opened):
    """Tabbed through while another answer comes, a part follows it; typed anew it reads as money."""
    page = opened("Nord")
    first, cap, second = (
        page.get_by_label(name)
        for name in ("Teil: Jördis Ahrens", "Höchstens: Malte Söderlund", "Teil: Malte Söderlund")
    )
    page.get_by_role("button", name="Wie vorgeschlagen").press("Enter")
    first.fill("100000")
    first.press("Enter")
    page.get_by_text(re.compile("es fehlen")).first.wait_for(timeout=WAIT)
    page.get_by_role("button", name="Rest verteilen").press("Enter")
    page.get_by_text("genau das Ziel").wait_for(timeout=WAIT)
    before = second.input_value()
    first.fill("200000")
    for field in (first, cap, second):
        field.press("Tab")  # on to the next, before the answer is there
    page.wait_for_function(
        "([label, told]) => document.querySelector(`[aria-label='${label}']`).value !== told",
        arg=["Teil: Malte Söderlund", before],
    )
    page.get_by_text("genau das Ziel").wait_for(timeout=WAIT)
    assert re.fullmatch(r"200\.000\s€", first.input_value())
    field = page.get_by_role("textbox", name="Umsatzziel: genauer Wert")
    told = field.input_value()
    field.fill(told.replace(".", "").replace("€", ""))
    field.press("Enter")
    page.wait_for_function(
        "told => document.querySelector('.qbr-slider input[type=text]').value === told", arg=told
    )
