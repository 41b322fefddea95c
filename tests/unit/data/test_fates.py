"""Rejected rows and flagged rows: each kind once, with its reason, place and money."""

import pandas as pd
import pytest

from qbr_lib.data import check
from qbr_lib.data.hygiene import FLAGS
from qbr_lib.data.validate import REASONS
from qbr_lib.parameters import load_workspace
from qbr_lib.words import in_language
from tests.conftest import OPPORTUNITIES, TEAMS

FINE = "o9{n},nord,won,2026-07-{day:02d},2026-05-01,2026-07-15,Pumpe,r1,,10.00,10.00\n"
MANY = OPPORTUNITIES + "".join(FINE.format(n=n, day=1 + n % 28) for n in range(40))


def _report(write_workspace, extra, files=None, **org):
    root = write_workspace({"opportunities.csv": MANY + extra} | (files or {}), **org)
    return check.check(load_workspace(root))


@pytest.mark.parametrize(
    ("row", "reason", "column", "money"),
    [
        (
            "b1,nord,won,2026-07-01,2026-05-01,,Pumpe,r1,,viel,1.00",
            "unreadable",
            "amount",
            float("nan"),
        ),
        ("b1,nord,won,07/01/2026,2026-05-01,,Pumpe,r1,,5.00,1.00", "unreadable", "closed_on", 5.0),
        ("b1,nord,maybe,,2026-05-01,,Pumpe,r1,,5.00,1.00", "unreadable", "status", 5.0),
        (",nord,open,,2026-05-01,,Pumpe,r1,,5.00,1.00", "missing", "opportunity_id", 5.0),
        (
            "b1,nord,won,2026-04-01,2026-05-01,,Pumpe,r1,,5.00,1.00",
            "closed_before_created",
            "closed_on",
            5.0,
        ),
        ("b1,nord,lost,,2026-05-01,,Pumpe,r1,,5.00,1.00", "closed_without_day", "closed_on", 5.0),
    ],
    ids=["amount", "day", "status", "id", "before creation", "without day"],
)
def test_rejected_row(write_workspace, row, reason, column, money):
    """A row that cannot be used is set aside with its reason, column, file, line and money."""
    report = _report(write_workspace, row + "\n")
    (bad,) = report.data.rejected.to_dict(orient="records")
    assert (bad["reason"], bad["column"], bad["table"]) == (reason, column, "opportunities")
    assert (bad["file"], bad["line"]) == ("opportunities.csv", 46)
    assert bad["money"] == money or (pd.isna(bad["money"]) and pd.isna(money))
    assert len(report.data.tables["opportunities"]) == 44


def test_repeated_id_rejects_all_its_rows(write_workspace):
    """An id that stands twice says nothing certain about either row."""
    again = "o1,nord,open,,2026-05-01,,Pumpe,r1,,7.00,1.00\n"
    report = _report(write_workspace, again)
    assert report.data.rejected["id"].tolist() == ["o1", "o1"]
    assert report.data.rejected["reason"].tolist() == ["repeated", "repeated"]
    assert "o1" not in report.data.tables["opportunities"]["opportunity_id"].tolist()


def test_rows_in_are_kept_or_rejected(write_workspace):
    """No row vanishes: rows in = kept + rejected, and the report's JSON says so."""
    report = _report(write_workspace, "b1,nord,lost,,2026-05-01,,Pumpe,r1,,5.00,1.00\n")
    (line,) = [row for row in report.to_json()["tables"] if row["table"] == "opportunities"]
    assert line["rows_in"] == 45
    assert line["kept"] + line["rejected"] == 45
    assert line["rejected"] == 1


REPS = "rep_id,team_id\nr1,nord\nr2,sued\n"


@pytest.mark.parametrize(
    ("row", "flag"),
    [
        ("b1,nord,won,2026-07-01,2026-05-01,,Pumpe,r1,,,1.00", "missing_amount"),
        ("b1,nord,won,2026-07-01,2026-05-01,,Pumpe,r1,,-5.00,1.00", "negative_amount"),
        ("b1,nord,open,,2026-05-01,2026-06-01,Pumpe,r1,,5.00,1.00", "overdue"),
        ("b1,mars,open,,2026-05-01,,Pumpe,,,5.00,1.00", "unknown_team"),
        ("b1,nord,open,,2026-05-01,,Pumpe,r9,,5.00,1.00", "unknown_owner"),
        ("b1,nord,open,,,,Pumpe,r1,,5.00,1.00", "missing_created"),
    ],
    ids=lambda value: value if "," not in value else "",
)
def test_kept_and_flagged(write_workspace, row, flag):
    """A doubtful row is kept, and named with its flag."""
    report = _report(write_workspace, row + "\n", {"reps.csv": REPS})
    assert "b1" in report.data.tables["opportunities"]["opportunity_id"].tolist()
    flags = report.data.flags
    assert flag in flags.loc[flags["opportunity_id"] == "b1", "flag"].tolist()


def test_unknown_team_is_unassigned(write_workspace):
    """A deal of a team that `teams` does not list is counted as unassigned."""
    report = _report(write_workspace, "b1,mars,won,2026-07-01,2026-05-01,,Pumpe,,,5.00,1.00\n")
    closed = report.counts.set_index("team_id")
    assert closed.loc["unassigned", "won_amount"] == 5.0


