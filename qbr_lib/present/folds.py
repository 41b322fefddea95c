"""The deals behind a headline: folded below it on the page, whole in the result."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import pandas as pd

from qbr_lib.deal_lists import LISTS, SHEET, STATUSES, DealList, is_signed, title_of
from qbr_lib.formats import DASH, Formats
from qbr_lib.metrics.deals import totals
from qbr_lib.present import lists, parts
from qbr_lib.present.figure import Shown
from qbr_lib.present.tables import Cell, Column, Table
from qbr_lib.schema import UNASSIGNED
from qbr_lib.words.names import inline, isolated

Money = Callable[[float], str]
_MOST, _MOST_MOVED = 25, 10


def anchor(name: str) -> str:
    """Return the address of a list within its page; a browser that follows it opens the fold."""
    return f"#list-{name}"


def pointer(name: str, formats: Formats) -> Shown:
    """Return a line that leads from a few deals of a list to all of them."""
    words = formats.words
    text = words.say("{list}: all", list=words.say(title_of(name)))
    return Shown(f'<p class="note qbr-more">{parts.link(text, anchor(name))}</p>', text)


def behind(listed: pd.DataFrame, formats: Formats, *names: str, sheet: str = SHEET) -> Shown:
    """Return the lists of these names, each folded under its title and count.

    Parameters
    ----------
    listed : DataFrame
        As `metrics.deals.lists` returns it.
    names : str
        Keys of `LISTS`; a list without a deal leaves nothing.
    sheet : str
        The file that holds the rest, empty where the lists of the teams do.
    """
    rows = totals(listed)
    folds = [
        _fold(listed, row, formats, sheet)
        for name in names
        for row in rows.loc[rows["list"] == name].itertuples()
    ]
    return sum(folds, Shown("", ""))


def movements(listed: pd.DataFrame, formats: Formats, *, sheet: str = SHEET) -> Shown:
    """Return the deals behind each bar of the bridge, in one fold.

    Parameters
    ----------
    listed : DataFrame
        As `metrics.deals.lists` returns it.
    sheet : str
        As in `behind`.
    """
    inside = behind(listed, formats, "pipeline", sheet=sheet)
    if not inside.html:
        return inside
    title = formats.words.say("Deals behind each movement")
    return Shown(_details(title, "", inside.html), f"{title}\n{inside.text}")


def tables(listed: pd.DataFrame, formats: Formats) -> dict[str, list[dict[str, Any]]]:
    """Return the lists as tables of a result: the deals, and the count and sum of each list."""
    sums = totals(listed).assign(currency=formats.currency)
    return {"deals": lists.rows_of(listed.drop(columns="team")), "deal_lists": lists.rows_of(sums)}


def _details(title: str, amount: str, inside: str) -> str:
    summary = f"{inline(title)} <span>{inline(amount)}</span>" if amount else inline(title)
    return f'<details class="qbr-deals"><summary>{summary}</summary>{inside}</details>'


def _fold(listed: pd.DataFrame, total: Any, formats: Formats, sheet: str) -> Shown:
    """Return one list: its largest deals, the sum of all, and where the rest stands."""
    moved = None if pd.isna(total.movement) else str(total.movement)
    mine = listed.loc[listed["list"] == total.list]
    rows = mine if moved is None else mine.loc[mine["movement"] == moved]
    shown = rows.head(_MOST if moved is None else _MOST_MOVED)
    money = _money(rows["amount"], moved, formats)
    deals, amount = formats.count(total.deals), money(total.amount)
    table = _table(shown, LISTS[total.list], money, formats).row(
        "sum",
        name=formats.words.count(
            "Sum of {deals} deal", "Sum of all {deals} deals", total.deals, deals=deals
        ),
        amount=amount,
    )
    title = f"{formats.words.say(title_of(total.list, moved))} ({deals})"
    rest = _rest(total.deals - len(shown), sheet, formats)
    named = anchor(total.list if moved is None else f"{total.list}-{moved}")[1:]
    html = f'<div id="{named}">{table.show().html}{rest}</div>'
    return Shown(_details(title, amount, html), f"{title}: {amount}")


def _money(amounts: pd.Series, movement: str | None, formats: Formats) -> Money:
    """Return how a list writes amounts: in whole units where these add up, else with cents."""
    whole = bool((amounts.dropna() % 1 == 0).all())
    write = partial(formats.money if whole else formats.cents, signed=is_signed(movement))
    return lambda value: DASH if pd.isna(value) else write(value)


def _table(shown: pd.DataFrame, kind: DealList, money: Money, formats: Formats) -> Table:
    words = formats.words
    table = Table(
        (
            Column("name", words.say("Deal")),
            Column("day", words.say(kind.day)),
            Column("detail", words.say(kind.detail)),
            Column("amount", words.say("Amount"), "right", main=True),
        )
    )
    for row in shown.to_dict(orient="records"):
        state, detail = STATUSES[row["status"]], lists.text_of(row["detail"])
        told = [words.say(state) if kind.mixed else "", detail]
        team = lists.text_of(row["team"])
        owner = words.say("Without a team") if team == UNASSIGNED else team
        about = [lists.account_of(row), owner]
        table = table.row(
            name=Cell(row["name"], comment=_dotted(about), url=lists.text_of(row["url"])),
            day=formats.day(row["day"].date()) if pd.notna(row["day"]) else DASH,
            detail=Cell(_dotted(told) or DASH, comment=_aged(row, formats)),
            amount=money(row["amount"]),
        )
    return table


def _aged(row: dict[Any, Any], formats: Formats) -> str:
    """Return how often a deal was put off, how old it is and for how long nothing changed."""
    words, texts = formats.words, []
    if row["pushes"] > 0:
        texts.append(words.count("put off once", "put off {n} times", int(row["pushes"])))
    if pd.notna(row["age"]):
        texts.append(words.say("{days} old", days=formats.days(row["age"])))
    if row["quiet"] > 0:
        texts.append(words.say("unchanged for {days}", days=formats.days(row["quiet"])))
    return _dotted(texts)


def _dotted(texts: list[str]) -> str:
    return " · ".join(isolated(text) for text in texts if text)


def _rest(n: int, sheet: str, formats: Formats) -> str:
    if n <= 0:
        return ""
    words, deals = formats.words, formats.count(n)
    if not sheet:
        text = words.count(
            "and {deals} more deal in the lists of the teams",
            "and {deals} more deals in the lists of the teams",
            n,
            deals=deals,
        )
        return f'<p class="note">{inline(text)}</p>'
    text = words.count(
        "and {deals} more deal in {file}",
        "and {deals} more deals in {file}",
        n,
        deals=deals,
        file=sheet,
    )
    return f'<p class="note"><a href="{escape(sheet)}">{inline(text)}</a></p>'
