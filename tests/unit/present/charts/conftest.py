"""Small frames of every chart, and the words and formats of both languages."""

from functools import partial

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.present.charts import (
    bars,
    bridge,
    drivers,
    forest,
    funnel,
    heat_map,
    outlook,
    pace,
    trend,
)
from qbr_lib.words import in_language

NAN = float("nan")
LONG = "Sondermaschinenbau und Großanlagen Südwest"[:40]
FLOWS = (
    *("opening", "created", "reopened", "pulled_in", "pushed_in", "increased", "decreased"),
    *("transferred", "removed", "won", "lost", "slipped", "closing"),
)


@pytest.fixture(autouse=True)
def no_open_figures():
    """Fail a test that leaves a figure open."""
    yield
    assert plt.get_fignums() == []


@pytest.fixture(params=["de", "en"])
def formats(request):
    """Return the formats of each language in turn."""
    return Formats(in_language(request.param), "EUR")


@pytest.fixture
def english():
    """Return English formats in euro."""
    return Formats(in_language("en"), "EUR")


def trend_frame(won=(1.66e6, 1.52e6, 1.75e6, 1.84e6), target=2e6, partial=False):
    """Quarters that end with 2026-Q3, the last one current."""
    count = len(won)
    ends = [2026 * 4 + 2 - back for back in reversed(range(count))]
    return pd.DataFrame(
        {
            "quarter": [f"{end // 4}-Q{end % 4 + 1}" for end in ends],
            "won": [float(value) for value in won],
            "target": target,
            "current": [place == count - 1 for place in range(count)],
            "partial": partial,
        }
    )


def bridge_frame(label=None, factor=1.0, amounts=None):
    """Open 4.31 million at the start, 0.15 million at the end, nothing transferred."""
    found = amounts or [4310, 1420, 60, 240, 380, 210, -330, 0, -90, -1840, -3300, -910, 150]
    return pd.DataFrame(
        {
            "flow": FLOWS,
            "label": label or FLOWS,
            "amount": [value * 1000 * factor for value in found],
            "pattern": [flow == "slipped" for flow in FLOWS],
        }
    )


def forest_frame(name=None):
    """Three teams in two groups: as usual, fallen as a pattern, too early to say."""
    rows = [
        ("Nord", "Nordost", 0.32, 0.25, 0.40, 46, 144, 0.31, False),
        ("Süd", "Südwest", 0.25, 0.19, 0.31, 49, 199, 0.33, False),
        ("Berlin", "Südwest", 0.36, 0.16, 0.61, 5, 14, NAN, True),
    ]
    names = ["name", "group", "rate", "low", "high", "won", "decided", "reference", "too_early"]
    frame = pd.DataFrame(rows, columns=names).assign(pattern=[False, True, False])
    return frame.assign(name=name) if name else frame


def drivers_frame(factor=1.0, label=None, usual=(150.0, 165.0, 60.0, NAN)):
    """Four causes of a change of -120 thousand, the first a pattern, and what slipped beside it."""
    names = ["Deals", "Rate", "Mix", "Size", "All", "Slipped"]
    return pd.DataFrame(
        {
            "kind": ["factor"] * 4 + ["sum", "beside"],
            "label": label or names,
            "comment": label or ["144 instead of 160", "31.9%", "", "€40,000", "", "21 deals"],
            "effect": [1e3 * factor * value for value in (-200, 42, -27, 65, -120, -910)],
            "usual": [1e3 * factor * value for value in (*usual, NAN, NAN)],
            "pattern": [True] + [False] * 5,
            "verdict": ["pattern", "as usual", "as usual", "too early", "", "not in the sum"],
        }
    )


def heat_frame(label="Neue Deals", text=None, suffix=""):
    """Three teams by two measures, every kind of cell among them."""
    rows = [
        ("Nord", "Nordost", "new", "118", -2.0, False),
        ("Nord", "Nordost", "rate", "32 %", 0.0, False),
        ("Ost", "Nordost", "new", "141", 1.0, False),
        ("Ost", "Nordost", "rate", "31 %", NAN, False),
        ("Berlin", "", "new", "31", NAN, True),
        ("Berlin", "", "rate", "–", NAN, True),
    ]
    frame = pd.DataFrame(rows, columns=["team", "group", "measure", "text", "klass", "too_early"])
    frame = frame.assign(label=label, team=frame["team"] + suffix)
    return frame.assign(text=text) if text else frame


