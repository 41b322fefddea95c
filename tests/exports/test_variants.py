"""The other forms in which a system writes the same: languages, stage labels, logical names."""

import csv
import hashlib
import io

import pytest

from qbr_lib.data import mapping
from qbr_lib.data.sources import open_source
from qbr_lib.parameters import load_workspace


@pytest.fixture
def mapped(write_workspace):
    """Return a function that maps files by a shipped mapping and gives its tables as dicts."""

    def run(name, files, **source):
        empty = {"opportunities.csv": None, "teams.csv": None}
        texts = {key: _text(rows) for key, rows in files.items()}
        place = load_workspace(write_workspace(empty | texts, mapping=name, source=source))
        with open_source(place) as raw:
            tables = mapping.apply(raw, place)
            return {
                table: raw.connection.sql(f'SELECT * FROM mapped."{table}" ORDER BY _row')
                .to_arrow_table()
                .to_pylist()
                for table in tables
            }

    return run


def _text(rows):
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


HUBSPOT = {
    "Record ID": "1",
    "Deal Name": "Pump",
    "Deal Stage": "Proposal",
    "Close Date": "2026-07-10 17:00",
    "Create Date": "2026-05-01 09:00",
}


def _hubspot(mapped, column, values):
    """Return the deals of one export with each value in a column."""
    rows = [HUBSPOT | {"Record ID": str(n), column: value} for n, value in enumerate(values)]
    return dict(zip(values, mapped("hubspot", {"deals.csv": rows})["opportunities"], strict=True))


LABELS = {
    "Closed won": "won",
    "Closed Won (Sales Pipeline)": "won",
    "closedwon": "won",
    "Abgeschlossen und gewonnen": "won",
    "Gewonnen – Rahmenvertrag": "won",
    "Closed lost": "lost",
    "closedlost": "lost",
    "Abgeschlossen und verloren": "lost",
    "Geschlossen – verloren": "lost",
    "Verlorene Angebote": "lost",
    "Not won": "lost",
    "Nicht gewonnen": "lost",
    "Wonderful opportunity": "open",
    "Lostwithiel office": "open",
    "Contract sent": "open",
}


def test_hubspot_stage_labels(mapped):
    """Won and lost are read from the words of a stage, in both languages, and only from words."""
    deals = _hubspot(mapped, "Deal Stage", LABELS)
    assert {label: deal["status"] for label, deal in deals.items()} == LABELS
    for label, deal in deals.items():
        running = LABELS[label] == "open"
        assert deal["closed_on"] == (None if running else "2026-07-10 17:00")
        assert deal["stage"] == (label if running else None)


def test_hubspot_flags_before_labels(mapped):
    """Where the export says what is closed and won, the stage's words do not count."""
    flags = {
        ("true", "true"): "won",
        ("false", "true"): "lost",
        ("false", "false"): "open",
        ("", ""): "lost",
    }
    rows = [
        HUBSPOT
        | {"Record ID": f"{won}{closed}", "Deal Stage": "Lost & found"}
        | {"Is Closed Won": won, "Is Deal Closed?": closed}
        for won, closed in flags
    ]
    rows[-1]["Record ID"] = "none"
    deals = mapped("hubspot", {"deals.csv": rows})["opportunities"]
    assert [deal["status"] for deal in deals] == list(flags.values())


RENEWALS = {
    "Renewal": "true",
    "Vertragsverlängerung": "true",
    "New Business": "false",
    "Neugeschäft": "false",
    "Existing Business": None,
    "Bestandsgeschäft": None,
    "": None,
}


def test_hubspot_renewals(mapped):
    """A deal is a renewal only where its type says so; of existing business nothing is known."""
    deals = _hubspot(mapped, "Deal Type", RENEWALS)
    assert {kind: deal["is_renewal"] for kind, deal in deals.items()} == RENEWALS


