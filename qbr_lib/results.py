"""What a notebook found, as one checked record: the only thing pages, index and deck may read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from qbr_lib.errors import ResultError
from qbr_lib.measures import REGISTRY, Measure, Outcome, Unit
from qbr_lib.words import Words

MIME = "application/vnd.qbr.result+json"
SCHEMA = 1


class Value(BaseModel):
    """A measure as it stands in a result file."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    value: float
    unit: Unit
    n: int
    low: float | None = None
    high: float | None = None


class Result(BaseModel):
    """The result of one workbook (DESIGN 5): measures, tables, what is unavailable, provenance."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    schema_version: Literal[1]
    notebook: str
    team: str | None
    quarter: str
    as_of: str
    measures: dict[str, Value]
    tables: dict[str, list[dict[str, Any]]]
    unavailable: dict[str, str]
    provenance: dict[str, Any]

    @model_validator(mode="before")
    @classmethod
    def _rename(cls, data: Any) -> Any:
        if isinstance(data, dict) and "schema" in data:
            return {("schema_version" if k == "schema" else k): v for k, v in data.items()}
        return data

    @model_validator(mode="after")
    def _never_both(self) -> Result:
        both = sorted(self.measures.keys() & self.unavailable.keys())
        if both:
            message = f"both measured and unavailable: {', '.join(both)}"
            raise ValueError(message)
        return self

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data, keys as the contract names them."""
        data = self.model_dump(mode="json")
        return {("schema" if k == "schema_version" else k): v for k, v in data.items()}


class Display:
    """Shows a result in a notebook: the MIME type the runner saves, and a line for the reader."""

    def __init__(self, result: Result) -> None:
        self.result = result

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        count, missing = len(self.result.measures), len(self.result.unavailable)
        line = f"{self.result.notebook} {self.result.quarter}: {count} measures, {missing} missing"
        return {MIME: self.result.to_json(), "text/plain": line}


def build(
    outcomes: Iterable[Outcome],
    *,
    notebook: str,
    team: str | None,
    quarter: str,
    as_of: str,
    tables: Mapping[str, list[dict[str, Any]]],
    provenance: Mapping[str, Any],
    words: Words,
) -> Result:
    """Gather a notebook's outcomes into its result.

    Raises
    ------
    ResultError
        If an id is given twice.
    """
    measures: dict[str, Value] = {}
    unavailable: dict[str, str] = {}
    for one in outcomes:
        if one.id in measures or one.id in unavailable or one.id not in REGISTRY:
            raise ResultError(
                "A measure is given twice or is unknown",
                where=f"notebook {notebook}, {team}, {quarter}",
                got=one.id,
                wanted="each id of the registry once",
                edit="gather every measure in one cell only",
            )
        if isinstance(one, Measure):
            measures[one.id] = Value(
                value=one.value, unit=one.unit, n=one.n, low=one.low, high=one.high
            )
        else:
            unavailable[one.id] = words.say(one.reason, **one.details)
    return Result(
        schema_version=SCHEMA,
        notebook=notebook,
        team=team,
        quarter=quarter,
        as_of=as_of,
        measures=measures,
        tables=dict(tables),
        unavailable=unavailable,
        provenance=dict(provenance),
    )


def parse(data: Any, *, where: str) -> Result:
    """Check JSON data against the schema of a result.

    Raises
    ------
    ResultError
        If a key is missing, unknown or of the wrong type.
    """
    try:
        return Result.model_validate(data)
    except ValidationError as err:
        first = err.errors()[0]
        raise ResultError(
            "A result does not fit its schema",
            where=f"{where}, {'.'.join(str(part) for part in first['loc'])}",
            got=first["msg"],
            wanted="a result as the last cell of the shipped notebooks displays it",
            edit="let the notebook's last cell display results.Display(result)",
        ) from err


def read(path: Path) -> Result:
    """Read and check a result file."""
    return parse(json.loads(path.read_text(encoding="utf-8")), where=path.name)
