"""Options that several commands take."""

from __future__ import annotations

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