@pytest.mark.parametrize(
    ("files", "team", "teams"),
    [
        ({}, "Sales", ["Sales"]),
        ({"Deal owner": "Eva", "HubSpot Team": "Nord"}, "Nord", ["Nord"]),
    ],
    ids=["neither", "HubSpot team"],
)
def test_hubspot_teams(mapped, files, team, teams):
    """The team is HubSpot's own, else all deals belong to one team."""
    tables = mapped("hubspot", {"deals.csv": [HUBSPOT | files]})
    assert tables["opportunities"][0]["team_id"] == team
    assert [row["team_id"] for row in tables["teams"]] == teams


def test_hubspot_owners(mapped):
    """A file `owners` says who is in which team; a deal of nobody in it is left to no team."""
    deals = [HUBSPOT | {"Deal owner": "Eva"}, HUBSPOT | {"Record ID": "2", "Deal owner": "Max"}]
    owners = [{"Owner": "Eva", "Team": "Nord"}]
    tables = mapped("hubspot", {"deals.csv": deals, "owners.csv": owners})
    assert [row["team_id"] for row in tables["opportunities"]] == [None, None]
    assert [(row["rep_id"], row["team_id"]) for row in tables["reps"]] == [("Eva", "Nord")]
    assert [row["team_id"] for row in tables["teams"]] == ["Nord"]


@pytest.mark.parametrize(
    "heading",
    [
        'Date entered "{stage} (Sales)"',
        "Date entered '{stage} (Sales)'",
        "Datum des Eintritts in „{stage} (Sales)“",
        'Eintrittsdatum "{stage}"',
    ],
)
def test_hubspot_entered_stages(mapped, heading):
    """The day on which each stage was entered becomes an event; other days do not."""
    days = {"Neu": "2026-05-01 09:00", "Angebot": "", "Auftrag verloren": "2026-06-01 10:00"}
    row = HUBSPOT | {heading.format(stage=stage): day for stage, day in days.items()}
    row |= {heading.format(stage="Neu").replace("ent", "exit").replace("Ein", "Aus"): "2026-05-09"}
    events = mapped("hubspot", {"deals.csv": [row]})["opportunity_events"]
    told = sorted((one["changed_at"], one["field"], one["new_value"]) for one in events)
    assert told == [
        ("2026-05-01 09:00", "stage", "Neu"),
        ("2026-05-01 09:00", "status", "open"),
        ("2026-06-01 10:00", "stage", None),
        ("2026-06-01 10:00", "status", "lost"),
    ]


def test_hubspot_company_currency(mapped):
    """An amount in the company's currency needs no rate; without it the deal's own counts."""
    rows = [
        HUBSPOT | {"Amount": "100", "Currency": "CHF", "Amount in company currency": "105"},
        HUBSPOT | {"Record ID": "2", "Amount": "7", "Currency": "CHF"},
    ]
    rows[1]["Amount in company currency"] = ""
    deals = mapped("hubspot", {"deals.csv": rows})["opportunities"]
    assert [(deal["amount"], deal["currency"]) for deal in deals] == [("105", None), ("7", "CHF")]


