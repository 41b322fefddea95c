"""The parameter files as frozen models; DESIGN 4 lists the keys."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Annotated, Any, Literal

from babel.numbers import list_currencies
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

Fraction = Annotated[float, Field(ge=0, le=1)]
UNDECIDED = "undecided"  # `qbr init` writes it where the export allows several readings
Kind = Literal["revenue", "account", "activity", "territory", "market_share"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class _Written(_Model):
    @field_validator(
        *("encoding", "delimiter", "decimal", "thousands", "date_formats"),
        mode="before",
        check_fields=False,
    )
    @classmethod
    def _decided(cls, value: Any) -> Any:
        if value in (UNDECIDED, [UNDECIDED]):
            message = "a choice; the comment above the key says what the export allows"
            raise ValueError(message)
        return value


class FileOptions(_Written):
    """How the files of a folder are written; a file may override any of it."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None
    thousands: str | None = None
    date_formats: Annotated[list[str] | None, BeforeValidator(_as_list)] = None
    sheet: str | None = None


class Source(_Written):
    """Where the raw tables come from."""

    kind: Literal["sample", "folder", "database"] = "sample"
    path: str | None = None
    url: str | None = None
    plan: str | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None
    decimal: Literal[".", ","] = "."
    thousands: str = ""
    date_formats: Annotated[list[str], BeforeValidator(_as_list)] = []
    files: dict[str, FileOptions] = {}

    @model_validator(mode="after")
    def _complete(self) -> Source:
        needed = {"folder": "path", "database": "url"}.get(self.kind)
        if needed and not getattr(self, needed):
            message = f"a source of kind '{self.kind}' needs the key '{needed}'"
            raise ValueError(message)
        if self.thousands and self.thousands == self.decimal:
            message = f"'thousands' and 'decimal' are both {self.decimal!r}"
            raise ValueError(message)
        return self


class Definitions(_Model):
    """Which definition of a disputed measure is the headline."""

    win_rate: Literal["count", "amount", "created_cohort"] = "count"


class Thresholds(_Model):
    """Limits the organisation may move."""

    rejected_share: Fraction = 0.10
    coverage_week: Annotated[int, Field(ge=1, le=14)] = 3
    stale_chance: Fraction = 0.05
    alarm_low: Fraction = 0.20
    alarm_high: Fraction = 0.95


PeopleMode = Literal["off", "pseudonym", "named"]
PEOPLE_MODES: tuple[PeopleMode, ...] = (
    "off",
    "pseudonym",
    "named",
)  # from the strictest to the most open


class Privacy(_Model):
    """Who may be seen in an output."""

    people: PeopleMode = "off"
    minimum_group: Annotated[int, Field(ge=1)] = 5


class CompanyGoal(_Model):
    """A goal of the whole company for one quarter."""

    quarter: str
    kind: Kind
    metric: str = "bookings.won_amount"
    value: float


class Organisation(_Model):
    """`parameters/org.yml`."""

    company: str
    fiscal_year_starts: Annotated[int, Field(ge=1, le=12)] = 1
    currency: str = "EUR"
    timezone: str = "Europe/Berlin"
    language: Literal["de", "en"] = "en"
    as_of: str = "latest"
    source: Source = Source()
    mapping: str = "sample"
    stages: list[str] = []
    definitions: Definitions = Definitions()
    thresholds: Thresholds = Thresholds()
    privacy: Privacy = Privacy()
    company_goals: list[CompanyGoal] = []
    opportunity_url: str | None = None

    @field_validator("as_of", mode="before")
    @classmethod
    def _day(cls, value: Any) -> Any:
        if isinstance(value, dt.date):
            return value.isoformat()
        if value != "latest":
            try:
                dt.date.fromisoformat(str(value))
            except ValueError:
                message = f"{value!r} is neither a day such as 2026-10-05 nor 'latest'"
                raise ValueError(message) from None
        return value

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in zoneinfo.available_timezones():
            message = f"{value!r} is no time zone; wanted a name such as Europe/Berlin"
            raise ValueError(message)
        return value

    @field_validator("currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        if value not in list_currencies():
            message = f"{value!r} is no ISO 4217 currency; wanted a code such as EUR"
            raise ValueError(message)
        return value

    @field_validator("stages")
    @classmethod
    def _order(cls, value: list[str]) -> list[str]:
        twice = sorted({one for one in value if value.count(one) > 1})
        if twice:
            message = f"{twice[0]!r} stands twice; wanted each stage once, in order"
            raise ValueError(message)
        return value

    @field_validator("opportunity_url")
    @classmethod
    def _pattern(cls, value: str | None) -> str | None:
        if value is not None and (
            "{opportunity_id}" not in value or not value.startswith(("https://", "http://"))
        ):
            message = f"{value!r} is no http(s) address with {{opportunity_id}} in it"
            raise ValueError(message)
        return value


class TeamFile(_Model):
    """`parameters/teams/<team>.yml`: exactly `team`, `language`, `overrides`."""

    team: str
    language: Literal["de", "en"] | None = None
    overrides: dict[str, Any] = {}
