"""Lists of single deals, what needs attention, and the appendix."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import pandas as pd

from qbr_lib import results
from qbr_lib.data.hygiene import FLAGS
from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_, REGISTRY, Measure, Outcome, Unavailable
from qbr_lib.parameters import shipped
from qbr_lib.present import parts, tables
from qbr_lib.present.figure import Shown
from qbr_lib.present.tables import Cell, Column
from qbr_lib.record import Goal
from qbr_lib.words import Words

_MADE_FROM: dict[str, str] = {
    "slice": N_("Data of these deals"),
    "parameters": N_("Settings"),
    "record": N_("Record of the last cycle"),
}


def deals(frame: pd.DataFrame, title: str, formats: Formats, *, detail: str, empty: str) -> Shown:
    """Return deals with amount and one further fact.

    Parameters
    ----------
    detail : {"reason", "stage", "closed_on", "expected_close_on"}
        What stands beside the amount.
    empty : str
        What to say when there is none.
    """
    words = formats.words
    if frame.empty:
        return parts.text(empty)
    headers = {
        "reason": words.say("Reason"),
        "stage": words.say("Stage"),
        "closed_on": words.say("Closed"),
        "expected_close_on": words.say("Planned"),
    }
    table = tables.Table(
        (
            Column("name", words.say("Deal")),
            Column("detail", headers[detail]),
            Column("amount", words.say("Amount"), "right", main=True),
        )
    ).titled(title)
    for row in frame.to_dict(orient="records"):
        table = table.row(
            name=Cell(str(row["name"]), comment=account_of(row), url=text_of(row["url"])),
            detail=_detail(row[detail], formats),
            amount=_money(row["amount"], formats),
        )
    if len(frame) > 1:
        table = table.row(
            "sum", name=words.say("Sum"), amount=_money(frame["amount"].sum(min_count=1), formats)
        )
    return table.show()


def account_of(row: dict[Any, Any]) -> str:
    """Return a deal's account; nothing where its name says it already."""
    account = text_of(row["account"])
    return "" if account and account in str(row["name"]) else account


def text_of(value: Any) -> str:
    """Return a cell as text, nothing for a missing one."""
    return "" if pd.isna(value) else str(value)


def _money(value: Any, formats: Formats) -> str:
    return DASH if pd.isna(value) else formats.money(float(value))


def _detail(value: Any, formats: Formats) -> str:
    if pd.isna(value):
        return DASH
    return formats.day(value.date()) if isinstance(value, pd.Timestamp) else str(value)


def data_quality(data: Slice, formats: Formats) -> Shown:
    """Return how complete the data is, and what the absence of tables makes impossible."""
    words = formats.words
    items = [
        (words.say("Deals in this data"), formats.count(len(data.opportunities))),
        (words.say("Data as of"), formats.day_long(data.as_of)),
        (
            words.say("Rejected rows of the whole export"),
            formats.count(int(data.hygiene["rejected"])),
        ),
        *_flag_rows(data.flags, formats),
    ]
    items += [
        (
            words.say("Not possible: {what}", what=words.say(what)),
            words.say("missing: {missing}", missing=gone),
        )
        for gone, what in data.hygiene["impossible"]
    ]
    return parts.definitions(words.say("Data and its quality"), items)


def _flag_rows(flags: pd.DataFrame, formats: Formats) -> list[tuple[str, str]]:
    """Return the flags of a slice with how many deals and how much money they concern."""
    words = formats.words
    return [
        (
            words.say(FLAGS[str(flag)]),
            words.count(
                "{n} deal, {amount}",
                "{n} deals, {amount}",
                rows["opportunity_id"].nunique(),
                amount=formats.money(rows["money"].sum()),
            ),
        )
        for flag, rows in flags.groupby("flag", sort=False)
    ]


def register(outcomes: Iterable[Outcome], formats: Formats) -> Shown:
    """Return every measure with its value, its definition and its rivals, each told once."""
    words, told = formats.words, {}
    table = tables.Table(
        (
            Column("name", words.say("Measure")),
            Column("value", words.say("Value"), "right", main=True),
            Column("n", words.say("Deals"), "right"),
            Column("meaning", words.say("Definition")),
        )
    ).titled(words.say("All measures and how they are computed"))
    for outcome in outcomes:
        known = REGISTRY[outcome.id]
        name = words.say(known.name)
        table = table.row(
            name=Cell(name, comment=outcome.id),
            value=_value(outcome, formats),
            n=formats.count(outcome.n) if isinstance(outcome, Measure) else "",
            meaning=_meaning(outcome, told.get(known.formula), words),
        )
        told.setdefault(known.formula, name)
    return table.show()