def test_hubspot_property_history(mapped):
    """The tables of a property history give stage, amount, planned day and owner with their moments."""
    deal = {
        "deal_id": "1",
        "deal_pipeline_id": "p",
        "deal_pipeline_stage_id": "s2",
        "owner_id": "9",
    }
    deal |= {"is_deleted": "false", "property_createdate": "2026-05-01 08:00:00"}
    deal |= {"property_closedate": "2026-06-30 22:30:00", "property_amount": "50"}
    stages = [
        {"stage_id": "s1", "label": "Talk", "closed_won": "FALSE", "is_closed": "FALSE"},
        {"stage_id": "s2", "label": "Done", "closed_won": "TRUE", "is_closed": "TRUE"},
    ]
    history = [
        ("2026-05-01 08:00:00", "dealstage", "s1"),
        ("2026-05-01 08:00:00", "closedate", "1782777600000"),
        ("2026-06-30 22:30:00", "dealstage", "s2"),
        ("2026-06-30 22:30:00", "amount", "50"),
        ("2026-06-30 22:30:00", "hubspot_owner_id", "9"),
        ("2026-06-30 22:30:00", "dealname", "ignored"),
    ]
    tables = mapped(
        "hubspot",
        {
            "deal_data.csv": [deal],
            "deal_pipeline_stage_data.csv": stages,
            "deal_pipeline_data.csv": [{"pipeline_id": "p", "label": "Main"}],
            "deal_property_history_data.csv": [
                {"deal_id": "1", "timestamp": at, "name": name, "value": value}
                for at, name, value in history
            ],
            "owner_data.csv": [{"owner_id": "9", "first_name": "Eva", "last_name": "L."}],
            "owner_team_data.csv": [{"owner_id": "9", "team_id": "t"}],
            "team_data.csv": [{"id": "t", "name": "Nord"}],
        },
    )
    (row,) = tables["opportunities"]
    assert (row["status"], row["segment"], row["amount"]) == ("won", "Main", "50")
    assert row["closed_on"] == "2026-06-30 22:30:00+00:00"
    (rep,) = tables["reps"]
    assert (rep["rep_id"], rep["name"], rep["team_id"]) == ("9", "Eva L.", "Nord")
    told = {
        (one["changed_at"], one["field"], one["new_value"]) for one in tables["opportunity_events"]
    }
    assert told == {
        ("2026-05-01 08:00:00+00:00", "stage", "Talk"),
        ("2026-05-01 08:00:00+00:00", "status", "open"),
        ("2026-05-01 08:00:00+00:00", "expected_close_on", "2026-06-30 00:00:00"),
        ("2026-06-30 22:30:00+00:00", "stage", None),
        ("2026-06-30 22:30:00+00:00", "status", "won"),
        ("2026-06-30 22:30:00+00:00", "amount", "50"),
        ("2026-06-30 22:30:00+00:00", "owner_id", "9"),
    }


DYNAMICS = {
    "English": {
        "Topic": "Pump", "Potential Customer": "ACME", "Status": "Lost", "Status Reason": "Out-Sold",
        "Est. close date": "6/30/2026", "Actual Close Date": "7/1/2026", "Est. revenue": "10",
        "Actual Revenue": "0", "Created On": "5/1/2026 9:00", "Owner": "Eva", "Currency": "US Dollar",
    },
    "German": {
        "Thema": "Pump", "Potenzieller Kunde": "ACME", "Status": "Verloren", "Statusgrund": "Out-Sold",
        "Geschätzter Abschluss": "6/30/2026", "Tatsächliches Abschlussdatum": "7/1/2026",
        "Geschätzter Umsatz": "10", "Tatsächlicher Umsatz": "0", "Erstellt am": "5/1/2026 9:00",
        "Besitzer": "Eva", "Währung": "US Dollar",
    },
    "logical": {
        "name": "Pump", "customeridname": "ACME", "statecode": "2", "statuscodename": "Out-Sold",
        "estimatedclosedate": "6/30/2026", "actualclosedate": "7/1/2026", "estimatedvalue": "10",
        "actualvalue": "0", "createdon": "5/1/2026 9:00", "owneridname": "Eva",
        "isocurrencycode": "USD",
    },
}  # fmt: skip


@pytest.mark.parametrize("form", DYNAMICS)
def test_dynamics_forms(mapped, form):
    """A view in either language and the logical names of Dataverse give the same deal."""
    (deal,) = mapped("dynamics", {"All Opportunities.csv": [DYNAMICS[form]]})["opportunities"]
    wanted = {
        "team_id": "Sales Team", "status": "lost", "closed_on": "7/1/2026", "name": "Pump",
        "created_on": "5/1/2026 9:00", "expected_close_on": "6/30/2026", "account_id": "ACME",
        "owner_id": "Eva", "amount": "10", "currency": "USD", "reason": "Out-Sold",
        "opportunity_id": hashlib.md5(b"Pump|5/1/2026 9:00|ACME").hexdigest()[:12],
    }  # fmt: skip
    assert {key: deal[key] for key in wanted} == wanted