def test_foreign_amounts_need_a_rate(write_workspace):
    """A foreign amount is converted at its closing day; without a rate it is flagged."""
    header, *rows = MANY.splitlines()
    text = "\n".join([header + ",currency", *(row + "," for row in rows)]) + "\n"
    text += "f1,nord,won,2026-07-10,2026-05-01,,Pumpe,r1,,100.00,1.00,CHF\n"
    text += "f2,nord,won,2026-07-10,2026-05-01,,Pumpe,r1,,100.00,1.00,USD\n"
    rates = (
        "currency,valid_from,rate\nCHF,2026-01-01,1.05\nCHF,2026-07-11,2.00\nUSD,2026-08-01,0.9\n"
    )
    report = check.check(
        load_workspace(write_workspace({"opportunities.csv": text, "fx_rates.csv": rates}))
    )
    deals = report.data.tables["opportunities"].set_index("opportunity_id")
    assert deals.loc["f1", "amount"] == 105.0
    assert pd.isna(deals.loc["f2", "amount"])
    flags = report.data.flags
    assert flags.loc[flags["flag"] == "no_rate", "opportunity_id"].tolist() == ["f2"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        *((one, "2026-Q3") for one in ("2026-Q3", "2026Q3", "2026/q3", "Q3 2026", "Q3/2026")),
        *((one, None) for one in ("2026-Q5", "Q3", "3. Quartal", "2026-09-30")),
    ],
)
def test_quarters(write_workspace, written, kept):
    """A target's quarter is read year first or last; what is none is rejected and named."""
    text = f"quarter,scope,scope_id,kind,metric,value\n{written},team,nord,revenue,,5.00\n"
    report = check.check(load_workspace(write_workspace({"targets.csv": text})))
    assert report.data.tables["targets"]["quarter"].tolist() == ([kept] if kept else [])
    told = report.data.rejected[["reason", "column", "value"]].to_numpy().tolist()
    assert told == ([] if kept else [["unreadable", "quarter", written]])


def test_stages_that_no_deal_has(write_workspace):
    """A stage of org.yml that the data does not know is named; without stages none is asked for."""
    report = check.check(load_workspace(write_workspace(stages=["Propsal", "Proposal"])))
    assert report.unknown_stages == ["Propsal"]
    assert (
        "Stages of org.yml in which no deal is or was: Propsal; the data knows Proposal"
        in report.lines(in_language("en"))
    )
    none = OPPORTUNITIES.replace("Proposal", "")
    files = {"opportunities.csv": none}
    report = check.check(load_workspace(write_workspace(files, stages=["Propsal"])))
    assert report.unknown_stages == []


def test_german_numbers_and_days(write_workspace):
    """Decimal commas, thousands points and German days are read as the source states them."""
    german = (
        "opportunity_id;team_id;status;closed_on;created_on;amount\n"
        "g1;nord;won;10.07.2026;01.05.2026;1.054,50\n"
        "g2;nord;won;11.07.2026;01.05.2026;12,00 €\n"
    )
    root = write_workspace(
        {"opportunities.csv": german},
        source={"decimal": ",", "thousands": ".", "date_formats": "%d.%m.%Y", "delimiter": None},
    )
    (root / "data" / "teams.csv").write_text("team_id;name\nnord;Nord\n")
    deals = check.check(load_workspace(root)).data.tables["opportunities"]
    assert deals["amount"].tolist() == [1054.5, 12.0]
    assert deals["closed_on"].dt.strftime("%Y-%m-%d").tolist() == ["2026-07-10", "2026-07-11"]


def test_a_number_written_otherwise_is_not_coerced(write_workspace):
    """With decimal commas, "1054.50" is refused instead of becoming 105450."""
    german = "opportunity_id;team_id;status;closed_on;amount\ng1;nord;won;10.07.2026;1054.50\n"
    german += "".join(f"h{n};nord;won;10.07.2026;{n},00\n" for n in range(20))
    root = write_workspace(
        {"opportunities.csv": german, "teams.csv": "team_id;name\nnord;Nord\n"},
        source={"decimal": ",", "thousands": ".", "date_formats": "%d.%m.%Y"},
    )
    rejected = check.check(load_workspace(root)).data.rejected
    assert rejected["id"].tolist() == ["g1"]
    assert rejected["value"].tolist() == ["1054.50"]


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_report_reads_in_both_languages(write_workspace, language):
    """Every line of the report is filled; the German one differs from the English."""
    report = _report(
        write_workspace,
        "b1,nord,lost,,2026-05-01,,Pumpe,r1,,5.00,1.00\nb2,mars,open,,2026-05-01,,P,,,5.00,1.00\n",
    )
    text = "\n".join(report.lines(in_language(language)))
    assert "{" not in text
    assert "b1 (opportunities.csv 46)" in text
    expected = "Abgelehnt in opportunities" if language == "de" else "Rejected in opportunities"
    assert expected in text


def test_every_reason_and_flag_has_a_text():
    """The reasons and flags of the report are all declared with a text."""
    assert set(REASONS) == {
        "unreadable",
        "missing",
        "repeated",
        "closed_before_created",
        "closed_without_day",
    }
    assert all(FLAGS.values())
    assert TEAMS.startswith("team_id")