def _meaning(outcome: Outcome, same: str | None, words: Words) -> str:
    """Return a definition with its rivals, or the measure above that has the same."""
    known, pieces = REGISTRY[outcome.id], []
    if isinstance(outcome, Unavailable):
        reason = words.say(outcome.reason, **outcome.details)
        pieces.append(words.say("Missing: {reason}.", reason=reason))
    if same:
        pieces.append(words.say("Computed as “{name}”.", name=same))
        return " ".join(pieces)
    pieces.append(words.say(known.formula))
    if known.rivals:
        pieces.append(words.say("Otherwise: {rivals}", rivals=words.say(known.rivals)))
    return " ".join(pieces)


def _value(outcome: Outcome, formats: Formats) -> Cell:
    if not isinstance(outcome, Measure):
        return Cell(DASH)
    text = formats.measure(outcome.id, outcome.value)
    if outcome.low is None or outcome.high is None:
        return Cell(text)
    low, high = (formats.measure(outcome.id, side) for side in (outcome.low, outcome.high))
    return Cell(text, comment=formats.words.say("possible {low} to {high}", low=low, high=high))


def provenance(data: Slice, formats: Formats, *, record: str = "") -> Shown:
    """Return the hashes of what the page was made from, that of the record among them."""
    words, hashes = formats.words, {**data.provenance, "record": record}
    items = [(words.say(name), str(hashes[key])) for key, name in _MADE_FROM.items() if hashes[key]]
    return parts.definitions(words.say("Made from"), items)


def proofs(frame: pd.DataFrame, formats: Formats) -> Shown:
    """Return what was held against what, and that nothing remained.

    Parameters
    ----------
    frame : DataFrame
        As `reconcile.proved` returns it.
    """
    words = formats.words
    items = [
        (
            words.say(row.identity),
            words.say(
                "{whole}, difference {rest}",
                whole=formats.cents(row.whole),
                rest=formats.cents(row.difference),
            ),
        )
        for row in frame.itertuples()
    ]
    return parts.definitions(words.say("What adds up"), items)


def numbers(outcomes: Iterable[Outcome]) -> Shown:
    """Return measures as bare lines, for the cells whose numbers tests compare."""
    lines = [
        f"{o.id} {o.value:.6g} n={o.n}" if isinstance(o, Measure) else f"{o.id} missing"
        for o in outcomes
    ]
    return Shown("", "\n".join(lines))


def drafts(goals: Iterable[Goal]) -> Shown:
    """Return proposed goals as bare lines, for the cells whose numbers tests compare."""
    lines = [
        f"{one.id} {one.metric} {one.baseline:.6g} -> {one.target:.6g}"
        for one in goals
        if one.baseline is not None
    ]
    return Shown("", "\n".join(lines))


def result(
    outcomes: Iterable[Outcome],
    data: Slice,
    frames: dict[str, list[dict[str, Any]]],
    *,
    notebook: str,
    words: Words,
    record: str = "",
    warnings: Iterable[str] = (),
) -> results.Display:
    """Return the result of a notebook, checked, for its last cell.

    Parameters
    ----------
    record : str
        Hash of the record it was made from, empty where there is none.
    warnings : iterable of str
        What a reader of the manifest should know.
    """
    found = results.build(
        outcomes,
        notebook=notebook,
        team=data.team_ids[0] if data.scope == "team" else None,
        quarter=str(data.quarter),
        as_of=data.as_of.isoformat(),
        tables=frames,
        provenance=_origin(data, notebook, record) | {"warnings": list(warnings)},
        words=words,
    )
    return results.Display(found)


def _origin(data: Slice, notebook: str, record: str) -> dict[str, Any]:
    files = sorted(shipped("notebooks").glob(f"*_{notebook}.ipynb"))
    content = files[0].read_bytes() if files else b""
    versions = {name: version(name) for name in ("qbr-workbook", "pandas", "duckdb")}
    return {
        **data.provenance,
        "record": record or None,
        "notebook": hashlib.sha256(content).hexdigest(),
        "versions": versions,
    }


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame as plain rows for a result file: days as ISO text, missing as null."""
    rows: list[dict[str, Any]] = json.loads(
        frame.to_json(orient="records", date_format="iso", date_unit="s", double_precision=10)
    )
    return rows
