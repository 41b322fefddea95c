"""How the files of an export are written: what is proven, what is left open, what differs."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbr_lib.data import prepare
from qbr_lib.parameters import UNDECIDED, Workspace, parse
from qbr_lib.parameters.models import Organisation
from qbr_lib.start.export import propose
from tests.conftest import REAL_DATA

DEALS = "id;amount;created\n"


@pytest.fixture
def proposed(tmp_path):
    """Return a function that writes files and returns the keys, and the keys per file."""

    def make(files):
        for name, text in files.items():
            content = text if isinstance(text, bytes) else text.encode("utf-8")
            (tmp_path / name).write_bytes(content)
        found = propose(tmp_path)
        common = {one.key: one.value for one in found.statements}
        return common, {
            stem: {one.key: one.value for one in given} for stem, given in found.files.items()
        }

    return make


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["1.054,00"], {"decimal": ",", "thousands": "."}),
        (["1,054.00", "12"], {"decimal": ".", "thousands": ","}),
        (["1054,5"], {"decimal": ","}),
        (["1054.55", "3"], {"decimal": "."}),
        (["0,123"], {"decimal": ","}),
        (["1.234.567"], {"decimal": ",", "thousands": "."}),
        (["1'054.50"], {"decimal": ".", "thousands": "'"}),
        (["1'054"], {"thousands": "'"}),
        (["1 054,50 €", "2\N{NARROW NO-BREAK SPACE}100,00 €"], {"decimal": ","}),
        (["$7,450,000.00 ", "$0.00 "], {"decimal": ".", "thousands": ","}),
        (["EUR 12,5", "-3,25"], {"decimal": ","}),
        (["9.561", "2,5"], {"decimal": ",", "thousands": "."}),
        (["12", "7"], {}),
        (["0301.234", "0302.555"], {"decimal": "."}),
        (["007", "012"], {}),
        (["1.054"], {"decimal": UNDECIDED}),
        (["12,5", "12.5"], {"decimal": UNDECIDED}),
        (["about 1,5", "some", "1,5"], {}),
    ],
)
def test_numbers(proposed, cells, wanted):
    """Decimals and thousands are stated where a cell proves them, else left to a person."""
    common, _ = proposed({"x.csv": "id;a\n" + "".join(f"i;{cell}\n" for cell in cells)})
    del common["delimiter"]
    common.pop("encoding", None)  # a euro sign tells it
    assert common == wanted


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["13/02/2026", "01/02/2026"], ["%d/%m/%Y"]),
        (["02/13/2026", "01/02/2026"], ["%m/%d/%Y"]),
        (["02/23/26", "02/23/26 08:55 PM"], ["%m/%d/%y", "%m/%d/%y %I:%M %p"]),
        (["5/20/2024 7:42", "8/31/2024"], ["%m/%d/%Y", "%m/%d/%Y %H:%M"]),
        (["30.9.26", "30.09.2026"], ["%d.%m.%y", "%d.%m.%Y"]),
        (["31.12.2026 23:59:59"], ["%d.%m.%Y %H:%M:%S"]),
        (["31-12-2026"], ["%d-%m-%Y"]),
        (["31-Dec-2026"], ["%d-%b-%Y"]),
        (["31 December 2026", "1 June 2026"], ["%d %B %Y"]),
        (["Dec 31, 2026"], ["%b %d, %Y"]),
        (["2026/12/31"], ["%Y/%m/%d"]),
        (["2026-12-31", "2026-12-31T10:00:00Z"], None),
        (["01/02/2026", "11/12/2026"], UNDECIDED),
        (["01.02.2026"], UNDECIDED),
        (["13/02/2026", "02/13/2026"], None),
        (["192.168.1.1", "45.99.12"], None),
    ],
)
def test_days(proposed, cells, wanted):
    """The formats read every day; which comes first is stated where a part above 12 proves it."""
    common, _ = proposed({"x.csv": "id;a\n" + "".join(f"i;{cell}\n" for cell in cells)})
    assert common.get("date_formats") == wanted


def test_days_prove_each_other(proposed):
    """One column or file proves the order for the others; two that disagree prove nothing."""
    first = {"a.csv": "id;d;e\n1;01/02/2026;13/02/2026\n2;1/1/2026;13/02/2026\n"}
    common, files = proposed(first | {"b.csv": "id;d\n1;03/04/2026\n"})
    assert (common["date_formats"], files) == (["%d/%m/%Y"], {})
    american = {"c.csv": "id;d\n1;03/25/2026 10:00\n"}
    common, files = proposed(american)
    assert common["date_formats"] == ["%d/%m/%Y"]
    assert files == {
        "c": {"date_formats": ["%m/%d/%Y %H:%M"]},
        "b": {"date_formats": UNDECIDED},
    }


def test_choices(tmp_path):
    """What is open names each reading in full, so that a person can copy one."""
    (tmp_path / "x.csv").write_text("id;a;d\n1;1.054;01/02/26\n2;2.054;01/02/26 10:00\n")
    found = {one.key: one for one in propose(tmp_path).statements}
    assert found["date_formats"].choices == (
        {"date_formats": ["%d/%m/%y", "%d/%m/%y %H:%M"]},
        {"date_formats": ["%m/%d/%y", "%m/%d/%y %H:%M"]},
    )
    assert found["decimal"].choices == (
        {"decimal": ".", "thousands": ","},
        {"decimal": ",", "thousands": "."},
    )


def test_files_that_differ(proposed):
    """The largest file is the rule; another is named with what it needs, and with that only."""
    large = "id;a\n" + "1;1.054,50\n" * 5
    common, files = proposed(
        {
            "Große.csv": (large + "ä;1,5\n").encode("cp1252"),
            "Plain.csv": "id;a\n1;2,5\n",
            "English.csv": "id,a\n1,2.5\nü,1\n",
        }
    )
    assert common == {"encoding": "cp1252", "delimiter": ";", "decimal": ",", "thousands": "."}
    assert files == {
        "English": {"encoding": "utf-8", "delimiter": ",", "decimal": ".", "thousands": ""}
    }


def test_typed_cells_prove_nothing(tmp_path):
    """Numbers and days that Excel and Parquet hold as such are read anyway; their texts count."""
    frame = pd.DataFrame({"id": ["a"], "n": [1.5], "d": [dt.date(2026, 5, 4)], "t": ["1.054,00"]})
    frame.to_excel(tmp_path / "x.xlsx", index=False)
    frame.to_parquet(tmp_path / "y.parquet")
    found = {one.key: one.value for one in propose(tmp_path).statements}
    assert found == {"decimal": ",", "thousands": "."}


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (
            "maven_de_derived",
            {"encoding": "cp1252", "delimiter": ";", "decimal": ",", "thousands": "."}
            | {"date_formats": ["%d.%m.%Y"]},
        ),
        (
            "sfdc_devorg",
            {"delimiter": ",", "date_formats": ["%m/%d/%y", "%m/%d/%y %I:%M %p"]},
        ),
        (
            "d365_contoso_coffee",
            {"encoding": "utf-8", "delimiter": ",", "decimal": ".", "thousands": ","}
            | {"date_formats": ["%m/%d/%Y %H:%M", "%m/%d/%Y"]},
        ),
        ("olist_funnel", {"delimiter": ",", "date_formats": ["%d-%m-%Y", "%d-%m-%Y %H:%M"]}),
        (
            "saas_sales_superstore",
            {"encoding": "mac_roman", "delimiter": ",", "decimal": "."}
            | {"date_formats": ["%m/%d/%Y"]},
        ),
    ],
)
def test_real_exports(name, wanted):
    """Exports of five systems: what people wrote by hand for them, or would have."""
    found = propose(REAL_DATA / name)
    assert {one.key: one.value for one in found.statements} == wanted
    assert found.files == {}


WRITERS = {  # decimal, thousands, day
    "German": (",", ".", "%d.%m.%Y"),
    "American": (".", ",", "%m/%d/%Y"),
    "British": (".", "", "%d/%m/%y"),
    "Swiss": (".", "'", "%d.%m.%Y"),
    "French": (",", "\N{NO-BREAK SPACE}", "%d/%m/%Y"),
}
ROWS = st.lists(
    st.tuples(
        st.integers(0, 10**9).map(lambda cents: cents / 100),
        st.dates(dt.date(2000, 1, 1), dt.date(2030, 12, 31)),
    ),
    min_size=1,
    max_size=12,
)


def _number(value, decimal, thousands):
    return f"{value:,.2f}".replace(",", "x").replace(".", decimal).replace("x", thousands)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS, style=st.sampled_from(sorted(WRITERS)))
def test_what_is_proposed_reads_what_was_written(tmp_path, rows, style):
    """Whatever was written in whichever style, the proposal reads it back, or asks a person."""
    decimal, thousands, form = WRITERS[style]
    lines = [
        f"o{n};t;won;{day.strftime(form)};{_number(value, decimal, thousands)}"
        for n, (value, day) in enumerate(rows)
    ]
    text = "\n".join(["opportunity_id;team_id;status;closed_on;amount", *lines, ""])
    (tmp_path / "opportunities.csv").write_text(text, encoding="utf-8")
    (tmp_path / "teams.csv").write_text("team_id;name\nt;T\n", encoding="utf-8")
    keys = {one.key: one.value for one in propose(tmp_path).statements}
    if UNDECIDED in keys.values():
        assert all(day.day <= 12 for _, day in rows)
        return
    source = {"kind": "folder", "path": str(tmp_path)} | keys
    data = {"company": "P", "as_of": "2031-01-01", "source": source}
    organisation = parse(Organisation, data, path=tmp_path, lines={})
    read = prepare.prepare(Workspace(tmp_path, organisation), "2031-01-01", None)
    deals = read.tables["opportunities"]
    assert deals["amount"].to_list() == [value for value, _ in rows]
    assert deals["closed_on"].dt.date.to_list() == [day for _, day in rows]