def reasons_frame(label=None):
    """Three reasons of 60 lost deals."""
    frame = pd.DataFrame(
        {"label": ["Preis", "Budget", "Zeit"], "count": [30, 18, 12], "share": [0.5, 0.3, 0.2]}
    )
    return frame.assign(label=label) if label else frame


def funnel_frame(name=None, factor=1):
    """Three stages and the won deals, the second step a pattern, the third without a usual range."""
    rows = [
        ("Qualifiziert", 144, 0.81, 0.78, 0.86, 0.82, False, True),
        ("Bedarf geklärt", 117, 0.60, 0.76, 0.84, 0.80, True, False),
        ("Angebot", 92, 0.72, NAN, NAN, 0.71, False, True),
        ("Gewonnen", 46, NAN, NAN, NAN, NAN, False, True),
    ]
    names = ["name", "reached", "share", "usual_low", "usual_high", "before", "pattern"]
    frame = pd.DataFrame(rows, columns=[*names, "favourable"])
    frame = frame.assign(reached=frame["reached"] * factor)
    return frame.assign(name=name) if name else frame


def pace_frame(factor=1.0, known=14):
    """Thirteen weeks and the start, of which `known` are over."""
    weeks = range(14)
    middle = [135_000.0 * week for week in weeks]
    return pd.DataFrame(
        {
            "week": list(weeks),
            "won": [120_000.0 * week * factor if week < known else NAN for week in weeks],
            "middle": middle,
            "low": [value * 0.8 for value in middle],
            "high": [value * 1.15 for value in middle],
        }
    )


def outlook_frame(low=1.07e6, middle=1.49e6, high=2.04e6, booked=471_258.0, target=2.49e6):
    """Eight in ten, the inner half, what is booked of it, and a target above."""
    row = {"low": low, "low_half": (low + middle) / 2, "middle": middle}
    row |= {"high_half": (middle + high) / 2, "high": high, "booked": booked, "target": target}
    return pd.DataFrame([row])


