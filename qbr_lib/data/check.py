"""What `qbr check` finds: the data held against the CRM before anyone trusts a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qbr_lib.data import targets
from qbr_lib.data.hygiene import FLAGS
from qbr_lib.data.prepare import Prepared, prepare
from qbr_lib.data.validate import REASONS
from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import REGISTRY
from qbr_lib.parameters import Workspace
from qbr_lib.periods import Quarter
from qbr_lib.schema import LOST, OPEN, UNASSIGNED, WON
from qbr_lib.words import Words

SHOWN = 5


@dataclass(frozen=True)
class Report:
    """The findings on a workspace's data.

    Parameters
    ----------
    workspace : Workspace
        Whose parameters were accepted.
    data : Prepared
        The data as of `latest`, or as `org.yml` says.
    counts : DataFrame
        team_id, quarter, won, won_amount, lost: by closing quarter, in the organisation's order.
    running : DataFrame
        team_id, open, open_amount.
    """

    workspace: Workspace
    data: Prepared
    counts: pd.DataFrame
    running: pd.DataFrame

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data for `build/check.json`."""
        data = self.data
        return {
            "schema": 1,
            "company": self.workspace.organisation.company,
            "mapping": self.workspace.organisation.mapping,
            "as_of": data.as_of.isoformat(),
            "latest": data.latest.isoformat(),
            "tables": [
                {
                    "table": name,
                    "file": data.files[name],
                    "rows_in": rows,
                    "kept": kept,
                    "rejected": bad,
                }
                for name, rows, kept, bad in self._table_rows()
            ],
            "rejected": _records(data.rejected.drop(columns="happened")),
            "flags": _records(data.flags),
            "targets_unequal": _records(data.unequal),
            "targets_of_nobody": _records(targets.of_nobody(data.tables)),
            "unknown_stages": self.unknown_stages,
            "impossible": [{"missing": what, "impossible": then} for what, then in data.impossible],
            "closed": _records(self.counts),
            "open": _records(self.running),
        }

    def lines(self, words: Words) -> Iterator[str]:
        """Yield the report for a terminal."""
        formats = Formats(words, self.workspace.organisation.currency)
        as_of = formats.day_long(pd.Timestamp(self.data.as_of).date())
        yield words.say(
            "{company}, data as of {day}", company=self.workspace.organisation.company, day=as_of
        )
        yield ""
        yield from self._table_lines(words, formats)
        yield from self._rejected_lines(words, formats)
        yield from self._flag_lines(words, formats)
        yield from self._target_lines(words, formats)
        for missing, what in self.data.impossible:
            yield words.say("Without {missing}: no {what}", missing=missing, what=words.say(what))
        yield from self._stage_lines(words)
        yield ""
        yield words.say("Won, lost and open, to hold against the CRM's own dashboard:")
        yield from self._count_lines(words, formats)

    @property
    def unknown_stages(self) -> list[str]:
        """The stages of `org.yml` in which no deal is or was, as far as the data tells."""
        known = set(self._stages())
        return [one for one in self.workspace.organisation.stages if known and one not in known]

    def _stages(self) -> list[str]:
        """Return the stages of the data, the most frequent first."""
        tables = self.data.tables
        seen = [tables["opportunities"]["stage"]]
        if (events := tables.get("opportunity_events")) is not None:
            moved = events.loc[events["field"] == "stage"]
            seen += [moved["old_value"], moved["new_value"]]
        return [*pd.concat(seen).dropna().value_counts().index]

    def _stage_lines(self, words: Words) -> Iterator[str]:
        if unknown := self.unknown_stages:
            yield words.say(
                "Stages of org.yml in which no deal is or was: {unknown}; the data knows {known}",
                unknown=", ".join(unknown),
                known=", ".join(self._stages()),
            )

    def _table_rows(self) -> Iterator[tuple[str, int, int, int]]:
        bad = self.data.rejected["table"].value_counts()
        for name, rows in self.data.rows_in.items():
            rejected = int(bad.get(name, 0))
            yield name, rows, rows - rejected, rejected

    def _table_lines(self, words: Words, formats: Formats) -> Iterator[str]:
        for name, rows, kept, rejected in self._table_rows():
            yield words.say(
                "{table} ({file}): {rows} rows in, {kept} kept, {rejected} rejected",
                table=name,
                file=self.data.files[name],
                rows=formats.count(rows),
                kept=formats.count(kept),
                rejected=formats.count(rejected),
            )
        yield ""

    def _rejected_lines(self, words: Words, formats: Formats) -> Iterator[str]:
        groups = self.data.rejected.groupby(["table", "reason", "column"], sort=True, dropna=False)
        for (table, reason, column), rows in groups:
            first = rows.iloc[0]
            text = words.say(REASONS[reason], column=column, value=first["value"])
            places = ", ".join(
                f"{row.id} ({row.file} {row.line})" for row in rows.head(SHOWN).itertuples()
            )
            yield words.count(
                "Rejected in {table}: {n} row, {money}: {reason}",
                "Rejected in {table}: {n} rows, {money}: {reason}",
                len(rows),
                table=table,
                money=formats.money(rows["money"].sum()),
                reason=text,
            )
            yield f"  {places}{' …' if len(rows) > SHOWN else ''}"

    def _flag_lines(self, words: Words, formats: Formats) -> Iterator[str]:
        for flag, rows in self.data.flags.groupby("flag", sort=False):
            yield words.count(
                "To mend in the CRM: {n} deal, {money}: {reason}",
                "To mend in the CRM: {n} deals, {money}: {reason}",
                rows["opportunity_id"].nunique(),
                money=formats.money(rows["money"].sum()),
                reason=words.say(FLAGS[str(flag)]),
            )
            named = [
                f"{row.opportunity_id}{f' ({row.detail})' if row.detail else ''}"
                for row in rows.head(SHOWN).itertuples()
            ]
            yield f"  {', '.join(named)}{' …' if len(rows) > SHOWN else ''}"

    def _target_lines(self, words: Words, formats: Formats) -> Iterator[str]:
        unequal, nobody = self.data.unequal, targets.of_nobody(self.data.tables)
        company = self.workspace.organisation.company
        told = [
            words.say(
                "{quarter}: {whole} {value}, its parts {parts}",
                quarter=row.quarter,
                whole=row.scope_id or company,
                value=formats.unit_value(REGISTRY[row.metric].unit, row.value),
                parts=formats.unit_value(REGISTRY[row.metric].unit, row.parts),
            )
            if pd.notna(row.parts)
            else words.say(
                "{quarter}: {whole}, unlike its people's", quarter=row.quarter, whole=row.scope_id
            )
            for row in unequal.itertuples()
        ]
        if told:
            n = formats.count(len(told))
            yield words.say("Targets unlike the sum of their parts: {n}", n=n)
            yield f"  {'; '.join(told[:SHOWN])}{' …' if len(told) > SHOWN else ''}"
        if len(nobody):
            n = formats.count(len(nobody))
            yield words.say("Targets of teams or groups that do not exist: {n}", n=n)
            names = list(dict.fromkeys(nobody["scope_id"]))
            yield f"  {', '.join(names[:SHOWN])}{' …' if len(names) > SHOWN else ''}"

    def _count_lines(self, words: Words, formats: Formats) -> Iterator[str]:
        given = "amount" in self.data.columns["opportunities"]
        for row in self.counts.itertuples():
            yield words.say(
                "{team} {quarter}: {won} won ({amount}), {lost} lost",
                team=row.team_id,
                quarter=row.quarter,
                won=formats.count(row.won),
                amount=formats.money(row.won_amount) if given else DASH,
                lost=formats.count(row.lost),
            )
        for row in self.running.itertuples():
            yield words.say(
                "{team}: {n} open ({amount})",
                team=row.team_id,
                n=formats.count(row.open),
                amount=formats.money(row.open_amount) if given else DASH,
            )