def test_dynamics_ids_are_stable(mapped):
    """Without an id a deal keeps the one made of what does not change; repeats are numbered."""
    one = DYNAMICS["English"]
    moved = one | {"Status": "Open", "Owner": "Max", "Est. revenue": "99"}
    first = mapped("dynamics", {"opportunity.csv": [one, one | {"Topic": "Valve"}, one]})
    ids = [deal["opportunity_id"] for deal in first["opportunities"]]
    assert ids[2] == f"{ids[0]}-2"
    again = mapped("dynamics", {"opportunity.csv": [one | {"Topic": "Waage"}, moved]})
    assert again["opportunities"][1]["opportunity_id"] == ids[0]


def test_dynamics_base_amounts(mapped):
    """Money "in base" is in the organisation's currency: no rate is needed for it."""
    row = DYNAMICS["English"] | {"Est. revenue (Base)": "12", "Currency": "Euro"}
    deal = mapped("dynamics", {"opportunity.csv": [row]})["opportunities"][0]
    assert (deal["amount"], deal["currency"]) == ("12", None)


GOAL = {"Name": "Sales Team Q1 FY2026", "Goal Owner": "Eva", "Target": "$1,000.00 "}
GOAL |= {"Fiscal Period": "Quarter 1", "Fiscal Year": "FY2026", "Parent Goal": ""}


def test_dynamics_goals(mapped):
    """Goals without a parent are the team's targets, the others their owners'; other periods are none."""
    below = GOAL | {"Name": "Eva Q1", "Parent Goal": GOAL["Name"], "Target": "400"}
    yearly = GOAL | {"Fiscal Period": "Annual"}
    files = {"opportunity.csv": [DYNAMICS["English"]], "goal.csv": [GOAL, below, yearly]}
    found = mapped("dynamics", files)["targets"]
    told = [(row["quarter"], row["scope"], row["scope_id"], row["value"]) for row in found]
    assert told == [
        ("2026-Q1", "team", "Sales Team", "$1,000.00"),
        ("2026-Q1", "rep", "Eva", "400"),
    ]


def test_a_plan_goes_before_the_goals(mapped):
    """Targets of the plan replace those of the goals as a whole."""
    plan = {"quarter": "2026-Q1", "scope": "company", "scope_id": "", "kind": "revenue"}
    files = {"opportunity.csv": [DYNAMICS["English"]], "goal.csv": [GOAL]}
    found = mapped("dynamics", files | {"targets.csv": [plan | {"value": "7"}]})["targets"]
    assert [(row["scope"], row["value"]) for row in found] == [("company", "7")]


PIPEDRIVE = {
    "English": {
        "Deal - ID": "5", "Deal - Title": "Pump", "Deal - Value": "10", "Deal - Status": "Lost",
        "Deal - Owner": "Eva", "Deal - Deal created": "2026-05-01 09:00:00",
        "Deal - Lost time": "2026-07-01 10:00:00", "Deal - Expected close date": "2026-06-30",
        "Deal - Lost reason": "Price", "Deal - Organization": "ACME", "Deal - Currency": "EUR",
    },
    "English, no prefix": {
        "ID": "5", "Title": "Pump", "Value": "10", "Status": "Lost", "Owner": "Eva",
        "Deal created": "2026-05-01 09:00:00", "Lost time": "2026-07-01 10:00:00",
        "Expected close date": "2026-06-30", "Lost reason": "Price", "Organization": "ACME",
        "Currency": "EUR",
    },
    "German": {
        "Deal - ID": "5", "Deal - Titel": "Pump", "Deal - Wert": "10", "Deal - Status": "Verloren",
        "Deal - Besitzer": "Eva", "Deal - Deal erstellt": "2026-05-01 09:00:00",
        "Deal - Datum des verlorenen Deals": "2026-07-01 10:00:00",
        "Deal - Erwartetes Abschlussdatum": "2026-06-30", "Deal - Verlustgrund": "Price",
        "Deal - Organisation": "ACME", "Deal - Währung": "EUR",
    },
    "German, no prefix, day closed": {
        "ID": "5", "Titel": "Pump", "Wert": "10", "Status": "verloren", "Besitzer": "Eva",
        "Deal erstellt": "2026-05-01 09:00:00", "Deal abgeschlossen am": "2026-07-01 10:00:00",
        "Erwartetes Abschlussdatum": "2026-06-30", "Verlustgrund": "Price", "Organisation": "ACME",
        "Währung": "EUR",
    },
}  # fmt: skip