NOTES = {"gap": -160_000.0, "change_previous": -0.061, "change_year": 0.089}
REFERENCE = {"reference_label": LONG}
CHARTS = {
    "trend": (trend, trend.trend, trend_frame(), NOTES),
    "bridge": (bridge, bridge.bridge, bridge_frame(), {}),
    "drivers": (drivers, drivers.drivers, drivers_frame(), {}),
    "win rates": (forest, forest.win_rates, forest_frame(), REFERENCE),
    "heat map": (heat_map, heat_map.heat_map, heat_frame(), {}),
    "reasons": (bars, bars.reasons, reasons_frame(), {}),
    "funnel": (funnel, funnel.stages, funnel_frame(), {}),
    "pace": (pace, pace.pace, pace_frame(), {"target": 2e6}),
    "outlook": (outlook, outlook.outlook, outlook_frame(), {}),
}
ODD = {
    "trend negative": (trend, trend.trend, trend_frame([1e6, -4e5, NAN, -8e5], 1e6), NOTES),
    "trend zero": (trend, trend.trend, trend_frame([0.0] * 8, 0.0), {"gap": 0.0}),
    "trend unknown": (trend, trend.trend, trend_frame([NAN] * 8, NAN), {}),
    "trend one": (trend, trend.trend, trend_frame([12_345.0]), NOTES),
    "trend 25": (trend, trend.trend, trend_frame([1e6 + 5e4 * n for n in range(25)]), NOTES),
    "trend huge": (trend, trend.trend, trend_frame([1.5e12] * 8, 1.6e12), {"gap": -1e11}),
    "trend partial": (trend, trend.trend, trend_frame(partial=True), NOTES),
    "bridge zero": (bridge, bridge.bridge, bridge_frame(amounts=[0] * 13), {}),
    "bridge unknown": (bridge, bridge.bridge, bridge_frame(amounts=[NAN] * 13), {}),
    "bridge below zero": (
        bridge,
        bridge.bridge,
        bridge_frame(amounts=[100, 200, 0, 0, 0, 0, -900, 0, 0, -100, -200, 0, -900]),
        {},
    ),
    "bridge huge": (bridge, bridge.bridge, bridge_frame(factor=1e6), {}),
    "bridge long": (bridge, bridge.bridge, bridge_frame(label=LONG), {}),
    "drivers zero": (drivers, drivers.drivers, drivers_frame(factor=0.0), {}),
    "drivers huge": (drivers, drivers.drivers, drivers_frame(factor=1e6), {}),
    "drivers long": (drivers, drivers.drivers, drivers_frame(label=LONG), {}),
    "drivers too early": (drivers, drivers.drivers, drivers_frame(usual=(NAN,) * 4), {}),
    "drivers one": (drivers, drivers.drivers, drivers_frame().iloc[:1], {}),
    "win rates long": (forest, forest.win_rates, forest_frame(name=LONG), REFERENCE),
    "win rates one": (
        forest,
        forest.win_rates,
        forest_frame().iloc[:1],
        {"reference_label": LONG},
    ),
    "win rates unknown": (
        forest,
        forest.win_rates,
        forest_frame().assign(rate=NAN, low=NAN, high=NAN, reference=NAN),
        {},
    ),
    "win rates 25": (forest, forest.win_rates, pd.concat([forest_frame()] * 9).iloc[:25], {}),
    "heat map long": (
        heat_map,
        heat_map.heat_map,
        heat_frame(label=LONG, text="1.234.567 €", suffix=LONG),
        {},
    ),
    "heat map one": (heat_map, heat_map.heat_map, heat_frame().iloc[:1], {}),
    "reasons long": (bars, bars.reasons, reasons_frame(label=LONG), {}),
    "reasons unknown": (
        bars,
        bars.reasons,
        reasons_frame().assign(count=[NAN, 0, 123_456], share=NAN),
        {},
    ),
    "funnel long": (funnel, funnel.stages, funnel_frame(name=LONG), {}),
    "funnel zero": (funnel, funnel.stages, funnel_frame(factor=0).assign(share=NAN), {}),
    "funnel huge": (funnel, funnel.stages, funnel_frame(factor=123_456), {}),
    "funnel one": (funnel, funnel.stages, funnel_frame().iloc[:1], {}),
    "outlook no target": (outlook, outlook.outlook, outlook_frame(target=NAN, booked=0.0), {}),
    "outlook zero": (outlook, outlook.outlook, outlook_frame(0.0, 0.0, 0.0, 0.0, NAN), {}),
    "outlook at its target": (outlook, outlook.outlook, outlook_frame(target=1.5e6), {}),
    "outlook narrow": (
        outlook,
        outlook.outlook,
        outlook_frame(2.30e6, 2.31e6, 2.32e6, 2.29e6, 2.30e6),
        {},
    ),
    "outlook small": (outlook, outlook.outlook, outlook_frame(1e4, 2e4, 3e4, 5e3, 9e6), {}),
    "outlook below zero": (outlook, outlook.outlook, outlook_frame(-9e4, 2e4, 3e5, -1e5), {}),
    "outlook huge": (outlook, outlook.outlook, outlook_frame(1e12, 2e12, 3e12, 5e11, 9e12), {}),
    "pace zero": (pace, pace.pace, pace_frame(factor=0.0) * 0.0, {"target": 0.0}),
    "pace unknown": (
        pace,
        pace.pace,
        pace_frame(known=0)[["week"]].assign(won=NAN, middle=NAN, low=NAN, high=NAN),
        {},
    ),
    "pace one": (pace, pace.pace, pace_frame().iloc[:1], {"target": 1e6}),
    "pace unfinished": (pace, pace.pace, pace_frame(known=7), {"target": 2e6}),
    "pace ahead": (pace, pace.pace, pace_frame(factor=3.0, known=9), {"target": 2e6}),
    "pace below zero": (pace, pace.pace, pace_frame(factor=-0.3), {"target": 2e6}),
    "pace huge": (
        pace,
        pace.pace,
        pace_frame().assign(won=1e12, middle=NAN, low=NAN, high=NAN),
        {"target": 2e12},
    ),
}


def draw_of(case, formats):
    """Return module, frame and the chart bound to its frame."""
    module, chart, frame, options = case
    return module, frame, partial(chart, frame, formats=formats, **options)


@pytest.fixture(params=CHARTS.values(), ids=CHARTS.keys())
def chart(request):
    """Return every chart with its ordinary frame."""
    return request.param


@pytest.fixture(params=(CHARTS | ODD).values(), ids=(CHARTS | ODD).keys())
def any_case(request):
    """Return every chart with its ordinary frame and with every odd one."""
    return request.param


@pytest.fixture
def drawn():
    """Return the function that binds a chart to its frame."""
    return draw_of


@pytest.fixture
def frames():
    """Return the makers of frames by name."""
    return {
        "trend": trend_frame,
        "bridge": bridge_frame,
        "drivers": drivers_frame,
        "win rates": forest_frame,
        "heat map": heat_frame,
        "reasons": reasons_frame,
        "funnel": funnel_frame,
        "pace": pace_frame,
        "outlook": outlook_frame,
    }
