"""The world as five systems export it, and as the canonical tables: one folder each.

Each writer fills `folder` and returns what the workspace says about it: the mapping's name, how the
source writes numbers and days.
"""

import csv
import datetime as dt
import zoneinfo

import openpyxl

from tests.exports.world import STAGES, TEAMS, targets

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
GROUPS = {"Nord": "Region", "Süd": "Region", "Großkunden": "Schlüsselkunden"}


def _csv(path, rows, *, encoding="utf-8", delimiter=",", quoting=csv.QUOTE_MINIMAL):
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter, quoting=quoting)
        writer.writeheader()
        writer.writerows(rows)


def _plan(folder, *, people=False):
    """Write the plan's workbook; the sheets that nobody has filled hold headings only."""
    book = openpyxl.Workbook()
    book.active.title = "targets"
    book["targets"].append(["quarter", "scope", "scope_id", "kind", "metric", "value"])
    for quarter, team, value in targets():
        book["targets"].append([quarter, "team", team, "revenue", None, value])
    book.create_sheet("market").append(
        ["quarter", "territory", "segment", "market_size", "source", "as_of"]
    )
    book.create_sheet("competitor_notes").append(["noted_on", "competitor", "note", "source"])
    book.create_sheet("teams").append(["team_id", "name", "manager", "territory", "group"])
    book.create_sheet("reps").append(["rep_id", "name", "team_id"])
    if people:
        for team, names in TEAMS.items():
            book["teams"].append([team, team, None, None, GROUPS[team]])
            for name in names:
                book["reps"].append([name, name, team])
    book.save(folder / "plan.xlsx")


def canonical(folder, deals):
    """Write the canonical tables themselves: what the others are held against."""
    _csv(folder / "teams.csv", [{"team_id": team, "name": team} for team in TEAMS])
    _csv(
        folder / "targets.csv",
        [
            {
                "quarter": quarter,
                "scope": "team",
                "scope_id": team,
                "kind": "revenue",
                "value": value,
            }
            for quarter, team, value in targets()
        ],
    )
    names = {"stage": "stage", "amount": "amount", "planned": "expected_close_on"}
    rows, events = [], []
    for deal in deals:
        rows.append(
            {
                "opportunity_id": deal.id,
                "team_id": deal.team,
                "status": deal.status,
                "closed_on": deal.closed.date() if deal.closed else "",
                "created_on": deal.created.date(),
                "expected_close_on": deal.planned,
                "name": deal.name,
                "account_id": deal.account,
                "amount": deal.amount,
                "stage": deal.stage if deal.status == "open" else "",
                "reason": deal.reason or "",
                "competitor": deal.competitor or "",
            }
        )
        state = dict(deal.first)
        for moment, name, value in deal.changes:
            event = {"opportunity_id": deal.id, "changed_at": moment, "field": names[name]}
            events.append(event | {"old_value": state[name], "new_value": value})
            state[name] = value
        if deal.closed:
            event = {"opportunity_id": deal.id, "changed_at": deal.closed, "field": "status"}
            events.append(event | {"old_value": "open", "new_value": deal.status})
    _csv(folder / "opportunities.csv", rows)
    _csv(folder / "opportunity_events.csv", events)
    return {"mapping": "sample", "source": {}}