@pytest.mark.parametrize("form", PIPEDRIVE)
def test_pipedrive_forms(mapped, form):
    """Both languages, with and without "Deal - ", give the same deal; deleted ones are left out."""
    gone = {
        key: "deleted" if value in ("Lost", "Verloren", "verloren") else value
        for key, value in PIPEDRIVE[form].items()
    }
    (deal,) = mapped("pipedrive", {"deals-1-2.csv": [PIPEDRIVE[form], gone]})["opportunities"]
    wanted = {
        "opportunity_id": "5", "team_id": "Sales", "status": "lost", "name": "Pump",
        "closed_on": "2026-07-01 10:00:00", "created_on": "2026-05-01 09:00:00",
        "expected_close_on": "2026-06-30", "owner_id": "Eva", "amount": "10", "reason": "Price",
        "account_id": "ACME", "currency": "EUR", "stage": None,
    }  # fmt: skip
    assert {key: deal[key] for key in wanted} == wanted


LIST = {
    "German": {
        "Auftragsnummer": "5", "Bezeichnung": "Pump", "Kunde": "ACME", "Team": "Nord",
        "Vertriebler": "Eva", "Status": "Gewonnen", "Phase": "Angebot", "Wert": "10",
        "Angelegt am": "01.05.2026", "Geplanter Abschluss": "30.06.2026",
        "Abgeschlossen am": "01.07.2026", "Produkt": "Pumps", "Gebiet": "North", "Grund": "Price",
        "Wettbewerber": "Other",
    },
    "English": {
        "Opportunity ID": "5", "Title": "Pump", "Customer": "ACME", "Sales Team": "Nord",
        "Owner": "Eva", "Outcome": "won", "Stage": "Angebot", "Value": "10",
        "Created On": "01.05.2026", "Expected Close": "30.06.2026", "Closed On": "01.07.2026",
        "Product": "Pumps", "Region": "North", "Loss Reason": "Price", "Competitor": "Other",
    },
    "a phase that says it": {
        "Nr.": "5", "Projekt": "Pump", "Firma": "ACME", "Vertriebsteam": "Nord", "Betreuer": "Eva",
        "Phase": "Gewonnen", "Betrag (EUR)": "10", "Anlagedatum": "01.05.2026",
        "Plandatum": "30.06.2026", "Abschlussdatum": "01.07.2026", "Warengruppe": "Pumps",
        "Region": "North", "Absagegrund": "Price", "Konkurrent": "Other",
    },
}  # fmt: skip


@pytest.mark.parametrize("form", LIST)
def test_csv_forms(mapped, form):
    """German and English headings, with a status or only a phase, give the same deal."""
    (deal,) = mapped("csv", {"Export Juli.csv": [LIST[form]]})["opportunities"]
    wanted = {
        "opportunity_id": "5", "team_id": "Nord", "status": "won", "name": "Pump", "stage": None,
        "closed_on": "01.07.2026", "created_on": "01.05.2026", "expected_close_on": "30.06.2026",
        "account_id": "ACME", "owner_id": "Eva", "amount": "10", "product": "Pumps",
        "territory": "North", "reason": "Price", "competitor": "Other",
    }  # fmt: skip
    assert {key: deal[key] for key in wanted} == wanted


def test_csv_unknown_status(mapped):
    """A status that is none of the known words stays as it is, so that its row is rejected."""
    rows = [LIST["German"] | {"Status": "pausiert"}]
    assert mapped("csv", {"deals.csv": rows})["opportunities"][0]["status"] == "pausiert"
