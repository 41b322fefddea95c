"""The workbook `plan.xlsx`: what people know and the CRM does not, in the columns of the schema."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook
from xlsxwriter.worksheet import Worksheet

from qbr_lib.measures import N_
from qbr_lib.schema import TABLES, Column
from qbr_lib.words import Words

SHEETS = ("targets", "market", "competitor_notes", "teams", "reps")
Rows = Mapping[str, Sequence[Mapping[str, str | None]]]

_ROWS = 2000  # how far down a column offers its values
_TEAMS = "=teams!$A$2:$A$500"
_HELP: dict[str, str] = {
    "targets.quarter": N_("The fiscal quarter, such as 2026-Q3."),
    "targets.scope": N_("Whose target it is: of the company, a group, a team, a rep …"),
    "targets.scope_id": N_("Which one, such as the team_id; empty for the company."),
    "targets.kind": N_("What kind of target; revenue is the usual one."),
    "targets.metric": N_("The id of the measure; empty for the revenue won."),
    "targets.value": N_("The target itself as a plain number, not a change in percent."),
    "market.quarter": N_("The fiscal quarter, such as 2026-Q3."),
    "market.territory": N_("The territory the size is for; empty for all."),
    "market.segment": N_("The segment the size is for; empty for all."),
    "market.market_size": N_("What the whole market buys in the quarter, in your currency."),
    "market.source": N_("Where the figure comes from."),
    "market.as_of": N_("The day of the figure."),
    "competitor_notes.noted_on": N_("The day of the note."),
    "competitor_notes.competitor": N_("The competitor's name as the deals have it."),
    "competitor_notes.note": N_("What was noticed, in one or two sentences."),
    "competitor_notes.source": N_("Who or what said so."),
    "teams.team_id": N_("The team as the deals name it; each gets a workbook."),
    "teams.name": N_("What the pages call the team."),
    "teams.manager": N_("Who leads the team."),
    "teams.territory": N_("The team's territory, if it has one."),
    "teams.group": N_("The level between team and company, such as a region."),
    "reps.rep_id": N_("The owner as the deals name it."),
    "reps.name": N_("The rep's name; whether pages show it is up to privacy in org.yml."),
    "reps.team_id": N_("The rep's team, one of the sheet teams."),
    "reps.role": N_("The rep's role."),
    "reps.manager_id": N_("The rep_id of the manager."),
    "reps.territory": N_("The rep's territory, if there is one."),
    "reps.joined_on": N_("The first day in this team; a rep who moved has a row per team."),
    "reps.left_on": N_("The last day in this team; empty while there."),
    "reps.ramp": N_("The fraction of a full target, such as 0.5 for a rep who is new."),
}


def template(sheets: Sequence[str], rows: Rows, words: Words) -> bytes:
    """Return the workbook.

    Parameters
    ----------
    sheets : sequence of str
        Which of `SHEETS` it has.
    rows : mapping of str to rows
        What is filled in already, by sheet and canonical column.
    words : Words
        Of the help beside each heading.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF1F4"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name in sheets:
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for number, column in enumerate(TABLES[name].columns):
            width = max(14, len(column.name) + 4)
            sheet.set_column(number, number, width, day if column.type == "date" else None)
            sheet.write_string(0, number, column.name, head)
            help_text = words.say(_HELP[f"{name}.{column.name}"])
            sheet.write_comment(0, number, help_text, {"x_scale": 2, "author": ""})
            _offer(sheet, number, column, teams=name == "reps" and "teams" in sheets)
            for line, row in enumerate(rows.get(name, ()), start=1):
                if text := row.get(column.name):
                    sheet.write_string(line, number, text)
    book.close()
    return target.getvalue()


def is_empty(path: Path) -> bool:
    """Tell whether nobody has written anything under the headings of a plan."""
    book = CalamineWorkbook.from_path(str(path))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    return not any(value not in ("", None) for rows in sheets for row in rows[1:] for value in row)


def _offer(sheet: Worksheet, number: int, column: Column, *, teams: bool) -> None:
    """Let a column's cells offer their legal values; a rep's team offers the sheet `teams`."""
    listed = list(column.values) or (_TEAMS if teams and column.name == "team_id" else None)
    if listed:
        rule = {"validate": "list", "source": listed, "error_type": "warning"}
        sheet.data_validation(1, number, _ROWS, number, rule)