def salesforce(folder, deals):
    """Write standard API names, moments in UTC, the state after each change in OpportunityHistory."""
    ended = {"won": "Closed Won", "lost": "Closed Lost"}
    users = {name: f"005{n:012d}" for n, name in enumerate(n for ns in TEAMS.values() for n in ns)}
    roles = {team: f"00E{n:012d}" for n, team in enumerate(TEAMS)}
    _csv(folder / "UserRole.csv", [{"Id": role, "Name": team} for team, role in roles.items()])
    _csv(
        folder / "User.csv",
        [
            {"Id": users[name], "Name": name, "UserRoleId": roles[team]}
            for team, names in TEAMS.items()
            for name in names
        ],
    )
    rows, history = [], []
    for deal in deals:
        rows.append(
            {
                "Id": f"006{deal.id}",
                "Name": deal.name,
                "OwnerId": users[deal.owner],
                "AccountId": f"001{deal.account}",
                "StageName": ended.get(deal.status, deal.stage),
                "Amount": f"{deal.amount:.2f}",
                "CloseDate": deal.closed.date() if deal.closed else deal.planned,
                "IsClosed": str(deal.status != "open").lower(),
                "IsWon": str(deal.status == "won").lower(),
                "CreatedDate": _utc(deal.created),
                "Type": deal.product,
                "LeadSource": deal.source,
                "Loss_Reason__c": deal.reason or "",
                "Competitor__c": deal.competitor or "",
            }
        )
        for moment, state in _states(deal):
            history.append(
                {
                    "Id": f"008{len(history)}",
                    "OpportunityId": f"006{deal.id}",
                    "CreatedDate": _utc(moment),
                    "StageName": ended.get(state["status"], state["stage"]),
                    "Amount": f"{state['amount']:.2f}",
                    "CloseDate": state["planned"],
                }
            )
    _csv(folder / "Opportunity.csv", rows)
    _csv(folder / "OpportunityHistory.csv", history)
    _plan(folder)
    return {"mapping": "salesforce", "source": {}}


def _utc(moment):
    there = moment.replace(tzinfo=BERLIN).astimezone(dt.UTC)
    return there.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _states(deal):
    """Yield the whole state of a deal after its creation and after each moment of change."""
    state = dict(deal.first) | {"status": "open"}
    steps = {deal.created: {}}
    for moment, name, value in deal.changes:
        steps.setdefault(moment, {})[name] = value
    if deal.closed:
        steps.setdefault(deal.closed, {}).update(status=deal.status, planned=deal.closed.date())
    for moment, new in steps.items():
        state |= new
        yield moment, dict(state)


def hubspot(folder, deals):
    """Write a German account's list of deals: two pipelines, the day each stage was entered."""
    ended = {
        "Vertriebspipeline": {
            "won": "Abgeschlossen und gewonnen",
            "lost": "Abgeschlossen und verloren",
        },
        "Schlüsselkunden": {"won": "Auftrag gewonnen (Rahmen)", "lost": "Geschlossen – verloren"},
    }
    columns = [(stage, pipe) for pipe, ends in ended.items() for stage in (*STAGES, *ends.values())]
    rows = []
    for deal in deals:
        pipe = "Schlüsselkunden" if deal.team == "Großkunden" else "Vertriebspipeline"
        entered = {(STAGES[0], pipe): deal.created}
        entered |= {(value, pipe): at for at, name, value in deal.changes if name == "stage"}
        if deal.closed:
            entered[ended[pipe][deal.status], pipe] = deal.closed
        rows.append(
            {
                "Datensatz-ID": deal.id,
                "Deal-Name": deal.name,
                "Pipeline": pipe,
                "Deal-Phase": ended[pipe].get(deal.status, deal.stage),
                "Betrag": f"{deal.amount:.2f}",
                "Abschlussdatum": _minute(deal.closed) if deal.closed else f"{deal.planned} 18:00",
                "Erstellungsdatum": _minute(deal.created),
                "Für Deal zuständiger Mitarbeiter": deal.owner,
                "HubSpot-Team": deal.team,
                "Deal-Typ": "Neugeschäft",
                "Zugeordnetes Unternehmen": deal.account,
                "Grund für Closed-Lost": deal.reason or "",
                **{
                    f'Datum des Eintritts in "{stage} ({one})"': _minute(entered.get((stage, one)))
                    for stage, one in columns
                },
            }
        )
    _csv(folder / "hubspot-crm-exports-alle-deals-2026-06-30.csv", rows, quoting=csv.QUOTE_ALL)
    _plan(folder)
    return {"mapping": "hubspot", "source": {}}