def check(workspace: Workspace) -> Report:
    """Check parameters, mapping and data of a workspace without writing anything.

    Raises
    ------
    QbrError
        If anything is refused.
    """
    data = prepare(workspace, workspace.organisation.as_of, None)
    starts = workspace.organisation.fiscal_year_starts
    deals = data.tables["opportunities"]
    living = deals.loc[deals["removed_on"].isna()]
    order = [*data.tables["teams"]["team_id"], UNASSIGNED]
    closed = living.loc[living["status"] != OPEN]
    quarters = closed["closed_on"].map(
        lambda day: str(Quarter.containing(day.date(), starts=starts))
    )
    won, lost = closed["status"] == WON, closed["status"] == LOST
    counted = (
        closed.assign(quarter=quarters, won=won, lost=lost, won_amount=closed["amount"].where(won))
        .groupby(["team_id", "quarter"], as_index=False)[["won", "won_amount", "lost"]]
        .sum()
    )
    running = (
        living.loc[living["status"] == OPEN]
        .groupby("team_id", as_index=False)
        .agg(open=("opportunity_id", "size"), open_amount=("amount", "sum"))
    )
    return Report(workspace, data, _ordered(counted, order), _ordered(running, order))


def _ordered(frame: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    rank = frame["team_id"].map({team: n for n, team in enumerate(order)})
    keys = ["_rank", "quarter"] if "quarter" in frame else ["_rank"]
    ordered = frame.assign(_rank=rank).sort_values(keys).drop(columns="_rank")
    money = {name: ordered[name].round(2) for name in ordered if name.endswith("amount")}
    return ordered.assign(**money).reset_index(drop=True)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    texts = frame.astype(object).where(frame.notna(), None)
    return [
        {key: (value.item() if hasattr(value, "item") else value) for key, value in row.items()}
        for row in texts.to_dict(orient="records")
    ]
