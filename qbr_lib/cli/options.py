"""Options that several commands take, and what they mean."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

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
    """Return what stands instead of `org.yml`."""
    options = {"as_of": as_of, "language": language}
    return {key: value for key, value in options.items() if value}


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