def _minute(moment):
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def pipedrive(folder, deals):
    """Write the list of deals; teams are not in it, so the plan names who is in which."""
    rows = [
        {
            "Deal - ID": deal.id,
            "Deal - Title": deal.name,
            "Deal - Organization": deal.account,
            "Deal - Value": deal.amount,
            "Deal - Currency": "EUR",
            "Deal - Pipeline": "Vertrieb",
            "Deal - Stage": deal.stage,
            "Deal - Status": deal.status.title(),
            "Deal - Owner": deal.owner,
            "Deal - Label": "Hot",
            "Deal - Deal created": f"{deal.created:%Y-%m-%d %H:%M:%S}",
            "Deal - Won time": f"{deal.closed:%Y-%m-%d %H:%M:%S}" if deal.status == "won" else "",
            "Deal - Lost time": f"{deal.closed:%Y-%m-%d %H:%M:%S}" if deal.status == "lost" else "",
            "Deal - Deal closed on": f"{deal.closed:%Y-%m-%d}" if deal.closed else "",
            "Deal - Expected close date": deal.planned,
            "Deal - Lost reason": deal.reason or "",
        }
        for deal in deals
    ]
    _csv(folder / "deals-1234567-89.csv", rows)
    _plan(folder, people=True)
    return {"mapping": "pipedrive", "source": {}}


def dynamics(folder, deals):
    """Write a view in Excel with typed cells and the hidden sheet of a re-import; targets are goals."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "All Opportunities"
    columns = ["(Do Not Modify) Opportunity", "(Do Not Modify) Row Checksum", "Topic"]
    columns += ["Potential Customer", "Status", "Status Reason", "Owner", "Owning Business Unit"]
    columns += ["Est. Close Date", "Actual Close Date", "Est. Revenue", "Actual Revenue"]
    columns += ["Created On", "Sales Stage", "Currency"]
    sheet.append(columns)
    for deal in deals:
        why = {"open": "In Progress", "won": "Won", "lost": deal.reason}[deal.status]
        values = [f"{{{deal.id}}}", "x==", deal.name, deal.account, deal.status.title(), why]
        values += [deal.owner, deal.team, deal.planned]
        values += [deal.closed.date() if deal.closed else None, deal.amount]
        values += [
            {"won": deal.amount, "lost": 0}.get(deal.status),
            deal.created,
            deal.stage,
            "Euro",
        ]
        sheet.append(values)
    hidden = book.create_sheet("hiddenSheet")
    hidden.sheet_state = "hidden"
    hidden.append(["opportunity:checksum", None, "x"])
    book.save(folder / "All Opportunities 6-30-2026 3-14-15 PM.xlsx")
    goals = [
        {
            "Name": f"{team} {quarter[-2:]} FY{quarter[:4]}",
            "Goal Owner": TEAMS[team][0],
            "Target": f"€{value:,.2f} ",
            "Fiscal Period": f"Quarter {quarter[-1]}",
            "Fiscal Year": f"FY{quarter[:4]}",
            "Parent Goal": "",
        }
        for quarter, team, value in targets()
    ]
    _csv(folder / "Active Goals.csv", goals)
    return {"mapping": "dynamics", "source": {"thousands": ","}}


def german_csv(folder, deals):
    """Write a list as German office software saves it."""
    words = {"open": "Offen", "won": "Gewonnen", "lost": "Verloren"}
    rows = [
        {
            "Opportunity-Nr.": deal.id,
            "Bezeichnung": deal.name,
            "Kunde": deal.account,
            "Vertriebsteam": deal.team,
            "Mitarbeiter": deal.owner,
            "Status": words[deal.status],
            "Phase": deal.stage,
            "Betrag": _german(deal.amount),
            "Angelegt am": f"{deal.created:%d.%m.%Y}",
            "Geplanter Abschluss": f"{deal.planned:%d.%m.%Y}",
            "Abgeschlossen am": f"{deal.closed:%d.%m.%Y}" if deal.closed else "",
            "Produkt": deal.product,
            "Gebiet": deal.territory,
            "Grund": deal.reason or "",
            "Wettbewerber": deal.competitor or "",
        }
        for deal in deals
    ]
    rows.append(dict.fromkeys(rows[0], ""))  # office software likes to end with an empty row
    _csv(folder / "Aufträge 2026-06-30.csv", rows, encoding="cp1252", delimiter=";")
    _plan(folder)
    options = {"encoding": "cp1252", "delimiter": ";", "decimal": ",", "thousands": "."}
    return {"mapping": "csv", "source": options | {"date_formats": "%d.%m.%Y"}}


def _german(amount):
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


WRITERS = {
    "salesforce": salesforce,
    "hubspot": hubspot,
    "pipedrive": pipedrive,
    "dynamics": dynamics,
    "csv": german_csv,
}
