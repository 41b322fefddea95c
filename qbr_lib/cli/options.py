"""Options that several commands take, and what they mean."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from qbr_lib.errors import PeriodError

WorkspaceOption = Annotated[Path, typer.Option("--workspace", help="The organisation's folder.")]
LanguageOption = Annotated[
    Literal["de", "en"] | None, typer.Option(help="Instead of org.yml and team files.")
]
JobsOption = Annotated[
    int | None, typer.Option(min=1, help="Workbooks at a time; default: one per core.")
]
TeamOption = Annotated[list[str] | None, typer.Option(help="A team id; may be repeated.")]
AsOfOption = Annotated[str | None, typer.Option(help="A day such as 2026-10-05, or latest.")]
HERE = Path()


def given(as_of: str | None, language: str | None) -> dict[str, str]:
    """Return what stands instead of `org.yml`.

    Raises
    ------
    PeriodError
        If the day is none.
    """
    if as_of and as_of != "latest":
        day(as_of, "--as-of")
    options = {"as_of": as_of, "language": language}
    return {key: value for key, value in options.items() if value}


def day(text: str, option: str) -> dt.date:
    """Return the day that an option names.

    Raises
    ------
    PeriodError
        If the text is no day.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError as err:
        raise PeriodError(
            "A day cannot be read",
            where=option,
            got=repr(text),
            wanted="a day such as 2026-10-05",
            edit="write the day as YYYY-MM-DD",
        ) from err


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
